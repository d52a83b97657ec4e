"""The memory of a conversation lasts through a deploy: rows of the release before, of the next one, damaged ones."""

import itertools
import json
from dataclasses import fields
from typing import Any

import pytest
import time_machine
from factories import wib
from people import House, Resident
from sqlalchemy import select

from config import stores
from ticketing.calls.memory import Memory, remembered
from ticketing.models import Call, Turn

MONDAY = wib("2026-11-23 10:00")
# As the release before wrote them, which knew neither `talked_to_person` nor `surveyed`.
OLD_AT_THE_PLACE = (
    '{"name": "report", "args": {}, "chapter": 2, "journal": [["look", "count report", 1], ["answer", "topic", "2"], '
    '["look", "incident here", null], ["look", "last area", null], ["answer", "place 1", ""], ["look", "found 1", '
    '{"result": "none", "areas": [], "outside": null}]], "open": "place 2", "misses": 0, "language": "id", "touched": '
    'true, "met": false, "goal": "", "visits": [], "counts": {"report": 1}, "keeps": {}, "turn": 3, "over": false, '
    '"ghost": false, "topic": "sampah", "node": "report.place 2"}'
)
OLD_AT_THE_OFFICER = (
    '{"name": "person", "args": {}, "chapter": 2, "journal": [["once", "visit person", true], ["look", "haunts", false]'
    ', ["look", "duty line", {"number": "+622150010100", "opens": null, "asked": "2026-11-23T03:00:00.053500+00:00"}], '
    '["look", "spent", false]], "open": "officer", "misses": 0, "language": "id", "touched": true, "met": false, '
    '"goal": "", "visits": ["person"], "counts": {}, "keeps": {}, "turn": 1, "over": false, "ghost": false, "topic": '
    '"", "node": "person.officer", "accepted": %s}'
)
OLD_AT_THE_SURVEY = (
    '{"name": "survey", "args": {}, "chapter": 3, "journal": [["look", "due", true]], "open": "score", "misses": 0, '
    '"language": "id", "touched": true, "met": true, "goal": "person", "visits": ["person"], "counts": {}, "keeps": {}'
    ', "turn": 2, "over": false, "ghost": false, "topic": "", "node": "survey.score", "accepted": true, "told": 0}'
)
OLD_ROWS = [OLD_AT_THE_PLACE, OLD_AT_THE_OFFICER % "true", OLD_AT_THE_OFFICER % "false", OLD_AT_THE_SURVEY]
FULL: dict[str, Any] = {
    "name": "report", "args": {"category": "sampah"}, "chapter": 4, "journal": [["answer", "topic", "2"]],
    "open": "place 1", "misses": 2, "language": "en", "touched": True, "met": True, "goal": "status",
    "visits": ["person"], "counts": {"report": 2}, "keeps": {"7": {"nth": "2"}}, "turn": 6, "over": True, "ghost": True,
    "topic": "sampah", "node": "report.place 1", "accepted": True, "told": 1, "mobile": "+6281234567890",
    "talked_to_person": True, "surveyed": True,
}  # fmt: skip
DAMAGED: list[Any] = [None, True, 3, 2.5, "word", ["word"], [["answer"]], {"key": [1]}, {"key": None}]


def stored(text: str | None = None) -> dict[str, Any]:
    """The row of the only call there is; `text` takes its place."""
    with stores.transaction() as session:
        call = session.scalars(select(Call)).one()
        if text is not None:
            call.memory = text
        return dict(json.loads(call.memory))


def turns() -> list[tuple[str, str]]:
    with stores.reading() as session:
        return [(turn.node, turn.result) for turn in session.scalars(select(Turn).order_by(Turn.number))]


# -- reading and writing -------------------------------------------------------------------------------------------


def test_every_field_is_written_and_read() -> None:
    memory = Memory.read(json.dumps(FULL))
    assert memory is not None
    assert {one.name: getattr(memory, one.name) for one in fields(memory)} == {**FULL, "unknown": {}}
    assert json.loads(memory.written()) == FULL, "each field is a key of the row, under its own name"
    begun = Memory()
    assert all(getattr(begun, key) != value for key, value in FULL.items()), "no field above has its default"


@pytest.mark.parametrize("text", [None, "", "{}", "[]", "null", "3", '"word"', "no json", '{"name": '])
def test_where_nothing_was_remembered_there_is_no_memory(text: str | None) -> None:
    assert Memory.read(text) is None


@pytest.mark.parametrize("row", OLD_ROWS)
def test_a_row_of_the_release_before_is_read_and_written_as_it_was(row: str) -> None:
    memory = Memory.read(row)
    assert memory is not None
    before = json.loads(row)
    after = json.loads(memory.written())
    assert {key: after[key] for key in before} == before
    new = {"accepted": False, "told": 0, "mobile": None}
    assert all(after[key] == value for key, value in new.items() if key not in before)


@pytest.mark.parametrize("key", FULL)
def test_what_is_missing_or_of_another_type_has_its_default(key: str) -> None:
    fresh = vars(Memory())
    rows: list[dict[str, Any]] = [{**FULL, key: value} for value in DAMAGED]
    for row in ({name: value for name, value in FULL.items() if name != key}, *rows):
        memory = Memory.read(json.dumps(row))
        assert memory is not None
        value = getattr(memory, key)
        assert value in (fresh[key], row.get(key)) or key == "talked_to_person"
        assert type(value) in (type(fresh[key]), type(FULL[key])), (key, value)
        others = {name: getattr(memory, name) for name in FULL if name not in (key, "surveyed")}
        assert others == {name: value for name, value in FULL.items() if name not in (key, "surveyed")}
        assert json.loads(memory.written()).keys() == FULL.keys()


