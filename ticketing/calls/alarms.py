"""Alarms: the duty team is telephoned about danger, one number after the other, until somebody presses 1. One call at a
time; whoever answers hears of everything that nobody has heard of yet. Each try is an event of the report.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from config import clock, metrics, stores
from config.hotline import city
from config.logs import warn
from config.settings import settings
from ticketing.messages import texts
from ticketing.models import Call, Contact, Event, Message, Outbox, Ticket
from ticketing.outgoing import promises
from ticketing.rules import lifecycle, routing
from ticketing.tickets import history, news

KIND, TO = "alarm", "duty"
RUNG, HEARD, UNHEARD = "alarm rung", "alarm heard", "alarm unheard"  # events
CALLED_FOR = SAME_FOR = timedelta(minutes=30)
UNDER_WAY_AT_MOST = timedelta(minutes=3)  # a call whose end we were never told


def duty_phones() -> Sequence[str]:
    """Who is telephoned, in this order; the settings of this machine win over the city's."""
    return settings().duty_phones or city().officer.duty_phones


def sound(session: Session, ticket: Ticket) -> None:
    """Telephone the duty team about this report, now."""
    if duty_phones():
        promises.promise(session, KIND, ticket.id, to=TO, key=_key(ticket), ticket=ticket)


def going_on(session: Session, contact: Contact | None) -> Ticket | None:
    """The danger that this number told of within the last half hour: whatever it says now belongs to the same alarm."""
    if contact is None:
        return None
    query = select(Ticket).where(
        Ticket.contact_id == contact.id,
        Ticket.category == routing.EMERGENCY,
        Ticket.created_at > clock.now() - SAME_FOR,
        Ticket.state.not_in(lifecycle.OVER),
    )
    found: Ticket | None = session.scalar(query.limit(1).with_for_update())
    return found


def is_heard(session: Session, ticket: Ticket) -> bool:
    return any(event.action == HEARD for event in history.of(session, ticket))


def unheard(session: Session) -> Sequence[Ticket]:
    """The reports that the duty team is being telephoned about, the newest first."""
    heard = exists().where(Event.ticket_id == Ticket.id, Event.action == HEARD)
    waiting = (
        select(Ticket)
        .join(Outbox, Outbox.subject_id == Ticket.id)
        .where(Outbox.kind == KIND, Outbox.state.in_(("pending", "leased", "unknown")), ~heard)
        .where(Ticket.state.not_in(lifecycle.OVER))
        .order_by(Ticket.created_at.desc())
    )
    return session.scalars(waiting).all()


def is_ringing(session: Session) -> bool:
    """Another alarm call is under way."""
    since = clock.now() - UNDER_WAY_AT_MOST
    query = select(Call.id).where(
        Call.outbound, Call.caller_kind == KIND, Call.ended_at.is_(None), Call.started_at > since
    )
    return session.scalar(query.limit(1)) is not None


def over(session: Session) -> Sequence[UUID]:
    """Alarm calls that have ended: residents' words were read out in them, and nothing needs these any more."""
    before = clock.now() - UNDER_WAY_AT_MOST
    ended = or_(Call.ended_at.is_not(None), Call.started_at < before)
    return session.scalars(select(Call.id).where(Call.caller_kind == KIND, Call._memory.is_not(None), ended)).all()


def next_phone(session: Session, ticket: Ticket) -> str:
    """The number that is tried now: after the last one the first again."""
    tries = sum(event.action == RUNG for event in history.of(session, ticket))
    phones = duty_phones()
    return phones[tries % len(phones)]


def note_try(session: Session, ticket: Ticket) -> None:
    tries = sum(event.action == RUNG for event in history.of(session, ticket))
    why = {"phone": tries % len(duty_phones()) + 1, "try": tries + 1}
    history.record(session, ticket, RUNG, by="hotline", before=ticket.state, why=why)


def begin(session: Session, sid: str) -> Call:
    """The locked row of an alarm call. It belongs to no resident."""
    found = session.scalar(select(Call).where(Call.sid == sid).with_for_update())
    if found is None:
        new = Call(sid=sid, caller_kind=KIND, status="ringing", started_at=clock.now(), outbound=True)
        stores.insert_new(session, new)
        found = session.scalars(select(Call).where(Call.sid == sid).with_for_update()).one()
    return found


def hear(session: Session, tickets: Sequence[Ticket]) -> None:
    """Somebody pressed 1: nobody is rung about these any more, and their reporters are told."""
    for ticket in tickets:
        if is_heard(session, ticket):
            continue
        history.record(session, ticket, HEARD, by="duty officer", before=ticket.state)
        promises.hasten(session, _key(ticket))
        written = select(Message).where(Message.ticket_id == ticket.id, Message.inbound)
        if message := session.scalars(written.order_by(Message.created_at.desc()).limit(1)).first():
            texts.answering(session, message)  # so that it arrives after a STOP too
        news.to_reporter(session, ticket, "SMS48")


def give_up(session: Session, ticket: Ticket) -> None:
    """Nobody pressed 1 in all that time."""
    history.record(session, ticket, UNHEARD, by="hotline", before=ticket.state)
    metrics.add("alarm unheard")
    warn("alarm unheard", ticket=ticket.number)


def try_next(session: Session, ticket: Ticket) -> None:
    """The call has ended: the next number is rung at once."""
    promises.hasten(session, _key(ticket))


def _key(ticket: Ticket) -> str:
    return f"{KIND}:{ticket.id}"
