"""Letters to those who answer for a ticket: to whom, what is in them, and what is never."""

import pytest
import time_machine
from factories import ANI, change, changing, city_with, moved, opened, row, rows, seen, wib
from people import House, use

from config.hotline import city
from ticketing.outgoing import notices
from ticketing.rules.references import written
from ticketing.tickets import moves, verdicts
from workers import time_limits

MONDAY = "2026-03-02 09:00"
ABOVE, DLH, CENTRE = "sekretariat@bekasikota.invalid", "dlh@bekasikota.invalid", "petugas@1500444.invalid"

TO = [
    (notices.WARNED, "dlh", [DLH]),
    (notices.UNHEARD, "dlh", [DLH]),
    (notices.LATE, "dlh", [ABOVE, DLH]),
    (notices.REOPENED, "dlh", [ABOVE, DLH]),
    (notices.VERIFICATION, "dlh", [ABOVE, DLH]),
    (notices.LATE, "bpbd", [CENTRE, "bpbd@bekasikota.invalid"]),
    (notices.REOPENED, "call-centre", [CENTRE]),
]


@pytest.mark.parametrize(("what", "department", "to"), TO)
def test_who_is_written_to(sqlite_house: House, what: str, department: str, to: list[str]) -> None:
    number = opened(words="rumah pagar hijau")
    sqlite_house.work()
    before = len(sqlite_house.mails())
    with changing(number) as (session, ticket):
        ticket.department = department
        assert notices.promise(session, ticket, what, department=department, mark=1)
        assert not notices.promise(session, ticket, what, department=department, mark=1), "once"
    sqlite_house.work()
    letters = sqlite_house.mails()[before:]
    assert [letter.to for letter in letters] == to
    text = letters[0].text
    assert written(number) in letters[0].subject and written(number) in text
    assert "Sampah dan kebersihan" in text
    assert city().department(department).name["id"] in text
    assert "pagar hijau" not in text and ANI[-4:] not in text and "0812" not in text
    assert letters[0].number == number


def test_a_letter_of_the_release_before_is_written_as_before(sqlite_house: House) -> None:
    """Its row has nothing but its destination; a newer one goes by its contents."""
    number = opened()
    sqlite_house.work()
    before = len(sqlite_house.mails())
    with changing(number) as (session, ticket):
        notices.promise(session, ticket, notices.LATE, department="dlh", mark=1)
        notices.promise(session, ticket, notices.LATE, department="bpbd", mark=2)
    older, newer = sorted(rows(number, kind="notice"), key=lambda row: row.destination, reverse=True)
    assert (older.destination, newer.destination) == ("notice:late:dlh", "notice:late:bpbd")
    assert newer.contents == {"what": "late", "department": "bpbd"}
    change(older, contents=None)
    change(newer, destination="notice:1")
    sqlite_house.work()
    assert [letter.to for letter in sqlite_house.mails()[before:]] == [ABOVE, DLH, CENTRE, "bpbd@bekasikota.invalid"]


def test_a_letter_says_the_dates(sqlite_house: House) -> None:
    with time_machine.travel(wib(MONDAY), tick=False) as now:
        opened()
        sqlite_house.work()
        now.move_to(wib("2026-03-09 09:00"))
        time_limits.apply_due()
        sqlite_house.work()
        (letter,) = sqlite_house.mails("sekretariat@")
        assert "Target yang terlewat: Senin, 9 Maret 2026, 09.00" in letter.text
        assert "Target selesai: Senin, 16 Maret 2026, 09.00" in letter.text


def test_of_a_confidential_report_nothing_but_that_it_exists(sqlite_house: House) -> None:
    number = opened(category="kekerasan-rumah", area="kayuringinjaya", words="tolong")
    with changing(number) as (session, ticket):
        notices.promise(session, ticket, notices.LATE, department=ticket.department, mark=1)
    sqlite_house.work()
    letter = next(mail for mail in sqlite_house.mails() if "melewati" in mail.subject)
    assert "Laporan rahasia" in letter.text
    for word in ("Kekerasan", "Kayuringin", "tolong"):
        assert word not in letter.text and word not in letter.subject


def test_who_is_no_longer_asked_is_not_warned(sqlite_house: House) -> None:
    number, other = opened(), opened()
    for one in (number, other):
        with changing(one) as (session, ticket):
            notices.promise(session, ticket, notices.WARNED, department="dlh", mark=1)
    moved(number, "resolved")
    with changing(other) as (session, ticket):
        moves.assign(session, ticket, "dishub", by="Rina")
    sqlite_house.work()
    for one in (number, other):
        (notice,) = rows(one, kind="notice")
        assert (notice.state, notice.last_error) == ("dead", "the ticket is no longer this department's")


def test_a_mail_server_that_is_away_is_asked_again(sqlite_house: House) -> None:
    number = opened()
    sqlite_house.work()
    with changing(number) as (session, ticket):
        notices.promise(session, ticket, notices.LATE, department="dlh", mark=1)
    use(SMTP_URL="smtp://127.0.0.1:1")
    sqlite_house.work()
    (notice,) = rows(number, kind="notice")
    assert (notice.state, notice.last_error) == ("pending", "mail server: ConnectionRefusedError")
    assert row(notice).attempts == 1


def test_the_superior_is_an_address_of_the_city_file(sqlite_house: House) -> None:
    department = city().department("dlh").model_copy(update={"superior": "asisten@bekasikota.invalid"})
    with city_with(departments={**city().departments, "dlh": department}):
        number = opened()
        moved(number, "resolved")
        with changing(number) as (session, ticket):
            verdicts.not_fixed(session, ticket, by="caller", channel="voice")
        sqlite_house.work()
        assert len(sqlite_house.mails("asisten@")) == 1
        assert seen(number).department == "dlh"
