"""Texts about a ticket, to whoever reported it and to those who follow it.

Fills the templates from the ticket; whether, when and how often a text goes out is messages/texts.py. Followers may be
a thousand, so their texts are one promise that a worker keeps in batches (workers/fanout/follower_news.py).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock
from config.gsm7 import gsm7
from config.hotline import CITY_LANGUAGE, city
from ticketing.contacts import contacts, disclosure, followers
from ticketing.messages import texts
from ticketing.models import Contact, Ticket
from ticketing.outgoing import links, promises
from ticketing.rules import deadlines, lifecycle
from ticketing.tickets import history, ratings

PROPOSAL = "usulan"
QUESTION_MOST = 36  # septets, as config/lint.py measures the texts
_OF_PROPOSALS = {"SMS01": "SMS22", "SMS05": "SMS32"}
_UNTIL_ANSWER = {"SMS01"}  # these say when the first answer is due, the others when the matter is


def received(
    session: Session,
    ticket: Ticket,
    *,
    template: str = "SMS01",
    held_until: datetime | None = None,
    outside: str | None = None,
    danger: str = "",
) -> bool:
    """The first receipt, with the number; `outside` is whose matter it is beyond the city, `danger` the kind it speaks
    of. True when it was promised (the contact can and may get texts)."""
    fills, language = {}, contacts.language(ticket.contact, ticket.language)
    if danger:
        fills = {"do": city().danger(danger).do[language]}
    if outside:
        fills |= {"referral": city().referrals[outside].short[language], "whom": city().whom_to_call(outside, language)}
    return to_reporter(session, ticket, template, occasion="", held_until=held_until, **fills)


def of_state(session: Session, ticket: Ticket, note_text: str | None, why: dict[str, Any]) -> None:
    """The ticket became something else: tell the reporter, and have its followers told."""
    template = lifecycle.TEXTS.get(ticket.state)
    if template is None:
        return
    language = contacts.language(ticket.contact, ticket.language)
    question = gsm7(note_text or "", QUESTION_MOST).rstrip(" ?") or city().text(language, "words", "ask_details")
    fills: dict[str, Any] = {"question": question}
    if ticket.paused_at is not None:  # until when the clock stands still
        fills["date"] = city().short_date(language, deadlines.last_day(deadlines.answer_until(ticket.paused_at)))
    if "to" in why:
        fills["referral"] = city().referrals[why["to"]].short[language]
    if "into" in why:
        fills["other"] = why["into"]
    if ticket.state == lifecycle.RESOLVED and ticket.category != PROPOSAL:
        _resolved(session, ticket)
    else:
        to_reporter(session, ticket, template, **fills)
    _to_followers(session, ticket)


def _resolved(session: Session, ticket: Ticket) -> None:
    """With the question how it was, unless this number was asked in the last seven days."""
    if not ratings.due(session, ticket.contact):
        to_reporter(session, ticket, "SMS05c")
    elif to_reporter(session, ticket, "SMS05"):
        ratings.ask(session, ticket.contact, ticket=ticket)


def late(session: Session, ticket: Ticket, reason: str | None, *, occasion: str = "") -> bool:
    """The date has passed, or will not hold: why, and the new one. The same date is told once."""
    day = deadlines.last_day(ticket.due_at)
    fills: dict[str, Any] = {"reason": reason} if reason else {}
    return to_reporter(session, ticket, "SMS17", occasion=f"{occasion}{ticket.reopenings}.{day}", **fills)


def to_reporter(
    session: Session,
    ticket: Ticket,
    template: str,
    *,
    occasion: str | None = None,
    held_until: datetime | None = None,
    **fills: Any,
) -> bool:
    """Promise a text to the reporter; True when it was. Once on each occasion, by default once for each event."""
    template = _OF_PROPOSALS.get(template, template) if ticket.category == PROPOSAL else template
    language = contacts.language(ticket.contact, ticket.language)
    told = texts.tell(
        session,
        ticket.contact,
        template,
        about=ticket,
        occasion=_last_event(session, ticket) if occasion is None else occasion,
        held_until=held_until,
        **{**_fills(ticket, template, language), **fills},
    )
    return told is not None


def to_follower(session: Session, ticket: Ticket, contact: Contact, template: str, *, occasion: str) -> bool:
    """Promise a text to somebody who follows; it has no link, for the link is the reporter's."""
    language = contacts.language(contact, ticket.language)
    fills: dict[str, Any] = _fills(ticket, template, language)
    return texts.tell(session, contact, template, about=ticket, occasion=occasion, **fills) is not None


