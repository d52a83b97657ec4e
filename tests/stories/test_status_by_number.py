"""Somebody asks about a report by its number: the check digit, how much is said to whom, and the last four digits that
prove whose it is (rule V18)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from asking import BUDI, HIDDEN, LANDLINE, MONDAY, asks
from factories import opened
from people import House
from sqlalchemy import event

from config import stores

NOBODYS, MISTYPED = "123456786", "123456780"


# -- the number ----------------------------------------------------------------------------------------------------


@contextmanager
def asked_about_tickets() -> Iterator[list[str]]:
    """The statements by which the database is asked for a ticket."""
    found: list[str] = []

    def overhear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM tickets" in statement and "tickets.number =" in statement:
            found.append(statement)

    event.listen(stores.engine(), "before_cursor_execute", overhear)
    try:
        yield found
    finally:
        event.remove(stores.engine(), "before_cursor_execute", overhear)


@pytest.mark.parametrize("number", [LANDLINE, HIDDEN, "+6591234567", "", "1500444", "sip:x@y", "+266696687"])
def test_who_calls_from_no_mobile_of_ours_is_asked_for_the_number(sqlite_house: House, number: str) -> None:
    with time_machine.travel(MONDAY):
        ticket = opened(number)
        siti = asks(sqlite_house, number).hears("Belum ada laporan aktif dari nomor ini", "sebutkan 9 angka")
        siti.presses(ticket).hears("Laporan tentang sampah diterima").never_hears("Dinas")
        siti.hears("Untuk pelapor sendiri, tekan 2")


@pytest.mark.parametrize("keyed", [MISTYPED, "123456768", "012345678", "12345678*", "1*", "1*3456786", "000000000"])
def test_a_wrong_digit_is_caught_before_the_database_is_asked(sqlite_house: House, keyed: str) -> None:
    budi = asks(sqlite_house, BUDI)
    with asked_about_tickets() as found:
        budi.presses(keyed).hears("Nomor belum cocok. Masukkan atau sebutkan lagi, satu per satu")
    assert found == []
    with asked_about_tickets() as found:
        budi.presses(NOBODYS).hears("Nomor belum cocok")
    assert found != [], "a number that could be one is looked for"


def test_three_tries_and_then_an_officer(sqlite_house: House) -> None:
    budi = asks(sqlite_house, BUDI).presses(NOBODYS, MISTYPED).hears("Nomor belum cocok")
    budi.presses("12*").hears("kami sambungkan dengan petugas")
    assert budi.call.state == "dialing"


def test_more_than_nine_digits_are_no_number_even_where_the_first_nine_are_one(sqlite_house: House) -> None:
    number = opened()
    budi = asks(sqlite_house, BUDI)
    told = sqlite_house.post("/voice/turn/2", {**budi.call.fields(), "Digits": number + "0"})
    assert "Nomor belum cocok" in told.text


def test_saying_nothing_twice_goes_back_to_the_root(sqlite_house: House) -> None:
    asks(sqlite_house, BUDI).is_silent().hears("sebutkan 9 angka").is_silent().hears("Keadaan darurat, tekan 1")


def test_one_number_after_the_other(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY):
        first, second = opened(), opened(category="jalan-rusak")
        budi = asks(sqlite_house, BUDI).presses(first).hears("tentang sampah diterima", "Laporan lain, tekan 3")
        budi.presses("3").hears("sebutkan 9 angka").presses(second).hears("tentang jalan rusak diterima")


# -- the last four digits ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [BUDI, LANDLINE, HIDDEN])
def test_the_last_four_digits_prove_that_it_is_mine(sqlite_house: House, number: str) -> None:
    ticket = opened()
    siti = asks(sqlite_house, number).presses(ticket).presses("2").hears("Masukkan 4 angka terakhir nomor HP pelapor")
    siti.presses("1111").hears("Laporan tentang sampah, tanggal", "Menambah keterangan, tekan 2")
    siti.presses("2").talks().hears("Keterangan sudah tersimpan")
    assert sqlite_house.ticket(ticket)["history"][-1]["action"] == "added"


def test_five_wrong_tries_a_day_whatever_telephone_they_come_from(house: House) -> None:
    ticket = opened()
    siti = asks(house, BUDI).presses(ticket).presses("2").presses("2222").hears("Angka itu belum cocok")
    siti.presses("3333").hears("Silakan coba lagi besok", "Laporan tentang sampah diterima").hangs_up()
    siti = asks(house, LANDLINE).presses(ticket).presses("2").presses("4444").presses("*#")
    siti.hears("Laporan tentang sampah diterima").presses("2").presses("11*").presses("1112")
    siti.hears("Silakan coba lagi besok")
    for number in (LANDLINE, HIDDEN, "+6281377770000"):
        last = asks(house, number).presses(ticket).presses("2").hears("Silakan coba lagi besok")
        last.never_hears("4 angka terakhir")
    ani = asks(house).hears("Laporan tentang sampah, tanggal")
    assert ani.is_connected, "the reporter's own telephone still works"


def test_a_day_later_it_may_be_tried_again(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY) as now:
        ticket = opened()
        for _ in range(3):
            siti = asks(sqlite_house, BUDI).presses(ticket).presses("2")
            for _ in range(2):
                if siti.call.waiting["digits"] == 4:
                    siti.presses("9999")
        siti.hears("Silakan coba lagi besok").hangs_up()
        now.shift(timedelta(days=1, minutes=1))
        asks(sqlite_house, BUDI).presses(ticket).presses("2").presses("1111").hears("Menambah keterangan, tekan 2")


def test_where_nobody_left_a_number_there_is_nothing_to_prove(sqlite_house: House) -> None:
    ticket = opened(HIDDEN)
    budi = asks(sqlite_house, BUDI).presses(ticket).presses("2").hears("Laporan ini perlu dibantu petugas")
    budi.never_hears("4 angka terakhir").never_hears("besok")
