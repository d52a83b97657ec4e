"""A conversation runs from its first line on every request, so it must come to the same question again although the
world has moved on (DESIGN section 4): every conversation is run over every prefix of its answers, and once more a day
later, with the tickets moved, the announcements over, the lines of the officers gone and the other language chosen."""

import ast
import copy
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest
import time_machine
from factories import city_with, moved, opened
from lives import MOBILE, MONDAY, Answers, Caller, Life, a_day_on, answers_to, fill_the_town, life, pressed, take
from people import House, use
from sqlalchemy import func, select

from config import clock
from config.hotline import city
from config.settings import ROOT
from ivr.conversations import CONVERSATIONS
from ivr.conversations.parts import menus
from ivr.prompts import Answer, Option, Prompt
from ivr.talk import Conversation, Talk
from ticketing.calls.memory import Memory
from ticketing.models import Ticket, WrongTry

MAX_ANSWERS, MAX_PREFIXES = 14, 30
MISSED, TALKED = Answer(transfer="missed"), Answer(transfer="talked")

# The answers that lead to a conversation, or deep into one.
WAYS: tuple[Answers, ...] = (
    pressed(),
    pressed("1"),
    pressed("2"),
    (*pressed("2", "2", "*"), take(9, "#")),
    (*pressed("2", "2", "*"), take(9, "#"), *pressed("1")),
    (*pressed("2", "2", "*"), take(120, "silence")),
    (Answer(words="lapor lampu jalan mati di kranji"),),
    (*pressed("2", "5", "1"), take(9, "#"), *pressed("1")),
    (*pressed("2", "3", "1"), Answer(words="kranji"), *pressed("1")),
    pressed("3"),
    pressed("3", "4", "4", "4"),
    pressed("4"),
    pressed("4", "*", "4", "4", "3"),
    pressed("4", "4", "3"),
    pressed("5"),
    pressed("0"),
    (*pressed("0"), MISSED, *pressed("1")),
    (*pressed("0"), MISSED, *pressed("2")),
    (*pressed("0"), TALKED),
)

# Number, area of the last report, the time at which they call, and that of the day on.
CALLERS: dict[str, tuple[str, str | None, str, str]] = {
    "mobile, after hours": ("+6281200001111", "kranji", "16:50", "10:00"),
    "landline, in working hours": ("+622188950001", None, "10:00", "23:10"),
    "hidden, at night": ("anonymous", None, "23:10", "10:00"),
}
# The questions that each of them must come to.
COMES_TO = {
    "mobile, after hours": """
        main.root, main.heard, emergency.desk, report.same place, report.follow here, report.receipt,
        report.another, status.wish, status.last, status.remark, status.remark again, status.withdraw, status.number,
        information.wish, department.closed, proposal.proposal, proposal.heard, proposal.support, proposal.number,
        person.officer, person.instead, callback.offer, message.message, message.message again, survey.score,
        survey.solved, survey.feedback""",
    "landline, in working hours": """
        report.topic, report.other, report.go on, report.more, report.place, report.right, report.which, report.outside,
        report.take, report.review, report.mobile, report.mobile right, report.follow there, status.proof keyed,
        information.mobile, department.department, proposal.heard keyed, proposal.support keyed,
        callback.callback right""",
    "hidden, at night": """
        callback.callback, message.message, proposal.goodbye, survey.goodbye, department.closed, status.wish keyed""",
}


@pytest.fixture
def town(sqlite_house: House, request: pytest.FixtureRequest) -> Iterator[Caller]:
    """A caller of a town where something is going on, on a Monday; later is Tuesday."""
    number, last_area, now, later = CALLERS[request.param]
    use(EMERGENCY_PHONE="+622150010112")
    dinkes = city().department("dinkes").model_copy(update={"phone": "+622150010119"})
    moments = [
        MONDAY + timedelta(days=day, hours=int(at[:2]), minutes=int(at[3:])) for day, at in enumerate((now, later))
    ]
    with city_with(departments={**city().departments, "dinkes": dinkes}), time_machine.travel(moments[0], tick=False):
        yield Caller(number, last_area, *moments, fill_the_town(number, moments[0]))


def same_question(one: Prompt, other: Prompt) -> bool:
    wants = [replace(prompt.wants, seconds=0, hints=()) if prompt.wants else None for prompt in (one, other)]
    return (one.node, wants[0]) == (other.node, wants[1])


