"""The resident has the last word on a report: it is fixed, it is not, it was done well or badly. Opening again is a
move like any other (moves.py); this is how a resident asks for it, and until when."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy.orm import Session

from config import clock
from config.hotline import city
from ticketing.models import Ticket
from ticketing.rules import lifecycle
from ticketing.tickets import changes, history, ratings
from ticketing.tickets.intake import Report, open_ticket, release
from ticketing.tickets.moves import move, urge
from ticketing.tickets.register import TicketError


@dataclass(frozen=True)
class NotFixed:
    """What follows when a report is not fixed, and the ticket in which it goes on: a new one where it is made again."""

    outcome: Literal["reopened", "escalated", "again"]
    ticket: Ticket


def rated(session: Session, ticket: Ticket, *, score: int, by: str, channel: str) -> None:
    """The reporter says how well it was done: that closes what was resolved."""
    ratings.answer(session, ticket, contact=ticket.contact, score=score, solved=None, channel=channel)
    if ticket.state == lifecycle.RESOLVED:
        confirm(session, ticket, by=by, why={"score": score})


def confirm(session: Session, ticket: Ticket, *, by: str, why: dict[str, Any] | None = None) -> None:
    """It is fixed: the reporter says so, or said nothing for long enough. Done twice it is done once."""
    if ticket.state == lifecycle.CONFIRMED:
        return
    if ticket.state != lifecycle.RESOLVED:
        raise TicketError(f"a ticket that is {ticket.state} cannot become {lifecycle.CONFIRMED}")
    changes.turn(session, ticket, lifecycle.CONFIRMED, by=by, action="moved", why=why or {})


def may_reopen(ticket: Ticket) -> bool:
    """Whether this ticket is over, and not for so long that a new report is better."""
    if ticket.state not in lifecycle.OVER:
        return False
    return ticket.closed_at is None or ticket.closed_at > clock.now() - timedelta(days=city().loop.reopen_within_days)


def not_fixed(session: Session, ticket: Ticket, *, by: str, channel: str, words: str = "") -> NotFixed:
    """The reporter says that it is not fixed, by whatever channel: what is over is opened again, or made anew if that
    was long ago; what is under way gets priority. Words are kept first, so that whoever hears of it can read them; a
    question that is still open about this ticket is answered with it."""
    if history.has_words(words):
        history.note(session, ticket, words, by=by, kind="added", quiet=True)
    over = ticket.state in lifecycle.OVER
    if over and not may_reopen(ticket):
        return NotFixed("again", report_again(session, ticket, by=by, channel=channel))
    ratings.objected(session, ticket, channel=channel)
    if over:
        move(session, ticket, lifecycle.REOPENED, by=by)
        return NotFixed("reopened", ticket)
    urge(session, ticket, by=by, why={"objection": "not fixed yet"})
    return NotFixed("escalated", ticket)


def report_again(session: Session, ticket: Ticket, *, by: str, channel: str = "") -> Ticket:
    """A report that ended long ago is not fixed after all: a new one of the same matter, which names it. Asked again,
    it is the same new one, opened again if that is over by now."""
    kept = {note.kind: note.text for note in sorted(ticket.notes, key=lambda note: note.at)}
    again = open_ticket(
        session,
        Report(
            key=f"again:{ticket.id}:{ticket.reopenings}",
            channel=channel or ticket.channel,
            category=ticket.category,
            language=ticket.language,
            area=ticket.area,
            place_words=kept.get("place"),
            words=kept.get("words"),
            point=(ticket.latitude, ticket.longitude) if ticket.latitude and ticket.longitude else None,
            quiet=ticket.quiet,
            again=ticket.number,
        ),
        contact=ticket.contact,
        call=None,
        by=by,
    )
    if again.state in lifecycle.OVER:
        again = not_fixed(session, again, by=by, channel=channel or ticket.channel).ticket
    release(session, again)
    return again
