"""The city's words by which texts are understood ([keywords] and `words` of config/hotline.toml), put up for looking
them up: phrases, keywords with typing errors forgiven within bounds, and which category or topic most words speak for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import DamerauLevenshtein

from config.hotline import city
from config.keywords import plain_words, squeezed

Phrase = tuple[str, ...]

_LEAST, _LONG = 4, 6  # letters from which one wrong letter is forgiven, and from which two are
_ALARM = 7  # letters from which one wrong letter is forgiven in a word of danger
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
    """One wish and its phrases; see city.Wish."""

    first: Phrases
    short: Phrases
    alone: Phrases
    within: Phrases
    unless: Phrases


@dataclass(frozen=True)
class Danger:
    """What takes a danger back, and what cannot be taken back."""

    always: Phrases
    lasting: Phrases
    feared: Phrases
    usual: Phrases
    single: tuple[str, ...]  # words of danger that may be misspelt


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
        name: Wish(
            Phrases(wish.first),
            Phrases(wish.short),
            Phrases(_bare(wish.alone)),
            Phrases(wish.within),
            Phrases(wish.unless),
        )
        for name, wish in city().keywords.wishes().items()
    }


@cache
def danger() -> Danger:
    """What is said around a danger."""
    told = city().keywords.emergency
    single = tuple(words[0] for words in map(words_of, told.within) if len(words) == 1)
    return Danger(Phrases(told.always), Phrases(told.lasting), Phrases(told.feared), Phrases(told.usual), single)


@cache
def claims() -> Phrases:
    """By which a text is about a report that was closed or is not answered."""
    return Phrases(city().keywords.not_fixed.claim)


@cache
def first_words() -> dict[str, str]:
    """The wish of every word that may stand first; yes, no and a rating are answers only."""
    answers = ("fixed", "not_fixed", "rating")
    return {words[0]: name for name, wish in wishes().items() if name not in answers for words in wish.first.all}


@cache
def brief_words() -> dict[str, str]:
    """The wish of every word that may stand first in a short text."""
    return {words[0]: name for name, wish in wishes().items() for words in wish.short.all}


@cache
def speech(part: str) -> frozenset[str]:
    """Words that are no wish: `words` of courtesy, of `praise`, of `questions`."""
    return frozenset(word for text in getattr(city().keywords.speech, part) for word in words_of(text))


@cache
def around_a_number() -> frozenset[str]:
    """Words that say of a number only that it is one."""
    named = (*wishes()["status"].first.all, *wishes()["report"].first.all)
    return frozenset(words[0] for words in named) | {
        "no",
        "nomor",
        "nomer",
        "nmr",
        "number",
        "tiket",
        "kode",
        "id",
        "saya",
    }


@cache
def scores() -> dict[Phrase, int]:
    """Ratings in words."""
    return {words_of(text): int(score) for score, texts in city().keywords.speech.scores.items() for text in texts}


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


def matter(tokens: Phrase) -> tuple[int, int]:
    """Where the matter of a text begins and ends between its courtesies."""
    meant = [at for at, token in enumerate(tokens) if token not in speech("words")]
    return (meant[0], meant[-1] + 1) if meant else (0, 0)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The keyword that `word` is, or is a misspelling of; a real word is no misspelling."""
    keywords = set(known)
    if word in keywords:
        return word
    if len(word) < _LEAST or word in _real_words():
        return None
    near = [(DamerauLevenshtein.distance(word, one), one) for one in sorted(keywords) if len(one) >= _LEAST]
    near = [(distance, one) for distance, one in near if distance <= (2 if min(len(word), len(one)) >= _LONG else 1)]
    near = [(distance, one) for distance, one in near if len(one) > _LEAST or one[0] in word[:2]]
    return min(near, default=(0, None))[1]


def alarming(word: str) -> bool:
    """Whether `word` is a misspelling of a long word of danger."""
    long = (one for one in danger().single if len(one) >= _ALARM)
    return (
        len(word) >= _ALARM - 1
        and word not in _real_words()
        and any(DamerauLevenshtein.distance(word, one) <= 1 for one in long)
    )


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


@cache
def _real_words() -> frozenset[str]:
    """Words that mean something here by themselves."""
    told = city().keywords.speech
    texts = [*told.words, *told.praise, *told.ordinary]
    texts += [word for category in city().categories.values() for word in category.words]
    texts += [word for topic in city().topics.values() for word in topic.words]
    for area in (*city().areas.values(), *city().kecamatan.values()):
        texts += [area.spoken, *area.variants]
    texts += [name for landmark in city().landmarks for name in (landmark.name, *landmark.variants)]
    return frozenset(word for text in texts for word in words_of(text))
