"""Looking after a call that ended while its caller was to speak: once every recording must be here, who was not heard
is called back. Nothing leaves the house here; done twice it promises nothing twice."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ticketing.calls import dropped
from ticketing.calls.memory import remembered
from ticketing.models import Call
from workers import transactions
from workers.outcomes import Outcome, Work, sent


def prepare(_session: Session, work: Work) -> UUID:
    return work.subject


def send(call_id: UUID) -> Outcome:
    with transactions.transaction() as session:
        call = session.scalars(select(Call).where(Call.id == call_id).with_for_update()).one()
        memory = remembered(call)
        if memory is not None:  # or it was forgotten meanwhile
            dropped.settle(session, call, memory)
    return sent()


def ask(_call_id: UUID) -> None:
    """Doing it again does no harm."""
