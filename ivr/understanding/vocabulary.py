"""The city's words by which rules know a text ([keywords] and `words` of config/hotline.toml), put up for looking them
up: phrases, keywords, words of danger, and which category or topic most words speak for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from config.hotline import city
from config.keywords import plain_words, squeezed

Phrase = tuple[str, ...]

YES_OR_NO = ("fixed", "not_fixed")  # their words mean something only where something was asked
ASKING_NUMBERS = frozenset({"nomor", "nomer", "nmr", "number"})
_OF_A_NUMBER = ASKING_NUMBERS | {"no", "tiket", "kode", "id", "saya"}
_SUFFIX, _STEM = "nya", 4  # "its", "the"; how much of a word must be left


class Phrases:
    """Phrases that are looked for in a text; "#" in one stands for any number."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.all = frozenset(map(words_of, texts))
        self._by_first: dict[str, list[Phrase]] = {}
        for phrase in sorted(self.all, key=len, reverse=True):
            self._by_first.setdefault(phrase[0], []).append(phrase)

    def __contains__(self, tokens: Phrase) -> bool:
        return tokens in self.all

    def find(self, tokens: Phrase) -> list[tuple[int, int]]:
        """Where phrases begin and end, at each word the longest."""
        found = []
        for at, token in enumerate(tokens):
            for phrase in self._by_first.get("#" if token.isdigit() else token, ()):
                if _same(tokens[at : at + len(phrase)], phrase):
                    found.append((at, at + len(phrase)))
                    break
        return found


def _same(tokens: Phrase, phrase: Phrase) -> bool:
    return len(tokens) == len(phrase) and all(
        one == other or (other == "#" and one.isdigit()) for one, other in zip(tokens, phrase, strict=True)
    )


@dataclass(frozen=True)
class Wish:
    """One wish and its phrases; see keywords.Wish."""

    first: Phrases
    alone: Phrases  # the keyword and nothing else, too


@dataclass(frozen=True)
class Danger:
    """Words of danger, and phrases in which one means none."""

    within: Phrases
    unless: Phrases


def words_of(text: str) -> Phrase:
    """A phrase of the city as texts have it."""
    return tuple(map(usual, plain_words(text)))


def usual(word: str) -> str:
    """A plain word in its usual spelling, without the ending of "lampunya"."""
    stem = word.removesuffix(_SUFFIX)
    bare = squeezed(stem if len(stem) >= _STEM else word)
    return _spellings().get(bare, bare)


@cache
def wishes() -> dict[str, Wish]:
    """Every wish by its name."""
    return {
        name: Wish(Phrases(wish.first), Phrases(_bare((*wish.alone, *wish.first))))
        for name, wish in city().keywords.wishes().items()
    }


@cache
def danger() -> Danger:
    """The words of danger."""
    told = city().keywords.emergency
    return Danger(Phrases(told.within), Phrases(told.unless))


@cache
def first_words() -> dict[str, str]:
    """The wish of every keyword that may stand before the resident's own words; yes and no are none."""
    return {words[0]: name for name, wish in wishes().items() if name not in YES_OR_NO for words in wish.first.all}


@cache
def courtesies() -> frozenset[str]:
    """Words that are no wish, and never part of a matter."""
    return frozenset(word for text in city().keywords.speech.words for word in words_of(text))


@cache
def around_a_number() -> frozenset[str]:
    """Words that say of a number only that it is one."""
    named = (*wishes()["status"].first.all, *wishes()["report"].first.all)
    return frozenset(words[0] for words in named) | courtesies() | _OF_A_NUMBER


@cache
def scores() -> dict[Phrase, int]:
    """Ratings in words."""
    return {words_of(text): int(score) for score, texts in city().keywords.speech.scores.items() for text in texts}


@cache
def digits() -> dict[str, str]:
    """Digits in words."""
    return {word: digit for digit, words in city().keywords.speech.digits.items() for word in words}


@cache
def languages() -> dict[str, frozenset[str]]:
    """The words by which a text shows its language."""
    told = city().keywords.speech.languages.items()
    return {code: frozenset(word for text in texts for word in words_of(text)) for code, texts in told}


@cache
def categories() -> dict[str, Phrases]:
    """What a written report is known by."""
    return {key: Phrases(one.words) for key, one in city().categories.items() if one.words}


@cache
def topics() -> dict[str, Phrases]:
    """What a question is known by."""
    return {key: Phrases(one.words) for key, one in city().topics.items() if one.words}


@cache
def referrals() -> dict[str, Phrases]:
    """What is known to be somebody else's, whose number we have."""
    return {key: Phrases(one.words) for key, one in city().referrals.items() if one.words and one.contact}


def matter(tokens: Phrase) -> tuple[int, int]:
    """Where the matter of a text begins and ends between its courtesies."""
    meant = [at for at, token in enumerate(tokens) if token not in courtesies()]
    return (meant[0], meant[-1] + 1) if meant else (0, 0)


def best(tokens: Phrase, named: dict[str, Phrases]) -> str | None:
    """What most words speak for, of equals what is said first."""
    weights = {key: (weight(one, tokens), -_begin(one, tokens)) for key, one in named.items()}
    found = max(weights, key=lambda key: weights[key], default="")
    return found if weights.get(found, (0, 0)) > (0, 0) else None


def weight(phrases: Phrases, tokens: Phrase) -> int:
    """How many words speak for something, a phrase more than its words."""
    return sum(2 * (end - start) - 1 for start, end in phrases.find(tokens))


def _begin(phrases: Phrases, tokens: Phrase) -> int:
    return next((start for start, _ in phrases.find(tokens)), 0)


def _bare(texts: Iterable[str]) -> list[str]:
    """Whole texts, also without their courtesies."""
    found = []
    for words in map(words_of, texts):
        start, end = matter(words)
        found += [" ".join(words), " ".join(words[start:end])]
    return [text for text in found if text]


@cache
def _spellings() -> dict[str, str]:
    same = city().keywords.speech.same.items()
    return {squeezed(other): squeezed(word) for word, others in same for other in others}
