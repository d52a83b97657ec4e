"""The meaning of a text: what it asks for, about which report, and how sure that is. Pure. Rules stand where they are
better than anything learned (keywords that we ask for ourselves, STOP, ticket numbers, words of danger); all else is
judged by the learned model, and what it is unsure of is asked, not guessed. Never raises.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from config.hotline import CITY_LANGUAGE, city
from ivr.understanding import features, model, vocabulary
from ivr.understanding.features import WITH_OWN_WORDS, Text
from ivr.understanding.model import Guess
from ivr.understanding.tokens import take_apart
from ivr.understanding.vocabulary import wishes
from ticketing.rules.routing import EMERGENCY

Intent = Literal[
    "report",
    "status",
    "add_detail",
    "not_fixed",
    "fixed",
    "rating",
    "proposal",
    "want_person",
    "info",
    "help",
    "stop",
    "start",
    "cancel_callback",
    "language_en",
    "language_id",
    "emergency",
    "other_city",
    "noise",
]
INTENTS: tuple[Intent, ...] = get_args(Intent)
# What is open with a number: a survey (72 h), a report whose place was asked, a question of the department (SMS04), or
# an invitation to advise (24 h after SMS24).
CONTEXTS = ("none", "survey_open", "asked_place", "asked_question", "asked_advice")

# The text that answers an intent; where it depends on more than the intent, see `answer`.
ANSWERS: dict[Intent, str] = {
    "report": "SMS13",
    "status": "SMS08",
    "add_detail": "SMS26",
    "not_fixed": "SMS06",
    "fixed": "SMS24",
    "rating": "SMS24",
    "proposal": "SMS22",
    "want_person": "SMS15",
    "info": "info_topics",
    "help": "SMS10",
    "stop": "SMS11",
    "start": "SMS12",
    "cancel_callback": "SMS27",
    "language_en": "SMS10",
    "language_id": "SMS10",
    "emergency": "SMS20",
    "other_city": "SMS36",
    "noise": "SMS14",
}

# Thresholds of confidence, all chosen on training hands that the judging model had not seen (corpus/README.md).
MIN_SURE = 0.63  # of the intent, or it is asked
MIN_RULE = 0.2  # of what a number or a keyword says, or it is asked
MIN_KEYWORD = 0.2  # of what a keyword says that stands before other words
MIN_STOP = 0.9985  # of a stop in other words than ours
STOP_WORDS = 3  # a shorter one may be a typing error
SENTENCE = 3  # words
MIN_MATTER = 0.5
MIN_KIND = 0.7  # of a rating in words, or its writer is asked for a figure
MIN_DANGER = 0.25  # of what two heads say, their geometric mean
MIN_PERHAPS = 0.05  # ... and it is asked whether there is danger
MIN_DANGER_DENIED = 0.9  # where what stands around a word of danger says that there is none
MAX_SAFE = 0.5  # so sure that there is no danger that a word of danger does not count
BRIEF = 5  # words of a text that are no more than a word of danger, or than a phrase that takes it back
GUESSES = 3
# What somebody may want who names a report by its number.
OF_A_NUMBER = ("status", "add_detail", "not_fixed", "fixed", "cancel_callback", "want_person", "rating")


BY_PLACE = ("report", "other_city")  # one is the other, whose place is elsewhere
OF_CANCELLING = ("callback", "report")  # kinds of what is cancelled
OF_RATING = ("pleased", "displeased", "neither")  # kinds of a rating in words
OF_NOISE = (
    "greeting", "thanks", "praise", "complaint_about_us", "automatic", "code", "promotion", "chain", "wrong_number",
    "joke", "other",
)  # fmt: skip
KEYWORD_KIND = {"cancel_callback": "callback"}  # what BATAL cancels, as our texts say


@dataclass(frozen=True)
class Understood:
    """What a text means. `words` are the resident's own, without the keyword, and empty where there was nothing but
    the keyword: of a report, a remark, a proposal. Of a status they are digits that are no ticket number, of help the
    cry for it ("tolong" and nothing else)."""

    intent: Intent
    number: str | None = None  # of a ticket, its check digit right
    score: int | None = None  # 1 to 5
    category: str | None = None
    area: str | None = None  # key of city().area
    outside: str | None = None  # key of the referral whose place it is
    referral: str | None = None  # key of the referral whose matter it is
    place_words: str = ""  # the answer to a question for the place
    topic: str | None = None
    words: str = ""
    language: str = CITY_LANGUAGE
    why: str = ""
    kind: str = ""  # of noise, of what is cancelled (callback, report), of a rating in words (pleased, displeased)
    confidence: float = 1.0
    second: Intent | None = None  # the next likely intent
    danger: str = "no"  # no, perhaps, sure
    categories: tuple[tuple[str, float], ...] = ()  # the likeliest, and how likely
    asks: bool = False  # too unsure to act: the sender is asked


def answer(understood: Understood) -> str:
    """The template that answers; in ANSWERS or what it becomes with a number, a place or a topic."""
    if understood.asks:
        return "SMS41" if understood.intent == "stop" else "SMS39"
    match understood:
        case Understood(intent="report", referral=str()):
            return "SMS45"
        case Understood(intent="report", area=str()):
            return "SMS01"
        case Understood(intent="status", number=str()):
            return "SMS07"
        case Understood(intent="status", words=str(digits)) if digits:
            return "SMS09"
        case Understood(intent="info"):
            return _told(understood)
        case Understood(intent="rating", score=None, kind=""):
            return "SMS47"
        case Understood(intent="help", words=str(cry)) if cry:
            return "SMS25"
        case Understood(intent="noise", kind="greeting" | "wrong_number"):
            return "SMS40"
        case Understood(intent="noise", kind="praise" | "complaint_about_us"):
            return "SMS38"
    return ANSWERS[understood.intent]


def _told(question: Understood) -> str:
    """What answers a question: our topic, somebody else's number, the department that knows, or what can be asked."""
    if question.topic:
        return f"info_{question.topic}"
    return "SMS44" if question.referral else "SMS46" if question.category else ANSWERS["info"]


