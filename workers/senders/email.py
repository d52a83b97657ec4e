"""The report in the department's mailbox: plain text and HTML, under a Message-ID that stays the same on every try.

Addresses and subject come from the city's files and are set through the email library, which refuses line breaks, so
nothing a resident says can become a header.
"""

import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy.orm import Session

from config import clock
from config.hotline import CITY_LANGUAGE, city
from config.settings import settings
from ticketing.references import written
from workers.outbox import Outcome, Work, dead, later, sent
from workers.senders import mail, report
from workers.senders.report import Report

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Letter:
    report: Report
    message: EmailMessage


def prepare(session: Session, work: Work) -> Letter | Outcome:
    ready = report.ready(session, work)
    return ready if isinstance(ready, Outcome) else Letter(ready, _message(ready, work))


def send(letter: Letter) -> Outcome:
    accepted = False
    try:
        with mail.connection() as server:
            server.send_message(letter.message)
            accepted = True
    except smtplib.SMTPRecipientsRefused as fault:
        codes = {code for code, _ in fault.recipients.values()}
        return dead(f"the address is refused: {codes}") if min(codes) >= 500 else later(f"mail server says {codes}")
    except (OSError, smtplib.SMTPException) as fault:
        if not accepted:  # a server that stumbles over our goodbye has the mail all the same
            code = getattr(fault, "smtp_code", None)
            return later(f"mail server says {code}" if code else f"mail server: {type(fault).__name__}")
    report.arrived(letter.report)
    return sent(str(letter.message["Message-ID"]))


def ask(_letter: Letter) -> None:
    """The Message-ID stays the same, so a second copy is recognised as such."""


def _message(told: Report, work: Work) -> EmailMessage:
    ticket, shown = told.ticket, _shown(told)
    department = city().department(ticket.department)
    message = EmailMessage(policy=SMTP.clone(max_line_length=200))  # a long subject stays on its line
    message["Subject"] = _words(
        "subject", number=written(ticket.number), category=shown["category"], area=shown["area"]
    )
    message["From"] = settings().mail_from
    message["To"] = department.email
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{work.id}@hotline.{settings().mail_from.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Ticket"] = ticket.number
    fills = {"words": _words, "department": department.name[CITY_LANGUAGE], **shown}
    message.set_content(_TEMPLATES.get_template("report.txt").render(fills))
    message.add_alternative(_TEMPLATES.get_template("report.html").render(fills), subtype="html")
    return message


def _shown(told: Report) -> dict[str, Any]:
    """What the department reads. Of a confidential report only that it exists, and whom to ask for it."""
    ticket = told.ticket
    somewhere = city().text(CITY_LANGUAGE, "words", "somewhere")
    return {
        "number": written(ticket.number),
        "category": city().category(ticket.category).name[CITY_LANGUAGE],
        "area": city().area_name(CITY_LANGUAGE, ticket.area) if ticket.area else somewhere,
        "received": _moment(ticket.created_at),
        "answer_by": _moment(ticket.answer_due_at),
        "due": _moment(ticket.due_at),
        "priority": ticket.priority,
        "notes": told.notes,
        "confidential": "yes" if told.confidential else None,
        "recording": told.voice,
        "remarks": told.added,
        "recording_until": city().long_date(CITY_LANGUAGE, clock.local(told.heard_until).date()),
        "pending": "yes" if told.recording and not told.recording.fetched_at else None,
    }


def _moment(moment: object) -> str:
    local = clock.local(moment)  # type: ignore[arg-type]
    return f"{city().long_date(CITY_LANGUAGE, local.date())}, {city().clock_time(CITY_LANGUAGE, local)}"


def _words(id_: str, **fills: object) -> str:
    return city().text(CITY_LANGUAGE, "mail", id_).format(**fills)
