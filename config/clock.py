"""The one clock for opening hours, night, deadlines and everything a person is told.

Leases and retries use the database's own time instead (workers/outbox.py), so a wrong clock on one machine
never makes two workers do the same thing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Jakarta")
_stopped: ContextVar[datetime | None] = ContextVar("stopped", default=None)  # the moment at which the clock stands


def now() -> datetime:
    """The present as an aware UTC datetime. Tests move it with time-machine."""
    return _stopped.get() or datetime.now(UTC)


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
