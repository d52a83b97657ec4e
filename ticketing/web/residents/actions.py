"""Acts of a resident who has sent a form: each does its work in the transaction it is given, and names what came of it,
for the page that says what happens next."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock
from config.hotline import CITY_LANGUAGE, city
from ticketing.calls import callbacks
from ticketing.contacts import contacts
from ticketing.models import Contact, Rating, Ticket
from ticketing.rules import lifecycle, routing
from ticketing.rules.references import written
from ticketing.tickets import additions, intake, news, ratings, verdicts
from ticketing.web.residents.submission import Sent

BY, CHANNEL = "resident", "page"
OUTCOMES = ("added", "answered", "placed", "reopened", "escalated", "again", "rated", "confirmed", "promised")
_UNSOLVED = "pesan-petugas"  # what a call that solved nothing becomes


def _add(session: Session, ticket: Ticket, sent: Sent) -> str:
    waited = ticket.state in lifecycle.PAUSED
    for picture in sent.pictures:
        additions.keep_upload(session, ticket, picture, by=BY)
    additions.add(session, ticket, by=BY, words=sent.words, photos=bool(sent.pictures))
    return "answered" if waited else "added"


def _set_place(session: Session, ticket: Ticket, sent: Sent) -> str:
    waited, place = ticket.state in lifecycle.PAUSED, sent.place or additions.Place()
    if place.area and ticket.area not in (None, place.area):  # the department judges which one it is
        place = replace(place, words=", ".join(filter(None, (place.words, city().area(place.area).spoken))))
    additions.add(session, ticket, by=BY, place=place)
    return "answered" if waited else "placed"


def _object(session: Session, ticket: Ticket, sent: Sent) -> str:
    """What is opened again takes the words along; of what is under way they are an addition as well."""
    verdict = verdicts.not_fixed(session, ticket, by=BY, channel=CHANNEL, words=sent.words)
    if verdict.outcome == "escalated" and sent.words:
        additions.added(session, ticket, by=BY, what="words")
        news.to_reporter(session, ticket, "SMS26")
    return verdict.outcome


def _rate(session: Session, ticket: Ticket, sent: Sent) -> str:
    resolved = ticket.state == lifecycle.RESOLVED
    verdicts.rated(session, ticket, score=sent.score or 0, by=BY, channel=CHANNEL)
    return "confirmed" if resolved else "rated"


def _promise_call(session: Session, ticket: Ticket, sent: Sent) -> str:
    contact: Contact | None = ticket.contact
    if contact is not None:
        callbacks.promise(
            session,
            ticket,
            contact,
            callbacks.window(clock.now()),
            key=f"{CHANNEL}:{sent.digest('telepon')}",
            department=routing.TRIAGE,
            topic=ticket.category,
            language=sent.form.language,
        )
    return "promised"


ACTS: dict[str, Callable[[Session, Ticket, Sent], str]] = {
    "tambah": _add,
    "tempat": _set_place,
    "belum": _object,
    "lagi": _object,
    "nilai": _rate,
    "telepon": _promise_call,
}


def rate_call(session: Session, rating: Rating, sent: Sent) -> None:
    """Keep the answer. What the call did not solve becomes a report to the call centre."""
    contact = session.get(Contact, rating.contact_id) if rating.contact_id else None
    ratings.answer(session, None, rating=rating, contact=contact, score=sent.score, solved=sent.solved, channel=CHANNEL)
    if sent.solved is not False:
        return
    known = report_of(session, rating)
    if known is None:
        report = intake.Report(
            key=_report_key(rating),
            channel=CHANNEL,
            category=_UNSOLVED,
            language=contacts.language(contact, CITY_LANGUAGE),
            words=sent.words or None,
        )
        intake.release(session, intake.open_ticket(session, report, contact=contact, call=None, by=BY))
    elif " ".join(sent.words.split()) not in {"", *(note.text for note in known.notes)}:
        additions.add(session, known, by=BY, words=sent.words)


def _report_key(rating: Rating) -> str:
    return f"rating:{rating.id}"


def report_of(session: Session, rating: Rating) -> Ticket | None:
    found: Ticket | None = session.scalar(select(Ticket).where(Ticket.report_key == _report_key(rating)))
    return found


def number_of(session: Session, rating: Rating) -> str | None:
    report = report_of(session, rating)
    return written(report.number) if report else None
