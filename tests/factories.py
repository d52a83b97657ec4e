"""The start of tests of the city's side and of the workers: reports that are tickets already, rows that wait to go out,
and a way to wait for what happens elsewhere."""

import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock, hotline, stores
from config.clock import CITY_ZONE
from ticketing.contacts import contacts
from ticketing.messages import texts as messages
from ticketing.models import Contact, Message, Outbox, Ticket, Turn
from ticketing.outgoing import promises
from ticketing.rules import numbers
from ticketing.tickets import intake, moves, register
from workers import transactions

Found = TypeVar("Found")

ANI = "+6281200001111"


def wib(text: str) -> datetime:
    """A moment on the city's wall clock: "2026-03-02 09:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=CITY_ZONE).astimezone(UTC)


def until(condition: Callable[[], Found], what: str = "it", seconds: float = 90) -> Found:
    """Wait for something that another thread or process brings about; gives what the condition gave."""
    end, pause = time.monotonic() + seconds, threading.Event()
    while not (found := condition()):
        assert time.monotonic() < end, f"{what} did not happen within {seconds:g} s"
        pause.wait(0.05)
    return found


def caller(session: Session, phone: str = ANI) -> Contact | None:
    return contacts.known(session, numbers.read(phone, hotline="1500444"))


def opened(
    phone: str = ANI,
    category: str = "sampah",
    *,
    key: str = "",
    language: str = "id",
    area: str | None = None,
    words: str | None = None,
    outside: str | None = None,
    held: bool = False,
) -> str:
    """A report that was just made by voice; gives the number of its ticket."""
    report = intake.Report(
        key=key or f"CA{uuid4().hex}:1",
        channel="voice",
        category=category,
        language=language,
        area=area,
        place_words=words,
        outside=outside,
    )
    with transactions.transaction() as session:
        ticket = intake.open_ticket(session, report, contact=caller(session, phone), call=None, by="caller")
        if not held:
            intake.release(session, ticket)
        return str(ticket.number)


@contextmanager
def city_with(**changed: Any) -> Iterator[None]:
    """The same city, but for these values; for everything that this process does meanwhile."""
    other, load = hotline.city().model_copy(update=changed), hotline.load
    try:
        hotline.load = lambda *_: other
        hotline.city.cache_clear()
        yield
    finally:
        hotline.load = load
        hotline.city.cache_clear()


@contextmanager
def changing(number: str) -> Iterator[tuple[Session, Ticket]]:
    """The locked ticket, in a transaction that is committed at the end."""
    with transactions.transaction() as session:
        yield session, register.find(session, number, change=True)


def moved(number: str, *states: str, by: str = "Budi", **how: object) -> None:
    """Bring the ticket through these states, one transaction each."""
    for state in states:
        with changing(number) as (session, ticket):
            moves.move(session, ticket, state, by=by, **how)


def seen(number: str) -> Ticket:
    with stores.reading() as session:
        return register.find(session, number)


def documents() -> list[ET.Element]:
    """Every document that was ever given to the carrier as the answer to a turn, oldest first."""
    with stores.reading() as session:
        turns = session.scalars(select(Turn).order_by(Turn.at, Turn.number)).all()
        return [ET.fromstring(turn.reply) for turn in turns if turn.reply]


def rows(number: str = "", *, kind: str = "") -> list[Outbox]:
    """What is promised, oldest first."""
    query = select(Outbox).order_by(Outbox.created_at, Outbox.id)
    if number:
        query = query.where(Outbox.ticket_id == seen(number).id)
    if kind:
        query = query.where(Outbox.kind == kind)
    with stores.reading() as session:
        return list(session.scalars(query))


def texts(number: str) -> list[Message]:
    """What was promised to the reporter in words, oldest first."""
    query = select(Message).where(Message.ticket_id == seen(number).id).order_by(Message.created_at)
    with stores.reading() as session:
        return list(session.scalars(query))


def text_row(number: str, template: str) -> Outbox:
    """The newest promise of this text."""
    with stores.reading() as session:
        query = select(Outbox).join(Message, Message.id == Outbox.subject_id)
        query = query.where(Outbox.ticket_id == register.find(session, number).id, Message.template == template)
        return session.scalars(query.order_by(Outbox.not_before.desc())).first()


def promise(destination: str = "somewhere", *, kind: str = "email", queue: str = "dispatch", **more: object) -> Outbox:
    """A row of its own, about nothing that exists; also one that no kind makes like this."""
    now = clock.now()
    values = {"not_before": now, "give_up_at": now + timedelta(hours=72), **more}
    with stores.transaction() as session:
        made = Outbox(
            kind=kind, queue=queue, destination=destination, dedupe_key=f"test:{uuid4()}", subject_id=uuid4(), **values
        )
        session.add(made)
        if made.not_before <= now:
            promises.ring_after_commit(session, queue)
    return made


def row(wanted: Outbox) -> Outbox:
    """The row as it is now."""
    with stores.reading() as session:
        return session.get_one(Outbox, wanted.id)


def change(wanted: Outbox, **values: object) -> None:
    """What time or another process did to a row."""
    with stores.transaction() as session:
        found = session.get_one(Outbox, wanted.id)
        for name, value in values.items():
            setattr(found, name, value)


def make_due(*wanted: Outbox) -> None:
    """Its waiting time is over."""
    for one in wanted:
        change(one, not_before=datetime.now(UTC) - timedelta(seconds=1))


def told(number: str, template: str, *, occasion: str = "") -> bool:
    """Promise one text in words that need no filling."""
    with changing(number) as (session, ticket):
        fills = dict.fromkeys(
            ("number", "category", "department", "date", "link", "question", "referral", "other"), "x"
        )
        return messages.tell(session, ticket.contact, template, about=ticket, occasion=occasion, **fills) is not None
