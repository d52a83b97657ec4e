"""A day at the hotline whose every call is known, and the figures that must come of it; then the edges, one by one."""

import json
import re
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from factories import wib
from mornings import (
    ANI,
    BUDI,
    CITRA,
    LANDLINE,
    NINE,
    TODAY,
    Day,
    a_call,
    a_known_morning,
    figures,
    stats,
    without_turns,
)
from people import House, Resident

from config import stores
from ticketing.models import Call, Callback, Survey, Ticket
from ticketing.statistics import calls as statistics
from ticketing.statistics.counting import share

ROW_KEYS = [
    *("calls", "with_goal", "goals", "goal_p50_s", "goal_p90_s", "contained", "containment", "abandoned"),
    *("abandonment", "at_person", "short", "open", "no_menu", "level", "ghosts", "ghost_share", "pranks"),
    *("prank_share", "emergencies", "callers", "survey", "callbacks"),
]
NODE_KEYS = [
    *("node", "turns", "wrong_key_rate", "silence_rate", "back_rate", "language_rate", "officer_rate"),
    *("p50_ms", "p95_ms", "level"),
]


# -- the morning ---------------------------------------------------------------------------------------------------


def test_the_figures_of_a_known_morning(day: Day) -> None:
    a_known_morning(day)
    total = stats(day.house)["total"]
    assert {name: total[name] for name in ROW_KEYS if name not in ("callers", "survey", "callbacks")} == {
        "calls": 14,
        "with_goal": 4,
        "goals": {"report": 2, "person": 1, "status": 1},
        "goal_p50_s": 30,
        "goal_p90_s": 50,
        "contained": 3,
        "containment": round(3 / 9, 4),
        "abandoned": 3,
        "abandonment": round(3 / 9, 4),
        "at_person": 2,
        "short": 1,
        "open": 1,
        "no_menu": 0,
        "level": "alarm",
        "ghosts": 1,
        "ghost_share": round(1 / 14, 4),
        "pranks": 1,
        "prank_share": round(1 / 14, 4),
        "emergencies": 1,
    }
    assert total["callers"] == {"mobile": 10, "fixed": 3, "withheld": 1}
    assert total["survey"] == {"answers": 1, "mean": 5.0, "solved": 0.0}


def test_a_callback_is_promised_by_a_person_and_kept_in_time(day: Day) -> None:
    for number in (ANI, BUDI, CITRA):
        with day.call(number) as resident:
            resident.presses("0")
            resident.call.officer_no_answer()
            resident.presses("1", "1")
    assert stats(day.house)["total"]["callbacks"] == {"due": 0, "kept": 0, "share": None}
    ids = [row["id"] for row in json.loads(day.house.flask("callbacks", "--json"))["waiting"]]
    day.house.flask("callbacks", "tried", ids[0], "--reached", "--by", "Rina")
    day.passes(4 * 3600)  # nobody tries the second within its window; the third needs none any more
    day.house.flask("callbacks", "cancel", ids[2], "--by", "Rina")
    total = stats(day.house)["total"]
    assert total["callbacks"] == {"due": 2, "kept": 1, "share": 0.5}
    day.house.flask("callbacks", "tried", ids[1], "--reached", "--by", "Rina")
    assert stats(day.house)["total"]["callbacks"] == {"due": 2, "kept": 1, "share": 0.5}
    assert (total["goals"], total["contained"], total["abandoned"]) == ({"callback": 3}, 0, 0)


def test_a_prank_leaves_every_figure_but_its_own_and_can_be_taken_back(day: Day) -> None:
    with day.call(ANI) as ani:
        ani.presses("2", "2", "*").talks().presses("1")
    before = stats(day.house)
    day.house.flask("calls", "prank", ani.call.sid, "--by", "Rina")
    marked = stats(day.house)["total"]
    assert (marked["calls"], marked["pranks"], marked["with_goal"], marked["goals"]) == (1, 1, 0, {})
    assert stats(day.house)["nodes"] == []
    day.house.flask("calls", "prank", ani.call.sid, "--by", "Rina", "--undo")
    assert stats(day.house) == before


# -- the output ----------------------------------------------------------------------------------------------------


