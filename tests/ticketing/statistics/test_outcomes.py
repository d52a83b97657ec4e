"""The ends of reports in figures: on time is by the first date, and a resident's word is not the same as silence."""

from datetime import date, timedelta
from typing import Any

import time_machine
from factories import changing, moved, opened, wib
from people import House

from config import stores
from ticketing.statistics import tickets
from ticketing.tickets import moves, verdicts
from workers import time_limits

MONDAY = wib("2026-03-02 09:00")
LIGHTS = "lampu-jalan"


def figures(first: str = "2026-03-01", last: str = "2026-03-31") -> dict[str, Any]:
    with stores.reading() as session:
        return tickets.report(session, date.fromisoformat(first), date.fromisoformat(last))


def test_nothing_happened(sqlite_house: House) -> None:
    found = figures()
    assert (found["resolved"], found["on_time_share"], found["reopened_share"], found["ratings"]["mean"]) == (
        0, None, None, None,
    )  # fmt: skip


def test_another_date_does_not_hide_that_the_first_was_missed(house: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as now:
        in_time, late, delayed, planned = (opened(f"+62812000022{nth}0", LIGHTS) for nth in range(4))
        moved(planned, "scheduled", on=date(2026, 3, 12))
        now.move_to(wib("2026-03-06 10:00"))
        with changing(delayed) as (session, ticket):
            moves.delay(session, ticket, "hujan", by="Budi", on=date(2026, 3, 12))
        now.move_to(wib("2026-03-09 08:59"))
        moved(in_time, "resolved")
        now.move_to(wib("2026-03-09 09:00"))
        time_limits.apply_due()
        now.move_to(wib("2026-03-10 09:00"))
        for number in (late, delayed, planned):
            moved(number, "resolved")
        found = figures()
        assert (found["resolved"], found["on_time"], found["on_time_share"]) == (4, 1, 0.25)
        assert figures(last="2026-03-09")["resolved"] == 1, "on the day it was resolved"


def test_reopening_begins_anew(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as now:
        number = opened(category=LIGHTS)
        now.shift(timedelta(days=8))
        time_limits.apply_due()
        moved(number, "resolved")
        moved(number, "reopened")
        moved(number, "resolved")
        found = figures()
        assert (found["resolved"], found["on_time"], found["reopened"], found["reopened_share"]) == (2, 1, 1, 0.5)


def test_who_confirmed_and_how_it_was_rated(house: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as now:
        numbers = [opened(f"+62812000022{nth}0") for nth in range(5)]
        moved(numbers[4], "withdrawn", "reopened")
        for number in numbers[:4]:
            moved(number, "resolved")
        for number, score in zip(numbers, (5, 2), strict=False):
            with changing(number) as (session, ticket):
                verdicts.rated(session, ticket, score=score, by="resident", channel="sms")
        moved(numbers[2], "confirmed", by="Budi")
        now.move_to(wib("2026-03-16 09:00"))
        time_limits.apply_due()
        found = figures()
        assert {name: found[name] for name in found if name.startswith("confirmed")} == {
            "confirmed_by_residents": 2, "confirmed_by_silence": 1, "confirmed_by_others": 1,
        }  # fmt: skip
        assert found["ratings"] == {"asked": 4, "answered": 2, "mean": 3.5, "content": 0.5, "not_solved": 0}
        assert found["reopened"] == 0, "what was withdrawn was never said to be fixed"
        shown = house.flask("stats", "--from", "2026-03-01", "--to", "2026-03-31")
        assert "by residents 2, by silence 1, by others 1" in " ".join(shown.split())
