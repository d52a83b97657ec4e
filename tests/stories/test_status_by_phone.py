"""Somebody asks where a report stands without typing: what is said of it to whom it belongs and to everybody, which
reports come in which order, and what the root tells of them (rules V20, V22, V30)."""

from datetime import timedelta

import pytest
import time_machine
from asking import BUDI, FRIDAY, HIDDEN, LANDLINE, MONDAY, asks
from factories import ANI, caller, changing, moved, opened, rows, seen, texts
from people import House, Resident

from config import clock
from ticketing.contacts import followers


def asks_by_number(house: House, ticket: str, number: str = BUDI) -> Resident:
    """Keyed, whether or not this number has reports of its own."""
    siti = asks(house, number)
    while "Masukkan atau sebutkan 9 angka" not in siti.told:
        siti.presses("1" if "terakhir dari nomor ini" in siti.told else "4")
    return siti.presses(ticket)


# -- what is said --------------------------------------------------------------------------------------------------

# How a ticket comes into each state; what is said of it to whom it belongs, and to everybody.
LATER = "Target selesai dua puluh tujuh November"
NOW = "Sejak dua puluh tiga November"
LATER_IN_ENGLISH, NOW_IN_ENGLISH = "the twenty seventh of November", "the twenty third of November"
STATES = {
    "received": ((), "sudah diterima", "diterima", LATER),
    "forwarded": (("forwarded",), "sudah diteruskan ke Dinas Lingkungan Hidup", "diteruskan", LATER),
    "accepted": (("accepted",), "sudah ditugaskan oleh Dinas Lingkungan Hidup", "ditugaskan", LATER),
    "in_progress": (("in_progress",), "sedang dikerjakan Dinas Lingkungan Hidup", "sedang dikerjakan", LATER),
    "waiting": (("waiting",), "menunggu keterangan pelapor", "menunggu warga", NOW),
    "scheduled": (("scheduled",), "sudah dijadwalkan Dinas Lingkungan Hidup", "dijadwalkan", LATER),
    "resolved": (("resolved",), "selesai ditangani Dinas Lingkungan Hidup", "selesai", NOW),
    "confirmed": (("resolved", "confirmed"), "selesai dan sudah dipastikan", "selesai, dipastikan", NOW),
    "reopened": (
        ("resolved", "reopened"),
        "dibuka kembali untuk Dinas Lingkungan Hidup",
        "dibuka kembali",
        "Target selesai tiga puluh November",
    ),
    "refused": (("refused",), "sedang dialihkan ke Dinas Perhubungan", "dialihkan", LATER),
    "referred": (("referred",), "sudah diteruskan ke instansi lain", "diteruskan keluar", NOW),
    "merged": (("merged",), "digabung dengan laporan yang sama", "digabung", NOW),
    "withdrawn": (("withdrawn",), "sudah dibatalkan", "dibatalkan", NOW),
}
IN_ENGLISH = {
    "received": ("has been received", "received", LATER_IN_ENGLISH),
    "forwarded": ("has been sent to Environment Agency", "forwarded", LATER_IN_ENGLISH),
    "accepted": ("has been assigned by Environment Agency", "assigned", LATER_IN_ENGLISH),
    "in_progress": ("is being handled by Environment Agency", "in progress", LATER_IN_ENGLISH),
    "waiting": ("is waiting for details from you", "waiting for you", NOW_IN_ENGLISH),
    "scheduled": ("has been scheduled by Environment Agency", "scheduled", LATER_IN_ENGLISH),
    "resolved": ("was resolved by Environment Agency", "resolved", NOW_IN_ENGLISH),
    "confirmed": ("is resolved and confirmed", "resolved, confirmed", NOW_IN_ENGLISH),
    "reopened": ("is open again at Environment Agency", "open again", "the thirtieth of November"),
    "refused": ("is being passed on to Transport Agency", "passed on", LATER_IN_ENGLISH),
    "referred": ("was passed on to another authority", "referred outside", NOW_IN_ENGLISH),
    "merged": ("was joined with a report of the same problem", "merged", NOW_IN_ENGLISH),
    "withdrawn": ("was withdrawn", "withdrawn", NOW_IN_ENGLISH),
}
HOW = {"refused": {"owner": "dishub"}, "referred": {"owner": "dki-jakarta"}}


