"""docs/running.md as a machine reads it: its blocks of code, the commands in them, and the steps to production."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt

from config.settings import ROOT

PAGE = ROOT / "docs" / "running.md"
STEPS = "Production, step by step"
# Who may begin a line of a block that is typed; what begins with anything else is a file or an answer.
PROGRAMS = frozenset({
    "adduser", "apt-get", "cd", "certbot", "cp", "curl", "echo", "export", "grep", "install", "ln", "make", "mkdir",
    "nginx", "ps", "python3", "set", "sox", "sudo", "systemctl", "tail",
    ".venv/bin/flask", ".venv/bin/python", "$PYTHON",
})  # fmt: skip


@dataclass(frozen=True)
class Block:
    """A block of code: its line in the page, the heading above it, and the step in which it stands (0: none)."""

    line: int
    heading: str
    step: int
    text: str

    @property
    def commands(self) -> list[str]:
        """What is typed: after `$` where answers are shown too, else every line, without what follows a #."""
        lines = _joined(self.text)
        if any(line.startswith("$ ") for line in lines):
            return [_bare(line[2:]) for line in lines if line.startswith("$ ")]
        return [_bare(line) for line in lines] if lines[0].split()[0] in PROGRAMS else []

    def answer(self, command: str) -> list[str]:
        """The lines that the page shows below a command."""
        after = _joined(self.text)
        start = next(nth for nth, line in enumerate(after) if line.startswith("$ ") and _bare(line[2:]) == command)
        shown = []
        for line in after[start + 1 :]:
            if line.startswith("$ "):
                break
            shown.append(line)
        return shown


@cache
def blocks() -> tuple[Block, ...]:
    """Every block of code of the page, in its order."""
    return tuple(_blocks(PAGE.read_text()))


def _blocks(page: str) -> Iterator[Block]:
    heading, step, below = "", 0, False
    for token in MarkdownIt().parse(page):
        if token.type == "heading_open":
            below = True
        elif token.type == "inline" and below:
            heading, step, below = token.content, 0, False
        elif token.type == "list_item_open" and token.info and heading == STEPS:
            step = int(token.info)
        elif token.type in ("code_block", "fence") and token.map:
            yield Block(token.map[0] + 1, heading, step, textwrap.dedent(token.content).strip("\n"))


def of_step(number: int) -> list[Block]:
    """The blocks of one step to production."""
    return [block for block in blocks() if block.step == number]


def titles() -> dict[int, str]:
    """The steps to production by number."""
    section = PAGE.read_text().partition(f"\n## {STEPS}\n")[2].partition("\n## ")[0]
    return {int(number): title for number, title in re.findall(r"^(\d+)\. \*\*(.+?)\.\*\*", section, re.M)}


def settings() -> tuple[dict[str, str], dict[str, str]]:
    """The lines of .env: those without which production does not start, and those without which it limps."""
    (block,) = of_step(5)
    required, others = block.text.split("\n\n")
    return _pairs(required), _pairs(others)


def _pairs(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines())


def _joined(text: str) -> list[str]:
    """Lines, those together that a backslash or an open quote makes one."""
    whole: list[str] = []
    for line in text.splitlines():
        if whole and (whole[-1].endswith("\\") or (whole[-1].count('"') % 2 and not whole[-1].startswith((" ", "{")))):
            whole[-1] = whole[-1].removesuffix("\\") + ("" if whole[-1].endswith("\\") else "\n") + line
        elif line.strip():
            whole.append(line)
    return whole


def _bare(line: str) -> str:
    """A command without the remark behind it."""
    return re.sub(r"\s{2,}# .*$", "", line) if "\n" not in line else line
