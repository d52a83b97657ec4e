"""A throw-away house for `python -m hostile`: its own database and Valkey, gone afterwards."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from people import House

from config.valkey import Valkey
from hostile.attacked import Attacked, attacked


@contextlib.contextmanager
def throw_away() -> Iterator[Attacked]:
    with tempfile.TemporaryDirectory(prefix="hotline-hostile-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        valkey = Valkey(folder, folder / "valkey.sock")
        valkey.start()
        try:
            database = f"sqlite:///{folder}/hotline.db"
            House.migrate(database, folder / "var")
            with attacked(database, f"unix://{folder}/valkey.sock?db=0", folder / "var") as house:
                yield house
        finally:
            valkey.stop()
