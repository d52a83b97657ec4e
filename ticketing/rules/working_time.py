"""Arithmetic of working time: hours and days with holidays and pauses, all pure functions on the city's wall clock.

Times with a zone come back as UTC, times without one are local and stay local; Asia/Jakarta has no summer time, so
no hour comes twice. What cannot be a deadline (no amount, no open hours, a reversed pause) is a ValueError.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import islice, pairwise
from typing import Any, Literal, Self, cast

from config.clock import CITY_ZONE, local

Unit = Literal["working_hours", "working_days", "hours", "days"]
Span = tuple[datetime, datetime]

# Ten years in each unit: what is longer is a typing mistake.
_MOST: dict[Unit, int] = {"working_hours": 87_600, "working_days": 3_650, "hours": 87_600, "days": 3_650}
_SEARCHED_DAYS = 36_525
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW = re.compile(r"(\d{1,2})[:.](\d{2})\s*-\s*(\d{1,2})[:.](\d{2})")


@cache
def _decreed(year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - slow to import, and most processes never ask

    # "government" is cuti bersama, the shared leave of the yearly joint decree.
    return frozenset(holidays.country_holidays("ID", categories=("public", "government"), language="id", years=year))


def is_holiday(day: date) -> bool:
    """A national holiday or cuti bersama. The decree for a coming year is known only once the package has it."""
    return day in _decreed(day.year)


@dataclass(frozen=True)
class Calendar:
    """`is_holiday` with the city's own corrections, which win over the package; `extra` wins over `not_holidays`."""

    extra: frozenset[date] = frozenset()
    not_holidays: frozenset[date] = frozenset()

    def __call__(self, day: date) -> bool:
        """Whether offices are closed on `day`, whatever the weekday."""
        return day in self.extra or (day not in self.not_holidays and is_holiday(day))


@dataclass(frozen=True)
class Hours:
    """When an office is open: for each weekday from Monday, sorted windows in minutes from midnight."""

    windows: tuple[tuple[tuple[int, int], ...], ...]
    also_holidays: bool = False

    @classmethod
    def read(cls, text: str) -> Self:
        """Read "Mon-Thu 07:30-16:00; Fri 07:30-11:30, 13:00-16:30", or "24x7", which knows no holidays.

        Days are lists or ranges and may be named again; 24:00 is the end of a day. No window crosses midnight.
        """
        if text.strip().lower() in {"24x7", "24/7"}:
            return cls((((0, 1440),),) * 7, also_holidays=True)
        week: list[list[tuple[int, int]]] = [[] for _ in _DAYS]
        for part in filter(str.strip, text.replace("–", "-").split(";")):
            match = re.fullmatch(r"\s*([a-z][a-z\s,-]*?)\s+([\d:.\s,-]+)", part, re.IGNORECASE)
            if not match:
                raise ValueError(f'Hours must read like "Mon-Fri 08:00-16:00", not "{part.strip()}".')
            windows = [_window(window.strip()) for window in match[2].split(",")]
            for weekday in _weekdays(match[1]):
                week[weekday] += windows
        for name, day in zip(_DAYS, week, strict=True):
            day.sort()
            if any(later[0] < earlier[1] for earlier, later in pairwise(day)):
                raise ValueError(f"Hours on {name.title()} overlap.")
        if not any(week):
            raise ValueError("Hours name no day and time.")
        return cls(tuple(map(tuple, week)))

    def on(self, day: date, is_holiday: Callable[[date], bool]) -> list[Span]:
        """The open spans of one day, in local time; none on a holiday."""
        windows = self.windows[day.weekday()]
        if not windows or (not self.also_holidays and is_holiday(day)):
            return []
        midnight = datetime.combine(day, time.min)
        return [
            (midnight + timedelta(minutes=opens), midnight + timedelta(minutes=closes)) for opens, closes in windows
        ]


def due(
    start: datetime,
    amount: float,
    unit: Unit,
    hours: Hours,
    *,
    pauses: Sequence[Span] = (),
    is_holiday: Callable[[date], bool] = is_holiday,
) -> datetime:
    """When `amount` of `unit` after `start` is over; the clock stands still during `pauses` (each from, to).

    `hours` and `days` are clock time (a day is 24 hours) and grow by what the pauses cover. `working_hours` use up
    open time only. For `working_days` the day of `start` never counts, a later working day counts when the clock runs
    at its closing time, and the deadline is the closing time of the last of them. Pauses may come unsorted and
    overlapping.
    """
    if unit not in _MOST:
        raise ValueError(f"The unit must be one of {', '.join(_MOST)}.")
    if not 0 < amount <= _MOST[unit]:
        raise ValueError(f"The amount must be more than 0 and at most {_MOST[unit]} {unit}.")
    if unit == "working_days" and amount != int(amount):
        raise ValueError("Working days come whole.")
    try:
        begin, rests = _wall(start), _merged([(_wall(since), _wall(until)) for since, until in pauses])
        if unit == "working_hours":
            end = _after_open_time(begin, timedelta(hours=amount), hours, rests, is_holiday)
        elif unit == "working_days":
            end = _after_working_days(begin, int(amount), hours, rests, is_holiday)
        else:
            end = _after_clock_time(begin, timedelta(**{unit: amount}), rests)
        return _like(start, end)
    except OverflowError as error:
        raise ValueError("The deadline lies beyond the calendar.") from error


def is_open(hours: Hours, at: datetime, is_holiday: Callable[[date], bool] = is_holiday) -> bool:
    """Whether the office is open `at` that moment; at closing time it is closed."""
    moment = _wall(at)
    return any(opening <= moment < closing for opening, closing in hours.on(moment.date(), is_holiday))


