"""Ratings by residents, how well something was done: asked when a report is resolved or a call was handled, answered by
text, by telephone or on the page. A number is asked at most once in seven days, whatever about."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock, vault
from ticketing.models import Call, Contact, Rating, Survey, Ticket
from ticketing.rules import references

AGAIN_AFTER = timedelta(days=7)
OPEN_FOR = timedelta(hours=72)  # so long a bare "4" by text is an answer


def due(session: Session, contact: Contact | None) -> bool:
    """Whether this number may be asked: not in the last seven days, by telephone or otherwise."""
    if contact is None or contact.restricted_at or contact.erased_at:
        return False
    since = clock.now() - AGAIN_AFTER
    asked = select(Rating.id).where(Rating.contact_id == contact.id, Rating.asked_at > since).limit(1)
    answered = select(Survey.id).where(Survey.contact_id == contact.id, Survey.at > since).limit(1)
    return session.scalar(asked) is None and session.scalar(answered) is None


def ask(session: Session, contact: Contact | None, *, ticket: Ticket | None = None, call: Call | None = None) -> Rating:
    """Note that somebody is asked about a ticket or a call. A call's question has a page of its own."""
    code = references.new_tracking_code() if ticket is None else None
    rating = Rating(
        contact_id=contact.id if contact else None,
        ticket_id=ticket.id if ticket else None,
        call_id=call.id if call else None,
        code=code,
        code_hash=vault.lookup(code) if code else None,
    )
    session.add(rating)
    session.flush()
    return rating


def of(session: Session, ticket: Ticket) -> list[Rating]:
    """Every question about this ticket, oldest first."""
    return list(session.scalars(select(Rating).where(Rating.ticket_id == ticket.id).order_by(Rating.asked_at)))


def open_for(session: Session, contact: Contact, ticket: Ticket | None = None) -> Rating | None:
    """The newest question to this number that a text may still answer, or the one about `ticket`."""
    query = select(Rating).where(
        Rating.contact_id == contact.id, Rating.answered_at.is_(None), Rating.asked_at > clock.now() - OPEN_FOR
    )
    if ticket is not None:
        query = query.where(Rating.ticket_id == ticket.id)
    found: Rating | None = session.scalar(query.order_by(Rating.asked_at.desc()).limit(1).with_for_update())
    return found


def by_code(session: Session, code: str, *, change: bool = False) -> Rating | None:
    """The question about a call that has this page."""
    query = select(Rating).where(Rating.code_hash.in_(vault.lookups(code)))
    found: Rating | None = session.scalar(query.with_for_update() if change else query)
    return found


def answer(
    session: Session,
    ticket: Ticket | None,
    *,
    rating: Rating | None = None,
    contact: Contact | None,
    score: int | None,
    solved: bool | None,
    channel: str,
) -> Rating:
    """Keep an answer, to the question `rating` or to none that was asked (the page may always be rated). The last
    answer about a ticket counts. What follows for the ticket is for moves.py."""
    if rating is None and ticket is not None:
        query = select(Rating).where(Rating.ticket_id == ticket.id).order_by(Rating.asked_at.desc()).limit(1)
        rating = session.scalar(query.with_for_update())
    rating = rating or ask(session, contact, ticket=ticket)
    rating.score = score if score is not None else rating.score
    rating.solved = solved if solved is not None else rating.solved
    rating.answered_at, rating.channel = clock.now(), channel
    return rating


def objected(session: Session, ticket: Ticket, *, channel: str) -> None:
    """The reporter says that it is not fixed: a question that is still open about this ticket is answered with it."""
    query = select(Rating).where(Rating.ticket_id == ticket.id, Rating.answered_at.is_(None)).with_for_update()
    for rating in session.scalars(query):
        rating.solved, rating.answered_at, rating.channel = False, clock.now(), channel[:10]