def names(memory: Memory) -> list[tuple[str, str]]:
    return [(kind, key) for kind, key, _ in memory.journal]


def signature(memory: Memory) -> str:
    """Two prefixes that are remembered alike need no second visit."""
    answered = [(kind, key, str(value)[:12] if kind != "look" else "") for kind, key, value in memory.journal]
    takes = [entry for entry in answered if "take" not in entry[1] and "keep" not in entry[1]]
    return repr((memory.name, takes, names(memory), memory.open, memory.visits, memory.over))


def prefixes(caller: Caller, way: Answers) -> Iterator[tuple[Answers, Life]]:
    """Prefixes that begin with this way, breadth first, each lived anew; without those that are remembered like one
    that came before."""
    waiting: deque[Answers] = deque([way])
    seen: set[str] = set()
    for _ in range(MAX_PREFIXES):
        if not waiting:
            return
        answers = waiting.popleft()
        with life(caller, answers) as found:
            yield answers, found
            for answer in answers_to(found.prompt, caller):
                mark = signature(lived_on(found, answer))
                if mark not in seen:
                    seen.add(mark)
                    waiting.append((*answers, answer))


def lived_on(found: Life, answer: Answer, memory: Memory | None = None) -> Memory:
    """What is remembered after one answer more, which is taken back."""
    memory = copy.deepcopy(found.memory if memory is None else memory)
    memory.turn += 1
    with found.session.begin_nested() as point:
        found.run(memory, answer)
        point.rollback()
    return memory


def check_a_day_on(caller: Caller, answers: Answers, found: Life) -> None:
    """The runs that later requests make: the same question again, nothing done and nothing read anew; then whatever is
    answered is remembered as the answer to it."""
    remembered = copy.deepcopy(found.memory.journal)
    with a_day_on(caller, found) as memory:
        with found.watched() as seen:
            again = found.run(memory, None)
        assert same_question(found.prompt, again), f"{answers}: {found.prompt.node} became {again.node}"
        assert memory.journal == remembered, answers
        assert seen == [], f"{answers}: {found.prompt.node} reads or acts outside look and once"
        for answer in answers_to(found.prompt, caller):
            there = lived_on(found, answer, memory)
            grown = names(there)[len(remembered) :]
            if there.chapter == memory.chapter and grown:
                assert grown[0] == ("answer", memory.open), (answers, answer)


def plain(node: str) -> str:
    """A question without the numbers that count it."""
    return re.sub(r"[ .]?\d+", "", node)


def expected(name: str) -> set[str]:
    return {question.strip() for question in COMES_TO[name].split(",")}


@pytest.mark.parametrize("town", CALLERS, indirect=True)
def test_every_prefix_of_a_call(town: Caller, request: pytest.FixtureRequest) -> None:
    visited, nodes, count = set[str](), set[str](), 0
    for way in WAYS:
        for answers, found in prefixes(town, way):
            count += 1
            visited.add(found.memory.name)
            nodes.add(plain(found.prompt.node))
            if not found.memory.over:
                check_a_day_on(town, answers, found)
    assert visited == set(CONVERSATIONS) - {"news", "alarm"}
    assert expected(request.node.callspec.params["town"]) - nodes == set()
    assert count >= 400


# What we tell by telephone, and what whom we call must come to.
TOLD = {
    "resolved": {"news.listen", "news.wish", "news.goodbye", "news.remark", "person.officer"},
    "waiting": {"news.listen", "news.remark", "news.another", "news.goodbye"},
    "scheduled": {"news.listen", "news.wish", "news.goodbye"},
}


@pytest.mark.parametrize("state", TOLD)
@pytest.mark.parametrize("town", ["landline, in working hours"], indirect=True)
def test_every_prefix_of_a_call_that_we_make(town: Caller, state: str) -> None:
    told = opened(town.number, area="kranji")
    moved(told, state)
    nodes = set[str]()
    for answers, found in prefixes(replace(town, told=told), ()):
        nodes.add(plain(found.prompt.node))
        if not found.memory.over:
            check_a_day_on(town, answers, found)
    assert TOLD[state] - nodes == set()


SPOKEN = [path for folder in (".", "parts") for path in (ROOT / "ivr/conversations" / folder).glob("*.py")]


