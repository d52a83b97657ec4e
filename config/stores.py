"""The database and Redis: connected once per process, on first use (so that a forked worker makes its own).

`transaction()` is the only way to write and `reading()` the only way to read without writing. Nobody below the one
who opened a transaction commits. On SQLite writers queue fairly behind a lock file and begin IMMEDIATE; readers use
a session of their own and never wait. How long anybody waits for the database is in timeouts.py.
"""

import fcntl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import IO, Any

import psycopg
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from sqlalchemy import Engine, MetaData, create_engine, event, func, select
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session, make_transient_to_detached

from config import clock, timeouts
from config.settings import settings
from config.timeouts import Bounded, CircuitBreaker, OutOfTime

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
_PING_AFTER = 5.0
_TIME_LASTS, _TIME_FRESH = 10.0, 1.0  # seconds until the time is asked again; an answer that took longer is none
_ASK_AGAIN = 0.002  # seconds until a lock file is tried again: about one transaction
_threads_turn = threading.Lock()


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=_NAMES)


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work: committed as a whole when the block ends, undone as a whole when it raises."""
    with (
        _circuit_breaker().passed(),
        _writers_turn(),
        Session(_engine("write"), expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """A session that only looks."""
    with _circuit_breaker().passed(), Session(_engine("read"), expire_on_commit=False) as session:
        yield session


def insert_new(session: Session, row: Base) -> bool:
    """Insert `row` and take it into the session, unless one of its unique keys is taken: False then.

    One statement and no savepoint. Who inserts the same at the same moment waits until that is settled.
    """
    session.flush()
    values = {}
    for attribute in sa_inspect(type(row)).column_attrs:
        column = attribute.columns[0]
        if attribute.key not in row.__dict__:
            setattr(row, attribute.key, _default(column))
        values[column.key] = row.__dict__[attribute.key]
    if session.connection().execute(_insert(type(row), is_sqlite()), values).first() is None:
        return False
    make_transient_to_detached(row)
    session.add(row)
    return True


def upsert(kind: type[Base], values: dict[str, Any], changed: dict[str, Any]) -> Any:
    """One statement that inserts a row with these `values`, or gives the row with the same primary key what is
    `changed`. Who does the same at the same moment waits until that is settled."""
    made = _dialect(is_sqlite()).insert(kind).values(values)
    return made.on_conflict_do_update(index_elements=list(sa_inspect(kind).primary_key), set_=changed)


@cache
def _insert(kind: type[Base], on_sqlite: bool) -> Any:
    """Made once for each table: writing the statement anew costs more than asking the database."""
    made = _dialect(on_sqlite).insert(kind.__table__)
    return made.on_conflict_do_nothing().returning(*kind.__table__.primary_key)


def _dialect(on_sqlite: bool) -> Any:
    return sqlite if on_sqlite else postgresql


def _default(column: Any) -> Any:
    if column.default is None:
        return None
    return column.default.arg if column.default.is_scalar else column.default.arg(None)


def database_now(session: Session) -> datetime:
    """The database's own clock, in UTC: what leases and retries are measured by."""
    if is_sqlite():
        return datetime.now(UTC)
    moment: datetime = session.scalar(select(func.clock_timestamp()))  # type: ignore[assignment]
    return moment.astimezone(UTC)


def clock_ahead(session: Session) -> float:
    """Seconds by which the clock of this machine is ahead of the database's; less than 0 when it is behind."""
    return round((clock.machine() - database_now(session)).total_seconds(), 1)


def is_sqlite() -> bool:
    return settings().database_url.startswith("sqlite")


def engine() -> Engine:
    """The writing engine, for checks."""
    return _engine("write")


def owner_engine() -> Engine:
    """For those who change tables: the owner's, where there is one."""
    return _engine("owner")


def disconnect() -> None:
    """Close every connection and make new ones when they are needed: before a fork, and for tests."""
    for role in ("write", "read", "owner"):
        _engine(role).dispose()
    _engine.cache_clear()
    _circuit_breaker.cache_clear()
    redis.cache_clear()


