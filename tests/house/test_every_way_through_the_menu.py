"""A machine presses every key, says nothing and hangs up at every question, to a depth of six answers, in both
languages and in every world (less deep where what is special about a world comes early); then it listens and goes on
to the end of every way. Whatever a caller does there is a way on, and never a word of the other language or of the
caller's own data. Faults that are planted must be found."""

import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import depth
import pytest
import time_machine
from people import use

from config import logs
from config.hotline import city
from config.settings import settings
from ivr import talk
from ivr.conversations import CONVERSATIONS
from ivr.explorer import scenarios, walker
from ivr.explorer.scenarios import World
from ivr.explorer.walker import Walk
from ivr.prompts import Line, Option, Wants
from ivr.talk import Conversation, Talk
from ticketing.rules import numbers, places, references

TO_THE_END = 60
LANGUAGES = ("id", "en")
LEAST = {3: (110, 500), 4: (160, 1000), 6: (240, 1500)}  # states and edges, or the machine does not get through
PLAIN = scenarios.WORLDS[0]


@pytest.fixture(autouse=True)
def no_house(tmp_path: Path) -> Iterator[None]:
    """A walk needs secrets and nothing else: the configured database does not even exist."""
    use(DATABASE_URL="sqlite:////nowhere/hotline.db", REDIS_URL="unix:///nowhere", VAR_DIR=str(tmp_path))
    logs.set_up(logging.ERROR)
    yield
    logs.set_up()
    assert not Path("/nowhere").exists()


def walked(world: World, language: str = "id", **how: object) -> Walk:
    with time_machine.travel(world.at, tick=False):
        return walker.walk(world, language, **how)


@cache
def to_the_end(name: str) -> Walk:
    """What a caller hears who listens, in the world with this name."""
    (world,) = (world for world in scenarios.WORLDS if world.name == name)
    return walked(world, depth=TO_THE_END, everything=False)


