"""The departments' mailbox: takes every mail that is sent to the simulator's SMTP port and forwards none."""

import email
import re
import socket
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from ivr.simulator.network.ledger import Ledger, Mail, new_sid

_NUMBER = re.compile(r"(?<![\d-])([1-9]\d{2})[- ]?(\d{3})[- ]?(\d{3})(?![\d-])")
_LARGEST = 10_000_000


class Mailbox:
    """aiosmtpd's handler: it looks for the method below by this name."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.keep(envelope.content if isinstance(envelope.content, bytes) else b"", envelope.rcpt_tos)
        return "250 kept"

    def keep(self, raw: bytes, recipients: list[str]) -> None:
        message = email.message_from_bytes(raw, _class=EmailMessage, policy=default)
        text, html = _part(message, "plain"), _part(message, "html")
        for recipient in recipients:
            self._ledger.add(
                Mail(
                    new_sid("EM"),
                    str(message["From"] or ""),
                    recipient,
                    str(message["Subject"] or ""),
                    text,
                    html,
                    _ticket(str(message["X-Ticket"] or ""), str(message["Subject"] or ""), text),
                )
            )


def listening(ledger: Ledger, host: str, port: int) -> Controller:
    """The mail server, started; OSError when the port is taken."""
    with socket.socket() as probe:  # the controller itself would find out only after five seconds
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
    options: dict[str, Any] = {"data_size_limit": _LARGEST}
    server = Controller(Mailbox(ledger), hostname=host, port=port, **options)
    server.start()
    return server


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    content = part.get_content() if part else ""
    return content if isinstance(content, str) else ""


def _ticket(*places: str) -> str:
    """The first nine digits in a row, alone or in threes: the ticket a mail is about."""
    return next(("".join(found.groups()) for place in places if (found := _NUMBER.search(place))), "")
