"""Warning everybody in some areas, who may be many thousands: their texts are promised in batches, each in a short
transaction of its own. Whoever was promised one is passed over, so doing it again goes on where it stopped."""

import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from config import clock
from config.logs import log
from ticketing.messages import announcements
from ticketing.models import Announcement
from workers import transactions
from workers.outcomes import Outcome, Work, dead, not_yet, sent

BATCH, RUN_SECONDS = 100, 15.0
NOW = timedelta()


@dataclass(frozen=True)
class Alert:
    id: UUID


def prepare(session: Session, work: Work) -> Alert | Outcome:
    found = session.get(Announcement, work.subject)
    if found is None or found.ends_at <= clock.now():
        return dead("the alert is over")
    return Alert(found.id)


def send(alert: Alert) -> Outcome:
    until, last, warned = time.monotonic() + RUN_SECONDS, None, 0
    while True:
        with transactions.transaction() as session:
            found = session.get_one(Announcement, alert.id)
            some = announcements.not_yet_warned(session, found, after=last, most=BATCH)
            warned += sum(announcements.warn(session, found, contact) for contact in some)
        if len(some) < BATCH:
            log("alert", alert=str(alert.id), warned=warned)
            return sent()
        if time.monotonic() > until:
            return not_yet("more residents are to be warned", NOW)
        last = some[-1].id


def ask(_alert: Alert) -> None:
    """Nothing leaves the house here, so doing it again does no harm."""
