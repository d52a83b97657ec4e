"""Texts that are about no report: being called back, information, help, the language, stopping and starting, and what
nobody can understand."""

from datetime import timedelta
from functools import partial
from typing import Any

from config import clock
from config.hotline import city
from ivr.conversations import information
from ivr.conversations.written import about, pieces, reports
from ivr.talk import Talk
from ticketing.calls import callbacks
from ticketing.contacts import contacts
from ticketing.messages import inbound, texts
from ticketing.rules import routing

NOT_UNDERSTOOD_A_DAY = 2
MACHINES = ("automatic", "code", "promotion", "chain")  # kinds of noise behind which nobody waits for an answer
SILENT_TO_MACHINES = timedelta(days=30)
OPINIONS = ("praise", "complaint_about_us")


def want_person(talk: Talk) -> None:
    talk.once("promise", partial(_promise, talk))


def cancel_callback(talk: Talk) -> None:
    """Of the call that was promised, or else of a report."""
    if talk.look("a call is promised", partial(_is_promised, talk)):
        talk.once("cancel", partial(_cancel, talk))
    else:
        about.withdraw(talk)


def info(talk: Talk) -> None:
    """What we know of it, whose number helps, or which department it is for."""
    told = talk.args
    if told["topic"] is not None:
        talk.once("send", partial(information.by_text, talk, str(told["topic"])))
    elif told["referral"] is not None:
        language = contacts.language(talk.contact, talk.language)
        _answer(talk, "SMS44", whom=city().whom_to_call(str(told["referral"]), language))
    elif told["category"] is not None:
        owner = routing.route(city(), str(told["category"]), None, clock.local(clock.now()).date()).department
        _answer(talk, "SMS46", department=city().department(owner).short)
    else:
        _answer(talk, "info_topics")


def help_(talk: Talk) -> None:
    """A lone "tolong" may be an emergency."""
    _answer(talk, "SMS25" if talk.args["words"] else "SMS10")


def language(talk: Talk) -> None:
    talk.once("choose", partial(_choose, talk))
    _answer(talk, "SMS10")


def stop(talk: Talk) -> None:
    """Nobody loses their texts by a guess: one that is unsure asks for the word."""
    if talk.args["asks"]:
        _answer(talk, "SMS41")
    else:
        talk.once("stop", partial(_stop, talk))


def start(talk: Talk) -> None:
    talk.once("start", partial(_start, talk))


def noise(talk: Talk) -> None:
    """What asks for nothing. A greeting is greeted back, once a day; thanks end a talk; what somebody thinks of us is
    kept; a machine gets one text, and then silence; anything else hears twice a day that it was not understood."""
    kind = talk.args["kind"]
    if kind in OPINIONS:
        talk.once("keep", partial(reports.keep_opinion, talk))
    elif kind in ("greeting", "wrong_number"):
        talk.once("greet", partial(_tell_once, talk, "SMS40", timedelta(days=1)))
    elif kind in MACHINES:
        talk.once("sorry", partial(_tell_once, talk, "SMS14", SILENT_TO_MACHINES))
    elif kind != "thanks":
        talk.once("sorry", partial(_sorry, talk))


def _answer(talk: Talk, template: str, **fills: Any) -> None:
    talk.once(f"tell {template}", partial(_tell, talk, template, **fills))


def _tell(talk: Talk, template: str, **fills: Any) -> None:
    texts.tell(talk.session, talk.contact, template, language=talk.language, occasion=talk.occasion, **fills)


def _promise(talk: Talk) -> None:
    """One promise at a time: who asks again is told the window again."""
    if talk.contact is None:
        return
    waiting = callbacks.of(talk.session, talk.contact)
    if waiting is not None:
        callbacks.tell_again(talk.session, waiting, occasion=talk.occasion)
        return
    made = callbacks.ask(
        talk.session, talk.contact, key=f"{talk.occasion}:callback", channel=talk.incoming.channel,
        language=talk.language, by="resident",
    )  # fmt: skip
    talk.incoming.ticket_id = made.ticket_id


def _is_promised(talk: Talk) -> bool:
    """Who has no report under way can only mean the call."""
    of_a_report = talk.args["number"] is not None or (
        talk.args["kind"] == "report" and pieces.has_report(talk.session, talk.contact)
    )
    return talk.contact is not None and not of_a_report and callbacks.of(talk.session, talk.contact) is not None


def _cancel(talk: Talk) -> None:
    waiting = callbacks.of(talk.session, talk.contact) if talk.contact else None
    if waiting is not None:
        callbacks.cancel(talk.session, waiting, by="resident")
        _tell(talk, "SMS27")


def _choose(talk: Talk) -> None:
    chosen = talk.memory.name.removeprefix("language_")
    talk.memory.language = chosen
    if talk.contact is not None:
        contacts.choose_language(talk.contact, chosen)


def _stop(talk: Talk) -> None:
    contact, message = talk.contact, talk.incoming
    if contact is None or _is_overtaken(talk):
        return
    if contact.opted_out_at is None:
        contact.opted_out_at = clock.now()
        texts.tell(talk.session, contact, "SMS11", language=talk.language, occasion=str(message.id))


def _start(talk: Talk) -> None:
    contact = talk.contact
    if contact is not None and not _is_overtaken(talk):
        contact.opted_out_at = None
        _tell(talk, "SMS12")


def _is_overtaken(talk: Talk) -> bool:
    """The text came late, and the number has said something newer since."""
    message = talk.incoming
    return bool(texts.details_of(message).get("late")) and inbound.has_newer(talk.session, message)


def _tell_once(talk: Talk, template: str, within: timedelta) -> None:
    if talk.contact is not None and not texts.told_within(talk.session, talk.contact, within, template):
        _tell(talk, template)


def _sorry(talk: Talk) -> None:
    contact = talk.contact
    if contact is not None and texts.told_today(talk.session, contact, "SMS14") < NOT_UNDERSTOOD_A_DAY:
        _tell(talk, "SMS14")