def in_state(state: str) -> str:
    """A report of Friday that became this on Monday."""
    with time_machine.travel(FRIDAY):
        number, other = opened(), opened(BUDI) if state == "merged" else ""
    with time_machine.travel(MONDAY):
        for step in STATES[state][0]:
            moved(number, step, **(HOW.get(step) or ({"into": other} if step == "merged" else {})))
    return number


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_told_with_a_date_to_whom_it_belongs_and_to_everybody(sqlite_house: House, state: str) -> None:
    number = in_state(state)
    _, own, public, date = STATES[state]
    with time_machine.travel(MONDAY):
        ani = asks_by_number(sqlite_house, number, ANI)
        assert f"Laporan tentang sampah, tanggal dua puluh November, {own}. {date}." in ani.told
        siti = asks_by_number(sqlite_house, number, HIDDEN)
        assert f"Laporan tentang sampah {public}. {date}." in siti.told
        for word in ("Dinas", "dua puluh November", ANI[-4:]):
            assert word not in siti.told, "category, state and date, and nothing else"
        own, public, date = IN_ENGLISH[state]
        ani.presses("8").presses("1")
        assert f"Your report about rubbish, dated the twentieth of November, {own}." in ani.told
        assert date in ani.told
        siti.presses("8").presses("1")
        assert f"The report about rubbish is {public}." in siti.told
        assert date in siti.told
        assert ani.call.errors == siti.call.errors == []


def test_my_open_reports_come_newest_first_without_typing(sqlite_house: House) -> None:
    with time_machine.travel(FRIDAY) as now:
        for category in ("sampah", "jalan-rusak", "lampu-jalan"):
            opened(category=category)
            now.shift(3600)
        over = opened(category="ketertiban")
        moved(over, "resolved", "confirmed")
        opened(BUDI, "banjir")
    with time_machine.travel(MONDAY):
        ani = asks(sqlite_house).hears("Laporan tentang lampu jalan mati")
        ani.presses("4").hears("Laporan tentang jalan rusak").presses("4").hears("Laporan tentang sampah")
        ani.presses("4").hears("Itu laporan terakhir dari nomor ini", "Nomor laporan lain, tekan 1", "tekan 2")
        ani.never_hears("ketertiban").never_hears("banjir")
        ani.presses("1").hears("Masukkan atau sebutkan 9 angka").presses("*#").hears("Keadaan darurat, tekan 1")
        asks(sqlite_house).presses("4", "4", "4", "2").hears("Laporan tentang apa?")


def test_sixty_open_reports_are_one_call(sqlite_house: House) -> None:
    """A head of a neighbourhood who reports everything. What is more than sixty can be asked for by its number."""
    with time_machine.travel(FRIDAY) as now:
        for _ in range(61):
            opened()
            now.shift(1)
    with time_machine.travel(MONDAY):
        ani = asks(sqlite_house)
        heard = 0
        while "Laporan tentang sampah" in ani.told:
            heard += 1
            ani.presses("4")
        assert heard == 60
        ani.hears("Itu laporan terakhir dari nomor ini")
        assert ani.call.errors == []


def test_a_followed_report_is_told_and_nothing_can_be_done_with_it(sqlite_house: House) -> None:
    number = opened()
    with changing(number) as (session, ticket):
        followers.follow(session, ticket, caller(session, BUDI))
    budi = asks(sqlite_house, BUDI).hears("Laporan warga tentang sampah", "sudah diterima", "Target selesai")
    budi.hears("Ulangi, tekan 1. Laporan lain, tekan 2").presses("3").hears("Silakan tekan 1 atau 2")
    budi.presses("1").hears("Laporan warga tentang sampah").presses("2").hears("Itu laporan terakhir")
    assert sqlite_house.ticket(number)["history"][-1]["action"] == "opened"


# -- the root tells what is new (V22) ------------------------------------------------------------------------------


