"""Features of a text that rules need: danger, a rating, its language, topic and place, and which words are the
resident's own. Says nothing about what they mean together; that is intents.py."""

from functools import cached_property
from typing import Literal

from ivr.understanding import vocabulary
from ivr.understanding.tokens import Said
from ivr.understanding.vocabulary import Phrases, wishes
from ticketing.rules import places

MANY_DIGITS = 4  # a longer number may be meant for a ticket
SCORES = frozenset("12345")
WITH_OWN_WORDS = ("report", "proposal", "add_detail")  # wishes whose keyword the resident's own words follow


class Text:
    """A text, what was open when it came, and what it shows. `core` is what is left without courtesies around it."""

    def __init__(self, said: Said, context: str, language: str) -> None:
        self.said = said
        self.context = context
        self.tokens = said.tokens
        self._language = language
        self.start, end = vocabulary.matter(self.tokens)
        self.core = self.tokens[self.start : end]
        self.first = self.core[0] if self.core else ""

    def is_all(self, phrases: Phrases) -> bool:
        """Whether one of these is the whole text."""
        return self.tokens in phrases or self.core in phrases

    @property
    def own_words(self) -> str:
        """The text as it was written, without the keyword that it begins with."""
        if vocabulary.first_words().get(self.first) not in WITH_OWN_WORDS:
            return self.said.legible
        return self.said.after(self.start) if len(self.core) > 1 else ""

    @property
    def is_bare_number(self) -> bool:
        """Whether there is a number, and nothing else but words that say so."""
        known = vocabulary.around_a_number()
        others = [token for token in self.tokens if token not in known and not token.isdigit()]
        return bool(self.said.number or self.said.digits) and not others

    @property
    def odd_number(self) -> str:
        """The digits that somebody gave as a ticket number and that are none, where nothing else was said."""
        digits = "".join(token for token in self.tokens if token.isdigit())
        known = vocabulary.around_a_number()
        rest = [token for token in self.tokens if not token.isdigit() and token not in known]
        return digits if len(digits) > MANY_DIGITS and not rest else ""

    @property
    def is_bare_score(self) -> bool:
        """Whether a rating is all that is said."""
        named = {words[0] for words in wishes()["rating"].first.all} | vocabulary.courtesies()
        return all(_mark(token) or token in named for token in self.tokens)

    @cached_property
    def language(self) -> str:
        """The language whose words are more, of equals that of the first; if none shows, what the resident had."""
        known = vocabulary.languages().items()
        counts = {
            code: 2 * sum(token in words for token in self.tokens) + (self.first in words) for code, words in known
        }
        most = max(counts.values())
        found = [code for code, count in counts.items() if count == most]
        return found[0] if most and len(found) == 1 else self._language

    @cached_property
    def topic(self) -> str | None:
        return vocabulary.best(self.tokens, vocabulary.topics())

    @property
    def asks_number(self) -> bool:
        """Whether a telephone number is asked for, and none is given."""
        after = zip(self.tokens, (*self.tokens[1:], ""), strict=True)
        return any(token in vocabulary.ASKING_NUMBERS and not behind.isdigit() for token, behind in after)

    @cached_property
    def referral(self) -> str | None:
        """Whose matter it is, where it is not the city's."""
        return vocabulary.best(self.tokens, vocabulary.referrals())

    @cached_property
    def place(self) -> places.Place:
        return places.recognise(self.said.legible)


def danger_word(text: Text) -> Literal["said", "taken back", "none"]:
    """Whether a word of danger is said, or only as part of a phrase that means none."""
    hits = vocabulary.danger().within.find(text.tokens)
    harmless = vocabulary.danger().unless.find(text.tokens)
    if all(any(first <= start and end <= last for first, last in harmless) for start, end in hits):
        return "taken back" if hits else "none"
    return "said"


def score(text: Text) -> int | None:
    """The rating in a text: the only figure from 1 to 5 in it, in digits, in words or as stars."""
    marks = [mark for token in text.tokens if (mark := _mark(token))]
    if any(token.isdigit() and token not in SCORES for token in text.tokens):
        return None
    if not marks and str(text.said.stars) in SCORES:
        return text.said.stars
    said = [int(vocabulary.scores()[phrase]) for phrase in vocabulary.scores() if phrase in (text.core, text.tokens)]
    return marks[0] if len(set(marks) - {5}) <= 1 and marks else (said[0] if said else None)


def _mark(token: str) -> int | None:
    return int(token) if token in SCORES else vocabulary.scores().get((token,))
