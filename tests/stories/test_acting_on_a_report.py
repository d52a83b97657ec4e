"""Acts of a reporter once the state of a report was told: add details, object, withdraw it, or leave it."""

from datetime import timedelta

import pytest
import time_machine
from asking import FRIDAY, MONDAY, asks
from factories import moved, opened, seen, wib
from people import House, Resident

from config import stores
from ticketing.media import recordings

# -- adding details ------------------------------------------------------------------------------------------------


def test_details_are_added_and_the_department_hears_both_recordings(house: House) -> None:
    ani = Resident(house).dials().presses("2", "2", "*").talks(9).presses("1").hangs_up()
    house.work()
    ani = asks(house).presses("2").hears("Setelah nada, sampaikan keterangannya").talks(6)
    ani.hears("Keterangan sudah tersimpan dan kami teruskan ke Dinas Lingkungan Hidup", "Laporan lain, tekan 1")
    ani.hangs_up()
    house.work()
    first, second = house.mails()
    assert (first.text.count("/recordings/"), second.text.count("/recordings/")) == (1, 2)
    assert "Rekaman tambahan pelapor" in second.text
    assert "keterangan untuk laporan" in ani.inbox[-1]
    assert ani.call.errors == []


@pytest.mark.parametrize("lost", [{}, {"drop_record_action": True}, {"drop_recording_callback": True}])
def test_hanging_up_while_adding_details_keeps_them(sqlite_house: House, lost: dict[str, bool]) -> None:
    house, number = sqlite_house, opened()
    ani = asks(house).presses("2")
    house.carrier.faults.set(lost)
    ani.talks(8, then="hangup")
    house.work()
    (recording,) = _remarks(number)
    assert recording.fetched_at is not None
    assert [step["action"] for step in house.ticket(number)["history"]].count("added") == 1
    assert len(house.mails("dlh")) >= 1
    assert len(house.tickets()) == 1, "a remark is no report of its own"
    assert ani.call.errors == []


def _remarks(number: str) -> list[object]:
    with stores.reading() as session:
        return recordings.remarks(session, seen(number))


def test_who_was_asked_something_answers_by_adding_it(sqlite_house: House) -> None:
    number = opened()
    sqlite_house.work()
    moved(number, "in_progress", "waiting", note_text="nomor tiang?")
    ani = (
        asks(sqlite_house)
        .hears("menunggu keterangan pelapor", "Sejak")
        .presses("2")
        .talks()
        .hears("Keterangan sudah tersimpan")
    )
    ani.hangs_up()
    ticket = sqlite_house.ticket(number)
    assert (ticket["status"], ticket["history"][-1]["action"]) == ("in_progress", "answered")
    assert seen(number).paused_at is None


def test_zero_while_adding_details_keeps_them_and_brings_an_officer(sqlite_house: House) -> None:
    number = opened()
    ani = asks(sqlite_house).presses("2").talks(7, then="0").hears("kami sambungkan dengan petugas")
    assert ani.call.state == "dialing"
    assert len(_remarks(number)) == 1


def test_a_silent_remark_is_asked_for_once_more_and_then_left(sqlite_house: House) -> None:
    number = opened()
    ani = asks(sqlite_house).presses("2").is_silent().hears("Suara belum terdengar").is_silent()
    ani.hears("Laporan lain, tekan 1").never_hears("Keterangan sudah tersimpan")
    assert _remarks(number) == []


# -- objecting -----------------------------------------------------------------------------------------------------


def test_what_is_over_and_not_fixed_is_opened_again(sqlite_house: House) -> None:
    with time_machine.travel(FRIDAY):
        number = opened()
        sqlite_house.work()
        moved(number, "resolved")
        sqlite_house.work()
    with time_machine.travel(MONDAY):
        ani = asks(sqlite_house).hears("selesai ditangani", "Belum beres, tekan 3").presses("3")
        ani.hears("Laporan kami buka kembali. Petugas mengecek paling lambat Senin, tiga puluh November.")
        ani.hears("ceritakan yang belum beres").talks().hears("Keterangan sudah tersimpan").hangs_up()
        sqlite_house.work()
        assert sqlite_house.ticket(number)["status"] == "forwarded"
        assert "Rekaman tambahan pelapor" in sqlite_house.mails("dlh")[-1].text
        assert any("kami buka kembali. DLH mengecek ulang paling lambat 30 Nov" in text for text in ani.inbox)
        assert ani.call.errors == []


