"""A day at the hotline whose every call is known, and the figures that must come of it; then the edges, one by one."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from factories import caller, wib
from people import House, Resident
from sqlalchemy import event

from config import clock, stores
from ticketing import statistics
from ticketing.counting import level, percentile, share
from ticketing.models import Call, Callback, Survey, Ticket, Turn
from ticketing.questions import question

TODAY = date(2026, 11, 24)
NINE = datetime(2026, 11, 24, 9, 0, tzinfo=clock.CITY_ZONE)
ANI, BUDI, CITRA, LANDLINE = "+6281377204951", "+6281377204952", "+6281377204953", "+622188400011"

ROW_KEYS = [
    *("calls", "with_goal", "goals", "goal_p50_s", "goal_p90_s", "contained", "containment", "abandoned"),
    *("abandonment", "at_person", "short", "open", "no_menu", "level", "ghosts", "ghost_share", "pranks"),
    *("prank_share", "emergencies", "callers", "survey", "callbacks"),
]
NODE_KEYS = [
    *("node", "turns", "wrong_key_rate", "silence_rate", "back_rate", "language_rate", "officer_rate"),
    *("p50_ms", "p95_ms", "level"),
]


class Day:
    """A morning on which time passes only when somebody says so."""

    def __init__(self, house: House, watch: Any) -> None:
        self.house, self.watch = house, watch

    def passes(self, seconds: float) -> None:
        self.house.carrier.settle()
        self.watch.shift(seconds)

    @contextmanager
    def call(self, number: str, *, lasts: float = 20) -> Iterator[Resident]:
        """Somebody calls, does what the block says, and hangs up `lasts` seconds later if not over by then."""
        resident = Resident(self.house, number).dials()
        yield resident
        self.passes(lasts)
        if resident.is_connected:
            resident.hangs_up()
        self.passes(60)


@pytest.fixture
def day(house: House) -> Iterator[Day]:
    with time_machine.travel(NINE, tick=False) as watch:
        yield Day(house, watch)


def a_known_morning(day: Day) -> None:
    """Fourteen calls: 4 goals, 2 at a person, 3 abandoned, 1 short, 1 ghost, 1 prank, 1 emergency, 1 not over yet."""
    with day.call(ANI) as ani:  # wrong keys, another language and back again, then a report: 50 s
        ani.presses("7", "8", "8", "2", "2", "*")
        day.passes(50)
        ani.talks().presses("1")
    with day.call(BUDI) as budi:  # goes back once, talks, and hangs up before the number: a report all the same: 30 s
        budi.presses("2", "1", "*", "2", "*")
        day.passes(30)
        budi.talks(8, then="hangup")
    with day.call(ANI) as ani:  # asks for the report, and says nothing more: 10 s
        day.passes(10)
        ani.presses("3").is_silent(2)
    with day.call(CITRA) as citra:  # the officer talks, and is thought well of: 40 s
        citra.presses("0")
        citra.call.officer_answers("1")
        day.passes(40)
        citra.call.officer_hangs_up()
        citra.presses("5", "2")
        citra.is_silent()
    with day.call(LANDLINE) as budi:  # nobody answers, and the caller does not wait for more
        budi.presses("0")
        budi.call.officer_no_answer()
    with day.call(LANDLINE) as budi:  # hangs up while it rings
        budi.presses("0")
    for number in (BUDI, "anonymous"):  # leave at the root
        with day.call(number):
            pass
    with day.call(LANDLINE) as budi:  # leaves at the topic, after a wrong key
        budi.presses("2", "9")
    with day.call(CITRA, lasts=4):  # had misdialled
        pass
    with day.call(BUDI) as nobody:
        nobody.is_silent(3)
    with day.call(CITRA) as joker:
        joker.presses("7", "7")
    day.house.flask("calls", "prank", joker.call.sid, "--by", "Rina")
    with day.call(BUDI) as budi:
        budi.presses("1")
    Resident(day.house, ANI).dials()


def stats(house: House, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(house.flask("stats", "--json", *words))
    return found


def by_node(found: dict[str, Any], kind: str) -> dict[str, tuple[int, float]]:
    return {row["node"]: (row["turns"], row[kind]) for row in found["nodes"] if row[kind]}


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


def test_the_questions_of_a_known_morning(day: Day) -> None:
    """Neither the ghost's silences nor the joker's wrong keys are anybody's trouble with a question."""
    a_known_morning(day)
    found = stats(day.house)
    turns = {row["node"]: row["turns"] for row in found["nodes"]}
    assert turns == {
        "main.root": 11,  # ani 4, budi 1, status 1, officer 3, topic 1, emergency 1
        "report.topic": 4,
        "report.roads": 1,
        "report.place": 2,
        "report.take": 2,
        "report.review": 1,
        "status.wish": 2,
        "person.officer": 3,
        "survey.score": 1,
        "survey.solved": 1,
        "survey.feedback": 1,
    }
    assert [row["turns"] for row in found["nodes"]] == sorted(turns.values(), reverse=True)
    assert by_node(found, "wrong_key_rate") == {"main.root": (11, round(1 / 11, 4)), "report.topic": (4, 0.25)}
    assert by_node(found, "silence_rate") == {"status.wish": (2, 1.0)}
    assert by_node(found, "back_rate") == {"report.roads": (1, 1.0)}
    assert by_node(found, "language_rate") == {"main.root": (11, round(2 / 11, 4))}
    assert by_node(found, "officer_rate") == {"main.root": (11, round(3 / 11, 4))}
    assert {row["node"]: row["level"] for row in found["nodes"] if row["level"] != "ok"} == {
        "main.root": "mark",
        "report.topic": "alarm",
    }


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
        assert list(found) == ["from", "to", "by", "forgotten", "nodes", "rows", "total"]
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


