"""Residents propose, support each other's proposals, and hear the city's answer in their own time."""

import json
from datetime import timedelta

import pytest
import time_machine
from factories import ANI, moved, opened, seen, wib
from people import House, Resident

from ticketing.rules import references

BUDI, SITI, HIDDEN, LANDLINE = "+6281299990000", "+6281377770000", "anonymous", "+622188950001"
MONDAY = wib("2026-11-23 10:00")
TITLE, ANSWER = "Taman bermain di belakang balai warga", "Taman dibangun tahun depan dengan dana 50 juta."
DUE = "Jumat, delapan Januari"  # thirty working days later, with the holidays between


def calls(house: House, number: str, *keys: str) -> Resident:
    return Resident(house, number).dials().presses("5", *keys)


def lives_in(number: str, area: str) -> None:
    """Somebody who reported from there before."""
    moved(opened(number, area=area), "resolved", "confirmed")


def proposed(house: House, number: str = BUDI, *, area: str = "kranji", title: str = TITLE) -> str:
    """A proposal that a clerk gave a title."""
    ticket = opened(number, "usulan", area=area)
    house.flask("proposals", "title", ticket, title, "--by", "Rina")
    return ticket


def answered(house: House, ticket: str, words: str = ANSWER) -> None:
    house.flask("proposals", "answer", ticket, words, "--by", "Rina")


def shown(house: House, ticket: str) -> dict[str, object]:
    return next(row for row in json.loads(house.flask("proposals", "--json")) if row["number"] == ticket)


# -- a new one ---------------------------------------------------------------------------------------------------------


def test_a_proposal_is_recorded_under_its_own_words(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY):
        ani = calls(sqlite_house, ANI).hears("Menyampaikan usulan baru, tekan 1", "Mendengar jawaban usulan, tekan 3")
        ani.presses("1").hears("Di kelurahan mana?").says("kranji").presses("1")
        ani.hears("Setelah nada, sebutkan usulan, lokasi, dan nama. Suara direkam untuk usulan ini").talks()
        ani.hears("Usulan sudah tersimpan").presses("1")
        ani.hears("Nomor usulan Bapak Ibu", "Nomor ini kami kirim lewat SMS", f"Jawaban paling lambat {DUE}")
        ani.never_hears("Laporan sudah tersimpan").never_hears("Nomor laporan").hangs_up()
        sqlite_house.work()
        ticket = sqlite_house.ticket(ani.ticket_number)
        assert (ticket["category"], ticket["department"], ticket["area"]) == ("usulan", "tata-pemerintahan", "Kranji")
        (text,) = ani.inbox
        assert f"Usulan {ani.ticket_number} tercatat. Jawaban Bag. Tapem paling lambat 8 Jan" in text
        assert ani.call.errors == []


def test_a_proposal_is_kept_when_the_caller_hangs_up(sqlite_house: House) -> None:
    ani = calls(sqlite_house, ANI, "1", "*").talks(9, then="hangup")
    sqlite_house.work()
    assert sqlite_house.ticket()["category"] == "usulan"
    assert len(ani.inbox) == 1


def test_a_landline_caller_names_a_mobile_for_the_answer(sqlite_house: House) -> None:
    budi = calls(sqlite_house, LANDLINE, "1", "*").talks().presses("1").hears("Nomor usulan", "masukkan nomor HP")
    budi.presses("081299990000*").presses("1").hangs_up()
    sqlite_house.work()
    assert "tercatat" in Resident(sqlite_house, BUDI).inbox[0]


# -- support -----------------------------------------------------------------------------------------------------------


def test_the_proposals_around_me_are_read_out_most_supported_first(sqlite_house: House) -> None:
    lives_in(ANI, "kranji")
    few = proposed(sqlite_house, title="Perbaikan saluran")
    many = proposed(sqlite_house, area="bintara", title="Taman baca")  # another kelurahan of the same kecamatan
    proposed(sqlite_house, area="jatiasih", title="Lapangan voli")
    opened(HIDDEN, "usulan", area="kranji")  # no clerk has read it yet
    calls(sqlite_house, SITI, "2").presses(many).presses("1").hangs_up()
    ani = calls(sqlite_house, ANI, "2").hears("Usulan di Bintara. Taman baca.", "dua warga mendukung")
    ani.presses("2").hears("Usulan di Kranji. Perbaikan saluran.", "satu warga mendukung")
    ani.presses("1").hears("Dukungan tercatat. Kini dua warga mendukung.", "Laporan lain, tekan 1").hangs_up()
    again = calls(sqlite_house, ANI, "2", "2").presses("2").hears("9 angka nomor usulan")
    again.never_hears("voli").hangs_up()
    assert shown(sqlite_house, few)["voices"] == 2
    assert ani.call.errors == []


