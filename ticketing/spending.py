"""What leaves us at the city's cost today, and its ceilings: texts handed to the carrier, calls that ring an officer.

A ceiling is a safety, not a plan: beyond it texts wait and callers hear that no officer is free. An emergency is never
counted against it. The day is the city's.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from config import clock
from config.settings import settings
from ticketing.models import Call, Outbox

NEAR = 0.8  # of a ceiling: from here on somebody should look


def texts_are_over(session: Session) -> bool:
    """Today's ceiling of texts is reached. Stops counting there, so it stays cheap."""
    if not (ceiling := settings().texts_a_day):
        return True
    last = select(Outbox.id).where(*_texts_today()).offset(ceiling - 1).limit(1)
    return session.scalar(last) is not None


def officer_calls_are_over(session: Session) -> bool:
    """Today's ceiling of calls to officers is reached."""
    return officer_calls(session) >= settings().officer_calls_a_day


def texts(session: Session) -> int:
    """How many texts the carrier took today."""
    return session.scalar(select(func.count()).select_from(Outbox).where(*_texts_today())) or 0


def officer_calls(session: Session) -> int:
    """How often somebody was rung for a caller today."""
    today = select(func.coalesce(func.sum(Call.transfers), 0)).where(Call.started_at >= _midnight())
    return int(session.scalar(today) or 0)


def used(session: Session) -> dict[str, tuple[int, int]]:
    """Today's count and its ceiling, by what is counted."""
    return {
        "texts": (texts(session), settings().texts_a_day),
        "officer calls": (officer_calls(session), settings().officer_calls_a_day),
    }


def _texts_today() -> tuple[ColumnElement[bool], ...]:
    return Outbox.kind == "sms", Outbox.finished_at >= _midnight(), Outbox.provider_ref.is_not(None)


def _midnight() -> datetime:
    return clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
