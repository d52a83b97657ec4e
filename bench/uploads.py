"""Callers beside uploads: what a call waits for alone, beside seventy uploads of large pictures with a bad key, and
beside two hundred with a good one, all at once. Each upload is three PNGs of 7000 x 7000 points."""

import asyncio
import io
import re
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from typing import Any

from bench.callers import Crowd
from bench.house import House
from bench.load import milliseconds
from bench.page import _ticket

RATE, PACE, SECONDS = 2.0, 1.0, 25.0
SPANS = (("alone", 0, False), ("70 with a bad key", 70, False), ("200 with a good key", 200, True))
_PATIENCE = 120.0


def measure(house: House, quick: bool, say: Callable[[str], None]) -> dict[str, Any]:
    return asyncio.run(_measure(house, quick, say))


async def _measure(house: House, quick: bool, say: Callable[[str], None]) -> dict[str, Any]:
    path, found = f"/t/{_ticket(house)}/tambah", dict[str, Any]()
    with urllib.request.urlopen(f"http://127.0.0.1:{house.port}{path}", timeout=30) as page:
        key = re.search(r'name="kunci" value="([^"]+)"', page.read().decode())
    picture = _picture()
    for name, count, good in SPANS:
        crowd = Crowd(house.port, PACE)
        body = _request(house.port, path, key[1] if good and key else "x" * 16, picture)
        uploads = [asyncio.create_task(_send(house.port, body)) for _ in range(count)]
        await crowd.arrive(RATE, 0.001, 10.0 if quick else SECONDS)
        statuses = Counter(await asyncio.gather(*uploads))
        await crowd.quiet()
        waits = [wait.seconds for wait in crowd.waits]
        found[name] = {
            "webhooks": len(waits), "apologies": sum(not wait.good for wait in crowd.waits),
            **milliseconds(waits), "longest": round(max(waits, default=0), 2), "answers": dict(statuses),
        }  # fmt: skip
        say(f"callers beside uploads, {name}: {found[name]}")
    return found


def _picture() -> bytes:
    """As large as is let through, and plain, so that it is small to send."""
    from PIL import Image  # noqa: PLC0415

    out = io.BytesIO()
    Image.new("RGB", (7000, 7000), "teal").save(out, "PNG")
    return out.getvalue()


def _request(port: int, path: str, key: str, picture: bytes) -> bytes:
    """As a browser sends the form."""
    head = b'--x\r\nContent-Disposition: form-data; name="kunci"\r\n\r\n' + key.encode() + b"\r\n"
    photo = b'--x\r\nContent-Disposition: form-data; name="foto"; filename="a.png"\r\n\r\n' + picture + b"\r\n"
    body = head + photo * 3 + b"--x--\r\n"
    start = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    return f"{start}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


async def _send(port: int, request: bytes) -> int:
    """The status of the answer, 0 where none came."""
    until = time.monotonic() + _PATIENCE
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), until - time.monotonic())
        writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return 0
    return int(head[9:12])
