"""Alarm calls to the duty team: a number is dialled, and what is said there is asked of us once somebody answers
(ivr/channels/alarms.py). The try is written down first, so a lost answer goes on with the next number.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from requests.exceptions import RequestException
from sqlalchemy.orm import Session
from twilio.base.exceptions import TwilioException

from config import clock
from ticketing.calls import alarms
from ticketing.models import Ticket
from ticketing.outgoing import links
from ticketing.rules import lifecycle
from workers import carrier, transactions
from workers.outcomes import Outcome, Work, dead, done_for_now, later, not_yet, sent

RING_SECONDS = 25
ENGAGED, NEXT = timedelta(seconds=5), timedelta(seconds=5)
ANSWERED_WITHIN = timedelta(minutes=2)  # the end of the call comes sooner, and hastens the next one


@dataclass(frozen=True)
class Ring:
    """Whom to telephone, and where the carrier asks what to say; `to` is empty when it was tried for long enough."""

    ticket: UUID
    to: str
    said_at: str


def prepare(session: Session, work: Work) -> Ring | Outcome:
    ticket = session.get_one(Ticket, work.subject, with_for_update=True)
    if alarms.is_heard(session, ticket):
        return sent()
    if ticket.state in lifecycle.OVER or not alarms.duty_phones():
        return dead("the report is over, or there is nobody to ring")
    if clock.now() - work.created_at > alarms.CALLED_FOR:
        return Ring(ticket.id, "", "")
    if alarms.is_ringing(session):
        return not_yet("another alarm call is under way", ENGAGED)
    return Ring(ticket.id, alarms.next_phone(session, ticket), links.alarm(ticket.id))


def send(ring: Ring) -> Outcome:
    with transactions.transaction() as session:
        ticket = session.get_one(Ticket, ring.ticket, with_for_update=True)
        if not ring.to:
            alarms.give_up(session, ticket)
            return dead("nobody pressed 1")
        alarms.note_try(session, ticket)
    try:
        sid = carrier.dial(carrier.client(), ring.to, ring.said_at, seconds=RING_SECONDS)
    except (RequestException, TwilioException, ValueError) as fault:  # ValueError: half an answer
        return later(f"not dialled: {type(fault).__name__}", wait=NEXT, blame=False)  # no circuit breaker holds it up
    with transactions.transaction() as session:
        alarms.begin(session, sid)
    return done_for_now("dialled: heard once somebody presses 1", provider_ref=sid, wait=ANSWERED_WITHIN)


def ask(_ring: Ring) -> None:
    """What may have been dialled is written down as a try; the next number is rung."""
