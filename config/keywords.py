"""Values of a city's files by which texts are understood: the words of each wish, and how words are compared. What they
mean together is ivr/understanding/intents.py."""

import re
import unicodedata
from typing import Literal

from pydantic import BaseModel, ConfigDict


def plain_words(text: str) -> tuple[str, ...]:
    """`text` as words are compared: lower case, no accents and marks."""
    plain = unicodedata.normalize("NFKD", text.replace("'", "")).lower()
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return tuple(re.findall(r"[a-z]+|[0-9]+|#", plain))


def squeezed(word: str) -> str:
    """`word` with each letter once where it is repeated, as in "cekkk" or "tolooong"."""
    return re.sub(r"([a-z])\1+", r"\1", word)


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Wish(_Words):
    """Words by which a text shows what is wanted: its first, its first if it is short, all of it, or anywhere in it
    (`within`) but not inside `unless`."""

    first: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    @property
    def own(self) -> tuple[str, ...]:
        """Words that belong to no other wish."""
        return (*self.first, *self.short, *self.alone)


class Danger(Wish):
    """A wish for help at once, and what says that it is feared, or usual, and not now."""

    always: tuple[str, ...] = ()
    lasting: tuple[str, ...] = ()
    feared: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()


class Objection(Wish):
    """A word that something is not fixed; `claim` says that it is about a report."""

    claim: tuple[str, ...] = ()


class Speech(_Words):
    """Words that are no wish: courtesies, praise, questions, real words near a keyword, other
    spellings, numbers, and what shows a language."""

    words: tuple[str, ...]
    praise: tuple[str, ...]
    questions: tuple[str, ...]
    ordinary: tuple[str, ...]
    same: dict[str, tuple[str, ...]] = {}
    scores: dict[Literal["1", "2", "3", "4", "5"], tuple[str, ...]]
    languages: dict[str, tuple[str, ...]]


class Keywords(_Words):
    """How the wishes of those who write are known."""

    stop: Wish
    start: Wish
    emergency: Danger
    cry: Wish
    report: Wish
    status: Wish
    add_detail: Wish
    proposal: Wish
    want_person: Wish
    info: Wish
    help: Wish
    cancel_callback: Wish
    fixed: Wish
    not_fixed: Objection
    rating: Wish
    language_en: Wish
    language_id: Wish
    noise: Wish
    speech: Speech

    def wishes(self) -> dict[str, Wish]:
        """Every wish by its name."""
        return {name: wish for name in type(self).model_fields if isinstance(wish := getattr(self, name), Wish)}
