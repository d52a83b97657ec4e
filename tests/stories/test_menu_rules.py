"""The rules of the menu that a simulated caller can check, one test for each that no story pins already.

| Rule | What | Where |
|---|---|---|
| V03 | the same keys everywhere | here; test_keys_and_silence.py |
| V05 | barge-in, keys ahead | here; test_keys_and_silence.py::test_keys_typed_ahead_answer_the_next_questions |
| V07 | time-outs | here; test_keys_and_silence.py::test_each_miss_waits_longer |
| V08 | three misses | here; test_keys_and_silence.py::test_wrong_keys_three_times_lead_to_an_officer |
| V10 | 0 everywhere | here; test_recording_and_review.py (zero while recording) |
| V11 | no dead end | here; tests/house/test_every_way_through_the_menu.py::test_every_key_at_every_question |
| V13 | emergency | test_emergency_desk.py; test_emergency_and_fallback.py |
| V14 | silence at the topic | test_keys_and_silence.py::test_saying_nothing_at_the_topic_means_anything_else; here |
| V15 | recordings become tickets | here; test_hanging_up.py::test_what_is_kept; test_recording_and_review.py |
| V16 | silence | test_recording_and_review.py::test_a_second_silence_leads_to_an_officer_and_opens_no_ticket |
| V17 | the number, spoken and texted | here |
| V18 | check digit | test_status_by_number.py::test_a_wrong_digit_is_caught_before_the_database_is_asked |
| V19 | a mobile from a landline | test_callers_without_texts.py::test_the_number_is_read_back_in_fours |
| V20 | nothing is asked twice | here; test_status_by_phone.py::test_my_open_reports_come_newest_first_without_typing |
| V21 | language kept | test_english_caller.py::test_after_twelve_months_we_ask_anew; here |
| V22 | known caller, third call | test_status_by_phone.py (the root); test_repeat_callers.py |
| V23 | announcements | test_flood_night.py |
| V27 | survey | test_survey.py |
| V30 | what status says | here; test_status_by_phone.py (every state) |
| V31 | app down | test_emergency_and_fallback.py; tests/running/test_fallback_drill.py |
| V35 | silent numbers | test_repeat_callers.py |
"""

import re
import xml.etree.ElementTree as ET
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from factories import ANI, documents, moved, opened, wib
from people import House, Resident

pytestmark = pytest.mark.usefixtures("unlimited")

LANDLINE, HIDDEN = "+622188950001", "anonymous"
MONDAY, EVENING = wib("2026-11-23 10:00"), wib("2026-11-23 20:00")
# Questions that came with status, information, proposals and the rest: how a caller gets there.
QUESTIONS = {
    "a report of mine": ("3",),
    "after the last report": ("3", "4", "4"),
    "withdrawing": ("3", "5"),
    "what it is about": ("2",),
    "other matters": ("2", "5"),
    "following a flood": ("2", "3", "1"),
    "information": ("4",),
    "tax and permits": ("4", "5"),
    "a topic": ("4", "1"),
    "a closed department": ("4", "2", "3"),
    "proposals": ("5",),
    "a proposal": ("5", "2"),
    "an answer": ("5", "3"),
    "a text about a confidential report": ("2", "5", "2", "talk", "1"),
    "the review": ("2", "2", "2", "*", "talk"),  # the last, for it adds a report to those of the caller
}
NUMBERS = {
    "the number of a report": ("3", "4", "4", "1"),
    "the number of a proposal": ("5", "3", "2"),
}


@pytest.fixture
def evening(sqlite_house: House) -> House:
    """A city in which there is something behind every key."""
    with time_machine.travel(EVENING - timedelta(minutes=5)):
        moved(opened(area="kranji"), "in_progress")
        proposal = opened("+6281299990000", "usulan", area="kranji")
        sqlite_house.flask("proposals", "title", proposal, "Taman baca", "--by", "Rina")
        flood = opened("+6281299990000", "banjir")
        sqlite_house.flask(
            *("announce", "incident", flood, "--id", "Kranji", "--en", "Kranji", "--until", "22:00", "--by", "Rina")
        )
        opened(category="usulan", area="kranji")
    return sqlite_house


def test_the_table_names_tests_that_are_there() -> None:
    tests = Path(__file__).parent.parent
    named = re.findall(r"(?:tests/(\w+)/)?(test_\w+\.py)(?:::(test_\w+))?", __doc__ or "")
    assert len(named) > 20
    for folder, file, name in named:
        text = (tests / (folder or "stories") / file).read_text()
        assert not name or f"def {name}(" in text, f"{file}::{name}"


