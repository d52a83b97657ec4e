"""A resolved report is done when the resident does not object; a late one is never silent. The offices are closed from
18 to 24 March 2026 (Nyepi and Lebaran).
"""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from asking import asks
from factories import ANI, changing, moved, opened, seen, text_row, texts, wib
from people import House, Resident

from ticketing.rules import deadlines, lifecycle
from ticketing.tickets import additions, history, ratings, verdicts
from workers import time_limits

pytestmark = pytest.mark.usefixtures("unlimited")

MONDAY = "2026-03-02 09:00"
BUDI = "+6281299990000"


def actions(house: House, number: str, *, of: tuple[str, ...]) -> list[str]:
    return [step["action"] for step in house.ticket(number)["history"] if step["action"] in of]


def last(house: House, number: str) -> dict[str, Any]:
    found: dict[str, Any] = house.ticket(number)["history"][-1]
    return found


def templates(number: str) -> list[str]:
    return [str(message.template) for message in texts(number) if message.status != "canceled"]


def asks_by_number(house: House, number: str) -> Resident:
    """What is closed is not told by itself."""
    return asks(house).presses(*number, "#")


def wait(house: House, now: Any, to: str) -> None:
    """Time passes, and everything that time alone does is done, twice."""
    now.move_to(wib(to))
    time_limits.apply_due()
    assert time_limits.apply_due() == 0, "done once"
    house.work()


def test_a_rating_closes_what_was_resolved(house: House) -> None:
    with time_machine.travel(wib(MONDAY), tick=False) as now:
        number = opened()
        house.work()
        now.move_to(wib("2026-03-02 14:00"))
        moved(number, "in_progress", "resolved", by="DLH")
        house.work()
        assert "beri nilai" in Resident(house).inbox[-1]
        for _ in range(2):
            with changing(number) as (session, ticket):
                verdicts.rated(session, ticket, score=5, by="resident", channel="sms")
        shown = house.ticket(number)
        assert (shown["status"], last(house, number)["why"]) == ("confirmed", {"score": 5})
        assert [one["score"] for one in shown["ratings"]] == [5], "the answer to the question, given twice"
        assert "rated 5 of 5" in house.flask("tickets", "show", number)


def test_not_fixed_twice_is_looked_at_by_another_office(sqlite_house: House) -> None:
    house = sqlite_house
    with time_machine.travel(wib(MONDAY), tick=False) as now:
        number = opened()
        house.work()
        moved(number, "in_progress", "resolved", by="DLH")
        now.move_to(wib("2026-03-03 10:00"))
        ani = asks(house).hears("selesai ditangani Dinas Lingkungan Hidup").presses("3").hears("kami buka kembali")
        ani.hangs_up()
        house.work()
        assert (seen(number).department, seen(number).reopenings) == ("dlh", 1), "back to the same owner"
        above = house.mails("sekretariat@")
        assert [mail.subject for mail in above] == [f"Laporan {number[:3]}-{number[3:6]}-{number[6:]} dibuka kembali"]
        assert ANI[-4:] not in above[0].text
        house.move(number, "in_progress")
        now.move_to(wib("2026-03-04 10:00"))
        house.move(number, "resolved")
        asks(house).presses("3").hears("kami buka kembali").hangs_up()
        house.work()
        assert (seen(number).department, seen(number).reopenings) == ("inspektorat", 2)
        event = next(one for one in reversed(house.ticket(number)["history"]) if one["to"] == "reopened")
        assert event["why"] == {"verification": True, "from": "dlh"}
        assert "diverifikasi pihak lain" in house.mails("sekretariat@")[-1].subject
        assert "diverifikasi pihak lain" in house.mails("dlh@")[-1].subject, "its owner hears that others look now"
        (verified,) = house.mails("inspektorat@")
        assert "Mohon verifikasi di tempat" in verified.text, "with the report itself"
        assert any("Inspektorat mengecek ulang paling lambat" in text for text in Resident(house).inbox)
        now.move_to(wib("2026-03-05 10:00"))
        house.move(number, "in_progress")
        house.move(number, "resolved")
        asks(house).presses("3").hangs_up()
        assert seen(number).department == "call-centre", "nobody verifies their own work"


