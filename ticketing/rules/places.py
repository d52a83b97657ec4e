"""Finds the kelurahan that somebody means by what they said or where they stand: pure, forgiving with spelling, spacing
and speech-to-text.

Names are compared in lower case without spaces. A name that is really there beats one that only sounds like it, a
longer one beats a shorter one, a kelurahan beats everything around it, and where two remain the caller is asked.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from config.city import Area, joined
from config.hotline import city

READ_CHARACTERS = 4000  # more than two minutes of speech
GUESSED_WORDS = 60  # words among which a misheard name is looked for
NAME_WORDS = 4  # into so many words a name may be taken apart
SHORTEST, SHORT = 5, 8
SURE, SURE_IF_SHORT = 0.81, 0.85  # how like a name a misheard one must be
CLOSE = 0.9  # the same, where more words than a name that is really there make a longer one
INSIDE_KILOMETRES = 3.0
NEAR = 0.05  # by how much one name must be better than the next

Kind = Literal["kelurahan", "landmark", "outside", "kecamatan"]

_LEVELS = {"kelurahan": "kelurahan", "kel": "kelurahan", "kecamatan": "kecamatan", "kec": "kecamatan"}
_STREET = {"jalan", "jl", "jln", "raya", "tol", "gang", "gg"}
_NEAR = {
    "dekat",
    "deket",
    "arah",
    "menuju",
    "sebelah",
    "seberang",
    "depan",
    "belakang",
    "samping",
    "sekitar",
    "perbatasan",
    "sampai",
}
# Said around a name and never part of one; left out, so that "jatibening yang baru" is one name.
_FILLERS = (
    _STREET | _NEAR | {"di", "ke", "dari", "yang", "itu", "ini", "ya", "eh", "em", "hmm", "rt", "rw", "no", "nomor"}
)


@dataclass(frozen=True)
class Place:
    """What was understood. Names are the official spellings; `area` and `candidates` are keys of city.area."""

    result: Literal["match", "ambiguous", "outside", "none"]
    kecamatan: str | None = None
    kelurahan: str | None = None
    area: str | None = None
    candidates: tuple[str, ...] = ()
    outside: str | None = None
    outside_name: str | None = None
    why: str = ""


@dataclass(frozen=True)
class _Name:
    """A name and the places it may mean: keys of city.area, or of a referral."""

    kind: Kind
    name: str
    keys: tuple[str, ...]
    # How much it counts among its like: 0 announced by "kelurahan", 1 plain, 2 as a street or something nearby.
    rank: int = 1


@dataclass(frozen=True)
class _Word:
    text: str
    before: str  # the word before it, fillers included


def recognise(words: str) -> Place:
    """The place in `words`, whatever they are; never raises."""
    said = _words(words)
    hits, rest = _hits(said)
    within = {key for hit in hits if hit.kind == "kecamatan" for key in hit.keys}
    return (
        _inside(_of(hits, "kelurahan"), within)
        or _inside(_of(hits, "landmark"), within, narrow=True)
        or _outside(_of(hits, "outside"))
        or _guess(rest, within)
        or _inside([*_of(hits, "landmark"), *_of(hits, "kecamatan")], set())
        or Place("none", why="no name of a kelurahan, kecamatan or landmark")
    )


def _words(text: str) -> list[_Word]:
    plain = unicodedata.normalize("NFKD", text[:READ_CHARACTERS]).lower()
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    words = [_LEVELS.get(word, word) for word in re.findall(r"[a-z]+", plain)]
    before = ["", *words]
    return [_Word(word, before[index]) for index, word in enumerate(words) if word not in _FILLERS]


def _hits(said: list[_Word]) -> tuple[list[_Name], list[list[_Word]]]:
    """The names that are really there, the longest at each word, and the runs of words between them."""
    hits: list[_Name] = []
    rest: list[list[_Word]] = [[]]
    at = 0
    while at < len(said):
        name, length = _longest(said, at)
        if name:
            hits.append(_announced(name, said[at].before))
            rest.append([])
        else:
            rest[-1].append(said[at])
        at += length
    return hits, rest


def _longest(said: list[_Word], at: int) -> tuple[_Name | None, int]:
    """The name at this word and how many words it takes; "jati bening bar" is nearer to Jatibening Baru."""
    forms = ["".join(word.text for word in said[at : at + length]) for length in range(1, NAME_WORDS + 1)]
    forms = forms[: len(said) - at]
    for length in range(len(forms), 0, -1):
        name = _names().get(forms[length - 1])
        if name is None:
            continue
        for longer in range(len(forms), length, -1):
            if sounding := _sounds_like(forms[longer - 1], CLOSE if len(name.keys) == 1 else SURE):
                return _names()[sounding[0][0]], longer
        return name, length
    return None, 1


def _sounds_like(form: str, least: float) -> list[tuple[str, float, int]]:
    """The names most like `form`, best first, each with how like it is from 0 to 1."""
    return process.extract(
        form, _guessable(), scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=least, limit=4
    )


def _announced(name: _Name, before: str) -> _Name:
    """`name` in the light of the word before it; "kecamatan Jatiasih" is not the kelurahan Jatiasih."""
    if before == "kecamatan":
        same = [area for area in city().kecamatan.values() if joined(area.kecamatan) in name.keys]
        return _Name("kecamatan", same[0].spoken, (same[0].key,)) if same else name
    rank = 0 if before == "kelurahan" else 2 if before in _STREET | _NEAR else 1
    return replace(name, rank=rank)


def _of(hits: Iterable[_Name], kind: Kind) -> list[_Name]:
    """The hits of one kind that count most."""
    found = [hit for hit in hits if hit.kind == kind]
    best = min((hit.rank for hit in found), default=0)
    return [hit for hit in found if hit.rank == best]


def _inside(hits: list[_Name], within: set[str], *, narrow: bool = False) -> Place | None:
    """The area that the hits agree on, inside the kecamatan that were said; `narrow` takes no whole kecamatan."""
    single = [hit for hit in hits if len(hit.keys) == 1]
    areas = [city().area(key) for hit in single or hits for key in hit.keys]
    areas = [area for area in areas if area.kelurahan is not None or not narrow]
    areas = [area for area in areas if city().kecamatan[area.kecamatan].key in within] or areas
    # "Jatiasih, Jatirasa" names a kecamatan and then the kelurahan in it.
    parents = {joined(area.kecamatan) for area in areas if single and area.key != joined(area.kecamatan)}
    keys = list(dict.fromkeys(area.key for area in areas if area.key not in parents))
    return _place(keys, f"said: {', '.join(hit.name for hit in hits)}") if keys else None


def _outside(hits: list[_Name]) -> Place | None:
    """A place beyond the border, unless only the road to it was named."""
    for hit in hits:
        if hit.rank < 2:
            return Place("outside", outside=hit.keys[0], outside_name=hit.name, why=f"{hit.name} is outside the city")
    return None


def nearest(point: tuple[float, float]) -> str | None:
    """The kelurahan whose centre is nearest to this latitude and longitude; None for a point that is not in the city.
    Borders are not known here, so a point at one may get its neighbour."""
    centres = [(kilometres(point, (area.lat, area.lon)), key) for key, area in city().areas.items()
               if area.lat is not None and area.lon is not None]  # fmt: skip
    distance, key = min(centres, default=(math.inf, ""))
    return key if distance <= INSIDE_KILOMETRES else None


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Between two points: near the equator and over a city the earth is flat enough."""
    (lat, lon), (lat2, lon2) = one, other
    return 111.2 * math.hypot(lat - lat2, (lon - lon2) * math.cos(math.radians(lat)))


