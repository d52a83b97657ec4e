"""A test that fails prints what a person needs to understand it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from telling import only

from config.settings import ROOT

FAILING = """
from people import House, Resident


def test_two_reports_taken_for_one(sqlite_house: House) -> None:
    for number in ("+6281200001111", "+6281200002222"):
        Resident(sqlite_house, number).dials().presses("2", "2", "*").talks().presses("1").hangs_up()
    Resident(sqlite_house).texts("UNREG")
    sqlite_house.work()
    sqlite_house.ticket()
"""


def test_a_failure_shows_the_tickets_calls_texts_mails_and_log_lines(tmp_path: Path) -> None:
    (tmp_path / "test_failing.py").write_text(FAILING)
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "conftest", "-c", ROOT / "pyproject.toml", tmp_path / "test_failing.py"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    ).stdout
    for words in (
        "not one ticket but 2\n",
        "'number': ",
        "--- Call +6281200001111 -> 1500444, ended ---",
        "--- Call +6281200002222 -> 1500444, ended ---",
        "> caller presses 2\n  Laporan tentang apa?",
        "--- Texts of +6281200001111 ---",
        "> UNREG  [received]\n< ",
        "dlh@bekasikota.invalid: ",
        '"event": "text received"',
    ):
        assert words in told, f"{words!r} is not in\n{told}"


@pytest.mark.parametrize("found", [[], ["this", "that"]])
def test_one_that_is_not_the_only_one_is_named(found: list[str]) -> None:
    with pytest.raises(AssertionError, match=f"not one word but {len(found)}") as complaint:
        only(found, "word")
    assert only(["this"], "word") == "this"
    assert all(word in str(complaint.value) for word in found)