def test_a_proposal_is_supported_by_its_number_once_for_each_telephone(house: House) -> None:
    ticket = proposed(house)
    ani = calls(house, ANI, "2").hears("9 angka nomor usulan").presses(ticket)
    ani.hears(f"Usulan di Kranji. {TITLE}.", "satu warga mendukung").presses("1")
    ani.hears("Dukungan tercatat. Kini dua warga mendukung").hangs_up()
    ani = (
        calls(house, ANI, "2")
        .presses(ticket)
        .presses("1")
        .hears("Nomor ini sudah mendukung. Kini dua warga")
        .hangs_up()
    )
    calls(house, LANDLINE, "2").presses(ticket).presses("1").hears("Dukungan tercatat. Kini tiga warga").hangs_up()
    assert shown(house, ticket)["voices"] == 3


def test_my_own_proposal_has_my_voice_already(sqlite_house: House) -> None:
    proposed(sqlite_house, ANI)
    ani = calls(sqlite_house, ANI, "2").hears(TITLE, "satu warga mendukung").presses("1")
    ani.hears("Nomor ini sudah mendukung. Kini satu warga mendukung.").hangs_up()
    ann = Resident(sqlite_house).dials().presses("8", "5", "2").hears("Supporters so far: one").presses("1")
    ann.hears("This number supports it already. Supporters so far: one.")


def test_one_without_a_title_is_named_by_its_number(sqlite_house: House) -> None:
    ticket = opened(BUDI, "usulan", area="kranji")
    ani = calls(sqlite_house, ANI, "2").presses(ticket).hears("Usulan nomor", "Mendukung, tekan 1")
    assert ani.ticket_number == ticket


@pytest.mark.parametrize("wrong", ["123456780", "123456786", "a report"])
def test_a_number_that_is_no_proposal_does_not_fit(sqlite_house: House, wrong: str) -> None:
    number = opened() if wrong == "a report" else wrong
    ani = calls(sqlite_house, ANI, "2").presses(number).hears("Nomor belum cocok").presses(number).presses(number)
    ani.hears("kami sambungkan dengan petugas")


def test_who_hides_the_number_cannot_support(sqlite_house: House) -> None:
    ticket = proposed(sqlite_house)
    siti = calls(sqlite_house, HIDDEN, "2").hears("mohon telepon dengan nomor yang terlihat")
    assert not siti.is_connected
    siti = Resident(sqlite_house, HIDDEN).dials().presses("2", "2", "*").talks().presses("1")
    siti.presses("081377770000*").presses("1").presses("1").presses("*").presses("5", "2")
    siti.hears("nomor yang terlihat")
    assert shown(sqlite_house, ticket)["voices"] == 1, "a number that was only keyed in has no voice"


def test_an_answered_proposal_takes_no_more_support(sqlite_house: House) -> None:
    ticket = proposed(sqlite_house)
    answered(sqlite_house, ticket)
    ani = calls(sqlite_house, ANI, "2").presses(ticket).hears("Usulan ini sudah dijawab", "9 angka nomor usulan")
    ani.never_hears("Mendukung, tekan 1")


def test_what_ended_without_an_answer_is_not_called_answered(sqlite_house: House) -> None:
    ticket = proposed(sqlite_house)
    moved(ticket, "withdrawn")
    for keys in ("2", "3"):
        ani = calls(sqlite_house, ANI, keys).presses(ticket).hears("Usulan ini sudah selesai dibahas")
        ani.never_hears("dijawab").hangs_up()


# -- the answer --------------------------------------------------------------------------------------------------------


