"""Followers of tickets that are not their own: callers who reported the same incident, residents who support a
proposal. A number follows a ticket once, and its reporter needs no following."""

from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ticketing.models import Contact, Follower, Ticket


def follow(session: Session, ticket: Ticket, contact: Contact) -> bool:
    """From now on this number follows the ticket. False when it did so before or reported it itself."""
    if ticket.contact_id == contact.id or follows(session, ticket, contact):
        return False
    try:
        with session.begin_nested():
            session.add(Follower(ticket_id=ticket.id, contact_id=contact.id))
    except IntegrityError:  # the same number twice at once
        return False
    return True


def leave(session: Session, ticket: Ticket, contact: Contact) -> None:
    """This number follows no longer."""
    session.execute(delete(Follower).where(Follower.ticket_id == ticket.id, Follower.contact_id == contact.id))


def follows(session: Session, ticket: Ticket, contact: Contact) -> bool:
    query = select(Follower.id).where(Follower.ticket_id == ticket.id, Follower.contact_id == contact.id)
    return session.scalar(query) is not None


def count(session: Session, ticket: Ticket) -> int:
    """How many numbers follow; the reporter is not among them."""
    return session.scalar(select(func.count()).select_from(Follower).where(Follower.ticket_id == ticket.id)) or 0


def voices(session: Session, ticket: Ticket) -> int:
    """How many residents stand behind the ticket: its reporter, its followers, and the reports merged into it."""
    merged = select(func.count()).select_from(Ticket).where(Ticket.merged_into_id == ticket.id)
    return 1 + count(session, ticket) + (session.scalar(merged) or 0)


def some(session: Session, ticket: Ticket, *, after: UUID | None, most: int) -> list[Follower]:
    """The next followers in a fixed order, for telling them in batches."""
    query = select(Follower).where(Follower.ticket_id == ticket.id).order_by(Follower.id).limit(most)
    return list(session.scalars(query.where(Follower.id > after) if after else query))
