"""The rules of texts to residents: opt-out, landlines, night, one status text in four hours, and SMS02 only after an
hour.
"""

import pytest
import time_machine
from factories import ANI, change, moved, opened, rows, seen, text_row, texts, told, wib
from people import House, Resident

from config import clock
from ticketing.tickets import intake, register
from workers import transactions


def body_starts(house: House, number: str) -> list[str]:
    return [message.template or "" for message in texts(number) if message.status != "canceled"]


def test_the_receipt_is_promised_once_and_only_to_who_can_get_it(house: House) -> None:
    for phone, promised in [
        ("+6281200001111", 1),  # mobile
        ("+62218840000", 0),  # landline in Bekasi
        ("anonymous", 0),
        ("+14155550100", 0),  # abroad
        ("1500444", 0),  # ourselves
        ("112", 0),
    ]:
        number = opened(phone)
        assert len(rows(number, kind="sms")) == promised, phone
        if promised:
            assert not told(number, "SMS01"), "told already"
    house.work()
    assert {message.to for message in house.carrier.ledger.listed("messages")} == {ANI}


def test_who_said_stop_gets_nothing_until_mulai(house: House) -> None:
    ani, number = Resident(house), opened()
    ani.texts("STOP")
    house.work()
    assert house.carrier.inbox(ANI) == [], "a text that waited is not sent either"
    assert [row.last_error for row in rows(number, kind="sms")] == ["the resident asked for no texts"]
    moved(number, "resolved")
    second = opened()
    assert rows(second, kind="sms") == []
    ani.texts("mulai")
    third = opened()
    house.work()
    assert [third in text for text in ani.inbox] == [False, True], "that they go again, and the receipt"


def test_the_contact_s_language_wins_over_that_of_the_call(house: House) -> None:
    number = opened(category="lampu-jalan")
    Resident(house).dials().presses("8").hangs_up()
    moved(number, "referred", owner="jalan-nasional")
    second = opened()
    assert texts(number)[1].body.startswith(f"Report {number} is not a city matter. We passed it to Public Works.")
    assert "(rubbish)" in texts(second)[0].body, "labels and dates are in the same language as the sentence"


def test_status_texts_wait_for_the_morning_and_receipts_do_not(sqlite_house: House) -> None:
    for at, expected in [
        ("2026-03-02 20:59", "2026-03-02 20:59"),
        ("2026-03-02 21:00", "2026-03-03 06:00"),
        ("2026-03-02 23:59", "2026-03-03 06:00"),
        ("2026-03-03 00:00", "2026-03-03 06:00"),
        ("2026-03-03 05:59", "2026-03-03 06:00"),
        ("2026-03-03 06:00", "2026-03-03 06:00"),
        ("2026-12-31 22:00", "2027-01-01 06:00"),
    ]:
        with time_machine.travel(wib(at), tick=False):
            number = opened()
            moved(number, "in_progress")
            assert text_row(number, "SMS01").not_before == wib(at)
            assert text_row(number, "SMS03").not_before == wib(expected), at


def test_a_status_text_that_comes_late_waits_for_the_morning_too(sqlite_house: House) -> None:
    """It was due in the evening, but the carrier was away until the night."""
    with time_machine.travel(wib("2026-03-02 20:50"), tick=False) as now:
        number = opened()
        sqlite_house.work()
        moved(number, "in_progress")
        now.move_to(wib("2026-03-02 21:30"))
        sqlite_house.work()
        assert len(sqlite_house.carrier.inbox(ANI)) == 1, "the receipt alone"
        now.move_to(wib("2026-03-03 06:00"))
        sqlite_house.work()
        assert len(sqlite_house.carrier.inbox(ANI)) == 2
        assert [row.attempts for row in rows(number, kind="sms")] == [1, 1]


