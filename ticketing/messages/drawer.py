"""The drawer: texts that nobody could be sure of. A text in it is stored and nothing else: no ticket, no date, no
department, no place in any figure. It leaves with the next clear word of its sender, or after a while.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock
from ticketing.models import Contact, Message

KEPT_FOR = timedelta(minutes=30)  # then a possible report becomes a ticket, and anything else is left
ASKED_AGAIN = timedelta(hours=1)
DOUBTED = "doubted"  # the status of a text in the drawer


def put(message: Message) -> None:
    message.status = DOUBTED


def of(session: Session, contact: Contact | None) -> Sequence[Message]:
    """What lies in the drawer of this number, oldest first."""
    if contact is None:
        return []
    mine = select(Message).where(Message.contact_id == contact.id, Message.inbound, Message.status == DOUBTED)
    return session.scalars(mine.order_by(Message.created_at)).all()


def take_out(messages: Sequence[Message], *, ticket_id: UUID | None = None) -> None:
    """They are settled: part of this ticket, or of nothing."""
    for message in messages:
        message.status, message.ticket_id = "understood", message.ticket_id or ticket_id


def overdue(session: Session, most: int) -> list[UUID]:
    """Contacts whose oldest text in the drawer has lain there long enough."""
    old = select(Message.contact_id).where(
        Message.inbound, Message.status == DOUBTED, Message.created_at < clock.now() - KEPT_FOR
    )
    return [contact_id for contact_id in session.scalars(old.distinct().limit(most)) if contact_id is not None]
