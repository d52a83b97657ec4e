"""Callers who only speak, and callers who press: both come to the same end, and danger is heard wherever it is said."""

from typing import Any

import pytest
import time_machine
from asking import HIDDEN, MONDAY, asks
from factories import moved, opened, seen
from people import House, Resident, use
from sqlalchemy import select

from config import spoken, stores
from config.hotline import city
from ticketing.calls import alarms
from ticketing.models import Note, Ticket
from ticketing.rules import lifecycle
from ticketing.tickets import history

LAMP = "saya mau lapor lampu jalan mati di kranji"
FIRE = "tolong rumah saya kebakaran di kranji"
DIGITS = {str(digit): spoken.cardinal("id", digit) for digit in range(10)}
BEATEN = "suami saya sering mukul saya"


@pytest.fixture
def by_day() -> Any:
    with time_machine.travel(MONDAY, tick=False) as now:
        yield now


def tickets() -> list[Ticket]:
    with stores.reading() as session:
        return list(session.scalars(select(Ticket)))


def notes() -> list[str]:
    with stores.reading() as session:
        return list(session.scalars(select(Note.text)))


# -- only spoken ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("yes", ["ya", "iya betul", "benar pak", "satu"])
def test_who_only_speaks_reports_and_is_asked_nothing_twice(house: House, yes: str) -> None:
    ani = Resident(house).dials().hears("Atau sebutkan keperluannya").says(LAMP)
    ani.hears("Lapor lampu jalan mati, di Kranji", "Benar, tekan 1").says(yes)
    ani.hears("Setelah nada").talks(then="").hears("Laporan sudah tersimpan").says("kirim sekarang")
    ani.hears("Nomor laporan Bapak Ibu", "kirim lewat SMS").never_hears("Di kelurahan mana").hangs_up()
    found = seen(ani.ticket_number)
    assert (found.category, found.area) == ("lampu-jalan", "kranji")
    assert ani.call.errors == []