def next_opening(hours: Hours, at: datetime, is_holiday: Callable[[date], bool] = is_holiday) -> datetime:
    """The first moment from `at` on when the office is open: `at` itself when it is open now."""
    moment = _wall(at)
    spans = _open_spans(hours, moment.date(), is_holiday)
    return _like(at, next(max(opening, moment) for opening, closing in spans if moment < closing))


def explain(request: dict[str, Any], is_holiday: Callable[[date], bool] = is_holiday) -> dict[str, str]:
    """`{start, amount, unit, hours, pauses}` in local ISO times to `{due, why}`; ValueError where it cannot be read."""
    amount, unit, text = request.get("amount"), request.get("unit"), request.get("hours")
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        raise ValueError('"amount" must be a number.')
    if not isinstance(unit, str) or not isinstance(text, str):
        raise ValueError('"unit" and "hours" must be texts.')
    pauses = request.get("pauses") or []
    if not isinstance(pauses, list) or not all(isinstance(pause, list) and len(pause) == 2 for pause in pauses):
        raise ValueError('"pauses" must be a list of [from, to].')
    start, hours = _moment(request.get("start")), Hours.read(text)
    spans = [(_moment(since), _moment(until)) for since, until in pauses]
    end = due(start, amount, cast(Unit, unit), hours, pauses=spans, is_holiday=is_holiday)
    why = f"{amount:g} {unit.replace('_', ' ')} after {start:%Y-%m-%d %H:%M}"
    if unit.startswith("working"):
        why += f", open {text}" + ("" if hours.also_holidays else " and closed on holidays")
    return {"due": end.isoformat(), "why": f"{why}; pauses left out: {len(pauses)}."}


def _after_clock_time(start: datetime, amount: timedelta, rests: list[Span]) -> datetime:
    end = start + amount
    for since, until in rests:
        if since < end:
            end += max(until - max(since, start), timedelta())
    return end


def _after_open_time(
    start: datetime, left: timedelta, hours: Hours, rests: list[Span], is_holiday: Callable[[date], bool]
) -> datetime:
    for opening, closing in _open_spans(hours, start.date(), is_holiday):
        for begin, end in _between(rests, max(opening, start), closing):
            if left <= end - begin:
                return begin + left
            left -= end - begin
    raise AssertionError("_days raises before its days end")


def _after_working_days(
    start: datetime, left: int, hours: Hours, rests: list[Span], is_holiday: Callable[[date], bool]
) -> datetime:
    """A day counts when the clock runs at its closing. A pause that begins there takes nothing from it; pauses that
    take all its open time do not let it count, even if they end there."""
    open_days = filter(None, (hours.on(day, is_holiday) for day in _days(start.date() + timedelta(days=1))))
    counted = (
        spans[-1][1]
        for spans in open_days
        if not any(since < spans[-1][1] < until for since, until in rests)
        and any(any(_between(rests, opening, closing)) for opening, closing in spans)
    )
    return next(islice(counted, left - 1, None))


def _open_spans(hours: Hours, first: date, is_holiday: Callable[[date], bool]) -> Iterator[Span]:
    for day in _days(first):
        yield from hours.on(day, is_holiday)


def _days(first: date) -> Iterator[date]:
    for later in range(_SEARCHED_DAYS):
        yield first + timedelta(days=later)
    raise ValueError("The hours leave no open time within a hundred years.")


def _between(rests: list[Span], begin: datetime, end: datetime) -> Iterator[Span]:
    """The pieces of begin..end outside `rests`."""
    for since, until in rests:
        if begin < min(since, end):
            yield begin, min(since, end)
        begin = max(begin, until)
    if begin < end:
        yield begin, end


def _merged(pauses: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for since, until in sorted(pauses):
        if until < since:
            raise ValueError(f"A pause ends ({until:%Y-%m-%d %H:%M}) before it begins ({since:%Y-%m-%d %H:%M}).")
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], until))
        elif since < until:
            merged.append((since, until))
    return merged


def _wall(moment: datetime) -> datetime:
    return moment if moment.tzinfo is None else local(moment).replace(tzinfo=None)


def _like(given: datetime, wall: datetime) -> datetime:
    """`wall` as the caller counts: UTC when `given` had a zone, else local as it is."""
    return wall if given.tzinfo is None else wall.replace(tzinfo=CITY_ZONE).astimezone(UTC)


def _moment(given: object) -> datetime:
    if isinstance(given, str):
        try:
            return _wall(datetime.fromisoformat(given))
        except (ValueError, OverflowError):
            pass
    raise ValueError("Times must read like 2026-03-17T10:00.")


def _weekdays(text: str) -> Iterator[int]:
    for part in text.split(","):
        names = [name.strip().lower()[:3] for name in part.split("-")]
        if len(names) > 2 or not set(names) <= set(_DAYS):
            raise ValueError(
                f'"{part.strip()}" is no weekday or range of them; write Mon, Tue, Wed, Thu, Fri, Sat, Sun.'
            )
        first, last = _DAYS.index(names[0]), _DAYS.index(names[-1])
        yield from ((first + later) % 7 for later in range((last - first) % 7 + 1))


def _window(text: str) -> tuple[int, int]:
    match = _WINDOW.fullmatch(text)
    if not match:
        raise ValueError(f'A time window must read like 08:00-16:00, not "{text}".')
    open_hour, open_minute, close_hour, close_minute = map(int, match.groups())
    opens, closes = open_hour * 60 + open_minute, close_hour * 60 + close_minute
    if open_minute > 59 or close_minute > 59 or not opens < closes <= 1440:
        raise ValueError(f'"{text}" does not open before it closes on the same day.')
    return opens, closes
