"""Erases a person: who they are, what they said and what they sent goes; that something was reported, where, when and
how it ended stays, as a count that is nobody's.

Each erasure is written into a list (contacts/erased.py) before anything else is done. So one that was cut short is
finished later, and a backup made before it is erased again when it is restored.
"""

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import CursorResult, Executable, Select, delete, func, select, update
from sqlalchemy.orm import Session

from config import clock, stores, vault
from config.settings import settings
from ticketing.calls import alarms, callbacks
from ticketing.contacts import erased
from ticketing.media import photos, recordings
from ticketing.models import (
    Call,
    Callback,
    Chat,
    Contact,
    Follower,
    Message,
    Note,
    Outbox,
    Photo,
    PrivacyEntry,
    Rating,
    Recording,
    Survey,
    Ticket,
    Turn,
    WrongTry,
)
from ticketing.outgoing import promises
from ticketing.outgoing.kinds import CONTACT
from ticketing.rules import references, routing
from ticketing.tickets import history

PUBLIC = ("title", "answer")  # the city's own words about a proposal, written for everybody who calls
BATCH = 500
KEPT = ("recordings", "photos")  # the folders of sealed files, each file named by the id of its row

One = TypeVar("One")


@dataclass
class Erased:
    """What went, by kind; and whose files are to be deleted once that is committed."""

    counts: Counter[str] = field(default_factory=Counter)
    files: list[UUID] = field(default_factory=list)


def erase(session: Session, contact: Contact, *, by: str) -> Erased:
    """Make everything that this number left with us nobody's. Done twice it changes nothing more. `remove_files` is
    for after the commit."""
    session.refresh(contact, with_for_update=True)
    gone = Erased()
    tickets = session.scalars(
        select(Ticket).where(Ticket.contact_id == contact.id).order_by(Ticket.id).with_for_update()
    ).all()
    calls = session.scalars(select(Call.id).where(Call.contact_id == contact.id)).all()
    _callbacks(session, contact, gone)
    for some in _batches([ticket.id for ticket in tickets]):
        _of_tickets(session, some, gone)
    alarmed = any(ticket.category == routing.EMERGENCY or ticket.flagged_at for ticket in tickets)
    for some in _batches(calls):
        _of_calls(session, some, gone)
    for some in _batches(alarms.over(session) if alarmed else ()):
        _of_calls(session, some, Erased())  # they are nobody's, and count as no call of this number
    _messages(session, contact, gone)
    for ticket in tickets:
        _ticket(session, ticket, by=by)
        gone.counts["reports"] += 1
    gone.counts["chats"] += _rows(session, delete(Chat).where(Chat.contact_id == contact.id))
    gone.counts["followed"] += _rows(session, delete(Follower).where(Follower.contact_id == contact.id))
    for asked in (
        update(Survey).where(Survey.contact_id == contact.id).values(contact_id=None),
        update(Rating).where(Rating.contact_id == contact.id).values(contact_id=None, _code=None, code_hash=None),
    ):
        gone.counts["ratings"] += _rows(session, asked)
    _contact(contact)
    session.flush()
    gone.counts = +gone.counts
    return gone


def remove_files(ids: Iterable[UUID]) -> None:
    """Delete the sealed files of these rows, where there are any."""
    for id_ in ids:
        for folder in KEPT:
            for path in (settings().var_dir / folder / id_.hex[:2]).glob(f"{id_.hex}*"):
                path.unlink(missing_ok=True)


# -- again ---------------------------------------------------------------------------------------------------------


def erase_again() -> int:
    """Erase who is on the list and here all the same: a backup was restored, the carrier's log was read anew, or the
    erasure was cut short. Whoever came back to us later is somebody new. Returns how many there were."""
    found = 0
    for some in _batches(erased.entries()):
        since = {name: datetime.fromisoformat(entry["at"]) for entry in some for name in entry["hashes"]}
        with stores.reading() as session:
            query = select(Contact).where(Contact.phone_hash.in_(since))
            here = [one for one in session.scalars(query) if _is_older(session, one, since[one.phone_hash])]
        for contact in here:
            _again(contact.id)
        found += len(here)
    return found


def _again(contact_id: UUID) -> None:
    with stores.transaction() as session:
        contact = session.get_one(Contact, contact_id)
        subject, now = contact.phone_hash, clock.now()
        gone = erase(session, contact, by="hotline")
        counts = {**gone.counts, "again": 1}
        session.add(PrivacyEntry(kind="erase", subject=subject, by="hotline", at=now, done_at=now, counts=counts))
    remove_files(gone.files)


