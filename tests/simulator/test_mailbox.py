"""The departments' mailbox, filled through SMTP as a mail program would."""

import smtplib
from email.message import EmailMessage

import pytest
from ports import free_port

from ivr.simulator.mailbox import Mailbox, listening
from ivr.simulator.network.ledger import Ledger

from .city_script import MAIL, NUMBER


def test_a_mail_is_kept_with_both_its_bodies_and_its_ticket() -> None:
    ledger, port = Ledger(), free_port()
    server = listening(ledger, "127.0.0.1", port)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "a@b.invalid",
        "dlh@kota.invalid",
        "Laporan 123-456-786: Sampah",
    )
    message.set_content("Bau dan menumpuk – sejak 3 hari.")
    message.add_alternative("<p>Bau</p>", subtype="html")
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.send_message(message, to_addrs=["dlh@kota.invalid", "camat@kota.invalid"])
    server.stop()
    first, second = ledger.listed("mails")
    assert {first.to, second.to} == {"dlh@kota.invalid", "camat@kota.invalid"}
    assert first.text.strip() == "Bau dan menumpuk – sejak 3 hari." and "<p>Bau</p>" in first.html
    assert first.number == NUMBER


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (MAIL, NUMBER),
        ("Subject: Laporan 123456786\n\n", "123456786"),
        ("Subject: Halo\n\nNomor 987 654 321.", "987654321"),
        ("Subject: Halo\n\nTelepon +6281234567890 atau 1500-444", ""),
        ("Subject: Halo\n\n2026-11-24-001", ""),
    ],
)
def test_the_ticket_of_a_mail(raw: str, number: str) -> None:
    ledger = Ledger()
    Mailbox(ledger).keep(raw.encode(), ["x@y.invalid"])
    assert ledger.listed("mails")[0].number == number
