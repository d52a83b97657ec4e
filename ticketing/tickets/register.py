"""Finds a ticket by its number, and holds the one error that its room raises: what was asked cannot be done with it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ticketing.models import Ticket
from ticketing.rules import references


class TicketError(Exception):
    """What was asked cannot be done with this ticket; the sentence says why."""


def find(session: Session, number: str, *, change: bool = False) -> Ticket:
    """The ticket with this number. Raises TicketError; `change` locks it until the transaction ends."""
    clean = references.clean(number)
    query = select(Ticket).where(Ticket.number == clean)
    ticket = session.scalar(query.with_for_update() if change else query) if clean else None
    if ticket is None:
        raise TicketError(f"there is no ticket {number}")
    return ticket