def comes_to(house: House, steps: tuple[str, ...], number: str = ANI) -> Resident:
    ani = Resident(house, number).dials()
    for step in steps:
        if step == "talk":
            ani.talks()
        else:
            ani.presses(step)
    return ani


def at_a_person(ani: Resident) -> bool:
    return ani.call.state == "dialing" and "petugas" in ani.told


# -- the same keys everywhere ------------------------------------------------------------------------------------------


def test_v03_and_v10_the_keys_0_and_8_mean_the_same_at_every_question(evening: House) -> None:
    with time_machine.travel(EVENING):
        for name, steps in QUESTIONS.items():
            ani = comes_to(evening, steps)
            assert ani.call.state == "gathering", name
            ani.presses("8").hears("English.", "press 1")
            assert ani.call.state == "gathering", f"{name} is asked again, in the other language"
            assert at_a_person(ani.presses("8").presses("0")), name
            assert ani.call.errors == []
            ani.hangs_up()


def test_v03_in_a_number_the_keys_0_8_and_9_are_keys_only_alone(evening: House) -> None:
    with time_machine.travel(EVENING):
        for steps in NUMBERS.values():
            ani = comes_to(evening, steps).presses("089*").hears("Nomor belum cocok")
            ani.presses("8*").hears("English.", "Please enter or say it again, digit by digit").presses("8*")
            assert at_a_person(ani.presses("0*"))


def test_v03_while_recording_only_hash_and_zero_end_it(evening: House) -> None:
    """V15 too: two minutes at most, and five seconds of silence."""
    with time_machine.travel(EVENING):
        for way in (("2", "2", "2", "*"), ("3", "2"), ("3", "3"), ("5", "1", "1"), ("2", "5", "1")):
            ani = comes_to(evening, way)
            assert ani.call.state == "recording", way
            (record,) = documents()[-1].iter("Record")
            assert (record.get("finishOnKey"), record.get("maxLength"), record.get("timeout")) == ("#0", "120", "5")
            ani.presses("5", "9", "*", "8")
            assert ani.call.state == "recording"


def test_v03_nine_ends_politely_where_the_goal_is_met(evening: House) -> None:
    with time_machine.travel(EVENING):
        for way in (("3",), ("4", "1"), ("5", "3"), ("5", "2", "1"), ("2", "3", "1", "1")):
            ani = comes_to(evening, way).presses("9").hears("Terima kasih, Bapak Ibu. Selamat malam.")
            assert not ani.is_connected, way


# -- documents ---------------------------------------------------------------------------------------------------------


def gathers() -> list[tuple[ET.Element, ET.Element]]:
    return [(document, gather) for document in documents() for gather in document.iter("Gather")]


def test_v05_and_v11_every_question_can_be_interrupted_and_goes_on_when_nothing_comes_of_it(evening: House) -> None:
    """Only the first second after a miss cannot be interrupted: nothing pressed in it is taken for the answer."""
    with time_machine.travel(EVENING):
        for steps in QUESTIONS.values():
            comes_to(evening, steps).presses("7").hangs_up()
    assert len(gathers()) > 60
    for document, gather in gathers():
        before = list(document)[: list(document).index(gather)]
        assert [(verb.tag, verb.get("length")) for verb in before] in ([], [("Pause", "1")])
        after_a_miss = any("Silakan tekan" in "".join(say.itertext()) for say in gather.iter("Say"))
        assert bool(before) is after_a_miss
        assert gather.get("actionOnEmptyResult") == "true"
        redirect = list(document)[-1]
        assert (redirect.tag, redirect.text) == ("Redirect", gather.get("action"))


def test_v11_after_the_last_word_there_are_two_seconds(evening: House) -> None:
    with time_machine.travel(EVENING):
        for way in (("4", "1", "9"), ("3", "9"), ("1",)):
            assert not comes_to(evening, way).is_connected
            last = documents()[-1]
            assert [(verb.tag, verb.get("length")) for verb in last][-2:] == [("Pause", "2"), ("Hangup", None)]


def test_v07_menus_wait_five_seconds_and_numbers_six_and_two_more_after_each_miss(evening: House) -> None:
    with time_machine.travel(EVENING):
        for steps in (("4",), ("3",), ("5",)):
            ani = comes_to(evening, steps)
            waits = [ani.call.waiting["timeout"], *(ani.presses("7").call.waiting["timeout"] for _ in range(2))]
            assert waits == [5.0, 7.0, 9.0], steps
        ani = comes_to(evening, NUMBERS["the number of a report"])
        assert [ani.call.waiting["timeout"], ani.is_silent().call.waiting["timeout"]] == [6.0, 8.0]


# -- misses ------------------------------------------------------------------------------------------------------------


