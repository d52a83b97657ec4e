"""Files that people edit and that know on which line a value stands, so that an error can say where to look."""

import csv
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Keys = tuple[str | int, ...]

_NAME = r'(?:[\w-]+|"[^"]*")'
_HEADER = re.compile(r"\s*(\[\[?)([^\]=]+)\]")
_VALUE = re.compile(rf"\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*=")


@dataclass
class TomlFile:
    """tomllib does not tell lines, so they are found in the text; a value inside {} or [] is at its key's line."""

    name: str
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[Keys, int] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, problems: list[str]) -> "TomlFile":
        try:
            text = path.read_text(encoding="utf-8")
            return cls(path.name, tomllib.loads(text), _lines_of(text))
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            problems.append(f"{path.name} line {line[1] if line else len(text.splitlines())}: {error}")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{path.name} line 1: cannot be read: {error}")
        return cls(path.name)

    def value(self, *keys: str) -> object:
        """What stands under these keys; None if nothing does."""
        found: object = self.data
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        return found

    def table(self, *keys: str) -> dict[str, Any]:
        """The table under these keys; an empty one if there is none."""
        found = self.value(*keys)
        return found if isinstance(found, dict) else {}

    def at(self, *keys: str | int) -> str:
        """Where a value, or the nearest thing around it, stands."""
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return f"{self.name} line {self.lines.get(keys, 1)}"


@dataclass
class CsvFile:
    """A header and one row a line."""

    name: str
    rows: list[dict[str, str]] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path, problems: list[str]) -> "CsvFile":
        try:
            with path.open(encoding="utf-8", newline="") as file:
                return cls(path.name, list(csv.DictReader(file, restval="", restkey="extra")))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            problems.append(f"{path.name} line 1: cannot be read: {error}")
            return cls(path.name)

    def at(self, row: int) -> str:
        return f"{self.name} line {row + 2}"


def _lines_of(text: str) -> dict[Keys, int]:
    lines: dict[Keys, int] = {}
    counts: dict[Keys, int] = {}
    here: Keys = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            here = tuple(_names(header[2]))
            for depth in range(1, len(here) + 1):
                lines.setdefault(here[:depth], number)
            if header[1] == "[[":
                counts[here] = counts.get(here, -1) + 1
                here = (*here, counts[here])
            lines[here] = number
        elif value := _VALUE.match(line):
            lines[(*here, *_names(value[1]))] = number
    return lines


def _names(dotted: str) -> Iterator[str]:
    return (name.strip('"') for name in re.findall(_NAME, dotted))
