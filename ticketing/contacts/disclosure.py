"""Disclosure of a ticket, in three levels: to the reporter on their own mobile, to everybody who has its number, and to
whoever proves by the last four digits of the reporter's telephone that it is theirs.

A confidential report is never named by caller ID alone: telephones are shared in a family.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from config import clock, stores
from config.hotline import city
from ticketing.contacts import callers, contacts, followers
from ticketing.models import Call, Contact, Follower, Ticket, WrongTry
from ticketing.rules import lifecycle, routing

TRIES, TRIES_WITHIN = 5, timedelta(days=1)
LAST_DIGITS = 4
MAX_LISTED = 60
RECENT = timedelta(days=7)
OWN, FOLLOWED, PUBLIC = "own", "followed", "public"


def level(session: Session, call: Call, ticket: Ticket) -> str:
    """What this caller may hear of a ticket whose number they know."""
    return level_of(session, callers.own_mobile(call), ticket)


def level_of(session: Session, contact: Contact | None, ticket: Ticket) -> str:
    """What this number may be told, which called or wrote itself."""
    if contact is None:
        return PUBLIC
    if ticket.contact_id == contact.id:
        return OWN
    return FOLLOWED if followers.follows(session, ticket, contact) else PUBLIC


def listed(session: Session, call: Call) -> list[str]:
    """Numbers of the open tickets that this mobile number reported or follows, newest first; nothing confidential."""
    return listed_for(session, callers.own_mobile(call))


def listed_for(session: Session, contact: Contact | None) -> list[str]:
    """The same for a number that called or wrote itself."""
    if contact is None:
        return []
    followed = session.scalars(select(Follower.ticket_id).where(Follower.contact_id == contact.id)).all()
    found = _newest_open(session, Ticket.contact_id == contact.id)
    if followed:  # a question of its own: with both in one, the database reads all tickets of the city
        found |= _newest_open(session, Ticket.id.in_(followed))
    return [number for number, _ in sorted(found.items(), key=lambda one: (-one[1].timestamp(), one[0]))][:MAX_LISTED]


def _newest_open(session: Session, which: ColumnElement[bool]) -> dict[str, datetime]:
    """Open tickets by number, with when they were opened; nothing confidential."""
    query = (
        select(Ticket.number, Ticket.category, Ticket.created_at)
        .where(which, Ticket.state.not_in(lifecycle.CLOSED))
        .order_by(Ticket.created_at.desc(), Ticket.number)
        .limit(MAX_LISTED)
    )
    return {
        row.number: row.created_at for row in session.execute(query) if not city().category(row.category).confidential
    }


def recent(session: Session, call: Call) -> str | None:
    """The report of this mobile number that there is news of: changed, or asked about, in the last seven days."""
    contact = callers.own_mobile(call)
    if contact is None or contacts.is_new(session, contact):
        return None
    query = (
        select(Ticket.number, Ticket.category, Ticket.changed_at)
        .where(Ticket.contact_id == contact.id, Ticket.state.not_in(lifecycle.CLOSED))
        .order_by(Ticket.changed_at.desc(), Ticket.number)
        .limit(MAX_LISTED)
    )
    mine = [row for row in session.execute(query) if not city().category(row.category).confidential]
    if mine and (mine[0].changed_at > clock.now() - RECENT or callers.called_about_reports(session, contact)):
        return str(mine[0].number)
    return None


def owner_told(ticket: Ticket, department: str = "") -> str:
    """The department that residents are told, of the ticket as it is or of a step of its history. That of a
    confidential report would say what it is about, and telephones are shared: they are told the call centre."""
    return routing.TRIAGE if city().category(ticket.category).confidential else department or ticket.department


def may_try(session: Session, ticket: Ticket) -> bool:
    """Whether somebody may still name the reporter's last digits today, and there is anything to name."""
    spent = select(WrongTry.id).where(WrongTry.id == ticket.id, WrongTry.at > _a_day_ago(), WrongTry.tries >= TRIES)
    return ticket.contact is not None and session.scalar(spent) is None


def proves(session: Session, ticket: Ticket, digits: str) -> bool:
    """Whether these are the last digits of the reporter's telephone. Every answer takes one of the day's tries before
    it is looked at, so many at once are no more than those; a right one gives it back. Without a try left nothing is
    looked at."""
    if not _takes_try(session, ticket):
        return False
    phone = ticket.contact.phone if ticket.contact is not None else None
    right = phone is not None and len(digits) == LAST_DIGITS and phone.endswith(digits)
    if right:
        session.execute(update(WrongTry).where(WrongTry.id == ticket.id).values(tries=WrongTry.tries - 1))
    return right


def _takes_try(session: Session, ticket: Ticket) -> bool:
    """One statement counts and compares: whoever comes at the same moment waits for its end and sees what it wrote."""
    now = clock.now()
    make = sqlite.insert if stores.is_sqlite() else postgresql.insert
    first = make(WrongTry).values(id=ticket.id, ticket_id=ticket.id, at=now, tries=1)
    anew = or_(WrongTry.at <= _a_day_ago(), WrongTry.tries == 0)
    more = first.on_conflict_do_update(
        index_elements=["id"],
        set_={"at": case((anew, now), else_=WrongTry.at), "tries": case((anew, 1), else_=WrongTry.tries + 1)},
        where=or_(anew, WrongTry.tries < TRIES),
    )
    return session.scalar(more.returning(WrongTry.tries)) is not None


def _a_day_ago() -> datetime:
    return clock.now() - TRIES_WITHIN