def test_v08_a_shorter_prompt_then_a_fuller_one_then_an_officer(evening: House) -> None:
    with time_machine.travel(EVENING):
        for name, steps in QUESTIONS.items():
            ani = comes_to(evening, steps)
            asked = ani.told
            ani.presses("7").hears("Silakan tekan 1", "Untuk petugas, tekan nol")
            assert len(ani.told) < len(asked), name
            ani.presses("7").hears("Kami ulangi lebih pelan.")
            assert "80%" in ET.tostring(documents()[-1], encoding="unicode"), name
            assert at_a_person(ani.presses("7")), name
            ani.hangs_up()


def test_v14_silence_at_other_matters_is_anything_else_too(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("2", "5").is_silent().hears("Di kelurahan mana?")
    ani.never_hears("rahasia").presses("*").talks().presses("1").hangs_up()
    assert sqlite_house.ticket()["category"] == "lainnya"


def test_v15_recording_again_is_the_same_ticket_also_for_a_proposal(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("5", "1", "*").talks(5).presses("3").talks(9).presses("3")
    ani.talks(4, then="hangup")
    sqlite_house.work()
    assert sqlite_house.ticket()["category"] == "usulan"


# -- numbers and words -------------------------------------------------------------------------------------------------


def test_v17_the_number_is_read_twice_in_threes_digit_by_digit_and_texted_at_once(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY):
        for _ in range(2):
            ani = Resident(sqlite_house).dials().presses("2", "2", "*").talks().presses("1")
            number = ani.ticket_number
            said = [{"0": "nol", "1": "satu", "2": "dua", "3": "tiga", "4": "empat"}.get(digit, "") for digit in number]
            groups = next(line.text for line in ani.call.latest if "Nomor laporan" in line.text)
            first, again = groups.removeprefix("Terima kasih. Nomor laporan Bapak Ibu: ").split(". Kami ulangi: ")
            assert first == again.removesuffix(".")
            spoken = [part.split() for part in first.split(", ")]
            assert [len(part) for part in spoken] == [3, 3, 3]
            words = [word for part in spoken for word in part]
            assert all(word == wanted for word, wanted in zip(words, said, strict=True) if wanted)
            assert not any(character.isdigit() for character in first)
            sqlite_house.work()
            assert number in ani.inbox[-1], "while the caller is still on the line"
            ani.hangs_up()


def test_v20_the_place_said_a_moment_ago_is_offered_also_to_a_hidden_number(sqlite_house: House) -> None:
    siti = Resident(sqlite_house, HIDDEN).dials().presses("2", "2").says("kranji").presses("1").talks().presses("1")
    siti.presses("*#").presses("1").presses("2").hears("Kranji lagi?").presses("1").talks()
    siti.presses("1").hangs_up()
    assert {ticket["area"] for ticket in sqlite_house.tickets()} == {"Kranji"}
    Resident(sqlite_house, HIDDEN).dials().presses("2", "2").never_hears("Kranji")


def test_v20_a_mobile_that_was_named_is_not_asked_for_again_in_this_call(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY):
        siti = Resident(sqlite_house, LANDLINE).dials().presses("4", "4").presses("2").hears("masukkan nomor HP")
        siti.presses("081299990000*").presses("1").presses("*").presses("4", "1").presses("2")
        siti.hears("Informasi kami kirim lewat SMS").presses("*").presses("2", "2", "*").talks().presses("1")
        siti.hears("Nomor laporan", "Nomor ini kami kirim lewat SMS", "Laporan lain, tekan 1").hangs_up()
        sqlite_house.work()
        assert len(Resident(sqlite_house, "+6281299990000").inbox) == 3


def test_v21_the_new_conversations_follow_the_language_of_the_number(evening: House) -> None:
    with time_machine.travel(EVENING):
        Resident(evening).dials().presses("8").hangs_up()
        for steps in (("3",), ("4",), ("5",), ("4", "2", "3"), ("2", "3", "1")):
            ann = comes_to(evening, steps)
            spoken = {line.language for line in ann.call.latest if line.text not in ("Taman baca.",)}
            assert spoken == {"en-US"}, (steps, ann.told)


def test_v30_status_never_says_a_name_an_address_or_what_was_said(sqlite_house: House) -> None:
    number = opened(area="kranji", words="rumah Pak Joko di Jalan Mawar")
    moved(number, "in_progress", note_text="Pak Joko sudah ditelepon")
    ani = Resident(sqlite_house).dials().presses("3").hears("Laporan tentang sampah", "Target selesai")
    siti = Resident(sqlite_house, HIDDEN).dials().presses("3").presses(number).hears("tentang sampah")
    for one in (ani, siti):
        for word in ("Joko", "Mawar", "Kranji", "1111"):
            one.never_hears(word)
