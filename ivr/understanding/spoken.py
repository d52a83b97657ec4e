"""Words instead of a key: the key itself, yes or no, the words by which it is offered, or a wish that is the same
everywhere. Needs the words alone; never raises.
"""

from collections.abc import Mapping
from functools import cache

from config.hotline import city
from ivr.understanding import vocabulary
from ivr.understanding.tokens import take_apart
from ivr.understanding.vocabulary import Phrase, words_of

BRIEF = 5  # words of an answer that is a yes or a no, whatever stands beside it
YES_NO_AND_MORE = 3  # options of a question that a bare yes or no answers
MAX_DIGITS = 16


def key(words: str, offered: Mapping[str, str]) -> str:
    """The key that is meant of those `offered`, each with the words that offer it; else a key that means the same
    everywhere (0 officer, * back, 8 the other language, 9 enough); "" where neither is meant."""
    tokens = take_apart(words).tokens
    core = _core(tokens)
    if len(core) == 1 and (named := _key_named(core[0])):
        return named
    options = {key: frozenset(_core(words_of(said))) for key, said in offered.items()}
    return _yes_or_no(tokens, offered) or _by_its_words(frozenset(core), options) or wish(words)


def wish(words: str) -> str:
    """The key that means the same everywhere and that somebody wishes for in words; "" for none."""
    tokens = take_apart(words).tokens
    for meant, name in (("0", "officer"), ("*", "back"), ("9", "enough"), ("8", "language")):
        if _says(name, _core(tokens)) or _says(name, tokens):
            return meant
    return ""


def digits(words: str) -> str:
    """The digits of a number that is said, in figures or one by one; "" where other words make one doubtful."""
    said = take_apart(words.replace("-", " "))
    if said.number or said.digits:
        return said.number or said.digits
    found = [token if token.isdigit() else vocabulary.digits().get(token, "") for token in said.tokens]
    others = [token for token, digit in zip(said.tokens, found, strict=True) if not digit]
    return "".join(found)[:MAX_DIGITS] if set(others) <= vocabulary.around_a_number() else ""


def skips(words: str) -> bool:
    """Whether somebody wants to leave a question out."""
    tokens = take_apart(words).tokens
    return _says("skip", tokens) or _says("skip", _core(tokens))


def _core(tokens: Phrase) -> Phrase:
    """Without courtesies and the words that stand around every option."""
    around = vocabulary.courtesies() | frozenset(_said("around"))
    return tuple(token for token in tokens if token not in around)


def _key_named(token: str) -> str:
    if token.isdigit() and len(token) == 1:
        return token
    return vocabulary.digits().get(token, "")


def _yes_or_no(tokens: Phrase, offered: Mapping[str, str]) -> str:
    """A yes or a no to a question whose options are hardly more than that."""
    if not 0 < len(tokens) <= BRIEF or len(offered) > YES_NO_AND_MORE:
        return ""
    yes, no = frozenset(_said("yes")), frozenset(_said("no"))
    meant = {key: _is_yes(frozenset(words_of(words)), yes, no) for key, words in offered.items()}
    wanted = _is_yes(frozenset(tokens), yes, no)
    found = [key for key, one in meant.items() if one is wanted]
    return found[0] if wanted is not None and len(found) == 1 else ""


def _is_yes(words: frozenset[str], yes: frozenset[str], no: frozenset[str]) -> bool | None:
    return False if words & no else True if words & yes else None


def _by_its_words(core: frozenset[str], options: Mapping[str, frozenset[str]]) -> str:
    """The option whose words are said, or of whose words some are and no others; of several the one that has least
    besides."""
    likeness = {
        key: len(core & words) / len(core | words)
        for key, words in options.items()
        if core and words and (core <= words or words <= core)
    }
    best = max(likeness.values(), default=0)
    found = [key for key, share in likeness.items() if share == best]
    return found[0] if len(found) == 1 else ""


def _says(name: str, tokens: Phrase) -> bool:
    return tokens in _phrases(name)


def _said(name: str) -> list[str]:
    return [phrase[0] for phrase in _phrases(name)]


@cache
def _phrases(name: str) -> frozenset[Phrase]:
    return frozenset(words_of(text) for text in getattr(city().keywords.said, name))
