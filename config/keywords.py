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
    """Words by which a text shows what is wanted: a keyword before the resident's own words (`first`), or all of it."""

    first: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()

    @property
    def own(self) -> tuple[str, ...]:
        """Words that belong to no other wish."""
        return (*self.first, *self.alone)


class Danger(Wish):
    """Words of danger anywhere in a text (`within`) but not inside `unless`."""

    within: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class Speech(_Words):
    """Words that are no wish: courtesies, other spellings, ratings and digits, and what shows a language."""

    words: tuple[str, ...]
    same: dict[str, tuple[str, ...]] = {}
    scores: dict[Literal["1", "2", "3", "4", "5"], tuple[str, ...]]
    digits: dict[Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], tuple[str, ...]]
    languages: dict[str, tuple[str, ...]]


class Said(_Words):
    """What callers say instead of a key. `around` are words that stand around every option."""

    yes: tuple[str, ...]
    no: tuple[str, ...]
    officer: tuple[str, ...]
    back: tuple[str, ...]
    skip: tuple[str, ...]
    enough: tuple[str, ...]
    language: tuple[str, ...]
    around: tuple[str, ...]


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
    not_fixed: Wish
    rating: Wish
    language_en: Wish
    language_id: Wish
    speech: Speech
    said: Said

    def wishes(self) -> dict[str, Wish]:
        """Every wish by its name."""
        return {name: wish for name in type(self).model_fields if isinstance(wish := getattr(self, name), Wish)}
