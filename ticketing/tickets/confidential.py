"""Access to what a reporter said, and the number it came from: everybody who handles tickets has it, but to a
confidential report only its named readers. Whoever looks at something personal is written into the history."""

from sqlalchemy.orm import Session

from config.hotline import city
from ticketing.media import recordings
from ticketing.models import Ticket
from ticketing.outgoing import links
from ticketing.rules import lifecycle
from ticketing.tickets import history
from ticketing.tickets.register import TicketError


def may_read(ticket: Ticket, reader: str | None) -> bool:
    """Whether this reader may see what was said."""
    category = city().category(ticket.category)
    return not category.confidential or reader in category.readers


def read(session: Session, ticket: Ticket, *, by: str) -> None:
    """Somebody looks at a confidential report. Raises TicketError for who is no reader."""
    _readers_only(ticket, by)
    if city().category(ticket.category).confidential:
        history.record(session, ticket, "read", by=by, before=ticket.state)


def reveal_number(session: Session, ticket: Ticket, *, by: str, reason: str) -> str:
    """The reporter's number, for a reason that is kept. Raises TicketError."""
    _readers_only(ticket, by)
    _refuse_at_rest(ticket)
    if ticket.contact is None or not ticket.contact.phone:
        raise TicketError("the reporter left no number")
    _revealed(session, ticket, "number", by=by, reason=reason)
    return str(ticket.contact.phone)


def reveal_audio(session: Session, ticket: Ticket, *, by: str, reason: str) -> list[str]:
    """Links to the recordings, for a reason that is kept. Raises TicketError."""
    _readers_only(ticket, by)
    _refuse_at_rest(ticket)
    rows = [recordings.current(session, ticket), *recordings.remarks(session, ticket)]
    found = [links.recording(row.id) for row in rows if row is not None and row.removed_at is None]
    if not found:
        raise TicketError("there is no recording")
    _revealed(session, ticket, "audio", by=by, reason=reason)
    return found


def _revealed(session: Session, ticket: Ticket, what: str, *, by: str, reason: str) -> None:
    history.note(session, ticket, reason, by=by, kind="reason", quiet=True)
    history.record(session, ticket, "revealed", by=by, before=ticket.state, why={"what": what})


def _readers_only(ticket: Ticket, by: str) -> None:
    if not may_read(ticket, by):
        raise TicketError(f"this report is confidential; {by} is not among its readers")


def _refuse_at_rest(ticket: Ticket) -> None:
    """Who had the use of their data restricted is asked nothing and heard no more, once the report is over."""
    if ticket.contact is not None and ticket.contact.restricted_at and ticket.state in lifecycle.OVER:
        raise TicketError("the reporter had the use of their data restricted")
