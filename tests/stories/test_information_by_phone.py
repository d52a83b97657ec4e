"""Questions of every day: told, dated, texted; and a department, which has hours of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
import time_machine
from factories import ANI, city_with, wib
from people import DUTY_LINE, House, Resident

from config.hotline import city

LANDLINE, HIDDEN = "+622188950001", "anonymous"
MONDAY = wib("2026-11-23 10:00")
DATED = {"id": "Informasi ini per satu November.", "en": "This is as of the first of November."}
# Each topic: its keys, how its words begin in either language, and whether they are dated.
TOPICS = {
    "offices": (("1",), "Kantor dinas buka Senin sampai Kamis", "City offices are open Monday to Thursday", True),
    "registry": (("2",), "KTP, KK, dan akta diurus di Disdukcapil", "ID cards, family cards and certificates", True),
    "flood": (("3",), "Belum ada info banjir terbaru", "There is no newer flood notice", False),
    "health": (("4",), "Untuk ambulans dan keadaan gawat, hubungi 1 1 2", "For an ambulance, dial 1 1 2", False),
    "tax": (("5", "1"), "Pajak bumi dan bangunan", "Property tax is paid", True),
    "permits": (("5", "2"), "Izin usaha diurus secara daring", "Business permits are made online", True),
}


def asks(house: House, topic: str, number: str = ANI, language: str = "id") -> Resident:
    english = ["8"] if language == "en" else []
    return Resident(house, number).dials().presses(*english, "4", *TOPICS[topic][0])


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_told_repeated_and_texted(sqlite_house: House, topic: str, language: str) -> None:
    _, indonesian, english, dated = TOPICS[topic]
    words = {"id": indonesian, "en": english}[language]
    with time_machine.travel(MONDAY):
        ani = asks(sqlite_house, topic, language=language).hears(words)
        assert (DATED[language] in ani.told) is dated
        ani.presses("1").hears(words)
        ani.presses("2").hears({"id": "Informasi kami kirim lewat SMS", "en": "We will send it by SMS"}[language])
        ani.hears({"id": "Ulangi, tekan 1", "en": "To repeat, press 1"}[language]).hangs_up()
        sqlite_house.work()
        assert ani.inbox == [city().text(language, "sms", f"info_{topic}")]
        assert ani.call.errors == []
        assert sqlite_house.tickets() == []


def test_the_menu_is_asked_in_two_steps_at_most(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("4")
    ani.hears("Informasi layanan", "Alamat dan jam kantor, tekan 1", "Pajak dan perizinan, tekan 5")
    ani.presses("5").hears("Pajak, tekan 1", "Perizinan, tekan 2").presses("*").hears("Alamat dan jam kantor, tekan 1")
    ani.presses("*").hears("Keadaan darurat, tekan 1")


def test_star_goes_to_the_root_also_after_a_text(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY):
        ani = asks(sqlite_house, "tax").presses("2").presses("*").hears("Keadaan darurat, tekan 1")
        ani.never_hears("Layanan Warga Kota Bekasi. Keadaan darurat, tekan 1. Selamat").presses("4").hears("tekan 5")


def test_stale_words_are_neither_said_nor_texted(sqlite_house: House) -> None:
    with time_machine.travel(wib("2027-04-30 23:50")) as now:
        asks(sqlite_house, "offices").hears("Kantor dinas buka", DATED["id"]).hangs_up()
        now.move_to(wib("2027-05-01 00:10"))
        for topic, (_, words, _, dated) in TOPICS.items():
            ani = asks(sqlite_house, topic)
            if dated:
                ani.hears("Informasi ini sedang diperbarui").never_hears(words).never_hears("per satu November")
                ani.presses("2").hears("Informasi ini sedang diperbarui").never_hears("lewat SMS.")
                ani.presses("1").hears("Informasi ini sedang diperbarui").hangs_up()
            else:
                ani.hears(words).hangs_up()
        sqlite_house.work()
        assert ani.inbox == []


@pytest.mark.parametrize("number", [LANDLINE, HIDDEN, "+6591234567"])
def test_who_cannot_be_texted_names_a_mobile(sqlite_house: House, number: str) -> None:
    with time_machine.travel(MONDAY):
        siti = asks(sqlite_house, "tax", number).presses("2").hears("masukkan nomor HP")
        siti.presses("081299990000*").hears("Nomor HP").presses("1").hears("Informasi kami kirim lewat SMS").hangs_up()
        sqlite_house.work()
        assert Resident(sqlite_house, "+6281299990000").inbox == [city().text("id", "sms", "info_tax")]
        assert siti.inbox == []


def test_who_names_no_mobile_hears_the_menu_again(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY):
        siti = asks(sqlite_house, "tax", HIDDEN).presses("2").presses("*#").hears("Ulangi, tekan 1")
        siti.never_hears("Informasi kami kirim")


def test_the_same_words_are_texted_once_a_call(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY):
        ani = asks(sqlite_house, "tax").presses("2", "2").hears("Informasi kami kirim lewat SMS").hangs_up()
        asks(sqlite_house, "tax").presses("2").hangs_up()
        sqlite_house.work()
        assert len(ani.inbox) == 2


def test_who_stopped_our_texts_is_told_so_and_gets_none(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).texts("STOP")
    ani.dials().presses("4", "4").presses("2").hears("SMS ke nomor ini sudah dihentikan atas permintaan")
    ani.hears("Ulangi, tekan 1").never_hears("Informasi kami kirim").hangs_up()
    sqlite_house.work()
    assert ani.inbox == []


def test_a_mobile_that_stopped_our_texts_gets_none_from_a_landline_either(sqlite_house: House) -> None:
    Resident(sqlite_house, "+6281299990000").texts("STOP")
    siti = asks(sqlite_house, "health", LANDLINE).presses("2").presses("081299990000*").presses("1")
    siti.hears("SMS ke nomor ini sudah dihentikan").hangs_up()
    sqlite_house.work()
    assert Resident(sqlite_house, "+6281299990000").inbox == []


# -- the department itself ---------------------------------------------------------------------------------------------


def wants_the_department(house: House, topic: str = "registry", number: str = ANI) -> Resident:
    return asks(house, topic, number).hears("Berbicara dengan dinas, tekan 3").presses("3")


HALF_PAST = "pukul tujuh lewat tiga puluh"
WINDOW = f"antara {HALF_PAST} dan delapan lewat tiga puluh"
# When it is asked, and the day on which the department opens again and calls back.
CLOSED = {
    "2026-11-23 06:00": "hari ini",
    "2026-11-23 16:00": "besok",
    "2026-11-24 02:00": "hari ini",
    "2026-11-20 19:00": "Senin, dua puluh tiga November",  # a Friday
    "2026-12-24 20:00": "Senin, dua puluh delapan Desember",  # a holiday comes between
}


@pytest.mark.parametrize("at", CLOSED)
def test_a_closed_department_says_when_it_opens_and_calls_then(sqlite_house: House, at: str) -> None:
    day = CLOSED[at]
    with time_machine.travel(wib(at)):
        ani = wants_the_department(sqlite_house)
        ani.hears(f"Dinas Kependudukan dan Pencatatan Sipil tutup, buka lagi {day} {HALF_PAST}")
        ani.hears("Rekam laporan, tekan 1", "Ditelepon saat buka, tekan 2", "Petugas, tekan nol")
        ani.presses("2").hears(f"Kami menelepon nomor ini {day} {WINDOW}").presses("1").hears(f"{day} {WINDOW}")
        assert not ani.is_connected
        assert ani.call.errors == []


def test_the_callback_of_a_department_is_a_task_of_that_department(sqlite_house: House) -> None:
    with time_machine.travel(wib("2026-11-23 20:00")):
        ani = wants_the_department(sqlite_house).presses("2", "1")
        sqlite_house.work()
        ticket = sqlite_house.ticket()
        assert (ticket["category"], ticket["department"]) == ("kependudukan", "disdukcapil")
        (text,) = ani.inbox
        assert "Petugas menelepon nomor ini 24 Nov antara pukul 07.30 dan 08.30" in text
        (mail,) = sqlite_house.mails("disdukcapil")
        assert "Minta ditelepon" in mail.text
        assert "Selasa, 24 November 2026, 07.30-08.30" in mail.text
        listed = sqlite_house.flask("callbacks")
        assert "24 Nov 07:30-08:30" in listed
        assert "disdukcapil" in listed


def test_a_report_to_a_closed_department_needs_no_topic(sqlite_house: House) -> None:
    with time_machine.travel(wib("2026-11-23 20:00")):
        ani = wants_the_department(sqlite_house).presses("1").hears("Di kelurahan mana?")
        ani.never_hears("Laporan tentang apa?").presses("*").talks().presses("1").hears("Nomor laporan").hangs_up()
        assert (sqlite_house.ticket()["category"], sqlite_house.ticket()["department"]) == (
            "kependudukan",
            "disdukcapil",
        )
        siti = wants_the_department(sqlite_house, "tax", HIDDEN).presses("1").hears("Laporan tentang apa?")
        assert siti.is_connected, "a topic that is no category asks what it is about"


def test_zero_at_a_closed_department_is_the_officer(sqlite_house: House) -> None:
    with time_machine.travel(wib("2026-11-23 20:00")):
        assert wants_the_department(sqlite_house).presses("0").call.state == "dialing"


def test_in_english_it_is_closed_too(sqlite_house: House) -> None:
    with time_machine.travel(wib("2026-11-23 20:00")):
        ann = asks(sqlite_house, "registry", language="en").hears("To speak to the agency, press 3").presses("3")
        ann.hears("Population and Civil Registry Agency is closed and opens tomorrow at seven thirty")
        ann.presses("2").hears("We will call this number tomorrow between seven thirty and eight thirty")
        ann.presses("1").hears("An officer will call you tomorrow between seven thirty and eight thirty")


OWN_LINE = "+622188997700"


@contextmanager
def its_own_line(at: datetime) -> Iterator[None]:
    """The registry has a telephone of its own."""
    registry = city().department("disdukcapil").model_copy(update={"phone": OWN_LINE})
    with time_machine.travel(at), city_with(departments={**city().departments, "disdukcapil": registry}):
        yield


def test_an_open_department_with_a_line_of_its_own_is_rung(sqlite_house: House) -> None:
    with its_own_line(MONDAY):
        ani = wants_the_department(sqlite_house)
        ani.hears("Baik, kami sambungkan dengan Dinas Kependudukan dan Pencatatan Sipil")
        assert [leg.to for leg in ani.call.legs] == [OWN_LINE]
        ani.call.officer_answers("1")
        ani.call.officer_hangs_up()
        ani.hears("Seberapa puas")
        assert ani.call.errors == []


@pytest.mark.parametrize("outcome", ["officer_no_answer", "officer_declines"])
def test_where_the_department_does_not_answer_the_officer_does(sqlite_house: House, outcome: str) -> None:
    with its_own_line(MONDAY):
        ani = wants_the_department(sqlite_house)
        getattr(ani.call, outcome)()
        ani.hears("kami sambungkan dengan petugas")
        assert [leg.to for leg in ani.call.legs] == [DUTY_LINE]


def test_the_line_of_a_closed_department_does_not_ring(sqlite_house: House) -> None:
    with its_own_line(wib("2026-11-23 20:00")):
        assert wants_the_department(sqlite_house).hears("tutup, buka lagi besok").call.legs == []


@pytest.mark.parametrize("topic", ["registry", "flood", "health", "tax", "permits"])
def test_an_open_department_without_a_line_is_the_officer(sqlite_house: House, topic: str) -> None:
    with time_machine.travel(MONDAY):
        ani = wants_the_department(sqlite_house, topic).hears("kami sambungkan dengan petugas")
        assert [leg.to for leg in ani.call.legs] == [DUTY_LINE]


def test_offices_in_general_are_nobody_to_talk_to(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY):
        asks(sqlite_house, "offices").never_hears("Berbicara dengan dinas").presses("3").hears("Silakan tekan 1 atau 2")
