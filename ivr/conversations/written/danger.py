"""Texts that may be about danger: 112 and a question come first, beside whatever else the text is; a yes rings the duty
team (ticketing/calls/alarms.py)."""

from datetime import timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.hotline import city
from ivr.conversations.written import pieces
from ivr.talk import Talk
from ivr.understanding import intents
from ticketing.calls import alarms
from ticketing.contacts import contacts
from ticketing.messages import texts
from ticketing.models import Contact, Message, Ticket
from ticketing.rules import routing
from ticketing.tickets import changes, intake, news

ASKED_FOR = timedelta(minutes=30)
ASKING = ("SMS49", "SMS51")
YES = {"ya", "iya", "iy", "y", "yes", "yep"}


def ask(session: Session, contact: Contact | None, words: str, *, language: str, occasion: str) -> None:
    """Say 112, and ask whether somebody is in danger; once in half an hour."""
    if contact is None or texts.told_within(session, contact, ASKED_FOR, *ASKING, "SMS20"):
        return
    kind = city().danger(intents.peril(words))
    language = contacts.language(contact, language)
    if kind.private:
        texts.tell(session, contact, "SMS51", language=language, occasion=occasion, do=kind.do[language])
    else:
        texts.tell(session, contact, "SMS49", language=language, occasion=occasion)


def is_yes(session: Session, message: Message) -> bool:
    """Whether this says yes to that question."""
    said = (message.body or "").lower().strip(" .!").split()
    return (
        len(said) in (1, 2)
        and said[0] in YES
        and message.contact is not None
        and texts.told_within(session, message.contact, ASKED_FOR, *ASKING)
    )


def danger(talk: Talk) -> None:
    talk.once("ring", partial(_ring, talk))


def tell(talk: Talk, ticket: Ticket, words: str) -> None:
    """SMS20: 112, what to do now in a danger of this kind, and that the duty team is being called."""
    kind = city().danger(intents.peril(words))
    language = contacts.language(ticket.contact, ticket.language)
    news.to_reporter(talk.session, ticket, "SMS20", occasion=talk.occasion, do=kind.do[language])


def _ring(talk: Talk) -> None:
    """About the report that this number is making, or a new one with what was written before."""
    session, message = talk.session, talk.incoming
    before = select(Message).where(Message.contact_id == message.contact_id, Message.inbound, Message.id != message.id)
    asked = session.scalars(before.order_by(Message.created_at.desc()).limit(1)).one()
    ticket = pieces.at_hand(session, message)
    if ticket is None:
        kind = city().danger(intents.peril(asked.body or ""))
        given = intake.Report(
            key=f"text:{asked.id}", channel=message.channel, category=routing.EMERGENCY, language=talk.language,
            words=asked.body or None, written=True, receipt="", quiet=kind.private,
        )  # fmt: skip
        ticket = intake.open_ticket(session, given, contact=talk.contact, call=None, by="resident")
    else:
        changes.flag(session, ticket, by="resident", why={"danger": "the reporter says so"})
        intake.release(session, ticket)
    message.ticket_id = ticket.id
    alarms.sound(session, ticket)
    tell(talk, ticket, asked.body or "")
