"""Rate limits for callers, and what else the calls of one number say: who calls again and again, from where only
silence comes, and where it reported last. A number is never blocked for it; one that was keyed in instead of seen tells
nothing about its owner. Calls that we make are none of its own."""

from datetime import timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from config import clock
from ticketing.contacts import contacts
from ticketing.models import Call, Contact, Ticket

REPEATS, REPEATS_WITHIN = 3, timedelta(days=7)
HAUNTS, HAUNTS_WITHIN = 5, timedelta(hours=24)
MAX_LIVE, LIVE_AT_MOST = 3, timedelta(minutes=15)
MAX_AN_HOUR = 20
SEEN = ("mobile", "fixed", "foreign", "premium")


def repeats(session: Session, call: Call) -> bool:
    """This is the third call, or a later one, of its number in seven days. Silent calls and pranks do not count."""
    real = select(func.count()).select_from(Call).where(
        Call.contact_id == call.contact_id,
        Call.started_at > clock.now() - REPEATS_WITHIN,
        ~Call.ghost,
        ~Call.prank,
        ~Call.outbound,
        Call.id != call.id,
    )  # fmt: skip
    return call.contact_id is not None and (session.scalar(real) or 0) >= REPEATS - 1


def is_nuisance(session: Session, contact: Contact | None) -> bool:
    """Five silent calls of this number in a day: the officer is not rung for it, a message is taken first."""
    if contact is None:
        return False
    silent = select(func.count()).select_from(Call).where(
        Call.contact_id == contact.id, Call.ghost, ~Call.outbound, Call.started_at > clock.now() - HAUNTS_WITHIN
    )  # fmt: skip
    return (session.scalar(silent) or 0) >= HAUNTS


def too_many(session: Session, call: Call) -> bool:
    """The number has three other calls under way, or made twenty in the last hour: one caller must not take all lines.
    A call whose end we were never told counts as under way for a quarter of an hour."""
    if call.contact is None or contacts.is_new(session, call.contact):
        return False
    now = clock.now()
    live = and_(Call.ended_at.is_(None), Call.started_at > now - LIVE_AT_MOST)
    made = select(func.count(), func.count().filter(live)).where(
        Call.contact_id == call.contact_id,
        Call.started_at > now - timedelta(hours=1),
        Call.id != call.id,
        ~Call.outbound,
    )
    an_hour, under_way = session.execute(made).one()
    return bool(an_hour >= MAX_AN_HOUR or under_way >= MAX_LIVE)


def own_mobile(call: Call) -> Contact | None:
    """The resident whose mobile number the carrier showed: only this number counts as proof of who calls."""
    return call.contact if call.caller_kind == "mobile" else None


def seen(call: Call) -> bool:
    """The carrier showed the number of a resident."""
    return call.contact is not None and call.caller_kind in SEEN


def last_area(session: Session, call: Call) -> str | None:
    """Where this number reported last; where this call did, when the number is hidden or was keyed in."""
    if call.contact is not None and (call.caller_kind == "mobile" or not call.contact.sms):
        return call.contact.last_area
    here = select(Ticket.area).where(Ticket.call_id == call.id, Ticket.area.is_not(None))
    found: str | None = session.scalar(here.order_by(Ticket.created_at.desc()).limit(1))
    return found


def called_about_reports(session: Session, contact: Contact) -> bool:
    """The number asked for the state of a report in the last seven days."""
    query = select(Call.id).where(
        Call.contact_id == contact.id, Call.goal == "status", Call.started_at > clock.now() - REPEATS_WITHIN
    )
    return session.scalar(query.limit(1)) is not None
