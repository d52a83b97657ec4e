"""What we forget, and when. Batches, so that no lock is held long; running it twice changes nothing more."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from config import clock, stores
from ticketing.models import Call, Turn

TURNS_LAST = timedelta(days=30)
BATCH = 500


def forget() -> int:
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
            .values(_memory=None, ended_at=Call.started_at)
        )
    return gone
