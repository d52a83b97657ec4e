"""Moves of an open ticket that people make: to another state, department or date, and the flag that urges it.

Every change is an event, and every promise that a change makes (to the department, to the resident) is a row of the
same transaction. Nobody here commits.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from config import clock
from config.gsm7 import gsm7, gsm7_length
from config.hotline import CITY_LANGUAGE, city
from ticketing.models import Ticket
from ticketing.outgoing import notices
from ticketing.rules import deadlines, lifecycle, routing
from ticketing.tickets import changes, history, news, register
from ticketing.tickets.register import TicketError

URGED_AGAIN_AFTER = timedelta(days=1)
REASON_MOST = 20  # septets of a reason for a delay, as config/lint.py measures the text


def move(
    session: Session,
    ticket: Ticket,
    to: str,
    *,
    by: str,
    note_text: str | None = None,
    owner: str | None = None,
    on: date | None = None,
    into: str | None = None,
) -> None:
    """Bring `ticket` into another state, as lifecycle.MOVES allows.

    `owner` is needed to refuse (the department whose it is) and to refer (a referral of hotline.toml); `on` is the day
    of scheduled work; `into` the ticket it is merged with. Raises TicketError.
    """
    if to not in lifecycle.MOVES:
        raise TicketError(f"{to} is no state; there are {', '.join(lifecycle.STATES)}")
    if to not in lifecycle.MOVES[ticket.state]:
        raise TicketError(f"a ticket that is {ticket.state} cannot become {to}")
    if to == lifecycle.REOPENED:
        _reopen(session, ticket, by=by, note_text=note_text)
        return
    if to == lifecycle.REFUSED:
        _refuse(session, ticket, owner, by=by, note_text=note_text)
        return
    if to == lifecycle.SCHEDULED and on is not None and deadlines.closing(ticket.department, on) <= clock.now():
        raise TicketError(f"{on} is over already")
    why: dict[str, Any] = {}
    if to == lifecycle.REFERRED:
        why["to"] = _referral(owner)
    if to == lifecycle.MERGED:
        why["into"] = _merge(session, ticket, into)
    if to == lifecycle.SCHEDULED and on is not None:
        why |= {"on": on.isoformat(), "due": ticket.due_at.isoformat()}
    if to == lifecycle.RESOLVED:
        why["promised"] = changes.first_date(session, ticket).isoformat()
    _turn(session, ticket, to, by=by, action="moved", why=why, note_text=note_text)
    if to == lifecycle.SCHEDULED and on is not None:
        changes.promise_date(ticket, deadlines.closing(ticket.department, on))
    news.of_state(session, ticket, note_text, why)


def assign(
    session: Session,
    ticket: Ticket,
    department: str,
    *,
    by: str,
    note_text: str | None = None,
    held_until: datetime | None = None,
) -> None:
    """Give an open ticket to another department, which hears of it now, or when its place is told. The clock goes on: a
    resident does not wait longer for our sorting."""
    _known_department(department)
    if ticket.state in lifecycle.OVER:
        raise TicketError(f"a ticket that is {ticket.state} is not assigned; reopen it first")
    if department == ticket.department:
        raise TicketError(f"{department} has this ticket already")
    before, ticket.department = ticket.department, department
    ticket.revision += 1
    why = {"from": before, "to": department}
    _turn(session, ticket, ticket.state, by=by, action="assigned", why=why, note_text=note_text)
    changes.deliver(session, ticket, held_until=held_until)


def delay(session: Session, ticket: Ticket, reason: str, *, by: str, on: date | None = None) -> None:
    """The department says why it takes longer, and to which day: the resident is told both at once. Without a day the
    reason waits until the date has passed. Not longer than the rule's own time again; more than that is scheduled."""
    if ticket.state in lifecycle.OVER or ticket.paused_at is not None:
        raise TicketError(f"a ticket that is {ticket.state} is not late")
    length = gsm7_length(reason)
    if length is None or length > REASON_MOST:
        raise TicketError(
            f"a reason has at most {REASON_MOST} characters that a text can say, as in {gsm7(reason, REASON_MOST)!r}"
        )
    history.note(session, ticket, reason, by=by, kind=history.DELAY, quiet=on is not None)
    if on is None:
        return
    new, old, now = deadlines.closing(ticket.department, on), ticket.due_at, clock.now()
    latest = deadlines.last_day(deadlines.renewed(ticket.category, ticket.department, now, priority=ticket.priority))
    if new <= max(now, old) or on > latest:
        raise TicketError(
            f"another date lies between {deadlines.last_day(max(now, old))} and {latest}; later work is scheduled"
        )
    changes.promise_date(ticket, new)
    why = {"due": old.isoformat(), "new": new.isoformat(), "reason": "told"}
    history.record(session, ticket, changes.DELAYED, by=by, before=ticket.state, why=why)
    news.late(session, ticket, reason, occasion="delayed")


