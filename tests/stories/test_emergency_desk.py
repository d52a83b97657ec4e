"""Life in danger, and the emergency desk has a line of its own: it rings at once, nothing is asked or recorded,
and what is dialled is never 112 (rule V13). Without such a line: test_emergency_and_fallback.py."""

import xml.etree.ElementTree as ET

import pytest
from factories import ANI, documents
from people import House, Resident, use
from sqlalchemy import select

from config import stores
from ivr.explorer import scenarios
from ivr.explorer.walker import walk
from ticketing.models import Call
from ticketing.rules import numbers

pytestmark = pytest.mark.usefixtures("unlimited")

DESK = "+622188995512"
TEXT = "Tutup telepon ini dan hubungi 1 1 2, gratis"


@pytest.fixture
def desk(sqlite_house: House) -> House:
    use(EMERGENCY_PHONE=DESK)
    return sqlite_house


def in_danger(house: House, *before: str, number: str = ANI) -> Resident:
    return Resident(house, number).dials().presses(*before, "1")


def dialled(house: House) -> list[str]:
    return [call.to for call in house.carrier.ledger.listed("calls") if call.direction == "outbound-dial"]


def goal() -> str | None:
    with stores.reading() as session:
        return session.scalar(select(Call.goal).order_by(Call.started_at.desc()).limit(1))


def test_one_document_says_it_and_rings(desk: House) -> None:
    """Within three seconds: nothing is fetched, asked or recorded between the sentence and the ring."""
    ani = in_danger(desk).hears("kami sambungkan ke petugas darurat. Bila terputus, hubungi 1 1 2, gratis")
    assert ani.call.state == "dialing"
    document = documents()[-1]
    assert [verb.tag for verb in document] == ["Say", "Dial"]
    number = document.find("Dial/Number")
    assert number is not None and number.text == DESK
    assert "url" not in number.attrib, "nobody must press a key to accept"
    assert int(document[1].attrib["timeout"]) <= 20
    assert goal() == "emergency"


def test_the_desk_answers_and_nothing_is_asked_afterwards(desk: House) -> None:
    ani = in_danger(desk)
    ani.call.officer_answers("")
    assert ani.call.bridged
    ani.call.officer_hangs_up()
    ani.hears("Terima kasih sudah menelepon").never_hears("Seberapa puas").never_hears("direkam")
    assert not ani.is_connected
    assert dialled(desk) == [DESK]
    assert ani.call.errors == []
    desk.work()
    assert desk.tickets() == []


def test_a_busy_desk_is_rung_three_times_at_most(desk: House) -> None:
    ani = in_danger(desk)
    for _ in range(2):
        ani.call.officer_declines()
        ani.hears("Saluran petugas darurat sedang sibuk. Silakan hubungi 1 1 2 sekarang", "tetap mencoba")
        assert ani.call.state == "dialing"
    ani.call.officer_declines()
    ani.hears(TEXT)
    assert not ani.is_connected
    assert dialled(desk) == [DESK] * 3


@pytest.mark.parametrize("busy_before", [0, 1])
def test_a_desk_that_does_not_answer_is_not_waited_for_again(desk: House, busy_before: int) -> None:
    ani = in_danger(desk)
    for _ in range(busy_before):
        ani.call.officer_declines()
    ani.call.officer_no_answer()
    ani.hears(TEXT)
    assert not ani.is_connected
    assert dialled(desk) == [DESK] * (busy_before + 1)


def test_it_is_said_in_english_too(desk: House) -> None:
    ann = in_danger(desk, "8").hears("We are connecting you to the emergency desk. If cut off, dial 1 1 2, free")
    ann.call.officer_declines()
    ann.hears("The emergency desk is busy. Please dial 1 1 2 now").call.officer_no_answer()
    ann.hears("Please hang up and dial 1 1 2, free")


@pytest.mark.parametrize("number", ["anonymous", "+266696687", "", "1500444", "+622188950001"])
def test_it_rings_whoever_calls(desk: House, number: str) -> None:
    in_danger(desk, number=number).hears("petugas darurat")
    assert dialled(desk) == [DESK]


def test_after_misses_and_from_a_later_visit_to_the_root_it_rings_too(desk: House) -> None:
    for before in (["7", "7"], ["2", "*"], ["4", "*"], ["8", "8"]):
        assert in_danger(desk, *before).call.state == "dialing", before
    assert set(dialled(desk)) == {DESK}


def test_the_key_means_this_at_the_root_and_nowhere_else(desk: House) -> None:
    for before in (["2"], ["4"], ["5"], ["3", "123456786"], ["2", "2"]):
        assert in_danger(desk, *before).call.state != "dialing", before
    assert dialled(desk) == []


def test_a_number_from_which_only_silence_comes_still_reaches_the_desk(desk: House) -> None:
    for _ in range(5):
        Resident(desk).dials().is_silent(3)
    in_danger(desk).hears("petugas darurat")
    assert dialled(desk) == [DESK]


def test_the_emergency_is_the_goal_whatever_the_caller_did_before(desk: House) -> None:
    Resident(desk).dials().presses("4", "4").presses("*").presses("1")
    assert goal() == "emergency"


def test_hanging_up_while_it_rings_leaves_nothing_behind(desk: House) -> None:
    ani = in_danger(desk).hangs_up()
    desk.work()
    assert desk.tickets() == []
    assert desk.carrier.ledger.listed("recordings") == []
    assert ani.call.errors == []


@pytest.mark.parametrize("line", ["112", "+62112", "110", "119"])
def test_an_emergency_number_in_the_setting_is_not_dialled(sqlite_house: House, line: str) -> None:
    use(EMERGENCY_PHONE=line)
    ani = in_danger(sqlite_house).hears(TEXT)
    assert not ani.is_connected
    assert dialled(sqlite_house) == []


def test_no_document_of_any_path_dials_an_emergency_number(desk: House) -> None:
    found = walk(scenarios.WORLDS[0], depth=4, everything=False)
    assert found.problems == []
    roots = [ET.fromstring(state.reply) for state in found.states]
    targets = {one.text for root in roots for one in root.iter("Number")} | {
        (one.text or "").strip() for root in roots for one in root.iter("Dial")
    }
    assert DESK in targets
    assert [target for target in targets if target and numbers.read(target).kind == "emergency"] == []
    assert {verb.tag for root in roots for verb in root}.isdisjoint({"Enqueue", "Queue", "Conference"})
    for state, root in zip(found.states, roots, strict=True):
        if state.node.startswith("emergency."):
            assert root.find("Record") is None and root.find("Gather") is None, state.way