def _guess(runs: list[list[_Word]], within: set[str]) -> Place | None:
    """The kelurahan or kecamatan whose name sounds most like some of the words left over."""
    scores: dict[str, float] = {}
    for form, announced in _forms(runs):
        for name, score, _ in _sounds_like(form, SURE_IF_SHORT if len(form) < SHORT else SURE):
            key = _announced(_names()[name], announced).keys[0]
            scores[key] = max(score, scores.get(key, 0))
    inside = {key: score for key, score in scores.items() if city().kecamatan[city().area(key).kecamatan].key in within}
    ranked = sorted((inside or scores).items(), key=lambda found: -found[1])
    keys = [key for key, score in ranked if ranked[0][1] - score < NEAR]
    return _place(keys, f"sounds like it ({ranked[0][1]:.0%})") if keys else None


def _forms(runs: list[list[_Word]]) -> Iterator[tuple[str, str]]:
    """Every stretch of words as one name, with the word before it."""
    left = GUESSED_WORDS
    for run in runs:
        for at in range(min(len(run), left)):
            for length in range(1, min(NAME_WORDS, len(run) - at) + 1):
                form = "".join(word.text for word in run[at : at + length])
                if len(form) >= SHORTEST:
                    yield form, run[at].before
        left -= len(run)


def _place(keys: list[str], why: str) -> Place:
    if len(keys) > 1:
        named = ", ".join(city().area(key).spoken for key in keys)
        return Place("ambiguous", candidates=tuple(keys[:2]), why=f"{why}; could be {named}")
    area = city().area(keys[0])
    return Place("match", kecamatan=area.kecamatan, kelurahan=area.kelurahan, area=area.key, why=why)


@cache
def _names() -> dict[str, _Name]:
    """Every name by its joined form. A kelurahan's own name comes first, a variant shared by several means them all."""
    names: dict[str, _Name] = {}
    shared: dict[str, list[Area]] = {}
    for area in city().areas.values():
        names[joined(area.kelurahan or "")] = names[joined(area.spoken)] = _Name("kelurahan", area.spoken, (area.key,))
        for variant in area.variants:
            shared.setdefault(joined(variant), []).append(area)
    for form, areas in shared.items():
        spoken = " or ".join(area.spoken for area in areas)
        names.setdefault(form, _Name("kelurahan", spoken, tuple(area.key for area in areas)))
    for area in city().kecamatan.values():
        for name in (area.kecamatan, area.spoken, *area.variants):
            names.setdefault(joined(name), _Name("kecamatan", area.spoken, (area.key,)))
    for landmark in city().landmarks:
        for name in (landmark.name, *landmark.variants):
            names.setdefault(joined(name), _Name("landmark", landmark.name, (landmark.area,)))
    for referral in city().referrals.values():
        for name in referral.places:
            names.setdefault(joined(name), _Name("outside", name, (referral.key,)))
    return names


@cache
def _guessable() -> list[str]:
    """The names that a misheard one is compared with: those of one kelurahan or kecamatan."""
    kinds = ("kelurahan", "kecamatan")
    return [
        form for form, name in _names().items() if name.kind in kinds and len(name.keys) == 1 and len(form) >= SHORTEST
    ]