@cache
def redis() -> Redis:
    """For web processes and the sweeper: a dead Redis costs at most REDIS_SECONDS, and nothing is retried."""
    client: Redis = Redis.from_url(
        settings().redis_url,
        socket_timeout=settings().redis_seconds,
        socket_connect_timeout=settings().redis_seconds,
        retry=Retry(NoBackoff(), 0),
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
    url, most = make_url(_address(role)), settings().database_seconds
    if url.get_backend_name() == "sqlite":
        options = {"timeout": timeouts.SLACK + most}  # SQLite's busy_timeout: behind the lock file hardly anybody waits
        made = create_engine(url, connect_args=options, pool_size=20, max_overflow=40, hide_parameters=True)
        event.listen(made, "connect", _prepare_sqlite)
        event.listen(made, "begin", _begin_deferred if role == "read" else _begin_immediate)
        return made
    made = create_engine(
        url,
        pool_size=8,
        max_overflow=8,
        pool_timeout=int(most),
        hide_parameters=True,
        connect_args={
            "connect_timeout": int(most),
            "options": f"-c statement_timeout={_ms(most + 0.5)} -c lock_timeout={_ms(most)} "
            f"-c idle_in_transaction_session_timeout={_ms(6 * most)} -c timezone=UTC",
        },
    )
    event.listen(made, "do_connect", _connect_bounded)
    event.listen(made, "checkout", _ping_if_rested)
    event.listen(made, "checkout", _keep_time)
    event.listen(made, "checkin", _note_rest)
    return made


def _address(role: str) -> str:
    owner = settings().owner_database_url if role == "owner" and not is_sqlite() else ""
    return owner or settings().database_url


def _ms(seconds: float) -> int:
    return int(1000 * seconds)


@cache
def _circuit_breaker() -> CircuitBreaker:
    return CircuitBreaker()


def _connect_bounded(_dialect: Any, _record: Any, words: Any, options: Any) -> Bounded:
    if timeouts.left() == 0.0:
        raise OutOfTime("no time is left for the database")
    return Bounded.connect(*words, **options)


def _ping_if_rested(connection: Any, record: Any, _proxy: Any) -> None:
    """A connection that lay unused for a while may be broken: the pool then tries another one."""
    rested_since = record.info.get("rested_since")
    if rested_since is None or time.monotonic() - rested_since < _PING_AFTER:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as fault:
        raise InvalidatePoolError from fault


def _keep_time(connection: Any, record: Any, _proxy: Any) -> None:
    """Set this process's clock by the database's: with each new connection, and again after a while."""
    asked = record.info.get("asked_time")
    if not clock.follows() or (asked is not None and time.monotonic() - asked < _TIME_LASTS):
        return
    began = time.monotonic()
    try:
        moment = connection.execute("SELECT clock_timestamp()").fetchone()[0]
        connection.rollback()
    except psycopg.Error as fault:
        raise InvalidatePoolError from fault
    record.info["asked_time"] = time.monotonic()
    if time.monotonic() - began < _TIME_FRESH:
        clock.set_by(moment)


def _note_rest(_connection: Any, record: Any) -> None:
    record.info["rested_since"] = time.monotonic()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin events below decide, not the driver
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is erased is not left on a free page
        "recursive_triggers=ON",  # or INSERT OR REPLACE would change what is append-only
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql(f"PRAGMA busy_timeout={_ms(timeouts.patience())}")  # of whom does not use the lock file
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN")


@contextmanager
def _writers_turn() -> Iterator[None]:
    """SQLite lets one writer in and makes the others poll unfairly; behind these two locks they queue instead. Raises
    OutOfTime when it is nobody's turn for too long: a writer that hangs must not hang the house."""
    if not is_sqlite():
        yield
        return
    until = time.monotonic() + timeouts.patience()
    if not _threads_turn.acquire(timeout=timeouts.patience()):
        raise OutOfTime("the other writers took too long")
    try:
        with Path(f"{make_url(settings().database_url).database}.lock").open("w") as turn:
            _lock(turn, until)
            yield
    finally:
        _threads_turn.release()


def _lock(turn: IO[str], until: float) -> None:
    """A lock of the system knows no time-out, so it is asked again and again, by one thread of each process."""
    while True:
        try:
            return fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise OutOfTime("a writer of another process took too long") from None
            time.sleep(_ASK_AGAIN)
