"""Requests of a person about their own data (Law 27/2022): a copy, a correction, that it rests, that it goes. Each
request is a dated entry in a register that holds no personal text, with the three days in which it must be answered.

Whoever calls has made sure that it is that person's number. Nobody here commits.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from config import clock, vault
from config.hotline import city
from ticketing.contacts import contacts, erased
from ticketing.models import Contact, PrivacyEntry, Ticket
from ticketing.privacy import erasure
from ticketing.privacy.erasure import Erased
from ticketing.rules import lifecycle, numbers, references
from ticketing.rules.numbers import Number
from ticketing.tickets import additions, history, intake
from ticketing.tickets.register import find

ANSWERED_WITHIN = timedelta(hours=72)  # 3 x 24 hours, articles 30 to 41
EXPORT, CORRECT, RESTRICT, ERASE = KINDS = ("export", "correct", "restrict", "erase")
MIN_SUBJECT = 12  # characters of the keyed hash that tell entries apart


class PrivacyError(ValueError):
    """What was asked cannot be done; the sentence says why."""


def number(raw: str) -> Number:
    """The resident's number behind any spelling. Raises PrivacyError."""
    read = numbers.read(raw)
    if read.e164 is None or read.kind in ("hotline_itself", "emergency"):
        raise PrivacyError(f"this is no resident's number: {read.why}")
    return read


def person(session: Session, whose: Number, *, change: bool = False) -> Contact | None:
    """Whoever has this number here; locked to `change`."""
    query = select(Contact).where(Contact.phone_hash.in_(_subjects(whose)))
    found: Contact | None = session.scalar(query.with_for_update() if change else query)
    return found


# -- the register --------------------------------------------------------------------------------------------------


def request(session: Session, whose: Number, kind: str, *, by: str) -> PrivacyEntry:
    """Note what somebody asked for; from now on the time runs. The same asked again changes nothing."""
    found = _open(session, whose, kind)
    if found is not None:
        return found
    now = clock.now()
    entry = PrivacyEntry(
        kind=kind, subject=vault.lookup(_e164(whose)), by=by[: history.MAX_NAME], at=now, due_at=now + ANSWERED_WITHIN
    )
    session.add(entry)
    session.flush()
    return entry


def done(session: Session, whose: Number, kind: str, *, by: str, counts: dict[str, Any]) -> PrivacyEntry:
    """Close the request, or note one that was done at once."""
    entry = request(session, whose, kind, by=by)
    entry.done_at, entry.counts = clock.now(), {**counts, "done_by": by[: history.MAX_NAME]}
    session.flush()
    return entry


def register(session: Session, whose: Number | None = None, *, most: int = 1000) -> list[dict[str, Any]]:
    """Every entry, what waits longest first, then the newest."""
    query = select(PrivacyEntry)
    if whose is not None:
        query = query.where(PrivacyEntry.subject.in_(_subjects(whose)))
    waiting = case((PrivacyEntry.done_at.is_(None) & PrivacyEntry.due_at.is_not(None), PrivacyEntry.at))
    rows = session.scalars(query.order_by(waiting.asc().nulls_last(), PrivacyEntry.at.desc()).limit(most))
    return [shown(row) for row in rows]


def shown(entry: PrivacyEntry) -> dict[str, Any]:
    """An entry as it is listed; `subject` tells people apart and names nobody."""
    late = entry.done_at is None and entry.due_at is not None and entry.due_at < clock.now()
    return {
        "kind": entry.kind,
        "subject": entry.subject[:MIN_SUBJECT] if entry.subject else None,
        "by": entry.by,
        "at": _iso(entry.at),
        "due_at": _iso(entry.due_at),
        "done_at": _iso(entry.done_at),
        "late": late,
        "counts": entry.counts,
    }


def overdue(session: Session) -> int:
    """How many requests were not answered in time."""
    late = select(func.count()).where(PrivacyEntry.done_at.is_(None), PrivacyEntry.due_at < clock.now())
    return session.scalar(late) or 0


# -- what is done --------------------------------------------------------------------------------------------------


def restrict(session: Session, whose: Number, *, by: str, lift: bool = False) -> PrivacyEntry:
    """From now on the data rests: no texts but answers, no surveys, no look at number or voice once the report is over.
    What is under way is finished. `lift` ends it."""
    contact = _known(session, whose)
    if lift and contact.restricted_at is None:
        raise PrivacyError("the data of this number is not restricted")
    contact.restricted_at = None if lift else contact.restricted_at or clock.now()
    return done(session, whose, RESTRICT, by=by, counts={"lifted" if lift else "restricted": 1})


