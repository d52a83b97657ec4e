"""Nobody is free, or nobody is there: a callback within a window that is promised by voice and by text, and kept as a
task; at night and outside the hotline's hours the window is the next one (rule V25)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from factories import ANI, city_with, wib
from people import House, Resident, use
from sqlalchemy import select

from config import stores
from ticketing.models import Message

BUDI, LANDLINE, HIDDEN = "+6281299990000", "+622188950001", "anonymous"
MONDAY = wib("2026-11-23 10:00")


def finds_nobody(house: House, number: str = ANI, *, language: str = "id") -> Resident:
    english = ["8"] if language == "en" else []
    siti = Resident(house, number).dials().presses(*english, "0")
    siti.call.officer_no_answer()
    return siti


def promised_texts(phone: str) -> list[str]:
    """What is on its way to this telephone, and what reached it."""
    with stores.reading() as session:
        rows = session.scalars(select(Message).where(~Message.inbound, Message.status != "canceled")).all()
        return [row.body for row in rows if row.contact and row.contact.phone == phone]


def waiting(house: House) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(house.flask("callbacks", "--json"))["waiting"]
    return found


# -- being called back -------------------------------------------------------------------------------------------------


def test_a_callback_is_promised_by_voice_and_text_and_stands_in_the_list(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY):
        ani = finds_nobody(sqlite_house)
        ani.hears("Petugas belum dapat menjawab. Ditelepon balik, tekan 1. Meninggalkan pesan suara, tekan 2.")
        ani.presses("1").hears("Kami menelepon nomor ini hari ini antara pukul sepuluh")
        ani.hears("dan sebelas", "Setuju, tekan 1. Nomor lain, tekan 2.").presses("1")
        ani.hears("Baik. Petugas menelepon Bapak Ibu hari ini antara pukul sepuluh")
        assert not ani.is_connected
        assert ani.call.errors == []
        sqlite_house.work()
        (text,) = ani.inbox
        assert "Petugas menelepon nomor ini 23 Nov antara pukul 10.00 dan 11.00" in text
        (row,) = waiting(sqlite_house)
        assert (row["window"], row["reporter"], row["late"]) == ("23 Nov 10:00-11:00", "+62812****1111", False)
        ticket = sqlite_house.ticket(row["ticket"])
        assert (ticket["category"], ticket["department"]) == ("pesan-petugas", "call-centre")
        (mail,) = sqlite_house.mails("petugas@")
        assert "Senin, 23 November 2026, 10.00-11.00" in mail.text


def test_another_number_may_be_named(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY):
        ani = finds_nobody(sqlite_house).presses("1", "2").hears("Masukkan nomor yang kami telepon")
        ani.presses("0812*").hears("Nomor itu belum cocok").presses("081299990000*")
        ani.hears("Nomor nol delapan satu dua, sembilan sembilan sembilan sembilan, nol nol nol nol. Benar, tekan 1.")
        ani.presses("1").hears("Petugas menelepon Bapak Ibu hari ini")
        sqlite_house.work()
        assert ani.inbox == []
        assert "Petugas menelepon nomor ini" in Resident(sqlite_house, BUDI).inbox[0]
        assert waiting(sqlite_house)[0]["reporter"] == "+62812****0000"


@pytest.mark.parametrize("number", [HIDDEN, "+266696687", "1500444"])
def test_who_has_no_number_names_one_or_leaves_a_message(sqlite_house: House, number: str) -> None:
    with time_machine.travel(MONDAY):
        siti = finds_nobody(sqlite_house, number).presses("1").hears("Masukkan nomor yang kami telepon")
        siti.never_hears("nomor ini").presses("02188950001*").presses("1").hears("Petugas menelepon Bapak Ibu hari ini")
        assert waiting(sqlite_house)[0]["reporter"] == "+6221****0001"
        siti = finds_nobody(sqlite_house, number).presses("1").presses("*#").hears("Setelah nada, sebutkan keperluan")
        siti.talks().hears("Pesan Bapak Ibu sudah tersimpan").never_hears("menelepon balik")
        assert len(waiting(sqlite_house)) == 1


def test_a_landline_is_called_back_and_not_texted(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY):
        siti = finds_nobody(sqlite_house, LANDLINE).presses("1", "1").hears("Petugas menelepon Bapak Ibu hari ini")
        sqlite_house.work()
        assert siti.inbox == []
        assert waiting(sqlite_house)[0]["reporter"] == "+6221****0001"


def test_saying_nothing_leaves_a_message(sqlite_house: House) -> None:
    finds_nobody(sqlite_house).is_silent().hears("Setelah nada, sebutkan keperluan").never_hears("nomor ini hari")


def test_in_english(sqlite_house: House) -> None:
    with time_machine.travel(wib("2026-11-23 23:00")):
        ann = finds_nobody(sqlite_house, language="en").hears("No officer can answer yet. To be called back, press 1.")
        ann.presses("1").hears("We will call this number tomorrow between seven hundred and eight hundred.").presses(
            "1"
        )
        ann.hears("An officer will call you tomorrow between")
        sqlite_house.work()
        assert "An officer will call this number on 24 Nov between 07:00 and 08:00" in ann.inbox[0]


@pytest.mark.parametrize("hang_up_after", [[], ["1"], ["1", "2"], ["1", "2", "081299990000*"]])
def test_hanging_up_before_it_is_agreed_promises_nothing(sqlite_house: House, hang_up_after: list[str]) -> None:
    finds_nobody(sqlite_house).presses(*hang_up_after).hangs_up()
    sqlite_house.work()
    assert waiting(sqlite_house) == []
    assert sqlite_house.tickets() == []


def test_the_same_turn_twice_is_one_promise(house: House) -> None:
    house.carrier.faults.set({"webhook_copies": 3, "webhook_concurrent": True})
    finds_nobody(house).presses("1", "1")
    assert len(waiting(house)) == 1
    assert len(house.tickets()) == 1


# -- windows -----------------------------------------------------------------------------------------------------------

WINDOWS = {
    "02:00": ("hari ini antara pukul tujuh dan delapan", "23 Nov antara pukul 07.00 dan 08.00"),
    "06:59": ("hari ini antara pukul tujuh dan delapan", "23 Nov antara pukul 07.00 dan 08.00"),
    "07:00": ("hari ini antara pukul tujuh dan delapan", "23 Nov antara pukul 07.00 dan 08.00"),
    "19:30": (
        "hari ini antara pukul sembilan belas lewat tiga puluh dan dua puluh lewat tiga puluh",
        "23 Nov antara pukul 19.30 dan 20.30",
    ),
    "20:00": ("hari ini antara pukul dua puluh dan dua puluh satu", "23 Nov antara pukul 20.00 dan 21.00"),
    "20:01": ("besok antara pukul tujuh dan delapan", "24 Nov antara pukul 07.00 dan 08.00"),
    "23:00": ("besok antara pukul tujuh dan delapan", "24 Nov antara pukul 07.00 dan 08.00"),
}


@pytest.mark.parametrize("what", ["callback", "message"])
def test_nobody_is_called_at_night_and_the_text_says_what_the_voice_said(sqlite_house: House, what: str) -> None:
    with time_machine.travel(wib("2026-11-23 00:00"), tick=False) as now:
        for nth, (at, (said, written)) in enumerate(WINDOWS.items()):
            now.move_to(wib(f"2026-11-23 {at}"))
            siti = finds_nobody(sqlite_house, f"+628120000{nth:04}")
            if what == "callback":
                siti.presses("1").hears(f"Kami menelepon nomor ini {said}. Setuju").presses("1")
            else:
                siti.presses("2").talks().hears(f"Petugas menelepon balik {said}.")
            (text,) = promised_texts(siti.number)
            assert written in text
    assert len(waiting(sqlite_house)) == len(WINDOWS)


# -- the officer's side ------------------------------------------------------------------------------------------------


def promised(house: House, number: str = ANI) -> str:
    finds_nobody(house, number).presses("1", "1")
    return str(waiting(house)[-1]["id"])


def missed(house: House, id_: str) -> str:
    return house.flask("callbacks", "tried", id_, "--missed", "--by", "Rina").strip()


def test_who_is_not_reached_is_tried_again_after_ten_and_twenty_more_minutes(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as now:
        id_ = promised(sqlite_house)
        sqlite_house.work()
        assert "try 1 at 23 Nov 10:00" in sqlite_house.flask("callbacks")
        assert missed(sqlite_house, id_) == "open"
        assert "try 2 at 23 Nov 10:10" in sqlite_house.flask("callbacks")
        now.shift(timedelta(minutes=10))
        assert missed(sqlite_house, id_) == "open"
        assert "try 3 at 23 Nov 10:30" in sqlite_house.flask("callbacks")
        now.shift(timedelta(minutes=20))
        assert missed(sqlite_house, id_) == "given_up"
        sqlite_house.work()
        first, second, third, last = Resident(sqlite_house).inbox
        assert "permintaan tercatat" in first
        assert "kami menelepon pukul 10.00, belum tersambung. Kami coba lagi pukul 10.10" in second
        assert "kami menelepon pukul 10.10, belum tersambung. Kami coba lagi pukul 10.30" in third
        assert "kami sudah beberapa kali menelepon dan belum tersambung" in last
        assert "0 waiting; in the last seven days 0 of 1 kept in their window" in sqlite_house.flask("callbacks")
        assert "already" in sqlite_house.refused("callbacks", "tried", id_, "--reached", "--by", "Rina")


def test_who_is_reached_is_done(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as now:
        id_ = promised(sqlite_house)
        missed(sqlite_house, id_)
        now.shift(timedelta(minutes=10))
        assert sqlite_house.flask("callbacks", "tried", id_, "--reached", "--by", "Rina").strip() == "reached"
        assert "0 waiting; in the last seven days 1 of 1 kept in their window" in sqlite_house.flask("callbacks")
        told = [step["why"]["what"] for step in sqlite_house.ticket()["history"] if step["action"] == "callback"]
        assert told == ["attempt 1: not reached", "attempt 2: reached"]


@pytest.mark.parametrize(
    ("at", "again"),
    [("20:05", "23 Nov 20:15"), ("20:49", "23 Nov 20:59"), ("20:55", "24 Nov 07:00"), ("23:30", "24 Nov 07:00")],
)
def test_a_second_try_is_not_at_night(sqlite_house: House, at: str, again: str) -> None:
    with time_machine.travel(wib("2026-11-23 19:59"), tick=False) as now:
        id_ = promised(sqlite_house)
        now.move_to(wib(f"2026-11-23 {at}"))
        missed(sqlite_house, id_)
        assert f"try 2 at {again}" in sqlite_house.flask("callbacks")


def test_a_callback_may_be_taken_back(sqlite_house: House) -> None:
    id_ = promised(sqlite_house)
    assert sqlite_house.flask("callbacks", "cancel", id_, "--by", "Rina").strip() == "cancelled"
    assert waiting(sqlite_house) == []
    assert "already" in sqlite_house.refused("callbacks", "cancel", id_, "--by", "Rina")
    unknown = "00000000-0000-4000-8000-000000000000"
    assert "no callback with this id" in sqlite_house.refused("callbacks", "cancel", unknown, "--by", "Rina")


def test_what_is_late_is_marked_and_the_number_is_revealed_for_a_reason(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY) as now:
        promised(sqlite_house)
        now.shift(timedelta(minutes=61))
        (row,) = waiting(sqlite_house)
        assert "LATE" in sqlite_house.flask("callbacks")
        words = ("--reason", "telepon balik", "--by", "Rina")
        assert sqlite_house.flask("tickets", "reveal", row["ticket"], *words).strip() == ANI
        assert sqlite_house.ticket()["history"][-1]["action"] == "revealed"


# -- a hotline with hours of its own -----------------------------------------------------------------------------------


@contextmanager
def office_hours(at: str) -> Iterator[None]:
    with time_machine.travel(wib(at)), city_with(hours="Mon-Fri 08:00-16:00"):
        yield


CLOSED = {
    "2026-11-23 20:00": ("besok pukul delapan", "besok antara pukul delapan dan sembilan"),
    "2026-11-23 05:00": ("hari ini pukul delapan", "hari ini antara pukul delapan dan sembilan"),
    "2026-11-20 17:00": (
        "Senin, dua puluh tiga November pukul delapan",
        "Senin, dua puluh tiga November antara pukul delapan dan sembilan",
    ),
}


@pytest.mark.parametrize("at", CLOSED)
def test_outside_its_hours_nobody_is_rung_and_the_window_is_the_next_one(sqlite_house: House, at: str) -> None:
    opens, window = CLOSED[at]
    with office_hours(at):
        ani = (
            Resident(sqlite_house)
            .dials()
            .presses("0")
            .hears(f"Petugas bertugas lagi {opens}.", "Ditelepon balik, tekan 1")
        )
        assert ani.call.legs == []
        ani.never_hears("kami sambungkan").presses("1").hears(f"Kami menelepon nomor ini {window}").presses("1").hears(
            window
        )
        siti = Resident(sqlite_house, BUDI).dials().presses("0", "2").talks().hears(f"Petugas menelepon balik {window}")
        assert promised_texts(siti.number) == promised_texts(ani.number) != [], "both are told the same by text"


def test_within_its_hours_the_officer_is_rung(sqlite_house: House) -> None:
    with office_hours("2026-11-23 10:00"):
        assert Resident(sqlite_house).dials().presses("0").call.state == "dialing"


def test_without_a_duty_line_nobody_is_said_to_be_busy(sqlite_house: House) -> None:
    use(DUTY_PHONE="", TWILIO_ACCOUNT_SID="AC" + "0" * 32)
    ani = Resident(sqlite_house).dials().presses("0").hears("Petugas belum dapat menjawab", "Ditelepon balik, tekan 1")
    ani.never_hears("sedang melayani").presses("1").hears("Kami menelepon nomor ini")
