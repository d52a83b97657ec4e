"""A deploy has two releases at work on one database: what a migration changes, the release before it must survive."""

import itertools
import shutil
import threading
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from factories import until
from people import use
from sqlalchemy import inspect, make_url, text
from sqlalchemy.exc import OperationalError

from config import stores, timeouts
from ticketing.database import schema

VERSIONS = sorted(
    path.name.partition("_")[0] for path in (Path(schema.__file__).parent / "migrations/versions").glob("0*")
)
STEPS = list(itertools.pairwise(VERSIONS))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """A database in which nothing is yet, of each kind."""
    url = f"sqlite:///{tmp_path}/empty.db"
    if request.param == "postgresql":
        server, name = request.getfixturevalue("postgres"), f"m{uuid4().hex[:12]}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
    use(DATABASE_URL=url, VAR_DIR=str(tmp_path / "var"), REDIS_URL="unix:///nowhere")
    yield
    stores.disconnect()
    if request.param == "postgresql":
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    shutil.rmtree(tmp_path / "var", ignore_errors=True)


def tables() -> dict[str, dict[str, dict[str, object]]]:
    look = inspect(stores.engine())
    return {name: {one["name"]: one for one in look.get_columns(name)} for name in look.get_table_names()}


def to(version: str, direction: str = "upgrade") -> None:
    schema._alembic(direction, version)
    stores.disconnect()


def test_every_step_leaves_what_the_release_before_it_reads_and_writes(empty: None) -> None:
    for before, after in STEPS:
        to(before)
        old = tables()
        to(after)
        new = tables()
        for table, columns in old.items():
            assert columns.keys() <= new[table].keys(), f"{after} takes away what {before} still reads in {table}"
            for name, column in columns.items():
                assert str(new[table][name]["type"]) == str(column["type"]), f"{after} changes {table}.{name}"
                assert new[table][name]["nullable"] or not column["nullable"], f"{before} may leave {name} empty"
            for name in new[table].keys() - columns.keys():
                given = new[table][name]
                assert given["nullable"] or given["default"], f"{before} does not know {table}.{name} and cannot write"


def test_every_step_can_be_taken_back_and_again(empty: None) -> None:
    to("head")
    whole = {table: sorted(columns) for table, columns in tables().items()}
    to(VERSIONS[0], "downgrade")
    to("head")
    assert {table: sorted(columns) for table, columns in tables().items()} == whole
    schema.compare()


def test_a_step_that_takes_long_is_not_cut_off_like_a_caller_s_question(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index of a table with millions of rows takes minutes; what callers ask is given up after seconds."""
    monkeypatch.setattr(timeouts.Bounded, "statement_seconds", 2.0)
    name = f"m{uuid4().hex[:12]}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = make_url(postgres).set(database=name).render_as_string(hide_password=False)
    use(DATABASE_URL=url, VAR_DIR=str(tmp_path / "var"), REDIS_URL="unix:///nowhere")
    with psycopg.connect(url, autocommit=True) as other:  # another deploy, which takes three seconds
        other.execute("SELECT pg_advisory_lock(1500444)")
        waiting = threading.Thread(target=schema.migrate)
        waiting.start()
        until(lambda: other.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone() != (0,), "its wait")
        waiting.join(3)
        other.execute("SELECT pg_advisory_unlock(1500444)")
    waiting.join(60)
    assert schema.current() == schema.head()
    with pytest.raises(OperationalError), stores.reading() as session:
        session.execute(text("SELECT pg_sleep(5)"))
    stores.disconnect()
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
