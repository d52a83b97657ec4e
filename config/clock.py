"""The one clock for opening hours, night, deadlines, what is held back, and everything a person is told.

Leases, retries and what is due are judged by the database's own time (workers/outbox.py), so a wrong clock on one
machine never makes two workers do the same thing. Every process of the hotline keeps that time: stores.py sets this
clock by it. So a machine that is an hour off holds nothing back for an hour, and is told of as a fault all the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Jakarta")
AGREE = timedelta(seconds=2)  # two machines that differ by less are both right
_stopped: ContextVar[datetime | None] = ContextVar("stopped", default=None)  # the moment at which the clock stands


@dataclass
class _ByDatabase:
    """Whether this process keeps the database's time, and by how much that is ahead of its machine's."""

    follows: bool = False
    ahead: timedelta = timedelta()


_by_database = _ByDatabase()


def now() -> datetime:
    """The present as an aware UTC datetime. Tests move it with time-machine."""
    return _stopped.get() or machine() + _by_database.ahead


def machine() -> datetime:
    """What the clock of this machine shows, right or wrong."""
    return datetime.now(UTC)


def follow_database() -> None:
    """From now on this process keeps the database's time. Said once, by every process of the hotline when it starts."""
    _by_database.follows = True


def follows() -> bool:
    return _by_database.follows


def set_by(moment: datetime) -> None:
    """The database has this moment now."""
    ahead = moment - machine()
    _by_database.ahead = ahead if abs(ahead) > AGREE else timedelta()


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """It is `moment`, and stays so, for whatever is done meanwhile. For explorers and tests only."""
    token = _stopped.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _stopped.reset(token)


def local(moment: datetime) -> datetime:
    """`moment` on the city's wall clock."""
    return moment.astimezone(CITY_ZONE)


def next_daytime(moment: datetime, first: int, last: int) -> datetime:
    """`moment` itself from `first` until `last` o'clock in the city; else the next `first` o'clock."""
    there = local(moment)
    if first <= there.hour < last:
        return moment
    morning = there.replace(hour=first, minute=0, second=0, microsecond=0)
    return morning if there.hour < first else morning + timedelta(days=1)


def as_utc(moment: datetime) -> str:
    """`moment` as lists for machines write it: 2026-11-28T04:50:00Z."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
