"""Counting for all statistics: which calls belong to a period, shares, percentiles, and when a share is an alarm."""

import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import InstrumentedAttribute

from config import clock
from ticketing.models import Call

MARK, ALARM = 0.05, 0.10


def during(first: date, last: date) -> ColumnElement[bool]:
    """Calls to us that began from the first to the last of these days, on the city's clock."""
    return and_(between(Call.started_at, first, last), ~Call.outbound)


def between(at: InstrumentedAttribute[datetime], first: date, last: date) -> ColumnElement[bool]:
    """What happened from the first to the last of these days, on the city's clock."""
    start, end = (datetime.combine(day, time.min, clock.CITY_ZONE) for day in (first, last + timedelta(days=1)))
    return and_(at >= start, at < end)


def share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def percentile(counts: Mapping[int, int], part: float) -> int | None:
    """The smallest value that is not exceeded by `part` of the values; `counts` says how often each is there."""
    rank, seen = math.ceil(part * sum(counts.values())), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= rank:
            return value
    return None


def level(rate: float | None) -> str:
    """Up to five of a hundred are right, more are marked, ten are an alarm."""
    return "ok" if rate is None or rate <= MARK else "mark" if rate < ALARM else "alarm"
