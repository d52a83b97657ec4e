"""Each question with its own figures: where wrong keys and silence come from, and what is never read to know it."""

from typing import Any

import pytest
import time_machine
from mornings import NINE, TODAY, Day, a_call, a_known_morning, figures, stats
from people import House
from sqlalchemy import event

from config import stores
from ticketing.statistics import calls
from ticketing.statistics.questions import question


def by_node(found: dict[str, Any], kind: str) -> dict[str, tuple[int, float]]:
    return {row["node"]: (row["turns"], row[kind]) for row in found["nodes"] if row[kind]}


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
def test_the_database_counts_the_turns_and_opens_no_reply(house: House) -> None:
    """The same few statements however many turns there are; none of them asks for what was said."""
    statements: list[str] = []
    a_call("2026-11-24 08:00", *[{} for _ in range(20)])
    with stores.reading() as session:
        event.listen(session.connection(), "before_cursor_execute", lambda *given: statements.append(given[2]))
        found = calls.report(session, TODAY, TODAY)
    assert found["nodes"][0]["turns"] == 20
    assert len(statements) == 4
    assert not [one for one in statements if "reply" in one or "memory" in one]
