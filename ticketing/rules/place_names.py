"""Names of places as they are compared: kelurahan, kecamatan, landmarks, and what lies beyond the border; and those
that a misheard, shortened or joined word sounds like.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from config.city import Area, joined
from config.hotline import city
from ticketing.rules import place_words

SHORTEST = 5  # letters of a name that a misheard word is compared with
Kind = Literal["kelurahan", "landmark", "outside", "kecamatan"]

_SUFFIXES = ("nya", "an")  # "pengasinannya", "kranjian"
_JOINED = 10  # letters from which a word may be several that were written as one
_BEFORE_A_PLACE = ("di", "ke", "jalan", "kelurahan", "kec", "kel")
_VOWELS = str.maketrans("", "", "aiueo")
_CONSONANTS = 4  # by which a name without its vowels is known
_LIKE_ITS_CONSONANTS = 0.95


@dataclass(frozen=True)
class Name:
    """A name and the places it may mean: keys of city.area, or of a referral."""

    kind: Kind
    name: str
    keys: tuple[str, ...]
    # How much it counts among its like: 0 announced by "kelurahan", 1 plain, 2 as a street or something nearby.
    rank: int = 1
    sure: bool = True  # a public source says where it is
    at: int = 0  # its first word in what was said, and the one after it
    end: int = 0


def named(form: str) -> Name | None:
    """The name of this form, also with an ending that speech adds."""
    shorn = (form.removesuffix(ending) for ending in _SUFFIXES if len(form) - len(ending) >= SHORTEST)
    return every().get(form) or next((name for bare in shorn if (name := every().get(bare))), None)


def in_one_word(word: str) -> Name | None:
    """The name at the end of a word that is several ("jalanrusakdibintara")."""
    if len(word) < _JOINED:
        return None
    for form in _longest_first():
        if word.endswith(form) and word.removesuffix(form).endswith(_BEFORE_A_PLACE):
            return every()[form]
    return None


def sounds_like(form: str, least: float) -> list[tuple[str, float, int]]:
    """The names most like `form`, best first, each with how like it is from 0 to 1; without their vowels, too."""
    bare = form.translate(_VOWELS)
    if (name := _skeletons().get(bare)) and len(bare) >= _CONSONANTS and len(form) < len(name):
        return [(name, _LIKE_ITS_CONSONANTS, 0)]
    return process.extract(
        form, guessable(), scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=least, limit=4
    )


@cache
def of_both_levels() -> dict[str, str]:
    """The kelurahan that are called like a kecamatan, by how they are said, with the key of the kecamatan."""
    whole = city()
    return {
        area.spoken: whole.kecamatan[area.kelurahan].key
        for area in whole.areas.values()
        if area.kelurahan in whole.kecamatan
    }


@cache
def every() -> dict[str, Name]:
    """Every name by its joined form. A kelurahan's own name comes first, a variant shared by several means them all."""
    names: dict[str, Name] = {}
    shared: dict[str, list[Area]] = {}
    for area in city().areas.values():
        names[joined(area.kelurahan or "")] = names[joined(area.spoken)] = Name("kelurahan", area.spoken, (area.key,))
        for variant in area.variants:
            shared.setdefault(joined(variant), []).append(area)
    for form, areas in shared.items():
        spoken = " or ".join(area.spoken for area in areas)
        names.setdefault(form, Name("kelurahan", spoken, tuple(area.key for area in areas)))
    for area in city().kecamatan.values():
        for name in (area.kecamatan, area.spoken, *area.variants):
            names.setdefault(joined(name), Name("kecamatan", area.spoken, (area.key,)))
    for landmark in city().landmarks:
        for name in (landmark.name, *landmark.variants):
            known = Name("landmark", landmark.name, (landmark.area,), sure=landmark.confirmed)
            names.setdefault(joined(name), known)
    for referral in city().referrals.values():
        for name in (*referral.places, *referral.cities):
            names.setdefault(joined(name), Name("outside", name, (referral.key,)))
    for landmark in city().landmarks:  # as they are left when the words around them are gone
        for name in map(_without_fillers, (landmark.name, *landmark.variants)):
            known = Name("landmark", landmark.name, (landmark.area,), sure=landmark.confirmed)
            names.setdefault(joined(name), known)
    return names


@cache
def ordinary() -> frozenset[str]:
    """Names that are ordinary words, too."""
    return frozenset(map(joined, city().ordinary_names))


@cache
def cities() -> frozenset[str]:
    """Names of whole cities and regencies that are not ours."""
    return frozenset(name for referral in city().referrals.values() for name in referral.cities)


def _without_fillers(name: str) -> str:
    """A name as it is left when the words around it are gone; none where hardly anything is."""
    left = [word for word in name.lower().split() if word not in place_words.FILLERS]
    return " ".join(left) if len("".join(left)) >= SHORTEST else name


@cache
def _skeletons() -> dict[str, str]:
    """Names by their consonants alone, where only one name has these."""
    found: dict[str, set[str]] = {}
    for form, name in every().items():
        if name.kind != "outside" and name.sure and len(name.keys) == 1:
            found.setdefault(form.translate(_VOWELS), set()).add(form)
    return {bare: min(forms) for bare, forms in found.items() if len({every()[form].keys for form in forms}) == 1}


@cache
def _longest_first() -> list[str]:
    return sorted(guessable(), key=len, reverse=True)


@cache
def guessable() -> list[str]:
    """The names that a misheard one is compared with: those of one kelurahan or kecamatan."""
    kinds = ("kelurahan", "kecamatan")
    return [
        form for form, name in every().items() if name.kind in kinds and len(name.keys) == 1 and len(form) >= SHORTEST
    ]
