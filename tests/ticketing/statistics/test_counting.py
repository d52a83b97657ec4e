"""The counting of figures: shares, percentiles, and which days a period has."""

from collections import Counter
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from mornings import NINE, TODAY, a_call, figures, stats
from people import House

from config import clock
from ticketing.statistics.counting import level, percentile, share


@pytest.mark.parametrize(
    ("values", "median", "ninetieth", "ninety_fifth"),
    [
        ([], None, None, None),
        ([7], 7, 7, 7),
        ([1, 2], 1, 2, 2),
        ([3, 1, 2], 2, 3, 3),
        (range(1, 11), 5, 9, 10),
        (range(1, 101), 50, 90, 95),
        ([0] * 99 + [1000], 0, 0, 0),
    ],
)
def test_percentiles(values: Any, median: int | None, ninetieth: int | None, ninety_fifth: int | None) -> None:
    counts = Counter(values)
    assert [percentile(counts, part) for part in (0.5, 0.9, 0.95)] == [median, ninetieth, ninety_fifth]


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        *((0, 0, "ok"), (0, 20, "ok"), (1, 20, "ok"), (2, 20, "alarm"), (5, 100, "ok"), (6, 100, "mark")),
        *((9, 100, "mark"), (10, 100, "alarm"), (1, 1, "alarm"), (501, 10_000, "mark"), (999, 10_000, "mark")),
    ],
)
def test_five_of_a_hundred_are_right_and_ten_an_alarm(part: int, whole: int, told: str) -> None:
    assert level(share(part, whole)) == told


@time_machine.travel(NINE)
def test_a_day_is_one_of_the_citys_calendar(house: House) -> None:
    for at in ("2026-11-22 23:59:59.9", "2026-11-23 00:00", "2026-11-23 23:59:59.9", "2026-11-24 00:00"):
        a_call(at, {}, {})
    found = figures(date(2026, 11, 22), TODAY, by="day")
    assert [(row["day"], row["calls"]) for row in found["rows"]] == [
        ("2026-11-22", 1),
        ("2026-11-23", 2),
        ("2026-11-24", 1),
    ]
    only = figures(date(2026, 11, 23), date(2026, 11, 23))
    assert (only["total"]["calls"], only["nodes"][0]["turns"]) == (2, 4)


@time_machine.travel(NINE)
@pytest.mark.parametrize(
    ("words", "period"),
    [
        ([], ("2026-11-18", "2026-11-24")),
        (["--from", "2026-11-01"], ("2026-11-01", "2026-11-24")),
        (["--to", "2026-11-10"], ("2026-11-04", "2026-11-10")),
        (["--from", "2025-11-24", "--to", "2026-11-24"], ("2025-11-24", "2026-11-24")),
        (["--from", "2000-01-01", "--to", "2000-01-02"], ("2000-01-01", "2000-01-02")),
        (["--from", "2026-11-24", "--to", "2026-11-24"], ("2026-11-24", "2026-11-24")),
        (["--from", "2027-01-01", "--to", "2027-01-02"], ("2027-01-01", "2027-01-02")),
    ],
)
def test_the_period_is_the_last_seven_days_or_what_was_asked(
    sqlite_house: House, words: list[str], period: tuple[str, str]
) -> None:
    found = stats(sqlite_house, *words)
    assert (found["from"], found["to"]) == period


@time_machine.travel(datetime(2026, 11, 24, 0, 30, tzinfo=clock.CITY_ZONE))
def test_today_is_the_citys_today(sqlite_house: House) -> None:
    assert stats(sqlite_house)["to"] == "2026-11-24"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (
            ["--from", "2026-11-24", "--to", "2026-11-23"],
            "the period ends on 2026-11-23, before it begins on 2026-11-24",
        ),
        (["--from", "2025-11-23", "--to", "2026-11-24"], "a period has at most 366 days"),
        (["--from", "0001-01-01", "--to", "0001-01-02"], "a period has at most 366 days"),
        (["--from", "9999-12-31", "--to", "9999-12-31"], "a period has at most 366 days"),
        (["--from", "yesterday"], "'yesterday' does not match the format '%Y-%m-%d'"),
        (["--by", "week"], "'week' is not one of 'day', 'menu', 'none'"),
    ],
)
def test_what_is_no_period_is_refused_in_one_line(sqlite_house: House, words: list[str], why: str) -> None:
    result = sqlite_house.app.test_cli_runner().invoke(args=["stats", *words])
    assert result.exit_code != 0
    assert why in result.output
