"""Somebody wants a person: the duty line rings; who is not reached chooses a callback (test_callbacks_and_hours.py) or
leaves a message with the time of the call back. What is asked after a talk: test_survey.py."""

import pytest
import time_machine
from factories import wib
from people import DUTY_LINE, House, Resident, use
from sqlalchemy import select

from config import stores
from ticketing.models import Callback

MONDAY_NOON = wib("2026-11-23 12:00")
HIDDEN = ["anonymous", "+266696687"]
CHOICE = "Ditelepon balik, tekan 1. Meninggalkan pesan suara, tekan 2"


def asks_for_an_officer(house: House, number: str = "+6281200001111") -> Resident:
    return Resident(house, number).dials().presses("0").hears("kami sambungkan dengan petugas")


def reaches_nobody(house: House, number: str = "+6281200001111") -> Resident:
    ani = asks_for_an_officer(house, number)
    ani.call.officer_no_answer()
    return ani.hears("Petugas belum dapat menjawab", CHOICE)


def leaves_a_message(ani: Resident) -> Resident:
    return ani.presses("2").hears("Suara direkam untuk pesan ini").talks()


def rung(house: House) -> list[str]:
    return [call.to for call in house.carrier.ledger.listed("calls") if call.direction == "outbound-dial"]


def promised() -> list[Callback]:
    with stores.reading() as session:
        return list(session.scalars(select(Callback)))


# -- the duty line -------------------------------------------------------------------------------------------------


def test_the_officer_accepts_with_one_and_talks(house: House) -> None:
    ani = asks_for_an_officer(house)
    assert ani.call.state == "dialing"
    assert [leg.to for leg in ani.call.legs] == [DUTY_LINE]
    ani.call.officer_answers("1")
    assert "Untuk menerima, tekan 1" in " ".join(line.text for line in ani.call.officer_lines)
    assert ani.call.bridged
    ani.call.officer_hangs_up()
    ani.hears("Seberapa puas").is_silent().hears("Terima kasih")
    assert not ani.is_connected
    assert ani.call.errors == []
    house.work()
    assert house.tickets() == []
    assert promised() == []


@pytest.mark.parametrize("keys", ["", "2", "0", "#"], ids=["voicemail", "two", "zero", "hash"])
def test_only_one_accepts_so_that_no_voicemail_swallows_a_caller(sqlite_house: House, keys: str) -> None:
    ani = asks_for_an_officer(sqlite_house)
    ani.call.officer_answers(keys)
    ani.hears("Petugas belum dapat menjawab", CHOICE).never_hears("Seberapa puas")
    leaves_a_message(ani).hears("Pesan Bapak Ibu sudah tersimpan")


@pytest.mark.parametrize("outcome", ["officer_no_answer", "officer_declines"])
def test_nobody_answers_and_the_message_is_kept_with_its_time(sqlite_house: House, outcome: str) -> None:
    with time_machine.travel(MONDAY_NOON, tick=False):
        ani = asks_for_an_officer(sqlite_house)
        getattr(ani.call, outcome)()
        leaves_a_message(ani.hears(CHOICE))
        ani.hears("Petugas menelepon balik hari ini antara pukul dua belas dan tiga belas")
        assert not ani.is_connected
        assert ani.call.errors == []
        sqlite_house.work()
    ticket = sqlite_house.ticket()
    assert (ticket["category"], ticket["department"], ticket["channel"]) == ("pesan-petugas", "call-centre", "voice")
    assert ticket["status"] == "forwarded"
    (one,) = promised()
    assert (one.state, one.department, one.from_at) == ("open", "call-centre", MONDAY_NOON)
    (mail,) = sqlite_house.mails()
    assert mail.to == "petugas@1500444.invalid"
    assert "/recordings/" in mail.text
    assert len(ani.inbox) == 1, "the receipt of the message says enough"


@pytest.mark.parametrize("number", HIDDEN)
def test_a_hidden_caller_is_promised_no_call_back(sqlite_house: House, number: str) -> None:
    leaves_a_message(reaches_nobody(sqlite_house, number)).hears("Pesan Bapak Ibu sudah tersimpan")
    assert sqlite_house.ticket()["category"] == "pesan-petugas"
    assert promised() == []


def test_without_a_duty_line_the_choice_comes_at_once(house: House) -> None:
    use(DUTY_PHONE="", TWILIO_ACCOUNT_SID="AC" + "0" * 32)
    ani = Resident(house).dials().presses("0").hears("Petugas belum dapat menjawab", CHOICE)
    ani.never_hears("kami sambungkan")
    leaves_a_message(ani).hears("Pesan Bapak Ibu sudah tersimpan")
    house.work()
    assert house.ticket()["category"] == "pesan-petugas"


# -- the choice ----------------------------------------------------------------------------------------------------


def test_saying_nothing_to_the_choice_leaves_a_message(sqlite_house: House) -> None:
    reaches_nobody(sqlite_house).is_silent().hears("Suara direkam untuk pesan ini").talks().hears("sudah tersimpan")
    assert sqlite_house.ticket()["category"] == "pesan-petugas"


def test_other_keys_at_the_choice_are_asked_again(sqlite_house: House) -> None:
    ani = reaches_nobody(sqlite_house).presses("7").hears("Silakan tekan 1 atau 2")
    ani.presses("7").hears("Kami ulangi lebih pelan", CHOICE)
    leaves_a_message(ani)


# -- the message ---------------------------------------------------------------------------------------------------


def test_hanging_up_in_the_message_keeps_it(house: House) -> None:
    ani = reaches_nobody(house).presses("2").talks(5, then="hangup")
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
    ani = reaches_nobody(sqlite_house).presses("2")
    ani.is_silent().hears("Suara belum terdengar").is_silent().hears("Terima kasih")
    assert not ani.is_connected
    sqlite_house.work()
    assert sqlite_house.tickets() == []
    assert promised() == []


def test_one_visit_to_the_officer_a_call(house: House) -> None:
    """The report's caller is sent to the officer again later: the message comes, no second ring."""
    ani = Resident(house).dials().presses("2", "2", "*").talks().presses("1")
    ani.presses("0").hears("kami sambungkan")
    ani.call.officer_no_answer()
    ani.hears(CHOICE).presses("0").hears("Suara direkam untuk pesan ini").never_hears("Petugas bertugas lagi")
    assert rung(house) == [DUTY_LINE]
    ani.talks().hears("sudah tersimpan")
    assert not ani.is_connected
    house.work()
    assert sorted(ticket["category"] for ticket in house.tickets()) == ["pesan-petugas", "sampah"]


def test_zero_in_the_message_does_not_ring_again_and_loses_nothing(house: House) -> None:
    ani = reaches_nobody(house).presses("2").talks(8, then="0").hears("Pesan Bapak Ibu sudah tersimpan")
    assert ani.call.state != "dialing"
    house.work()
    assert house.ticket()["category"] == "pesan-petugas"


def test_zero_at_once_in_the_message_asks_for_it_again_instead_of_hanging_up(sqlite_house: House) -> None:
    ani = reaches_nobody(sqlite_house).presses("2", "0").hears("silakan bicara setelah nada")
    ani.talks().hears("sudah tersimpan")


def test_the_officer_speaks_english_prompts_to_an_english_caller(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY_NOON, tick=False):
        ani = Resident(sqlite_house).dials().presses("8", "0").hears("connecting you to an officer")
        ani.call.officer_no_answer()
        ani.presses("2").hears("After the tone say what you need").talks()
        ani.hears("An officer will call back today between twelve hundred and thirteen hundred")
    assert sqlite_house.ticket()["language"] == "en"
