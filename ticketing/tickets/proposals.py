"""Proposals of residents: tickets of the category "usulan" that others support, with a title and an answer that a clerk
wrote to be heard by everybody. What the proposer said is never spoken."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import spoken
from config.hotline import CITY_LANGUAGE, city
from ticketing.contacts import callers, followers
from ticketing.models import Call, Contact, Follower, Note, Ticket
from ticketing.rules import lifecycle
from ticketing.tickets import history, moves, register
from ticketing.tickets.news import PROPOSAL
from ticketing.tickets.register import TicketError

MAX_LISTED = 5
TITLE_SECONDS, ANSWER_SECONDS = 8.0, 25.0


def find(session: Session, number: str, *, change: bool = False) -> Ticket:
    """The proposal with this number. Raises TicketError."""
    ticket = register.find(session, number, change=change)
    if ticket.category != PROPOSAL:
        raise TicketError(f"{number} is no proposal")
    return ticket


def listed(session: Session, area: str | None) -> list[str]:
    """Numbers of the open proposals with a title around this area (its kecamatan), most supported first."""
    if area is None:
        return []
    around = city().kecamatan_key(area)
    areas = [key for key in (*city().areas, around) if city().kecamatan_key(key) == around]
    supporters = select(func.count()).where(Follower.ticket_id == Ticket.id).scalar_subquery()
    titled = select(Note.ticket_id).where(Note.kind == "title")
    query = (
        select(Ticket.number)
        .where(
            Ticket.category == PROPOSAL,
            Ticket.area.in_(areas),
            Ticket.state.not_in(lifecycle.OVER),
            Ticket.id.in_(titled),
        )
        .order_by(supporters.desc(), Ticket.created_at.desc())
        .limit(MAX_LISTED)
    )
    return list(session.scalars(query))


def own(session: Session, call: Call) -> list[str]:
    """Numbers of the proposals that this mobile number made, newest first."""
    caller = callers.own_mobile(call)
    if caller is None:
        return []
    query = select(Ticket.number).where(Ticket.category == PROPOSAL, Ticket.contact_id == caller.id)
    return list(session.scalars(query.order_by(Ticket.created_at.desc(), Ticket.number).limit(MAX_LISTED)))


def support(session: Session, ticket: Ticket, contact: Contact) -> tuple[bool, int]:
    """Count this number among the supporters, once. Whether it is new, and how many there are now."""
    new = followers.follow(session, ticket, contact)
    return new, followers.voices(session, ticket)


def entitle(session: Session, ticket: Ticket, title: str, *, by: str) -> None:
    """Give a proposal the title that callers hear. Raises TicketError when it is too long to be heard."""
    _heard(title, TITLE_SECONDS)
    history.note(session, ticket, title, by=by, kind="title")


def answer(session: Session, ticket: Ticket, words: str, *, by: str) -> None:
    """The city's answer, as callers hear it; the proposal is then resolved and its supporters are told."""
    _heard(words, ANSWER_SECONDS)
    history.note(session, ticket, words, by=by, kind="answer")
    if ticket.state != lifecycle.RESOLVED:
        moves.move(session, ticket, lifecycle.RESOLVED, by=by)


def public_words(session: Session, ticket: Ticket, kind: str) -> str | None:
    """The newest title or answer of a proposal."""
    query = select(Note.text).where(Note.ticket_id == ticket.id, Note.kind == kind).order_by(Note.at.desc()).limit(1)
    found: str | None = session.scalar(query)
    return found


def _heard(words: str, most: float) -> None:
    taken = spoken.seconds(CITY_LANGUAGE, spoken.figures(city(), CITY_LANGUAGE, words))
    if taken > most:
        raise TicketError(f"it takes {taken:.1f} s to say, {most:g} s are the limit")
