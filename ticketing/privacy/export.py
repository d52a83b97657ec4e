"""Everything that is held about one person, as it is handed to them: what it is, what for, who gets it and until when;
then their reports, talks and texts.

Never other people's: not who else reported the same, and city staff by their office, not their names. A confidential
report is copied by its named readers only.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from config import clock, vault
from config.hotline import CITY_LANGUAGE, city
from config.settings import settings
from ticketing.contacts import contacts
from ticketing.media import photos
from ticketing.messages import texts
from ticketing.models import (
    Call,
    Callback,
    Chat,
    Contact,
    Follower,
    Message,
    Outbox,
    Photo,
    PrivacyEntry,
    Rating,
    Recording,
    Survey,
    Ticket,
    Turn,
)
from ticketing.models.calls import TURNS_LAST
from ticketing.outgoing.kinds import CONTACT
from ticketing.tickets import confidential, history

STAFF = "petugas"
OURSELVES = ("caller", "resident", "hotline")
EXPLAINED = (
    "data_number",
    "data_reports",
    "data_words",
    "data_recordings",
    "data_photos",
    "data_texts",
    "data_calls",
    "data_callbacks",
)
Entry = dict[str, Any]


@dataclass
class Dossier:
    """What is written down, and which recordings and photos belong to it, by the names they have there."""

    content: Entry
    recordings: dict[str, UUID] = field(default_factory=dict)
    photos: dict[str, Photo] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        held = {name: part for name, part in self.content.items() if name not in ("explained", "recipients")}
        return {name: len(part) for name, part in held.items() if isinstance(part, list) and part}


def compile_for(session: Session, contact: Contact, *, by: str) -> Dossier:
    """The dossier of this person, for `by` to hand over."""
    language = contacts.language(contact, CITY_LANGUAGE)
    mine = session.scalars(select(Ticket).where(Ticket.contact_id == contact.id).order_by(Ticket.created_at)).all()
    withheld = {ticket.id for ticket in mine if not confidential.may_read(ticket, by)}
    dossier = Dossier({})
    dossier.content = {
        "made_at": _iso(clock.now()),
        "explained": [_explained(language, id_) for id_ in EXPLAINED],
        "recipients": _recipients(session, mine, language),
        "person": _person(contact),
        "reports": [_report(session, dossier, ticket, contact, language, ticket.id in withheld) for ticket in mine],
        "calls": _calls(session, contact),
        "texts": _texts(session, contact, withheld),
        "talk_by_text": [_iso(one.changed_at) for one in _of(session, Chat, contact)],
        "callbacks": [_callback(one) for one in _of(session, Callback, contact)],
        "ratings": [_rating(one) for one in (*_of(session, Survey, contact), *_of(session, Rating, contact))],
        "followed": _followed(session, contact),
        "waiting_to_be_sent": _waiting(session, contact),
        "requests": _requests(session, contact),
    }
    for ticket in mine:
        if city().category(ticket.category).confidential and ticket.id not in withheld:
            confidential.read(session, ticket, by=by)
    return dossier


def _explained(language: str, id_: str) -> str:
    here = settings()
    return (
        city()
        .text(language, "words", id_)
        .format(
            people=here.keep_people_days,
            words=here.keep_words_days,
            recordings=here.keep_recordings_days,
            messages=here.keep_messages_days,
            turns=TURNS_LAST.days,
        )
    )


def _recipients(session: Session, mine: Any, language: str) -> list[str]:
    """Every department that has or had a report of this person."""
    keys = {ticket.department for ticket in mine}
    for ticket in mine:
        for event in history.of(session, ticket):
            keys |= {str(event.why[name]) for name in ("from", "to") if name in event.why}
    return [city().department(key).name[language] for key in sorted(keys & city().departments.keys())]


def _person(contact: Contact) -> Entry:
    return {
        "number": contact.phone,
        "known_since": _iso(contact.created_at),
        "texts_reach_it": contact.sms,
        "language": contact.language,
        "language_chosen_at": _iso(contact.language_at),
        "area_of_the_last_report": city().area_name(CITY_LANGUAGE, contact.last_area) if contact.last_area else None,
        "stopped_texts_at": _iso(contact.opted_out_at),
        "wrote_last_by": contact.channel,
        "last_whatsapp_at": _iso(contact.whatsapp_at),
        "sms_refused_by_carrier": contact.sms_refused,
        "whatsapp_refused_by_carrier": contact.whatsapp_refused,
        "refused_at": _iso(contact.refused_at),
        "restricted_at": _iso(contact.restricted_at),
    }


def _report(
    session: Session, dossier: Dossier, ticket: Ticket, contact: Contact, language: str, withheld: bool
) -> Entry:
    if withheld:
        return {"number": ticket.number, "confidential": True}
    said = select(Recording).outerjoin(Call, Call.id == Recording.call_id)
    said = said.where(
        Recording.ticket_id == ticket.id, or_(Call.contact_id.is_(None), Call.contact_id == contact.id)
    ).order_by(Recording.created_at)
    kinds = (photos.REPORT, photos.REMARK, photos.PROOF)
    seen = select(Photo).where(Photo.ticket_id == ticket.id, Photo.kind.in_(kinds)).order_by(Photo.created_at)
    return {
        "number": ticket.number,
        "category": city().category(ticket.category).name[language],
        "department": city().department(ticket.department).name[language],
        "area": city().area_name(language, ticket.area) if ticket.area else None,
        "point": [ticket.latitude, ticket.longitude] if ticket.latitude is not None else None,
        "state": city().text(language, "words", f"state_{ticket.state}"),
        "channel": ticket.channel,
        "language": ticket.language,
        "tracking_code": ticket.tracking_code,
        "opened_at": _iso(ticket.created_at),
        "due_at": _iso(ticket.due_at),
        "closed_at": _iso(ticket.closed_at),
        "history": [
            {"at": _iso(one.at), "by": _by(one.by), "what": one.action, "state": one.after}
            for one in history.of(session, ticket)
        ],
        "notes": [{"at": _iso(one.at), "by": _by(one.by), "kind": one.kind, "words": one.text} for one in ticket.notes],
        "recordings": [_recording(dossier, ticket, one) for one in session.scalars(said)],
        "photos": [_photo(dossier, ticket, one) for one in session.scalars(seen)],
    }


def _recording(dossier: Dossier, ticket: Ticket, one: Recording) -> Entry:
    name = None
    if one.fetched_at and not one.removed_at:
        name = f"{ticket.number}-{len(dossier.recordings) + 1}.{'mp3' if one.media_type == 'audio/mpeg' else 'wav'}"
        dossier.recordings[name] = one.id
    return {"at": _iso(one.created_at), "seconds": one.seconds, "deleted_at": _iso(one.removed_at), "file": name}


def _photo(dossier: Dossier, ticket: Ticket, one: Photo) -> Entry:
    name = None
    if one.fetched_at and not one.removed_at:
        name = f"{ticket.number}-{len(dossier.photos) + 1}.jpg"
        dossier.photos[name] = one
    shown = {"at": _iso(one.created_at), "by": _by(one.by), "kind": one.kind}
    return {**shown, "deleted_at": _iso(one.removed_at), "file": name}


def _calls(session: Session, contact: Contact) -> list[Entry]:
    """That and when somebody called, and whether the answers in the call are still kept."""
    calls = session.scalars(select(Call).where(Call.contact_id == contact.id).order_by(Call.started_at)).all()
    answered = set(session.scalars(select(Turn.call_id).where(Turn.call_id.in_([call.id for call in calls]))))
    return [
        {
            "at": _iso(call.started_at),
            "ended_at": _iso(call.ended_at),
            "kind_of_number": call.caller_kind,
            "by_us": call.outbound,
            "came_for": call.goal,
            "silent": call.ghost,
            "prank": call.prank,
            "answers_kept": call._memory is not None,
            "replies_kept": call.id in answered,
        }
        for call in calls
    ]


def _texts(session: Session, contact: Contact, withheld: set[UUID]) -> list[Entry]:
    mine = session.scalars(select(Message).where(Message.contact_id == contact.id).order_by(Message.created_at))
    return [
        {
            "at": _iso(one.created_at),
            "from": "resident" if one.inbound else "hotline",
            "channel": one.channel,
            "status": one.status,
            "words": None if one.ticket_id in withheld else one.body,
            "with_it": {} if one.ticket_id in withheld else texts.details_of(one),
        }
        for one in mine
    ]


def _callback(one: Callback) -> Entry:
    window = {"from": _iso(one.from_at), "until": _iso(one.until_at)}
    return {**window, "asked_at": _iso(one.created_at), "state": one.state, "attempts": one.attempts}


def _rating(one: Survey | Rating) -> Entry:
    at = one.at if isinstance(one, Survey) else one.answered_at or one.asked_at
    return {"at": _iso(at), "score": one.score, "solved": one.solved}


def _followed(session: Session, contact: Contact) -> list[Entry]:
    query = select(Follower.at, Ticket.number).join(Ticket, Ticket.id == Follower.ticket_id)
    rows = session.execute(query.where(Follower.contact_id == contact.id).order_by(Follower.at))
    return [{"number": row.number, "since": _iso(row.at)} for row in rows]


def _waiting(session: Session, contact: Contact) -> list[Entry]:
    query = select(Outbox).where(
        Outbox.destination == f"{CONTACT}{contact.id}", Outbox.state.in_(("pending", "leased", "unknown"))
    )
    return [{"kind": row.kind, "due_at": _iso(row.not_before)} for row in session.scalars(query)]


def _requests(session: Session, contact: Contact) -> list[Entry]:
    query = select(PrivacyEntry).where(PrivacyEntry.subject.in_(vault.lookups(contact.phone)))
    return [
        {"kind": one.kind, "at": _iso(one.at), "done_at": _iso(one.done_at)}
        for one in session.scalars(query.order_by(PrivacyEntry.at))
    ]


def _of(session: Session, table: Any, contact: Contact) -> list[Any]:
    return list(session.scalars(select(table).where(table.contact_id == contact.id)))


def _by(name: str) -> str:
    return name if name in OURSELVES else STAFF


def _iso(moment: datetime | None) -> str | None:
    return clock.local(moment).isoformat(timespec="seconds") if moment else None
