"""What a sabotage throws away the check finds: in this process for each way of each, and once in a whole campaign."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import depth
import pytest
from people import House

from chaos import sabotage
from chaos.watched import Watched
from config.settings import ROOT
from ivr.channels import chats
from workers.fetchers import recording
from workers.senders import email, sms

FOUND = {  # the invariants that break when all of a kind is thrown away: called done, or ended with a reason
    "recordings": ({"I2"}, {"I2", "I4", "I12"}),  # a report waits a while for its recording
    "mails": ({"I4"}, {"I4", "I12"}),
    "texts": ({"I2", "I5"}, {"I2", "I5", "I12"}),
    "reads": ({"I2"}, {"I2"}),
}


@pytest.fixture
def at(postgres_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    monkeypatch.setenv("CHAOS_SABOTAGED", str(tmp_path / "sabotaged"))
    for module, name in ((chats, "read"), (recording, "send"), (email, "send"), (sms, "send")):
        monkeypatch.setattr(module, name, getattr(module, name))  # what a sabotage puts there is taken back
    with Watched.over(postgres_house, tmp_path) as watched:
        yield watched


def an_evening(at: Watched) -> set[str]:
    """A report and a text, everything that follows, and the invariants that were broken."""
    at.reported()
    at.house.carrier.text("+6281200002222", "STATUS")
    for _ in range(3):
        at.house.work()
        at.time_passes()
    at.house.work()
    at.history.note("healed")
    at.history.note("drained", seconds=0.0)
    return at.found()


def test_a_good_evening_has_nothing_to_find(at: Watched) -> None:
    assert an_evening(at) == set()


@pytest.mark.parametrize("fate", [0, 1])
@pytest.mark.parametrize("name", FOUND)
def test_what_is_thrown_away_is_found(name: str, fate: int, at: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sabotage, "_fate", lambda _subject: fate)
    sabotage.SABOTAGES[name]()
    assert an_evening(at) == FOUND[name][fate]


@pytest.mark.parametrize("name", sabotage.SABOTAGES)
def test_a_sabotaged_campaign_is_found_out(name: str, tmp_path: Path) -> None:
    asked = ["--seed", "21", "--minutes", str(depth.SABOTAGE_SECONDS / 60), "--faults", "F9,F23", "--sabotage", name]
    done = subprocess.run(
        [sys.executable, "-m", "chaos", *asked, "--rate", "1.5", "--keep", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "tests"},
        capture_output=True,
        text=True,
        timeout=depth.SABOTAGE_SECONDS + 960,
        check=False,
    )
    assert done.returncode == 1, f"{done.stdout}\n{done.stderr[-2000:]}"
    assert f"sabotage {name}" in done.stdout
    assert "the campaign itself" not in done.stdout