def test_who_says_not_fixed_and_hangs_up_has_it_opened_all_the_same(sqlite_house: House) -> None:
    number = opened()
    moved(number, "resolved")
    asks(sqlite_house).presses("3").hangs_up()
    sqlite_house.work()
    assert [step["to"] for step in sqlite_house.ticket(number)["history"]][-2:] == ["reopened", "forwarded"]


def test_what_is_under_way_and_not_fixed_gets_priority_once_a_day(sqlite_house: House) -> None:
    with time_machine.travel(FRIDAY):
        number = opened()
        moved(number, "in_progress")
        before = seen(number).due_at
    with time_machine.travel(MONDAY) as now:
        ani = asks(sqlite_house).presses("3")
        ani.hears("Laporan ini kami dahulukan. Dinas diminta selesai paling lambat Kamis, dua puluh enam November.")
        ani.talks().hears("Keterangan sudah tersimpan").hangs_up()
        ticket = sqlite_house.ticket(number)
        assert (ticket["status"], ticket["priority"], ticket["flagged"]) == ("in_progress", "P2", True)
        assert seen(number).due_at < before
        now.shift(3600)
        asks(sqlite_house).presses("3").hears("Laporan ini kami dahulukan").hangs_up()
        assert sqlite_house.ticket(number)["priority"] == "P2", "not twice on one day"
        now.shift(timedelta(days=1))
        asks(sqlite_house).presses("3").hangs_up()
        assert sqlite_house.ticket(number)["priority"] == "P1"
        now.shift(timedelta(days=1))
        asks(sqlite_house).presses("3").hears("Laporan ini kami dahulukan").hangs_up()
        assert sqlite_house.ticket(number)["priority"] == "P1", "there is nothing higher"
        sqlite_house.work()
        assert len(sqlite_house.mails("dlh")) >= 1


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_date_that_has_passed_is_promised(sqlite_house: House, language: str) -> None:
    with time_machine.travel(wib("2026-11-02 09:00")):
        opened()
    with time_machine.travel(MONDAY):
        ani = asks(sqlite_house).hears("Target sembilan November sudah lewat. Kami mohon maaf")
        if language == "en":
            ani.presses("8", "1").hears("The target date, the ninth of November, has passed")
        ani.presses("3").hears({"id": "kami dahulukan, dan dinasnya kami desak", "en": "are pressing"}[language])
        assert "sembilan" not in ani.told and "ninth" not in ani.told


def test_a_report_that_waits_for_its_reporter_is_promised_no_date_either(sqlite_house: House) -> None:
    number = opened()
    moved(number, "waiting")
    asks(sqlite_house).presses("3").hears("kami dahulukan, dan dinasnya kami desak", "Setelah nada")


# -- withdrawing, and leaving it -----------------------------------------------------------------------------------


def test_withdrawing_takes_two_keys(house: House) -> None:
    number = opened()
    ani = asks(house).presses("5").hears("Batalkan laporan ini? Ya, tekan 1. Tidak, tekan 2.")
    ani.presses("2").hears("Laporan tentang sampah, tanggal", "Membatalkan laporan ini, tekan 5")
    ani.presses("5").presses("1").hears("Laporan sudah dibatalkan", "Laporan lain, tekan 1").hangs_up()
    assert house.ticket(number)["status"] == "withdrawn"
    assert house.ticket(number)["history"][-1]["by"] == "caller"
    asks(house).hears("Belum ada laporan aktif dari nomor ini")


def test_what_was_finished_meanwhile_is_not_withdrawn(sqlite_house: House) -> None:
    number = opened()
    ani = asks(sqlite_house).presses("5")
    moved(number, "resolved")
    ani.presses("1").hears("Laporan ini perlu dibantu petugas", "Berbicara dengan petugas, tekan nol")
    assert sqlite_house.ticket(number)["status"] == "resolved"
    Resident(sqlite_house).dials().presses("3").hears("Laporan lain, tekan 4").never_hears("Membatalkan")


def test_keys_typed_ahead_never_withdraw(sqlite_house: House) -> None:
    number = opened()
    ani = asks(sqlite_house)
    told = sqlite_house.post("/voice/turn/2", {**ani.call.fields(), "Digits": "511"})
    assert "Batalkan laporan ini?" in told.text
    assert sqlite_house.ticket(number)["status"] == "received"


def test_star_leaves_a_report_and_goes_to_the_root(sqlite_house: House) -> None:
    opened()
    asks(sqlite_house).presses("*").hears("Keadaan darurat, tekan 1")


def test_saying_nothing_after_a_report_ends_kindly(sqlite_house: House) -> None:
    opened()
    ani = asks(sqlite_house).is_silent().hears("Silakan tekan 1 sampai 5").is_silent().hears("Terima kasih")
    assert not ani.is_connected
