"""A caller may hang up at any moment. Before anything was recorded nothing is left behind at once (test_missed_calls
tells what becomes of it); from the recording on the report is kept and sent, whichever of the carrier's two messages
about it gets through."""

from dataclasses import dataclass

import pytest
from people import House, Resident

LANDLINE = "+622188950001"


@dataclass(frozen=True)
class Way:
    """What the caller did before hanging up, and the tickets that are left."""

    steps: tuple[str, ...]
    tickets: int = 0
    number: str = "+6281200001111"


WAYS = {
    "at the root": Way(()),
    "at the topic": Way(("2",)),
    "at the owner": Way(("2", "1")),
    "at the place": Way(("2", "2")),
    "at the second try": Way(("2", "2", "say blabla")),
    "at the confirmation": Way(("2", "2", "say kranji")),
    "at two that sound alike": Way(("2", "2", "say bojong")),
    "outside the city": Way(("2", "2", "say tambun")),
    "before a word": Way(("2", "2", "*")),
    "after one second": Way(("2", "2", "*", "talk 1")),
    "after two seconds": Way(("2", "2", "*", "talk 2"), 1),
    "after twenty seconds": Way(("2", "2", "*", "talk 20"), 1),
    "in the review": Way(("2", "2", "*", "record"), 1),
    "after listening": Way(("2", "2", "*", "record", "2"), 1),
    "in the second take": Way(("2", "2", "*", "record", "3", "talk 9"), 1),
    "before the second take": Way(("2", "2", "*", "record", "3"), 1),
    "after the number": Way(("2", "2", "*", "record", "1"), 1),
    "at the mobile number": Way(("2", "2", "*", "record", "1"), 1, LANDLINE),
    "at the read-back": Way(("2", "2", "*", "record", "1", "081234567890*"), 1, LANDLINE),
    "in a second report": Way(("2", "2", "*", "record", "1", "1", "3"), 1),
    "in the second recording": Way(("2", "2", "*", "record", "1", "1", "3", "1", "*", "talk 9"), 2),
    "after being asked to speak again": Way(("2", "2", "*", "silence"), 0),
    "while an officer is rung": Way(("2", "0"), 0),
    "hidden, in the recording": Way(("2", "2", "*", "talk 9"), 1, "anonymous"),
}


def goes(resident: Resident, steps: tuple[str, ...]) -> None:
    for step in steps:
        match step.split(" ", 1):
            case ["say", words]:
                resident.says(words)
            case ["talk", seconds]:
                resident.talks(float(seconds), then="hangup")
            case ["record"]:
                resident.talks(8)
            case ["silence"]:
                resident.is_silent()
            case [keys]:
                resident.presses(keys)
    if resident.is_connected:
        resident.hangs_up()


@pytest.mark.parametrize("name", WAYS)
def test_what_is_kept(sqlite_house: House, name: str) -> None:
    way = WAYS[name]
    ani = Resident(sqlite_house, way.number).dials()
    goes(ani, way.steps)
    sqlite_house.work()
    kept = sqlite_house.tickets()
    assert len(kept) == way.tickets
    assert {ticket["status"] for ticket in kept} <= {"forwarded"}
    assert len(sqlite_house.mails()) == way.tickets
    texts = sqlite_house.carrier.inbox(way.number)
    assert len(texts) == (way.tickets if way.number.startswith("+628") else 0)
    assert ani.call.errors == []
    assert sqlite_house.carrier.errors == []


@pytest.mark.parametrize("lost", [{"drop_record_action": True}, {"drop_recording_callback": True}])
@pytest.mark.parametrize("order", ["in order", "reversed", "doubled"])
def test_one_of_the_two_messages_is_enough(house: House, lost: dict[str, bool], order: str) -> None:
    house.carrier.faults.set({**lost, "callbacks": order})
    goes(Resident(house).dials(), ("2", "2", "*", "talk 9"))
    house.work()
    assert house.ticket()["status"] == "forwarded"
    assert len(house.mails()) == 1


def test_a_short_report_whose_next_turn_is_lost_is_kept_when_the_call_ends(house: House) -> None:
    house.carrier.faults.set({"drop_record_action": True})
    goes(Resident(house).dials(), ("2", "2", "*", "talk 3"))
    house.work()
    assert house.ticket()["status"] == "forwarded"


@pytest.mark.parametrize("order", ["in order", "reversed", "doubled"])
def test_a_silent_recording_that_was_asked_for_again_is_no_report_later(house: House, order: str) -> None:
    house.carrier.faults.set({"callbacks": order})
    ani = Resident(house).dials().presses("2", "2", "*").is_silent().hears("Suara belum terdengar").hangs_up()
    house.work()
    assert house.tickets() == []
    assert ani.inbox == []