def test_the_keys_of_the_json_are_these(day: Day) -> None:
    a_known_morning(day)
    for by in ("day", "menu", "none"):
        found = stats(day.house, "--by", by)
        assert list(found) == ["from", "to", "by", "forgotten", "nodes", "rows", "total", "reports"]
        assert list(found["total"]) == ROW_KEYS
        assert all(list(row) == [by, *ROW_KEYS] for row in found["rows"])
        assert all(list(row) == NODE_KEYS for row in found["nodes"])
        assert list(found["total"]["survey"]) == ["answers", "mean", "solved"]
        assert list(found["total"]["callbacks"]) == ["due", "kept", "share"]
        assert (found["from"], found["to"], found["by"]) == ("2026-11-18", "2026-11-24", by)


def test_the_tables_fit_and_show_what_is_wrong(day: Day) -> None:
    a_known_morning(day)
    for by in ("day", "menu", "none"):
        lines = day.house.flask("stats", "--by", by).splitlines()
        assert max(map(len, lines)) <= 100
        (root,) = [line.split() for line in lines if line.startswith("main.root")]
        assert (root[1:3], root[-1]) == (["11", "9.1"], "!")
        (everything,) = [line.split() for line in lines if line.startswith("all ")]
        assert everything[1:11] == ["14", "4", "30", "50", "33.3", "33.3", "1", "1", "1", "1"]
        assert everything[-1] == "ALARM"
        assert "no goal    abandoned 3, at person 2, short 1, open 1, no menu 0" in lines


def test_nothing_personal_is_in_any_output(day: Day) -> None:
    a_known_morning(day)
    with stores.reading() as session:
        tickets, calls = session.query(Ticket).all(), session.query(Call).all()
    secret = {ticket.number for ticket in tickets} | {call.sid for call in calls} | {str(call.id) for call in calls}
    secret |= {number[-11:] for number in (ANI, BUDI, CITRA, LANDLINE)}
    assert len(secret) == 2 + 14 + 14 + 4
    for words in ([], ["--json"], ["--by", "menu"], ["--by", "menu", "--json"]):
        told = day.house.flask("stats", *words)
        assert [one for one in secret if one in told] == []
        assert not re.search(r"\d{9}", told), "no long number of any kind"


# -- edges ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["day", "menu", "none"])
def test_an_empty_period_is_no_error(sqlite_house: House, by: statistics.By) -> None:
    found = figures(by=by)
    assert found["nodes"] == []
    assert len(found["rows"]) == (1 if by == "day" else 0)
    assert {name: value for name, value in found["total"].items() if value} == {
        "level": "ok",
        "survey": {"answers": 0, "mean": None, "solved": None},
        "callbacks": {"due": 0, "kept": 0, "share": None},
    }
    assert "all              0      0      -      -          -          -" in sqlite_house.flask("stats", "--by", by)


@time_machine.travel(NINE)
def test_what_becomes_of_a_call_is_one_thing(house: House) -> None:
    """The first that fits of: prank, ghost, emergency, no menu, goal, at a person, open, short, abandoned."""
    rang = {"node": "person.officer", "key": "missed"}
    met = {"goal": "report", "goal_at": wib("2026-11-24 08:00:30")}
    alarm = {"goal": "emergency", "goal_at": wib("2026-11-24 08:00:01")}
    table: list[tuple[str, dict[str, Any], list[dict[str, Any]]]] = [
        ("abandoned", {}, []),
        ("abandoned", {"seconds": 5}, []),
        ("short", {"seconds": 4.9}, []),
        ("open", {"seconds": None}, []),
        ("at_person", {"seconds": 4}, [rang]),
        ("at_person", {"seconds": None}, [rang]),
        ("with_goal", met, [rang]),
        ("with_goal", {**met, "seconds": 3}, []),
        ("with_goal", {**met, "seconds": None}, []),
        ("emergencies", alarm, [rang]),
        ("ghosts", {"ghost": True}, []),
        ("pranks", {"prank": True, **met}, []),
        ("pranks", {"prank": True, "ghost": True}, []),
        ("pranks", {"prank": True, **alarm}, []),
    ]
    for _, call, turns in table:
        a_call("2026-11-24 08:00", *turns, **call)
    without_turns("2026-11-24 08:00")
    without_turns("2026-11-24 08:00", seconds=2)
    total = figures()["total"]
    told = {name: total[name] for name in {name for name, _, _ in table} | {"no_menu"}}
    assert told == {**Counter(name for name, _, _ in table), "no_menu": 2}
    assert sum(told.values()) == total["calls"] == len(table) + 2
    assert total["containment"] == share(2, told["with_goal"] + told["at_person"] + told["abandoned"])


