"""A real gunicorn with this release's app over an empty database, for what only bytes on a socket can say."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from ivr.operations import drill


@contextlib.contextmanager
def gunicorn(folder: Path) -> Iterator[tuple[str, str]]:
    """Its address and the carrier's key; it is gone afterwards."""
    server = drill.WebProcess(folder)
    try:
        server.prepare()
        server.start()
        yield server.url, drill._TOKEN
    finally:
        server.kill()