def test_a_place_that_could_be_two_is_settled_and_not_asked_anew(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().says("jalan rusak di jatiasih").hears("Lapor jalan rusak.").says("ya")
    ani.hears("Kelurahan Jatiasih, tekan 1. Kecamatan Jatiasih, tekan 2").never_hears("Di kelurahan mana")
    ani.says("kecamatan").hears("Setelah nada").talks().hangs_up()
    assert [ticket.area for ticket in tickets()] == ["kec-jatiasih"]


def test_what_was_misheard_is_asked_as_ever(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().says(LAMP).hears("Lapor lampu jalan mati").says("bukan")
    ani.hears("Keadaan darurat, tekan 1").never_hears("belum kami kenali")
    ani.presses("2", "2").hears("Di kelurahan mana").says("kranji").says("ya").hears("Setelah nada").hangs_up()


@pytest.mark.parametrize(
    ("words", "read_back", "then"),
    [
        ("banjir", "Lapor banjir", "Bila sedang dalam bahaya, hubungi 1 1 2"),
        ("lampu jalan", "Lapor lampu jalan mati", "Di kelurahan mana"),
        ("cek laporan", "Cek laporan.", "Belum ada laporan aktif"),
        ("laporan saya sudah sampai mana", "Cek laporan.", "Belum ada laporan aktif"),
        ("petugas", "Berbicara dengan petugas.", "kami sambungkan dengan petugas"),
        ("mau tanya jam buka kantor kelurahan", "Informasi.", "Kantor dinas buka"),
        ("saya mau usul", "Usulan warga.", "Menyampaikan usulan baru"),
        ("melapor", "Melapor.", "Laporan tentang apa?"),
    ],
)
def test_the_root_understands_what_is_wanted(sqlite_house: House, words: str, read_back: str, then: str) -> None:
    Resident(sqlite_house).dials().says(words).hears(read_back, "Benar, tekan 1").presses("1").hears(then).hangs_up()


@pytest.mark.parametrize(
    ("words", "category"),
    [
        ("sampah", "sampah"),
        ("jalan rusak", "jalan-rusak"),
        ("got mampet bau", "saluran-mampet"),
        ("petugas kecamatan marah marah ke ibu saya", "keluhan-petugas"),
        (BEATEN, "kekerasan-rumah"),
        ("pe je u gang kami padam semua", "lampu-jalan"),
    ],
)
def test_the_topic_understands_a_matter(sqlite_house: House, words: str, category: str) -> None:
    ani = Resident(sqlite_house).dials().presses("2").says(words)
    ani.hears(f"Lapor {city().category(category).spoken['id']}.").says("ya")
    if not city().category(category).confidential:
        ani.hears("Di kelurahan mana").says("lewati")
    ani.hears("Setelah nada").talks().hangs_up()
    sqlite_house.work()
    (ticket,) = tickets()
    assert ticket.category == category


def test_what_nobody_understands_is_no_wish(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().says("xyzzy plugh").hears("Silakan tekan 1 sampai 5")
    ani.says("blabla").hears("Kami ulangi lebih pelan").says("hmm").hears("sambungkan dengan petugas").hangs_up()


def test_what_was_hardly_recognised_decides_nothing(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials()
    ani.call.speak(LAMP, 0.2)
    ani.hears("Lapor lampu jalan mati, di Kranji")
    ani.call.speak("ya", 0.2)
    ani.hears("Silakan tekan 1 atau 2").says("ya").hears("Setelah nada").hangs_up()


def test_a_question_that_was_switched_off_takes_keys_alone(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = city().speech.model_copy(update={"listens": ("report.*",)})
    monkeypatch.setitem(vars(city()), "speech", silent)
    ani = Resident(sqlite_house).dials().never_hears("sebutkan keperluannya")
    assert ani.call.waiting["speech"] is False
    ani.presses("2").hears("Atau sebutkan masalahnya")
    assert ani.call.waiting["speech"] is True


# -- a report that there is ----------------------------------------------------------------------------------------


def test_who_only_speaks_hears_of_the_report_and_opens_it_again(house: House, by_day: Any) -> None:
    number = opened()
    house.work()
    moved(number, "in_progress", "resolved")
    ani = Resident(house).dials().says("cek laporan").says("ya")
    ani.hears("selesai ditangani", "Belum beres, tekan 3").says("belum beres").hears(
        "kami buka kembali", "Setelah nada"
    )
    ani.talks().hears("Keterangan sudah tersimpan").hangs_up()
    assert seen(number).reopenings == 1
    assert ani.call.errors == []


def test_fixed_is_a_key_and_so_is_how_well(house: House, by_day: Any) -> None:
    number = opened()
    house.work()
    moved(number, "in_progress", "resolved")
    ani = asks(house).hears("Sudah beres, tekan 2").presses("2").hears("laporan ini selesai", "Seberapa puas")
    ani.presses("5").hears("Nilai Bapak Ibu sudah tercatat").hangs_up()
    assert seen(number).state == lifecycle.CONFIRMED
    told = house.ticket(number)
    assert "5" in str(told), told


def test_a_spoken_number_is_read_back(sqlite_house: House) -> None:
    number = opened()
    digits = " ".join(DIGITS[digit] for digit in number)
    siti = asks(sqlite_house, HIDDEN).hears("sebutkan 9 angka").says(digits)
    siti.hears("Nomor", "Benar, tekan 1").says("bukan").hears("Nomor belum cocok").says(digits).says("benar")
    siti.hears("Laporan tentang").hangs_up()


def test_star_ends_a_number_and_alone_skips_it_at_once(sqlite_house: House) -> None:
    siti = asks(sqlite_house, HIDDEN).hears("Masukkan atau sebutkan 9 angka")
    assert siti.call.waiting["finish"] == "*"
    siti.presses("*").hears("Keadaan darurat, tekan 1").hangs_up()


# -- danger --------------------------------------------------------------------------------------------------------

AT = {
    "the root": (),
    "the topic": ("2",),
    "a menu below": ("2", "1"),
    "the place": ("2", "2"),
    "the number of a report": ("3",),
    "information": ("4",),
    "a proposal": ("5",),
}


@pytest.mark.parametrize("keys", AT.values(), ids=AT.keys())
def test_danger_is_heard_at_any_question_and_asks_for_no_confirmation(
    sqlite_house: House, keys: tuple[str, ...]
) -> None:
    use(DUTY_PHONE="+6281310000001")
    ani = Resident(sqlite_house).dials().presses(*keys).says(FIRE)
    ani.hears("hubungi 1 1 2, gratis", "Keluar sekarang dan jangan masuk lagi", "Sekali lagi, hubungi 1 1 2")
    assert ani.call.state == "ended", "there is nothing to wait for: dial 112"
    (ticket,) = tickets()
    assert (ticket.category, ticket.priority, ticket.area) == ("darurat", "P1", "kranji")
    assert FIRE in notes()
    sqlite_house.work()
    assert sqlite_house.carrier.ringing("+6281310000001"), "the duty team is telephoned"
    assert any(mail.subject.startswith("DARURAT:") for mail in sqlite_house.mails())


def test_danger_while_it_is_reviewed_is_heard_too(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("2", "2").says("lewati").talks().hears("Kirim sekarang, tekan 1")
    ani.says("tolong ada orang pingsan").hears("hubungi 1 1 2")
    assert {ticket.category for ticket in tickets()} == {"sampah", "darurat"}, "the report is kept as well"


def test_the_same_danger_told_twice_is_one_alarm(sqlite_house: House) -> None:
    Resident(sqlite_house).dials().says(FIRE)
    Resident(sqlite_house).dials().presses("2").says("rumahnya masih kebakaran tolong")
    (ticket,) = tickets()
    with stores.reading() as session:
        assert alarms.going_on(session, session.get_one(Ticket, ticket.id).contact) is not None
        assert [event.action for event in history.of(session, session.get_one(Ticket, ticket.id))].count("opened") == 1


def test_what_may_be_danger_hears_the_number_to_dial_and_goes_on(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("2")
    ani.call.speak(FIRE, 0.2)
    ani.hears("Bila sedang dalam bahaya, hubungi 1 1 2")
    assert ani.call.state == "gathering"


def test_key_1_asks_and_keeps_nothing(sqlite_house: House) -> None:
    Resident(sqlite_house).dials().presses("1").hears("hubungi 1 1 2").never_hears("Ucapan tadi")
    assert tickets() == []


def test_violence_at_home_gets_a_line_that_exists_and_no_name_is_asked(sqlite_house: House) -> None:
    use(SMS_DUA_ARAH="true")
    ani = Resident(sqlite_house).dials().presses("2", "5", "2")
    ani.hears("hubungi 1 1 2", "SAPA 1 2 9", "Laporan ini rahasia")
    ani.hears("Nama dan alamat tidak perlu disebut").never_hears("lalu nama").talks().hangs_up()
    sqlite_house.work()
    (mail,) = sqlite_house.mails()
    assert "Kekerasan" not in mail.subject


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("saya mau bunuh diri", "119"),
        ("saya sudah tidak kuat mau mati saja malam ini", "119"),
        ("suami saya lagi mukulin saya sekarang tolong", "SAPA 129"),
        ("anak sebelah lagi digebukin bapaknya sampai berdarah", "SAPA 129"),
    ],
)
def test_by_text_it_gets_the_same_and_no_link(sqlite_house: House, words: str, line: str) -> None:
    use(SMS_DUA_ARAH="true")
    ani = Resident(sqlite_house).texts(words)
    sqlite_house.work()
    (answer,) = ani.inbox
    assert "112" in answer[:40]
    assert line in answer
    assert "http" not in answer


def test_violence_that_goes_on_is_confidential_whatever_the_words(sqlite_house: House) -> None:
    use(SMS_DUA_ARAH="true")
    ani = Resident(sqlite_house).texts("suami saya suka main tangan kalau lagi marah")
    sqlite_house.work()
    (ticket,) = tickets()
    assert ticket.category == "kekerasan-rumah"
    assert all("http" not in text and "kekerasan" not in text.lower() for text in ani.inbox)
    assert any("112" in text and "129" in text for text in ani.inbox)


# -- recordings ----------------------------------------------------------------------------------------------------


def test_a_recording_that_reaches_its_limit_says_so_and_goes_on(house: House) -> None:
    ani = Resident(house).dials().presses("2", "2").says("kranji").presses("1")
    ani.talks(city().recording.max_seconds, then="").hears("Waktu rekaman habis", "Melanjutkan, tekan 1").presses("1")
    ani.hears("silakan lanjutkan").talks(20).hears("Laporan sudah tersimpan").presses("1").hears("Nomor laporan")
    ani.hangs_up()
    house.work()
    assert any("Rekaman tambahan pelapor" in mail.text for mail in house.mails())


def test_who_is_done_at_the_limit_is_done(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("2", "2").says("kranji").presses("1")
    ani.talks(city().recording.max_seconds, then="").presses("2").hears("Laporan sudah tersimpan").hangs_up()


# -- the flood -----------------------------------------------------------------------------------------------------


def test_in_a_flood_it_is_one_key_and_112_is_named_first(sqlite_house: House, by_day: Any) -> None:
    words = ("--id", "Kali Bekasi Siaga 2", "--en", "Kali Bekasi level 2")
    details = ("--details-id", "Posko di SDN Jatirasa 1", "--details-en", "Shelter at SDN Jatirasa 1")
    sqlite_house.flask("announce", "flood", *words, *details, "--until", "12:00", "--by", "Rina")
    ani = Resident(sqlite_house).dials().hears("Lapor banjir, tekan 6").presses("6")
    ani.hears("Bila sedang dalam bahaya, hubungi 1 1 2", "Di kelurahan mana").says("kranji").says("ya")
    ani.talks().hangs_up()
    (ticket,) = tickets()
    assert (ticket.category, ticket.area) == ("banjir", "kranji")
    Resident(sqlite_house).dials().hears("Lapor banjir, tekan 6").hangs_up()


def test_without_a_flood_there_is_no_such_key(sqlite_house: House) -> None:
    Resident(sqlite_house).dials().never_hears("tekan 6").presses("6").hears("Silakan tekan 1 sampai 5").hangs_up()
