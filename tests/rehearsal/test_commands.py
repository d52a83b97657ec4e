"""Every command of docs/running.md: ours are typed in its order, on a house that is as the page says; those of the
system name units, files and targets that are there. A command that nobody knows fails. The steps to production are the
rehearsal's."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
import requests
import time_machine
from factories import change, moved, opened, rows, wib
from flask.cli import FlaskGroup
from people import House, Resident

from config import lint
from config.hotline import city
from config.settings import ROOT, Settings
from ivr.commands import COMMANDS
from rehearsal import document

DAY = wib("2026-11-24 12:00")
OTHER = "+6281377204951"
FLASK = re.compile(
    r"^(?:echo '(?P<given>[^']*)' \| |mkdir -m 700 \S+ && )?\.venv/bin/flask (?P<words>.*?)(?P<pipe> \| .*)?$", re.S
)
# What a page like this cannot do here: it is shown with --help, and has tests of its own.
LONG = {"doctor", "menu"}
# Blocks that are no commands: how they begin, and what they are.
FILES = {
    "port 0": "redis.conf", "HOTLINE_ENV=production": ".env", "OWNER_DATABASE_URL=": "root's own",
    "scrape_configs:": "Prometheus",
    '{"clock"': "an answer", '{"id": "a1b2"': "a body", "POST /masuk": "a request",
    "[speech]": "city file", "[departments.disnaker]": "city file",
    "[categories.tenaga-kerja]": "city file", "[[menus.traffic]]": "city file", "[[routing]]": "city file",
    "[holidays]": "city file", '@app.post("/masuk")': "a receiver",
}  # fmt: skip


def others() -> list[str]:
    """The commands outside the steps to production."""
    return [command for block in document.blocks() if not block.step for command in block.commands]


OURS = [command for command in others() if FLASK.match(command)]


def test_every_block_is_commands_or_a_file_that_we_know() -> None:
    unknown = [block for block in document.blocks() if not block.commands and not block.text.startswith(tuple(FILES))]
    assert [(block.line, block.text.splitlines()[0]) for block in unknown] == []


def test_every_step_to_production_is_one_that_the_rehearsal_knows() -> None:
    """Each raises when its commands are others; here, that there is none without commands or a file."""
    assert list(document.titles()) == list(range(1, 13))
    assert {block.step for block in document.blocks()} - {0} == {1, 2, 3, 4, 5, 7, 8, 9}


# -- ours ----------------------------------------------------------------------------------------------------------


class Clerk:
    """Types what the page says at a house with the reports, calls and promises that it tells of."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house, self.folder = house, folder
        self.number = opened(category="jalan-rusak", area="kayuringinjaya")
        self.others = opened(OTHER, "sampah")
        house.work()
        self.call = Resident(house, "+6281300004953").dials().hangs_up().call.sid
        nobody = Resident(house, "+6281200001111").dials().presses("0")
        nobody.call.officer_no_answer()
        nobody.presses("1", "1")
        house.work()
        self.callback = house.flask("callbacks").split()[0]
        self.dead = opened(category="lampu-jalan")
        moved(self.dead, "accepted")
        self.row = rows(self.dead, kind="email")[0]

    def words(self, written: str) -> str:
        """With what this house has in the place of what the page has."""
        announced = re.findall(r"^\S{36}", self.house.flask("announce"), re.M)
        for there, here in (
            ("124590624", self.number), ("124-590-624", self.number), ("228135060", self.others),
            ("5f0c...", self.callback),
            ("5d0f7d0c-52f4-4d8e-8f2e-9a4f6a1f9a55", str(self.row.id)), ("end ID", f"end {(announced or ['ID'])[0]}"),
            ("CAc7cc439dde9a8dc59756b3e68e8adddf", self.call), ("/root/ani", f"{self.folder}/ani"),
            ("/var/backups/hotline", str(self.folder)), ("EH... var/bins", f"EH01 {self.folder}/bins"),
            ("081377204951", OTHER), ("081377204953", "+6281377204953"),
        ):  # fmt: skip
            written = written.replace(there, here)
        return written + (f" {self.folder}/away" if written == "fallback write" else "")

    def types(self, command: str) -> Any:
        """The result of one command; the clock shows a time at which it makes sense."""
        typed = FLASK.match(command)
        assert typed, command
        if "--replay" in command:
            change(self.row, state="dead", last_error="gave up")
        if command.startswith("mkdir"):
            (self.folder / "ani").mkdir(mode=0o700)
        with time_machine.travel(moment_of(command)):
            words = shlex.split(self.words(typed["words"]))
            words = [words[0], "--help"] if words[0] in LONG else words
            result = self.house.app.test_cli_runner().invoke(args=words, input=typed["given"])
        if typed["pipe"]:
            code = shlex.split(typed["pipe"])[-1]
            subprocess.run([sys.executable, "-c", code], input=result.stdout, text=True, check=True)
        return result


