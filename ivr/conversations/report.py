"""A resident reports a problem or makes a proposal: topic, place, recording, review, number. Hanging up at any point
after the recording keeps the report, and silence in the review sends it."""

from functools import partial
from typing import Any

from config import spoken
from config.hotline import city
from ivr.conversations.parts import menus, own_words, wording
from ivr.conversations.parts.incident import offer_incident
from ivr.conversations.parts.kept import keep
from ivr.conversations.parts.mobile_number import mobile
from ivr.conversations.parts.place import place
from ivr.prompts import Option
from ivr.talk import Talk
from ticketing.contacts import callers, contacts
from ticketing.media import recordings
from ticketing.rules import deadlines, numbers, references
from ticketing.tickets import intake, news, register

MAX_TAKES = 6
MAX_MORE = 3  # recordings that go on where the time of one was up
REVIEW = [Option("1", "send"), Option("2", "listen"), Option("3", "again")]
GO_ON = [Option("1", "more"), Option("2", "enough")]
ANYTHING_ELSE = "lainnya"
# Saying nothing at these menus means "anything else".
MAY_BE_SILENT = ("topic", "other")


def report(talk: Talk) -> None:
    nth = talk.count("report")
    told = talk.args if talk.args.get("category") else _topic(talk)
    category = str(told["category"])
    details = {"nth": str(nth), "category": category}
    confidential = city().category(category).confidential
    kind = city().category(category).danger
    if kind or confidential:
        talk.say("danger")
    if confidential:
        if kind:
            wording.do_now(talk, kind)
        talk.say("confidential")
    else:
        offered = offer_incident(talk, category, "here", partial(_last_area, talk))
        talk.memory.topic = category  # a call that drops from here on is called back about it
        details |= place(talk, told=told)
        talk.memory.topic = ""
        offer_incident(talk, category, "there", lambda: details.get("area"), but=offered)
        talk.memory.topic = category
    number = _recorded(talk, details)
    talk.goal_met(report=nth)
    talk.memory.topic = ""
    facts = talk.look("told", partial(_facts, talk, number))
    _tell(talk, category, facts)
    if confidential:
        _offer_receipt(talk, number)
    elif not facts["sms"] and not facts["stopped"]:
        _offer_texts(talk, number)
    menus.another(talk)


def _topic(talk: Talk) -> dict[str, Any]:
    """What it is about, and what was said with it; one question more where a topic has several owners."""
    while True:
        found = menus.through(talk, "topic", may_be_silent=MAY_BE_SILENT, hear=own_words.matter)
        if not isinstance(found, dict):
            return {"category": str(found.category) if found else ANYTHING_ELSE}
        if own_words.agreed(talk, "heard", found):
            return found


def _last_area(talk: Talk) -> str | None:
    return callers.last_area(talk.session, talk.call)


def _recorded(talk: Talk, details: dict[str, Any]) -> str:
    """Record until the caller is content. Returns the number of the ticket, which exists from the first take on."""
    proposal = details["category"] == news.PROPOSAL
    ask = _ask(talk, details["category"])
    number, silences = "", 0
    for nth in range(1, MAX_TAKES + 1):
        take = talk.record(f"take {nth}", "record_again" if silences else ask, keep=details)
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
        if take.seconds >= city().recording.max_seconds:
            _go_on(talk, nth, number)
        if _review(talk, nth, proposal) == "send":
            break
    talk.once("send", partial(_send, talk, number))
    return number


def _ask(talk: Talk, category: str) -> str:
    """What to say after the tone: nobody is asked for a name whom we know, or who reports in confidence."""
    if category == news.PROPOSAL:
        return "record_proposal"
    if city().category(category).confidential:
        return "record_confidential"
    known = talk.look("known caller", lambda: callers.last_area(talk.session, talk.call) is not None)
    return "record_known" if known else "record"


def _go_on(talk: Talk, nth: int, number: str) -> None:
    """The time of a recording was up before the caller was done: it may go on in another one."""
    question = partial(menus.say, talk, "record_full")
    for more in range(1, MAX_MORE + 1):
        if talk.choose(f"go on {nth}.{more}", question, GO_ON, silence="enough") == "enough":
            return
        details = {"remark": number}
        take = talk.record(f"more {nth}.{more}", "record_more", keep=details)
        if take is None:
            return
        talk.once(f"keep more {nth}.{more}", partial(keep, talk.session, talk.call, details, take, talk.memory))
        if take.seconds < city().recording.max_seconds:
            return


def _review(talk: Talk, nth: int, proposal: bool) -> str:
    question = partial(menus.say, talk, "review_proposal" if proposal else "review")
    for listened in range(MAX_TAKES):
        choice = talk.choose(f"review {nth}.{listened}", question, REVIEW, silence="send")
        if choice != "listen":
            return choice
        there = talk.look(f"audio {nth}.{listened}", partial(_audio, talk))
        if there:
            talk.say("listen_intro")
            talk.play(str(there))
        else:
            talk.say("listen_later")
    return "send"


def _tell(talk: Talk, category: str, told: dict[str, Any]) -> None:
    """The number twice, whether it comes by text, and by when there is an answer."""
    proposal = category == news.PROPOSAL
    first, second, third = (spoken.digits(talk.language, group) for group in told["groups"])
    talk.say("number_proposal" if proposal else "number", n1=first, n2=second, n3=third)
    if told["sms"]:
        talk.say("number_sms")
    day = wording.weekday(talk, told["due" if proposal else "answer_due"])
    talk.say("proposal_answer" if proposal else "first_answer", date=day)


def _offer_texts(talk: Talk, number: str) -> None:
    found = mobile(talk)
    if found is not None and talk.once("texts", partial(_take_mobile, talk, number, found)):
        talk.say("number_sms")


def _offer_receipt(talk: Talk, number: str) -> None:
    """A telephone is shared: a confidential report is texted about only where the caller says that it may be."""
    texts = talk.look("can text", lambda: bool(talk.contact and talk.contact.sms and not talk.contact.opted_out_at))
    yes_no = [Option("1", "yes"), Option("2", "no")]
    question = partial(menus.say, talk, "confidential_text")
    if texts and talk.choose("receipt", question, yes_no, silence="no", confirm=True) == "yes":
        talk.once("receipt", partial(_allow_texts, talk, number))
        talk.say("number_sms")


def _facts(talk: Talk, number: str) -> dict[str, Any]:
    """What the caller is told about the new ticket; dates are the last day that still counts."""
    ticket = register.find(talk.session, number)
    reached = ticket.contact is not None and ticket.contact.sms and not ticket.quiet
    return {
        "groups": references.threes(number),
        "sms": reached and ticket.contact is not None and not ticket.contact.opted_out_at,
        "stopped": ticket.contact is not None and ticket.contact.opted_out_at is not None,
        "answer_due": deadlines.last_day(ticket.answer_due_at).isoformat(),
        "due": deadlines.last_day(ticket.due_at).isoformat(),
    }


def _send(talk: Talk, number: str) -> None:
    intake.release(talk.session, register.find(talk.session, number, change=True))


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
    intake.give_contact(talk.session, register.find(talk.session, number, change=True), contact, by="caller")
    return contact.sms and contact.opted_out_at is None


def _allow_texts(talk: Talk, number: str) -> None:
    ticket = register.find(talk.session, number, change=True)
    ticket.quiet = False
    news.received(talk.session, ticket)
