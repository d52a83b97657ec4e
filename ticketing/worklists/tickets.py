"""What is where: tickets as operators list them, with their deliveries. Numbers of residents stay masked."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from config import clock, stores
from config.hotline import city
from ticketing.contacts import followers
from ticketing.models import Outbox, Ticket
from ticketing.rules import lifecycle, numbers
from ticketing.tickets import confidential, history, proposals, ratings
from ticketing.tickets.news import PROPOSAL

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
        "answer_due_at": _iso(ticket.answer_due_at),
        "refusals": ticket.refusals,
        "missed": _iso(missed) if (missed := _missed(ticket)) else None,
        "reopenings": ticket.reopenings,
        "paused_at": _iso(ticket.paused_at) if ticket.paused_at else None,
        "ratings": [
            {
                "score": one.score,
                "solved": one.solved,
                "answered_at": _iso(one.answered_at) if one.answered_at else None,
            }
            for one in ratings.of(session, ticket)
        ],
        "history": [
            {
                "at": _iso(event.at),
                "by": event.by,
                "action": event.action,
                "from": event.before,
                "to": event.after,
                "why": event.why,
            }
            for event in history.of(session, ticket)
        ],
        "notes": [{"at": _iso(note.at), "by": note.by, "kind": note.kind, "text": note.text} for note in ticket.notes]
        if open_to_reader
        else [],
    }


def proposals_listed(session: Session) -> list[dict[str, Any]]:
    """Every proposal with its title and how many residents stand behind it, most supported first."""
    query = select(Ticket).where(Ticket.category == PROPOSAL).order_by(Ticket.created_at.desc()).limit(MOST)
    rows = [
        {
            "number": ticket.number,
            "status": ticket.state,
            "area": _area(ticket.area),
            "title": proposals.public_words(session, ticket, "title"),
            "answer": proposals.public_words(session, ticket, "answer"),
            "voices": followers.voices(session, ticket),
            "due_at": _iso(ticket.due_at),
        }
        for ticket in session.scalars(query)
    ]
    return sorted(rows, key=lambda row: -int(str(row["voices"])))


def promises(session: Session) -> dict[str, Any]:
    """The outbox by kind and state, and the age in seconds of the oldest row that is due."""
    counts: dict[str, dict[str, int]] = {}
    for kind, state, count in session.execute(
        select(Outbox.kind, Outbox.state, func.count()).group_by(Outbox.kind, Outbox.state)
    ):
        counts.setdefault(kind, {})[state] = count
    moment = stores.database_now(session)
    oldest = session.scalar(
        select(func.min(Outbox.not_before)).where(Outbox.state.in_(("pending", "unknown")), Outbox.not_before <= moment)
    )
    dead = session.execute(
        select(Outbox, Ticket.number)
        .outerjoin(Ticket, Ticket.id == Outbox.ticket_id)
        .where(Outbox.state == "dead")
        .order_by(Outbox.finished_at.desc())
        .limit(20)
    )
    return {
        "counts": counts,
        "oldest_due_seconds": round((moment - oldest).total_seconds(), 1) if oldest else None,
        "dead": [
            {
                "id": str(row.id),
                "number": number,
                "kind": row.kind,
                "destination": _destination(row),
                "reason": row.last_error,
            }
            for row, number in dead
        ],
    }


def _row(ticket: Ticket, *, reader: str | None = None) -> dict[str, Any]:
    open_to_reader = confidential.may_read(ticket, reader)
    return {
        "number": ticket.number,
        "category": ticket.category if open_to_reader else CONFIDENTIAL,
        "department": ticket.department,
        "area": _area(ticket.area) if open_to_reader else None,
        "status": ticket.state,
        "priority": ticket.priority,
        "flagged": ticket.flagged_at is not None,
        "channel": ticket.channel,
        "created_at": _iso(ticket.created_at),
        "due_at": _iso(ticket.due_at),
        "reporter": numbers.mask(ticket.contact.phone if ticket.contact and open_to_reader else None),
        "deliveries": [
            {"kind": row.kind, "destination": _destination(row), "state": row.state} for row in ticket.deliveries
        ],
    }


def _missed(ticket: Ticket) -> datetime | None:
    """The first date that passed, also when the ticket has another one by now."""
    passed = ticket.due_at <= clock.now() and ticket.paused_at is None and ticket.state not in lifecycle.OVER
    return ticket.late_at or (ticket.due_at if passed else None)


def _area(key: str | None) -> str | None:
    if key is None:
        return None
    area = city().area(key)
    return area.kelurahan or area.kecamatan


def _destination(row: Outbox) -> str:
    """Who it goes to, without saying who that is."""
    kind, _, key = row.destination.partition(":")
    return key if kind == "department" else kind


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
