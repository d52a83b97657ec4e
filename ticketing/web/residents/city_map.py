"""A sketch of the city to point at, drawn from the centres of its kelurahan, and which place a touched point is. It
shows about where things are, not borders or streets."""

import math

from markupsafe import escape

from config.hotline import city
from ticketing.rules.points import Point

WIDTH = 288  # what the narrowest telephone shows; never scaled, or a touch would mean another place
_MARGIN = 1.6  # kilometres around the outermost centres
_A_DEGREE = 111.2  # kilometres
_FILLS = ("#dbe7f5", "#e4efdf", "#f6ead3", "#eadff0")


def height() -> int:
    north, south, _, _ = _frame()
    return round((north - south) * _A_DEGREE * _pixels())


def point(x: str, y: str) -> Point | None:
    """The place at these pixels; None for what is none, as the corner that a keyboard sends."""
    if not (x.isascii() and x.isdigit() and y.isascii() and y.isdigit()) or len(x + y) > 8:
        return None
    across, down = int(x), int(y)
    if (across, down) == (0, 0) or across > WIDTH or down > height():
        return None
    north, _, west, narrowed = _frame()
    return (
        round(north - down / _pixels() / _A_DEGREE, 5),
        round(west + across / _pixels() / _A_DEGREE / narrowed, 5),
    )


def drawn() -> str:
    """The sketch as SVG: a dot for each kelurahan, the name of each kecamatan in their middle."""
    north, _, west, narrowed = _frame()
    grounds, dots, names = [], [], []
    written: list[tuple[float, float]] = []
    kecamatan: dict[str, list[tuple[float, float]]] = {}
    for area in city().areas.values():
        if area.lat is not None and area.lon is not None:
            across = (area.lon - west) * narrowed * _A_DEGREE * _pixels()
            down = (north - area.lat) * _A_DEGREE * _pixels()
            kecamatan.setdefault(area.kecamatan, []).append((across, down))
    for nth, (name, centres) in enumerate(kecamatan.items()):
        for across, down in centres:
            grounds.append(f'<circle cx="{across:.0f}" cy="{down:.0f}" r="23" fill="{_FILLS[nth % len(_FILLS)]}"/>')
            dots.append(f'<circle cx="{across:.0f}" cy="{down:.0f}" r="2.5" fill="#5d7fa8"/>')
        middle = [sum(values) / len(centres) for values in zip(*centres, strict=True)]
        across, down = min(max(middle[0], 44), WIDTH - 44), middle[1]
        while any(abs(across - other[0]) < 80 and abs(down - other[1]) < 13 for other in written):
            down += 13
        written.append((across, down))
        names.append(f'<text x="{across:.0f}" y="{down:.0f}">{escape(name)}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height()}" '
        f'viewBox="0 0 {WIDTH} {height()}"><rect width="100%" height="100%" fill="#f7f9fc"/>'
        + "".join((*grounds, *dots))
        + '<g font-family="sans-serif" font-size="11" font-weight="bold" text-anchor="middle" fill="#0b2f5c" '
        + 'stroke="#fff" stroke-width="3" paint-order="stroke">'
        + "".join(names)
        + "</g></svg>"
    )


def _frame() -> tuple[float, float, float, float]:
    """North, south and west of the sketch in degrees, and by how much a degree of longitude is the shorter one."""
    centres = [(area.lat, area.lon) for area in city().areas.values() if area.lat is not None and area.lon is not None]
    north, south = max(lat for lat, _ in centres), min(lat for lat, _ in centres)
    narrowed = math.cos(math.radians((north + south) / 2))
    aside = _MARGIN / _A_DEGREE
    return north + aside, south - aside, min(lon for _, lon in centres) - aside / narrowed, narrowed


def _pixels() -> float:
    """How many of them a kilometre has."""
    longitudes = [area.lon for area in city().areas.values() if area.lon is not None]
    _, _, west, narrowed = _frame()
    east = max(longitudes) + _MARGIN / _A_DEGREE / narrowed
    return WIDTH / ((east - west) * narrowed * _A_DEGREE)
