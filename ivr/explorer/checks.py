"""Checks of what callers hear, whatever a conversation does: no words of another language, no personal data, and no
document that a carrier cannot read. Each finding is a phrase that says what was heard."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache

from config import spoken
from config.hotline import city
from ivr.prompts import Line
from ivr.simulator.calls import twiml as carrier

Words = frozenset[str]
_FEWEST = 6  # digits of a telephone number that already give somebody away


def findings(lines: Sequence[Line], language: str, reply: str, private: Sequence[str]) -> Iterator[str]:
    """Everything wrong with what one turn says in a call of this `language`."""
    yield from _unreadable(reply)
    for line in lines:
        yield from _foreign(line, language)
    yield from _personal(" ".join(line.text for line in lines), reply, private)


def _unreadable(reply: str) -> Iterator[str]:
    """What the carrier would refuse or warn about."""
    try:
        yield from (f"answers a document with {trouble}" for trouble in carrier.parse(reply.encode()).troubles)
    except carrier.DocumentError as fault:
        yield f"answers what is no document: {fault}"


def _foreign(line: Line, language: str) -> Iterator[str]:
    """A line is in the language of the call, unless the call's own texts have it in another one ("press 8"), or it is
    none of our sentences: what the city wrote is read out in the language it was written in."""
    own = city().languages[language].sentences["voice"].get(line.id)
    if line.language != language and own and line.text != spoken.figures(city(), line.language, own):
        yield f"says {line.id} in {line.language} in a call in {language}"
    if strange := sorted(_words(line.text) & _strange(line.language)):
        yield f"says {line.id} in {line.language} with the words {', '.join(strange)}"


def _personal(said: str, reply: str, private: Sequence[str]) -> Iterator[str]:
    spoken, digits = f" {' '.join(_all_words(said))} ", _digits(said)
    for secret in private:
        number = re.sub(r"\D", "", secret)
        if len(number) >= _FEWEST and (number[-8:] in digits or number[-8:] in reply):
            yield "says a telephone number"
        elif len(number) < _FEWEST and f" {' '.join(_all_words(secret))} " in spoken:
            yield f"says {secret}"


def _digits(said: str) -> str:
    """Every digit in `said`, written or in words, one after the other."""
    return "".join(re.sub(r"\D", "", _digit_words().get(word, word)) for word in _all_words(said))


@cache
def _digit_words() -> dict[str, str]:
    return {spoken.cardinal(code, n): str(n) for code in city().languages for n in range(10)}


def _all_words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _words(text: str) -> Words:
    """The words of a text, without placeholders and digits."""
    return frozenset(re.findall(r"[a-z]{2,}", re.sub(r"\{\w+\}", " ", text.lower())))


@cache
def _strange(language: str) -> Words:
    """Words that only other languages have; names, which have no language, are none of them."""
    vocabularies = _vocabularies()
    others = frozenset[str]().union(*(words for code, words in vocabularies.items() if code != language))
    return others - vocabularies[language] - _names()


@cache
def _vocabularies() -> dict[str, Words]:
    """The words of each language. A sentence that a file has in the other language counts for that one: most of its
    words are at home there."""
    files = {code: list(_sentences(code)) for code in city().languages}
    counts = {code: _counted(sentences) for code, sentences in files.items()}
    found: dict[str, set[str]] = {code: set() for code in files}
    for code, sentences in files.items():
        for words in sentences:
            found[_home(words, code, counts)] |= words
    return {code: frozenset(words) for code, words in found.items()}


def _home(words: Words, code: str, counts: dict[str, dict[str, int]]) -> str:
    def strength(language: str) -> int:
        others = [counts[other] for other in counts if other != language]
        return sum(counts[language].get(word, 0) > max(other.get(word, 0) for other in others) for word in words)

    best = max(counts, key=lambda language: (strength(language), language == code))
    return best if strength(best) > 2 * strength(code) else code


def _counted(sentences: Sequence[Words]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for word in (word for words in sentences for word in words):
        counted[word] = counted.get(word, 0) + 1
    return counted


def _sentences(code: str) -> Iterator[Words]:
    """All that is written in one language and the words of its numbers, each sentence as a set of words."""
    whole = city()
    for number in (*range(20), *range(20, 100, 10), 100, 1000, 1_000_000):
        yield _words(spoken.cardinal(code, number))
    for day in range(1, 32):
        yield _words(spoken.day(whole, code, date(2026, 12, day)))
    for texts in whole.languages[code].sentences.values():
        yield from map(_words, texts.values())
    for category in whole.categories.values():
        yield from map(_words, (category.name[code], category.label[code], category.spoken[code]))
    for department in whole.departments.values():
        yield _words(department.name[code])
    for referral in whole.referrals.values():
        yield from map(_words, (referral.name[code], referral.short[code], referral.say[code]))


@cache
def _names() -> Words:
    """Places and departments are called what they are called."""
    whole = city()
    names = [name for area in (*whole.areas.values(), *whole.kecamatan.values()) for name in (area.spoken, area.key)]
    names += [place for referral in whole.referrals.values() for place in referral.places]
    names += [landmark.name for landmark in whole.landmarks]
    names += [*whole.name.values(), *(department.short for department in whole.departments.values())]
    return frozenset[str]().union(*map(_words, names))
