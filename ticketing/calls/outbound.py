"""Outbound calls, which tell by telephone somebody whom no text reaches: when one is tried and how often.

Nobody is rung at night or twice at once, and nothing counts as told until a person pressed a key: an answering machine
presses none. What was tried is written down before the number is dialled, so that a lost answer never rings it again.
"""

import json
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock
from ticketing.calls import call_log
from ticketing.messages import texts
from ticketing.models import Call, Contact, Message

FROM_HOUR, UNTIL_HOUR = 7, 21
TRIES, AGAIN_AFTER, NEXT_DAY_HOUR = 3, timedelta(hours=2), 10
LISTENED_WITHIN = timedelta(minutes=15)  # after the last try
UNDER_WAY_AT_MOST = timedelta(minutes=15)  # a call whose end we were never told


def wait(message: Message) -> timedelta | None:
    """How long until something is due for this message: the next try, or the end. None when it is due now."""
    due = _due(tries(message))
    return due - clock.now() if due > clock.now() else None


def tries(message: Message) -> list[datetime]:
    """When the number was dialled for this message."""
    return [datetime.fromisoformat(at) for at in texts.details_of(message).get("rung", ())]


def note_try(session: Session, message: Message) -> bool:
    """The number is dialled now. False when there is nothing to tell any more, or it was dialled a moment ago."""
    session.refresh(message, with_for_update=True)
    if message.status != "promised" or len(tries(message)) >= TRIES or wait(message):
        return False
    _keep(message, [*tries(message), clock.now()])
    return True


def forget_try(session: Session, message: Message) -> None:
    """The carrier surely did not dial."""
    session.refresh(message, with_for_update=True)
    _keep(message, tries(message)[:-1])


def begin_anew(message: Message) -> None:
    """Somebody wants it tried once more: it counts as neither told, failed nor dialled."""
    message.status, message.error = "promised", None
    _keep(message, [])


def begin(session: Session, sid: str, message: Message) -> Call:
    """The locked row of a call that we make, under the resident's own number."""
    contact = message.contact
    call = call_log.find_or_begin(session, sid, from_=contact.phone if contact else None, status="ringing")
    call.outbound = True
    return call


def is_ringing(session: Session, contact: Contact) -> bool:
    """Another call of ours to this number is under way."""
    since = clock.now() - UNDER_WAY_AT_MOST
    query = select(Call.id).where(
        Call.contact_id == contact.id, Call.outbound, Call.ended_at.is_(None), Call.started_at > since
    )
    return session.scalar(query.limit(1)) is not None


def _keep(message: Message, rung: list[datetime]) -> None:
    message.details = json.dumps({**texts.details_of(message), "rung": [at.isoformat() for at in rung]})


def _due(rung: list[datetime]) -> datetime:
    """The first try by day; the second two hours later or the next morning, the third on the next morning."""
    if not rung:
        return clock.next_daytime(clock.now(), FROM_HOUR, UNTIL_HOUR)
    if len(rung) >= TRIES:
        return rung[-1] + LISTENED_WITHIN
    soon = rung[-1] + AGAIN_AFTER
    if len(rung) == 1 and clock.next_daytime(soon, FROM_HOUR, UNTIL_HOUR) == soon:
        return soon
    tomorrow = clock.local(rung[-1]) + timedelta(days=1)
    return tomorrow.replace(hour=NEXT_DAY_HOUR, minute=0, second=0, microsecond=0)
