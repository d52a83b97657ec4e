"""Short campaigns: three with fixed seeds, which between them have most of the faults, and one with eight of all,
drawn by its seed. Each is a process of its own; its table is what a failure shows."""

import os
import random
import subprocess
import sys
from pathlib import Path

import depth
import pytest

from chaos.nemesis import FAULTS
from config.settings import ROOT

DRAWN = random.Random(depth.CAMPAIGN_SEED).sample(list(FAULTS), 8)
SHORT = {
    11: ("web and PostgreSQL", "F1,F2,F13,F14,F15,F15b,F16,F17"),
    12: ("Valkey, workers and a deploy", "F3,F4,F5,F8,F9,F10,F12,F31"),
    13: ("the carrier, departments and the disk", "F18,F19,F21,F22,F23,F24,F28,F29"),
    depth.CAMPAIGN_SEED: ("drawn from all faults", ",".join(DRAWN)),
}


@pytest.mark.parametrize("seed", SHORT, ids=[what for what, _ in SHORT.values()])
def test_every_promise_holds(seed: int, tmp_path: Path) -> None:
    asked = ["--seed", str(seed), "--minutes", str(depth.CAMPAIGN_SECONDS / 60), "--faults", SHORT[seed][1], "--once"]
    done = subprocess.run(
        [sys.executable, "-m", "chaos", *asked, "--rate", "1.5", "--keep", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "tests"},
        capture_output=True,
        text=True,
        timeout=depth.CAMPAIGN_SECONDS + 960,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-2000:]}"
