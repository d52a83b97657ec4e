"""Danger by text: the resident is told to ring 112, and a telephone rings at the duty team until somebody presses 1."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from factories import change, rows, seen, wib
from people import House, Resident, use
from sqlalchemy import select

from config import stores
from ticketing.calls import alarms
from ticketing.models import Call, Turn
from ticketing.tickets import history

FIRST, SECOND = "+6281310000001", "+6281310000002"
FIRE = "kebakaran rumah di jl mawar margahayu, ada anak di dalam"


@pytest.fixture(autouse=True)
def by_night() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(wib("2026-03-02 02:10"), tick=False) as now:
        yield now


@pytest.fixture
def duty(sqlite_house: House) -> House:
    use(SMS_DUA_ARAH="true", DUTY_PHONE=f"{FIRST}, {SECOND}")
    return sqlite_house


def rung(house: House, phone: str) -> Resident:
    (call,) = house.carrier.ringing(phone)
    officer = Resident(house, phone)
    officer.call = call
    return officer


def answers(house: House, phone: str) -> Resident:
    officer = rung(house, phone)
    officer.call.answer()
    return officer


def actions(number: str) -> list[str]:
    with stores.reading() as session:
        return [event.action for event in history.of(session, seen(number)) if event.action.startswith("alarm")]


def test_a_telephone_rings_at_night_until_somebody_presses_1(duty: House) -> None:
    ani = Resident(duty).texts("tolong nomor saya jangan dikirimi pesan terus").texts(FIRE)
    duty.work()
    number = duty.ticket()["number"]
    assert "Telepon 112 SEKARANG" in ani.inbox[-1] and "sudah menerima" not in ani.inbox[-1]
    officer = answers(duty, FIRST).hears(
        "Panggilan darurat", "Jumlah laporan darurat, 1.", FIRE[:20], "Margahayu", "tekan 1"
    )
    officer.is_silent().hears("Panggilan darurat")
    officer.presses("1").hears("Terima kasih")
    duty.work()
    assert actions(number) == [alarms.RUNG, alarms.HEARD]
    assert f"Petugas siaga sudah menerima laporan {number}" in ani.inbox[-1]
    assert duty.carrier.ringing(SECOND) == [] and rows(kind="alarm")[0].state == "sent"
    assert duty.mails("petugas")[0].subject.startswith("DARURAT: ")


@pytest.mark.parametrize(("state", "told"), [("pending", 1), ("leased", 1), ("unknown", 1), ("sent", 0), ("dead", 0)])
def test_who_answers_hears_of_all_that_is_not_over_also_what_a_worker_holds(duty: House, state: str, told: int) -> None:
    Resident(duty).texts(FIRE)
    (row,) = rows(kind="alarm")
    change(row, state=state)
    with stores.reading() as session:
        assert len(alarms.unheard(session)) == told


def test_nobody_answers_and_the_next_one_is_rung(duty: House) -> None:
    Resident(duty).texts(FIRE)
    duty.work()
    rung(duty, FIRST).call.leave_unanswered("no-answer")
    duty.work()
    assert duty.carrier.ringing(FIRST) == []
    answers(duty, SECOND).presses("1")
    duty.work()
    assert actions(duty.ticket()["number"]) == [alarms.RUNG, alarms.RUNG, alarms.HEARD]


def test_an_answering_machine_is_no_officer(duty: House) -> None:
    Resident(duty).texts(FIRE)
    duty.work()
    machine = answers(duty, FIRST)
    machine.is_silent(times=5)
    assert not machine.is_connected
    duty.work()
    assert rung(duty, SECOND)


def test_one_call_tells_of_all_that_is_new(duty: House) -> None:
    Resident(duty).texts(FIRE)
    duty.work()
    Resident(duty, "+6281200002222").texts("tolong ada orang tenggelam di kali kayuringin")
    duty.work()
    assert duty.carrier.ringing(SECOND) == [], "one alarm call at a time"
    answers(duty, FIRST).hears("Jumlah laporan darurat, 2.").presses("1")
    duty.work()
    assert [actions(ticket["number"])[-1] for ticket in duty.tickets()] == [alarms.HEARD] * 2
    assert duty.carrier.ringing(FIRST) == duty.carrier.ringing(SECOND) == []


def test_nobody_is_there_for_half_an_hour(duty: House, by_night: time_machine.Traveller) -> None:
    Resident(duty).texts(FIRE)
    for nth in range(40):
        duty.work()
        for call in duty.carrier.ringing(FIRST if nth % 2 == 0 else SECOND):
            call.leave_unanswered("no-answer")
        by_night.shift(timedelta(minutes=1))
    duty.work()
    tried = actions(duty.ticket()["number"])
    assert tried[-1] == alarms.UNHEARD and 10 < tried.count(alarms.RUNG) <= 31
    assert rows(kind="alarm")[0].last_error == "nobody pressed 1"


def test_the_same_number_alarms_once_in_half_an_hour(duty: House) -> None:
    Resident(duty).texts(FIRE).texts("tolong cepat apinya membesar")
    duty.work()
    assert len(rows(kind="alarm")) == len(duty.tickets()) == 1


def test_without_a_duty_telephone_there_is_the_letter(duty: House) -> None:
    use(DUTY_PHONE="", TWILIO_ACCOUNT_SID="AC" + "0" * 32)
    Resident(duty).texts(FIRE)
    duty.work()
    assert rows(kind="alarm") == [] and duty.mails("petugas")


def perhaps(house: House) -> Resident:
    """Somebody who may be in danger: a stranger would ask one question first."""
    ani = Resident(house).texts("ada asap tebal dari belakang ruko, gatau apa yang dibakar")
    house.work()
    return ani


def test_perhaps_danger_hears_112_first_and_a_yes_rings(duty: House) -> None:
    ani = perhaps(duty)
    assert "Telepon 112 SEKARANG" in ani.inbox[0] and duty.carrier.ringing(FIRST) == []
    ticket = duty.ticket()
    assert ticket["number"] in ani.inbox[1], "the report is kept whatever comes"
    ani.texts("ya")
    duty.work()
    answers(duty, FIRST).hears("asap tebal dari belakang ruko").presses("1")
    duty.work()
    assert duty.ticket()["number"] == ticket["number"] and actions(ticket["number"])[-1] == alarms.HEARD
    assert f"Petugas siaga sudah menerima laporan {ticket['number']}" in ani.inbox[-1]


def test_what_was_perhaps_danger_rings_once_it_surely_is(duty: House) -> None:
    perhaps(duty).texts(FIRE)
    duty.work()
    answers(duty, FIRST).hears("asap tebal", FIRE[:20], "Lokasi, Margahayu.").presses("1")
    duty.work()
    assert actions(duty.ticket()["number"]) == [alarms.RUNG, alarms.HEARD]


def test_who_says_nothing_or_no_rings_nobody(duty: House) -> None:
    perhaps(duty).texts("bukan, cuma bakar sampah")
    duty.work()
    assert duty.carrier.ringing(FIRST) == [] and rows(kind="alarm") == []


def test_a_yes_long_after_is_no_alarm(duty: House, by_night: time_machine.Traveller) -> None:
    ani = perhaps(duty)
    by_night.shift(timedelta(minutes=31))
    ani.texts("ya")
    duty.work()
    assert rows(kind="alarm") == []


def test_what_was_read_out_is_erased_with_its_sender(duty: House) -> None:
    ani = Resident(duty).texts(FIRE)
    duty.work()
    answers(duty, FIRST).presses("1")
    duty.work()
    assert any("jl mawar" in words for words in kept_of_calls())
    duty.flask("privacy", "erase", "--phone", ani.number, "--by", "Rina", "--even-open")
    assert not any("jl mawar" in words for words in kept_of_calls())


def kept_of_calls() -> list[str]:
    """Everything that is kept of what was said in calls."""
    with stores.reading() as session:
        memories = [call.memory for call in session.scalars(select(Call))]
        return [words or "" for words in (*memories, *(turn.reply for turn in session.scalars(select(Turn))))]


def test_a_carrier_in_trouble_is_asked_again_at_once(duty: House, by_night: time_machine.Traveller) -> None:
    """No circuit breaker holds an alarm up, however often the carrier failed."""
    duty.carrier.faults.set({"rest_fail": 12})
    Resident(duty).texts(FIRE)
    for _ in range(12):
        duty.work()
        by_night.shift(timedelta(seconds=6))
    duty.work()
    assert duty.carrier.ringing(FIRST) or duty.carrier.ringing(SECOND)
