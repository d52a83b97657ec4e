"""The outbox as operators see it: how much waits, for how long, and the dead letters."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import stores
from ticketing.models import Outbox, Ticket


def overview(session: Session) -> dict[str, Any]:
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
                "destination": destination(row),
                "reason": row.last_error,
            }
            for row, number in dead
        ],
    }


def destination(row: Outbox) -> str:
    """Who it goes to, without saying who that is."""
    kind, _, key = row.destination.partition(":")
    return key if kind == "department" else kind
