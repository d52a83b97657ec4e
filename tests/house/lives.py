"""Calls that are lived again and again: a city in which something is going on, the ways into every conversation, what
may be answered at each question, and the same world a day later."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import factories
import time_machine
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from config import clock, stores
from config.hotline import city
from config.settings import settings
from ivr import talk
from ivr.conversations import CONVERSATIONS
from ivr.prompts import Answer, Prompt, Take
from ivr.simulator.network.ledger import new_sid
from ticketing.calls.memory import Memory
from ticketing.contacts import callers, contacts, disclosure
from ticketing.messages import announcements
from ticketing.models import Announcement, Call, Contact, Follower, Message, Recording, Ticket, WrongTry
from ticketing.rules import lifecycle, numbers
from ticketing.tickets import proposals, ratings, register

MONDAY = datetime(2026, 11, 23, tzinfo=clock.CITY_ZONE)
NEIGHBOUR = "+6281399990000"
WORDS = ("kranji", "bojong", "tambun", "di sana")
UNKNOWN_NUMBER = "123456786"
MOBILE = "081234567890"

Answers = tuple[Answer, ...]


class _Undo(Exception):
    """Take back what a life did to the database."""


@dataclass(frozen=True)
class Caller:
    """Somebody who calls at some moment, and calls again at a later one. `town` is what was there before the call;
    `told` the report because of which we call them instead."""

    number: str
    last_area: str | None
    now: datetime
    later: datetime
    town: dict[str, str]
    told: str = ""

    @property
    def last_digits(self) -> str:
        return self.number[-disclosure.LAST_DIGITS :]


@dataclass
class Life:
    """A call after some answers: what is remembered, what is asked, and the rows it stands in."""

    session: Session
    call: Call
    memory: Memory
    prompt: Prompt

    def run(self, memory: Memory, answer: Answer | None) -> Prompt:
        given = {"session": self.session, "call": self.call, "conversations": CONVERSATIONS}
        prompt, result = talk.run(memory, answer, **given)
        assert result != "restarted", f"{prompt.node}: what is remembered does not fit the questions"
        return prompt

    @contextmanager
    def watched(self) -> Iterator[list[str]]:
        """What is meanwhile read or written: every statement, and every look at the clock."""
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            seen.append(statement)

        def now() -> datetime:
            seen.append("the clock")
            return datetime.now(UTC)

        self.session.flush()
        connection = self.session.connection()
        event.listen(connection, "before_cursor_execute", note)
        with patch.object(clock, "now", now):
            yield seen
            self.session.flush()
        event.remove(connection, "before_cursor_execute", note)


def fill_the_town(number: str, now: datetime) -> dict[str, str]:
    """Tickets of this number in every stage, a neighbour's proposal and incident, and a flood notice. The lamp is the
    newest."""
    reporter = number if number != "anonymous" else NEIGHBOUR
    reports = [
        ("confidential", reporter, "keluhan-petugas", None),
        ("answered", reporter, "usulan", "kranji"),
        ("resolved", reporter, "sampah", "kranji"),
        ("proposal", NEIGHBOUR, "usulan", "kranji"),
        ("incident", NEIGHBOUR, "banjir", "kranji"),
        ("lamp", reporter, "lampu-jalan", "kranji"),
    ]
    town = {}
    for at, (name, phone, category, area) in enumerate(reports):
        with time_machine.travel(now - timedelta(hours=9 - at), tick=False):
            town[name] = factories.opened(phone, category, area=area)
    factories.moved(town["lamp"], "accepted", "in_progress")
    factories.moved(town["resolved"], "resolved")
    with factories.changing(town["resolved"]) as (session, ticket):
        for asked in ratings.of(session, ticket):
            asked.asked_at = now - 2 * ratings.AGAIN_AFTER  # or no call would come to its survey
    for name, title in (("answered", "Taman bermain"), ("proposal", "Lapangan bola")):
        with factories.changing(town[name]) as (session, ticket):
            proposals.entitle(session, ticket, title, by="Budi")
    with factories.changing(town["answered"]) as (session, ticket):
        proposals.answer(session, ticket, "Taman dibangun tahun depan.", by="Budi")
    announce("incident", ticket=town["incident"], areas=["kranji"])
    announce("flood", details={"id": "Posko di sekolah.", "en": "Shelter at the school."})
    return town


def announce(kind: str, *, ticket: str = "", **more: object) -> None:
    with stores.transaction() as session:
        about = register.find(session, ticket) if ticket else None
        words = {"id": "Kranji", "en": "Kranji"}
        until = clock.now() + announcements.LONGEST
        announcements.announce(session, kind=kind, words=words, until=until, by="Budi", ticket=about, **more)


@contextmanager
def life(caller: Caller, answers: Answers) -> Iterator[Life]:
    """Live a call through `answers`, and undo it at the end."""
    with suppress(_Undo), stores.transaction() as session:
        number = numbers.read(caller.number)
        contact = contacts.known(session, number)
        if contact is not None:
            contact.last_area = caller.last_area
        call = Call(sid=new_sid("CA"), contact=contact, caller_kind=number.kind, status="in-progress")
        session.add(call)
        session.flush()
        found = Life(session, call, _beginning(session, caller), Prompt((), None, "id", ""))
        for turn, answer in enumerate((None, *answers)):
            found.memory.turn = turn
            found.prompt = found.run(found.memory, answer)
        yield found
        raise _Undo


def _beginning(session: Session, caller: Caller) -> Memory:
    """Where a call begins that is not the caller's own."""
    if not caller.told:
        return Memory(language="id")
    about = register.find(session, caller.told)
    message = session.scalars(select(Message).where(Message.ticket_id == about.id, Message.channel == "voice")).one()
    return Memory(name="news", args={"message": message.id.hex, "number": about.number}, language="id")


