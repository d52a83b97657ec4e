"""The rehearsal of docs/running.md's steps comes out as written, with Debian's nginx, PostgreSQL and Redis."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from config.settings import ROOT
from rehearsal import document

NOT_HERE = "the rehearsal needs root and Debian's apt-get"


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("apt-get") is None, reason=NOT_HERE)
def test_every_step_comes_out_as_written() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rehearsal"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": "tests"}, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    steps = re.findall(r"(?m)^ ?(\d+)  .*  ok$", done.stdout)
    assert [int(number) for number in steps] == list(document.titles())
    (folder,) = re.findall(r"are folders in (\S+)", done.stdout)
    assert not Path(folder).exists()
    assert [line for one in psutil.process_iter() if folder in (line := _command(one))] == [], "nothing of it runs on"


def _command(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


def test_it_says_where_it_cannot_be_held() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rehearsal"],
        cwd=ROOT, env={"PATH": "/nowhere", "PYTHONPATH": "tests"}, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, "The rehearsal needs root and Debian's apt-get.\n")
