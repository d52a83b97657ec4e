"""The whole database in one file, and back: SQLite by its online backup, PostgreSQL by pg_dump and pg_restore.

A dump is of one moment while the house works. Loading is all or nothing, and counts every table again before it counts
as done. A password goes by the environment, never onto a command line. Raises DumpError, a sentence.
"""

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.errors import InsufficientPrivilege
from sqlalchemy.engine import make_url

from config import stores
from config.settings import settings
from ticketing.database import roles

Counts = dict[str, int]

# What was still to be texted may have been texted after the dump: the carrier's list is asked before any of it is sent.
_DOUBT_TEXTS = (
    "UPDATE outbox SET state = 'unknown', declined = true, unknown_since = CURRENT_TIMESTAMP, lease_token = NULL, "
    "lease_until = NULL WHERE kind = 'sms' AND state IN ('pending', 'leased')"
)
ENDING_SECONDS = 3.0  # for a connection that is closed to be gone


class DumpError(Exception):
    """The sentence says what cannot be done, and why."""


def dump(path: Path) -> Counts:
    """Write the database to `path`; gives the rows of each table in it."""
    if stores.is_sqlite():
        with _opened(_file()) as source, _opened(path) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            return _counts(copy)
    with _connected() as server, server.transaction():
        server.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        ((snapshot,),) = server.execute("SELECT pg_export_snapshot()").fetchall()
        _run("pg_dump", "--format=custom", "--schema=public", f"--snapshot={snapshot}", f"--file={path}")
        return _counts(server)


def load(path: Path, expected: Counts) -> None:
    """Make the database what was dumped to `path`; whatever it held is gone then, and only then."""
    if stores.is_sqlite():
        with _opened(path) as copy, _opened(_file()) as target:
            _check(copy, expected)
            copy.execute(_DOUBT_TEXTS)
            copy.commit()
            copy.backup(target)
        return
    try:
        roles.check()
    except roles.RoleError as fault:
        raise DumpError(str(fault)) from fault
    stores.disconnect()
    owner = settings().owner_database_url
    with _connected(owner) as server:
        _refuse_company(server)
        with _put_aside(server):
            _run("pg_restore", "--single-transaction", "--exit-on-error", str(path), as_=owner)
            _check(server, expected)
            server.execute(_DOUBT_TEXTS)
        server.execute("ANALYZE")
    roles.grant()


def held() -> Counts:
    """The rows of each table of the database as it is now."""
    with _opened(_file()) if stores.is_sqlite() else _connected() as connection:
        return _counts(connection)


def _counts(connection: Any) -> Counts:
    listed = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        if stores.is_sqlite()
        else "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    )
    names = [name for (name,) in connection.execute(listed).fetchall()]
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608


def _check(connection: Any, expected: Counts) -> None:
    found = _counts(connection)
    if found != expected:
        raise DumpError(f"the restored tables do not have the rows that were dumped: {_first_other(found, expected)}")


def _first_other(found: Counts, expected: Counts) -> str:
    name = next(name for name in sorted(found | expected) if found.get(name) != expected.get(name))
    return f"{name} has {found.get(name)}, dumped were {expected.get(name)}"


# -- SQLite --------------------------------------------------------------------------------------------------------


def _file() -> Path:
    path = Path(make_url(settings().database_url).database or "")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(path, timeout=10)) as connection:
            yield connection
    except sqlite3.Error as fault:
        raise DumpError(f"{path.name}: {fault}") from fault


# -- PostgreSQL ----------------------------------------------------------------------------------------------------


def _words(as_: str = "") -> dict[str, Any]:
    """How the driver is told where the server is, and as whom; without that, as the app."""
    url = make_url(as_ or settings().database_url)
    return dict(url.get_dialect()().create_connect_args(url)[1])


@contextmanager
def _connected(as_: str = "") -> Iterator[psycopg.Connection[Any]]:
    """A connection with the patience that a dump needs."""
    try:
        with psycopg.connect(**_words(as_), connect_timeout=5, autocommit=True) as server:
            yield server
    except psycopg.Error as fault:
        raise DumpError(f"PostgreSQL: {type(fault).__name__}: {str(fault).partition(chr(10))[0]}") from fault


def _others(server: psycopg.Connection[Any]) -> int:
    ((others,),) = server.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend'"
    ).fetchall()
    return int(others)


def _refuse_company(server: psycopg.Connection[Any]) -> None:
    """Nobody else may be connected. What was closed a moment ago, as our own connections, is given time to end."""
    until = time.monotonic() + ENDING_SECONDS
    while others := _others(server):
        if time.monotonic() < until:
            time.sleep(0.05)
            continue
        raise DumpError(f"{others} other connections to the database: stop the hotline first")


@contextmanager
def _put_aside(server: psycopg.Connection[Any]) -> Iterator[None]:
    """The schema's name is free for the block; what was there comes back when the block fails."""
    try:
        server.execute("ALTER SCHEMA public RENAME TO before_restore")
    except InsufficientPrivilege as fault:
        raise DumpError("this role may not replace tables: flask restore needs OWNER_DATABASE_URL") from fault
    try:
        yield
    except BaseException:
        with server.transaction():
            server.execute("DROP SCHEMA IF EXISTS public CASCADE")
            server.execute("ALTER SCHEMA before_restore RENAME TO public")
        raise
    server.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
    server.execute("DROP SCHEMA before_restore CASCADE")


def _run(program: str, *words: str, as_: str = "") -> None:
    """One of PostgreSQL's own programs, on our database."""
    path = shutil.which(program, path=settings().pg_bin or None)
    if path is None:
        raise DumpError(f"{program} is not there: install PostgreSQL's client programs, or name their folder in PG_BIN")
    server = _words(as_)
    password = server.pop("password", None)
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    command = [path, "--no-owner", "--no-privileges", f"--dbname={make_conninfo(**server)}", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        why = next((line for line in said if "error:" in line), "no reason given")
        raise DumpError(f"{program} failed: {why.rpartition('error: ')[2][:200]}")
