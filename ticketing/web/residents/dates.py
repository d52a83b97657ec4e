"""Days and times as the pages write them, on the city's clock."""

from datetime import datetime, timedelta

from config import clock
from config.hotline import city


def moment(language: str, at: datetime) -> str:
    """Kamis, 26 November 2026 pukul 18.05."""
    words = city().text(language, "page", "moment")
    return words.format(date=day(language, at), time=city().clock_time(language, at))


def day(language: str, at: datetime) -> str:
    return city().long_date(language, clock.local(at).date())


def deadline(language: str, due: datetime) -> str:
    """A day that ends at midnight is still that day."""
    there = clock.local(due)
    ends_the_day = (there.hour, there.minute) == (0, 0)
    return moment(language, due - timedelta(minutes=1) if ends_the_day else due)


def window(language: str, start: datetime, end: datetime) -> str:
    """Kamis, 26 November 2026, pukul 09.00 sampai 10.00."""
    words = city().text(language, "page", "window")
    times = (city().clock_time(language, one) for one in (start, end))
    return words.format(date=day(language, start), **dict(zip(("start", "end"), times, strict=True)))


def ago(language: str, at: datetime) -> str:
    """How long ago, as somebody would say it."""
    minutes = int((clock.now() - at).total_seconds() // 60)
    for unit, size in (("ago_days", 24 * 60), ("ago_hours", 60), ("ago_minutes", 1)):
        if minutes >= size:
            return city().text(language, "page", unit).format(count=minutes // size)
    return city().text(language, "page", "ago_now")