def test_silence_confirms_after_a_fortnight_and_says_so(sqlite_house: House) -> None:
    house = sqlite_house
    with time_machine.travel(wib(MONDAY), tick=False) as now:
        number = opened()
        house.work()
        moved(number, "in_progress", "resolved", by="DLH")
        house.work()
        wait(house, now, "2026-03-16 04:00")
        now.move_to(wib("2026-03-16 08:59"))
        assert time_limits.apply_due() == 0
        assert house.ticket(number)["status"] == "resolved"
        wait(house, now, "2026-03-16 09:00")
        assert (house.ticket(number)["status"], last(house, number)["why"]) == ("confirmed", {"silence": 14})
        assert "kami tutup karena tidak ada keberatan" in Resident(house).inbox[-1]
        now.move_to(wib("2026-03-20 09:00"))
        asks_by_number(house, number).presses("3").hears("kami buka kembali").hangs_up()
        assert (seen(number).state, seen(number).closed_at) == ("reopened", None), "silence was not the last word"


def test_a_report_that_ended_long_ago_is_made_anew(sqlite_house: House) -> None:
    house = sqlite_house
    with time_machine.travel(wib(MONDAY), tick=False) as now:
        number = opened(area="kayuringinjaya", words="depan pasar")
        moved(number, "in_progress", "resolved", "confirmed", by="DLH")
        now.move_to(wib("2026-03-30 09:00"))
        assert not verdicts.may_reopen(seen(number))
        ani = asks_by_number(house, number).presses("3").hears("sudah lama ditutup, jadi kami buat laporan baru")
        (again,) = (one["number"] for one in house.tickets() if one["number"] != number)
        assert ani.ticket_number == again
        ani.talks().hears("Keterangan sudah tersimpan").hangs_up()
        house.work()
        assert seen(number).state == "confirmed"
        assert (seen(again).category, seen(again).area, seen(again).contact_id) == (
            "sampah", "kayuringinjaya", seen(number).contact_id,
        )  # fmt: skip
        assert house.ticket(again)["history"][0]["why"]["again"] == number
        written = house.mails("dlh@")[-1].text
        assert "depan pasar" in written
        assert f"Lanjutan laporan {number[:3]}-{number[3:6]}-{number[6:]}" in written
        with changing(number) as (session, ticket):
            assert verdicts.report_again(session, ticket, by="resident").number == again, "asked again, the same one"
        moved(again, "in_progress", "resolved", by="DLH")
        with changing(number) as (session, ticket):
            assert verdicts.report_again(session, ticket, by="resident").state == "reopened"


@pytest.mark.parametrize("why", ["category", "objection"])
def test_silence_means_nothing_where_only_a_word_closes(sqlite_house: House, why: str) -> None:
    with time_machine.travel(wib(MONDAY), tick=False) as now:
        number = opened(category="darurat" if why == "category" else "sampah")
        moved(number, "in_progress", "resolved", by="DLH")
        if why == "objection":  # by a survey that was about the call
            with changing(number) as (session, ticket):
                ratings.answer(session, ticket, contact=ticket.contact, score=None, solved=False, channel="page")
        wait(sqlite_house, now, "2026-06-02 10:00")
        assert sqlite_house.ticket(number)["status"] == "resolved"


def test_one_question_in_seven_days_of_a_number(sqlite_house: House) -> None:
    house = sqlite_house
    with time_machine.travel(wib(MONDAY), tick=False) as now:
        first, second, third = (opened() for _ in range(3))
        theirs = opened(BUDI)
        moved(first, "resolved")
        moved(theirs, "resolved")
        now.move_to(wib("2026-03-09 08:59"))
        moved(second, "resolved")
        now.move_to(wib("2026-03-09 09:00"))
        moved(third, "resolved")
        asked = {number: templates(number)[-1] for number in (first, second, third, theirs)}
        assert asked == {first: "SMS05", second: "SMS05c", third: "SMS05", theirs: "SMS05"}
        assert house.ticket(second)["ratings"] == []


# -- waiting for the resident --------------------------------------------------------------------------------------

UNTIL = [
    ("2026-03-02 09:00", "2026-03-06 00:00", "5 Mar"),  # a Monday
    ("2026-03-05 23:00", "2026-03-11 00:00", "10 Mar"),  # over a weekend
    ("2026-03-17 10:00", "2026-03-28 00:00", "27 Mar"),  # over Nyepi and Lebaran
]


