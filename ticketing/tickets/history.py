"""The history of a ticket: events and notes, written in the transaction of the change, read in order, never altered."""

import re
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock
from ticketing.database import heads
from ticketing.models import Event, Note, Ticket
from ticketing.rules import chain
from ticketing.tickets.register import TicketError

DELAY, PUBLIC = "delay", "public"  # kinds of notes: why it is late; what its page shows as the latest word
# PostgreSQL refuses some, some turn about what stands beside them; no person wrote any.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")

MAX_NAME = 60


def record(
    session: Session, ticket: Ticket, action: str, *, by: str, before: str | None, why: dict[str, Any] | None = None
) -> None:
    """Write one event; `why` holds nothing personal, for events outlive erasure."""
    session.flush()
    last, previous = (0, chain.NONE) if before is None else _end(session, ticket)
    values: dict[str, Any] = {
        "id": uuid4(),
        "ticket_id": ticket.id,
        "position": last + 1,
        "at": clock.now(),
        "by": by[:MAX_NAME],
        "action": action,
        "before": before,
        "after": ticket.state,
        "why": why or {},
    }
    session.add(Event(**values, chain=chain.link(previous, **values)))
    session.flush()


def _end(session: Session, ticket: Ticket) -> tuple[int, str]:
    """Position and hash of the newest event. Of two writers at once the second finds its position taken."""
    newest = select(Event.position, Event.chain).where(Event.ticket_id == ticket.id).order_by(Event.position.desc())
    found = session.execute(newest.limit(1)).first()
    if found is None:
        return 0, chain.NONE
    if found.chain is None:  # from before there were chains: all that is there is taken in now
        return found.position, heads.computed(of(session, ticket))
    return found.position, found.chain


def of(session: Session, ticket: Ticket) -> list[Event]:
    """Every event, oldest first."""
    return list(session.scalars(select(Event).where(Event.ticket_id == ticket.id).order_by(Event.position)))


def latest(session: Session, ticket: Ticket) -> Event | None:
    """The newest event."""
    query = select(Event).where(Event.ticket_id == ticket.id).order_by(Event.position.desc()).limit(1)
    found: Event | None = session.scalars(query).first()
    return found


def note(session: Session, ticket: Ticket, text: str, *, by: str, kind: str = "remark", quiet: bool = False) -> None:
    """Add words to a ticket. They live apart from the history, where erasure can reach them."""
    clean = _readable(text)
    if not clean:
        raise TicketError("a note needs words")
    session.add(Note(ticket_id=ticket.id, by=by[:MAX_NAME], kind=kind, text=clean))
    if not quiet:
        record(session, ticket, "noted", by=by, before=ticket.state, why={"kind": kind})


def words_of(session: Session, ticket: Ticket) -> str:
    """What the reporter said and where it is, in the reporter's words."""
    told = select(Note.text).where(Note.ticket_id == ticket.id, Note.by == "resident").order_by(Note.at)
    return ". ".join(session.scalars(told))


def has_words(text: str | None) -> bool:
    """Whether there is anything in `text` that a person can read."""
    return bool(_readable(text or ""))


def _readable(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())[:2000]
