"""The memory of a conversation, which outlives a turn: in the row of its call, or of the chat with a number.

It stands beside the calls because every room that reads one (worklists, workers, ivr) may import from here, and none
below does.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Annotated, Any, get_type_hints

from pydantic import Field, TypeAdapter, ValidationError

from config.hotline import CITY_LANGUAGE
from ticketing.models import Call, Chat

Entry = Annotated[list[Any], Field(min_length=3, max_length=3)]  # kind, key, value


@dataclass
class Memory:
    """The names of the fields are the keys in the database. Rows outlive a deploy, and two releases may serve one call:
    what is missing or not of its type has its default, and keys that this release does not know are written back."""

    name: str = "main"  # the conversation that goes on
    args: dict[str, Any] = field(default_factory=dict)  # what it was begun with
    chapter: int = 1  # counts the conversations of one call
    journal: list[Entry] = field(default_factory=list)  # its answers, acts and reads, in order
    open: str | None = None  # the question that waits for an answer
    misses: int = 0  # how often in a row that question got none
    language: str = CITY_LANGUAGE
    touched: bool = False  # the caller was heard, or pressed a key
    met: bool = False  # what the caller came for is done
    goal: str = ""  # the conversation that did it
    visits: list[str] = field(default_factory=list)  # the conversations that a call visits once
    counts: dict[str, int] = field(default_factory=dict)  # how many of a kind, as reports
    keeps: dict[str, dict[str, Any]] = field(default_factory=dict)  # by turn: what its recording would become
    turn: int = 0  # the last one that was answered
    over: bool = False  # goodbye was said
    ghost: bool = False  # it was said to a line from which nothing ever came
    topic: str = ""  # the category of a report that is begun and not told yet
    node: str = ""  # the conversation and its open question, as figures name it
    accepted: bool = False  # whoever rings now pressed the key, or need not
    told: int = 0  # the newest report whose number the caller is told
    mobile: str | None = None  # the number for texts that the caller keyed
    talked_to_person: bool = False  # the last one who was rung took the call
    surveyed: bool = False  # nobody asks about that talk later: it was asked about, or the caller went on elsewhere
    unknown: dict[str, Any] = field(default_factory=dict)  # what another release keeps

    @classmethod
    def read(cls, text: str | None) -> "Memory | None":
        """The memory as it was written; None where there is none."""
        try:
            stored = json.loads(text or "{}")
        except ValueError:
            return None
        if not isinstance(stored, dict) or not stored:
            return None
        types = _types()
        memory = cls(unknown={key: value for key, value in stored.items() if key not in types})
        for key in types.keys() & stored.keys():
            with suppress(ValidationError):
                setattr(memory, key, types[key].validate_python(stored[key], strict=True))
        if "talked_to_person" not in stored:
            memory._guess_the_talk()
        return memory

    def written(self) -> str:
        """The text for the database."""
        known = {key: getattr(self, key) for key in _types()}
        return json.dumps({**known, **self.unknown})

    def _guess_the_talk(self) -> None:
        """A row of a release that did not note it: the conversation tells."""
        self.talked_to_person = self.accepted or self.name == "survey"
        self.surveyed = self.over if self.name == "survey" else self.name not in ("person", "department")


@cache
def _types() -> dict[str, TypeAdapter[Any]]:
    hints = get_type_hints(Memory, include_extras=True)
    return {known.name: TypeAdapter(hints[known.name]) for known in fields(Memory) if known.name != "unknown"}


def remembered(who: Call | Chat) -> Memory | None:
    """The memory of the conversation with this caller or number; None when it has not begun, or was forgotten."""
    return Memory.read(who.memory)
