"""depth.py is held to its promise: `make test` leaves little to the long run, and a week of long runs has all of it."""

import os
import re
import subprocess
import sys
from collections.abc import Collection
from datetime import date, timedelta

import depth
import pytest
from depth import PARTS, SQLITE_STORIES, coming_to, drawn, part_of, runs

from config.settings import ROOT
from ivr.conversations import CONVERSATIONS

MONDAY = date(2026, 11, 30)
A_YEAR = [MONDAY + timedelta(days=nth) for nth in range(366)]


@pytest.fixture(scope="module")
def tests() -> list[str]:
    """The ids of all tests there are."""
    asked = [sys.executable, "-m", "pytest", "--collect-only", "-n", "0", "tests"]
    listed = subprocess.run(asked, cwd=ROOT, env=long(), capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if line.startswith("tests/") and "::" in line]


def long() -> dict[str, str]:
    return {**os.environ, "TESTS": "long"}


def files(tests: Collection[str]) -> set[str]:
    return {test.partition("::")[0] for test in tests}


def test_the_long_run_leaves_nothing_out(tests: list[str]) -> None:
    assert len(tests) > 4500
    assert all(runs(test, "long") for test in tests)


def test_every_test_file_is_in_the_short_run(tests: list[str]) -> None:
    assert files(test for test in tests if runs(test, "")) == files(tests)


def test_the_short_run_leaves_out_few_tests_and_only_long_ones(tests: list[str]) -> None:
    left = [test for test in tests if not runs(test, "")]
    assert len(left) < len(tests) / 10
    assert all(part_of(test) for test in left)


def test_every_part_has_tests_and_no_test_is_in_two(tests: list[str]) -> None:
    for part in PARTS:
        assert any(re.search(part.tests, test) for test in tests), part.name
    assert [test for test in tests if sum(bool(re.search(part.tests, test)) for part in PARTS) > 1] == []


def test_every_week_draws_every_part() -> None:
    for day in A_YEAR:
        week = {part.name for nth in range(7) for part in drawn(day + timedelta(days=nth))}
        assert week == {part.name for part in PARTS}, day


def test_what_a_day_draws_fits_into_half_of_the_time_that_ci_gives_it() -> None:
    """Two tests run at once; what the machine is slower than the one that was measured takes the other half."""
    longest = max(part.seconds for part in PARTS)
    for day in A_YEAR:
        assert depth.A_DAY - longest <= sum(part.seconds for part in drawn(day)) <= depth.A_DAY + longest
    limit = re.search(r"^minutes=(\d+)$", (ROOT / ".ci/run").read_text(), re.M)
    assert limit
    assert (depth.A_DAY + longest) / 2 <= int(limit[1]) * 60 / 2


def test_a_day_runs_what_it_draws_and_nothing_else(tests: list[str]) -> None:
    names = {part.name for part in drawn(MONDAY)}
    ran = [test for test in tests if runs(test, MONDAY.isoformat())]
    assert {part.name for test in ran if (part := part_of(test))} == names
    assert all(part_of(test) for test in ran)


# -- SQLite --------------------------------------------------------------------------------------------------------


def without_story(conversations: Collection[str], tests: Collection[str]) -> list[str]:
    """The conversations of which the short run tells no story on SQLite. That the story comes to its conversation,
    and on SQLite, is seen to whenever it is told (conftest.py)."""
    told = {test.rpartition("::")[2] for test in tests if runs(test, "")}
    return [name for name in conversations if SQLITE_STORIES.get(name) not in told]


def test_every_conversation_has_a_story_on_sqlite(tests: list[str]) -> None:
    assert without_story(CONVERSATIONS, tests) == []
    assert set(SQLITE_STORIES) == set(CONVERSATIONS)


def test_a_conversation_without_a_story_on_sqlite_is_found(tests: list[str]) -> None:
    assert without_story([*CONVERSATIONS, "planted"], tests) == ["planted"]
    gone = [test for test in tests if not test.endswith(SQLITE_STORIES["person"])]
    assert without_story(CONVERSATIONS, gone) == ["person"]


def test_a_story_that_does_not_come_to_its_conversation_is_found() -> None:
    with pytest.raises(AssertionError, match="whose story on SQLite"), coming_to(["main"]):
        pass


def test_every_twin_on_sqlite_has_one_on_postgresql(tests: list[str]) -> None:
    twins = PARTS[0]
    on_sqlite = [test for test in tests if part_of(test) is twins]
    assert len(on_sqlite) > 300
    assert [one for one in on_sqlite if _on_postgresql(one) not in tests] == []
    assert all(runs(_on_postgresql(one), "") for one in on_sqlite)


def _on_postgresql(test: str) -> str:
    name, bracket, parameters = test.partition("[")
    return name + bracket + re.sub(r"(?<![^-\[])sqlite(?=-|\])", "postgresql", parameters)
