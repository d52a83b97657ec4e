"""Somebody wants a person: the duty line rings; who is not reached leaves a message with the time of the call back."""

from datetime import datetime

import pytest
import time_machine
from people import DUTY_LINE, House, Resident, use

from config import clock

MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=clock.CITY_ZONE)


def asks_for_an_officer(house: House, number: str = "+6281200001111") -> Resident:
    return Resident(house, number).dials().presses("0").hears("kami sambungkan dengan petugas")


def leaves_a_message(ani: Resident) -> Resident:
    return ani.hears("Petugas belum dapat menjawab", "Suara direkam untuk pesan ini").talks()


def test_the_officer_accepts_with_one_and_talks(house: House) -> None:
    ani = asks_for_an_officer(house)
    assert ani.call.state == "dialing"
    assert [leg.to for leg in ani.call.legs] == [DUTY_LINE]
    ani.call.officer_answers("1")
    assert "Untuk menerima, tekan 1" in " ".join(line.text for line in ani.call.officer_lines)
    assert ani.call.bridged
    ani.call.officer_hangs_up()
    ani.hears("Terima kasih")
    assert not ani.is_connected
    assert ani.call.errors == []
    house.work()
    assert house.tickets() == []


@pytest.mark.parametrize("keys", ["", "2", "0", "#"], ids=["voicemail", "two", "zero", "hash"])
def test_only_one_accepts_so_that_no_voicemail_swallows_a_caller(sqlite_house: House, keys: str) -> None:
    ani = asks_for_an_officer(sqlite_house)
    ani.call.officer_answers(keys)
    leaves_a_message(ani).hears("Pesan Bapak Ibu sudah tersimpan")


@pytest.mark.parametrize("outcome", ["officer_no_answer", "officer_declines"])
def test_nobody_answers_and_the_message_is_kept_with_its_time(house: House, outcome: str) -> None:
    with time_machine.travel(MONDAY_NOON):
        ani = asks_for_an_officer(house)
        getattr(ani.call, outcome)()
        leaves_a_message(ani).hears("Petugas menelepon balik paling lambat pukul 13.00")
        assert not ani.is_connected
        assert ani.call.errors == []
        house.work()
    ticket = house.ticket()
    assert (ticket["category"], ticket["department"], ticket["channel"]) == ("pesan-petugas", "call-centre", "voice")
    assert ticket["status"] == "forwarded"
    (mail,) = house.mails()
    assert mail.to == "petugas@1500444.invalid"
    assert "/recordings/" in mail.text


@pytest.mark.parametrize("number", ["anonymous", "+266696687"])
def test_a_hidden_caller_is_promised_no_call_back(sqlite_house: House, number: str) -> None:
    ani = asks_for_an_officer(sqlite_house, number)
    ani.call.officer_no_answer()
    leaves_a_message(ani).hears("Pesan Bapak Ibu sudah tersimpan").never_hears("menelepon balik")
    assert sqlite_house.ticket()["category"] == "pesan-petugas"


def test_without_a_duty_line_the_message_comes_at_once(house: House) -> None:
    use(DUTY_PHONE="", TWILIO_ACCOUNT_SID="AC" + "0" * 32)
    ani = Resident(house).dials().presses("0").hears("Petugas belum dapat menjawab").never_hears("kami sambungkan")
    ani.talks().hears("Pesan Bapak Ibu sudah tersimpan")
    house.work()
    assert house.ticket()["category"] == "pesan-petugas"


def test_hanging_up_in_the_message_keeps_it(house: House) -> None:
    ani = asks_for_an_officer(house)
    ani.call.officer_no_answer()
    ani.talks(5, then="hangup")
    house.work()
    assert house.ticket()["category"] == "pesan-petugas"
    assert ani.call.errors == []


def test_hanging_up_while_it_rings_leaves_nothing_behind(sqlite_house: House) -> None:
    ani = asks_for_an_officer(sqlite_house).hangs_up()
    sqlite_house.work()
    assert sqlite_house.tickets() == []
    assert ani.call.errors == []


def test_hanging_up_first_while_talking_is_a_talk(house: House) -> None:
    ani = asks_for_an_officer(house)
    ani.call.officer_answers("1")
    ani.hangs_up()
    house.work()
    assert house.tickets() == []
    assert ani.call.errors == []


def test_who_says_nothing_in_the_message_is_asked_once_more(sqlite_house: House) -> None:
    ani = asks_for_an_officer(sqlite_house)
    ani.call.officer_no_answer()
    ani.is_silent().hears("Suara belum terdengar").is_silent().hears("Terima kasih")
    assert not ani.is_connected
    sqlite_house.work()
    assert sqlite_house.tickets() == []


def test_one_visit_to_the_officer_a_call(house: House) -> None:
    """The report's caller is sent to the officer again later: the message comes, no second ring."""
    ani = Resident(house).dials().presses("2", "2", "*").talks().presses("1")
    ani.presses("0").hears("kami sambungkan")
    ani.call.officer_no_answer()
    leaves_a_message(ani).hears("sudah tersimpan")
    assert not ani.is_connected
    house.work()
    assert sorted(ticket["category"] for ticket in house.tickets()) == ["pesan-petugas", "sampah"]


def test_zero_in_the_message_does_not_ring_again_and_loses_nothing(house: House) -> None:
    ani = asks_for_an_officer(house)
    ani.call.officer_no_answer()
    ani.talks(8, then="0").hears("Pesan Bapak Ibu sudah tersimpan")
    assert ani.call.state != "dialing"
    house.work()
    assert house.ticket()["category"] == "pesan-petugas"


def test_zero_at_once_in_the_message_asks_for_it_again_instead_of_hanging_up(sqlite_house: House) -> None:
    ani = asks_for_an_officer(sqlite_house)
    ani.call.officer_no_answer()
    ani.presses("0").hears("silakan bicara setelah nada")
    ani.talks().hears("sudah tersimpan")


def test_the_officer_speaks_english_prompts_to_an_english_caller(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("8", "0").hears("connecting you to an officer")
    ani.call.officer_no_answer()
    ani.hears("No officer can answer yet").talks().hears("An officer will call back by")
    assert sqlite_house.ticket()["language"] == "en"
