"""Pictures as cameras make them, drawn here: by their seed they differ, with what a camera writes beside the pixels."""

import io
import random
import struct
import zlib
from typing import Any

from PIL import Image

BEKASI = (-6.24827, 106.99241)  # in Margajaya


def drawing(size: tuple[int, int] = (900, 600), *, seed: int = 1, mode: str = "RGB") -> Image.Image:
    """Soft patches of grey that no other seed gives."""
    raster = Image.new("L", (9, 6))
    raster.putdata([random.Random(seed * 1000 + at).randrange(256) for at in range(54)])
    drawn = raster.resize(size, Image.Resampling.BICUBIC)
    if mode == "I;16":
        return drawn.convert("I").point(lambda value: value * 256).convert("I;16")
    return drawn.convert("RGB").convert(mode)


def file(image: Image.Image, kind: str = "JPEG", **how: Any) -> bytes:
    made = io.BytesIO()
    image.save(made, kind, **how)
    return made.getvalue()


def photo(*, seed: int = 1, place: tuple[float, float] | None = None, kind: str = "JPEG", turned: int = 1) -> bytes:
    """What a telephone sends, with its owner's name in it."""
    return file(drawing(seed=seed), kind, exif=camera(place, turned=turned))


def camera(place: tuple[float, float] | None = None, *, turned: int = 1) -> Image.Exif:
    """What a camera writes into a picture."""
    written = Image.Exif()
    written[0x010F], written[0x013B], written[0x0112] = "KameraSiti", "Siti Aminah", turned
    if place is not None:
        gps = written.get_ifd(0x8825)
        gps[1], gps[2] = "S" if place[0] < 0 else "N", parts(abs(place[0]))
        gps[3], gps[4] = "W" if place[1] < 0 else "E", parts(abs(place[1]))
    return written


def parts(degrees: float) -> tuple[float, float, float]:
    whole, minutes = int(degrees), degrees % 1 * 60
    return whole, int(minutes), round(minutes % 1 * 60, 4)


def huge_png(width: int, height: int) -> bytes:
    """A PNG that only claims its size: nothing of it is there to be unpacked."""

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def chunk(kind: bytes, body: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
