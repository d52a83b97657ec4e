"""The database and Redis: connected once per process, on first use (so that a forked worker makes its own).

`transaction()` is the only way to write and `reading()` the only way to read without writing. Nobody below the one
who opened a transaction commits. On SQLite writers queue fairly behind a lock file and begin IMMEDIATE; readers use
a session of their own and never wait.
"""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from sqlalchemy import Engine, MetaData, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session

from config.settings import settings

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
_threads_turn = threading.Lock()


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=_NAMES)


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work: committed as a whole when the block ends, undone as a whole when it raises."""
    with _writers_turn(), Session(_engine("write"), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """A session that only looks."""
    with Session(_engine("read"), expire_on_commit=False) as session:
        yield session


def database_now(session: Session) -> datetime:
    """The database's own clock, in UTC: what leases and retries are measured by."""
    if is_sqlite():
        return datetime.now(UTC)
    moment: datetime = session.scalar(select(func.clock_timestamp()))  # type: ignore[assignment]
    return moment.astimezone(UTC)


def is_sqlite() -> bool:
    return settings().database_url.startswith("sqlite")


def engine() -> Engine:
    """The writing engine, for migrations and checks."""
    return _engine("write")


def disconnect() -> None:
    """Close every connection and make new ones when they are needed: before a fork, and for tests."""
    for role in ("write", "read"):
        _engine(role).dispose()
    _engine.cache_clear()
    redis.cache_clear()


@cache
def redis() -> Redis:
    """For web processes and the sweeper: a dead Redis costs at most 0.1 s, and nothing is retried."""
    client: Redis = Redis.from_url(
        settings().redis_url, socket_timeout=0.1, socket_connect_timeout=0.1, retry=Retry(NoBackoff(), 0)
    )
    return client


def redis_trouble() -> str | None:
    """Why Redis does not answer, None when it does."""
    try:
        redis().ping()
    except (RedisError, ValueError) as fault:  # ValueError: REDIS_URL is no address
        return type(fault).__name__
    return None


@cache
def _engine(role: str) -> Engine:
    url = make_url(settings().database_url)
    if url.get_backend_name() == "sqlite":
        made = create_engine(url, connect_args={"timeout": 5}, pool_size=20, max_overflow=40, hide_parameters=True)
        event.listen(made, "connect", _prepare_sqlite)
        event.listen(made, "begin", _begin_immediate if role == "write" else _begin_deferred)
        return made
    return create_engine(
        url,
        pool_size=8,
        max_overflow=8,
        pool_timeout=2,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": 2,
            "options": "-c statement_timeout=3000 -c lock_timeout=2500 "
            "-c idle_in_transaction_session_timeout=15000 -c timezone=UTC",
        },
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin events below decide, not the driver
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=4500",
        "recursive_triggers=ON",  # or INSERT OR REPLACE would change what is append-only
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN")


@contextmanager
def _writers_turn() -> Iterator[None]:
    """SQLite lets one writer in and makes the others poll unfairly; behind these two locks they queue instead."""
    if not is_sqlite():
        yield
        return
    with _threads_turn, Path(f"{make_url(settings().database_url).database}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