def _is_older(session: Session, contact: Contact, at: datetime) -> bool:
    """All that is known of this number is from before that time, whenever it came in."""
    if contact.created_at < at:
        return True
    calls = select(func.max(Call.started_at)).where(Call.contact_id == contact.id)
    texts = select(func.max(Message.created_at)).where(Message.contact_id == contact.id, Message.inbound)
    last = [moment for moment in (session.scalar(calls), session.scalar(texts)) if moment is not None]
    return bool(last) and max(last) < at


# -- one person ----------------------------------------------------------------------------------------------------


def _of_tickets(session: Session, ids: Sequence[UUID], gone: Erased) -> None:
    _recordings(session, select(Recording).where(Recording.ticket_id.in_(ids)), gone)
    _photos(session, select(Photo).where(Photo.ticket_id.in_(ids), Photo.kind != photos.PROOF), gone)
    gone.counts["notes"] += _rows(session, delete(Note).where(Note.ticket_id.in_(ids), Note.kind.not_in(PUBLIC)))
    session.execute(delete(WrongTry).where(WrongTry.ticket_id.in_(ids)))


def _of_calls(session: Session, ids: Sequence[UUID], gone: Erased) -> None:
    _recordings(session, select(Recording).where(Recording.call_id.in_(ids)), gone)
    session.execute(update(Turn).where(Turn.call_id.in_(ids), Turn._reply.is_not(None)).values(_reply=None))
    ended = func.coalesce(Call.ended_at, clock.now())  # without its memory a call cannot go on
    nobody = {"_memory": None, "contact_id": None, "ended_at": ended}
    gone.counts["calls"] += _rows(session, update(Call).where(Call.id.in_(ids)).values(nobody))


def _recordings(session: Session, which: Select[Any], gone: Erased) -> None:
    for recording in session.scalars(which.where(Recording.removed_at.is_(None))).all():
        recordings.give_up(session, recording)
        gone.files.append(recording.id)
        gone.counts["recordings"] += 1


def _photos(session: Session, which: Select[Any], gone: Erased) -> None:
    for photo in session.scalars(which.where(Photo.removed_at.is_(None))).all():
        photos.give_up(session, photo)
        gone.files.append(photo.id)
        gone.counts["photos"] += 1


def _messages(session: Session, contact: Contact, gone: Erased) -> None:
    ids = session.scalars(select(Message.id).where(Message.contact_id == contact.id)).all()
    waiting = Outbox.state.in_(("pending", "unknown"))
    for row in session.scalars(select(Outbox).where(Outbox.destination == f"{CONTACT}{contact.id}", waiting)):
        promises.drop(row, "the person was erased")
    for some in _batches(ids):
        _photos(session, select(Photo).where(Photo.message_id.in_(some)), gone)
        for status, then in (("promised", "canceled"), ("received", "erased")):  # neither to be sent nor to be read
            session.execute(update(Message).where(Message.id.in_(some), Message.status == status).values(status=then))
        nobody = {"_body": None, "_details": None, "contact_id": None}
        gone.counts["texts"] += _rows(session, update(Message).where(Message.id.in_(some)).values(nobody))


def _callbacks(session: Session, contact: Contact, gone: Erased) -> None:
    mine = select(Callback).where(Callback.contact_id == contact.id, Callback.state == callbacks.OPEN)
    for callback in session.scalars(mine.with_for_update()).all():
        callbacks.cancel(session, callback, by="hotline")
        gone.counts["callbacks"] += 1


def _ticket(session: Session, ticket: Ticket, *, by: str) -> None:
    """The report goes on without its reporter, under a link that nobody has."""
    code = references.new_tracking_code()
    ticket.tracking_code, ticket.tracking_hash = code, vault.lookup(code)
    ticket.latitude = ticket.longitude = None
    ticket.contact = None
    history.record(session, ticket, "erased", by=by, before=ticket.state)


def _contact(contact: Contact) -> None:
    """The row stays for those that need one, and is nobody's."""
    contact.phone, contact.phone_hash, contact.sms = None, secrets.token_hex(32), False
    contact.language = contact.language_at = contact.last_area = contact.channel = contact.whatsapp_at = None
    contact.opted_out_at = contact.sms_refused = contact.whatsapp_refused = contact.refused_at = None
    contact.restricted_at, contact.erased_at = None, clock.now()


def _rows(session: Session, statement: Executable) -> int:
    done = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", done).rowcount


def _batches(found: Sequence[One]) -> Iterator[Sequence[One]]:
    return (found[at : at + BATCH] for at in range(0, len(found), BATCH))
