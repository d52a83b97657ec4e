"""Features of a text, found while its meaning is looked for: danger, a keyword, yes and no, a rating, its language,
category and place. Says nothing about which of them counts; that is intents.py."""

from functools import cached_property

from config.hotline import city
from ivr.understanding import vocabulary
from ivr.understanding.tokens import Said
from ivr.understanding.vocabulary import Phrase, Phrases, Wish, wishes
from ticketing.rules import places

ENOUGH = 4  # words from which a text is a report, whatever it says
BRIEF = 3  # words of a text in which a word like "jam" or "petugas" is all that is meant
OBJECTION = 4  # words of a text in which "masih rusak" is all that is meant
SHORT = 4  # letters of a word that may mean anything
NEAR = 2  # words between a danger and what says that it is only feared
SCORES = frozenset("12345")
# Wishes that a text may be as a whole, in this order; yes and no are answers.
ALONE = ("language_en", "language_id", "cancel_callback", "status", "want_person", "help", "info", "add_detail")


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

    def has(self, wish: Wish) -> bool:
        """Whether a phrase of the wish is there and not taken back."""
        return bool(_outside(wish.within.find(self.tokens), wish.unless.find(self.tokens)))

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
    def category(self) -> str | None:
        return vocabulary.best(self.tokens, vocabulary.categories())

    @cached_property
    def topic(self) -> str | None:
        return vocabulary.best(self.tokens, vocabulary.topics())

    @cached_property
    def place(self) -> places.Place:
        return places.recognise(self.said.legible)

    @property
    def is_somewhere(self) -> bool:
        return self.place.result in ("match", "outside")

    @property
    def is_brief(self) -> bool:
        """Whether there are few words besides courtesies."""
        return sum(token not in vocabulary.speech("words") for token in self.core) <= BRIEF

    @property
    def is_whole(self) -> bool:
        """Whether it says what and where: a report, however short."""
        return bool(self.category) and self.is_somewhere

    @property
    def asks(self) -> bool:
        """Whether it is a question; a short word like "apa" makes one only at the beginning."""
        asked = [token for token in self.tokens if token in vocabulary.speech("questions")]
        first = (*self.tokens[:1], self.first)
        return self.said.asks or any(len(token) > SHORT or token in first for token in asked)


def in_danger(text: Text) -> bool:
    """Sentence by sentence, so that a fear is only of what it is said of."""
    wish, around = wishes()["emergency"], vocabulary.danger()
    for number in dict.fromkeys(word.sentence for word in text.said.words):
        tokens = tuple(word.text for word in text.said.words if word.sentence == number)
        hits = wish.within.find(tokens) + [
            (at, at + 1) for at, token in enumerate(tokens) if vocabulary.alarming(token)
        ]
        feared, usual = around.feared.find(tokens), around.usual.find(tokens)
        for start, end in _outside(hits, wish.unless.find(tokens)):
            fear = any(0 <= start - last <= NEAR for _, last in feared)
            habit = any(0 <= start - last <= NEAR or 0 <= first - end <= NEAR for first, last in usual)
            word = tokens[start:end]
            if word in around.always or not (fear or (habit and word not in around.lasting)):
                return True
    return False


def first_wish(text: Text) -> str | None:
    """The wish whose keyword, perhaps misspelt, the text begins with."""
    known, brief = vocabulary.first_words(), vocabulary.brief_words()
    if text.is_brief:
        known = brief | known
    elif text.first in brief:
        return None
    wish = known.get(vocabulary.nearest(text.first, known) or "")
    if wish in ("help", "want_person") and text.category and text.first in brief:
        return None  # "bantuan sosial", "petugas sampah"
    if wish == "status" and text.category and len(text.core) > ENOUGH and text.said.number is None:
        return None  # "cek lampu jalan di depan sekolah mati" is no question
    if wish is None or (wish == "want_person" and len(text.core) > 2 * BRIEF):
        return None
    return None if wishes()[wish].unless.find(text.tokens) else wish


def mentions_report(text: Text) -> bool:
    """Whether it speaks of "the report" and says nothing that could be one."""
    reports = wishes()["report"].first
    later = any((token,) in reports for token in text.core[1:])
    return later and text.category is None and not text.is_somewhere


