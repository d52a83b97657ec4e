"""The city's day: what must not happen at night waits for the morning."""

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
