"""Additions of a resident to a report that is there already: words, a place, a photo. Whoever was asked something has
answered with it, so the clock goes on; the department gets it, and the resident is told that it arrived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.hotline import CITY_LANGUAGE, city
from ticketing.media import photos, recordings
from ticketing.messages import texts
from ticketing.models import Message, Photo, Recording, Ticket
from ticketing.outgoing import promises
from ticketing.rules import lifecycle, places
from ticketing.tickets import changes, history, intake, news

TOLD_AGAIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Place:
    """Where it is, as far as the resident told: words, an area of the city, a point on the map."""

    words: str = ""
    area: str | None = None
    point: tuple[float, float] | None = None
    outside: str | None = None


def read_place(words: str, point: Sequence[float] | None = None, *, address: str = "") -> Place:
    """What a resident's words and shared location say about where it is. Words have the last word on the area: the
    telephone may be elsewhere by now."""
    found = places.recognise(words) if words else None
    area = found.area if found and found.result == "match" else None
    outside = found.outside if found and found.result == "outside" else None
    there = (float(point[0]), float(point[1])) if point else None
    if there is not None and area is None:
        area = places.nearest(there)
    told = ", ".join(part for part in (words, address) if part)
    return Place(words=told, area=area, point=there, outside=None if area or there else outside)


def place_with(message: Message, words: str = "") -> Place:
    """What a text says about where it is: `words` of it, and the location that was shared with it."""
    details = texts.details_of(message)
    return read_place(words, details.get("place"), address=str(details.get("address", "")))


def add(
    session: Session,
    ticket: Ticket,
    *,
    by: str,
    words: str = "",
    place: Place | None = None,
    photos: bool = False,
    told: bool = True,
) -> None:
    """Add to a ticket what a resident sent, all of it as one change; `photos` says that pictures were attached to it,
    `told` that the resident hears of it by SMS26."""
    what = []
    if history.has_words(words):
        history.note(session, ticket, words, by=by, kind="added", quiet=True)
        what.append("words")
    if place is not None and (place.words or place.area or place.point):
        set_place(session, ticket, place, by=by)
        what.append("place")
    if photos:
        what.append("photo")
    if not what:
        return
    added(session, ticket, by=by, what=", ".join(what))
    if "place" in what:
        intake.release(session, ticket)  # a report that waited for its place may go
    if told and not (what == ["photo"] and _told_just_now(session, ticket)):
        news.to_reporter(session, ticket, "SMS26")


def set_place(session: Session, ticket: Ticket, place: Place, *, by: str) -> None:
    """Say where a report is. One that nobody at a department has seen yet goes to whoever owns the matter there."""
    if history.has_words(place.words):
        history.note(session, ticket, place.words, by=by, kind="place", quiet=True)
    if place.point is not None:
        ticket.latitude, ticket.longitude = place.point
    if place.area is not None and ticket.area is None:
        ticket.area = place.area
        if ticket.contact is not None:
            ticket.contact.last_area = place.area
        if ticket.state == lifecycle.RECEIVED:
            intake.route_again(session, ticket, by=by)


def _told_just_now(session: Session, ticket: Ticket) -> bool:
    """Whether the resident just heard that what they added arrived: each picture of an album is no text of its own."""
    return ticket.contact is not None and texts.told_within(session, ticket.contact, TOLD_AGAIN, "SMS26")


def photos_of(session: Session, message: Message) -> Sequence[Photo]:
    """The pictures that came with a text and belong to no ticket yet."""
    return session.scalars(select(Photo).where(Photo.message_id == message.id, Photo.ticket_id.is_(None))).all()


def attach_photos(session: Session, ticket: Ticket, message: Message, *, kind: str) -> int:
    """The pictures that came with a text belong to this ticket: promise to fetch them. How many there are."""
    found = photos_of(session, message)
    for photo in found:
        photo.ticket_id, photo.kind = ticket.id, kind
        promises.promise(session, "photo", photo.id, key=f"photo:{photo.id}", ticket=ticket)
    return len(found)


def keep_photo(session: Session, photo: Photo, raw: bytes | photos.Remade) -> None:
    """Keep this as the picture of `photo`. A report whose place nobody knew goes where the camera says it is; a camera
    moves none that has a place, and a department's proof says nothing about it. Raises NotAPicture."""
    point = photos.keep(session, photo, raw)
    ticket = session.get(Ticket, photo.ticket_id) if photo.ticket_id else None
    if ticket is None or photo.kind == photos.PROOF or point is None or ticket.latitude is not None:
        return
    area = places.nearest(point)
    if area is not None:
        set_place(session, ticket, Place(area=area, point=point), by="hotline")
        intake.release(session, ticket)


def keep_upload(
    session: Session, ticket: Ticket, raw: bytes | photos.Remade, *, by: str, kind: str = photos.REMARK
) -> Photo:
    """A photo that was not sent by text. Raises NotAPicture."""
    picture = raw if isinstance(raw, photos.Remade) else photos.remade(raw)
    photo = Photo(ticket_id=ticket.id, kind=kind, by=by[: history.MAX_NAME])
    session.add(photo)
    session.flush()
    keep_photo(session, photo, picture)
    if kind == photos.PROOF:
        twin = photos.seen_before(session, photo)
        twin_ticket = session.get_one(Ticket, twin.ticket_id) if twin else None
        why = {"photo": f"like {twin_ticket.number}"} if twin_ticket else {}
        history.record(session, ticket, "proof added", by=by, before=ticket.state, why=why)
    return photo


def add_recording(session: Session, ticket: Ticket, recording: Recording, *, by: str) -> None:
    """More words to a report: its department gets them too."""
    if recording.ticket_id is not None:
        return
    recordings.attach(session, ticket, recording, kind="remark")
    added(session, ticket, by=by, what="recording")
    news.to_reporter(session, ticket, "SMS26")


def added(session: Session, ticket: Ticket, *, by: str, what: str) -> None:
    """The resident added something: the department gets it, with the report where that has not left. Who was asked
    something has answered with it, and the clock goes on."""
    if ticket.state == lifecycle.WAITING:
        changes.turn(session, ticket, changes.before_waiting(session, ticket), by=by, action="answered", why={})
    else:
        history.record(session, ticket, "added", by=by, before=ticket.state, why={"what": what})
    if promises.held_until(session, ticket, ticket.department) is None:
        ticket.revision += 1
        changes.deliver(session, ticket)


def unanswered(session: Session, ticket: Ticket) -> None:
    """The resident did not answer in time: the clock goes on, and the department hears that there is no answer."""
    history.note(session, ticket, city().text(CITY_LANGUAGE, "mail", "no_answer"), by="hotline", quiet=True)
    changes.turn(session, ticket, changes.before_waiting(session, ticket), by="hotline", action="unanswered", why={})
    ticket.revision += 1
    changes.deliver(session, ticket)
