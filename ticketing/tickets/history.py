"""What happened to a ticket: written in the transaction of the change, read in order, never altered."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import clock
from ticketing.models import Event, Ticket

MOST_NAME = 60


def record(
    session: Session, ticket: Ticket, action: str, *, by: str, before: str | None, why: dict[str, Any] | None = None
) -> None:
    """Write one event; `why` holds nothing personal, for events outlive erasure."""
    session.flush()
    first = before is None
    last = 0 if first else session.scalar(select(func.max(Event.position)).where(Event.ticket_id == ticket.id)) or 0
    session.add(
        Event(
            ticket_id=ticket.id,
            position=last + 1,
            at=clock.now(),
            by=by[:MOST_NAME],
            action=action,
            before=before,
            after=ticket.state,
            why=why or {},
        )
    )
    session.flush()


def of(session: Session, ticket: Ticket) -> list[Event]:
    """Every event, oldest first."""
    return list(session.scalars(select(Event).where(Event.ticket_id == ticket.id).order_by(Event.position)))


def latest(session: Session, ticket: Ticket) -> Event | None:
    """The newest event."""
    query = select(Event).where(Event.ticket_id == ticket.id).order_by(Event.position.desc()).limit(1)
    found: Event | None = session.scalars(query).first()
    return found
