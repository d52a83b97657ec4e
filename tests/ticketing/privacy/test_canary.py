"""A number, a name and a voice that must not be found anywhere in plain: not in the database, Valkey, files, logs, or
in an address. What was said about the place lives in notes, and only there."""

import io
import sys
from pathlib import Path

import pytest
from people import House, Resident
from redis import Redis
from sqlalchemy import make_url, select

from config import stores
from config.settings import settings
from config.stores import Base
from ivr.simulator.calls import audio
from ivr.simulator.network.wire import Wire

NUMBER, SECOND = "+6281377204951", "081366609915"
NAME = "sulastri widyaningrum"
VOICE = audio.stand_in(7)
SLICE = VOICE[9000:9064]
PERSONAL = ("81377204951", "81366609915", "sulastri", "widyaningrum", "SULASTRI")


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What a house that stands up after this writes to its log."""
    found = io.StringIO()
    monkeypatch.setattr(sys, "stderr", found)
    return found


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address that the carrier calls."""
    seen, send = [], Wire.send

    def noting(wire: Wire, url: str, *more: object, **named: object) -> object:
        seen.append(url)
        return send(wire, url, *more, **named)

    monkeypatch.setattr(Wire, "send", noting)
    return seen


def whole_story(house: House) -> None:
    """A report with a name in it, a landline caller who keys a mobile number, texts, moves, and a trouble."""
    ani = Resident(house, NUMBER)
    ani.dials().presses("2", "2").says(f"rumah ibu {NAME} kayuringin jaya").presses("1")
    ani.talks(7, sound=VOICE).presses("1").hangs_up()
    budi = Resident(house, "+622188400011")
    budi.dials().presses("2", "2").says(f"dekat {NAME.upper()}")
    budi.presses("*").talks(7, sound=VOICE).presses("1").presses(f"{SECOND}#").presses("1").hangs_up()
    ani.texts(f"saya {NAME}, telepon {NUMBER}")
    house.carrier.faults.set({"rest_fail": 2, "rest_status": 500})
    house.work()
    house.carrier.faults.clear()
    for ticket in house.tickets():
        house.move(ticket["number"], "in_progress", "--note", f"hubungi {NAME} di {NUMBER}")
    house.work()
    assert len(house.tickets()) == 3, "the text became a report too"
    assert len(house.mails()) == 3


def test_nothing_personal_is_found_in_plain(logged: io.StringIO, house: House, addresses: list[str]) -> None:
    whole_story(house)
    for place, content in {
        "the database": columns(),
        "files": files(),
        "valkey": keys(),
        "logs": logged.getvalue().encode(),
        "addresses": "\n".join(addresses + callbacks(house)).encode(),
    }.items():
        assert content, place
        for word in (*PERSONAL, SECOND):
            assert word.encode() not in content, f"{word} in {place}"
        assert SLICE not in content, f"the voice in {place}"
    assert NAME.encode() in notes(), "the search did look at the right place"


def test_the_voice_on_disk_is_sealed(house: House) -> None:
    whole_story(house)
    kept = list((settings().var_dir / "recordings").rglob("*"))
    assert [path.suffix for path in kept if path.is_file()] == [".sealed", ".sealed"]
    for path in kept:
        assert path.is_dir() or b"RIFF" not in path.read_bytes()


def columns() -> bytes:
    """Every value of every column but the notes', as the database hands it out."""
    found = []
    with stores.reading() as session:
        for table in Base.metadata.sorted_tables:
            wanted = [column for column in table.columns if (table.name, column.name) != ("notes", "text")]
            for row in session.execute(select(*wanted)):
                found += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b"\n".join(found)


def notes() -> bytes:
    with stores.reading() as session:
        return "\n".join(session.scalars(select(Base.metadata.tables["notes"].c.text))).encode()


def files() -> bytes:
    """What lies under var/, and in a SQLite database too what only its pages hold: numbers and voices, not notes."""
    found = b"".join(path.read_bytes() for path in settings().var_dir.rglob("*") if path.is_file())
    if stores.is_sqlite():
        base = Path(str(make_url(settings().database_url).database))
        pages = b"".join(path.read_bytes() for path in base.parent.glob(f"{base.name}*"))
        for note in notes().split(b"\n"):
            pages = pages.replace(note, b"")
        found += pages
    return found or b"nothing yet"


def keys() -> bytes:
    client = Redis.from_url(settings().redis_url)
    return b"\n".join([b"some", *(key + b" " + (client.dump(key) or b"") for key in client.scan_iter())])


def callbacks(house: House) -> list[str]:
    return [message.callback for message in house.carrier.ledger.listed("messages")]
