"""After a talk two questions, once in seven days of a number; who is not content may say why (rule V27)."""

from datetime import timedelta

import pytest
import time_machine
from factories import ANI, wib
from people import House, Resident, use
from sqlalchemy import select

from config import stores
from ticketing.models import Rating, Survey
from ticketing.tickets import ratings

MONDAY = wib("2026-11-23 10:00")
BUDI, LANDLINE = "+6281299990000", "+622188950001"


def has_talked(house: House, number: str = ANI, *before: str) -> Resident:
    ani = Resident(house, number).dials().presses(*before, "0")
    ani.call.officer_answers("1")
    ani.call.officer_hangs_up()
    return ani


def answers() -> list[tuple[int, bool | None]]:
    with stores.reading() as session:
        return [(row.score, row.solved) for row in session.scalars(select(Survey).order_by(Survey.at))]


def test_a_content_caller_answers_two_questions(house: House) -> None:
    ani = has_talked(house).hears("Seberapa puas Bapak Ibu dengan layanan tadi?", "5 berarti sangat puas.")
    ani.presses("5").hears("Apakah keperluan Bapak Ibu sudah selesai? Sudah, tekan 1. Belum, tekan 2.")
    ani.presses("1").hears("Terima kasih").never_hears("Mohon maaf")
    assert not ani.is_connected
    assert answers() == [(5, True)]
    assert ani.call.errors == []
    house.work()
    assert (house.tickets(), ani.inbox) == ([], [])


@pytest.mark.parametrize(("score", "solved"), [("2", "1"), ("1", "2"), ("5", "2")])
def test_who_is_not_content_may_say_why_and_it_is_a_ticket(sqlite_house: House, score: str, solved: str) -> None:
    ani = has_talked(sqlite_house).presses(score, solved)
    ani.hears("Mohon maaf. Setelah nada, sampaikan apa yang perlu diperbaiki. Suara direkam").talks()
    ani.hears("Masukan Bapak Ibu sudah tersimpan", "Terima kasih")
    assert not ani.is_connected
    sqlite_house.work()
    ticket = sqlite_house.ticket()
    assert (ticket["category"], ticket["department"], ticket["status"]) == ("masukan", "call-centre", "forwarded")
    assert len(sqlite_house.mails("petugas@")) == 1
    assert ani.inbox == [], "it was thanked for on the telephone"
    assert answers() == [(int(score), solved == "1")]


@pytest.mark.parametrize(
    ("keys", "kept", "tickets"),
    [((), [], 0), (("3",), [(3, None)], 0), (("1", "2"), [(1, False)], 0)],
    ids=["at the score", "at the second question", "at the recording"],
)
def test_hanging_up_keeps_what_was_answered(
    sqlite_house: House, keys: tuple[str, ...], kept: list[tuple[int, bool | None]], tickets: int
) -> None:
    ani = has_talked(sqlite_house).presses(*keys).hangs_up()
    sqlite_house.work()
    assert answers() == kept
    assert len(sqlite_house.tickets()) == tickets
    assert ani.call.errors == []


def test_hanging_up_while_saying_why_keeps_it(sqlite_house: House) -> None:
    has_talked(sqlite_house).presses("1", "2").talks(6, then="hangup")
    sqlite_house.work()
    assert sqlite_house.ticket()["category"] == "masukan"


def test_saying_nothing_is_no_answer(sqlite_house: House) -> None:
    ani = has_talked(sqlite_house).is_silent().hears("Terima kasih")
    assert not ani.is_connected
    ani = has_talked(sqlite_house, BUDI).presses("4").is_silent().hears("Terima kasih")
    assert not ani.is_connected
    ani = has_talked(sqlite_house, LANDLINE).presses("1", "1").is_silent().hears("Terima kasih")
    assert not ani.is_connected
    assert answers() == [(4, None), (1, True)]
    assert sqlite_house.tickets() == []


def test_a_wrong_key_is_asked_again(sqlite_house: House) -> None:
    has_talked(sqlite_house).presses("7").hears("Silakan tekan 1 sampai 5").presses("3").hears("sudah selesai?")


