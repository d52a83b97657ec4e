"""The report on its way into a department's mailbox: servers that are down or refuse, and what the mail looks like."""

import json
import threading
from datetime import timedelta
from email.message import EmailMessage

import pytest
import requests
from factories import change, changing, make_due, opened, row, rows, until
from people import House, Resident, use
from pretenders import post_office
from rq.timeouts import JobTimeoutException
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from config import clock, stores
from ivr.operations import doctor_work
from ticketing.models import Breaker, Note, Outbox
from ticketing.outgoing import notices
from ticketing.rules.references import written
from workers import jobs
from workers.senders import report, smtp

TREACHEROUS = '<script>alert("x")</script> & <b>tebal</b>\r\nBcc: semua@dinas.invalid\r\n\r\n{{ 7*7 }} %s ${x}'
HEADERS = {
    "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "X-Ticket", "MIME-Version", "Content-Type",
}  # fmt: skip


def delivery(number: str) -> Outbox:
    return rows(number, kind="email")[-1]


def again(house: House, number: str) -> tuple[str, str | None]:
    make_due(delivery(number))
    house.work()
    now = delivery(number)
    return now.state, now.last_error


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def test_a_server_that_is_down_gets_it_when_it_is_up_again(house: House) -> None:
    number = opened()
    use(SMTP_URL="smtp://127.0.0.1:1")
    house.work()
    assert (delivery(number).state, delivery(number).last_error) == ("pending", "mail server: ConnectionRefusedError")
    assert house.ticket(number)["status"] == "received"
    with post_office() as office:
        use(SMTP_URL=f"smtp://127.0.0.1:{office.port}")
        assert again(house, number) == ("sent", None)
        assert house.ticket(number)["status"] == "forwarded"
        assert len(office.mails) == 1


TO = "dlh@bekasikota.invalid"
REFUSALS = [
    # at which word, with which code, what becomes of the row, with which reason, whose breaker counts it
    ("sender", "550", "dead", "mail server refuses the sender: 550", None),
    ("sender", "451", "pending", "mail server refuses the sender: 451", "relay"),
    ("sender", "530", "pending", "mail server refuses the sender: 530", "relay"),
    ("recipient", "550", "dead", f"the address is refused: 550 for {TO}", None),
    ("recipient", "554", "dead", f"the address is refused: 554 for {TO}", None),
    ("recipient", "450", "pending", f"mail server says 450 for {TO}", "department:dlh"),
    ("recipient", "552", "pending", f"mail server says 552 for {TO}", "department:dlh"),
    ("recipient", "421", "pending", "mail server says 421", "relay"),
    ("data", "550", "dead", f"the address is refused: 550 for {TO}", None),
    ("data", "451", "pending", f"mail server says 451 for {TO}", "department:dlh"),
    ("data", "552", "pending", f"mail server says 552 for {TO}", "department:dlh"),
    ("data", "421", "pending", "mail server says 421", "relay"),
]


@pytest.mark.parametrize(("word", "code", "state", "why", "blamed"), REFUSALS)
def test_a_code_is_judged_by_the_word_that_it_answers(
    sqlite_house: House, word: str, code: str, state: str, why: str, blamed: str | None
) -> None:
    number = opened()
    with post_office(**{word: [f"{code} no"]}) as office:
        use(SMTP_URL=f"smtp://127.0.0.1:{office.port}")
        sqlite_house.work()
    now = delivery(number)
    assert (now.state, now.last_error, now.faults) == (state, why, 0)
    assert sqlite_house.ticket(number)["status"] == "received", "nobody has it yet"
    with stores.reading() as session:
        assert [one.destination for one in session.scalars(select(Breaker))] == ([blamed] if blamed else [])


def test_what_is_refused_for_good_is_a_dead_letter_at_once(sqlite_house: House) -> None:
    opened()
    with post_office(data=["550 5.7.1 content refused"]) as office:
        use(SMTP_URL=f"smtp://127.0.0.1:{office.port}")
        sqlite_house.work()
    (dead,) = json.loads(sqlite_house.flask("outbox", "--json"))["dead"]
    assert dead["reason"] == f"the address is refused: 550 for {TO}"
    assert 'hotline_outbox_rows{kind="email",state="dead"} 1' in requests.get(f"{sqlite_house.url}/metrics").text
    assert ("WARN", "1 rows died within a day: flask outbox says why") in list(doctor_work.work())