def test_the_answer_is_texted_to_all_who_wait_for_it_and_heard(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY):
        ticket = proposed(sqlite_house)
        ani, siti, budi = (Resident(sqlite_house, number) for number in (ANI, SITI, BUDI))
        for one in (ani, siti):
            one.dials().presses("5", "2").presses(ticket).presses("1").hangs_up()
        budi.dials().presses("5", "3").hears(
            "Usulan di Kranji", f"masih dibahas. Jawaban paling lambat {DUE}"
        ).hangs_up()
        sqlite_house.work()
        answered(sqlite_house, ticket)
        sqlite_house.work()
        assert f"usulan {ticket} sudah dijawab Bag. Tapem" in budi.inbox[-1]
        for one in (ani, siti):
            (text,) = one.inbox
            assert f"usulan {ticket} yang Bapak/Ibu dukung sudah dijawab" in text
            assert "http" not in text, "the link is the proposer's"
        heard = budi.dials().presses("5", "3").hears("Jawaban atas usulan itu.", "dengan dana lima puluh juta")
        heard.presses("1").hears("Taman dibangun tahun depan").presses("2").hears("9 angka nomor usulan")
        heard.hangs_up()
        calls(sqlite_house, HIDDEN, "3").presses(ticket).hears(TITLE, "Taman dibangun tahun depan")
        assert sqlite_house.ticket(ticket)["status"] == "resolved"


def test_supporters_hear_of_the_answer_and_of_nothing_before(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY):
        ticket = proposed(sqlite_house)
        ani = calls(sqlite_house, ANI, "2").presses(ticket).presses("1").hangs_up()
        moved(ticket, "in_progress")
        sqlite_house.work()
        assert ani.inbox == []


def test_a_proposal_is_not_answered_twice_over_but_the_newest_words_count(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY) as now:
        ticket = proposed(sqlite_house)
        ani = calls(sqlite_house, ANI, "2").presses(ticket).presses("1").hangs_up()
        answered(sqlite_house, ticket, "Belum disetujui.")
        now.shift(timedelta(minutes=1))
        answered(sqlite_house, ticket, "Sudah disetujui.")
        sqlite_house.work()
        assert len(ani.inbox) == 1
        calls(sqlite_house, ANI, "3").presses(ticket).hears("Sudah disetujui.").never_hears("Belum disetujui")


def test_a_late_answer_is_owned_up_to(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY) as now:
        ticket = proposed(sqlite_house)
        now.shift(timedelta(days=60))
        ani = calls(sqlite_house, ANI, "3").presses(ticket)
        ani.hears(f"Usulan itu masih dibahas. Jawabannya lewat dari {DUE}, kami mohon maaf.")


def test_an_english_caller_hears_the_city_s_words_in_their_own_voice(sqlite_house: House) -> None:
    ticket = proposed(sqlite_house)
    answered(sqlite_house, ticket)
    ann = Resident(sqlite_house).dials().presses("8", "5").hears("To make a new proposal, press 1").presses("3")
    ann.presses(ticket).hears("Proposal in Kranji.", "The answer to that proposal.")
    voices = {line.text: line.language for line in ann.call.latest}
    assert voices[f"{TITLE}."] == "id-ID"
    assert next(voices[text] for text in voices if text.startswith("Taman dibangun")) == "id-ID"
    assert voices["Proposal in Kranji."] == "en-US"


def test_what_the_proposer_said_is_never_spoken(sqlite_house: House) -> None:
    ticket = opened(BUDI, "usulan", area="kranji", words="dekat rumah Pak Joko")
    for keys in (("2",), ("3",)):
        calls(sqlite_house, ANI, *keys).presses(ticket).never_hears("Joko")


# -- what the clerk may do ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "words", "complaint"),
    [
        ("title", "Taman " * 40, "8 s are the limit"),
        ("answer", "Taman dibangun " * 40, "25 s are the limit"),
        ("title", "   ", "a note needs words"),
    ],
)
def test_a_title_or_answer_that_cannot_be_heard_is_refused(
    sqlite_house: House, command: str, words: str, complaint: str
) -> None:
    ticket = opened(BUDI, "usulan")
    assert complaint in sqlite_house.refused("proposals", command, ticket, words, "--by", "Rina")
    assert seen(ticket).state == "received"


def test_a_report_has_no_title(sqlite_house: House) -> None:
    assert "is no proposal" in sqlite_house.refused("proposals", "title", opened(), "Taman", "--by", "Rina")


def test_the_list_shows_what_has_no_title_yet(sqlite_house: House) -> None:
    ticket = opened(BUDI, "usulan", area="kranji")
    assert f"{ticket}      1 residents  received" in sqlite_house.flask("proposals")
    assert "(no title yet)" in sqlite_house.flask("proposals")
    assert references.check(ticket)