def moment_of(command: str) -> datetime:
    """When it makes sense: two hours before what it announces ends; three days before a new date."""
    if found := re.search(r"--until (\d\d:\d\d)", command):
        return wib(f"2026-11-24 {found[1]}") - timedelta(hours=2)
    if found := re.search(r"--on (\S+)", command):
        return wib(f"{found[1]} 12:00") - timedelta(days=7)
    return wib("2026-11-24 22:00") if "announce" in command else DAY


@pytest.fixture
def clerk(sqlite_house: House, tmp_path: Path) -> Iterator[Clerk]:
    with time_machine.travel(DAY):
        made = Clerk(sqlite_house, tmp_path)
    yield made


def shown(command: str) -> list[str]:
    """What the page shows below a command; of one that it shows twice, the first."""
    block = next(block for block in document.blocks() if command in block.commands)
    return block.answer(command) if block.text.startswith("$ ") else []


def test_our_commands_do_what_the_page_says(clerk: Clerk) -> None:
    assert len(OURS) > 45
    wrong = []
    for command in OURS:
        result, expected = clerk.types(command), shown(command)
        refused = bool(expected) and expected[0].startswith("Error: ")
        if (result.exit_code != 0) != refused or (result.exception and not isinstance(result.exception, SystemExit)):
            wrong.append(f"{command}\n  exit code {result.exit_code}: {result.output} {result.exception!r}")
        elif refused and clerk.words(expected[0]) not in result.output:
            wrong.append(f"{command}\n  {result.output}")
    assert not wrong, "\n".join(wrong)


# -- of the system -------------------------------------------------------------------------------------------------


def units() -> set[str]:
    """What systemctl may be told of: ours, and Debian's."""
    ours = {path.name for path in (ROOT / "deploy").iterdir()}
    wanted = set(re.findall(r"hotline-[\w@-]+\.service", (ROOT / "deploy/hotline.target").read_text()))
    return ours | wanted | {"hotline*", "hotline-worker@*", "nginx", "postgresql", "redis-server", "systemd-timesyncd"}


def names_units(words: list[str]) -> bool:
    """systemctl DOES UNIT ...: each is there."""
    named = [word for word in words[2:] if not word.startswith("-")]
    known = units() | {name.removesuffix(".service") for name in units()}
    return words[1] in {"status", "start", "stop", "restart", "reload", "enable"} and set(named) <= known


def makes(words: list[str]) -> bool:
    """make TARGET T=...: the target is there, and what it is given too."""
    targets = set(re.findall(r"(?m)^([\w./-]+):", (ROOT / "Makefile").read_text()))
    given = [word.partition("=")[2] for word in words[1:] if word.startswith("T=")]
    return {word for word in words[1:] if "=" not in word} <= targets and all((ROOT / path).exists() for path in given)


def makes_a_secret(words: list[str]) -> bool:
    """python3 -c "...": what it prints is of the form that the settings want."""
    made = subprocess.run([sys.executable, *words[1:]], capture_output=True, text=True, check=True).stdout.strip()
    return bool(
        re.fullmatch(r"[0-9a-f]{64}|1:[\w-]{43}=", made) or Settings(webhook_secrets=f"dlh={made}").department_secrets
    )


