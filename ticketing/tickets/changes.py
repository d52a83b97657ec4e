"""The parts that every change of a ticket has in common: its state with the event of it, its clock, and the row that
brings it to its department. It asks nothing: whether a change may be made is for moves.py and lifecycle.py."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from config import clock
from config.hotline import city
from ticketing.models import Event, Ticket
from ticketing.outgoing import promises
from ticketing.rules import deadlines, lifecycle, routing
from ticketing.rules.working_time import Span
from ticketing.tickets import history

LATE, DELAYED = "late", "delayed"  # actions that give a ticket another date


def turn(session: Session, ticket: Ticket, to: str, *, by: str, action: str, why: dict[str, Any]) -> None:
    """Bring `ticket` into the state `to`, with its event and what that means for its clock."""
    before, moment = ticket.state, clock.now()
    ticket.state, ticket.changed_at = to, moment
    ticket.closed_at = moment if to in lifecycle.CLOSED else None
    history.record(session, ticket, action, by=by, before=before, why=why)
    if to == lifecycle.REOPENED:
        ticket.reopenings += before in lifecycle.DONE
        ticket.revision += 1
        ticket.merged_into_id, ticket.late_at = None, None
        ticket.answer_due_at = deadlines.answer_due(
            ticket.category, ticket.department, moment, priority=ticket.priority
        )
        promise_date(ticket, deadlines.due(ticket.category, ticket.department, moment, priority=ticket.priority))
        deliver(session, ticket)
    elif before in lifecycle.PAUSED or to in lifecycle.PAUSED:
        _stop_or_start_clock(session, ticket, moment)


def promise_date(ticket: Ticket, due: datetime) -> None:
    """From now on the matter is due then; its department is warned once most of the time is gone."""
    now = clock.now()
    ticket.due_at = due
    ticket.warn_at = now + (due - now) * city().loop.warn_at if due > now else None


def first_date(session: Session, ticket: Ticket) -> datetime:
    """The date that was promised first since the ticket was opened or reopened; whatever came later was another one."""
    promised: datetime | None = None
    for event in history.of(session, ticket):
        if event.after == lifecycle.REOPENED != event.before:
            promised = None
        elif promised is None and "due" in event.why and (event.action == LATE or _names_a_day(event)):
            promised = datetime.fromisoformat(event.why["due"])
    return promised or ticket.due_at


def flag(session: Session, ticket: Ticket, *, by: str, why: dict[str, Any]) -> None:
    """Mark a ticket that needs a look, one priority higher; its dates come nearer, never later."""
    before, moment = ticket.priority, clock.now()
    ticket.priority = routing.more_urgent(city(), before)
    ticket.flagged_at = moment
    if ticket.paused_at is None:
        sooner = deadlines.answer_due(ticket.category, ticket.department, moment, priority=ticket.priority)
        ticket.answer_due_at = min(ticket.answer_due_at, sooner)
        due = deadlines.due(ticket.category, ticket.department, moment, priority=ticket.priority)
        if due < ticket.due_at:
            promise_date(ticket, due)
    why = {**why, "priority": f"{before} -> {ticket.priority}"}
    history.record(session, ticket, "urged", by=by, before=ticket.state, why=why)


def before_waiting(session: Session, ticket: Ticket) -> str:
    """What the ticket was before the resident was asked something."""
    asked = [event for event in history.of(session, ticket) if event.after == lifecycle.WAITING != event.before]
    before = asked[-1].before if asked else None
    return before if before in lifecycle.MOVES[lifecycle.WAITING] else lifecycle.ACCEPTED


def deliver(session: Session, ticket: Ticket, *, held_until: datetime | None = None) -> None:
    """One row per (ticket, destination, revision)."""
    kind = "webhook" if city().department(ticket.department).webhook else "email"
    promises.promise(
        session,
        kind,
        ticket.id,
        to=ticket.department,
        key=f"{kind}:{ticket.id}:{ticket.department}:{ticket.revision}",
        ticket=ticket,
        not_before=held_until,
        held=held_until is not None,
    )


def _stop_or_start_clock(session: Session, ticket: Ticket, moment: datetime) -> None:
    """While the resident is asked something the clock stands still; afterwards the deadline moves by what was lost."""
    if ticket.state in lifecycle.PAUSED:
        ticket.paused_at = ticket.paused_at or moment
        return
    lost = moment - ticket.paused_at if ticket.paused_at else timedelta()
    ticket.paused_at = None
    start, since, named = ticket.created_at, None, False
    pauses: list[Span] = []
    for event in history.of(session, ticket):
        if _begins_anew(event):
            start, pauses, named = event.at, [], _names_a_day(event)
        if event.after in lifecycle.PAUSED:
            since = since or event.at
        elif since:
            pauses.append((since, event.at))
            since = None
    if named:  # the department said which day: that day moves, not the rule
        promise_date(ticket, ticket.due_at + lost)
        return
    late = ticket.late_at is not None
    counted = deadlines.renewed if late else deadlines.due
    promise_date(ticket, counted(ticket.category, ticket.department, start, pauses, priority=ticket.priority))


def _begins_anew(event: Event) -> bool:
    """From this event on the time of the ticket is counted."""
    reopened = event.after == lifecycle.REOPENED != event.before
    return reopened or event.action in (LATE, DELAYED) or _names_a_day(event)


def _names_a_day(event: Event) -> bool:
    scheduled = event.after == lifecycle.SCHEDULED and event.action == "moved" and "on" in event.why
    return event.action == DELAYED or scheduled
