"""A wish or a matter in own words, where a menu is offered: understood by the same reader as texts, and read back
before anything follows from it."""

from functools import partial
from typing import Any

from config.hotline import city
from ivr.talk import Talk
from ivr.understanding import intents
from ticketing.rules import places

# Where a wish leads that is no report, as an option of the root.
_LEADS = {
    "emergency": "emergency",
    "status": "status",
    "not_fixed": "status",
    "fixed": "status",
    "add_detail": "status",
    "cancel_callback": "status",
    "info": "information",
    "proposal": "proposal",
    "want_person": "person",
    "help": "person",
}
_REPORTS = ("report", "other_city")


def wish(words: str) -> dict[str, Any] | None:
    """Where the words lead: the conversation with what it may begin with; None where they are not clear enough."""
    found = intents.read(words)
    if found.intent in _REPORTS and found.words and not found.asks:
        return _report(words, found)
    if found.intent in _REPORTS and not found.words:
        return {"talk": "report"}
    leads = _LEADS.get(found.intent)
    if leads is None or found.asks:
        return None
    return {"talk": leads, **({"topic": found.topic} if leads == "information" and found.topic else {})}


def matter(words: str) -> dict[str, Any] | None:
    """The report that the words are about, where its topic was asked."""
    found = intents.read_as("report", words)
    clear = intents.matter(words) is not None or intents.read(words).intent in _REPORTS
    return _report(words, found) if clear and found.category != city().category("").key else None


def agreed(talk: Talk, key: str, found: dict[str, Any]) -> bool:
    """The caller confirms by a key or a yes what was understood."""
    return talk.yes(key, partial(_read_back, talk, found))


def _report(words: str, found: intents.Understood) -> dict[str, Any]:
    """With the place that was said; one that is not clear is settled with the caller (parts/place.py)."""
    told = {"talk": "report", "category": found.category, "words": words}
    if found.area:
        return {**told, "area": found.area}
    return {**told, "unsettled": True} if places.recognise(words).result in ("ambiguous", "outside") else told


def _read_back(talk: Talk, found: dict[str, Any], slow: bool) -> None:
    if found.get("category"):
        fills: dict[str, Any] = {"category": city().category(found["category"]).spoken[talk.language]}
        if found.get("area"):
            fills["area"] = city().area_name(talk.language, found["area"])
        talk.say("heard_report_place" if found.get("area") else "heard_report", slow=slow, **fills)
    else:
        talk.say("heard_wish", slow=slow, function=_function(talk, str(found["talk"])))
    talk.say("heard_right", slow=slow)


def _function(talk: Talk, name: str) -> str:
    entry = next((entry.text for entry in city().menu("root") if entry.talk == name), "officer")
    return talk.text(entry, "menu")
