"""The city's promises as moments: when a report must be answered and finished, by its category and the department's
hours, with the city's own holidays. The arithmetic is working_time.py."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from config import clock
from config.city import Term
from config.clock import CITY_ZONE
from config.hotline import city
from ticketing.rules import routing, working_time
from ticketing.rules.working_time import Calendar, Hours, Span


def calendar() -> Calendar:
    """Public holidays and cuti bersama, as corrected in hotline.toml."""
    holidays = city().holidays
    return Calendar(frozenset(holidays.add), frozenset(holidays.remove))


def hours(department: str) -> Hours:
    return Hours.read(city().department(department).hours)


def answer_due(category: str, department: str, start: datetime, *, priority: str = "") -> datetime:
    """When the first answer is due; without a priority that of the category."""
    return _due(_terms(category, priority)[0], department, start, ())


def due(
    category: str, department: str, start: datetime, pauses: Sequence[Span] = (), *, priority: str = ""
) -> datetime:
    """When the matter itself is due; the clock stood still during `pauses`."""
    return _due(_terms(category, priority)[1], department, start, pauses)


def renewed(
    category: str, department: str, start: datetime, pauses: Sequence[Span] = (), *, priority: str = ""
) -> datetime:
    """The new date of what missed its date: the rule's own time again. The resident is told a day, so what would be due
    within the day has all of it."""
    new = due(category, department, start, pauses, priority=priority)
    return new if new - start >= timedelta(days=1) else _end_of(last_day(new))


def answer_until(asked: datetime) -> datetime:
    """How long the clock stands still for a resident who was asked something: to the end of a working day of the city,
    some days later."""
    office = Hours.read(city().office_hours)
    last = working_time.due(asked, city().loop.waiting_working_days, "working_days", office, is_holiday=calendar())
    return _end_of(last_day(last))


def asked_until(now: datetime) -> datetime:
    """Who was asked before this moment has had the time of `answer_until` by now."""
    day = clock.local(now).date()
    while answer_until(_end_of(day) - timedelta(seconds=1)) > now:
        day -= timedelta(days=1)
    return _end_of(day)


def opening(department: str, moment: datetime) -> datetime:
    """When the department is open next; `moment` itself when it is open now."""
    return working_time.next_opening(hours(department), moment, calendar())


def last_day(due: datetime) -> date:
    """The last day that still counts; a deadline at midnight belongs to the day before."""
    return clock.local(due - timedelta(seconds=1)).date()


def closing(department: str, day: date) -> datetime:
    """When the department's work on `day` ends; the end of the day where it is closed then."""
    spans = hours(department).on(day, calendar())
    end = spans[-1][1] if spans else datetime(day.year, day.month, day.day, 23, 59)  # noqa: DTZ001 - wall clock
    return end.replace(tzinfo=CITY_ZONE).astimezone(UTC)


def _end_of(day: date) -> datetime:
    """The midnight that ends it."""
    return datetime.combine(day + timedelta(days=1), time.min, CITY_ZONE).astimezone(UTC)


def _terms(category: str, priority: str) -> tuple[Term, Term]:
    return routing.terms(city(), category, priority or routing.priority(city(), category))


def _due(term: Term, department: str, start: datetime, pauses: Sequence[Span]) -> datetime:
    return working_time.due(start, term.amount, term.unit, hours(department), pauses=pauses, is_holiday=calendar())