def test_no_question_of_a_conversation_is_left_out() -> None:
    """A new question is added to those that a caller above must come to."""
    met = {node.partition(".")[2] for name in CALLERS for node in expected(name)}
    met |= {node.partition(".")[2] for nodes in TOLD.values() for node in nodes}
    asked = {key for path in SPOKEN for key in questions(path)}
    assert {"root", "wish", "withdraw", "feedback", "instead", "place"} <= asked
    assert [key for key in sorted(asked) if not any(question.startswith(key) for question in met)] == []


ASKING = ("choose", "choose_or_tell", "yes", "digits", "words", "record", "hand_over")


def questions(path: Path) -> Iterator[str]:
    """The keys of the questions in a module, without the numbers that count them."""
    for call in ast.walk(ast.parse(path.read_text())):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in ASKING:
            key = call.args[0]
            start = key.values[0] if isinstance(key, ast.JoinedStr) else key
            if isinstance(start, ast.Constant):
                yield str(start.value).strip()


def a_whole_report(number: str) -> Answers:
    mobile = () if number.startswith("+628") else pressed(MOBILE, "1")
    return (
        *pressed("2", "1", "2"), Answer(words="bojong"), *pressed("3"), Answer(words="tambun"), *pressed("1"),
        Answer(), take(9, "#"), *pressed("2", "3"), take(12, "#"), *pressed("1"), *mobile, *pressed("1"), Answer(),
        *pressed("*"), take(4, "#"), Answer(), *pressed("0"), MISSED, *pressed("2"), take(5, "silence"), take(8, "#"),
    )  # fmt: skip


@pytest.mark.parametrize("town", CALLERS, indirect=True)
def test_every_prefix_of_one_long_call(town: Caller) -> None:
    caller = replace(town, last_area=None)
    answers = a_whole_report(caller.number)
    asked = []
    for length in range(len(answers) + 1):
        with life(caller, answers[:length]) as found:
            asked.append(found.prompt.node)
            if not found.memory.over:
                check_a_day_on(caller, answers[:length], found)
    assert asked[-1] == "message.goodbye", asked
    met = {"report.which 1", "report.outside 2", "report.review 2.0", "report.another", "message.message again"}
    if not caller.number.startswith("+628"):
        met |= {"report.mobile 1", "report.mobile right 1"}
    assert met <= set(asked)


def by_the_clock(here: Talk) -> None:
    key = "morning" if clock.local(clock.now()).hour < 12 else "evening"
    here.choose(key, partial(menus.say, here, "review"), [Option("1", "yes")])


def by_the_world(here: Talk) -> None:
    waiting = here.session.scalar(select(func.count()).select_from(Ticket).where(Ticket.state == "resolved"))
    here.choose(f"{waiting} of them", partial(menus.say, here, "review"), [Option("1", "yes")])


def by_the_language(here: Talk) -> None:
    here.choose(here.language, partial(menus.say, here, "review"), [Option("1", "yes")])


def saying_what_it_reads(here: Talk) -> None:
    here.say("greeting", daypart=city().daypart("id", clock.now()))
    here.choose("still", partial(menus.say, here, "review"), [Option("1", "yes")])


def acting_every_time(here: Talk) -> None:
    here.session.add(WrongTry(ticket_id=here.session.scalars(select(Ticket.id)).first()))
    here.choose("once more", partial(menus.say, here, "review"), [Option("1", "yes")])


@pytest.mark.parametrize(
    ("forgetful", "found"),
    [
        (by_the_clock, r"main\.evening became main\.morning"),
        (by_the_world, r"main\.2 of them became main\.4 of them"),
        (by_the_language, r"main\.id became main\.en"),
        (acting_every_time, "reads or acts outside look and once"),
        (saying_what_it_reads, "reads or acts outside look and once"),
    ],
)
@pytest.mark.parametrize("town", ["mobile, after hours"], indirect=True)
def test_a_conversation_that_is_not_repeatable_is_found(town: Caller, forgetful: Conversation, found: str) -> None:
    """The check itself is checked."""
    with (
        patch.dict(CONVERSATIONS, main=forgetful),
        life(town, ()) as lived,
        pytest.raises(AssertionError, match=found),
    ):
        check_a_day_on(town, (), lived)