def test_once_in_seven_days_of_a_number(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY) as now:
        has_talked(sqlite_house).presses("5", "1")
        now.shift(timedelta(days=6, hours=23))
        ani = has_talked(sqlite_house).never_hears("Seberapa puas").hears("Terima kasih")
        assert not ani.is_connected
        has_talked(sqlite_house, BUDI).hears("Seberapa puas").hangs_up()
        now.shift(timedelta(hours=2))
        has_talked(sqlite_house).hears("Seberapa puas")


def test_a_hidden_number_is_not_asked(sqlite_house: House) -> None:
    """Nobody could know whether it was asked this week."""
    siti = has_talked(sqlite_house, "anonymous").never_hears("Seberapa puas").hears("Terima kasih")
    assert not siti.is_connected


def test_after_an_emergency_nobody_is_asked(sqlite_house: House) -> None:
    use(EMERGENCY_PHONE="+622188995512")
    ani = Resident(sqlite_house).dials().presses("1")
    ani.call.officer_answers("")
    ani.call.officer_hangs_up()
    ani.never_hears("Seberapa puas")


def test_after_a_call_without_a_talk_nobody_is_asked(sqlite_house: House) -> None:
    ghost = Resident(sqlite_house).dials().is_silent(3).never_hears("Seberapa puas")
    assert not ghost.is_connected
    missed = Resident(sqlite_house).dials().presses("0")
    missed.call.officer_no_answer()
    missed.presses("2").talks().hears("Pesan Bapak Ibu sudah tersimpan").never_hears("Seberapa puas")


def test_in_english(sqlite_house: House) -> None:
    ann = has_talked(sqlite_house, ANI, "8").hears("How satisfied were you? Press 1 to 5.").presses("1")
    ann.hears("Is your matter solved? Yes, press 1.").presses("2").hears("We are sorry. After the tone").talks()
    ann.hears("Your feedback is saved")
    assert sqlite_house.ticket()["language"] == "en"


def test_zero_while_saying_why_keeps_it(sqlite_house: House) -> None:
    ani = has_talked(sqlite_house).presses("1", "1").talks(6, then="0").hears("Masukan Bapak Ibu sudah tersimpan")
    assert not ani.is_connected
    assert sqlite_house.ticket()["category"] == "masukan"


# -- by text, to whom the question was not put ---------------------------------------------------------------------


def leaves_an_officer(house: House, number: str = ANI) -> Resident:
    ani = Resident(house, number).dials().presses("0")
    ani.call.officer_answers("1")
    return ani.hangs_up()


def questions(house: House, number: str = ANI) -> list[str]:
    house.work()
    return [text for text in Resident(house, number).inbox if "Terima kasih sudah menelepon" in text]


def test_who_hung_up_on_the_officer_is_asked_by_text(house: House) -> None:
    leaves_an_officer(house)
    (asked,) = questions(house)
    code = asked.partition("http://lacak.test/t/")[2].split()[0]
    with stores.reading() as session:
        rating = ratings.by_code(session, code)
        assert rating is not None
        assert (rating.ticket_id, rating.answered_at) == (None, None)
    leaves_an_officer(house)
    assert len(questions(house)) == 1, "once in seven days"
    has_talked(house).never_hears("Seberapa puas").hears("Terima kasih")


def test_who_heard_the_question_is_not_asked_again(sqlite_house: House) -> None:
    has_talked(sqlite_house).is_silent()
    has_talked(sqlite_house, BUDI).presses("5", "1")
    assert questions(sqlite_house) == questions(sqlite_house, BUDI) == []


def test_who_hung_up_at_the_question_is_asked_by_text(sqlite_house: House) -> None:
    has_talked(sqlite_house).hears("Seberapa puas").hangs_up()
    assert len(questions(sqlite_house)) == 1
    has_talked(sqlite_house, BUDI).presses("3").hangs_up()
    assert questions(sqlite_house, BUDI) == [], "it answered already"


def test_where_no_text_arrives_nobody_is_asked(sqlite_house: House) -> None:
    leaves_an_officer(sqlite_house, "anonymous")
    landline = Resident(sqlite_house, LANDLINE).dials().presses("0")
    landline.call.officer_answers("1")
    landline.hangs_up()
    sqlite_house.work()
    with stores.reading() as session:
        assert session.scalars(select(Rating)).all() == []


def test_who_was_not_accepted_did_not_talk(sqlite_house: House) -> None:
    missed = Resident(sqlite_house).dials().presses("0")
    missed.call.officer_answers("")
    missed.hangs_up()
    assert questions(sqlite_house) == []