def urge(session: Session, ticket: Ticket, *, by: str, why: dict[str, Any]) -> None:
    """Flag an open ticket and raise its priority, at most once a day; its department hears of it. Again on the same
    day it is only written down."""
    if ticket.flagged_at is not None and clock.now() - ticket.flagged_at < URGED_AGAIN_AFTER:
        history.record(session, ticket, "urged", by=by, before=ticket.state, why=why)
        return
    changes.flag(session, ticket, by=by, why=why)
    ticket.revision += 1
    changes.deliver(session, ticket)


def _refuse(session: Session, ticket: Ticket, owner: str | None, *, by: str, note_text: str | None) -> None:
    """A department can refuse only by naming whose it is; after the second refusal the call centre decides."""
    if not owner:
        raise TicketError("a ticket is refused only by naming the department that owns it")
    _known_department(owner)
    before = ticket.department
    if owner == before:
        raise TicketError(f"{owner} cannot name itself as the next owner")
    ticket.refusals += 1
    ticket.department = owner if ticket.refusals < 2 else "call-centre"
    ticket.revision += 1
    why = {"from": before, "named": owner, "to": ticket.department}
    _turn(session, ticket, lifecycle.REFUSED, by=by, action="refused", why=why, note_text=note_text)
    changes.deliver(session, ticket)


def _reopen(session: Session, ticket: Ticket, *, by: str, note_text: str | None) -> None:
    """Back to its owner, and whoever stands above it is told. What was not fixed twice is looked at by another office,
    which both are told."""
    owner, undone = ticket.department, ticket.state in lifecycle.DONE
    verifies = undone and ticket.reopenings > 0
    why: dict[str, Any] = {}
    if verifies:
        verification = city().loop.verification
        ticket.department = verification if owner != verification else routing.TRIAGE
        why = {"verification": True, "from": owner}
        asked = city().text(CITY_LANGUAGE, "mail", "to_verify")
        history.note(
            session,
            ticket,
            asked.format(department=city().department(owner).name[CITY_LANGUAGE]),
            by="hotline",
            quiet=True,
        )
    _turn(session, ticket, lifecycle.REOPENED, by=by, action="moved", why=why, note_text=note_text)
    news.of_state(session, ticket, note_text, why)
    if undone:
        what = notices.VERIFICATION if verifies else notices.REOPENED
        notices.promise(session, ticket, what, department=owner, mark=ticket.revision)


def _referral(key: str | None) -> str:
    if key is None or key not in city().referrals:
        raise TicketError(f"name whose it is: one of {', '.join(city().referrals)}")
    return key


def _merge(session: Session, ticket: Ticket, number: str | None) -> str:
    target = register.find(session, number or "")
    if target.id == ticket.id or target.state == lifecycle.MERGED:
        raise TicketError("a ticket is merged into another one that is itself not merged")
    ticket.merged_into_id = target.id
    return target.number


def _turn(
    session: Session,
    ticket: Ticket,
    to: str,
    *,
    by: str,
    action: str,
    why: dict[str, Any],
    note_text: str | None = None,
) -> None:
    """A change by a person, who may say why in words."""
    if note_text:
        history.note(session, ticket, note_text, by=by, kind="reason", quiet=True)
    changes.turn(session, ticket, to, by=by, action=action, why=why)


def _known_department(key: str) -> None:
    if key not in city().departments:
        raise TicketError(f"there is no department {key}; there are {', '.join(city().departments)}")