def correct_number(session: Session, whose: Number, new: Number, *, by: str) -> PrivacyEntry:
    """Everything of this number belongs to another one. Its links were texted to the old one, so they end. Raises
    PrivacyError where the new number is known already: whether both are one person, no command can tell."""
    contact = _known(session, whose)
    if person(session, new) is not None:
        raise PrivacyError("the new number has data of its own: nothing was moved")
    contact.phone, contact.phone_hash, contact.sms = new.e164, vault.lookup(_e164(new)), new.sms
    contact.sms_refused = contact.whatsapp_refused = contact.refused_at = None
    contact.channel = contact.whatsapp_at = None
    mine = session.scalars(select(Ticket).where(Ticket.contact_id == contact.id).with_for_update()).all()
    for ticket in mine:
        code = references.new_tracking_code()
        ticket.tracking_code, ticket.tracking_hash = code, vault.lookup(code)
        history.record(session, ticket, "corrected", by=by, before=ticket.state, why={"what": "number"})
    return done(session, whose, CORRECT, by=by, counts={"number": 1, "reports": len(mine)})


def correct_language(session: Session, whose: Number, language: str, *, by: str) -> PrivacyEntry:
    """The language somebody is spoken and written to in."""
    if language not in city().languages:
        raise PrivacyError(f"there is no language {language}; there are {', '.join(city().languages)}")
    contacts.choose_language(_known(session, whose), language)
    return done(session, whose, CORRECT, by=by, counts={"language": 1})


def correct_place(session: Session, whose: Number, report: str, area: str, *, by: str) -> PrivacyEntry:
    """A report lies in another area, a kelurahan by its name or key; the point on the map was wrong with it."""
    contact = _known(session, whose)
    ticket = find(session, report, change=True)
    if ticket.contact_id != contact.id:
        raise PrivacyError(f"{ticket.number} is no report of this number")
    found = city().areas.get(area) or city().area_named(area)
    if found is None:
        raise PrivacyError(f"there is no kelurahan {area}")
    if contact.last_area == ticket.area:
        contact.last_area = found.key
    ticket.area, ticket.latitude, ticket.longitude = found.key, None, None
    if ticket.state in lifecycle.OVER:
        history.record(session, ticket, "corrected", by=by, before=ticket.state, why={"what": "place"})
    else:
        additions.added(session, ticket, by=by, what="place corrected")
    if ticket.state == lifecycle.RECEIVED:
        intake.route_again(session, ticket, by=by)
    return done(session, whose, CORRECT, by=by, counts={"place": 1})


def erase(session: Session, whose: Number, *, by: str, even_open: bool = False) -> Erased:
    """Erase the person; the files go once that is committed (erasure.remove_files). Refuses while a report is under
    way, unless it is to go on without its reporter. Raises PrivacyError."""
    contact = person(session, whose, change=True)
    gone = Erased()
    if contact is not None:
        under_way = _under_way(session, contact)
        if under_way and not even_open:
            raise PrivacyError(f"under way: {', '.join(under_way)}; with --even-open they go on without their reporter")
        erased.write_down(_e164(whose))
        gone = erasure.erase(session, contact, by=by)
    done(session, whose, ERASE, by=by, counts=dict(gone.counts))
    return gone


def _under_way(session: Session, contact: Contact) -> list[str]:
    query = select(Ticket.number).where(Ticket.contact_id == contact.id, Ticket.state.not_in(lifecycle.OVER))
    return list(session.scalars(query.order_by(Ticket.created_at)))


def _known(session: Session, whose: Number) -> Contact:
    contact = person(session, whose, change=True)
    if contact is None:
        raise PrivacyError("nothing is held about this number")
    return contact


def _open(session: Session, whose: Number, kind: str) -> PrivacyEntry | None:
    query = select(PrivacyEntry).where(
        PrivacyEntry.subject.in_(_subjects(whose)), PrivacyEntry.kind == kind, PrivacyEntry.done_at.is_(None)
    )
    found: PrivacyEntry | None = session.scalar(query.order_by(PrivacyEntry.at).limit(1).with_for_update())
    return found


def _subjects(whose: Number) -> list[str]:
    return vault.lookups(_e164(whose))


def _e164(whose: Number) -> str:
    return whose.e164 or ""


def _iso(moment: datetime | None) -> str | None:
    return clock.local(moment).isoformat(timespec="minutes") if moment else None
