"""The resident has the last word on a report: it is fixed, it is not, it was done well or badly. Opening again is a
move like any other (moves.py); this is how a resident asks for it, and until when."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from config import clock
from config.hotline import city
from ticketing.models import Ticket
from ticketing.rules import lifecycle
from ticketing.tickets import changes, ratings
from ticketing.tickets.intake import Report, open_ticket, release
from ticketing.tickets.moves import move, urge
from ticketing.tickets.register import TicketError


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
        if not may_reopen(again):
            return report_again(session, again, by=by, channel=channel)
        object_to(session, again, by=by)
    release(session, again)
    return again


def object_to(session: Session, ticket: Ticket, *, by: str) -> str:
    """The reporter says that it is not fixed: what is over is opened again, what is under way gets priority. Returns
    "reopened" or "escalated". For what ended long ago (see `may_reopen`) there is `report_again`."""
    ratings.objected(session, ticket, channel=by)
    if ticket.state in lifecycle.OVER:
        move(session, ticket, lifecycle.REOPENED, by=by)
        return "reopened"
    urge(session, ticket, by=by, why={"objection": "not fixed yet"})
    return "escalated"
