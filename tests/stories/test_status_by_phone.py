"""Somebody asks where a report stands: their own without typing, any by its number; how much is said to whom, and what
can be done about it (rules V18, V20, V22, V30)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from factories import ANI, caller, changing, moved, opened, rows, seen, texts, wib
from people import House, Resident
from sqlalchemy import event

from config import clock, stores
from ticketing import followers, recordings

BUDI, LANDLINE, HIDDEN = "+6281299990000", "+622188950001", "anonymous"
FRIDAY, MONDAY = wib("2026-11-20 09:00"), wib("2026-11-23 10:00")
NOBODYS, MISTYPED = "123456786", "123456780"


def asks(house: House, number: str = ANI) -> Resident:
    return Resident(house, number).dials().presses("3")


def asks_by_number(house: House, ticket: str, number: str = BUDI) -> Resident:
    """Keyed, whether or not this number has reports of its own."""
    siti = asks(house, number)
    while "Masukkan 9 angka" not in siti.told:
        siti.presses("1" if "terakhir dari nomor ini" in siti.told else "4")
    return siti.presses(ticket)


# -- what is said ------------------------------------------------------------------------------------------------------

# How a ticket comes into each state; what is said of it to whom it belongs, and to everybody.
LATER = "Target selesai dua puluh tujuh November"
NOW = "Sejak dua puluh tiga November"
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
    "received": ("has been received", "received", "the twenty seventh of November"),
    "forwarded": ("has been sent to Environment Agency", "forwarded", "the twenty seventh of November"),
    "accepted": ("has been assigned by Environment Agency", "assigned", "the twenty seventh of November"),
    "in_progress": ("is being handled by Environment Agency", "in progress", "the twenty seventh of November"),
    "waiting": ("is waiting for details from you", "waiting for you", "the twenty third of November"),
    "scheduled": ("has been scheduled by Environment Agency", "scheduled", "the twenty seventh of November"),
    "resolved": ("was resolved by Environment Agency", "resolved", "the twenty third of November"),
    "confirmed": ("is resolved and confirmed", "resolved, confirmed", "the twenty third of November"),
    "reopened": ("is open again at Environment Agency", "open again", "the thirtieth of November"),
    "refused": ("is being passed on to Transport Agency", "passed on", "the twenty seventh of November"),
    "referred": ("was passed on to another authority", "referred outside", "the twenty third of November"),
    "merged": ("was joined with a report of the same problem", "merged", "the twenty third of November"),
    "withdrawn": ("was withdrawn", "withdrawn", "the twenty third of November"),
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
        ani.presses("1").hears("Masukkan 9 angka").presses("*#").hears("Keadaan darurat, tekan 1")
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


@pytest.mark.parametrize("number", [LANDLINE, HIDDEN, "+6591234567", "", "1500444", "sip:x@y", "+266696687"])
def test_who_calls_from_no_mobile_of_ours_is_asked_for_the_number(sqlite_house: House, number: str) -> None:
    with time_machine.travel(MONDAY):
        ticket = opened(number)
        siti = asks(sqlite_house, number).hears("Belum ada laporan aktif dari nomor ini", "Masukkan 9 angka")
        siti.presses(ticket).hears("Laporan tentang sampah diterima").never_hears("Dinas")
        siti.hears("Untuk pelapor sendiri, tekan 2")


def test_a_followed_report_is_told_and_nothing_can_be_done_with_it(sqlite_house: House) -> None:
    number = opened()
    with changing(number) as (session, ticket):
        followers.follow(session, ticket, caller(session, BUDI))
    budi = asks(sqlite_house, BUDI).hears("Laporan warga tentang sampah", "sudah diterima", "Target selesai")
    budi.hears("Ulangi, tekan 1. Laporan lain, tekan 2").presses("3").hears("Silakan tekan 1 atau 2")
    budi.presses("1").hears("Laporan warga tentang sampah").presses("2").hears("Itu laporan terakhir")
    assert sqlite_house.ticket(number)["history"][-1]["action"] == "opened"


# -- by number ---------------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("keyed", [MISTYPED, "123456768", "012345678", "12345678#", "1#", "1*3456786", "000000000"])
def test_a_wrong_digit_is_caught_before_the_database_is_asked(sqlite_house: House, keyed: str) -> None:
    budi = asks(sqlite_house, BUDI)
    with asked_about_tickets() as found:
        budi.presses(keyed).hears("Nomor belum cocok. Silakan masukkan lagi, satu per satu")
    assert found == []
    with asked_about_tickets() as found:
        budi.presses(NOBODYS).hears("Nomor belum cocok")
    assert found != [], "a number that could be one is looked for"


def test_three_tries_and_then_an_officer(sqlite_house: House) -> None:
    budi = asks(sqlite_house, BUDI).presses(NOBODYS, MISTYPED).hears("Nomor belum cocok")
    budi.presses("12#").hears("kami sambungkan dengan petugas")
    assert budi.call.state == "dialing"


def test_more_than_nine_digits_are_no_number_even_where_the_first_nine_are_one(sqlite_house: House) -> None:
    number = opened()
    budi = asks(sqlite_house, BUDI)
    told = sqlite_house.post("/voice/turn/2", {**budi.call.fields(), "Digits": number + "0"})
    assert "Nomor belum cocok" in told.text


def test_saying_nothing_twice_goes_back_to_the_root(sqlite_house: House) -> None:
    asks(sqlite_house, BUDI).is_silent().hears("Masukkan 9 angka").is_silent().hears("Keadaan darurat, tekan 1")


def test_one_number_after_the_other(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY):
        first, second = opened(), opened(category="jalan-rusak")
        budi = asks(sqlite_house, BUDI).presses(first).hears("tentang sampah diterima", "Laporan lain, tekan 3")
        budi.presses("3").hears("Masukkan 9 angka").presses(second).hears("tentang jalan rusak diterima")


# -- the last four digits ----------------------------------------------------------------------------------------------


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
    siti.hears("Laporan tentang sampah diterima").presses("2").presses("11#").presses("1112")
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


# -- adding, objecting, withdrawing ------------------------------------------------------------------------------------


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
    assert Resident(sqlite_house).dials().presses("3").hears("Laporan lain, tekan 4").told.count("tekan 5") == 0


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


# -- the root tells what is new (V22) ----------------------------------------------------------------------------------


def test_the_root_tells_the_report_that_changed_last_and_key_three_goes_to_it(sqlite_house: House) -> None:
    with time_machine.travel(FRIDAY) as now:
        lamp = opened(category="lampu-jalan")
        now.shift(3600)
        opened(category="sampah")
    with time_machine.travel(MONDAY):
        moved(lamp, "in_progress")
        ani = Resident(sqlite_house).dials()
        ani.hears("For English, press 8. Laporan lampu jalan sedang dikerjakan, target Jumat. Rincian, tekan 3.")
        ani.hears("Untuk melapor atau mengadu, tekan 2", "Informasi layanan, tekan 4", "Usulan warga, tekan 5")
        assert "Menanyakan laporan" not in ani.told, "its key was just named"
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
    Resident(sqlite_house, number).dials().never_hears("Rincian, tekan 3").hears("Menanyakan laporan, tekan 3")


def test_the_root_tells_nothing_of_what_is_closed_or_of_others(sqlite_house: House) -> None:
    moved(opened(), "resolved", "confirmed")
    with changing(opened(BUDI)) as (session, ticket):
        followers.follow(session, ticket, caller(session, ANI))
    Resident(sqlite_house).dials().never_hears("Rincian, tekan 3")


def test_a_number_that_was_only_keyed_in_opens_nothing_of_its_owner(sqlite_house: House) -> None:
    """A hidden caller leaves somebody else's mobile for news of a report: it tells nothing about that mobile."""
    Resident(sqlite_house, BUDI).dials().presses("2", "2").says("teluk pucung").presses("1").talks().presses("1")
    siti = Resident(sqlite_house, HIDDEN).dials().presses("2", "2", "*").talks().presses("1")
    siti.presses("081299990000#").presses("1").presses("1").presses("2").hears("Di kelurahan mana?")
    siti.never_hears("Teluk Pucung")
    siti = Resident(sqlite_house, HIDDEN).dials().presses("2", "2", "*").talks().presses("1")
    siti.presses("081299990000#").presses("1").presses("1").presses("*").hears("Keadaan darurat")
    assert "Rincian, tekan 3" not in siti.told
    siti.presses("3").hears("Belum ada laporan aktif dari nomor ini")


# -- nothing else ------------------------------------------------------------------------------------------------------


def test_a_status_call_promises_no_text_of_its_own(sqlite_house: House) -> None:
    number = opened()
    sqlite_house.work()
    before = len(rows(number))
    asks(sqlite_house).presses("1", "1").hangs_up()
    assert len(rows(number)) == before
    assert [message.template for message in texts(number)] == ["SMS01"]
    assert clock.now() > seen(number).created_at
