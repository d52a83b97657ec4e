"""The city's day: what must not happen at night waits for the morning; and a clock that is made to stand."""

from datetime import UTC, datetime, timedelta

import pytest
from factories import wib

from config import clock


@pytest.mark.parametrize(
    ("moment", "then"),
    [
        ("2026-03-02 05:59", "2026-03-02 06:00"),
        ("2026-03-02 06:00", "2026-03-02 06:00"),
        ("2026-03-02 20:59", "2026-03-02 20:59"),
        ("2026-03-02 21:00", "2026-03-03 06:00"),
        ("2026-12-31 23:30", "2027-01-01 06:00"),
        ("2026-03-02 00:00", "2026-03-02 06:00"),
    ],
)
def test_at_night_it_is_the_next_morning_on_the_city_s_clock(moment: str, then: str) -> None:
    assert clock.next_daytime(wib(moment), 6, 21) == wib(then)


# -- an explorer's clock -------------------------------------------------------------------------------------------

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=clock.CITY_ZONE)


def test_a_frozen_clock_stands_and_goes_on_afterwards() -> None:
    with clock.frozen(NOON):
        assert clock.now() == clock.now() == NOON
        assert clock.now().tzinfo is UTC
        with clock.frozen(NOON + timedelta(days=1)):
            assert clock.now() == NOON + timedelta(days=1)
        assert clock.now() == NOON
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_it_goes_on_after_a_fault_too() -> None:
    with pytest.raises(ZeroDivisionError), clock.frozen(NOON):
        _ = 1 / 0
    assert clock.now() != NOON