def names_logs(words: list[str]) -> bool:
    """A file under VAR_DIR/logs is one that supervisord writes."""
    written = re.findall(r"%\(ENV_VAR_DIR\)s/(logs/[\w-]+\.log)", (ROOT / "processes.conf").read_text())
    return words[-1].removeprefix("var/") in written


def says_what_a_clip_is(words: list[str]) -> bool:
    """sox makes what `prompts check` wants, under a name of the catalogue."""
    language, name = Path(words[-1]).parts[-2:]
    return words[2:8] == ["-r", "8000", "-c", "1", "-b", "16"] and bool(
        city().text(language, "voice", name.removesuffix(".wav"))
    )


def lists_processes(words: list[str]) -> bool:
    """ps: of the user of the units."""
    return words == ["ps", "-fu", "hotline"] and "User=hotline" in (ROOT / "deploy/hotline-web.service").read_text()


def starts_supervisord(words: list[str]) -> bool:
    """The three lines by which supervisord starts without us: what they name is there."""
    return {"export", "mkdir", "$PYTHON"} >= {words[0]} and (ROOT / "processes.conf").exists()


def checks_the_city_or_makes_a_key(words: list[str]) -> bool:
    """python -m config.lint, or a key of age with its public half above it."""
    if words[1] == "-c":
        made = subprocess.run([sys.executable, *words[1:]], capture_output=True, text=True, check=True).stdout
        return bool(re.fullmatch(r"# age1\w+\nAGE-SECRET-KEY-1\w+\n", made))
    return words[1:] == ["-m", "config.lint"] and lint.main() == 0


SYSTEM: dict[str, Callable[[list[str]], bool]] = {
    "systemctl": names_units, "make": makes, "python3": makes_a_secret, "tail": names_logs, "grep": names_logs,
    "sox": says_what_a_clip_is, "ps": lists_processes, "export": starts_supervisord, "mkdir": starts_supervisord,
    "$PYTHON": starts_supervisord, ".venv/bin/python": checks_the_city_or_makes_a_key,
}  # fmt: skip
SIMULATED = "curl -X POST -H 'Content-Type: application/json' -d "


@pytest.mark.parametrize("command", [one for one in others() if one not in OURS and not one.startswith(SIMULATED)])
def test_commands_of_the_system_name_what_is_there(command: str) -> None:
    words = shlex.split(command)
    assert words[0] in SYSTEM, f"nobody knows: {command}"
    assert SYSTEM[words[0]](words), command


def test_the_simulator_is_told_to_fail_as_the_page_says(sqlite_house: House) -> None:
    (command,) = [one for one in others() if one.startswith(SIMULATED)]
    words = shlex.split(command)
    path = words[-1].partition(":8001")[2]
    told = requests.post(
        sqlite_house.carrier.api_url + path, data=words[6], headers={"Content-Type": "application/json"}
    )
    assert told.json()["rest_fail"] == 3
    sqlite_house.carrier.faults.clear()


# -- in a line of words --------------------------------------------------------------------------------------------


def inline() -> list[str]:
    """Commands that stand between backticks."""
    written = re.findall(r"`((?:\.venv/bin/)?flask |systemctl |make )([^`]+)`", document.PAGE.read_text())
    return sorted({" ".join((first + rest).split()) for first, rest in written})


@pytest.mark.parametrize("command", inline())
def test_a_command_in_a_line_of_words_exists(command: str) -> None:
    words = shlex.split(re.sub(r"\.venv/bin/|COMMAND.*", "", command))
    if words[0] in SYSTEM:
        assert SYSTEM[words[0]](words)
        return
    found: click.Command = FlaskGroup(commands={str(one.name): one for one in COMMANDS})
    for word in words[1:]:
        if isinstance(found, click.Group) and word in found.commands:
            found = found.commands[word]
        elif word.startswith("--"):
            assert word in {option for one in found.params for option in one.opts} | {"--help"}
        else:
            assert not isinstance(found, click.Group) or word.isupper(), f"flask has no {word}"