def test_at_most_one_status_text_in_four_hours_and_the_newest_wins(sqlite_house: House) -> None:
    with time_machine.travel(wib("2026-03-02 09:00"), tick=False) as now:
        number = opened()
        moved(number, "in_progress")
        sqlite_house.work()
        now.move_to(wib("2026-03-02 10:00"))
        moved(number, "waiting", note_text="nomor tiang?")
        moved(number, "scheduled")
        sqlite_house.work()
        states = {message.template: message.status for message in texts(number)}
        assert states == {"SMS01": "delivered", "SMS03": "delivered", "SMS04": "canceled", "SMS28": "promised"}
        now.move_to(wib("2026-03-02 12:59"))
        sqlite_house.work()
        assert len(sqlite_house.carrier.inbox(ANI)) == 2
        now.move_to(wib("2026-03-02 13:00"))
        sqlite_house.work()
        assert "dijadwalkan" in sqlite_house.carrier.inbox(ANI)[-1].body
        other = opened()
        moved(other, "in_progress")
        assert text_row(other, "SMS03").not_before == clock.now(), "each ticket counts for itself"


def test_a_text_that_was_refused_for_a_while_gives_way_and_one_under_way_counts_as_sent(sqlite_house: House) -> None:
    with time_machine.travel(wib("2026-03-02 09:00"), tick=False):
        tried = opened()
        moved(tried, "in_progress")
        change(text_row(tried, "SMS03"), attempts=3)
        moved(tried, "scheduled")
        assert text_row(tried, "SMS03").last_error == "replaced by a later state"
        assert text_row(tried, "SMS28").not_before == wib("2026-03-02 09:00")
        for phone, state in (("+6281200009991", "leased"), ("+6281200009992", "unknown")):
            number = opened(phone)
            moved(number, "in_progress")
            change(text_row(number, "SMS03"), state=state)
            moved(number, "scheduled")
            assert text_row(number, "SMS03").state == state
            assert text_row(number, "SMS28").not_before == wib("2026-03-02 13:00")


def test_what_is_resolved_and_opened_again_is_told_at_once(sqlite_house: House) -> None:
    with time_machine.travel(wib("2026-03-02 09:00"), tick=False):
        number = opened()
        moved(number, "in_progress")
        sqlite_house.work()
        moved(number, "resolved")
        moved(number, "reopened")
        for template in ("SMS05", "SMS06"):
            assert text_row(number, template).not_before == wib("2026-03-02 09:00")


@pytest.mark.parametrize(("category", "waits"), [("banjir", False), ("sampah", True)])
def test_the_night_is_passed_by_the_most_urgent_reports_only(sqlite_house: House, category: str, waits: bool) -> None:
    with time_machine.travel(wib("2026-03-02 23:00"), tick=False):
        number = opened(category=category)
        moved(number, "in_progress")
        assert (text_row(number, "SMS03").not_before == wib("2026-03-03 06:00")) == waits


def test_forwarded_is_told_only_when_an_hour_has_passed(sqlite_house: House) -> None:
    for minutes, expected in [("09:10", ["SMS01"]), ("10:00", ["SMS01"]), ("10:01", ["SMS01", "SMS02"])]:
        with time_machine.travel(wib("2026-03-02 09:00"), tick=False) as now:
            number = opened()
            now.move_to(wib(f"2026-03-02 {minutes}"))
            with transactions.transaction() as session:
                intake.reached_department(session, register.find(session, number, change=True), "dlh")
            assert body_starts(sqlite_house, number) == expected


def test_a_reopened_ticket_hears_the_apology_and_not_that_it_was_forwarded(sqlite_house: House) -> None:
    with time_machine.travel(wib("2026-03-02 09:00"), tick=False) as now:
        number = opened()
        sqlite_house.work()
        moved(number, "resolved")
        sqlite_house.work()
        now.move_to(wib("2026-03-02 11:00"))
        moved(number, "reopened")
        sqlite_house.work()
        now.move_to(wib("2026-03-02 15:00"))
        sqlite_house.work()
        assert seen(number).state == "forwarded"
        assert "kami buka kembali" in sqlite_house.carrier.inbox(ANI)[-1].body
        assert len([mail for mail in sqlite_house.mails("dlh") if mail.html]) == 2
