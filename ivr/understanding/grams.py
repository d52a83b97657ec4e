"""Grams of a text: its words, pairs of words and pieces of words, by which the learned reader knows it. Pure; the
training (corpus/train.py) and the reading (model.py) both cut with this and nothing else."""

import re
import unicodedata
from collections.abc import Iterator

LOOKED_AT = 1600  # characters
ENDS = 2  # words at the beginning and at the end that count once more as such
_PIECES = range(2, 6)  # letters in a piece of a word

_RUN = re.compile(r"([a-z])\1{2,}")
_SHAPES = (
    (re.compile(r"https?://\S+"), " ~link "),
    (re.compile(r"-?[0-9]{1,3}\.[0-9]{3,}\s*,\s*-?[0-9]{1,3}\.[0-9]{3,}"), " ~point "),
    (re.compile(r"(?<![0-9])(?:\+?62|0)[0-9](?:[ .\-]?[0-9]){7,11}(?![0-9])"), " ~telephone "),
    (re.compile(r"(?<![0-9])[0-9](?:[ .\-/]{0,2}[0-9]){8}(?![0-9])"), " ~ticket "),
)
_WORD = re.compile(r"~?[a-z]+|[0-9]+|[?!]|[^\x00-\x7f]")
_LENGTHS = (1, 2, 3, 4, 8, 19)  # words; longer texts are alike


def of(text: str, context: str) -> set[str]:
    """The grams of `text` where `context` is open. What a word means depends on what was asked, so it counts once more
    together with the open question; and the first and the last words say more than those between."""
    words = list(_words(text))
    found = {f"q {context}", f"n {context} {sum(len(words) > length for length in _LENGTHS)}"}
    found.update(f"w {word}" for word in words)
    found.update(f"b {first} {second}" for first, second in zip(["^", *words], [*words, "$"], strict=True))
    found.update(f"f {word}" for word in words[:ENDS])
    found.update(f"l {word}" for word in words[-ENDS:])
    if context != "none":
        found.update(f"{context} {word}" for word in words)
    for word in words:
        found.update(_pieces(f" {word} "))
    return found


def _words(text: str) -> Iterator[str]:
    """Words in small plain letters; of a number only its length is told, of one digit the digit."""
    plain = "".join(
        character
        for character in unicodedata.normalize("NFKD", text[:LOOKED_AT]).lower()
        if not (unicodedata.combining(character) or character in "'\u2019`")
    )
    plain = _RUN.sub(r"\1\1", plain)
    for shape, name in _SHAPES:
        plain = shape.sub(name, plain)
    for word in _WORD.findall(plain):
        yield "#" * min(len(word), 7) if word.isdecimal() and len(word) > 1 else word


def _pieces(word: str) -> Iterator[str]:
    for size in _PIECES:
        for at in range(len(word) - size + 1):
            yield word[at : at + size]
