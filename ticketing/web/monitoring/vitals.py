"""Vital signs of the house, as the database knows them: what waits to leave, what died, who was last awake, what was
spent today. For /metrics and the doctor; nothing here is about anybody."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import stores
from ticketing.models import Beat, Message, Outbox, Tally
from ticketing.outgoing import spending
from ticketing.privacy import requests, retention

OPEN = ("pending", "leased", "unknown", "dead")


@dataclass(frozen=True)
class Vitals:
    """Ages are in seconds, None where there is nothing of that kind; spent is today's count and its ceiling;
    died_today counts what died within a day, requests_overdue what people asked about their data and waits too long;
    kept_too_long is for how many seconds data is here that retention should have forgotten."""

    rows: dict[tuple[str, str], int]
    oldest_due: float | None
    oldest_unknown: float | None
    oldest_unread: float | None
    beats: dict[str, float]
    tallies: dict[str, int]
    died_today: int
    spent: dict[str, tuple[int, int]]
    stopped: bool  # nothing leaves for residents, because somebody said so
    requests_overdue: int
    kept_too_long: float


def vitals(session: Session) -> Vitals:
    """All of it, by the database's clock."""
    moment = stores.database_now(session)
    due = select(func.min(Outbox.not_before)).where(
        Outbox.state.in_(("pending", "unknown")), Outbox.not_before <= moment
    )
    unknown = select(func.min(Outbox.unknown_since)).where(Outbox.state == "unknown", Outbox.kind == "sms")
    unread = select(func.min(Message.created_at)).where(Message.inbound, Message.status == "received")
    counted = select(Outbox.kind, Outbox.state, func.count()).where(Outbox.state.in_(OPEN))
    died = select(func.count()).where(Outbox.state == "dead", Outbox.finished_at > moment - timedelta(days=1))
    return Vitals(
        rows={
            (kind, state): count for kind, state, count in session.execute(counted.group_by(Outbox.kind, Outbox.state))
        },
        oldest_due=_age(moment, session.scalar(due)),
        oldest_unknown=_age(moment, session.scalar(unknown)),
        oldest_unread=_age(moment, session.scalar(unread)),
        beats={beat.name: _since(moment, beat.at) for beat in session.scalars(select(Beat))},
        tallies={tally.name: tally.count for tally in session.scalars(select(Tally).order_by(Tally.name))},
        died_today=session.scalar(died) or 0,
        spent=spending.used(session),
        stopped=spending.stopped(session) is not None,
        requests_overdue=requests.overdue(session),
        kept_too_long=retention.overdue(session, moment),
    )


def _age(moment: datetime, since: datetime | None) -> float | None:
    return None if since is None else _since(moment, since)


def _since(moment: datetime, since: datetime) -> float:
    return round((moment - since).total_seconds(), 1)
