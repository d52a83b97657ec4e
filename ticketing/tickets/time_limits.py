"""Time limits of a ticket, what time alone does to it: a department is warned of its date, a date that passed becomes
another one and the resident hears why, a question without answer ends, silence closes what was resolved.

Each of them asks the database what is due and acts on one locked ticket; done twice, or by two at once, it is done
once. workers/time_limits.py goes through them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from config import clock
from config.hotline import city
from ticketing.models import Event, Note, Outbox, Rating, Ticket
from ticketing.outgoing import notices
from ticketing.rules import deadlines, lifecycle
from ticketing.tickets import additions, changes, history, news, verdicts

BY = "hotline"
UNHEARD = (*lifecycle.ON_ITS_WAY, lifecycle.FORWARDED)  # its department has not answered yet
NO_ANSWER = "answer missed"


@dataclass(frozen=True)
class Rule:
    """When a ticket is due for something, and what is done to it."""

    name: str
    due: Callable[[datetime], tuple[ColumnElement[bool], ...]]
    act: Callable[[Session, Ticket], None]


def due(session: Session, rule: Rule, *, after: UUID | None, most: int) -> list[UUID]:
    """The next tickets that `rule` is for, in a fixed order."""
    query = select(Ticket.id).where(*rule.due(clock.now())).order_by(Ticket.id).limit(most)
    return list(session.scalars(query.where(Ticket.id > after) if after else query))


def apply(session: Session, rule: Rule, ticket_id: UUID) -> bool:
    """Do to this ticket what is due; False when somebody else has it, or did it."""
    query = select(Ticket).where(Ticket.id == ticket_id, *rule.due(clock.now())).with_for_update(skip_locked=True)
    ticket = session.scalar(query)
    if ticket is not None:
        rule.act(session, ticket)
    return ticket is not None


def _under_way() -> tuple[ColumnElement[bool], ...]:
    return Ticket.state.not_in(sorted(lifecycle.OVER)), Ticket.paused_at.is_(None)


def _warn(session: Session, ticket: Ticket) -> None:
    """Most of the time is gone."""
    notices.promise(session, ticket, notices.WARNED, department=ticket.department, mark=ticket.due_at.isoformat())
    ticket.warn_at = None
    why = {"due": ticket.due_at.isoformat()}
    history.record(session, ticket, "warned", by=BY, before=ticket.state, why=why)


def _to_warn(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return *_under_way(), Ticket.warn_at <= now, Ticket.due_at > now


def _late(session: Session, ticket: Ticket) -> None:
    """The date has passed. The rule gives another one; that the first was missed stays with the ticket."""
    missed, first = ticket.due_at, ticket.late_at is None
    reason = _reason(session, ticket)
    ticket.late_at = ticket.late_at or missed
    new = deadlines.renewed(ticket.category, ticket.department, clock.now(), priority=ticket.priority)
    changes.promise_date(ticket, new)
    why = {"due": missed.isoformat(), "new": new.isoformat(), "reason": "told" if reason else "default"}
    history.record(session, ticket, changes.LATE, by=BY, before=ticket.state, why=why)
    news.late(session, ticket, reason)
    if first:
        notices.promise(session, ticket, notices.LATE, department=ticket.department, mark=missed.isoformat())


def _to_be_late(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return *_under_way(), Ticket.due_at <= now


def _reason(session: Session, ticket: Ticket) -> str | None:
    """What the department gave as its reason since the last date that passed; a new date needs a new one."""
    dates = select(Event.at).where(Event.ticket_id == ticket.id, Event.action == changes.LATE)
    last = session.scalar(dates.order_by(Event.position.desc()).limit(1))
    given = select(Note).where(Note.ticket_id == ticket.id, Note.kind == history.DELAY).order_by(Note.at.desc())
    note = session.scalars(given.limit(1)).first()
    return note.text if note is not None and (last is None or note.at > last) else None


def _miss_answer(session: Session, ticket: Ticket) -> None:
    """The first answer is missing. The department is told; the resident sees it on the page, and is written to when
    the matter itself is late."""
    mark = ticket.answer_due_at.isoformat()
    if notices.promise(session, ticket, notices.UNHEARD, department=ticket.department, mark=mark):
        history.record(session, ticket, NO_ANSWER, by=BY, before=ticket.state, why={"due": mark})


def _to_miss_answer(now: datetime) -> tuple[ColumnElement[bool], ...]:
    told = exists().where(
        Event.ticket_id == Ticket.id, Event.action == NO_ANSWER, Event.at >= Ticket.answer_due_at
    )  # fmt: skip
    held = exists().where(Outbox.ticket_id == Ticket.id, Outbox.held, Outbox.state == "pending")
    return Ticket.state.in_(UNHEARD), Ticket.answer_due_at <= now, Ticket.due_at > now, ~told, ~held


def _to_end_question(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Nobody answered what the department asked."""
    return Ticket.state == lifecycle.WAITING, Ticket.paused_at < deadlines.asked_until(now)


def _take_silence(session: Session, ticket: Ticket) -> None:
    """The resident had the last word and did not object."""
    verdicts.confirm(session, ticket, by=BY, why={"silence": city().loop.confirm_after_days})
    if ticket.category != news.PROPOSAL:
        news.to_reporter(session, ticket, "SMS35")


def _to_take_silence(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Never where somebody said that it is not solved, nor in a category that only a person closes."""
    objected = exists().where(
        Rating.ticket_id == Ticket.id, Rating.solved.is_(False), Rating.answered_at >= Ticket.changed_at
    )
    by_hand = [key for key, category in city().categories.items() if not category.closes_by_silence]
    since = now - timedelta(days=city().loop.confirm_after_days)
    return Ticket.state == lifecycle.RESOLVED, Ticket.changed_at <= since, Ticket.category.not_in(by_hand), ~objected


RULES = (
    Rule("warn", _to_warn, _warn),
    Rule("late", _to_be_late, _late),
    Rule("first answer", _to_miss_answer, _miss_answer),
    Rule("question", _to_end_question, additions.unanswered),
    Rule("silence", _to_take_silence, _take_silence),
)