@pytest.mark.parametrize(("asked", "until", "said"), UNTIL)
def test_a_question_stops_the_clock_for_three_working_days(
    sqlite_house: House, asked: str, until: str, said: str
) -> None:
    house = sqlite_house
    with time_machine.travel(wib(asked), tick=False) as now:
        number = opened(category="lampu-jalan")
        due = seen(number).due_at
        moved(number, "in_progress", "waiting", note_text="nomor tiang?", by="Dishub")
        assert deadlines.answer_until(wib(asked)) == wib(until)
        assert f"sampai {said}" in str(texts(number)[-1].body)
        house.work()
        now.move_to(wib(until) - timedelta(minutes=1))
        time_limits.apply_due()
        assert seen(number).state == "waiting"
        wait(house, now, until)
        assert (seen(number).state, seen(number).paused_at) == ("in_progress", None)
        assert seen(number).due_at == due + (wib(until) - wib(asked)), "what was lost is given back"
        assert actions(house, number, of=("unanswered",)) == ["unanswered"]
        assert "Pelapor belum menjawab sampai batas waktu" in house.mails("dishub@")[-1].text


def test_an_answer_goes_on_at_once_and_nothing_ends_any_more(house: House) -> None:
    with time_machine.travel(wib(MONDAY), tick=False) as now:
        number = opened(category="lampu-jalan")
        moved(number, "in_progress", "waiting", note_text="nomor tiang?", by="Dishub")
        now.move_to(wib("2026-03-03 09:00"))
        with changing(number) as (session, ticket):
            additions.add(session, ticket, by="resident", words="tiang 12")
        wait(house, now, "2026-03-06 00:00")
        assert seen(number).state == "in_progress"
        assert actions(house, number, of=("answered", "unanswered")) == ["answered"]
        assert seen(number).due_at == wib("2026-03-10 09:00")


# -- late ----------------------------------------------------------------------------------------------------------


def test_the_department_is_warned_then_the_resident_told_with_the_new_date(sqlite_house: House) -> None:
    """Street lights: seven days by the clock."""
    house = sqlite_house
    with time_machine.travel(wib(MONDAY), tick=False) as now:
        number = opened(category="lampu-jalan")
        house.work()
        moved(number, "in_progress", by="Dishub")
        wait(house, now, "2026-03-07 23:23")
        assert actions(house, number, of=("warned",)) == []
        wait(house, now, "2026-03-07 23:24")
        assert "hampir tiba" in house.mails("dishub@")[-1].subject
        wait(house, now, "2026-03-09 08:59")
        assert actions(house, number, of=("warned", "late")) == ["warned"], "once for a date"
        before = len(Resident(house).inbox)
        wait(house, now, "2026-03-09 09:00")
        (told,) = Resident(house).inbox[before:]
        assert f"laporan {number} belum selesai: dinas belum menjawab. Target baru 16 Mar" in told
        assert (seen(number).late_at, seen(number).due_at) == (wib("2026-03-09 09:00"), wib("2026-03-16 09:00"))
        assert missed_by(house) == ["sekretariat@bekasikota.invalid", "dishub@bekasikota.invalid"]
        shown = house.ticket(number)
        assert (shown["missed"], shown["due_at"]) == ("2026-03-09T02:00:00Z", "2026-03-16T02:00:00Z")
        asks(house).hears("Target sembilan Maret sudah lewat, kami mohon maaf. Target baru enam belas Maret").hangs_up()
        wait(house, now, "2026-03-15 10:00")
        wait(house, now, "2026-03-16 09:00")
        assert "Target baru 23 Mar" in Resident(house).inbox[-1], "never silent"
        assert seen(number).late_at == wib("2026-03-09 09:00"), "the first date stays"
        assert actions(house, number, of=("warned", "late")) == ["warned", "late", "warned", "late"]
        assert len(missed_by(house)) == 2, "who stands above hears of the first miss"


def missed_by(house: House) -> list[str]:
    """Who was written to because a date was missed."""
    return [mail.to for mail in house.mails() if "melewati batas waktu" in mail.subject]


