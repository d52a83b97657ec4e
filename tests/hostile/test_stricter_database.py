"""The classes that a stricter database may refuse, on PostgreSQL: characters no text column takes, numbers no integer
holds, what looks like its own language."""

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from conftest import at

from hostile import doors
from hostile.attacked import Attacked, attacked

SHARE = 0.05


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, postgres: str, migrated_postgres: str, valkey: str
) -> Iterator[Attacked]:
    name = f"h{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {migrated_postgres}")
    with attacked(at(postgres, name), valkey, tmp_path_factory.mktemp("hostile") / "var") as into:
        yield into


@pytest.mark.parametrize("name", ["C2 text", "C7 queries", "C17 keys and speech", "C18 callbacks"])
def test_nothing_comes_of_it(house: Attacked, name: str) -> None:
    tally = doors.tried(house, name, doors.everything(house, SHARE)[name])
    assert tally.failures == [], "\n".join([f"{len(tally.failures)} failures", *tally.failures[:5]])
