"""A conversation runs from its first line on every request, so it must come to the same question again although the
world has moved on (DESIGN section 4): every conversation is run over every prefix of its answers, and once more with
the clock a day on, the caller's tickets moved, the last area changed, texts stopped and the other language chosen."""

import copy
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from people import House
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import clock, stores
from ivr import talk
from ivr.conversations import CONVERSATIONS
from ivr.prompts import Answer, Memory, Option, Prompt, Take
from ivr.simulator.ledger import new_sid
from ticketing import contacts, numbers
from ticketing.models import Call, Event, Message, Note, Outbox, Recording, Ticket

MOST_ANSWERS, MOST_PREFIXES = 14, 170
WORDS = ("kranji", "bojong", "tambun", "di sana")
NOW = datetime(2026, 11, 23, 16, 50, tzinfo=clock.CITY_ZONE)

Answers = tuple[Answer, ...]


class _Undo(Exception):
    """Take back what a life did to the database."""


@dataclass
class Life:
    """A call after some answers: what is remembered, what is asked, and the rows it stands in."""

    session: Session
    call: Call
    memory: Memory
    prompt: Prompt

    def run(self, memory: Memory, answer: Answer | None) -> Prompt:
        given = {"session": self.session, "call": self.call, "conversations": CONVERSATIONS}
        return talk.run(memory, answer, **given)[0]

    def acts(self) -> list[int]:
        """How much of everything there is: an act that is done twice adds a row."""
        self.session.flush()
        tables = (Ticket, Event, Outbox, Message, Recording, Note)
        return [self.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


@contextmanager
def life(number: str, answers: Answers, last_area: str | None) -> Iterator[Life]:
    """Live a call through `answers`, and undo it at the end."""
    with suppress(_Undo), stores.transaction() as session:
        caller = numbers.read(number)
        contact = contacts.known(session, caller)
        if contact is not None:
            contact.last_area = last_area
        call = Call(sid=new_sid("CA"), contact=contact, caller_kind=caller.kind, status="in-progress")
        session.add(call)
        session.flush()
        found = Life(session, call, talk.fresh("id"), Prompt((), None, "id", ""))
        for turn, answer in enumerate((None, *answers)):
            found.memory["turn"] = turn
            found.prompt = found.run(found.memory, answer)
        yield found
        raise _Undo


def moved_on(found: Life) -> Memory:
    """The same memory in a world a day older."""
    for ticket in found.session.scalars(select(Ticket)):
        ticket.state, ticket.department, ticket.answer_due_at = (
            "resolved",
            "dlh",
            ticket.answer_due_at + timedelta(days=9),
        )
    for recording in found.session.scalars(select(Recording)):
        recording.fetched_at = None if recording.fetched_at else datetime.now(UTC)
    if found.call.contact is not None:
        contact = found.call.contact
        contact.last_area = "cikiwul" if contact.last_area is None else None
        contact.opted_out_at = None if contact.opted_out_at else datetime.now(UTC)
    found.session.flush()
    memory = copy.deepcopy(found.memory)
    memory["language"] = "en" if memory["language"] == "id" else "id"
    return memory


def answers_to(prompt: Prompt) -> list[Answer]:
    """What somebody may answer."""
    wants = prompt.wants
    if wants is None:
        return []
    silence = Answer()
    if wants.kind == "key":
        return [Answer(keys=key) for key in ("1", "2", "3", "0", "*")] + [silence]
    if wants.kind == "digits":
        return [Answer(keys=keys) for keys in ("081234567890", "123", "*", "8")] + [silence]
    if wants.kind == "words":
        return [Answer(words=said) for said in WORDS] + [Answer(keys="*"), silence]
    if wants.kind == "recording":
        return [_take(9, "#"), _take(7, "0"), _take(9, "hangup"), _take(5, "silence"), _take(1, "0"), silence]
    return [Answer(transfer="talked"), Answer(transfer="missed")]


def _take(seconds: int, ended_by: str) -> Answer:
    return Answer(take=Take(new_sid("RE"), seconds, ended_by), hung_up=ended_by == "hangup")


def same_question(one: Prompt, other: Prompt) -> bool:
    wants = [replace(prompt.wants, seconds=0) if prompt.wants else None for prompt in (one, other)]
    return (one.node, wants[0]) == (other.node, wants[1])


def names(memory: Memory) -> list[tuple[str, str]]:
    return [(kind, key) for kind, key, _ in memory["journal"]]


def signature(found: Life) -> str:
    """Two prefixes that are remembered alike need no second visit."""
    memory = found.memory
    answered = [(kind, key, str(value)[:12] if kind != "look" else "") for kind, key, value in memory["journal"]]
    takes = [entry for entry in answered if "take" not in entry[1] and "keep" not in entry[1]]
    return repr((memory["name"], takes, names(memory), memory["open"], memory["visits"], memory["over"]))


def prefixes(number: str, last_area: str | None) -> Iterator[tuple[Answers, Life]]:
    """Every prefix, breadth first, each lived anew; those that are remembered like an earlier one are left out."""
    waiting: deque[Answers] = deque([()])
    seen: set[str] = set()
    while waiting and len(seen) < MOST_PREFIXES:
        answers = waiting.popleft()
        with life(number, answers, last_area) as found:
            mark = signature(found)
            if mark in seen:
                continue
            seen.add(mark)
            if len(answers) < MOST_ANSWERS:
                waiting += [(*answers, answer) for answer in answers_to(found.prompt)]
            yield answers, found


def check_again(answers: Answers, found: Life) -> None:
    """The run that a later request makes: the same question, nothing done, nothing read anew."""
    before, remembered = found.acts(), copy.deepcopy(found.memory["journal"])
    memory = moved_on(found)
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        again = found.run(memory, None)
    assert same_question(found.prompt, again), f"{answers}: {found.prompt.node} became {again.node}"
    assert memory["journal"] == remembered, answers
    assert found.acts() == before, f"{answers}: an act was done twice"


def check_next(answers: Answers, found: Life, answer: Answer) -> None:
    """Whatever is answered next is remembered under the same key, in either world."""
    chapter, length = found.memory["chapter"], len(found.memory["journal"])
    here, there = copy.deepcopy(found.memory), copy.deepcopy(found.memory)
    there["language"] = "en" if here["language"] == "id" else "id"
    here["turn"] = there["turn"] = here["turn"] + 1
    with found.session.begin_nested() as point:
        found.run(here, answer)
        point.rollback()
    with found.session.begin_nested() as point, time_machine.travel(NOW + timedelta(days=1), tick=False):
        found.run(there, answer)
        point.rollback()
    assert here["chapter"] == there["chapter"], (answers, answer)
    if here["chapter"] == chapter:
        assert names(here)[: length + 1] == names(there)[: length + 1], (answers, answer)


@pytest.mark.parametrize(
    ("number", "last_area"),
    [("+6281200001111", "kranji"), ("+622188950001", None)],
    ids=["mobile", "landline"],
)
def test_every_prefix_of_a_call(sqlite_house: House, number: str, last_area: str | None) -> None:
    visited: set[str] = set()
    nodes: set[str] = set()
    count = 0
    with time_machine.travel(NOW, tick=False):
        for answers, found in prefixes(number, last_area):
            count += 1
            visited.add(str(found.memory["name"]))
            nodes.add(found.prompt.node)
            if found.memory["over"]:
                continue
            for answer in answers_to(found.prompt)[:3]:
                check_next(answers, found, answer)
            check_again(answers, found)
    assert visited == set(CONVERSATIONS)
    assert count >= 100
    assert {"main.root", "report.topic", "report.take 1", "message.message", "person.officer"} <= nodes


def a_whole_report(number: str) -> Answers:
    mobile = () if number.startswith("+628") else (Answer(keys="081234567890"), Answer(keys="1"))
    return (
        Answer(keys="2"), Answer(keys="1"), Answer(keys="2"), Answer(words="bojong"), Answer(keys="3"),
        Answer(words="tambun"), Answer(keys="1"), Answer(), _take(9, "#"), Answer(keys="2"), Answer(keys="3"),
        _take(12, "#"), Answer(keys="1"), *mobile, Answer(keys="1"), Answer(), Answer(keys="*"),
        _take(4, "#"), Answer(), Answer(keys="0"), Answer(transfer="missed"), _take(5, "silence"), _take(8, "#"),
    )  # fmt: skip


@pytest.mark.parametrize("number", ["+6281200001111", "+622188950001", "anonymous"])
def test_every_prefix_of_one_long_call(sqlite_house: House, number: str) -> None:
    answers = a_whole_report(number)
    asked = []
    with time_machine.travel(NOW, tick=False):
        for length in range(len(answers) + 1):
            with life(number, answers[:length], None) as found:
                asked.append(found.prompt.node)
                if not found.memory["over"]:
                    check_again(answers[:length], found)
    assert asked[-1] == "message.goodbye", asked
    expected = {"report.which 1", "report.outside 2", "report.review 2.0", "report.another", "message.message again"}
    if not number.startswith("+628"):
        expected |= {"report.mobile 1", "report.mobile right 1"}
    assert expected <= set(asked)


def test_a_conversation_that_reads_the_world_by_itself_is_found(sqlite_house: House) -> None:
    """The check itself is checked: a conversation that branches on the clock does not pass."""

    def forgetful(here: talk.Talk) -> None:
        key = "morning" if clock.local(clock.now()).day == NOW.day else "evening"
        here.choose(key, lambda slow: here.say("root_options", slow=slow), [Option("1", "yes")])
        here.finish("no_sound")

    known = CONVERSATIONS["main"]
    CONVERSATIONS["main"] = forgetful
    try:
        with (
            time_machine.travel(NOW, tick=False),
            life("anonymous", (), None) as found,
            pytest.raises(AssertionError, match=r"main\.morning became main\.evening"),
        ):
            check_again((), found)
    finally:
        CONVERSATIONS["main"] = known