def test_the_root_tells_the_report_that_changed_last_and_key_three_goes_to_it(sqlite_house: House) -> None:
    with time_machine.travel(FRIDAY) as now:
        lamp = opened(category="lampu-jalan")
        now.shift(3600)
        opened(category="sampah")
    with time_machine.travel(MONDAY):
        moved(lamp, "in_progress")
        ani = Resident(sqlite_house).dials()
        ani.hears("For English, press 8. Laporan lampu jalan sedang dikerjakan, target Jumat. Rincian, tekan 3.")
        ani.hears("Melapor, tekan 2", "Informasi, tekan 4", "Usulan warga, tekan 5")
        assert "Cek laporan" not in ani.told, "its key was just named"
        ani.presses("3").hears("Laporan tentang lampu jalan mati, tanggal dua puluh November")
        ani.presses("4").hears("Laporan tentang sampah").presses("4").hears("Itu laporan terakhir")
        english = Resident(sqlite_house).dials().presses("8")
        english.hears("Your street light report is in progress, target Friday. For details, press 3.")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("forwarded", "Laporan sampah diteruskan, target Senin. Rincian, tekan 3."),
        ("resolved", "Laporan sampah selesai. Rincian, tekan 3."),
        ("waiting", "Laporan sampah menunggu warga. Rincian, tekan 3."),
    ],
)
def test_what_the_root_says_of_it(sqlite_house: House, state: str, said: str) -> None:
    with time_machine.travel(MONDAY) as now:
        number = opened()
        moved(number, state)
        now.shift(timedelta(days=1))
        Resident(sqlite_house).dials().hears(said)


def test_the_root_is_silent_after_a_week_unless_it_was_asked_about(sqlite_house: House) -> None:
    with time_machine.travel(FRIDAY) as now:
        opened()
        now.shift(timedelta(days=6, hours=23))
        Resident(sqlite_house).dials().hears("Laporan sampah diterima").hangs_up()
        now.shift(timedelta(days=1))
        Resident(sqlite_house).dials().never_hears("Laporan sampah").presses("3").hangs_up()
        now.shift(timedelta(days=6))
        Resident(sqlite_house).dials().hears("Laporan sampah diterima").hangs_up()
        now.shift(timedelta(days=2))
        Resident(sqlite_house).dials().never_hears("Laporan sampah")


@pytest.mark.parametrize("number", [LANDLINE, "+6591234567"])
def test_the_root_tells_nothing_to_a_telephone_that_may_be_anybodys(sqlite_house: House, number: str) -> None:
    opened(number)
    Resident(sqlite_house, number).dials().never_hears("Rincian, tekan 3").hears("Cek laporan, tekan 3")


def test_the_root_tells_nothing_of_what_is_closed_or_of_others(sqlite_house: House) -> None:
    moved(opened(), "resolved", "confirmed")
    with changing(opened(BUDI)) as (session, ticket):
        followers.follow(session, ticket, caller(session, ANI))
    Resident(sqlite_house).dials().never_hears("Rincian, tekan 3")


def test_a_number_that_was_only_keyed_in_opens_nothing_of_its_owner(sqlite_house: House) -> None:
    """A hidden caller leaves somebody else's mobile for news of a report: it tells nothing about that mobile."""
    Resident(sqlite_house, BUDI).dials().presses("2", "2").says("teluk pucung").presses("1").talks().presses("1")
    siti = Resident(sqlite_house, HIDDEN).dials().presses("2", "2", "*").talks().presses("1")
    siti.presses("081299990000*").presses("1").presses("1").presses("2").hears("Di kelurahan mana?")
    siti.never_hears("Teluk Pucung")
    siti = Resident(sqlite_house, HIDDEN).dials().presses("2", "2", "*").talks().presses("1")
    siti.presses("081299990000*").presses("1").presses("1").presses("*").hears("Keadaan darurat")
    assert "Rincian, tekan 3" not in siti.told
    siti.presses("3").hears("Belum ada laporan aktif dari nomor ini")


# -- nothing else --------------------------------------------------------------------------------------------------


def test_a_status_call_promises_no_text_of_its_own(sqlite_house: House) -> None:
    number = opened()
    sqlite_house.work()
    before = len(rows(number))
    asks(sqlite_house).presses("1", "1").hangs_up()
    assert len(rows(number)) == before
    assert [message.template for message in texts(number)] == ["SMS01"]
    assert clock.now() > seen(number).created_at
