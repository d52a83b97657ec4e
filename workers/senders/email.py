"""The report in the department's mailbox: plain text and HTML, under a Message-ID that stays the same on every try.

Addresses and subject come from the city's files and are set through the email library, which refuses line breaks, so
nothing a resident says can become a header.
"""

import smtplib
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy.orm import Session

from config import clock
from config.hotline import city
from config.settings import settings
from ticketing import lifecycle, links, recordings, routing, tickets
from ticketing.models import Recording, Ticket
from ticketing.references import written
from workers import outbox
from workers.outbox import Outcome, Work, dead, later, not_yet, sent
from workers.senders import mail

LANGUAGE = "id"  # departments work in Indonesian
AUDIO_PAUSE = timedelta(seconds=5)
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Letter:
    ticket: Ticket
    department: str
    message: EmailMessage


def prepare(session: Session, work: Work) -> Letter | Outcome:
    ticket = session.get_one(Ticket, work.subject)
    department = work.destination.removeprefix("department:")
    if ticket.department != department or ticket.state in lifecycle.OVER:
        return dead("the ticket is no longer this department's")
    recording = recordings.current(session, ticket)
    if recording is not None and recording.silent and department != routing.TRIAGE:
        return dead("nobody speaks in the recording: for the call centre to judge")
    if (
        recording is not None
        and not recording.fetched_at
        and clock.now() - work.created_at < tickets.WAIT_FOR_AUDIO * 2
    ):
        return not_yet("the recording is being fetched", AUDIO_PAUSE)
    return Letter(ticket, department, _message(ticket, work, recording))


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
    with outbox.transaction() as session:
        tickets.reached_department(session, tickets.find(session, letter.ticket.number, change=True), letter.department)
    return sent(str(letter.message["Message-ID"]))


def ask(_letter: Letter) -> None:
    """The Message-ID stays the same, so a second copy is recognised as such."""


def _message(ticket: Ticket, work: Work, recording: Recording | None) -> EmailMessage:
    department = city().department(ticket.department)
    shown = _shown(ticket, recording)
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
    fills = {"words": _words, "department": department.name[LANGUAGE], **shown}
    message.set_content(_TEMPLATES.get_template("report.txt").render(fills))
    message.add_alternative(_TEMPLATES.get_template("report.html").render(fills), subtype="html")
    return message


def _shown(ticket: Ticket, recording: Recording | None) -> dict[str, Any]:
    until = clock.local(clock.now() + timedelta(days=links.RECORDING_DAYS))
    return {
        "number": written(ticket.number),
        "category": city().category(ticket.category).name[LANGUAGE],
        "area": city().area_name(LANGUAGE, ticket.area) if ticket.area else city().text(LANGUAGE, "words", "somewhere"),
        "received": _moment(ticket.created_at),
        "answer_by": _moment(ticket.answer_due_at),
        "due": _moment(ticket.due_at),
        "priority": ticket.priority,
        # What the resident said of the place, and what clerks wrote since, never one under the other's name.
        "notes": [("said" if note.kind == "place" else "remark", note.text) for note in ticket.notes],
        "recording": links.recording(recording.id) if recording else None,
        "recording_until": city().long_date(LANGUAGE, until.date()),
        "pending": "yes" if recording and not recording.fetched_at else None,
    }


def _moment(moment: object) -> str:
    local = clock.local(moment)  # type: ignore[arg-type]
    return f"{city().long_date(LANGUAGE, local.date())}, {city().clock_time(LANGUAGE, local)}"


def _words(id_: str, **fills: object) -> str:
    return city().text(LANGUAGE, "mail", id_).format(**fills)
