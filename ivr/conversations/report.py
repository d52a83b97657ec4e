"""A resident reports a problem: topic, place, recording, review, number. Hanging up at any point after the recording
keeps the report, and silence in the review sends it."""

from datetime import timedelta
from functools import partial
from typing import Any

from config import clock
from config.hotline import city
from ivr.conversations.kept import keep
from ivr.conversations.place import place
from ivr.prompts import Memory, Option
from ivr.talk import Talk
from ticketing import contacts, numbers, recordings, references, tickets

MOST_TAKES = 6
REVIEW = [Option("1", "send"), Option("2", "listen"), Option("3", "again")]


def report(talk: Talk) -> None:
    nth = talk.count("report")
    category = _topic(talk)
    number = _recorded(talk, {"nth": str(nth), "category": category, **place(talk)})
    talk.goal_met()
    told = talk.look("told", partial(_facts, talk, number))
    talk.say("number", **told["groups"])
    if told["sms"]:
        talk.say("number_sms")
    talk.say("first_answer", date=told["date"])
    if not told["sms"] and not told["stopped"]:
        _offer_texts(talk, number)
    _another(talk)


def _topic(talk: Talk) -> str:
    """What it is about; one question more where a topic has several owners. Saying nothing means "anything else"."""
    menu = "topic"
    while True:
        entries = city().menu(menu)
        options = [Option(str(entry.digit), str(entry.digit), entry.text) for entry in entries]

        def say(slow: bool, menu: str = menu, options: list[Option] = options) -> None:
            talk.say(f"{menu}_ask", slow=slow)
            talk.say_options(options, slow=slow)

        silence = str(entries[-1].digit) if menu == "topic" else None
        chosen = talk.choose(menu, say, options, silence=silence)
        entry = next(entry for entry in entries if str(entry.digit) == chosen)
        if entry.category:
            return entry.category
        menu = str(entry.ask)


def _recorded(talk: Talk, details: Memory) -> str:
    """Record until the caller is content. Returns the number of the ticket, which exists from the first take on."""
    number, silences = "", 0
    for nth in range(1, MOST_TAKES + 1):
        take = talk.record(f"take {nth}", "record_again" if silences else "record", keep=details)
        if take is None and number:
            break  # the earlier take stays
        if take is None:
            silences += 1
            if silences == 2:
                talk.go("person")
            continue
        number = str(talk.once(f"keep {nth}", partial(keep, talk.session, talk.call, details, take, talk.memory)))
        if take.ended_by == "0":
            talk.once("send", partial(_send, talk, number))
            talk.go("person")
        if _review(talk, nth) == "send":
            break
    talk.once("send", partial(_send, talk, number))
    return number


def _review(talk: Talk, nth: int) -> str:
    for listened in range(MOST_TAKES):
        choice = talk.choose(f"review {nth}.{listened}", partial(_say, talk, "review"), REVIEW, silence="send")
        if choice != "listen":
            return choice
        there = talk.look(f"audio {nth}.{listened}", partial(_audio, talk))
        if there:
            talk.say("listen_intro")
            talk.play(str(there))
        else:
            talk.say("listen_later")
    return "send"


def _offer_texts(talk: Talk, number: str) -> None:
    """Whoever called from a landline, from abroad or with a hidden number may name a mobile for news."""
    for attempt in (1, 2):
        keyed = talk.digits(f"mobile {attempt}", "mobile_ask" if attempt == 1 else "mobile_again", most=16)
        if keyed is None:
            return
        mobile = numbers.read(keyed)
        if not mobile.sms or mobile.e164 is None:
            continue
        groups = ", ".join(numbers.spoken_groups(mobile.e164))
        if talk.yes(f"mobile right {attempt}", partial(_say, talk, "mobile_confirm", mobile=groups)):
            if talk.once("texts", partial(_take_mobile, talk, number, mobile)):
                talk.say("number_sms")
            return


def _another(talk: Talk) -> None:
    if talk.choose("another", partial(_say, talk, "another"), [Option("1", "report")], silence="enough") == "report":
        talk.go("report")
    talk.goodbye()


def _say(talk: Talk, id_: str, slow: bool, **fills: Any) -> None:
    talk.say(id_, slow=slow, **fills)


def _facts(talk: Talk, number: str) -> dict[str, Any]:
    """What the caller is told about the new ticket."""
    ticket = tickets.find(talk.session, number)
    first, second, third = references.spoken(number)
    last_moment = clock.local(ticket.answer_due_at - timedelta(seconds=1))
    return {
        "groups": {"n1": first, "n2": second, "n3": third},
        "sms": ticket.contact is not None and ticket.contact.sms and not ticket.contact.opted_out_at,
        "stopped": ticket.contact is not None and ticket.contact.opted_out_at is not None,
        "date": city().spoken_date(talk.language, last_moment.date()),
    }


def _send(talk: Talk, number: str) -> None:
    tickets.release(talk.session, tickets.find(talk.session, number, change=True))


def _audio(talk: Talk) -> str | None:
    """The recording of this call's newest take, once it is here to be played."""
    found = recordings.newest(talk.session, talk.call)
    return str(found.id) if found is not None and found.fetched_at else None


def _take_mobile(talk: Talk, number: str, mobile: numbers.Number) -> bool:
    """From now on this call, and this report, belong to the mobile number. True when a text will reach it."""
    contact = contacts.known(talk.session, mobile)
    if contact is None:
        return False
    talk.call.contact = contact
    tickets.give_contact(talk.session, tickets.find(talk.session, number, change=True), contact, by="caller")
    return contact.sms and contact.opted_out_at is None