def test_what_this_release_does_not_know_is_written_back() -> None:
    new = {"mood": {"calm": [1, 2.5, None]}, "unknown": "even this"}
    memory = Memory.read(json.dumps({**FULL, **new}))
    assert memory is not None
    memory.misses = 0
    assert json.loads(memory.written()) == {**FULL, **new, "misses": 0}


# -- calls that two releases serve ---------------------------------------------------------------------------------


def test_a_turn_keeps_what_the_next_release_put_there(house: House) -> None:
    ani = Resident(house).dials()
    new = {"mood": {"calm": [1, None]}, "weather": "rain"}
    stored(json.dumps({**stored(), **new}))
    ani.presses("2").hears("Laporan tentang apa?")
    after = stored()
    assert (after["name"], after["turn"]) == ("report", 1)
    assert {key: after[key] for key in new} == new
    ani.presses("0")
    ani.call.officer_answers("1")
    assert {key: stored()[key] for key in new} == new, "the officer's key writes the row too"


def test_a_call_of_the_release_before_goes_on_at_its_question(house: House) -> None:
    with time_machine.travel(MONDAY):
        ani = Resident(house).dials().presses("2", "2", "1").hears("Nama kelurahan belum kami kenali")
        ours = stored()
        assert {key: ours[key] for key in json.loads(OLD_AT_THE_PLACE)} == json.loads(OLD_AT_THE_PLACE)
        stored(OLD_AT_THE_PLACE)
        ani.presses("8").hears("We do not know that kelurahan yet").presses("8")
        ani.says("kayuringin jaya").hears("Kayuringin Jaya").presses("1").talks().presses("1")
        ani.hears("Nomor laporan")
    assert "restarted" not in {result for _, result in turns()}
    assert [node for node, _ in turns()][4:7] == ["report.place 2", "report.place 2", "report.place 2"]
    ticket = house.ticket()
    assert (ticket["category"], ticket["area"]) == ("sampah", "Kayuringinjaya")


def test_a_damaged_field_stops_no_call(sqlite_house: House, unlimited: None) -> None:
    for key, value in itertools.product(FULL, (None, 7.5, [["answer"]])):
        ani = Resident(sqlite_house).dials()
        with stores.transaction() as session:
            call = session.scalars(select(Call).order_by(Call.started_at.desc()).limit(1)).one()
            call.memory = json.dumps({**json.loads(call.memory), key: value})
        ani.presses("2").hears("Laporan tentang apa?").hangs_up()


# -- who is asked about a talk by text -----------------------------------------------------------------------------


def asked_by_text(house: House, resident: Resident) -> bool:
    house.work()
    return any("Terima kasih sudah menelepon" in text for text in resident.inbox)


@pytest.mark.parametrize(("accepted", "asked"), [("true", True), ("false", False)])
def test_a_talk_that_the_release_before_noted_is_asked_about(sqlite_house: House, accepted: str, asked: bool) -> None:
    """It noted that the officer had pressed the key, and not that this was a talk."""
    ani = Resident(sqlite_house).dials().presses("0")
    ani.call.officer_answers("1" if asked else "")
    stored(OLD_AT_THE_OFFICER % accepted)
    ani.hangs_up()
    assert asked_by_text(sqlite_house, ani) == asked


def test_an_officer_accepts_a_call_of_the_release_before(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("0")
    stored(OLD_AT_THE_OFFICER % "false")
    ani.call.officer_answers("1")
    ani.hangs_up()
    assert asked_by_text(sqlite_house, ani)


@pytest.mark.parametrize("answered", [False, True])
def test_a_survey_that_the_release_before_began(sqlite_house: House, answered: bool) -> None:
    """Who hangs up at its question is asked by text, who let it end is not."""
    ani = Resident(sqlite_house).dials().presses("0")
    ani.call.officer_answers("1")
    ani.call.officer_hangs_up()
    stored(OLD_AT_THE_SURVEY)
    (ani.is_silent() if answered else ani).hangs_up()
    assert asked_by_text(sqlite_house, ani) != answered


@pytest.mark.parametrize("name", ["main", "person", "department", "survey", "message", "emergency"])
@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize("over", [False, True])
def test_a_row_without_notes_is_judged_as_it_was_by_its_release(name: str, accepted: bool, over: bool) -> None:
    row = {**json.loads(OLD_AT_THE_SURVEY), "name": name, "accepted": accepted, "over": over}
    memory = Memory.read(json.dumps(row))
    assert memory is not None
    asked = not over if name == "survey" else name in ("person", "department") and accepted
    assert (memory.talked_to_person and not memory.surveyed) == asked


def test_the_memory_of_a_call_is_read_from_its_row(sqlite_house: House) -> None:
    Resident(sqlite_house).dials()
    with stores.transaction() as session:
        call = session.scalars(select(Call)).one()
        memory = remembered(call)
        assert memory is not None
        assert (memory.node, memory.turn, memory.open) == ("main.root", 0, "root")
        call.memory = None
        assert remembered(call) is None