def lateness(number: str) -> Outbox:
    """A letter to who stands above a department, with a copy to it."""
    with changing(number) as (session, ticket):
        notices.promise(session, ticket, notices.LATE, department="dlh", mark=1)
    return rows(number, kind="notice")[-1]


ABOVE = "sekretariat@bekasikota.invalid"
ALL_OF = [
    (["550 no"], "dead", f"the address is refused: 550 for {ABOVE}", [[TO]], [[TO], [ABOVE]]),
    (["250 ok", "550 no"], "dead", f"the address is refused: 550 for {TO}", [[ABOVE]], [[ABOVE], [TO]]),
    (["450 busy"], "pending", f"mail server says 450 for {ABOVE}", [[TO]], [[TO], [ABOVE]]),
    (["550 no", "450 busy"], "pending", f"mail server says 450 for {TO}", [], [[ABOVE, TO]]),
    (["450 busy", "550 no"], "pending", f"mail server says 450 for {ABOVE}", [], [[ABOVE, TO]]),
]


@pytest.mark.parametrize(("answers", "state", "why", "first", "in_the_end"), ALL_OF)
def test_one_who_has_it_makes_up_for_nobody_else_and_gets_no_second_one(
    sqlite_house: House, answers: list[str], state: str, why: str, first: list[list[str]], in_the_end: list[list[str]]
) -> None:
    number = opened()
    sqlite_house.work()
    notice = lateness(number)
    with post_office(recipient=list(answers)) as office:
        use(SMTP_URL=f"smtp://127.0.0.1:{office.port}")
        sqlite_house.work()
        assert (row(notice).state, row(notice).last_error) == (state, why)
        assert office.to == first
        if state == "dead":
            sqlite_house.flask("outbox", "--replay", str(notice.id))
        make_due(notice)
        sqlite_house.work()
        assert (row(notice).state, office.to) == ("sent", in_the_end)


def test_who_says_nothing_to_the_whole_mail_gets_one_more_copy_an_hour_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "DOT_SECONDS", 0.3)
    number, silent = opened(), threading.Event()
    with post_office(data=[silent, silent]) as office:
        use(SMTP_URL=f"smtp://127.0.0.1:{office.port}")
        before = clock.now()
        house.work()
        now = delivery(number)
        assert (now.state, now.last_error, now.faults) == ("unknown", "mail server: no answer to the whole mail", 0)
        assert timedelta(minutes=59) < now.not_before - before < timedelta(minutes=61)
        change(now, unknown_since=clock.now() - timedelta(hours=1))
        assert again(house, number) == ("dead", "unknown twice: mail server: no answer to the whole mail")
        assert len(office.mails) == 2 and delivery(number).faults == 0
        again(house, number)
        assert len(office.mails) == 2, "somebody is told, and nothing goes by itself"
        silent.set()


def test_the_one_more_copy_that_arrives_ends_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "DOT_SECONDS", 0.3)
    number, silent = opened(), threading.Event()
    with post_office(data=[silent]) as office:
        use(SMTP_URL=f"smtp://127.0.0.1:{office.port}")
        house.work()
        silent.set()
        change(delivery(number), unknown_since=clock.now() - timedelta(hours=1))
        assert again(house, number) == ("sent", None)
        assert house.ticket(number)["status"] == "forwarded"
        first, second = office.mails
        assert first["Message-ID"] == second["Message-ID"]


def test_the_lease_is_renewed_while_the_relay_takes_its_time(
    postgres_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "RENEW_SECONDS", 0.05)
    number, slow = opened(), threading.Event()
    with post_office(data=[slow]) as office:
        use(SMTP_URL=f"smtp://127.0.0.1:{office.port}")
        worker = threading.Thread(target=jobs.drain, args=("mail",))
        worker.start()
        until(lambda: office.mails, "the mail")
        first = delivery(number).lease_until
        assert first is not None
        until(lambda: (delivery(number).lease_until or first) > first + timedelta(seconds=0.1), "a renewed lease")
        slow.set()
        worker.join()
    assert delivery(number).state == "unknown", "the connection went before the answer"


