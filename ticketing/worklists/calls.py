"""The calls as operators list them, and the one mark that a person sets: a prank. Numbers stay masked, and that of a
confidential reporter is not shown at all. A mark leaves a call out of figures; nobody is blocked for it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from config import clock
from config.logs import log
from ticketing.calls.memory import Memory, remembered
from ticketing.contacts.callers import REPEATS, REPEATS_WITHIN
from ticketing.models import Call, Ticket
from ticketing.rules import numbers
from ticketing.statistics.calls import EMERGENCY, goal_of
from ticketing.statistics.questions import question
from ticketing.tickets import confidential

MOST = 50


class CallError(ValueError):
    """What was asked cannot be done with this call; the sentence says why."""


def listed(session: Session, *, most: int = MOST) -> list[dict[str, Any]]:
    """The newest calls to us, newest first."""
    query = select(Call).where(~Call.outbound).options(selectinload(Call.contact))
    query = query.order_by(Call.started_at.desc(), Call.id).limit(most)
    calls = session.scalars(query).all()
    tickets = session.scalars(select(Ticket).where(Ticket.call_id.in_([call.id for call in calls]))).all()
    reported = {ticket.call_id for ticket in tickets}
    hidden = {ticket.call_id for ticket in tickets if not confidential.may_read(ticket, None)}
    repeated = _repeats(session, calls)
    return [
        {
            "at": clock.as_utc(call.started_at),
            "sid": call.sid,
            "caller": numbers.mask(call.contact.phone if call.contact and call.id not in hidden else None),
            "kind": call.caller_kind,
            "goal": goal_of(call.goal, reported=call.id in reported),
            "emergency": call.goal == EMERGENCY,
            "ghost": call.ghost,
            "prank": call.prank,
            "repeat": call.id in repeated,
            "node": question((remembered(call) or Memory()).node) or None,
            "seconds": round((call.ended_at - call.started_at).total_seconds()) if call.ended_at else None,
        }
        for call in calls
    ]


def mark_prank(session: Session, sid: str, *, by: str, prank: bool) -> None:
    """Somebody who heard the caller says what this call was. Raises CallError."""
    call = session.scalar(select(Call).where(Call.sid == sid).with_for_update())
    if call is None:
        raise CallError("there is no call with this id")
    call.prank = prank
    log("prank marked" if prank else "prank taken back", call=sid, by=by)


def _repeats(session: Session, calls: Sequence[Call]) -> set[UUID]:
    """Those of these calls that were the third of their number in seven days, or a later one. Silent calls and pranks
    neither are one nor count as one."""
    real = [call for call in calls if call.contact_id and not call.ghost and not call.prank]
    if not real:
        return set()
    query = select(Call.contact_id, Call.started_at).where(
        Call.contact_id.in_({call.contact_id for call in real}),
        Call.started_at > min(call.started_at for call in real) - REPEATS_WITHIN,
        ~Call.ghost,
        ~Call.prank,
        ~Call.outbound,
    )
    made = session.execute(query).all()
    return {call.id for call in real if _before(call, made) >= REPEATS - 1}


def _before(call: Call, made: Sequence[Any]) -> int:
    since = call.started_at - REPEATS_WITHIN
    return sum(contact == call.contact_id and since < at < call.started_at for contact, at in made)
