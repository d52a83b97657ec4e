"""Somebody who calls for the third time in a week is taken more seriously; where only silence comes from, the telephone
of the officer stays quiet for a day, and nobody is ever blocked (rules V22, V35).
"""

from datetime import timedelta

import pytest
import time_machine
from factories import ANI, opened, seen, wib
from people import House, Resident
from sqlalchemy import select

from config import stores
from ticketing.models import Call

MONDAY = wib("2026-11-23 10:00")
BUDI, HIDDEN = "+6281299990000", "anonymous"


def calls_twice(house: House, number: str = ANI) -> None:
    for _ in range(2):
        Resident(house, number).dials().presses("4").hangs_up()


def reports(house: House, number: str = ANI) -> Resident:
    return Resident(house, number).dials().presses("2", "2", "*").talks().presses("1").hangs_up()


def haunts(house: House, number: str = ANI, times: int = 5) -> None:
    for _ in range(times):
        Resident(house, number).dials().is_silent(3).hears("Kami tidak mendengar suara")


def pranks() -> None:
    """A clerk marked every call so far as a prank."""
    with stores.transaction() as session:
        for call in session.scalars(select(Call)):
            call.prank = True


# -- the third call ----------------------------------------------------------------------------------------------------


def test_the_report_of_a_third_call_is_raised_and_flagged(house: House) -> None:
    calls_twice(house)
    reports(house)
    ticket = house.ticket()
    assert (ticket["priority"], ticket["flagged"]) == ("P2", True)
    urged = next(step for step in ticket["history"] if step["action"] == "urged")
    assert urged["why"] == {"repeat": "third call in seven days", "priority": "P3 -> P2"}
    house.work()
    assert len(house.mails("dlh")) == 1, "one mail, with the nearer date"


def test_asking_for_the_third_time_raises_the_report_once(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY) as now:
        number = opened()
        sqlite_house.work()
        before = seen(number).due_at
        for nth in range(1, 6):
            Resident(sqlite_house).dials().presses("3").hears("Laporan tentang sampah").hangs_up()
            now.shift(timedelta(hours=1))
            assert sqlite_house.ticket(number)["priority"] == ("P3" if nth < 3 else "P2"), nth
        now.shift(timedelta(days=2))
        Resident(sqlite_house).dials().presses("3").hangs_up()
        ticket = sqlite_house.ticket(number)
        assert [step["action"] for step in ticket["history"]].count("urged") == 1
        assert ticket["flagged"]
        assert seen(number).due_at < before
        sqlite_house.work()
        assert len(sqlite_house.mails("dlh")) == 2, "the department hears that it is pressing"


def test_in_one_call_it_is_raised_once(sqlite_house: House) -> None:
    number = opened()
    calls_twice(sqlite_house)
    Resident(sqlite_house).dials().presses("3", "1", "1", "1").hangs_up()
    assert sqlite_house.ticket(number)["priority"] == "P2"


@pytest.mark.parametrize("days", [6, 8])
def test_seven_days_count(sqlite_house: House, days: int) -> None:
    with time_machine.travel(MONDAY) as now:
        calls_twice(sqlite_house)
        now.shift(timedelta(days=days))
        reports(sqlite_house)
        assert sqlite_house.ticket()["flagged"] is (days < 7)


def test_two_calls_are_not_three_and_others_do_not_count(sqlite_house: House) -> None:
    Resident(sqlite_house).dials().hangs_up()
    calls_twice(sqlite_house, BUDI)
    reports(sqlite_house)
    assert not sqlite_house.ticket()["flagged"]


def test_silent_calls_and_pranks_do_not_count(sqlite_house: House) -> None:
    haunts(sqlite_house, times=2)
    calls_twice(sqlite_house, BUDI)
    pranks()
    for number in (ANI, BUDI):
        reports(sqlite_house, number)
    assert [ticket["flagged"] for ticket in sqlite_house.tickets()] == [False, False]


def test_hidden_numbers_are_not_one_caller(sqlite_house: House) -> None:
    calls_twice(sqlite_house, HIDDEN)
    reports(sqlite_house, HIDDEN)
    assert not sqlite_house.ticket()["flagged"]


def test_asking_by_number_raises_nothing_of_others(sqlite_house: House) -> None:
    number = opened(BUDI)
    calls_twice(sqlite_house)
    Resident(sqlite_house).dials().presses("3").presses(number).hears("Laporan tentang sampah diterima").hangs_up()
    assert not sqlite_house.ticket(number)["flagged"]


# -- silence (V35) -----------------------------------------------------------------------------------------------------


def test_after_five_silent_calls_a_message_comes_before_the_officer(sqlite_house: House) -> None:
    haunts(sqlite_house)
    ani = (
        Resident(sqlite_house)
        .dials()
        .presses("0")
        .hears("Petugas belum dapat menjawab", "Setelah nada, sebutkan keperluan")
    )
    assert ani.call.legs == []
    ani.never_hears("kami sambungkan").talks().hears("Pesan Bapak Ibu sudah tersimpan")
    sqlite_house.work()
    assert sqlite_house.ticket()["category"] == "pesan-petugas"
    assert [call.to for call in sqlite_house.carrier.ledger.listed("calls") if call.direction == "outbound-dial"] == []


def test_everything_else_stays_open_to_such_a_number(sqlite_house: House) -> None:
    haunts(sqlite_house)
    Resident(sqlite_house).dials().presses("1").hears("hubungi 1 1 2")
    reports(sqlite_house)
    assert sqlite_house.ticket()["status"] == "received"
    (
        Resident(sqlite_house, BUDI).dials().presses("0").hears("kami sambungkan"),
        "other numbers have nothing to do with it",
    )


def test_a_day_later_the_officer_is_rung_again(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY) as now:
        haunts(sqlite_house)
        now.shift(timedelta(hours=23))
        Resident(sqlite_house).dials().presses("0").never_hears("kami sambungkan").hangs_up()
        now.shift(timedelta(hours=1, minutes=1))
        assert Resident(sqlite_house).dials().presses("0").call.state == "dialing"


def test_four_silent_calls_are_not_five_and_hidden_ones_are_nobody_s(sqlite_house: House) -> None:
    haunts(sqlite_house, times=4)
    haunts(sqlite_house, HIDDEN)
    for number in (ANI, HIDDEN):
        assert Resident(sqlite_house, number).dials().presses("0").call.state == "dialing", number