def test_our_own_trouble_after_the_mail_is_no_second_mail(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    number = opened()

    def stumbles(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    with post_office() as office, monkeypatch.context() as broken:
        use(SMTP_URL=f"smtp://127.0.0.1:{office.port}")
        broken.setattr(report, "arrived", stumbles)
        house.work()
        assert delivery(number).last_error == "mailed, but not noted: OperationalError"
        broken.undo()
        assert again(house, number) == ("sent", None)
        assert house.ticket(number)["status"] == "forwarded"
        assert len(office.mails) == 1


def test_a_relay_that_rambles_on_is_no_fault_of_ours(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """RQ ends a job that takes too long."""
    number = opened()

    def too_long(*_: object) -> None:
        raise JobTimeoutException

    monkeypatch.setattr(smtp, "connection", too_long)
    house.work()
    now = delivery(number)
    assert (now.state, now.last_error, now.faults) == ("unknown", "it took too long", 0)


def test_tls_that_is_required_and_not_offered_is_not_done_without(sqlite_house: House) -> None:
    number = opened()
    with post_office() as office:
        use(SMTP_URL=f"smtp://127.0.0.1:{office.port}?tls=required")
        sqlite_house.work()
        assert delivery(number).last_error == "mail server: SMTPNotSupportedError"
        assert office.mails == []


def test_every_try_carries_the_same_message_id(house: House) -> None:
    number = opened()
    with post_office(data=["451 later", "421 going down"]) as office:
        use(SMTP_URL=f"smtp://127.0.0.1:{office.port}")
        house.work()
        again(house, number)
        assert again(house, number) == ("sent", None)
        again(house, number)
        first, second, third = office.mails
        assert first["Message-ID"] == second["Message-ID"] == third["Message-ID"]
        assert str(row(delivery(number)).id) in third["Message-ID"]
        other = opened()
        house.work()
        assert office.mails[-1]["X-Ticket"] == other
        assert office.mails[-1]["Message-ID"] != third["Message-ID"]


def test_nothing_that_a_resident_says_becomes_a_header_or_markup(house: House) -> None:
    number = opened(area="kayuringinjaya", words=TREACHEROUS)
    with changing(number) as (session, ticket):  # also if it had not been cleaned on its way in
        session.add(Note(ticket_id=ticket.id, by="x\r\nBcc: y@z.invalid", kind="place", text=TREACHEROUS))
    with post_office() as office:
        use(SMTP_URL=f"smtp://127.0.0.1:{office.port}")
        house.work()
        (mail,) = office.mails
    assert set(mail.keys()) == HEADERS
    assert mail["To"] == "dlh@bekasikota.invalid"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert written(number) in mail["Subject"]
    assert mail.get_content_type() == "multipart/alternative"
    assert [piece.get_content_type() for piece in mail.iter_parts()] == ["text/plain", "text/html"]
    html = part(mail, "html")
    assert "<script" not in html
    assert "<b>tebal" not in html
    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt; &amp; &lt;b&gt;tebal" in html
    assert "{{ 7*7 }} %s ${x}" in html
    assert '<script>alert("x")</script>' in part(mail, "plain"), "plain text is plain"


def test_both_parts_say_what_the_officer_needs(house: House) -> None:
    number = opened(category="lampu-jalan", area="kayuringinjaya", words="depan masjid Al Barkah")
    with post_office() as office:
        use(SMTP_URL=f"smtp://127.0.0.1:{office.port}")
        house.work()
        (mail,) = office.mails
    for kind in ("plain", "html"):
        for words in (written(number), "Lampu jalan mati", "Kayuringin Jaya", "depan masjid Al Barkah", "P3"):
            assert words in part(mail, kind), kind
        assert "+62812" not in part(mail, kind), "the reporter's number is not mailed"


def test_a_long_subject_stays_on_its_line(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("2", "3", "1").says("jatiasih").presses("1").talks().presses("1")
    ani.hangs_up()
    sqlite_house.work()
    (mail,) = sqlite_house.mails("bpbd")
    assert mail.subject.startswith("Laporan ") and mail.subject.endswith("Jatiasih, Kecamatan Jatiasih")
