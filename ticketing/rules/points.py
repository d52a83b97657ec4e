"""A point on the map in what somebody pasted: coordinates, a geo: address, the link of a map. Pure and strict; no link
is followed, so a shortened one says nothing.
"""

import re
from urllib.parse import unquote

MOST = 2000  # characters; no map's link is longer
Point = tuple[float, float]

_LAT, _LON = r"(-?[0-9]{1,2}(?:\.[0-9]{1,17})?)", r"(-?[0-9]{1,3}(?:\.[0-9]{1,17})?)"
_PLAIN = re.compile(rf"\(?\s*{_LAT}\s*[,;\s]\s*{_LON}\s*\)?")
# As Indonesian telephones write.
_WITH_COMMAS = re.compile(r"(-?[0-9]{1,2}),([0-9]{3,17})\s*[,;\s]\s*(-?[0-9]{1,3}),([0-9]{3,17})")
_GEO = re.compile(rf"geo:{_LAT},{_LON}(?:[,;?].*)?", re.IGNORECASE)
_LINK = re.compile(r"https?://([a-z0-9.-]+)(?::[0-9]+)?([/?#]\S*)", re.IGNORECASE)
_MAPS = re.compile(
    r"(?:maps\.|www\.)?google\.(?:com|co\.id)|(?:www\.)?openstreetmap\.org|osm\.org|maps\.apple\.com|(?:www\.)?waze\.com"
)
# What a link says, the pin before the middle of the picture.
_IN_LINKS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"!3d{_LAT}!4d{_LON}",
        rf"[?&]mlat={_LAT}&mlon={_LON}",
        rf"[?&](?:q|query|ll|daddr|destination)=(?:loc:)?{_LAT},[+ ]?{_LON}(?:[&#]|$)",
        rf"/(?:place|search|dir)/{_LAT},[+ ]?{_LON}(?:[/?]|$)",
        rf"@{_LAT},{_LON}(?:,|$)",
        rf"#map=[0-9]{{1,2}}/{_LAT}/{_LON}",
        rf"[?&]center={_LAT},{_LON}",
    )
)


def read(text: str) -> Point | None:
    """The latitude and longitude that `text` names, else None. Whether that is in the city is for places.nearest."""
    text = text.strip()[:MOST]
    if found := _PLAIN.fullmatch(text):
        return _point(found[1], found[2])
    if found := _WITH_COMMAS.fullmatch(text):
        return _point(f"{found[1]}.{found[2]}", f"{found[3]}.{found[4]}")
    if found := _GEO.fullmatch(text):
        asked = re.search(rf"[?&]q={_LAT},{_LON}", unquote(text))
        return _point(*(asked or found).groups())
    link = _LINK.search(text)
    return _in_link(unquote(link[2])) if link and _MAPS.fullmatch(link[1].lower()) else None


def _in_link(rest: str) -> Point | None:
    return next((_point(*found.groups()) for pattern in _IN_LINKS if (found := pattern.search(rest))), None)


def _point(latitude: str, longitude: str) -> Point | None:
    point = float(latitude), float(longitude)
    return point if abs(point[0]) <= 90 and abs(point[1]) <= 180 else None
