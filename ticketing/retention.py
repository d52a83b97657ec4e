"""What we forget, and when. Batches, so that no lock is held long; running it twice changes nothing more."""

from datetime import timedelta

from sqlalchemy import delete, func, select, update

from config import clock, stores
from ticketing import recordings
from ticketing.models import Call, Recording, Ticket, Turn

TURNS_LAST = timedelta(days=30)
BATCH = 500


RECORDINGS_LAST = timedelta(days=30)


def forget() -> None:
    """Delete what has had its time: replies, talk memories, recordings."""
    forget_talks()
    forget_recordings()


def forget_recordings() -> int:
    """Delete the audio of tickets that closed 30 days ago. Returns how many recordings went."""
    before = clock.now() - RECORDINGS_LAST
    with stores.transaction() as session:
        old = (
            select(Recording)
            .join(Ticket, Ticket.id == Recording.ticket_id)
            .where(Ticket.closed_at < before, Recording.removed_at.is_(None))
            .limit(BATCH)
        )
        rows = session.scalars(old).all()
        for row in rows:
            recordings.remove(row)
    return len(rows)


def forget_talks() -> int:
    """Delete the replies and the talk memory of calls that are 30 days old. Returns how many turns went."""
    before = clock.now() - TURNS_LAST
    gone = 0
    while True:
        with stores.transaction() as session:
            old = session.scalars(select(Turn.id).where(Turn.at < before).limit(BATCH)).all()
            session.execute(delete(Turn).where(Turn.id.in_(old)))
        gone += len(old)
        if len(old) < BATCH:
            break
    with stores.transaction() as session:
        session.execute(
            update(Call)
            .where(Call.started_at < before, Call._memory.is_not(None))
            .values(_memory=None, ended_at=func.coalesce(Call.ended_at, Call.started_at))
        )
    return gone
