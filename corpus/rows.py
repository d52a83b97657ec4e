"""Rows of the corpus, and the hash by which a model names the rows it was learned from."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Row:
    """One message: its text, the question that was open, and what it means (meaning.md)."""

    hand: str
    text: str
    open: str
    intent: str
    also: str | None = None  # another intent that is just as right
    danger: str = "no"  # no, perhaps, sure
    near_miss: bool = False  # sounds like danger and is none
    category: str = ""
    place: str = ""
    kind: str = ""  # of noise, of what is cancelled, of a rating
    peril: str = ""  # the kind of danger, where somebody noted it
    decided: bool = False  # two hands differed, a third decided

    def is_right(self, intent: str) -> bool:
        return intent in (self.intent, self.also)


def training() -> list[Row]:
    """The rows that may be learned from."""
    return list(_rows("hands"))


def apart() -> list[Row]:
    """The rows of the hands that are set apart: they are for figures, and nothing is ever tuned to them."""
    return list(_rows("apart"))


@dataclass(frozen=True)
class Spot:
    """Where somebody says or writes that something is. `means`: the key of an area; nothing where none can be known;
    "outside"; or "ask" and the areas that it may be."""

    text: str
    mode: str  # spoken, written
    hand: str
    means: tuple[str, ...]


def spots(part: str) -> list[Spot]:
    """The places of corpus/places: `hands` may be learned from, `apart` are for figures."""
    lines = (HERE / "places" / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Spot(**{**given, "means": tuple(given["means"])}) for given in map(json.loads, lines)]


def fingerprint() -> str:
    """A hash of the rows that may be learned from."""
    files = sorted((HERE / "hands").glob("*.jsonl"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _rows(part: str) -> Iterator[Row]:
    for file in sorted((HERE / part).glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            given: dict[str, Any] = json.loads(line)
            yield Row(hand=file.stem, **given)
