"""Telling the followers of a ticket, who may be a thousand: their texts are promised in batches, each in a short
transaction of its own. Done twice it promises nothing twice."""

import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ticketing.contacts import followers
from ticketing.models import Event, Ticket
from ticketing.rules import lifecycle
from ticketing.tickets import news
from workers import transactions
from workers.outcomes import Outcome, Work, dead, not_yet, sent

BATCH, RUN_SECONDS = 100, 15.0
NOW = timedelta()


@dataclass(frozen=True)
class Change:
    """What happened to which ticket, at which position of its history."""

    ticket: UUID
    position: int


def prepare(session: Session, work: Work) -> Change | Outcome:
    event = session.get_one(Event, work.subject)
    latest = session.scalar(
        select(func.max(Event.position)).where(
            Event.ticket_id == event.ticket_id, Event.action == "moved", Event.after.in_(lifecycle.TEXTS)
        )
    )
    if latest is not None and latest > event.position:
        return dead("replaced by a later state")
    return Change(event.ticket_id, event.position)


def send(change: Change) -> Outcome:
    until, last = time.monotonic() + RUN_SECONDS, None
    while True:
        with transactions.transaction() as session:
            ticket = session.get_one(Ticket, change.ticket)
            some = followers.some(session, ticket, after=last, most=BATCH)
            for follower in some:
                template = news.follower_template(ticket)
                news.to_follower(session, ticket, follower.contact, template, occasion=str(change.position))
        if len(some) < BATCH:
            return sent()
        if time.monotonic() > until:
            return not_yet("more followers are to be told", NOW)
        last = some[-1].id


def ask(_change: Change) -> None:
    """Nothing leaves the house here, so doing it again does no harm."""
