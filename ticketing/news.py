"""What is told about a ticket, in texts: to whoever reported it, and to those who follow it.

Fills the templates from the ticket; whether, when and how often a text goes out is messages.py. Followers may be a
thousand, so their texts are one promise that a worker keeps in batches (workers/senders/news.py).
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from config.gsm7 import gsm7
from config.hotline import city
from ticketing import contacts, followers, history, knowing, lifecycle, links, messages, outgoing, terms
from ticketing.models import Contact, Ticket

PROPOSAL = "usulan"
QUESTION_MOST = 36  # septets, as config/lint.py measures the texts
_OF_PROPOSALS = {"SMS01": "SMS22", "SMS05b": "SMS32"}
_UNTIL_ANSWER = {"SMS01"}  # these say when the first answer is due, the others when the matter is


def received(session: Session, ticket: Ticket, *, held_until: datetime | None = None) -> bool:
    """The first receipt, with the number. True when it was promised (the contact can and may get texts)."""
    return to_reporter(session, ticket, "SMS01", occasion="", held_until=held_until)


def of_state(session: Session, ticket: Ticket, note_text: str | None, why: dict[str, Any]) -> None:
    """The ticket became something else: tell the reporter, and have its followers told."""
    template = lifecycle.TEXTS.get(ticket.state)
    if template is None:
        return
    language = contacts.language(ticket.contact, ticket.language)
    question = gsm7(note_text or "", QUESTION_MOST).rstrip(" ?") or city().text(language, "words", "ask_details")
    fills: dict[str, Any] = {"question": question}
    if "to" in why:
        fills["referral"] = city().referrals[why["to"]].short[language]
    if "into" in why:
        fills["other"] = why["into"]
    to_reporter(session, ticket, template, **fills)
    _to_followers(session, ticket)


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
    told = messages.tell(
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
    return messages.tell(session, contact, template, about=ticket, occasion=occasion, **fills) is not None


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
    outgoing.promise(
        session,
        kind="news",
        queue="texts",
        destination=f"followers:{ticket.id}",
        key=f"news:{event.id}",
        subject=event.id,
        ticket=ticket,
    )


def _last_event(session: Session, ticket: Ticket) -> str:
    event = history.latest(session, ticket)
    return str(event.position) if event else "0"


def _fills(ticket: Ticket, template: str, language: str) -> dict[str, str]:
    """Dates say the last day that still counts."""
    category = city().category(ticket.category)
    department = city().department(knowing.owner_told(ticket))
    due = ticket.answer_due_at if template in _UNTIL_ANSWER else ticket.due_at
    return {
        "number": ticket.number,
        "category": category.label[language],
        "department": department.short,
        "status": city().text(language, "words", f"state_{ticket.state}"),
        "date": city().short_date(language, terms.last_day(due)),
        "link": links.tracking(ticket.tracking_code),
    }