def a_call(at: str, *turns: dict[str, Any], seconds: float | None = 60, number: str = ANI, **more: Any) -> UUID:
    """A call on the city's clock that lasted so long; `turns` after the first one, which begins it."""
    began = wib(at)
    with stores.transaction() as session:
        contact = caller(session, number)
        values = {"caller_kind": "mobile", "status": "completed", "menu": "aaaa1111", "contact_id": contact.id, **more}
        values.setdefault("ended_at", None if seconds is None else began + timedelta(seconds=seconds))
        call = Call(sid=f"CA{uuid4().hex}", started_at=began, **values)
        session.add(call)
        session.flush()
        for nth, turn in enumerate([{}, *turns]):
            values = {"node": "main.root" if nth else "", "key": "2", "result": "answered", "milliseconds": 10, **turn}
            session.add(Turn(call_id=call.id, number=nth, at=began + timedelta(seconds=nth), **values))
        return call.id


def without_turns(at: str, **more: Any) -> None:
    id_ = a_call(at, **more)
    with stores.transaction() as session:
        session.query(Turn).filter(Turn.call_id == id_).delete()


def figures(first: date = TODAY, last: date = TODAY, by: statistics.By = "none") -> dict[str, Any]:
    with stores.reading() as session:
        return statistics.report(session, first, last, by=by)


@pytest.mark.parametrize(
    ("node", "asked"),
    [
        ("main.root", "main.root"),
        ("status.wish 1.0", "status.wish"),
        ("status.wish keyed.12", "status.wish"),
        ("status.proof 1.0.2", "status.proof"),
        ("status.remark again 2.0", "status.remark again"),
        ("report.take 2", "report.take"),
        ("report.mobile right 1", "report.mobile right"),
        ("proposal.support keyed", "proposal.support"),
        ("report.follow here", "report.follow here"),
        ("", ""),
    ],
)
def test_a_node_is_one_question_whichever_time_it_is_asked(node: str, asked: str) -> None:
    assert question(node) == asked


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
def test_silence_is_counted_whatever_it_means_and_a_wrong_key_only_where_it_means_nothing(house: House) -> None:
    a_call(
        "2026-11-24 08:00",
        {"key": "", "result": "missed"},
        {"key": "", "result": "answered", "milliseconds": 30},
        {"key": "7", "result": "missed", "milliseconds": 20},
        {"key": "digits", "result": "missed"},
        {"key": "#", "result": "missed"},
        {"key": "*", "result": "back", "milliseconds": 500},
        {"key": "8", "result": "language"},
        {"key": "0", "result": "officer"},
        {"key": "2", "result": "answered"},
        {"key": "1", "result": "restarted"},
    )
    (root,) = figures()["nodes"]
    rates = {name: root[f"{name}_rate"] for name in ("wrong_key", "silence", "back", "language", "officer")}
    assert rates == {"wrong_key": 0.3, "silence": 0.2, "back": 0.1, "language": 0.1, "officer": 0.1}
    assert (root["turns"], root["p50_ms"], root["p95_ms"], root["level"]) == (10, 10, 500, "alarm")


@time_machine.travel(NINE)
def test_surveys_and_callbacks_belong_to_the_day_of_their_call(house: House) -> None:
    with day_of(house, "2026-11-23 12:00"):
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


@contextmanager
def day_of(house: House, at: str) -> Iterator[None]:
    with time_machine.travel(wib(at), tick=False):
        yield


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


@time_machine.travel(NINE)
def test_the_database_counts_the_turns_and_opens_no_reply(house: House) -> None:
    """The same few statements however many turns there are; none of them asks for what was said."""
    statements: list[str] = []
    a_call("2026-11-24 08:00", *[{} for _ in range(20)])
    with stores.reading() as session:
        event.listen(session.connection(), "before_cursor_execute", lambda *given: statements.append(given[2]))
        found = statistics.report(session, TODAY, TODAY)
    assert found["nodes"][0]["turns"] == 20
    assert len(statements) == 4
    assert not [one for one in statements if "reply" in one or "memory" in one]
