"""Tickets as operators list them, with their deliveries. Numbers of residents stay masked."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from config import clock
from config.hotline import city
from ticketing.models import Ticket
from ticketing.rules import lifecycle, numbers
from ticketing.tickets import confidential, history, ratings
from ticketing.worklists import outbox

MOST = 1000
CONFIDENTIAL = "confidential"


def listed(
    session: Session, *, state: str | None = None, department: str | None = None, most: int = MOST
) -> list[dict[str, Any]]:
    """The newest tickets, newest first."""
    query = select(Ticket).options(selectinload(Ticket.deliveries), selectinload(Ticket.contact))
    if state:
        query = query.where(Ticket.state == state)
    if department:
        query = query.where(Ticket.department == department)
    return [_row(ticket) for ticket in session.scalars(query.order_by(Ticket.created_at.desc()).limit(most))]


def shown(session: Session, ticket: Ticket, *, reader: str | None = None) -> dict[str, Any]:
    """One ticket with its history and its notes; of a confidential one only its readers see what was said."""
    open_to_reader = confidential.may_read(ticket, reader)
    return {
        **_row(ticket, reader=reader),
        "language": ticket.language,
        "answer_due_at": clock.as_utc(ticket.answer_due_at),
        "refusals": ticket.refusals,
        "missed": clock.as_utc(missed) if (missed := _missed(ticket)) else None,
        "reopenings": ticket.reopenings,
        "paused_at": clock.as_utc(ticket.paused_at) if ticket.paused_at else None,
        "ratings": [
            {
                "score": one.score,
                "solved": one.solved,
                "answered_at": clock.as_utc(one.answered_at) if one.answered_at else None,
            }
            for one in ratings.of(session, ticket)
        ],
        "history": [
            {
                "at": clock.as_utc(event.at),
                "by": event.by,
                "action": event.action,
                "from": event.before,
                "to": event.after,
                "why": event.why,
            }
            for event in history.of(session, ticket)
        ],
        "notes": [
            {"at": clock.as_utc(note.at), "by": note.by, "kind": note.kind, "text": note.text} for note in ticket.notes
        ]
        if open_to_reader
        else [],
    }


def _row(ticket: Ticket, *, reader: str | None = None) -> dict[str, Any]:
    open_to_reader = confidential.may_read(ticket, reader)
    return {
        "number": ticket.number,
        "category": ticket.category if open_to_reader else CONFIDENTIAL,
        "department": ticket.department,
        "area": area_name(ticket.area) if open_to_reader else None,
        "status": ticket.state,
        "priority": ticket.priority,
        "flagged": ticket.flagged_at is not None,
        "channel": ticket.channel,
        "created_at": clock.as_utc(ticket.created_at),
        "due_at": clock.as_utc(ticket.due_at),
        "reporter": numbers.mask(ticket.contact.phone if ticket.contact and open_to_reader else None),
        "deliveries": [
            {"kind": row.kind, "destination": outbox.destination(row), "state": row.state} for row in ticket.deliveries
        ],
    }


def _missed(ticket: Ticket) -> datetime | None:
    """The first date that passed, also when the ticket has another one by now."""
    passed = ticket.due_at <= clock.now() and ticket.paused_at is None and ticket.state not in lifecycle.OVER
    return ticket.late_at or (ticket.due_at if passed else None)


def area_name(key: str | None) -> str | None:
    if key is None:
        return None
    area = city().area(key)
    return area.kelurahan or area.kecamatan