def read(body: str, context: str = "none", *, language: str = CITY_LANGUAGE, button: str = "") -> Understood:
    """What this text means where `context` is open. `button` is what the resident tapped instead of writing. While it
    `asks` nothing may follow from it but the question what is meant."""
    tapped = _read(button, context, language) if button else None
    return tapped if tapped and tapped.intent != "noise" else _read(body, context, language)


def read_as(intent: Intent, body: str, *, language: str = CITY_LANGUAGE) -> Understood:
    """A text whose sender says what it means."""
    text = Text(take_apart(body), "none", language)
    return _understood(text, model.guess(text.said.legible, "none"), intent, "its sender says so")


def matter(body: str) -> str | None:
    """The category that a text surely names; None of one that names none, as a street."""
    guess = model.guess(take_apart(body).legible)["category"]
    named = guess.labels[0]
    return named if named not in (model.NONE, EMERGENCY) and guess.likely[0] >= MIN_MATTER else None


def danger(body: str) -> str:
    """Whether somebody is in danger: no, perhaps or sure; of what means nothing at all no."""
    found = read(body)
    return "no" if found.danger == "perhaps" and found.intent == "noise" else found.danger


def peril(body: str) -> str:
    """The kind of danger that words are about: a key of city().dangers."""
    return model.guess(take_apart(body).legible)["peril"].labels[0]


def likely(body: str, wanted: Sequence[str]) -> float:
    """How likely a text is one of these intents."""
    guess = model.guess(take_apart(body).legible)["intent"]
    return sum(map(guess.of, wanted))


def where(body: str) -> float:
    """How likely a text says where something is."""
    return model.guess(take_apart(body).legible)["where"].of("yes")


def _read(body: str, context: str, language: str) -> Understood:
    text = Text(take_apart(body), context, language)
    if not text.said.legible:
        return Understood("noise", why="nothing is written", language=language, kind="greeting")
    guessed = model.guess(text.said.legible, context)
    for rule in (_stop_or_start, _emergency, _score, _whose_number):
        if found := rule(text, guessed):
            return found
    found = _numbered(text, guessed) or _keyword(text, guessed)
    if found is None:
        return _learned(text, guessed)
    share = guessed["intent"].of(found.intent)
    return found if share >= MIN_RULE else replace(found, asks=True, confidence=share)


# -- rules, in the order in which they are tried -------------------------------------------------------------------

Guessed = dict[str, Guess]


def _stop_or_start(text: Text, guessed: Guessed) -> Understood | None:
    """The whole text, and exactly: nobody loses their texts by a typing error."""
    for name in ("stop", "start"):
        if text.said.number is None and text.is_all(wishes()[name].alone):
            return _understood(text, guessed, name, "the word and nothing else")
    return None


