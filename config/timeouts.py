"""Time-outs and a circuit breaker for the database: how long one piece of work waits for it, and when it does not even
ask.

All of it follows from DATABASE_SECONDS. A statement time-out is the server's, so a server that hangs never raises it:
here the client stops waiting by itself. After a few failures in a row nobody asks for two seconds; then one does, and
its success lets everybody in again.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg
from psycopg import pq
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError, TimeoutError

from config.settings import settings

FAILURES, PAUSE = 3, 2.0
SLACK = 2.0  # seconds beyond DATABASE_SECONDS that a writer on SQLite waits when nothing else limits it

_until: ContextVar[float | None] = ContextVar("until", default=None)


class Away(SQLAlchemyError):
    """The database failed a moment ago: it was not asked."""


class OutOfTime(Away):
    """The time that this piece of work had for the database is up."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Everything that the block asks of the database must be answered within so many seconds, taken together."""
    token = _until.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


def left() -> float | None:
    """Seconds that this piece of work has left; None when nobody set it a limit."""
    until = _until.get()
    return None if until is None else max(until - time.monotonic(), 0.0)


def patience() -> float:
    """Seconds that this piece of work waits for its turn to write to SQLite: what it has left, and never for ever."""
    most, rest = settings().database_seconds + SLACK, left()
    return most if rest is None else min(most, rest)


class Bounded(psycopg.Connection[Any]):
    """A PostgreSQL connection that stops waiting for a silent server, and is closed then: its state is unknown."""

    statement_seconds: float | None = None  # None: a little more than the server's own statement_timeout

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        rest, most = left(), self.statement_seconds or settings().database_seconds + 1
        allowed = most if rest is None else min(most, rest)
        try:
            return super().wait(gen, interval, allowed if timeout is None else min(timeout, allowed))
        except psycopg.OperationalError:
            if self.pgconn.status == pq.ConnStatus.OK and self.pgconn.transaction_status == pq.TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise


class CircuitBreaker:
    """Shut for a while after several failures in a row. One for each process and database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.failures, self._shut_until = 0, 0.0

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Let a piece of work through, and learn from how it ends. Raises Away when it is not its turn."""
        self._enter()
        try:
            yield
        except Exception as fault:
            if is_trouble(fault):
                self._failed()
            raise
        else:
            self.failures = 0

    def _enter(self) -> None:
        if left() == 0.0:
            raise OutOfTime("no time is left for the database")
        if self.failures < FAILURES:
            return
        with self._lock:
            if time.monotonic() < self._shut_until:
                raise Away("the database failed a moment ago")
            self._shut_until = time.monotonic() + PAUSE  # this one finds out, the others wait for it

    def _failed(self) -> None:
        with self._lock:
            self.failures += 1
            if self.failures >= FAILURES:
                self._shut_until = time.monotonic() + PAUSE


def is_trouble(fault: Exception) -> bool:
    """True for what says that the database is away, hung or too slow; not for a mistake of ours."""
    away = isinstance(fault, OperationalError | InterfaceError | TimeoutError | OutOfTime)
    return away and not may_repeat(fault, lost=False)


def may_repeat(fault: Exception, *, lost: bool = True) -> bool:
    """True when the same piece of work may succeed if done once more at once: it was chosen to end a deadlock, or
    (`lost`) its connection broke. What was committed all the same is found by its key."""
    if not isinstance(fault, DBAPIError):
        return False
    chosen = isinstance(fault.orig, psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure)
    return chosen or (lost and fault.connection_invalidated)
