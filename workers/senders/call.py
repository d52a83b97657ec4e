"""Outbound calls that tell a resident what no text can: the number is dialled, and what is said there is asked of us
once somebody answers (ivr/channels/outbound.py). It is dialled again at sensible times until a person has heard it.

The try is written down first. So whatever becomes of the answer, the next one is hours away.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from requests.exceptions import RequestException
from sqlalchemy.orm import Session
from twilio.base.exceptions import TwilioException, TwilioRestException

from ticketing.calls import outbound
from ticketing.messages import receipts, texts
from ticketing.models import Message
from ticketing.outgoing import links, spending
from workers import carrier, transactions
from workers.outcomes import Outcome, Work, dead, done_for_now, later, not_yet

RING_SECONDS = 30
PAUSE, ENGAGED = timedelta(minutes=10), timedelta(minutes=5)
AGAIN = timedelta(minutes=1)  # then `prepare` knows when


@dataclass(frozen=True)
class Ring:
    """Whom to telephone, and where the carrier asks what to say."""

    id: UUID
    to: str
    said_at: str


def prepare(session: Session, work: Work) -> Ring | Outcome:
    message = session.get(Message, work.subject)
    if message is None or message.contact is None:
        return dead("the number or the text was erased")
    if why := texts.barred(message):
        return dead(why)
    if wait := outbound.wait(message):
        return not_yet("the next try has its time", wait)
    if len(outbound.tries(message)) >= outbound.TRIES:
        return dead("nobody took the call: for the desk")
    if reason := spending.over(session, texts.VOICE):
        return not_yet(reason, PAUSE)
    if outbound.is_ringing(session, message.contact):
        return not_yet("another call to this number is under way", ENGAGED)
    return Ring(message.id, message.contact.phone, links.told(message.id))


def send(ring: Ring) -> Outcome:
    with transactions.transaction() as session:
        if not outbound.note_try(session, session.get_one(Message, ring.id)):
            return not_yet("it was told or dialled a moment ago", AGAIN)
    client = carrier.client()
    try:
        sid = carrier.dial(client, ring.to, ring.said_at, seconds=RING_SECONDS)
    except TwilioRestException as fault:
        return _refused(ring, fault, carrier.retry_after(fault, client))
    except (RequestException, TwilioException, ValueError) as fault:  # ValueError: half an answer
        if carrier.never_left(fault):
            _not_dialled(ring)
        return later(f"no answer: {type(fault).__name__}", wait=AGAIN)
    with transactions.transaction() as session:
        outbound.begin(session, sid, session.get_one(Message, ring.id))
    return done_for_now("dialled: told once somebody presses 1", provider_ref=sid, wait=AGAIN)


def ask(_ring: Ring) -> None:
    """What may have been dialled is written down as a try; nothing else is to be known."""


def _refused(ring: Ring, fault: TwilioRestException, wait: timedelta | None) -> Outcome:
    reason = f"carrier {fault.status}, code {fault.code}"
    if fault.status >= 500:  # it may have rung
        return later(reason, wait=AGAIN)
    _not_dialled(ring)
    if fault.status in (401, 403, 429):
        return later(reason, wait=wait or timedelta(minutes=5))
    with transactions.transaction() as session:
        receipts.refused(session, ring.id, code=str(fault.code))
    return dead(reason)


def _not_dialled(ring: Ring) -> None:
    with transactions.transaction() as session:
        outbound.forget_try(session, session.get_one(Message, ring.id))
