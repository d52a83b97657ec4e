"""The doctor of a house that works: who fell asleep, what is stuck, what runs out, and whether the servers under it are
fit for reports.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from factories import change, promise
from people import House, use
from ports import free_port
from pyrage.x25519 import Identity
from redis import Redis

from config import stores
from config.settings import settings
from config.valkey import Valkey
from ivr.operations import doctor_servers
from ticketing.models import Beat

NEVER = {
    "there was no sweep yet",
    "there was no reconciliation with the carrier yet",
    "there was no run of the retention yet",
}


def findings(house: House, what: str) -> set[str]:
    """What the doctor says about one thing, marks and all."""
    said = house.app.test_cli_runner().invoke(args=["doctor"]).output
    return {line.partition(f" {what}: ")[2] for line in said.splitlines() if f" {what}: " in line}


def marks(house: House, what: str) -> set[str]:
    said = house.app.test_cli_runner().invoke(args=["doctor"]).output
    return set(re.findall(rf"^(ok|WARN|FAIL) +{what}: ", said, re.M))


def ago(**how_long: float) -> datetime:
    return datetime.now(UTC) - timedelta(**how_long)


def awake(**beats: datetime) -> None:
    with stores.transaction() as session:
        for name, at in beats.items():
            session.merge(Beat(name=name, at=at))


def test_a_house_that_never_ran_says_so(house: House) -> None:
    assert findings(house, "work") == NEVER
    assert marks(house, "work") == {"WARN"}


def test_a_house_at_work_is_well(house: House) -> None:
    awake(sweeper=ago(seconds=9), reconcile=ago(minutes=4), retention=ago(hours=25))
    assert findings(house, "work") == {"nothing is late, unknown or newly dead"}


def test_what_is_stuck_is_named_with_its_age(house: House) -> None:
    awake(sweeper=ago(minutes=30), reconcile=ago(hours=3), retention=ago(hours=27))
    change(promise(), state="dead", finished_at=ago(hours=23))
    change(promise(), state="dead", finished_at=ago(hours=25))
    change(promise("contact:1", kind="sms"), state="unknown", unknown_since=ago(minutes=40))
    change(promise("department:dlh"), not_before=ago(minutes=11))
    assert findings(house, "work") == {
        "the last sweep was 30 min ago",
        "the last reconciliation with the carrier was 3 h ago",
        "the last run of the retention was 27 h ago",
        "the oldest due row has waited for 11 min",
        "of the oldest unknown text nothing is known for 40 min",
        "1 rows died within a day: flask outbox says why",
    }


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"HOTLINE_ENV": "production"}, {"there was no backup yet"}),
        ({"TEXTS_A_DAY": "0"}, {"0 texts today, 0 are the ceiling"}),
        ({"OFFICER_CALLS_A_DAY": "0"}, {"0 officer calls today, 0 are the ceiling"}),
    ],
)
def test_what_runs_out_is_named(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], said: set[str]
) -> None:
    awake(sweeper=ago(seconds=1), reconcile=ago(seconds=1), retention=ago(hours=1))
    secrets = {name: getattr(settings(), name.lower()) for name in ("SECRET_KEY", "DATA_KEYS", "LOOKUP_KEY")}
    for name, value in {**secrets, **environment}.items():
        monkeypatch.setenv(name, value)
    use()
    assert findings(sqlite_house, "work") == said
    awake(backup=ago(hours=27))
    if "HOTLINE_ENV" in environment:
        assert findings(sqlite_house, "work") == {"the last backup was 27 h ago"}
        awake(backup=ago(hours=25))
        assert findings(sqlite_house, "work") == {"nothing is late, unknown or newly dead"}


@pytest.mark.parametrize(
    ("token", "mark", "said"),
    [
        ("", "ok", "only this machine may ask"),
        ("t" * 24, "ok", "whoever has METRICS_TOKEN may ask"),
        ("t" * 23, "FAIL", "METRICS_TOKEN has 23 characters, 24 are needed: only this machine may ask"),
    ],
)
def test_who_may_read_the_metrics(sqlite_house: House, token: str, mark: str, said: str) -> None:
    use(METRICS_TOKEN=token)
    assert (marks(sqlite_house, "metrics"), findings(sqlite_house, "metrics")) == ({mark}, {said})


def test_the_disk_and_the_fallback_documents_are_looked_at(sqlite_house: House) -> None:
    assert any("of the disk with VAR_DIR is free" in said for said in findings(sqlite_house, "disk"))
    assert marks(sqlite_house, "fallback") == {"ok"}


@pytest.mark.parametrize(
    ("environment", "keys", "mark", "said"),
    [
        ("development", "", "ok", "BACKUP_RECIPIENTS is missing: not encrypted"),
        ("production", "", "FAIL", "BACKUP_RECIPIENTS is missing: not encrypted"),
        ("production", "{}, {}", "ok", "encrypted, to keys: 2"),
        ("production", "{},x", "FAIL", "BACKUP_RECIPIENTS holds something else than public keys of age (age1...)"),
    ],
)
def test_whether_backups_are_encrypted(sqlite_house: House, environment: str, keys: str, mark: str, said: str) -> None:
    public = Identity.generate().to_public()
    secrets = {name: getattr(settings(), name.lower()) for name in ("SECRET_KEY", "DATA_KEYS", "LOOKUP_KEY")}
    use(HOTLINE_ENV=environment, BACKUP_RECIPIENTS=keys.format(public, public), **secrets)
    assert (marks(sqlite_house, "backups"), findings(sqlite_house, "backups")) == ({mark}, {said})


# -- the servers ---------------------------------------------------------------------------------------------------


def test_postgresql_is_new_enough_and_has_room(
    durable_postgres: str, postgres_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = findings(postgres_house, "database")
    assert any(re.fullmatch(r"PostgreSQL \d+", said) for said in found)
    assert [said for said in found if not re.search(r"PostgreSQL|migration", said)] == [
        said for said in found if "the role " in said or said.startswith("and it ")
    ], "nothing else but that one role is owner and app"
    assert marks(postgres_house, "database") == {"ok", "WARN"}
    monkeypatch.setattr(doctor_servers, "CONNECTIONS", 1000)
    monkeypatch.setattr(doctor_servers, "OLDEST", 99)
    found = findings(postgres_house, "database")
    assert any("the hotline may need 1000" in said for said in found)
    assert any("99 or newer is tested" in said for said in found)


def test_postgresql_must_not_forget_a_commit(durable_postgres: str, postgres_house: House) -> None:
    address = settings().database_url.replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as server:
        name = server.info.dbname
        server.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    stores.disconnect()
    assert "the database runs with synchronous_commit off" in findings(postgres_house, "database")
    assert "FAIL" in marks(postgres_house, "database")


@pytest.fixture
def own_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose settings may be spoiled; gives its socket."""
    folder = tmp_path_factory.mktemp("vk")
    server = Valkey(folder, folder / "s.sock")
    server.start()
    try:
        yield f"unix://{folder}/s.sock?db=0"
    finally:
        stores.disconnect()
        server.stop()


def test_redis_must_keep_what_it_is_given(sqlite_house: House, own_valkey: str) -> None:
    use(REDIS_URL=own_valkey)
    assert findings(sqlite_house, "redis") == {"answers"}
    client, port = Redis.from_url(own_valkey), free_port()
    client.config_set("appendonly", "no")
    client.config_set("maxmemory-policy", "allkeys-lru")
    client.config_set("port", port)
    use(REDIS_URL=f"redis://127.0.0.1:{port}/0")
    assert findings(sqlite_house, "redis") == {
        "answers",
        "appendonly is off: rings are lost with a restart",
        "maxmemory-policy is allkeys-lru, noeviction is needed",
        "REDIS_URL has neither a password nor a socket: whoever reaches the port can stop our rings",
    }
    assert marks(sqlite_house, "redis") == {"ok", "WARN", "FAIL"}
    client.config_set("requirepass", "secret")
    use(REDIS_URL=f"redis://:secret@127.0.0.1:{port}/0")
    assert not any("password" in said for said in findings(sqlite_house, "redis"))
