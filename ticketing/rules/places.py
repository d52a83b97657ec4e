"""Finds the kelurahan that somebody means by what they said or where they stand: pure, forgiving with spelling, spacing
and speech-to-text.

Names are compared in lower case without spaces. A name that is really there beats one that only sounds like it, a
longer one beats a shorter one, a kelurahan beats everything around it, who corrects themself means what they said last,
and where two remain the caller is asked.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from config.city import joined
from config.hotline import city
from ticketing.rules import place_names, place_words
from ticketing.rules.place_names import SHORTEST, Kind, Name
from ticketing.rules.place_words import Word

GUESSED_WORDS = 60  # words among which a misheard name is looked for
FEW_WORDS = 3  # in which a name is a name
NAME_WORDS = 4  # into so many words a name may be taken apart
SHORT = 8
BESIDE, NEARBY = 2, 3  # the rank of a street's name, and of what is only near, before or behind
SURE, SURE_IF_SHORT = 0.81, 0.85  # how like a name a misheard one must be
CLOSE, CLOSE_TO_ONE_OF_SEVERAL = 0.9, 0.86  # the same, where more words than a name that is there make a longer one
INSIDE_KILOMETRES = 3.0
NEAR = 0.05  # by how much one name must be better than the next


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


def recognise(words: str) -> Place:
    """The place in `words`, whatever they are; never raises."""
    said, levels = place_words.read(words), place_words.levels(words)
    for at in reversed([at for at, word in enumerate(said) if word.corrects and at]):
        later, _ = _hits(said[at:])
        if any(hit.kind in ("kelurahan", "landmark") and hit.rank < BESIDE for hit in later) or not later:
            found = _found(said[at:], levels)
            if found.result == "match" and found.kelurahan:
                return found
    return _found(said, levels)


def _found(said: list[Word], levels: set[str]) -> Place:
    hits, rest = _hits(said)
    hits = [hit for hit in hits if not said[hit.at].denied]
    within = {key for hit in hits if hit.kind == "kecamatan" for key in hit.keys}
    return (
        _beyond(hits)
        or _between(hits, said)
        or _misheard_inside(hits, rest)
        or _either_level(hits, levels)
        or _inside(_plain(hits, "kelurahan"), within)
        or _inside(_plain(hits, "landmark"), within, narrow=True)
        or _outside(_of(hits, "outside"))
        or _guess(rest, within)
        or _near(_of(hits, "kelurahan"))
        or _inside(_of(hits, "kelurahan"), within)
        or _inside(_of(hits, "landmark"), within, narrow=True)
        or _inside([*_of(hits, "landmark"), *_plain(hits, "kecamatan")], set())
        or _along(_of(hits, "kecamatan"))
        or Place("none", why="no name of a kelurahan, kecamatan or landmark")
    )


def _near(hits: list[Name]) -> Place | None:
    """A kelurahan that is only near, before or behind: where that is nobody knows."""
    if not hits or hits[0].rank < NEARBY:
        return None
    keys = tuple(dict.fromkeys(key for hit in hits for key in hit.keys))
    return Place("ambiguous", candidates=keys[:2], why=f"said: near {hits[0].name}")


def _between(hits: list[Name], said: list[Word]) -> Place | None:
    """Two kelurahan on whose border it is."""
    keys = list(dict.fromkeys(hit.keys[0] for hit in hits if hit.kind == "kelurahan"))
    borders = any(word.borders for word in said)
    return _place(keys, "said: on the border") if borders and len(keys) > 1 else None


def _along(hits: list[Name]) -> Place | None:
    """A kecamatan that is only the name of a street, or near: it is not known whether that is where it is."""
    return Place("ambiguous", candidates=hits[0].keys, why=f"said: {hits[0].name}, beside it") if hits else None


def _plain(hits: list[Name], kind: Kind) -> list[Name]:
    """The hits of one kind that count most, none of them the name of a street or of something nearby."""
    return [hit for hit in _of(hits, kind) if hit.rank < BESIDE]


def _beyond(hits: list[Name]) -> Place | None:
    """A name of ours and one that is not ours. The name of a city directly behind ours says that it is theirs, for
    there is one like it ("kali baru depok"); elsewhere nobody knows, and the caller is asked."""
    inside = [hit for hit in hits if hit.kind in ("kelurahan", "landmark")]
    ours = [hit for hit in inside if hit.rank < BESIDE]
    theirs = [hit for hit in hits if hit.kind == "outside" and hit.rank < BESIDE]
    roads = [hit for hit in inside if hit.rank == BESIDE and any(other.at == hit.end for other in theirs)]
    if roads and not ours:  # "jalan raya bantargebang setu"
        return Place("ambiguous", candidates=roads[0].keys[:2], why=f"said: a road from {roads[0].name}")
    if not ours or not theirs or any(hit.kind == "kecamatan" for hit in hits):
        return None
    beside = [hit for hit in theirs if hit.name in place_names.cities() and 0 <= hit.at - ours[-1].end <= 1]
    if beside and len(ours) == 1:
        return _outside(beside)
    why = f"said: {ours[0].name} and {theirs[0].name}"
    return Place("ambiguous", candidates=ours[0].keys[:2], why=why)


def _misheard_inside(hits: list[Name], rest: list[list[Word]]) -> Place | None:
    """A kelurahan that is called like its kecamatan stands for the kecamatan where another one of it sounds through
    ("jati ranggun jatisampurna")."""
    named = _plain(hits, "kelurahan")
    if len(named) != 1 or named[0].name not in place_names.of_both_levels():
        return None
    parent = place_names.of_both_levels()[named[0].name]
    found = _guess(rest, {parent}, only=True)
    return found if found is not None and found.area != named[0].keys[0] else None


def _either_level(hits: list[Name], levels: set[str]) -> Place | None:
    """The bare name of a kelurahan that its kecamatan bears too: nobody knows which is meant, unless they say it."""
    inside = [hit for hit in hits if hit.kind != "outside"]
    bare = len(inside) == 1 and inside[0].kind == "kelurahan" and inside[0].rank == 1
    if not bare or inside[0].name not in place_names.of_both_levels():
        return None
    kelurahan, kecamatan = inside[0].keys[0], place_names.of_both_levels()[inside[0].name]
    keys = [kelurahan] if "kelurahan" in levels else [kecamatan] if levels else [kelurahan, kecamatan]
    return _place(keys, f"said: {inside[0].name}, which is a kelurahan and a kecamatan")


def _hits(said: list[Word]) -> tuple[list[Name], list[list[Word]]]:
    """The names that are really there, the longest at each word, and the runs of words between them."""
    hits: list[Name] = []
    rest: list[list[Word]] = [[]]
    at = 0
    while at < len(said):
        name, length = _longest(said, at)
        if name:
            found = replace(_announced(name, said[at].before), at=at, end=at + length)
            hits.append(replace(found, sure=found.sure and not _is_a_word(said, found)))
            rest.append([])
        else:
            rest[-1].append(said[at])
        at += length
    return hits, rest


def _is_a_word(said: list[Word], hit: Name) -> bool:
    """Whether a name is an ordinary word in a sentence ("suami saya pejuang 45"): nothing says that it is a place."""
    form = "".join(word.text for word in said[hit.at : hit.end])
    return form in place_names.ordinary() and said[hit.at].before not in place_words.PLACING and len(said) > FEW_WORDS


def _longest(said: list[Word], at: int) -> tuple[Name | None, int]:
    """The name at this word and how many words it takes; "jati bening bar" is nearer to Jatibening Baru."""
    forms = ["".join(word.text for word in said[at : at + length]) for length in range(1, NAME_WORDS + 1)]
    apart = [nth for nth, word in enumerate(said[at + 1 : at + NAME_WORDS], 1) if word.before in place_words.ANNOUNCING]
    forms = forms[: min([len(said) - at, *apart])]  # "raya pekayon kelurahan jaka setia" is two names
    for length in range(len(forms), 0, -1):
        name = place_names.named(forms[length - 1])
        if name is None:
            continue
        for longer in range(len(forms), length, -1):
            if sounding := place_names.sounds_like(
                forms[longer - 1], CLOSE if len(name.keys) == 1 else CLOSE_TO_ONE_OF_SEVERAL
            ):
                return place_names.every()[sounding[0][0]], longer
        return name, length
    return place_names.in_one_word(said[at].text), 1


def _announced(name: Name, before: str) -> Name:
    """`name` in the light of the word before it; "kecamatan Jatiasih" is not the kelurahan Jatiasih."""
    if before == "kecamatan":
        same = [area for area in city().kecamatan.values() if joined(area.kecamatan) in name.keys]
        return Name("kecamatan", same[0].spoken, (same[0].key,)) if same else name
    near = (
        place_words.NEAR - {"dari"} if name.kind == "outside" else place_words.NEAR | {"ke"}
    )  # who writes from Tambun is there
    rank = 0 if before == "kelurahan" else BESIDE if before in place_words.STREET else NEARBY if before in near else 1
    return replace(name, rank=rank)


def _of(hits: Iterable[Name], kind: Kind) -> list[Name]:
    """The hits of one kind that count most."""
    found = [hit for hit in hits if hit.kind == kind]
    best = min((hit.rank for hit in found), default=0)
    return [hit for hit in found if hit.rank == best]


def _inside(hits: list[Name], within: set[str], *, narrow: bool = False) -> Place | None:
    """The area that the hits agree on, inside the kecamatan that were said; `narrow` takes no whole kecamatan."""
    if hits and not any(hit.sure for hit in hits):
        doubted = [key for hit in hits for key in hit.keys]
        wide = all(city().area(key).kelurahan is None for key in doubted)
        return None if narrow and wide else Place("ambiguous", candidates=tuple(dict.fromkeys(doubted))[:2],
                                                  why=f"said: {hits[0].name}, which is unconfirmed")  # fmt: skip
    hits = [hit for hit in hits if hit.sure]
    single = [hit for hit in hits if len(hit.keys) == 1]
    areas = [city().area(key) for hit in single or hits for key in hit.keys]
    areas = [area for area in areas if area.kelurahan is not None or not narrow]
    agreeing = [area for area in areas if city().kecamatan[area.kecamatan].key in within]
    if areas and within and not agreeing and all(hit.rank for hit in hits):  # what was said contradicts itself
        keys = list(dict.fromkeys([areas[0].key, *sorted(within)]))
        return _place(keys[:2], f"said: {', '.join(hit.name for hit in hits)}, and another kecamatan")
    areas = agreeing or areas
    # "Jatiasih, Jatirasa" names a kecamatan and then the kelurahan in it.
    parents = {joined(area.kecamatan) for area in areas if single and area.key != joined(area.kecamatan)}
    keys = list(dict.fromkeys(area.key for area in areas if area.key not in parents))
    return _place(keys, f"said: {', '.join(hit.name for hit in hits)}") if keys else None


def _outside(hits: list[Name]) -> Place | None:
    """A place beyond the border, unless only the road to it was named."""
    for hit in hits:
        if hit.rank < BESIDE:
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


def _guess(runs: list[list[Word]], within: set[str], *, only: bool = False) -> Place | None:
    """The kelurahan or kecamatan whose name sounds most like some of the words left over; `only` one inside these."""
    scores: dict[str, float] = {}
    for form, announced in _forms(runs):
        for name, score, _ in place_names.sounds_like(form, SURE_IF_SHORT if len(form) < SHORT else SURE):
            key = _announced(place_names.every()[name], announced).keys[0]
            scores[key] = max(score, scores.get(key, 0))
    inside = {key: score for key, score in scores.items() if city().kecamatan[city().area(key).kecamatan].key in within}
    ranked = sorted((inside if only else inside or scores).items(), key=lambda found: -found[1])
    keys = [key for key, score in ranked if ranked[0][1] - score < NEAR]
    around = {city().kecamatan_key(key) for key in keys if city().area(key).kelurahan}
    keys = [key for key in keys if key not in around]
    named = {key: joined(city().area(key).spoken) for key in keys}
    keys = [
        key for key in keys if not any(other != named[key] and other.startswith(named[key]) for other in named.values())
    ]
    if len(keys) == 1 and not within and city().area(keys[0]).kelurahan in city().kecamatan:  # of both levels
        keys.append(city().kecamatan_key(keys[0]))
    return _place(keys, f"sounds like it ({ranked[0][1]:.0%})") if keys else None


def _forms(runs: list[list[Word]]) -> Iterator[tuple[str, str]]:
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
