"""Texts that came in, whoever carried them: stored first, in a transaction of their own, then understood in another.
What was stored and could not be understood at once is read later by the sweeper; what can never be read becomes a
report as it stands. So no text is lost to a fault of ours, and none is acted on twice.
"""

import json
from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock, stores, timeouts
from config.hotline import CITY_LANGUAGE
from config.logs import log, warn
from config.settings import settings
from ivr.channels import chats
from ticketing.contacts import contacts
from ticketing.messages import inbound, texts
from ticketing.models import Message
from ticketing.rules import numbers
from ticketing.tickets import intake
from workers import transactions

MAX_BODY = 5_000
SETTLED = timedelta(seconds=30)  # younger than this its own webhook may still be reading it
MAX_TRIES = 3
BATCH = 50
KEPT_AS = "lainnya"


def take(text: inbound.Inbound) -> bool:
    """Store a text and answer it. False when it was here before. Raises only when it could not be stored."""
    stored = transactions.carry_out(partial(_stored, text=text))
    log("text received", message=text.sid, new=stored is not None, sender=numbers.mask(text.sender.e164))
    if stored is None:
        return False
    try:
        with timeouts.within(settings().database_seconds):  # its own: storing may have taken all there was
            transactions.carry_out(partial(_read, message_id=stored))
    except Exception as fault:
        warn("text not understood yet", message=text.sid, why=type(fault).__name__, exc_info=fault)
    return True


def read_late() -> int:
    """Understand what was stored and not understood: its webhook broke, or it came by the carrier's log. How many."""
    waiting = select(Message.id).where(
        Message.inbound, Message.status == "received", Message.created_at < clock.now() - SETTLED
    )
    with stores.reading() as session:
        found = session.scalars(waiting.order_by(Message.created_at).limit(BATCH)).all()
    for message_id in found:
        try:
            transactions.carry_out(partial(_read, message_id=message_id))
        except Exception as fault:
            warn("text not understood", message=str(message_id), why=type(fault).__name__, exc_info=fault)
            transactions.carry_out(partial(_stumbled, message_id=message_id))
    return len(found)


def _stored(session: Session, text: inbound.Inbound) -> UUID | None:
    message = inbound.receive(session, text)
    return message.id if message else None


def _read(session: Session, message_id: UUID) -> None:
    message = session.get(Message, message_id, with_for_update=True)
    if message is not None and message.status == "received":
        chats.read(session, message)


def _stumbled(session: Session, message_id: UUID) -> None:
    """Our code broke on this text. After some tries it is kept as it stands: a person will understand it."""
    message = session.get(Message, message_id, with_for_update=True)
    if message is None or message.status != "received":
        return
    details = texts.details_of(message)
    details["tries"] = int(details.get("tries", 0)) + 1
    message.details = json.dumps(details)
    if details["tries"] >= MAX_TRIES:
        message.status = "kept"
        _keep_as_it_stands(session, message)


def _keep_as_it_stands(session: Session, message: Message) -> None:
    report = intake.Report(
        key=f"text:{message.id}",
        channel=message.channel,
        category=KEPT_AS,
        language=contacts.language(message.contact, CITY_LANGUAGE),
        words=message.body or None,
        written=True,
        receipt="",
        late=True,
    )
    ticket = intake.open_ticket(
        session, report, contact=message.contact, call=None, by="hotline"
    )  # fmt: skip
    message.ticket_id = ticket.id
