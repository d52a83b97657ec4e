"""Two roles in PostgreSQL: the owner makes and changes tables, and only `flask migrate` and `flask restore` are it; the
app's role reads and writes rows. Of what is kept for good it changes or deletes nothing, whatever the triggers do.

Without OWNER_DATABASE_URL one role is both, as in development. What each may do is granted anew by every migration and
restore: a table that nobody granted is closed to the app.
"""

from sqlalchemy import Connection, text

from config import stores
from config.settings import settings

# What the app may not do with which table; it may truncate none.
KEPT = {
    "events": ("UPDATE", "DELETE"),
    "tickets": ("DELETE",),
    "privacy_register": ("DELETE",),
    "alembic_version": ("INSERT", "UPDATE", "DELETE"),
}
_ROWS = "SELECT, INSERT, UPDATE, DELETE"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_OTHERS = _TABLES.replace("tablename", "DISTINCT tableowner") + " AND tableowner <> current_user"
_TRIGGER = (
    "SELECT FROM pg_trigger WHERE tgrelid = 'public.events'::regclass AND tgname = 'events_append_only' "
    "AND tgenabled IN ('O', 'A')"
)


class RoleError(Exception):
    """The sentence says what is wrong with the roles."""


def separate() -> bool:
    """Whether this process was told of an owner."""
    return bool(settings().owner_database_url) and not stores.is_sqlite()


def check() -> None:
    """Raises RoleError when the owner cannot do its part: nothing is changed then."""
    if not separate():
        return
    app, here = _who(stores.engine().connect())
    owner, there = _who(stores.owner_engine().connect())
    if here != there:
        raise RoleError(f"OWNER_DATABASE_URL names the database {there}, DATABASE_URL names {here}")
    if app == owner:
        raise RoleError(f"OWNER_DATABASE_URL and DATABASE_URL are the same role, {app}")
    with stores.owner_engine().connect() as server:
        others = server.scalars(text(_OTHERS)).all()
    if others:
        raise RoleError(f"tables belong to {', '.join(others)}: REASSIGN OWNED BY {others[0]} TO {owner}")


def grant() -> None:
    """Give the app's role its rows, and take everything else from it and from everybody."""
    if not separate():
        return
    with stores.engine().connect() as server:
        app, database = (server.dialect.identifier_preparer.quote(name) for name in _who(server))
    with stores.owner_engine().begin() as owner:
        tables = owner.scalars(text(_TABLES)).all()
        for order in (
            f"REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM PUBLIC, {app}",
            f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {app}",
            f"GRANT USAGE ON SCHEMA public TO {app}",
            f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {app}",
            f"GRANT {_ROWS} ON ALL TABLES IN SCHEMA public TO {app}",
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {app}",
            *(f"REVOKE {', '.join(taken)} ON {table} FROM {app}" for table, taken in KEPT.items() if table in tables),
        ):
            owner.exec_driver_sql(order)


def excess(server: Connection) -> list[str]:
    """What the role of this connection may do and the app should not, and what else leaves events unprotected."""
    questions = {
        "is a superuser": "(SELECT rolsuper FROM pg_roles WHERE rolname = current_user)",
        "may make tables": "has_schema_privilege('public', 'CREATE')",
        "owns tables, and may change and drop them": f"EXISTS ({_TABLES} AND pg_has_role(tableowner, 'MEMBER'))",
        **{
            f"may {verb} {table}": f"has_table_privilege('public.{table}', '{verb}')"
            for table, taken in KEPT.items()
            for verb in (*taken, "TRUNCATE")
        },
        "has no trigger before it that protects events": f"NOT EXISTS ({_TRIGGER})",
    }
    answers = server.execute(text("SELECT " + ", ".join(questions.values()))).one()
    return [what for what, yes in zip(questions, answers, strict=True) if yes]


def _who(server: Connection) -> tuple[str, str]:
    """Role and database of a connection."""
    with server:
        role, database = server.execute(text("SELECT current_user, current_database()")).one()
    return role, database
