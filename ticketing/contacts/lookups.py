"""Look-ups of a ticket on the web, by its link or by its number and the last digits of the reporter's telephone, and
their rate limit. A source is a keyed hash of an address, and thousands of telephones have the same: failures alone are
counted, and what is right opens however many there were. Whoever is refused learns nothing about any ticket: no such
number, other digits and no telephone are the same answer."""

from datetime import timedelta
from ipaddress import ip_address
from typing import Literal
from uuid import uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from config import clock, vault
from config.hotline import city
from ticketing.contacts import disclosure
from ticketing.models import FailedLookup, Rating, Ticket, WrongTry

WITHIN = timedelta(hours=1)
BY_NUMBER, BY_LINK = 5, 30  # failures of one source
OF_ALL = 300  # failures by number, whoever made them: somebody tries in bulk
MAX_CODE = 16
NUMBER, LINK = "number", "link"

Stop = Literal["", "source", "all"]


def source(address: str) -> str:
    """Where somebody comes from, as it is asked for and kept. Of IPv6 the network: a visitor has all its addresses."""
    try:
        found = ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return f"source:{address[:60]}"
    if found.version == 6:
        return f"source:{found.ipv4_mapped or int(found) >> 64}"
    return f"source:{found}"


def refused(session: Session, where: str, kind: str) -> Stop:
    """Count that somebody was not let in, unless this source, or all of them together, failed too often within the
    hour: which of the two it was."""
    stop = stopped(session, where, kind)
    if not stop:
        failed(session, where, kind)
    return stop


def stopped(session: Session, where: str, kind: str) -> Stop:
    """Whether this source has failed too often within the hour, or all of them together have."""
    since = clock.now() - WITHIN
    failed = select(func.count()).select_from(FailedLookup).where(FailedLookup.kind == kind, FailedLookup.at > since)
    own = session.scalar(failed.where(FailedLookup.source.in_(vault.lookups(where)))) or 0
    if own >= (BY_LINK if kind == LINK else BY_NUMBER):
        return "source"
    return "all" if kind == NUMBER and (session.scalar(failed) or 0) >= OF_ALL else ""


def by_number(session: Session, number: str, digits: str) -> Ticket | None:
    """The ticket with this number, whose reporter's telephone ends in these digits; never a confidential one."""
    ticket: Ticket | None = session.scalar(select(Ticket).where(Ticket.number == number).with_for_update())
    if ticket is not None and not city().category(ticket.category).confidential:
        if disclosure.proves(session, ticket, digits):
            return ticket
    else:  # as much work as the other way
        session.execute(update(WrongTry).where(WrongTry.id == uuid4()).values(tries=0))
    return None


def by_link(session: Session, code: str, *, change: bool = False) -> Ticket | Rating | None:
    """What this code of a link belongs to: a ticket, or the question about a call."""
    hashes = vault.lookups(code[:MAX_CODE])
    ticket = select(Ticket).where(Ticket.tracking_hash.in_(hashes))
    rating = select(Rating).where(Rating.code_hash.in_(hashes))
    found: Ticket | None = session.scalar(ticket.with_for_update() if change else ticket)
    asked: Rating | None = None if found else session.scalar(rating.with_for_update() if change else rating)
    return found or asked


def failed(session: Session, where: str, kind: str) -> None:
    """Remember that somebody was not let in."""
    session.add(FailedLookup(source=vault.lookup(where), kind=kind))
    session.flush()