def test_reopening_forgets_that_it_was_late(sqlite_house: House) -> None:
    with time_machine.travel(wib(MONDAY), tick=False) as now:
        number = opened(category="lampu-jalan")
        wait(sqlite_house, now, "2026-03-09 09:00")
        moved(number, "in_progress", "resolved")
        assert last(sqlite_house, number)["why"] == {"promised": wib("2026-03-09 09:00").isoformat()}
        assert sqlite_house.ticket(number)["missed"] == "2026-03-09T02:00:00Z"
        moved(number, "reopened")
        assert seen(number).late_at is None


def test_who_waits_for_an_answer_is_not_late(sqlite_house: House) -> None:
    with time_machine.travel(wib("2026-03-05 09:00"), tick=False) as now:
        number = opened(category="banjir")  # two hours
        moved(number, "waiting", note_text="setinggi apa?", by="BPBD")
        wait(sqlite_house, now, "2026-03-09 12:00")
        assert actions(sqlite_house, number, of=("warned", "late")) == []


def test_an_urgent_matter_is_told_once_a_day(sqlite_house: House) -> None:
    """Two hours by the rule. The resident is told a day, so the day counts from then on."""
    house = sqlite_house
    with time_machine.travel(wib(MONDAY), tick=False) as now:
        number = opened(category="banjir")
        moved(number, "in_progress", by="BPBD")
        for to in ("2026-03-02 11:00", "2026-03-02 13:00", "2026-03-02 15:00", "2026-03-02 23:00"):
            wait(house, now, to)
        assert actions(house, number, of=("late",)) == ["late"]
        assert seen(number).due_at == wib("2026-03-03 00:00")
        wait(house, now, "2026-03-03 00:00")
        wait(house, now, "2026-03-03 06:00")
        told = [text for text in Resident(house).inbox if "belum selesai" in text]
        assert [text.partition("Target baru ")[2][:5] for text in told] == ["2 Mar", "3 Mar"]


def test_a_department_that_says_why_is_quoted(sqlite_house: House) -> None:
    house = sqlite_house
    with time_machine.travel(wib(MONDAY), tick=False) as now:
        number = opened(category="lampu-jalan")
        house.work()
        house.move(number, "in_progress")
        now.move_to(wib("2026-03-06 10:00"))
        house.flask("tickets", "delay", number, "--reason", "menunggu material", "--on", "2026-03-12", "--by", "Budi")
        house.work()
        assert "belum selesai: menunggu material. Target baru 12 Mar" in Resident(house).inbox[-1]
        assert (seen(number).due_at, seen(number).late_at) == (wib("2026-03-12 16:00"), None)
        wait(house, now, "2026-03-09 10:00")
        assert actions(house, number, of=("late", "delayed")) == ["delayed"], "the new date holds"
        wait(house, now, "2026-03-12 16:00")
        assert "menunggu material. Target baru 19 Mar" in Resident(house).inbox[-1]
        wait(house, now, "2026-03-19 16:00")
        assert "dinas belum menjawab. Target baru 26 Mar" in Resident(house).inbox[-1], "a new date needs a new reason"
        house.move(number, "resolved")
        resolved = next(one for one in house.ticket(number)["history"] if one["to"] == "resolved")
        assert resolved["why"]["promised"] == wib("2026-03-09 09:00").isoformat(), "the first date counts"


def test_a_public_note_is_kept_for_the_page(sqlite_house: House) -> None:
    number = opened()
    sqlite_house.flask("tickets", "note", number, "Tim berangkat besok", "--public", "--by", "Budi")
    assert [note["kind"] for note in sqlite_house.ticket(number)["notes"]] == [history.PUBLIC]


def test_every_text_of_the_loop_is_sent_once(sqlite_house: House) -> None:
    with time_machine.travel(wib(MONDAY), tick=False) as now:
        number = opened()
        for to in ("2026-03-02 11:00", "2026-03-07 23:40", "2026-03-09 09:00", "2026-03-10 09:00"):
            wait(sqlite_house, now, to)
        moved(number, "in_progress", "resolved", by="DLH")
        sqlite_house.work()
        wait(sqlite_house, now, "2026-03-24 09:00")
        assert templates(number) == ["SMS01", "SMS02", "SMS17", "SMS05", "SMS35"]
        assert text_row(number, "SMS35").state in ("sent", "delivered")
        assert seen(number).state in lifecycle.CLOSED
