"""Sends letters (ticketing/outgoing/notices.py) to those who answer for a ticket: its department, and whoever stands
above it. They say which report it is, its dates and what is asked; never who reported it, nor what was said."""

from dataclasses import dataclass
from email.message import EmailMessage

from sqlalchemy.orm import Session

from config.city import Department
from config.hotline import CITY_LANGUAGE, city
from ticketing.models import Ticket
from ticketing.outgoing import notices
from ticketing.rules import lifecycle
from ticketing.rules.references import written
from workers.outcomes import Outcome, Work, dead
from workers.senders import smtp

# Its subject, and what is asked.
SENTENCES = {
    notices.WARNED: ("warned", "warned_ask"),
    notices.UNHEARD: ("unheard", "unheard_ask"),
    notices.LATE: ("late", "late_ask"),
    notices.REOPENED: ("reopened", "reopened_ask"),
    notices.VERIFICATION: ("verification", "verification_ask"),
    notices.LOST: ("lost_recording", "lost_recording_ask"),
}


@dataclass(frozen=True)
class Letter:
    message: EmailMessage
    reached: tuple[str, ...]


def prepare(session: Session, work: Work) -> Letter | Outcome:
    ticket = session.get_one(Ticket, work.subject)
    what, owner = notices.read(work.contents, work.destination)
    if what in (notices.WARNED, notices.UNHEARD) and (ticket.department != owner or ticket.state in lifecycle.OVER):
        return dead("the ticket is no longer this department's")
    return Letter(_message(ticket, what, owner, work), smtp.reached(work))


def send(letter: Letter) -> Outcome:
    return smtp.post(letter.message, letter.reached)


def ask(_letter: Letter) -> None:
    """No mail server can be asked. The Message-ID stays the same, so one more copy is recognised as such."""


def _message(ticket: Ticket, what: str, owner: str, work: Work) -> EmailMessage:
    subject, asked = SENTENCES[what]
    department = city().department(owner)
    to, copy = _addressed(department, what)
    number, secret = written(ticket.number), city().category(ticket.category).confidential
    fills = {
        "words": smtp.words,
        "asked": smtp.words(asked, department=department.name[CITY_LANGUAGE]),
        "number": number,
        "category": None if secret else city().category(ticket.category).name[CITY_LANGUAGE],
        "area": None if secret else _area(ticket),
        "owner": city().department(ticket.department).name[CITY_LANGUAGE],
        "received": smtp.moment(ticket.created_at),
        "answer_by": smtp.moment(ticket.answer_due_at) if what == notices.UNHEARD else None,
        "missed": smtp.moment(ticket.late_at) if ticket.late_at else None,
        "due": smtp.moment(ticket.due_at),
        "reopenings": ticket.reopenings,
    }
    message = smtp.headed(smtp.words(subject, number=number), to, work, ticket.number, copy=copy)
    message.set_content(smtp.TEMPLATES.get_template("notice.txt").render(fills))
    return message


def _addressed(department: Department, what: str) -> tuple[str, str]:
    """To whom, and who gets a copy: a department is warned itself, of the rest whoever stands above it hears."""
    if what in (notices.WARNED, notices.UNHEARD, notices.LOST):
        return department.email, ""
    above = department.superior or city().departments["call-centre"].email
    return above, department.email if department.email != above else ""


def _area(ticket: Ticket) -> str:
    area = ticket.area
    return city().area_name(CITY_LANGUAGE, area) if area else city().text(CITY_LANGUAGE, "words", "somewhere")
