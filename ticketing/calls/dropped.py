"""Dropped calls, which ended before their caller got anything: who is known to us is told how their report stands, or
how to go on; a report that was begun and not spoken is a promise to call back. One text in a while, so that nobody can
have a number flooded by ringing us in its name."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock
from config.hotline import CITY_LANGUAGE, city
from ticketing.calls import callbacks
from ticketing.calls.memory import Memory
from ticketing.contacts import callers, contacts, disclosure
from ticketing.messages import texts
from ticketing.models import Call, Contact, Message, Ticket
from ticketing.outgoing import promises
from ticketing.rules import lifecycle
from ticketing.tickets import moves, news

MISSED_WITHIN = timedelta(seconds=10)
A_LITTLE_LATER = timedelta(minutes=3)
AGAIN_AFTER = timedelta(hours=6)
TEMPLATES = ("SMS07", "SMS07c", "SMS07p", "SMS08", "SMS08c", "SMS33", "SMS34")


def ended(session: Session, call: Call, memory: Memory) -> None:
    """A call is over, and this is what its conversation remembers. Who rang and hung up is told at once. What becomes
    of one that had begun is a promise that is looked at a little later: its recording may still come, and who was cut
    off mostly calls again."""
    if not memory.touched:
        settle(session, call, memory)
    elif _came_to_nothing(session, call, memory):
        when = clock.now() + A_LITTLE_LATER
        promises.promise(session, "rescue", call.id, key=f"rescue:{call.id}", ticket=None, not_before=when)


def settle(session: Session, call: Call, memory: Memory) -> None:
    """Do what is right for a call that is over and came to nothing; nothing for one that came to something."""
    contact = call.contact
    if contact is None or not _came_to_nothing(session, call, memory) or _called_again(session, call):
        return
    topic = memory.topic
    if topic and not city().category(topic).confidential:
        _call_back(session, call, contact, topic, memory.language)
    elif _is_known(session, call, contact) and not call.ghost and _fell_short(call, memory):
        _tell(session, call, contact, memory.language)


def was_heard(session: Session, call: Call, ticket: Ticket) -> None:
    """A recording of this call came after all: the promise to call back about it is kept by the report."""
    if call.ended_at is None:
        return
    key = _key(call)
    promised = session.scalar(select(Ticket).where(Ticket.report_key == key).with_for_update())
    if promised is not None and lifecycle.MERGED in lifecycle.MOVES[promised.state]:
        moves.move(session, promised, lifecycle.MERGED, by="hotline", into=ticket.number)
        callbacks.drop(session, key, by="hotline")


def _key(call: Call) -> str:
    return f"{call.sid}:dropped"


def _fell_short(call: Call, memory: Memory) -> bool:
    """The caller rang and hung up at once, as who wants to be told without paying; or was cut off on the way."""
    if memory.touched:
        return not memory.over
    return call.ended_at is not None and call.ended_at - call.started_at < MISSED_WITHIN


def _call_back(session: Session, call: Call, contact: Contact, topic: str, language: str) -> None:
    """The topic is known and nothing was recorded: an officer asks for the rest."""
    if callbacks.of(session, contact) is None:
        callbacks.ask(
            session, contact, key=_key(call), channel="voice", language=language, by="hotline",
            category=topic, call=call, template="SMS34",
        )  # fmt: skip


def _tell(session: Session, call: Call, contact: Contact, language: str) -> None:
    if not callers.own_mobile(call) or _told_lately(session, contact):
        return
    listed = disclosure.listed_for(session, contact)
    if listed:
        news.list_to_asker(session, contact, listed, occasion=f"missed {call.id}")
    else:
        language = contacts.language(contact, language or CITY_LANGUAGE)
        texts.tell(session, contact, "SMS33", language=language, occasion=f"missed {call.id}")


def _told_lately(session: Session, contact: Contact) -> bool:
    query = select(Message.id).where(
        Message.contact_id == contact.id,
        ~Message.inbound,
        Message.template.in_(TEMPLATES),
        Message.created_at > clock.now() - AGAIN_AFTER,
    )
    return session.scalar(query.limit(1)) is not None


def _came_to_nothing(session: Session, call: Call, memory: Memory) -> bool:
    if call.contact is None or call.outbound or call.prank or call.goal or memory.goal:
        return False
    return not _has_ticket(session, call)


def _called_again(session: Session, call: Call) -> bool:
    later = select(Call.id).where(Call.contact_id == call.contact_id, Call.started_at > call.started_at, ~Call.outbound)
    return session.scalar(later.limit(1)) is not None


def _has_ticket(session: Session, call: Call) -> bool:
    return session.scalar(select(Ticket.id).where(Ticket.call_id == call.id).limit(1)) is not None


def _is_known(session: Session, call: Call, contact: Contact) -> bool:
    """The number called, wrote or reported before this call."""
    if contacts.is_new(session, contact):
        return False
    before = select(Call.id).where(Call.contact_id == contact.id, Call.started_at < call.started_at)
    wrote = select(Message.id).where(Message.contact_id == contact.id, Message.inbound)
    reported = select(Ticket.id).where(Ticket.contact_id == contact.id)
    return any(session.scalar(query.limit(1)) is not None for query in (before, wrote, reported))
