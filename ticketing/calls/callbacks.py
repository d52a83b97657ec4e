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
from config.hotline import CITY_LANGUAGE, city
from ticketing.contacts import contacts
from ticketing.messages import texts
from ticketing.models import Call, Callback, Contact, Message, Outbox, Ticket
from ticketing.outgoing import links, promises
from ticketing.rules import deadlines, lifecycle, routing
from ticketing.rules.working_time import Hours, next_opening
from ticketing.tickets import history, intake, moves

MESSAGE = "pesan-petugas"  # the category of what is for an officer
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
    template: str = "SMS15",
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
    _tell(session, made, template, occasion="promised", at=when[0], until=when[1])
    return made


def ask(
    session: Session,
    contact: Contact,
    *,
    key: str,
    channel: str,
    language: str,
    by: str,
    category: str = MESSAGE,
    department: str = routing.TRIAGE,
    call: Call | None = None,
    when: Window | None = None,
    template: str = "SMS15",
) -> Callback:
    """A ticket that says who is to be called and when, and the promise itself; once under `key`. The window is `when`,
    else the next one of the department that is asked for."""
    own = None if department == routing.TRIAGE else department
    found = when or window(clock.now(), department=own)
    # the promise has a text of its own, so the ticket needs none
    report = intake.Report(key=key, channel=channel, category=category, language=language, quiet=True)
    ticket = intake.open_ticket(session, report, contact=contact, call=call, by=by)
    known = session.scalar(select(Callback).where(Callback.key == key))
    if known is not None:
        return known
    made = promise(
        session, ticket, contact, found, key=key, department=department, topic=category, language=language,
        template=template,
    )  # fmt: skip
    history.note(session, ticket, _written(found), by=by, kind="callback", quiet=True)
    intake.release(session, ticket)
    return made


def of(session: Session, contact: Contact) -> Callback | None:
    """The open promise to this number, if there is one."""
    query = select(Callback).where(Callback.contact_id == contact.id, Callback.state == OPEN)
    found: Callback | None = session.scalar(query.order_by(Callback.created_at).limit(1).with_for_update())
    return found


def tell_again(session: Session, callback: Callback, *, occasion: str) -> None:
    """The window once more, for somebody who asks again."""
    _tell(session, callback, "SMS15", occasion=f"again {occasion}", at=callback.from_at, until=callback.until_at)


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
        _settle(session, callback, by)
    elif callback.attempts >= len(after):
        _close(callback, GIVEN_UP, by)
        _tell(session, callback, "SMS16c", occasion="given up", at=clock.now(), until=clock.now())
    else:
        wait = timedelta(minutes=after[callback.attempts] - after[callback.attempts - 1])
        department = None if callback.department == routing.TRIAGE else callback.department
        callback.next_at = _allowed(clock.now() + wait, A_CALL, department, urgent=callback.urgent)
        occasion = f"missed {callback.attempts}"
        _tell(session, callback, "SMS16", occasion=occasion, at=clock.now(), until=callback.next_at)


def _settle(session: Session, callback: Callback, by: str) -> None:
    """A message for the officer is answered by the call; a report that was begun on the telephone is not."""
    ticket = callback.ticket
    if ticket is not None and ticket.category == MESSAGE and lifecycle.RESOLVED in lifecycle.MOVES[ticket.state]:
        moves.move(session, ticket, lifecycle.RESOLVED, by=by)


def drop(session: Session, key: str, *, by: str) -> None:
    """End the promise with this key if it is still open."""
    found = session.scalar(select(Callback).where(Callback.key == key, Callback.state == OPEN).with_for_update())
    if found is not None:
        cancel(session, found, by=by)


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
            deadlines.opening(department, start)
            if department
            else next_opening(Hours.read(city().hours), start, deadlines.calendar())
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
        promises.drop(row, "replaced by the promise of a callback")
        message.status = "canceled"


def _still_open(callback: Callback) -> None:
    if callback.state != OPEN:
        raise CallbackError(f"this callback is {callback.state} already")


def _close(callback: Callback, state: str, by: str) -> None:
    callback.state, callback.closed_at, callback.closed_by = state, clock.now(), by[:60]


def _write_down(session: Session, callback: Callback, what: str, by: str) -> None:
    if callback.ticket is not None:
        history.record(session, callback.ticket, "callback", by=by, before=callback.ticket.state, why={"what": what})


def _tell(
    session: Session,
    callback: Callback,
    template: str,
    *,
    occasion: str,
    at: datetime,
    until: datetime,
) -> None:
    contact, ticket = callback.contact, callback.ticket
    language = contacts.language(contact, callback.language)
    fills: dict[str, Any] = {
        "date": city().short_date(language, clock.local(at).date()),
        "from": city().clock_time(language, at),
        "until": city().clock_time(language, until),
    }
    if ticket is not None:
        fills |= {"number": ticket.number, "link": links.tracking(ticket.tracking_code)}
    texts.tell(
        session, contact, template, language=callback.language, occasion=f"{callback.id}:{occasion}",
        **fills,
    )  # fmt: skip


def _written(when: Window) -> str:
    """The window as the department reads it."""
    day, (start, end) = clock.local(when[0]).date(), when
    return (
        city()
        .text(CITY_LANGUAGE, "mail", "callback_window")
        .format(
            day=city().long_date(CITY_LANGUAGE, day),
            **{"from": city().clock_time(CITY_LANGUAGE, start), "until": city().clock_time(CITY_LANGUAGE, end)},
        )
    )


def _at(there: datetime, hour: int) -> datetime:
    """This hour of the same day on the city's clock; 24 is the midnight after it."""
    midnight = datetime.combine(there.date(), time.min, there.tzinfo)
    return midnight + timedelta(hours=hour)