def to_asker(session: Session, contact: Contact, ticket: Ticket, level: str, *, occasion: str) -> bool:
    """Tell somebody who asks how a ticket stands, as much as they may know (`level` is knowing.level's)."""
    template = "SMS07p"
    if level == disclosure.OWN:
        over = ticket.state in lifecycle.OVER or ticket.paused_at is not None
        template = "SMS07c" if over else "SMS07"
    language = contacts.language(contact, ticket.language)
    fills: dict[str, Any] = {**_fills(ticket, template, language), **_status_fills(ticket, language)}
    told = texts.tell(session, contact, template, about=ticket, occasion=occasion, **fills)
    return told is not None


def list_to_asker(session: Session, contact: Contact, numbers: list[str], *, occasion: str) -> bool:
    """Tell somebody who asks without a number how their reports stand: `numbers` are the open ones, newest first."""
    if not numbers:
        language = contacts.language(contact, CITY_LANGUAGE)
        none = texts.tell(session, contact, "SMS08c", language=language, occasion=occasion)
        return none is not None
    found = {one.number: one for one in session.scalars(select(Ticket).where(Ticket.number.in_(numbers[:2])))}
    newest = [found[number] for number in numbers[:2]]
    if len(newest) == 1:
        level = disclosure.OWN if newest[0].contact_id == contact.id else disclosure.FOLLOWED
        return to_asker(session, contact, newest[0], level, occasion=occasion)
    language = contacts.language(contact, newest[0].language)
    status, status2 = (city().text(language, "words", f"state_{one.state}") for one in newest)
    fills: dict[str, Any] = {"count": str(len(numbers)), "number": newest[0].number, "status": status}
    fills |= {"other": newest[1].number, "status2": status2}
    told = texts.tell(session, contact, "SMS08", language=language, occasion=occasion, **fills)
    return told is not None


def follower_template(ticket: Ticket) -> str:
    """Supporters of a proposal hear of its answer, everybody else of every state."""
    return "SMS31" if ticket.category == PROPOSAL else "SMS30"


def _to_followers(session: Session, ticket: Ticket) -> None:
    if not followers.count(session, ticket) or (
        ticket.category == PROPOSAL and ticket.state not in (lifecycle.RESOLVED, lifecycle.REFERRED)
    ):
        return
    event = history.latest(session, ticket)
    if event is None:
        return
    promises.promise(session, "news", event.id, to=ticket.id, key=f"news:{event.id}", ticket=ticket)


def _status_fills(ticket: Ticket, language: str) -> dict[str, str]:
    """Since when it is what it is, and when it is to be done."""
    return {
        "date": city().short_date(language, clock.local(ticket.changed_at).date()),
        "from": city().clock_time(language, ticket.changed_at),
        "date2": city().short_date(language, deadlines.last_day(ticket.due_at)),
    }


def _last_event(session: Session, ticket: Ticket) -> str:
    event = history.latest(session, ticket)
    return str(event.position) if event else "0"


def _fills(ticket: Ticket, template: str, language: str) -> dict[str, str]:
    """Dates say the last day that still counts."""
    category = city().category(ticket.category)
    department = city().department(disclosure.owner_told(ticket))
    due = ticket.answer_due_at if template in _UNTIL_ANSWER else ticket.due_at
    return {
        "number": ticket.number,
        "category": category.label[language],
        "department": department.short,
        "status": city().text(language, "words", f"state_{ticket.state}"),
        "date": city().short_date(language, deadlines.last_day(due)),
        "link": links.tracking(ticket.tracking_code),
        "reason": city().text(language, "words", "reason_late"),
        "do": city().danger("").do[language],
    }