@contextmanager
def a_day_on(caller: Caller, found: Life) -> Iterator[Memory]:
    """The same memory in a world that has moved on in everything a conversation may read. Undone at the end."""
    memory = copy.deepcopy(found.memory)
    memory.language = "en" if memory.language == "id" else "id"
    lines = {"duty_phone": "", "emergency_phone": ""}
    with found.session.begin_nested() as point:
        with (
            time_machine.travel(caller.later, tick=False),
            patch.dict(vars(settings()), lines),
            patch.dict(vars(city()), hours="Sun 00:00-00:01"),
        ):
            _move_tickets(found.session)
            _move_caller(found)
            for announced in found.session.scalars(select(Announcement)):
                announced.ends_at = announced.starts_at
            for recording in found.session.scalars(select(Recording)):
                recording.fetched_at = None if recording.fetched_at else datetime.now(UTC)
            found.session.flush()
            yield memory
        point.rollback()


def _move_tickets(session: Session) -> None:
    """What was open is over and flagged, what was over is open and late; all are somebody else's, with a follower more,
    and nobody may prove any more whose they are."""
    neighbour = contacts.known(session, numbers.read(NEIGHBOUR))
    visitor = contacts.known(session, numbers.read("+6281377776666"))
    assert neighbour is not None and visitor is not None
    for ticket in session.scalars(select(Ticket)).all():
        over = ticket.state in lifecycle.OVER
        ticket.state, ticket.department = (lifecycle.IN_PROGRESS if over else lifecycle.RESOLVED), "dlh"
        ticket.flagged_at = None if ticket.flagged_at else clock.now()
        ticket.answer_due_at += timedelta(days=9)
        ticket.due_at -= timedelta(days=30)
        ticket.changed_at = clock.now()
        ticket.contact, ticket.area, ticket.language = neighbour, "cikiwul", "en"
        session.add(Follower(ticket_id=ticket.id, contact_id=visitor.id))
        session.merge(WrongTry(id=ticket.id, ticket_id=ticket.id, at=clock.now(), tries=disclosure.TRIES))


def _move_caller(found: Life) -> None:
    """The caller lives elsewhere, stopped or restarted our texts, was silent in five more calls, and is a prank."""
    found.call.prank = True
    contact: Contact | None = found.call.contact
    if contact is None:
        return
    contact.last_area = "cikiwul" if contact.last_area is None else None
    contact.opted_out_at = None if contact.opted_out_at else datetime.now(UTC)
    for _ in range(callers.HAUNTS):
        found.session.add(
            Call(sid=new_sid("CA"), contact=contact, caller_kind="mobile", status="completed", ghost=True)
        )


def answers_to(prompt: Prompt, caller: Caller) -> list[Answer]:
    """What somebody may answer."""
    wants = prompt.wants
    if wants is None:
        return []
    silence = Answer()
    if wants.kind == "key":
        return [*pressed(*"123450*"), silence]
    if wants.kind == "digits":
        given = {9: (*caller.town.values(), UNKNOWN_NUMBER), disclosure.LAST_DIGITS: (caller.last_digits, "0000")}
        return [*pressed(*given.get(wants.most, (MOBILE, "123")), "*", "8"), silence]
    if wants.kind == "words":
        return [Answer(words=said) for said in WORDS] + [*pressed("*"), silence]
    if wants.kind == "recording":
        return [take(9, "#"), take(7, "0"), take(9, "hangup"), take(5, "silence"), take(1, "0"), silence]
    return [Answer(transfer=ended) for ended in ("talked", "missed", "unanswered")]


def pressed(*keys: str) -> Answers:
    return tuple(Answer(keys=key) for key in keys)


def take(seconds: int, ended_by: str) -> Answer:
    return Answer(take=Take(new_sid("RE"), seconds, ended_by), hung_up=ended_by == "hangup")
