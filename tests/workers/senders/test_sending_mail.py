"""The report on its way into a department's mailbox: servers that are down or refuse, and what the mail looks like."""

from email.message import EmailMessage

import pytest
from factories import changing, make_due, opened, row, rows
from people import House, Resident, use
from pretenders import post_office

from ticketing.models import Note, Outbox
from ticketing.rules.references import written

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


@pytest.mark.parametrize(
    ("moods", "state", "why"),
    [
        ({"recipient": ["550 no such mailbox"]}, "dead", "the address is refused: {550}"),
        ({"recipient": ["450 mailbox busy"]}, "pending", "mail server says {450}"),
        ({"data": ["451 try later"]}, "pending", "mail server says 451"),
        ({"data": ["552 too large"]}, "pending", "mail server says 552"),
    ],
)
def test_a_server_that_refuses(sqlite_house: House, moods: dict, state: str, why: str) -> None:
    number = opened()
    with post_office(**moods) as office:
        use(SMTP_URL=f"smtp://127.0.0.1:{office.port}")
        sqlite_house.work()
        assert (delivery(number).state, delivery(number).last_error) == (state, why)
        assert sqlite_house.ticket(number)["status"] == "received", "nobody has it yet"


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
