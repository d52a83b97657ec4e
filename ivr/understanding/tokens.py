"""A text taken apart into words that can be compared: lower case, no marks, repeated letters once, the ticket number
apart. Pure; looks at the first 1,600 characters and never raises.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from ivr.understanding.grams import LOOKED_AT
from ivr.understanding.vocabulary import Phrase, digits, usual
from ticketing.rules import references

_DROPPED = {"Cf", "Cs", "Co", "Cn", "Cc"}
_STARS = "\u2b50\u2605"
_WORD = re.compile(r"[a-z]+|[0-9]+")
_RUN = re.compile(r"[0-9](?:[ .\-/\u2010-\u2015]{0,2}[0-9])*")
# Nine characters, some of them O for 0 or I for 1, also in threes.
_ALIKE = re.compile(r"(?<![0-9a-z])[0-9oil]{3}(?:[ .\-]?[0-9oil]{3}){2}(?![0-9a-z])")
_MAX_ALIKE = 3
_NINE = 9


@dataclass(frozen=True)
class Word:
    """A word, and where in the text it ends."""

    text: str
    end: int


@dataclass(frozen=True)
class Said:
    """What a person reads of a text, and its words. `number` is a ticket number, `digits` are nine that are none."""

    legible: str
    words: tuple[Word, ...]
    number: str | None
    digits: str
    asks: bool
    stars: int

    @property
    def tokens(self) -> Phrase:
        return tuple(word.text for word in self.words)

    def after(self, at: int) -> str:
        """The resident's own words behind the word at this place."""
        return self.legible[self.words[at].end :].lstrip(" :;,.-!#*/\n")


def take_apart(body: str) -> Said:
    """The words of a text, its ticket number apart from them."""
    legible = "".join(map(_legible, body[:LOOKED_AT])).strip()
    plain, places = _plain(legible)
    number, digits, span = _ticket(plain)
    rest = plain if span is None else plain[: span[0]] + " " * (span[1] - span[0]) + plain[span[1] :]
    stars = sum(legible.count(star) for star in _STARS)
    return Said(legible, tuple(_words(rest, places)), number, digits, "?" in plain, stars)


def _legible(character: str) -> str:
    """A character without what hides, turns or controls others."""
    if character in "\n\r\t":
        return "\n" if character == "\n" else " "
    return "" if unicodedata.category(character) in _DROPPED else character


def _plain(text: str) -> tuple[str, list[int]]:
    """`text` in small plain letters and digits, and for each of them where in `text` its character ends."""
    letters: list[str] = []
    places: list[int] = []
    for at, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character).lower():
            if unicodedata.combining(part) or part in "'\u2019`":
                continue
            digit = unicodedata.decimal(part, None)
            letters.append(part if digit is None else str(digit))
            places.append(at + 1)
    return "".join(letters), places


def _words(plain: str, places: list[int]) -> Iterator[Word]:
    for found in _WORD.finditer(plain):
        yield Word(usual(found[0]), places[found.end() - 1])


def _ticket(plain: str) -> tuple[str | None, str, tuple[int, int] | None]:
    """A ticket number, or else nine digits that are none, and where they stand."""
    wrong: tuple[None, str, tuple[int, int]] | None = None
    for run in _RUN.finditer(plain):
        for start, end in _nines(run):
            text = plain[start:end]
            if number := references.clean(text.replace("/", "")):
                return number, "", (start, end)
            wrong = wrong or (None, re.sub("[^0-9]", "", text), (start, end))
    for found in _ALIKE.finditer(plain):
        if sum(map(str.isalpha, found[0])) <= _MAX_ALIKE and (number := references.clean(found[0])):
            return number, "", found.span()
    return wrong or _spelled(plain) or (None, "", None)


def _spelled(plain: str) -> tuple[str | None, str, tuple[int, int]] | None:
    """Nine digits said one by one, in words or figures ("dua nol 3 ..."), and where they stand."""
    told: list[tuple[str, int, int]] = []
    for word in _WORD.finditer(plain):
        digit = word[0] if len(word[0]) == 1 and word[0].isdecimal() else digits().get(word[0], "")
        told = [*told, (digit, word.start(), word.end())] if digit else []
        if len(told) == _NINE:
            text = "".join(digit for digit, _, _ in told)
            number = references.clean(text)
            return number, "" if number else text, (told[0][1], told[-1][2])
    return None


def _nines(run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Where nine digits stand together in a run of digits: all of it, a piece, or all but a rating ("4 123456786")."""
    pieces = [(found.start() + run.start(), found.end() + run.start()) for found in re.finditer("[0-9]+", run[0])]
    sizes = [end - start for start, end in pieces]
    if sum(sizes) == 9:
        yield run.span()
    else:
        yield from (piece for piece, size in zip(pieces, sizes, strict=True) if size == 9)
        if sizes[0] == 1 and sum(sizes) == 10:
            yield pieces[1][0], run.end()
        if sizes[-1] == 1 and sum(sizes) == 10:
            yield run.start(), pieces[-2][1]
