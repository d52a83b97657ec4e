"""Makes pictures from outside anew: from their pixels, upright, small enough, and with nothing else that the file
carried. Pure: no database, no files. Only decoding.py calls what decodes, in a process with limits.

Refuses what is no JPEG, PNG or WebP by its first bytes and by its decoding, what is too large, and what would unpack
into too much. The library is imported only where a picture is made, so that no other process carries it.
"""

import contextlib
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES = 10_000_000
MAX_PIXELS = {"JPEG": 50_000_000, "PNG": 50_000_000, "WEBP": 25_000_000}  # what is unpacked with half a gigabyte
SIDE, QUALITY = 1600, 80
THUMB_BYTES = 40_000
# A thumb is made as good as fits; a picture of nothing but noise becomes small and coarse.
_THUMBS = [(480, 75), (480, 55), (480, 35), (320, 40), (200, 35), (120, 30)]
_MAGIC = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"RIFF": "WEBP"}
# The orientation of EXIF, and what turns it upright.
_ORIENTATION, _GPS = 0x0112, 0x8825
_TURNS = {
    **{2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE"},
    **{6: "ROTATE_270", 7: "TRANSVERSE", 8: "ROTATE_90"},
}
_COARSE = ("1", "P", "I", "I;16", "F")  # pixels that cannot be mixed


class NotAPicture(Exception):
    """What came cannot be kept. `reason` is one word: type, size or broken."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Remade:
    """A picture as we keep it. `fingerprint` says how it looks, and is empty for a plain surface, which looks like any
    other; `place` is where the camera said it was."""

    picture: bytes
    thumb: bytes
    width: int
    height: int
    fingerprint: str
    place: tuple[float, float] | None


def remade(raw: bytes) -> Remade:
    """The picture in `raw`. Raises NotAPicture."""
    with _refusing():
        return _remade(raw, kind(raw))


def check(raw: bytes) -> None:
    """Raises NotAPicture where bytes, kind or pixels forbid it to be decoded."""
    with _refusing(), _opened(raw, kind(raw)):
        pass


def kind(raw: bytes) -> str:
    """What it is by its first bytes. Raises NotAPicture for something else, and for too much of it."""
    if len(raw) > MAX_BYTES:
        raise NotAPicture("size")
    found = next((kind for magic, kind in _MAGIC.items() if raw.startswith(magic)), None)
    if found is None or (found == "WEBP" and raw[8:12] != b"WEBP"):
        raise NotAPicture("type")
    return found


def alike(one: str, other: str, *, bits: int = 4) -> bool:
    """True when two fingerprints differ in no more than so many of their 64 bits."""
    return bool(one and other) and (int(one, 16) ^ int(other, 16)).bit_count() <= bits


@contextlib.contextmanager
def _refusing() -> Iterator[None]:
    """Whatever a decoder raises over bytes that somebody made up is a refusal."""
    from PIL import Image  # noqa: PLC0415

    try:
        yield
    except NotAPicture:
        raise
    except Image.DecompressionBombError as fault:
        raise NotAPicture("size") from fault
    except Exception as fault:
        raise NotAPicture("broken") from fault


@contextlib.contextmanager
def _opened(raw: bytes, kind: str) -> Iterator["Image"]:
    """Its head is read, and nothing decoded yet."""
    from PIL import Image  # noqa: PLC0415

    with Image.open(io.BytesIO(raw), formats=(kind,)) as opened:
        if opened.width * opened.height > MAX_PIXELS[kind]:
            raise NotAPicture("size")
        yield opened


def _remade(raw: bytes, kind: str) -> Remade:
    from PIL import Image  # noqa: PLC0415

    with _opened(raw, kind) as opened:
        about = _exif(opened)
        opened.draft("RGB", (SIDE, SIDE))  # a JPEG is unpacked no larger than it is needed
        if opened.mode in _COARSE:
            image = _plain(opened)
            image.thumbnail((SIDE, SIDE))
        else:  # made small first, which takes less memory
            opened.thumbnail((SIDE, SIDE))
            image = _plain(opened)
    if turn := _TURNS.get(about.get(_ORIENTATION, 1)):
        image = image.transpose(Image.Transpose[turn])
    return Remade(
        picture=_jpeg(image, QUALITY),
        thumb=_thumb(image),
        width=image.width,
        height=image.height,
        fingerprint=_fingerprint(image),
        place=_place(about.get(_GPS, {})),
    )


def _plain(image: "Image") -> "Image":
    """Its pixels alone, without a palette, on white where they can be seen through."""
    from PIL import Image  # noqa: PLC0415

    if image.mode[0] in "IF":  # 16 bits for a point
        return image.point(lambda value: value / 256).convert("L").convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    ground = Image.new("RGB", image.size, "white")
    ground.paste(clear, mask=clear.getchannel("A"))
    return ground


def _jpeg(image: "Image", quality: int) -> bytes:
    made = io.BytesIO()
    image.save(made, "JPEG", quality=quality, optimize=True, exif=b"", icc_profile=None, comment=b"")
    return made.getvalue()


def _thumb(image: "Image") -> bytes:
    made = b""
    for side, quality in _THUMBS:
        small = image.copy()
        small.thumbnail((side, side))
        made = _jpeg(small, quality)
        if len(made) <= THUMB_BYTES:
            break
    return made


def _fingerprint(image: "Image") -> str:
    """Which of two neighbours is lighter, on a raster of 9 by 8: survives another size, another quality, a filter."""
    raster = image.convert("L").resize((9, 8)).tobytes()
    pairs = [(raster[at], raster[at + 1]) for start in range(0, 72, 9) for at in range(start, start + 8)]
    if max(raster) - min(raster) < 8:
        return ""
    return f"{sum((left > right) << bit for bit, (left, right) in enumerate(pairs)):016x}"


def _exif(image: "Image") -> dict[int, Any]:
    """What the camera wrote; nothing where it cannot be read, which spoils no picture."""
    try:
        found = image.getexif()
        return {_ORIENTATION: int(found.get(_ORIENTATION, 1)), _GPS: dict(found.get_ifd(_GPS))}
    except Exception:
        return {}


def _place(gps: dict[int, Any]) -> tuple[float, float] | None:
    """Latitude and longitude: a letter and degrees, minutes, seconds for each."""
    try:
        latitude = _degrees(gps[2]) * (-1 if str(gps[1]).upper().startswith("S") else 1)
        longitude = _degrees(gps[4]) * (-1 if str(gps[3]).upper().startswith("W") else 1)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    there = math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180
    return (latitude, longitude) if there else None


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return degrees + minutes / 60 + seconds / 3600