def _emergency(text: Text, guessed: Guessed) -> Understood | None:
    """Somebody in danger, whatever else is said or was asked."""
    danger, word, brief = guessed["danger"], features.danger_word(text), len(text.core) <= BRIEF
    if word == "said" and (brief or danger.of("no") < MAX_SAFE):
        return _understood(text, guessed, "emergency", "a word of danger")
    denied, sure = word == "taken back", _danger(guessed)
    if not (denied and brief) and sure >= (MIN_DANGER_DENIED if denied else MIN_DANGER):
        return _understood(text, guessed, "emergency", "it sounds like danger")
    return None


def _danger(guessed: Guessed) -> float:
    """How likely somebody is in danger, by both heads."""
    return math.sqrt(guessed["danger"].of("sure") * guessed["intent"].of("emergency"))


def _score(text: Text, guessed: Guessed) -> Understood | None:
    """A figure of one to five and nothing else, where one was asked for."""
    score = features.score(text)
    if text.context == "survey_open" and score is not None and text.is_bare_score:
        return _understood(text, guessed, "rating", "a rating")
    return None


def _whose_number(text: Text, guessed: Guessed) -> Understood | None:
    """Somebody's telephone number is asked for that we know."""
    if text.referral and text.asks_number:
        return _understood(text, guessed, "info", "somebody's number")
    return None


def _numbered(text: Text, guessed: Guessed) -> Understood | None:
    """A ticket number, or nine digits that are none, with little else."""
    if text.is_bare_number:
        return _understood(text, guessed, "status", "a number and nothing else")
    if text.odd_number and vocabulary.first_words().get(text.first) == "status":
        return _understood(text, guessed, "status", "digits that are no number")
    if not (text.said.number or text.said.digits):
        return None
    likely = max(OF_A_NUMBER, key=guessed["intent"].of)
    return _understood(text, guessed, likely, "with its number")


def _keyword(text: Text, guessed: Guessed) -> Understood | None:
    """A keyword that our own texts ask for: alone, or before the resident's own words."""
    if _cries(text):
        return _understood(text, guessed, "help", "a cry for help")
    if not text.tokens and text.said.asks:
        return _understood(text, guessed, "help", "a question mark")
    for name, wish in wishes().items():
        if text.is_all(wish.alone) and (text.context == "survey_open" or name not in vocabulary.YES_OR_NO):
            return _understood(text, guessed, name, "its words and nothing else", kind=KEYWORD_KIND.get(name, ""))
    is_matter = any(text.is_all(words) for words in vocabulary.categories().values())
    if is_matter and text.context != "survey_open" and guessed["intent"].of("report") >= guessed["intent"].of("info"):
        return _understood(text, guessed, "report", "its matter and nothing else")
    name = vocabulary.first_words().get(text.first, "")
    before_own_words = name in WITH_OWN_WORDS and guessed["intent"].of(name) >= MIN_KEYWORD
    names_topic = name == "info" and text.topic is not None and len(text.core) <= BRIEF
    if name and (before_own_words or names_topic or len(text.core) == 1):
        return _understood(text, guessed, name, "its keyword", kind=KEYWORD_KIND.get(name, ""))
    return None


def _cries(text: Text) -> bool:
    """Whether somebody calls for help and says nothing else."""
    cry, courtesies = wishes()["cry"].alone, vocabulary.courtesies()
    return text.is_all(cry) or (
        any((token,) in cry for token in text.tokens)
        and all(token in courtesies or (token,) in cry for token in text.tokens)
    )


def _learned(text: Text, guessed: Guessed) -> Understood:
    """What the model takes it for."""
    intent = guessed["intent"]
    first = next(label for label in intent.labels if label != "emergency")  # of danger the rule above has judged
    not_danger = 1 - intent.of("emergency") or 1.0
    sure = sum(map(intent.of, BY_PLACE if first in BY_PLACE else (first,))) / not_danger
    if first == "rating" and text.context != "survey_open":  # nobody asked for one: it is an opinion
        first = "add_detail" if text.context == "asked_advice" else "noise"
    asks = sure < MIN_SURE if first != "stop" else sure < MIN_STOP or len(text.tokens) < STOP_WORDS
    if first == "noise" and len(text.tokens) >= SENTENCE and _kind(guessed["kind"], OF_NOISE) == "other":
        asks = True  # somebody says something: better asked than told that it was not understood
    return _understood(text, guessed, first, "as others wrote", asks=asks, confidence=sure)