def counted(found: Walk) -> str:
    """What can be quoted."""
    name = f"{found.world.name}, {found.language}"
    return (
        f"{name}: {len(found.states)} states, {len(found.edges)} edges, {found.turns} turns, "
        f"{len(found.problems)} problems, {len(found.unexplored)} states not explored further"
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("world", scenarios.WORLDS, ids=lambda world: world.name)
def test_every_key_at_every_question(world: World, language: str) -> None:
    answers = min(world.depth, depth.WALK_DEPTH)
    found = walked(world, language, depth=answers)
    print(counted(found))
    assert found.problems == []
    states, edges = LEAST[answers]
    assert len(found.states) >= states
    assert len(found.edges) >= edges
    pressed = {edge.action.name for edge in found.edges}
    assert {f"press {key}" for key in scenarios.KEYS} | {scenarios.SILENCE, scenarios.HANG_UP} <= pressed
    assert "speak and hang up" in pressed or answers == 3, "no question is answered by speaking"


@pytest.mark.parametrize("world", scenarios.WORLDS, ids=lambda world: world.name)
def test_every_way_to_its_end(world: World) -> None:
    found = to_the_end(world.name)
    print(counted(found))
    assert found.problems == []
    assert len(found.states) >= 150
    left = {state.language for state in found.states if state.id in found.unexplored}
    assert left <= {"en"}, "a way has no end"


def test_both_walks_are_the_same_every_time() -> None:
    one, other = (walked(PLAIN, depth=3) for _ in range(2))
    assert [state.way for state in one.states] == [state.way for state in other.states]
    assert [(edge.source, edge.action.name, edge.target) for edge in one.edges] == [
        (edge.source, edge.action.name, edge.target) for edge in other.edges
    ]


def test_a_caller_who_listens_reaches_every_goal_with_few_keys() -> None:
    presses = walker.presses_to_goals(to_the_end(PLAIN.name))
    print(presses)
    reports = {goal for goal in presses if goal.startswith("report")}
    assert presses["emergency"] == 1
    assert len(reports) >= 9
    assert {goal: count for goal, count in presses.items() if count > (5 if goal in reports else 3)} == {}


def test_a_walk_that_is_cut_off_says_so() -> None:
    found = walked(PLAIN, most_turns=50)
    assert found.turns == 50
    assert found.unexplored
    assert ["cut off after 50 turns" in problem for problem in found.problems] == [True]


def test_what_callers_key_is_what_it_is_called() -> None:
    assert references.check(scenarios.UNKNOWN_NUMBER)
    assert not references.check(scenarios.MISTYPED_NUMBER)
    assert numbers.read(scenarios.MOBILE_KEYED).sms
    said = [
        action.answer.words
        for action in scenarios.every_action(Wants("words"), (), None)
        if action.name.startswith("say ")
    ]
    assert [places.recognise(words).result for words in said if words] == ["match", "ambiguous", "outside", "none"]


@pytest.mark.parametrize(
    ("said", "keys"),
    [
        ("Sampah, tekan 2. | Lainnya, tekan 5.", "25"),
        ("Tekan 1 sampai 5. 5 berarti sangat puas.", "12345"),
        ("Please press 1 or 3. | For an officer, press 0.", "130"),
        ("Untuk melewati, tekan tanda bintang.", "*"),
        ("Enter a mobile number, then press hash. | To skip, press star.", "*#"),
        ("hubungi 1 1 2, gratis.", ""),
    ],
)
def test_the_keys_that_a_sentence_names(said: str, keys: str) -> None:
    assert scenarios.named_keys([Line("any", said, "id")]) == list(keys)


# -- planted faults ------------------------------------------------------------------------------------------------


def stops(talk: Talk) -> None:
    talk.say("place_skipped")


def names_a_key_and_hangs_up(talk: Talk) -> None:
    talk.finish("root_english")


def goes_round(talk: Talk) -> None:
    """Every key means something, none of them leads out; 0 too."""
    for nth in range(1000):
        keys = [Option(key, key) for key in scenarios.KEYS]
        talk.choose(f"round {nth}", lambda slow: talk.say("topic_ask"), keys, silence="on")


def goes_round_by_leaving(talk: Talk) -> None:
    talk.choose("round", lambda slow: talk.say("topic_ask"), [Option(key, key) for key in scenarios.KEYS], silence="on")
    talk.go("main")


def says_english(talk: Talk) -> None:
    talk.lines.append(Line("goodbye", city().text("en", "voice", "topic_ask"), talk.language))
    talk.memory.over = True
    talk.finish("goodbye", daypart="pagi")


def mixes(talk: Talk) -> None:
    talk.finish("goodbye", daypart=city().text("en" if talk.language == "id" else "id", "words", "daypart_morning"))


def speaks_in_another_voice(talk: Talk) -> None:
    talk.lines.append(Line("goodbye", city().text("en", "voice", "topic_ask"), "en"))
    talk.finish("goodbye", daypart="pagi")


def tells_the_number(talk: Talk) -> None:
    talk.say("place_skipped")
    talk.lines.append(Line("number", " ".join(str(talk.call.contact.phone).removeprefix("+62")), talk.language))
    talk.goodbye()


def tells_the_number_in_words(talk: Talk) -> None:
    from config import spoken  # noqa: PLC0415

    talk.lines.append(Line("number", spoken.digits(talk.language, str(talk.call.contact.phone)), talk.language))
    talk.goodbye()


def keeps_telling_what_was_keyed(talk: Talk) -> None:
    """To read a number back is no fault, to go on about it is."""
    keyed = talk.digits("mobile", "mobile_ask", most=16)
    if keyed is None or not numbers.read(keyed).sms:
        talk.goodbye()
    talk.yes("right", lambda slow: talk.say("mobile_confirm", mobile=" ".join(keyed)))
    talk.lines.append(Line("number", keyed, talk.language))
    talk.goodbye()


def tells_a_name(talk: Talk) -> None:
    talk.lines.append(Line("name", "siti aminah.", talk.language))
    talk.goodbye()


def breaks(talk: Talk) -> None:
    raise ZeroDivisionError("planted")


def asks_without_a_word(talk: Talk) -> None:
    talk.choose("silent", lambda slow: None, [Option("1", "on")], silence="on")
    talk.goodbye()


def names_a_key_it_does_not_take(talk: Talk) -> None:
    talk.choose("narrow", lambda slow: talk.say("review", slow=slow), [Option("1", "on")])
    talk.goodbye()


def is_too_long(talk: Talk) -> None:
    for _ in range(2000):
        talk.say("place_skipped")
    talk.goodbye()


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (stops, "main.goodbye is a dead end: main stops without a goodbye"),
        (names_a_key_and_hangs_up, "main.goodbye is a dead end: it names key 8 and hangs up"),
        (goes_round, "main.round 0 has no way out"),
        (goes_round_by_leaving, "main.round has no way out"),
        (says_english, "main.goodbye says goodbye in id with the words about, is, it, what"),
        (mixes, "main.goodbye says goodbye in id with the words morning"),
        (speaks_in_another_voice, "main.goodbye says goodbye in en in a call in id"),
        (tells_the_number, "main.goodbye says a telephone number"),
        (tells_the_number_in_words, "main.goodbye says a telephone number"),
        (keeps_telling_what_was_keyed, "main.goodbye says a telephone number"),
        (tells_a_name, "main.goodbye says Siti Aminah"),
        (breaks, "the greeting breaks with ZeroDivisionError: planted"),
        (asks_without_a_word, "main.silent waits for an answer without a word"),
        (names_a_key_it_does_not_take, "main.narrow names key 2 and does not take it"),
        (is_too_long, "main.goodbye answers what is no document: 11750"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_planted_fault_is_found(monkeypatch: pytest.MonkeyPatch, fault: Conversation, problem: str) -> None:
    monkeypatch.setitem(CONVERSATIONS, "main", fault)
    found = walked(World("planted", PLAIN.fill, private=("Siti Aminah",)), depth=3)
    assert [one for one in found.problems if one.startswith(problem)], found.problems
    assert not [one for one in found.problems if one.startswith("main.right says a telephone")]


def test_the_way_to_a_problem_can_be_dialled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CONVERSATIONS, "emergency", breaks)
    problem, *_ = walked(PLAIN, depth=2).problems
    assert problem == "main.root breaks with ZeroDivisionError: planted [new mobile caller, id: dial, press 1]"


def test_a_menu_that_is_deaf_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk.intents, "danger", lambda words: "no")
    monkeypatch.setattr(talk.speech, "key", lambda words, offered: "")
    problems = walked(PLAIN, depth=2).problems
    assert [one for one in problems if one.startswith("main.root does not hear danger")], problems
    assert [one for one in problems if "does not take it when it is said" in one], problems


def test_what_stays_held_after_a_call_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from ticketing.tickets import intake  # noqa: PLC0415

    monkeypatch.setattr(intake, "release", lambda session, ticket: None)
    problems = walked(PLAIN, depth=TO_THE_END, everything=False, most_turns=600).problems
    assert [one for one in problems if one.startswith("a promise of kind email is still held after the call")], problems


def test_the_walk_leaves_the_world_as_it_was() -> None:
    from config import clock  # noqa: PLC0415
    from ivr.channels import twiml  # noqa: PLC0415

    before = (clock.now, twiml.render, dict(CONVERSATIONS), dict(os.environ))
    own = settings()
    walked(PLAIN, depth=1)
    walked(World("another machine", PLAIN.fill, machine={"duty_phone": "+622150010113"}), depth=1)
    assert (clock.now, twiml.render, dict(CONVERSATIONS), dict(os.environ)) == before
    assert settings() is own
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1), "the clock goes on"
    assert {references.new()[:6] for _ in range(3)} != {"100000"}, "and numbers are random again"
