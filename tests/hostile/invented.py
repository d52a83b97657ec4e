"""Telephones, names, places and words that nobody has: what inputs are made of, and what is searched for afterwards."""

import random

Chance = random.Random

NUMBERS = "8137720"  # how every caller's number goes on after 0, 62 or +62
NAMES = ("zulqarnida", "wirahesta")
ELSEWHERE = "jahat.invalid"
FORGED = "forged-by-a-caller"
LATIN = "aiueo bcdfghjklmnprstwy"
BITS = ("alfa", "bravo", "delta", "gamma", "kilo", "lima", "mike", "nov", "oskar", "papa", "romeo", "sierra", "tango")


def number(nth: int) -> str:
    """The telephone of the nth caller of a run."""
    return f"+62{NUMBERS}{nth % 100_000:05}"


def letters(chance: Chance, most: int = 40) -> str:
    return "".join(chance.choices(LATIN, k=chance.randint(1, most)))
