"""Promises to telephone somebody: a window that the caller was told, attempts within it, and an end that is told too.

Nobody is called at night unless it is urgent, nor outside a department's hours where the department is asked for. A
callback belongs to a ticket, so that its history shows who saw the number and what was tried.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock
from config.hotline import city
from ticketing import history, messages, outgoing, routing, terms
from ticketing.deadlines import Hours, next_opening
from ticketing.models import Callback, Contact, Message, Outbox, Ticket

OPEN, REACHED, GIVEN_UP, CANCELLED = "open", "reached", "given_up", "cancelled"
A_CALL = timedelta(minutes=1)  # what must fit in before nobody is called any more
Window = tuple[datetime, datetime]


class CallbackError(ValueError):
    """What was asked cannot be done with this callback; the sentence says why."""


def window(moment: datetime, *, department: str | None = None, urgent: bool = False) -> Window:
    """When somebody who asks at `moment` is called: the hotline's or the department's next open time, by day."""
    length = timedelta(minutes=city().callbacks.minutes)
    start = _allowed(moment, length, department, urgent=urgent)
    return start, start + length


def promise(
    session: Session,
    ticket: Ticket,
    contact: Contact,
    when: Window,
    *,
    key: str,
    department: str,
    topic: str | None = None,
    language: str,
    urgent: bool = False,
) -> Callback:
    """Write the promise down once under `key` and text it. That text takes the place of the ticket's own receipt where
    this has not left yet: the receipt would name another time."""
    found = session.scalar(select(Callback).where(Callback.key == key))
    if found is not None:
        return found
    made = Callback(
        key=key,
        contact_id=contact.id,
        ticket_id=ticket.id,
        department=department,
        topic=topic,
        language=language,
        urgent=urgent,
        from_at=when[0],
        until_at=when[1],
        next_at=when[0],
    )
    session.add(made)
    session.flush()
    _drop_receipt(session, ticket)
    _tell(session, made, "SMS15b", occasion="promised", at=when[0], until=when[1])
    return made


def find(session: Session, id_: UUID) -> Callback:
    """The callback with this id, locked. Raises CallbackError."""
    found = session.get(Callback, id_, with_for_update=True)
    if found is None:
        raise CallbackError("there is no callback with this id")
    return found


def attempted(session: Session, callback: Callback, *, reached: bool, by: str) -> None:
    """Somebody telephoned. Who was not reached is tried again later, and told so; after the last time it ends."""
    _still_open(callback)
    callback.attempts += 1
    _write_down(session, callback, f"attempt {callback.attempts}: {'reached' if reached else 'not reached'}", by)
    after = city().callbacks.attempts_after
    if reached:
        _close(callback, REACHED, by)
    elif callback.attempts >= len(after):
        _close(callback, GIVEN_UP, by)
        _tell(session, callback, "SMS16c", occasion="given up", at=clock.now(), until=clock.now())
    else:
        wait = timedelta(minutes=after[callback.attempts] - after[callback.attempts - 1])
        department = None if callback.department == routing.TRIAGE else callback.department
        callback.next_at = _allowed(clock.now() + wait, A_CALL, department, urgent=callback.urgent)
        occasion = f"missed {callback.attempts}"
        _tell(session, callback, "SMS16b", occasion=occasion, at=clock.now(), until=callback.next_at)


def cancel(session: Session, callback: Callback, *, by: str) -> None:
    """Nobody needs to call any more."""
    _still_open(callback)
    _write_down(session, callback, "cancelled", by)
    _close(callback, CANCELLED, by)


def waiting(session: Session) -> Sequence[Callback]:
    """What is still to be done, most pressing first."""
    return session.scalars(select(Callback).where(Callback.state == OPEN).order_by(Callback.next_at)).all()


def kept(session: Session, since: datetime) -> dict[str, int]:
    """Of the callbacks that ended since then: how many there were, and how many were reached within their window."""
    ended = session.scalars(select(Callback).where(Callback.closed_at >= since, Callback.state != CANCELLED)).all()
    within = [one for one in ended if one.state == REACHED and one.closed_at and one.closed_at <= one.until_at]
    return {"ended": len(ended), "kept": len(within)}


def _allowed(moment: datetime, length: timedelta, department: str | None, *, urgent: bool) -> datetime:
    """When from `moment` on somebody may be called for so long: while there is somebody who calls, and by day."""
    rules = city().callbacks
    start = moment
    for _ in range(14):  # each rule may push the other on, at most over a few holidays
        opened = (
            terms.opening(department, start)
            if department
            else next_opening(Hours.read(city().hours), start, terms.calendar())
        )
        there = clock.local(opened)
        late = there + length > _at(there, rules.until_hour)
        if urgent or (rules.from_hour <= there.hour and not late):
            return opened
        start = _at(there + timedelta(days=late), rules.from_hour)
    return start


def _drop_receipt(session: Session, ticket: Ticket) -> None:
    held = select(Outbox, Message).join(Message, Message.id == Outbox.subject_id)
    held = held.where(Outbox.ticket_id == ticket.id, Outbox.state == "pending", Outbox.held)
    for row, message in session.execute(held):
        outgoing.drop(row, "replaced by the promise of a callback")
        message.status = "canceled"


def _still_open(callback: Callback) -> None:
    if callback.state != OPEN:
        raise CallbackError(f"this callback is {callback.state} already")


def _close(callback: Callback, state: str, by: str) -> None:
    callback.state, callback.closed_at, callback.closed_by = state, clock.now(), by[:60]


def _write_down(session: Session, callback: Callback, what: str, by: str) -> None:
    if callback.ticket is not None:
        history.record(session, callback.ticket, "callback", by=by, before=callback.ticket.state, why={"what": what})


def _tell(session: Session, callback: Callback, template: str, *, occasion: str, at: datetime, until: datetime) -> None:
    contact, language = callback.contact, callback.language
    fills: dict[str, Any] = {
        "date": city().short_date(language, clock.local(at).date()),
        "from": city().clock_time(language, at),
        "until": city().clock_time(language, until),
    }
    messages.tell(session, contact, template, language=language, occasion=f"{callback.id}:{occasion}", **fills)


def _at(there: datetime, hour: int) -> datetime:
    """This hour of the same day on the city's clock; 24 is the midnight after it."""
    midnight = datetime.combine(there.date(), time.min, there.tzinfo)
    return midnight + timedelta(hours=hour)
