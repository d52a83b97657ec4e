"""A copy of the city's files in which something is wrong, and what loading it says."""

import re
import shutil
from pathlib import Path

import pytest

from config.hotline import HERE, CityFileError, load

# The file, what is there, what stands there instead, how many lines further the problem is named (None: elsewhere), and
# what is said of it.
Broken = tuple[str, str, str, int | None, str]


def copied(tmp_path: Path) -> Path:
    """A copy of the city's files."""
    folder = tmp_path / "config"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__", "fallback"))
    return folder


def edited(tmp_path: Path, file: str, before: str, after: str) -> tuple[Path, int]:
    """A copy of the city with one place changed, and the line of that change."""
    folder = copied(tmp_path)
    text = (folder / file).read_text()
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1))
    return folder, line_of(text, before)


def line_of(text: str, words: str) -> int:
    """Where these words are, from the first of their lines that is not empty."""
    blank = len(words) - len(words.lstrip("\n"))
    return text[: text.index(words) + blank].count("\n") + 1


def problems(folder: Path) -> list[str]:
    with pytest.raises(CityFileError) as refused:
        load(folder)
    return refused.value.problems


def names_the_line(tmp_path: Path, broken: Broken) -> None:
    """The city is refused, with the line in which it is broken."""
    file, before, after, further, expected = broken
    folder, line = edited(tmp_path, file, before, after)
    found = problems(folder)
    matching = [problem for problem in found if expected in problem]
    assert matching, found
    assert re.match(r"\w+\.(toml|csv) line \d+: ", matching[0]), matching
    if further is not None:
        assert f"{Path(file).name} line {line + further}: " in "".join(matching), matching
