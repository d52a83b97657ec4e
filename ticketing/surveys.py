"""What callers think of a handled call: asked once in seven days of a number, never after an emergency or a silent
call (rule V27)."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock
from ticketing.models import Call, Survey

AGAIN_AFTER = timedelta(days=7)


def due(session: Session, call: Call) -> bool:
    """Whether this caller is asked."""
    if call.contact_id is None or call.ghost or call.prank or call.goal == "emergency":
        return False
    recent = select(Survey.id).where(Survey.contact_id == call.contact_id, Survey.at > clock.now() - AGAIN_AFTER)
    return session.scalar(recent.limit(1)) is None


def note(session: Session, call: Call, *, score: int | None = None, solved: bool | None = None) -> None:
    """Keep an answer of this call; the score comes first."""
    found = session.scalar(select(Survey).where(Survey.call_id == call.id))
    if found is None and score is not None:
        session.add(Survey(call_id=call.id, contact_id=call.contact_id, score=score, solved=solved))
        session.flush()
    elif found is not None and solved is not None:
        found.solved = solved