# -- what is found besides -----------------------------------------------------------------------------------------


def _understood(text: Text, guessed: Guessed, name: str, why: str, **more: Any) -> Understood:
    """An intent with all that is known of it."""
    intent = guessed["intent"]
    found: dict[str, Any] = {
        "number": text.said.number,
        "language": text.language,
        "why": why,
        "second": next(label for label in intent.labels if label != name),
        "danger": "sure" if name == "emergency" else "perhaps" if _may_be_danger(guessed) else "no",
        "words": text.own_words,
        "categories": _categories(guessed["category"]),
        **more,
    }
    if name in ("report", "add_detail", "proposal", "emergency", "other_city"):
        name, found = _placed(text, name, found)
    match name:
        case "rating" | "not_fixed" | "fixed":
            found.update(score=features.score(text), words=text.said.legible)
            pleased = _kind(guessed["kind"], OF_RATING, MIN_KIND) if name == "rating" else ""
            found["kind"] = pleased if pleased != OF_RATING[-1] else ""
        case "status":
            found.update(words=text.said.digits or text.odd_number)
        case "info":
            found.update(_whom_to_ask(text, guessed["category"]))
        case "language_en" | "language_id":
            found.update(language=name.removeprefix("language_"))
        case "help" if not _cries(text):
            found.update(words="")
        case "noise" | "cancel_callback":
            found["kind"] = found.get("kind") or _kind(guessed["kind"], OF_NOISE if name == "noise" else OF_CANCELLING)
    return Understood(name, **found)  # type: ignore[arg-type]


def _kind(guess: Guess, among: Sequence[str], least: float = 0.0) -> str:
    """The likeliest of these kinds; "" where it has less than this share of them."""
    likely = max(among, key=guess.of)
    return likely if guess.of(likely) >= least * sum(map(guess.of, among)) else ""


def _may_be_danger(guessed: Guessed) -> bool:
    return guessed["danger"].labels[0] == "perhaps" or _danger(guessed) >= MIN_PERHAPS


def _placed(text: Text, name: str, found: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """With place and category; a report from beyond the border is for those there."""
    area = text.place.area if text.place.result == "match" else None
    beyond = text.place.outside if text.place.result == "outside" else None
    if beyond and (name == "report" or (name == "add_detail" and text.context == "asked_place")):
        name, found["why"] = "other_city", f"{found['why']}; the place is outside the city"
    elif name == "other_city" and area:
        name, found["why"] = "report", f"{found['why']}; the place is in the city"
    found.update(area=area, outside=beyond)
    if name == "add_detail":
        found["place_words"] = text.said.legible if text.context == "asked_place" else ""
        return name, found
    found["category"] = {"proposal": "usulan", "emergency": EMERGENCY}.get(name) or _category(text, found["categories"])
    if name == "emergency":
        found["words"] = text.said.legible
    elif name == "report" and found["category"] == city().category("").key:
        found["referral"] = text.referral
    return name, found


def _whom_to_ask(text: Text, category: Guess) -> dict[str, str | None]:
    """Of a question: our topic or somebody else's number, whatever its words say more of; else the matter's own topic,
    or its department."""
    named = {**vocabulary.topics(), **vocabulary.referrals()}
    known = vocabulary.best(text.tokens, named)
    if known is not None:
        return {"topic" if known in vocabulary.topics() else "referral": known}
    likely, share = _categories(category)[0]
    about = vocabulary.best(text.tokens, vocabulary.categories()) or (likely if share >= MIN_MATTER else None)
    topics = (key for key, topic in city().topics.items() if about and topic.category == about)
    return {"topic": next(topics, None), "category": about}


def _categories(guess: Guess) -> tuple[tuple[str, float], ...]:
    """The likeliest matters, if it is about one."""
    about_one = 1 - guess.of(model.NONE) or 1.0
    likely = [(key, share / about_one) for key, share in zip(guess.labels, guess.likely, strict=True) if key]
    return tuple((key, round(share, 3)) for key, share in likely[:GUESSES])


def _category(text: Text, likely: tuple[tuple[str, float], ...]) -> str:
    """The likeliest one; one that the model does not know by its words."""
    known = set(model.load().labels["category"])
    others = {key: words for key, words in vocabulary.categories().items() if key not in known}
    return vocabulary.best(text.tokens, others) or (likely[0][0] if likely else city().category("").key)