def orders_otherwise(text: Text) -> bool:
    """Whether a text is an order that has nothing to do with a survey: a keyword, unless it brings a no with it."""
    exact = vocabulary.first_words().get(text.first)
    if exact == "report":
        return len(text.core) > ENOUGH and not claims(text)
    lone = any(text.is_all(wishes()[name].alone) for name in ALONE)
    return lone or (exact is not None and not text.has(wishes()["not_fixed"]))


def objects(text: Text) -> bool:
    """Whether it is the point of a text that something is not fixed."""
    wish = wishes()["not_fixed"]
    if text.is_all(wish.alone):
        return True
    return text.has(wish) and (claims(text) or (len(text.core) <= OBJECTION and not text.is_somewhere))


def claims(text: Text) -> bool:
    """Whether it speaks of a report that was made before."""
    return bool(vocabulary.claims().find(text.tokens))


def says_no(text: Text) -> bool:
    """Of an answer to "is it fixed?"."""
    wish = wishes()["not_fixed"]
    if text.has(wish):
        return True
    if wish.unless.find(text.tokens) or text.has(wishes()["fixed"]):
        return False
    return any((token,) in wish.alone for token in text.tokens) or (_answer(text),) in wish.first


def says_yes(text: Text) -> bool:
    """Of an answer to "is it fixed?"."""
    wish = wishes()["fixed"]
    if text.has(wish):
        return True
    yes = [(at, at + 1) for at, token in enumerate(text.tokens) if (token,) in wish.alone]
    if len(text.tokens) <= 2 * BRIEF and _outside(yes, wish.unless.find(text.tokens)):
        return True
    return (_answer(text),) in wish.first and not any(start == 0 for start, _ in wish.unless.find(text.tokens))


def _answer(text: Text) -> str:
    """The yes or no that a text begins with."""
    yes, no = wishes()["fixed"].first, wishes()["not_fixed"].first
    courtesies = vocabulary.speech("words") | vocabulary.speech("praise")
    for token in text.tokens:
        if (token,) in yes or (token,) in no:
            return token
        if token not in courtesies:
            break
    return ""


def score(text: Text) -> int | None:
    """The rating in a text: a number from 1 to 5 that counts nothing else, or as many stars."""
    core = text.core
    if not text.tokens:
        return text.said.stars if str(text.said.stars) in SCORES else None
    counted = {start for start, _ in wishes()["rating"].unless.find(core)}
    marks = [at for at, token in enumerate(core) if at not in counted and _mark(token)]
    if not marks or any(token.isdigit() and token not in SCORES for token in core):
        return None
    at = marks[0]
    courteous = vocabulary.speech("words") | vocabulary.speech("praise")
    named = any((token,) in wishes()["rating"].first for token in core[:at])
    plain = set(core) - {core[at], "5"} <= courteous
    leads = at == 0 and core[at] in SCORES and (not text.category or bool(set(core[1:2]) & courteous))
    return _mark(core[at]) if named or plain or leads else None


def _mark(token: str) -> int | None:
    return int(token) if token in SCORES else vocabulary.scores().get((token,))


def odd_number(text: Text) -> str:
    """The digits that somebody gave as a ticket number and that are none, where nothing else was said."""
    rest = [token for token in text.tokens if not token.isdigit()]
    digits = "".join(token for token in text.tokens if token.isdigit())
    known = vocabulary.around_a_number() | vocabulary.speech("words")
    return digits if len(digits) > ENOUGH and all(token in known for token in rest) else ""


def is_trouble(text: Text) -> bool:
    """Whether somebody has trouble rather than a question: about what no topic is of, or more than about its topic."""
    asked = {topic.category for topic in city().topics.values()} - {"banjir"}
    if text.category is None or text.topic is None or text.category in asked:
        return text.category is not None and text.topic is None
    trouble, topic = vocabulary.categories()[text.category], vocabulary.topics()[text.topic]
    return vocabulary.weight(topic, text.tokens) <= vocabulary.weight(trouble, text.tokens)


def _outside(hits: list[tuple[int, int]], around: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The hits that are not inside one of `around`."""
    return [(start, end) for start, end in hits if not any(first <= start and end <= last for first, last in around)]


def is_brief_order(text: Text) -> bool:
    """One keyword and nothing else, and not one that may begin an address."""
    lone: Phrase = (text.first,)
    known = [name for name in ALONE if lone in wishes()[name].first or lone in wishes()[name].short]
    return len(text.core) == 1 and bool(known) and lone not in wishes()["info"].short
