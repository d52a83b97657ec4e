"""The number a resident hears and the code in a tracking link: made at random, never in sequence.

A ticket number is eight random digits (the first not 0) and a Damm check digit, so that every single wrong digit and
every swap of neighbours is refused before the database is asked.
"""

import itertools
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# H. M. Damm's totally anti-symmetric quasigroup of order 10 (2004): row = digit so far, column = next digit.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_LOOK_ALIKE = str.maketrans("OoIiLl", "001111")
_SEPARATORS = re.compile(r"[\s.\-‐‑–—]+")
_LONGEST_INPUT = 64
# Without 0, O, I and l, which readers mix up.
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_sequence: ContextVar[Iterator[int] | None] = ContextVar("sequence", default=None)


def new() -> str:
    """A fresh ticket number, nine digits. Whether it is taken, only the database knows."""
    sequence = _sequence.get()
    digits = str(10_000_000 + (secrets.randbelow(90_000_000) if sequence is None else next(sequence)))
    return digits + _check_digit(digits)


@contextmanager
def in_sequence() -> Iterator[None]:
    """New numbers come one after the other, so that what is done twice finds what it found before. For explorers and
    tests only: nobody may guess the number of a report."""
    token = _sequence.set(itertools.count())
    try:
        yield
    finally:
        _sequence.reset(token)


def check(number: str) -> bool:
    """Whether `number` is nine plain digits that could have come from `new`."""
    return re.fullmatch("[1-9][0-9]{8}", number) is not None and _check_digit(number) == "0"


def clean(text: str) -> str | None:
    """The ticket number in what somebody typed (spaces, dots, dashes, O for 0, l or I for 1), else None."""
    if len(text) > _LONGEST_INPUT:
        return None
    number = _SEPARATORS.sub("", text).translate(_LOOK_ALIKE)
    return number if check(number) else None


def written(number: str) -> str:
    """`123-456-786`, as on pages."""
    return "-".join(threes(number))


def new_tracking_code() -> str:
    """Eight base58 characters, 46.9 bits: too many to guess at the rate a tracking page allows."""
    return "".join(secrets.choice(_BASE58) for _ in range(8))


def tracking_code_before(text: str) -> str | None:
    """The code of a link to which a mark or a blank stuck when it was copied from a sentence ("...bc3. Terima"), else
    None."""
    found = re.match(rf"([{_BASE58}]{{8}})[^0-9A-Za-z]", text)
    return found[1] if found else None


def _check_digit(digits: str) -> str:
    """The digit that completes `digits`; "0" when they are complete already."""
    interim = "0"
    for digit in digits:
        interim = _DAMM[int(interim)][int(digit)]
    return interim


def threes(number: str) -> list[str]:
    """`["123", "456", "786"]`: one entry for each breath."""
    return [number[at : at + 3] for at in range(0, len(number), 3)]
