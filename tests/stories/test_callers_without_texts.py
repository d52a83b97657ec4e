"""Callers from a landline, from abroad or with a hidden number get no text there: a mobile number is asked for, once
the report is safe, and the sentence that promises a text is said only where one will come.
"""

import pytest
from people import House, Resident

LANDLINE, FOREIGN, HIDDEN = "+622188950001", "+6591234567", "anonymous"
PROMISE = "Nomor ini kami kirim lewat SMS"


def reports(house: House, number: str) -> Resident:
    return Resident(house, number).dials().presses("2", "2").says("bintara jaya").presses("1").talks().presses("1")


@pytest.mark.parametrize("number", [LANDLINE, FOREIGN, HIDDEN, "", "+266696687", "client:petugas", "1500444"])
def test_a_mobile_number_is_asked_for_and_gets_the_text(sqlite_house: House, number: str) -> None:
    budi = reports(sqlite_house, number).hears("Nomor laporan", "masukkan nomor HP").never_hears(PROMISE)
    said = budi.ticket_number
    budi.presses("081234567890*").hears("Nomor HP", "Benar, tekan 1")
    budi.presses("1").hears(PROMISE, "Laporan lain, tekan 1").hangs_up()
    sqlite_house.work()
    (text,) = Resident(sqlite_house, "+6281234567890").inbox
    assert said in text
    assert sqlite_house.ticket(said)["reporter"] == "+62812****7890"
    assert budi.inbox == []
    assert budi.call.errors == []


def test_the_number_is_read_back_in_fours(sqlite_house: House) -> None:
    budi = reports(sqlite_house, LANDLINE).presses("081234567890*")
    budi.hears("Nomor HP nol delapan satu dua, tiga empat lima enam, tujuh delapan sembilan nol. Benar, tekan 1")


def test_in_english_it_is_read_back_in_english(sqlite_house: House) -> None:
    budi = reports(sqlite_house, LANDLINE).presses("8").is_silent().presses("081234567890*")
    budi.hears("Mobile number zero eight one two, three four five six, seven eight nine zero.")


def test_a_wrong_mobile_and_then_the_right_one(house: House) -> None:
    budi = reports(house, LANDLINE).presses("02188950001*").hears("Nomor itu belum cocok").never_hears(PROMISE)
    budi.presses("08129998888*").presses("1").hears(PROMISE).hangs_up()
    house.work()
    assert len(Resident(house, "+628129998888").inbox) == 1
    assert house.ticket()["reporter"] == "+6281****8888"


def test_a_number_that_was_misheard_is_keyed_again(sqlite_house: House) -> None:
    budi = reports(sqlite_house, HIDDEN).presses("08129998880*").presses("2").hears("Masukkan nomor HP lagi")
    budi.presses("08129998888*").presses("1").hears(PROMISE).hangs_up()
    sqlite_house.work()
    assert Resident(sqlite_house, "+628129998880").inbox == []
    assert len(Resident(sqlite_house, "+628129998888").inbox) == 1


@pytest.mark.parametrize("keys", ["123*", "0811*", "02188950001*", "112*", "1500444*", "08123456789012345", "00*"])
def test_two_wrong_numbers_are_enough(sqlite_house: House, keys: str) -> None:
    budi = reports(sqlite_house, LANDLINE).presses(keys).presses(keys)
    budi.hears("Laporan lain, tekan 1").never_hears(PROMISE).hangs_up()
    sqlite_house.work()
    assert sqlite_house.ticket()["status"] == "forwarded"
    assert all(message.direction == "inbound" for message in sqlite_house.carrier.ledger.listed("messages"))


def test_star_skips(sqlite_house: House) -> None:
    budi = reports(sqlite_house, LANDLINE).hears("Untuk melewati, langsung tekan bintang")
    budi.presses("*").hears("Laporan lain, tekan 1").never_hears(PROMISE)
    budi.hangs_up()
    sqlite_house.work()
    assert sqlite_house.ticket()["reporter"] == "+6221****0001"
    assert sqlite_house.ticket()["status"] == "forwarded"


def test_saying_nothing_twice_skips(sqlite_house: House) -> None:
    budi = reports(sqlite_house, LANDLINE).is_silent(2).hears("Laporan lain, tekan 1").never_hears(PROMISE)
    assert budi.is_connected


def test_an_officer_or_another_language_at_the_number_question(sqlite_house: House) -> None:
    budi = reports(sqlite_house, LANDLINE).presses("8").is_silent().hears("enter a mobile number")
    budi.presses("0").is_silent().hears("connecting you to an officer")
    assert budi.call.state == "dialing"


def test_the_second_report_needs_no_second_number(house: House) -> None:
    budi = reports(house, HIDDEN).presses("08129998888*").presses("1", "1", "2", "1").talks().presses("1")
    budi.hears(PROMISE).hangs_up()
    house.work()
    assert len(Resident(house, "+628129998888").inbox) == 2


def test_who_stopped_our_texts_is_promised_none_and_gets_none(house: House) -> None:
    ani = Resident(house).texts("STOP")
    ani.dials().presses("2", "2", "*").talks().presses("1").hears("Nomor laporan", "Laporan lain, tekan 1")
    ani.never_hears(PROMISE).never_hears("masukkan nomor HP").hangs_up()
    house.work()
    assert ani.inbox == []
    assert house.ticket()["status"] == "forwarded"


def test_a_landline_caller_who_names_a_mobile_that_stopped_our_texts(sqlite_house: House) -> None:
    Resident(sqlite_house, "+628129998888").texts("berhenti")
    reports(sqlite_house, LANDLINE).presses("08129998888*").presses("1").never_hears(PROMISE).hangs_up()
    sqlite_house.work()
    assert Resident(sqlite_house, "+628129998888").inbox == []
