"""Statistics of reports: resolved by the date that was promised first or later, opened again, confirmed by residents or
by their silence, and how residents rate it. Numbers only. A report belongs to the days on which something happened to
it."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ticketing.models import Event, Rating
from ticketing.rules import lifecycle
from ticketing.statistics.counting import between, share

_RESIDENT = ("caller", "resident")
CONTENT = 4  # stars of five


def report(session: Session, first: date, last: date) -> dict[str, Any]:
    """What happened from the first to the last of these days.

    On time: of the reports that were resolved, the share whose first promised date had not passed; that it got another
    date, by the rule or by its department, changes nothing. Reopened: after it was resolved or confirmed.
    """
    steps = (lifecycle.RESOLVED, lifecycle.CONFIRMED, lifecycle.REOPENED)
    query = select(Event.at, Event.by, Event.before, Event.after, Event.why).where(
        Event.action == "moved", Event.after.in_(steps), between(Event.at, first, last)
    )
    events = session.execute(query).all()
    ended = [event for event in events if event.after == lifecycle.RESOLVED]
    known = [event for event in ended if "promised" in event.why]
    on_time = sum(event.at <= datetime.fromisoformat(event.why["promised"]) for event in known)
    undone = sum(event.after == lifecycle.REOPENED and event.before in lifecycle.DONE for event in events)
    return {
        "resolved": len(ended),
        "on_time": on_time,
        "on_time_share": share(on_time, len(known)),
        "reopened": undone,
        "reopened_share": share(undone, len(ended)),
        **_confirmed([event for event in events if event.after == lifecycle.CONFIRMED]),
        "ratings": _ratings(session, first, last),
    }


def _confirmed(events: Sequence[Any]) -> dict[str, int]:
    """By whom: a resident's word is not the same as that nobody objected."""
    said = Counter(
        "silence" if "silence" in event.why else "residents" if event.by in _RESIDENT else "others" for event in events
    )
    return {f"confirmed_by_{who}": said[who] for who in ("residents", "silence", "others")}


def _ratings(session: Session, first: date, last: date) -> dict[str, Any]:
    """Questions asked in these days, and their answers by now."""
    query = select(Rating.score, Rating.solved, Rating.answered_at).where(between(Rating.asked_at, first, last))
    asked = session.execute(query).all()
    scores = [row.score for row in asked if row.score is not None]
    return {
        "asked": len(asked),
        "answered": sum(row.answered_at is not None for row in asked),
        "mean": round(sum(scores) / len(scores), 2) if scores else None,
        "content": share(sum(score >= CONTENT for score in scores), len(scores)),
        "not_solved": sum(row.solved is False for row in asked),
    }