@time_machine.travel(NINE)
@pytest.mark.parametrize(
    ("goal", "rung", "contained"),
    [
        *(("report", None, 1), ("status", None, 1), ("information", None, 1), ("proposal", None, 1)),
        *(("person", "talked", 0), ("callback", None, 0), ("callback", "unanswered", 0), ("message", None, 0)),
        *(("report", "talked", 0), ("report", "missed", 0), ("status", "unanswered", 0)),
    ],
)
def test_contained_is_who_needed_no_person(sqlite_house: House, goal: str, rung: str | None, contained: int) -> None:
    turns = [{"node": "person.officer", "key": rung}] if rung else []
    a_call("2026-11-24 08:00", *turns, goal=goal, goal_at=wib("2026-11-24 08:00:30"))
    assert figures()["total"]["contained"] == contained


@time_machine.travel(NINE)
def test_each_menu_version_has_its_row_in_the_order_they_were_heard(house: House) -> None:
    a_call("2026-11-24 08:30", {"key": "2"}, menu="bbbb2222", goal="report", goal_at=wib("2026-11-24 08:31"))
    a_call("2026-11-24 07:30", menu="cccc3333")
    a_call("2026-11-24 08:40", menu="cccc3333", number=BUDI)
    a_call("2026-11-23 08:00", menu=None)
    found = figures(date(2026, 11, 23), TODAY, by="menu")
    assert [(row["menu"], row["calls"], row["containment"], row["abandonment"]) for row in found["rows"]] == [
        (None, 1, 0.0, 1.0),
        ("cccc3333", 2, 0.0, 1.0),
        ("bbbb2222", 1, 1.0, 0.0),
    ]
    assert "unknown" in house.flask("stats", "--by", "menu")


@time_machine.travel(NINE)
def test_surveys_and_callbacks_belong_to_the_day_of_their_call(house: House) -> None:
    with time_machine.travel(wib("2026-11-23 12:00"), tick=False):
        ani = Resident(house, ANI).dials().presses("0")
        ani.call.officer_no_answer()
        ani.presses("1", "1")
        house.carrier.settle()
    with stores.transaction() as session:
        call, promise = session.query(Call).one(), session.query(Callback).one()
        session.add(Survey(call_id=call.id, score=2, solved=None))
        promise.state, promise.closed_at = "reached", promise.until_at
    rows = figures(date(2026, 11, 23), TODAY, by="day")["rows"]
    assert [(row["survey"]["answers"], row["callbacks"]["kept"]) for row in rows] == [(1, 1), (0, 0)]
    assert rows[0]["survey"] == {"answers": 1, "mean": 2.0, "solved": None}
    with stores.transaction() as session:
        session.query(Callback).one().closed_at += timedelta(seconds=1)
    assert figures(date(2026, 11, 23))["total"]["callbacks"] == {"due": 1, "kept": 0, "share": 0.0}
    house.flask("calls", "prank", call.sid, "--by", "Rina")
    total = figures(date(2026, 11, 23))["total"]
    assert (total["survey"]["answers"], total["callbacks"]["due"]) == (0, 0)


@time_machine.travel(NINE)
def test_what_needs_forgotten_turns_is_not_known(house: House) -> None:
    """The calls stay, their turns do not: nobody may read "no call was abandoned" out of that."""
    without_turns("2026-10-20 08:00", goal="report", goal_at=wib("2026-10-20 08:00:45"))
    without_turns("2026-10-20 09:00", ghost=True)
    without_turns("2026-10-20 10:00")
    a_call("2026-11-20 10:00", {})
    found = figures(date(2026, 10, 20), TODAY, by="day")
    old, new = found["rows"][0], found["rows"][31]
    assert found["forgotten"]
    assert (old["calls"], old["with_goal"], old["goal_p50_s"], old["ghosts"]) == (3, 1, 45, 1)
    unknown = ("contained", "containment", "abandoned", "abandonment", "at_person", "short", "open", "no_menu")
    assert {old[name] for name in unknown} == {None}
    assert {found["total"][name] for name in unknown} == {None}
    assert (new["abandoned"], new["abandonment"]) == (1, 1.0)
    assert not figures(date(2026, 11, 1))["forgotten"]
    assert "Turns are kept for 30 days" in house.flask("stats", "--from", "2026-10-20")
    assert "Turns are kept for 30 days" not in house.flask("stats")
