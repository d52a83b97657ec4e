"""Intents of texts: pure, forgiving with typing, in Indonesian, English and what is spoken around Bekasi. Words and
their exceptions are the city's (config/hotline.toml). Never raises, never guesses at STOP, and when in doubt whether
somebody is in danger, they are."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

from config.hotline import CITY_LANGUAGE
from ivr.understanding import features, vocabulary
from ivr.understanding.features import ALONE, BRIEF, ENOUGH, Text
from ivr.understanding.tokens import take_apart
from ivr.understanding.vocabulary import wishes

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

RATED = 12  # words of an answer to a survey


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
    place_words: str = ""  # the answer to a question for the place
    topic: str | None = None
    words: str = ""
    language: str = CITY_LANGUAGE
    why: str = ""


def answer(understood: Understood) -> str:
    """The template that answers; in ANSWERS or what it becomes with a number, a place or a topic."""
    match understood:
        case Understood(intent="report", area=str()):
            return "SMS01"
        case Understood(intent="status", number=str()):
            return "SMS07"
        case Understood(intent="status", words=str(digits)) if digits:
            return "SMS09"
        case Understood(intent="info", topic=str(topic)):
            return f"info_{topic}"
        case Understood(intent="help", words=str(cry)) if cry:
            return "SMS25"
    return ANSWERS[understood.intent]


def read(body: str, context: str = "none", *, language: str = CITY_LANGUAGE, button: str = "") -> Understood:
    """What this text means where `context` is open. `button` is what the resident tapped instead of writing."""
    tapped = _read(button, context, language) if button else None
    return tapped if tapped and tapped.intent != "noise" else _read(body, context, language)


def _read(body: str, context: str, language: str) -> Understood:
    text = Text(take_apart(body), context, language)
    for rule in (_stop_or_start, _emergency, _pending, _survey, _numbered, _wish, _question):
        if found := rule(text):
            return found
    return _otherwise(text)


# -- rules, in the order in which they are tried -------------------------------------------------------------------


def _stop_or_start(text: Text) -> Understood | None:
    """The whole text, and exactly: nobody loses their texts by a typing error."""
    for name in ("stop", "start"):
        if text.said.number is None and text.is_all(wishes()[name].alone):
            return _understood(text, name, "the word and nothing else")
    return None


def _emergency(text: Text) -> Understood | None:
    """Somebody in danger, whatever else is said or was asked."""
    if not features.in_danger(text):
        return None
    return _placed(text, "emergency", "a word of danger", category="darurat", words=text.said.legible)


def _pending(text: Text) -> Understood | None:
    """What was asked is answered with anything that is no order."""
    if text.context not in ("asked_place", "asked_question", "asked_advice"):
        return None
    if ordered := _order(text):
        return ordered
    words = text.said.legible
    if text.context == "asked_place":
        return _placed(text, "add_detail", "the place that was asked for", words=words, place_words=words)
    if text.context == "asked_advice" and text.is_whole and len(text.tokens) >= ENOUGH:
        return None
    return _understood(text, "add_detail", "the answer to a question", words=words) if text.tokens else None


def _order(text: Text) -> Understood | None:
    """What nobody would write as an answer: a keyword with a ticket number, alone, or before a report of its own."""
    exact = vocabulary.first_words().get(text.first)
    if text.said.number and (exact or len(text.tokens) <= BRIEF):
        return _numbered(text)
    if text.core and (features.is_brief_order(text) or any(text.is_all(wishes()[name].alone) for name in ALONE)):
        return _wish(text)
    if (exact in ("report", "proposal") and len(text.core) > ENOUGH) or (
        exact == "cancel_callback" and len(text.core) <= BRIEF
    ):
        return _wish(text)
    return _told(text, "want_person") if text.has(wishes()["want_person"]) else None


def _survey(text: Text) -> Understood | None:
    """A rating, yes or no, while a survey is open. Another order stays one."""
    if text.context != "survey_open" or features.orders_otherwise(text):
        return None
    score, words = features.score(text), text.said.legible
    if len(text.tokens) <= RATED or not text.is_somewhere or features.claims(text):
        if features.says_no(text):
            return _understood(text, "not_fixed", "says no", score=score, words=words)
        if score is None and features.says_yes(text):
            return _understood(text, "fixed", "says yes", words=words)
    return None if score is None else _understood(text, "rating", "a rating", score=score, words=words)


def _numbered(text: Text) -> Understood | None:
    """A ticket number, or nine digits that are none, with little else."""
    said, words = text.said, text.said.legible
    courtesies = vocabulary.speech("words") | vocabulary.around_a_number()
    others = [token for token in text.tokens if not token.isdigit() and token not in courtesies]
    if said.number is None:
        return _status(text, said.digits) if said.digits and not others else None
    no = wishes()["not_fixed"].alone
    doubts = text.tokens not in no and text.tokens[-1:] in no
    if doubts or text.is_all(wishes()["status"].alone) or (said.asks and text.has(wishes()["fixed"])):
        return _status(text)
    for name in ("not_fixed", "fixed", "cancel_callback", "want_person", "status", "add_detail"):
        if text.has(wishes()[name]) or text.is_all(wishes()[name].alone):
            return _understood(text, name, "with its number", words=words) if name != "status" else _status(text)
    named = features.first_wish(text)
    if named in ("cancel_callback", "want_person", "add_detail", "info", "proposal"):
        return _told(text, named)
    if named == "status" or len(others) < BRIEF:
        return _status(text)
    return _understood(text, "add_detail", "more about a number", words=words)


def _wish(text: Text) -> Understood | None:
    """A keyword, or a phrase as good as one."""
    if found := _whole(text):
        return found
    if features.objects(text):
        return _understood(text, "not_fixed", "says that it is not fixed", words=text.said.legible)
    for name in ("cancel_callback", "help", "status"):
        if text.has(wishes()[name]) and not (name == "status" and text.is_whole and not text.said.asks):
            return _told(text, name)
    if named := features.first_wish(text):
        return _told(text, named)
    if features.mentions_report(text):
        return _told(text, "status")
    for name in ("proposal", "want_person", "info", "add_detail"):
        if text.has(wishes()[name]) and not (name == "want_person" and text.is_whole):
            return _told(text, name)
    return None


def _whole(text: Text) -> Understood | None:
    """A text that is a keyword as it stands."""
    if _cries(text):
        return _understood(text, "help", "a cry for help", words=text.said.legible)
    if not text.tokens and text.said.asks:
        return _told(text, "help")
    spoken = ("language_en", "language_id") if len(text.tokens) <= BRIEF else ()
    for name in ALONE:
        if text.is_all(wishes()[name].alone) or (name in spoken and text.has(wishes()[name])):
            return _told(text, name)
    return None


def _cries(text: Text) -> bool:
    """Whether somebody calls for help and says nothing else."""
    cry, courtesies = wishes()["cry"].alone, vocabulary.speech("words")
    return text.is_all(cry) or (
        any((token,) in cry for token in text.tokens)
        and all(token in courtesies or (token,) in cry for token in text.tokens)
    )


def _question(text: Text) -> Understood | None:
    """Something that one of our topics answers, and no trouble; or the name of a topic and nothing else."""
    if text.topic is None or features.is_trouble(text):
        return None
    topic = vocabulary.topics()[text.topic]
    begins = any(start == 0 for start, _ in topic.find(text.core))
    named = text.tokens in topic or (begins and len(text.core) <= BRIEF and text.category is None)
    if named or (text.asks and (text.category or not text.is_somewhere)):
        return _understood(text, "info", f"topic {text.topic}", topic=text.topic, words=text.said.legible)
    return None


def _otherwise(text: Text) -> Understood:
    """Enough words are a report, unless they are only courtesies or an advertisement."""
    meant = [token for token in text.tokens if token not in vocabulary.speech("words") and not token.isdigit()]
    advertises = text.has(wishes()["noise"]) and not text.is_somewhere
    enough = len(text.tokens) >= ENOUGH and (len(meant) > 1 or (meant and text.category))
    if advertises or not (text.is_whole or enough):
        return _understood(text, "noise", "nothing that is known")
    return _report(text, text.said.legible, "words enough for a report")


# -- what a rule finds ---------------------------------------------------------------------------------------------


def _told(text: Text, name: str) -> Understood:
    """What follows from a wish whose word is there."""
    begins = bool(text.core) and features.first_wish(text) == name
    own = text.said.after(text.start) if len(text.core) > 1 else ""
    words = own if begins else text.said.legible
    match name:
        case "report":
            return _report(text, words, "its keyword")
        case "proposal":
            return _placed(text, "proposal", "its keyword", category="usulan", words=words)
        case "status":
            return _status(text, text.said.digits or features.odd_number(text))
        case "info":
            return _understood(text, "info", "its keyword", topic=text.topic, words=words)
        case "add_detail":
            return _understood(text, "add_detail", "its keyword", words=words)
        case "language_en" | "language_id":
            return _understood(text, name, "its keyword", language=name.removeprefix("language_"))
    return _understood(text, name, "its keyword")


def _report(text: Text, words: str, why: str) -> Understood:
    return _placed(text, "report", why, category=text.category or "lainnya", words=words)


def _placed(text: Text, intent: Intent, why: str, **more: Any) -> Understood:
    """With its place; a report from beyond the border is for those there."""
    area = text.place.area if text.place.result == "match" else None
    beyond = text.place.outside if text.place.result == "outside" else None
    if beyond and intent in ("report", "add_detail"):
        intent, why = "other_city", f"{why}; the place is outside the city"
    return _understood(text, intent, why, area=area, outside=beyond, **more)


def _status(text: Text, digits: str = "") -> Understood:
    return _understood(text, "status", "a number" if digits or text.said.number else "its keyword", words=digits)


def _understood(text: Text, intent: str, why: str, **more: Any) -> Understood:
    return Understood(intent, why=why, **{"number": text.said.number, "language": text.language, **more})  # type: ignore[arg-type]
