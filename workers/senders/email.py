"""The report in the department's mailbox: plain text and HTML, under a Message-ID that stays the same on every try.

Addresses and subject come from the city's files and are set through the email library, which refuses line breaks, so
nothing a resident says can become a header.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config import clock
from config.hotline import CITY_LANGUAGE, city
from ticketing.rules.references import written
from ticketing.rules.routing import EMERGENCY
from workers.outcomes import Outcome, Work, not_yet
from workers.senders import report, smtp
from workers.senders.report import Report

NOTE_PAUSE = timedelta(seconds=20)


@dataclass(frozen=True)
class Letter:
    report: Report
    message: EmailMessage
    reached: tuple[str, ...]


def prepare(session: Session, work: Work) -> Letter | Outcome:
    ready = report.ready(session, work)
    return ready if isinstance(ready, Outcome) else Letter(ready, _message(ready, work), smtp.reached(work))


def send(letter: Letter) -> Outcome:
    outcome = smtp.post(letter.message, letter.reached)
    if outcome.state == "sent":
        try:
            report.arrived(letter.report)
        except SQLAlchemyError as fault:  # the department has it, and needs no second one because our house stumbles
            not_noted = not_yet(f"mailed, but not noted: {type(fault).__name__}", NOTE_PAUSE)
            return replace(not_noted, reached=(str(letter.message["To"]),))
    return outcome


def ask(_letter: Letter) -> None:
    """No mail server can be asked. The Message-ID stays the same, so one more copy is recognised as such."""


def _message(told: Report, work: Work) -> EmailMessage:
    ticket, shown = told.ticket, _shown(told)
    department = city().department(ticket.department)
    category = city().category(ticket.category)
    matter = (category.spoken if category.confidential else category.name)[CITY_LANGUAGE]  # of no private thing
    subject = smtp.words("subject", number=written(ticket.number), category=matter, area=shown["area"])
    if ticket.category == EMERGENCY:
        subject = f"{smtp.words('urgent_subject')} {subject}"
    message = smtp.headed(subject, department.email, work, ticket.number)
    fills = {"words": smtp.words, "department": department.name[CITY_LANGUAGE], **shown}
    message.set_content(smtp.TEMPLATES.get_template("report.txt").render(fills))
    message.add_alternative(smtp.TEMPLATES.get_template("report.html").render(fills), subtype="html")
    return message


def _shown(told: Report) -> dict[str, Any]:
    """What the department reads. Of a confidential report only that it exists, and whom to ask for it."""
    ticket = told.ticket
    somewhere = city().text(CITY_LANGUAGE, "words", "somewhere")
    return {
        "number": written(ticket.number),
        "category": city().category(ticket.category).name[CITY_LANGUAGE],
        "area": city().area_name(CITY_LANGUAGE, ticket.area) if ticket.area else somewhere,
        "received": smtp.moment(ticket.created_at),
        "answer_by": smtp.moment(ticket.answer_due_at),
        "due": smtp.moment(ticket.due_at),
        "priority": ticket.priority,
        "notes": told.notes,
        "confidential": "yes" if told.confidential else None,
        "written": any(kind == "written" for kind, _ in told.notes),
        "recording": told.voice,
        "remarks": told.added,
        "recording_until": city().long_date(CITY_LANGUAGE, clock.local(told.heard_until).date()),
        "point": "{}, {}".format(*told.point) if told.point else None,
        "photos": told.seen,
        "photos_until": city().long_date(CITY_LANGUAGE, clock.local(told.seen_until).date()),
        "pending": "yes" if told.recording and not told.recording.fetched_at else None,
    }
