"""Somebody who speaks English presses 8: every prompt, the ticket and the text follow, and so does the next call."""

from datetime import UTC, datetime, timedelta

import time_machine
from people import House, Resident

from config import clock


def test_a_whole_report_in_english(house: House) -> None:
    ann = Resident(house).dials().hears("Selamat", "For English, press 8")
    ann.presses("8").hears("English.", "Emergency, press 1", "Untuk bahasa Indonesia, tekan 8")
    ann.presses("2").hears("What is it about?", "Rubbish, press 2", "Anything else, press 5")
    ann.presses("4").hears("Jams, parking or signals, press 1")
    ann.presses("2").hears("Which kelurahan?")
    ann.says("Teluk Pucung").hears("Teluk Pucung", "If correct, press 1")
    ann.presses("1").hears("After the tone say the problem", "Your voice is recorded for this report")
    ann.talks().hears("Your report is saved")
    ann.presses("1").hears("Thank you. Your report number is", "We will also send it by SMS", "first answer by")
    ann.presses("9").hears("Thank you.")
    assert not ann.is_connected
    assert ann.call.errors == []
    house.work()
    ticket = house.ticket(ann.ticket_number)
    assert (ticket["category"], ticket["area"], ticket["language"]) == ("ketertiban", "Teluk Pucung", "en")
    (text,) = ann.inbox
    assert f"report {ticket['number']} (public order) received" in text


def test_the_words_are_spoken_in_their_own_voice(sqlite_house: House) -> None:
    ann = Resident(sqlite_house).dials()
    assert {line.language for line in ann.call.latest if "English" in line.text} == {"en-US"}
    assert {line.language for line in ann.call.latest if "English" not in line.text} == {"id-ID"}
    ann.presses("8")
    assert {line.language for line in ann.call.latest if "Indonesia" in line.text} == {"id-ID"}
    assert {line.language for line in ann.call.latest if "Indonesia" not in line.text} == {"en-US"}


def test_eight_goes_there_and_back_at_every_question(sqlite_house: House) -> None:
    ann = Resident(sqlite_house).dials()
    ann.presses("8").hears("English.").presses("8").hears("Bahasa Indonesia.", "Melapor")
    ann.presses("2", "8").hears("What is it about?").presses("8").hears("Laporan tentang apa?")
    ann.presses("1", "8").hears("Roads or street lights").presses("8").hears("Jalan rusak, tekan 1")
    ann.presses("1", "8").hears("Which kelurahan?").presses("8").hears("Di kelurahan mana?")
    ann.says("kranji").hears("Benar, tekan 1").presses("8").hears("Kranji", "If correct, press 1")
    ann.presses("1").talks().hears("Your report is saved").presses("8").hears("Laporan sudah tersimpan")
    ann.presses("1").hears("Laporan lain").presses("8").hears("For another report, press 1")
    assert ann.call.errors == []


def test_the_language_is_kept_for_the_next_call_of_this_number(house: House) -> None:
    Resident(house).dials().presses("8").hangs_up()
    Resident(house).dials().hears("Bekasi City Resident Services", "Emergency, press 1")
    Resident(house, "+6281299990000").dials().hears("Layanan Warga Kota Bekasi")
    Resident(house).dials().presses("8").hears("Bahasa Indonesia").hangs_up()
    Resident(house).dials().hears("Layanan Warga Kota Bekasi")


def test_a_hidden_caller_is_nobody_the_language_could_be_kept_for(sqlite_house: House) -> None:
    Resident(sqlite_house, "anonymous").dials().presses("8").hears("English.").hangs_up()
    Resident(sqlite_house, "anonymous").dials().hears("Layanan Warga Kota Bekasi")


def test_after_twelve_months_we_ask_anew(sqlite_house: House) -> None:
    Resident(sqlite_house).dials().presses("8").hangs_up()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=366)):
        Resident(sqlite_house).dials().hears("Layanan Warga Kota Bekasi")


def test_the_greeting_knows_the_time_of_day(sqlite_house: House) -> None:
    for hour, word in {5: "pagi", 12: "siang", 16: "sore", 22: "malam"}.items():
        moment = datetime(2026, 11, 23, hour, tzinfo=clock.CITY_ZONE)
        with time_machine.travel(moment):
            Resident(sqlite_house).dials().hears(f"Selamat {word}, Layanan Warga Kota Bekasi")
