"""Questions of every day, answered from the city's own words; by text too, and a department where one can help."""

from datetime import date
from functools import partial
from typing import Any

from config import clock
from config.gsm7 import gsm7
from config.hotline import city
from ivr.conversations.parts import menus, wording
from ivr.conversations.parts.mobile_number import mobile
from ivr.prompts import Option
from ivr.talk import Talk
from ivr.understanding import intents
from ticketing.contacts import contacts
from ticketing.messages import announcements, texts
from ticketing.rules import numbers

MAX_REPEATS = 20
FLOOD = "flood"


def information(talk: Talk) -> None:
    topic = talk.args.get("topic")
    if topic is None:
        entry = menus.through(talk, "information", hear=_asked)
        topic = entry["topic"] if isinstance(entry, dict) else entry.topic if entry else None
    found = talk.look("topic", partial(_topic, str(topic), talk))
    department = found["department"]
    keys = [Option("1", "repeat"), Option("2", "text"), Option("*", "main")]
    keys += [Option("3", "department")] if department else []
    question = partial(menus.say, talk, "info_menu_department" if department else "info_menu")
    _tell(talk, found)
    for time in range(MAX_REPEATS):
        talk.goal_met()
        wish = talk.choose(f"wish {time}", question, keys, silence="enough", patience=1)
        if wish == "repeat":
            _tell(talk, found)
        elif wish == "text":
            _send(talk, found, time)
        elif wish == "department":
            talk.go("department", department=department, category=found["category"])
        elif wish == "main":
            talk.go("main", again=True)
        else:
            break
    talk.goodbye()


def _asked(words: str) -> dict[str, Any] | None:
    """The topic of a question in own words; it is told at once, for nothing follows from it."""
    topic = intents.read(words).topic or intents.read_as("info", words).topic
    return {"topic": topic} if topic else None


def _tell(talk: Talk, found: dict[str, Any]) -> None:
    if found["current"]:
        current = found["current"]
        talk.say("info_current", time=wording.time(talk, current["at"]), words=current["words"][talk.language])
    elif found["expired"]:
        talk.say("info_expired")
    else:
        talk.say(f"info_{found['key']}")
        if found["as_of"]:
            talk.say("info_dated", date=wording.day(talk, found["as_of"]))


def _send(talk: Talk, found: dict[str, Any], time: int) -> None:
    """By text to the mobile that calls, or to one that is named."""
    if found["expired"]:
        talk.say("info_expired")
        return
    how = talk.once(f"send {time}", partial(_sent, talk, found, None))
    if how == "no number":
        named = mobile(talk)
        how = talk.once(f"send to {time}", partial(_sent, talk, found, named)) if named else how
    if how != "no number":
        talk.say(how)


def _topic(key: str, talk: Talk) -> dict[str, Any]:
    """The topic as it is today: a flood notice goes before the standing words, and stale words are not said."""
    topic = city().topics[key]
    today = clock.local(clock.now()).date()
    notice = announcements.flood(talk.session) if key == FLOOD else None
    current = {"at": notice.starts_at.isoformat(), "words": notice.details or notice.words} if notice else None
    return {
        "key": key,
        "department": topic.department,
        "category": topic.category,
        "as_of": topic.as_of.isoformat() if topic.as_of else None,
        "expired": current is None and topic.until is not None and topic.until < today,
        "current": current,
    }


def by_text(talk: Talk, topic: str) -> None:
    """The answer to a text that asks about a topic."""
    found = _topic(topic, talk)
    if found["expired"]:
        texts.tell(talk.session, talk.contact, "info_topics", language=talk.language, occasion=talk.occasion)
    else:
        _sent(talk, found, None)


def _sent(talk: Talk, found: dict[str, Any], named: numbers.Number | None) -> str:
    """The sentence that says what became of it: info_sent, sms_stopped; or "no number" where a text cannot go."""
    contact = contacts.known(talk.session, named) if named else talk.contact
    if contact is None or not contact.sms:
        return "no number"
    if contact.opted_out_at:
        return "sms_stopped"
    template = f"info_{found['key']}"
    fills: dict[str, Any] = {}
    language = contacts.language(contact, talk.language)
    if found["current"]:
        template = "info_current"
        words = gsm7(found["current"]["words"][language], announcements.DETAILS_SMS_MOST)
        fills = {"from": wording.written_time(language, found["current"]["at"]), "words": words}
    today: date = clock.local(clock.now()).date()
    texts.tell(talk.session, contact, template, language=talk.language, occasion=f"{talk.occasion}:{today}", **fills)
    return "info_sent"
