"""Engines that are kept from test to test connect to the database of the settings, and to nothing of the one before."""

from pathlib import Path

import psycopg
import pytest
from people import use
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from config import stores


def at(server: str, database: str) -> str:
    return make_url(server).set(database=database).render_as_string(hide_password=False)


def here() -> str:
    with stores.reading() as session:
        return str(session.scalar(text("SELECT current_database()")))


def test_the_next_test_has_its_own_database(postgres: str, tmp_path: Path) -> None:
    with psycopg.connect(postgres, autocommit=True) as server:
        for name in ("kept_one", "kept_two"):
            server.execute(f"DROP DATABASE IF EXISTS {name}")
            server.execute(f"CREATE DATABASE {name}")
    use(DATABASE_URL=at(postgres, "kept_one"))
    assert here() == "kept_one"
    use(DATABASE_URL=at(postgres, "kept_two"))
    assert here() == "kept_two"


def test_a_port_that_nobody_listens_at_is_left_behind(postgres: str) -> None:
    """Whoever is first with this kind of engine may have a house whose database is away."""
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    use(DATABASE_URL=nowhere, DATABASE_SECONDS="3.5")  # a kind of its own: it is made here
    with pytest.raises(OperationalError):
        here()
    stores.disconnect()
    use(DATABASE_URL=at(postgres, "postgres"), DATABASE_SECONDS="3.5")
    assert here() == "postgres"
