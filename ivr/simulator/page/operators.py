"""Moves tickets as an officer does: by the operators' own command line, run as a process and never through a shell."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from config.settings import ROOT

STATES = (
    *("received", "forwarded", "accepted", "in_progress", "waiting", "scheduled", "resolved", "confirmed", "reopened"),
    *("refused", "referred", "merged", "withdrawn"),
)
_NUMBER = re.compile(r"[1-9]\d{8}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SECONDS = 30


class CommandError(Exception):
    """The command refused, in its own words."""


def show(number: str) -> Any:
    return _run("show", number)


def move(number: str, state: str, *, note: str = "", to: str = "", on: str = "") -> Any:
    """Bring a ticket into another state; gives it as it is afterwards."""
    if state not in STATES or (on and not _DAY.fullmatch(on)):
        raise CommandError(f"no such move: {state} {on}")
    given = {"note": note.strip()[:500], "to": to.strip()[:200], "on": on}
    options = [f"--{name}={value}" for name, value in given.items() if value]
    return _run("move", number, state, "--by=Simulator", *options)


def _run(command: str, number: str, *more: str) -> Any:
    if not _NUMBER.fullmatch(number):
        raise CommandError("a ticket has nine digits")
    flask = Path(sys.executable).with_name("flask")
    line = [str(flask), "tickets", command, number, *more, "--json"]
    environment = {**os.environ, "FLASK_APP": "wsgi.py"}
    try:
        done = subprocess.run(
            line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CommandError(str(error)) from error
    if done.returncode:
        words = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise CommandError(words[-1].removeprefix("Error: "))
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        raise CommandError("the command did not answer with JSON") from error
