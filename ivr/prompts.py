"""Prompts and answers, the words between a conversation and its channel: what is said and what comes back, free of
both.

A conversation asks by a Prompt; a channel makes TwiML or a text of it and brings back an Answer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from config.hotline import city

MENU_SECONDS = 5


@dataclass(frozen=True)
class Line:
    """One sentence to say, or one recording to play back."""

    id: str
    text: str
    language: str
    slow: bool = False
    fixed: bool = False
    recording: str | None = None


@dataclass(frozen=True)
class Wants:
    """What a prompt waits for. kind: key, digits, words, recording, transfer; text is the next text of a chat. Where it
    `hears`, what is said counts beside keys; `hints` are words that are likely to be said."""

    kind: str
    seconds: int = MENU_SECONDS
    most: int = 1
    hears: bool = False
    hints: Sequence[str] = ()
    to: str = ""
    whisper: bool = True  # whoever is rung must press a key before being connected


@dataclass(frozen=True)
class Prompt:
    """What the resident hears next, and what we then wait for; nothing wanted means goodbye."""

    lines: tuple[Line, ...]
    wants: Wants | None
    language: str
    node: str
    error: bool = False


@dataclass(frozen=True)
class Take:
    """A recording that was made. `ended_by`: key that ended it, "silence" or "hangup"."""

    sid: str
    seconds: int
    ended_by: str


@dataclass(frozen=True)
class Answer:
    """What the carrier brought: keys, words and its confidence in them (0 to 1), a recording, the end of a transfer, or
    nothing (silence)."""

    keys: str = ""
    words: str = ""
    confidence: float = 1.0
    take: Take | None = None
    transfer: str = ""
    hung_up: bool = False

    @property
    def silent(self) -> bool:
        return not (self.keys or self.words or self.take or self.transfer)


@dataclass(frozen=True)
class Option:
    """A key, what pressing it means, and the id of its name in [menu] where the menu says it as "name, press key"."""

    key: str
    meaning: str
    name: str = ""


def offered(lines: Sequence[Line]) -> dict[str, str]:
    """The keys that sentences offer one by one, each with the words that say what it does: "Sudah beres, tekan 2"."""
    found = (match for line in lines for match in _option(line.language).finditer(line.text))
    return {match["key"]: match["function"].strip() for match in found}


@cache
def _option(language: str) -> re.Pattern[str]:
    """How a sentence of this language offers a key (V02): the function before it."""
    press = city().text(language, "voice", "option").partition(",")[2].partition("{key}")[0].strip()
    return re.compile(rf"(?P<function>[^.?!|:]+?), {press} (?P<key>\d)\b", re.IGNORECASE)
