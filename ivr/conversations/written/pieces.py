"""One matter that comes in several texts: what it is, where, pictures, a point on the map, how long it has been, in any
order. They are pieces of the report that their sender is making now."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from config import clock
from config.hotline import city
from ivr.talk import Talk
from ivr.understanding import intents
from ivr.understanding.intents import Understood
from ticketing.calls import callbacks
from ticketing.contacts import disclosure
from ticketing.messages import texts
from ticketing.models import Contact, Message, Note, Ticket
from ticketing.rules import lifecycle, places, points, routing
from ticketing.tickets import additions, intake, moves, news

MAKING_FOR = timedelta(hours=1)  # so long after its last word about a report a number still speaks of it
SURELY_A_PLACE, PERHAPS_A_PLACE = 0.5, 0.25  # how likely words say where: unasked, and as the answer to our question
SAME_SPOT_KILOMETRES = 0.2
ASKING_WHERE = ("SMS13", "SMS13b")
ASKED_FOR = timedelta(hours=24)  # so long a question for the place is open
BARE = 2  # words of a text that is no more than coordinates or a link
MOST = 5  # reports that are looked at
AGAIN_AFTER = timedelta(hours=1)
OPINION = "masukan"
MORE = {"add_detail", "report"}  # what an unclear text may be that is one more piece
_STREET = re.compile(r"\b(jl|jln|gg|gang|blok|perum|perumahan|komplek|rt|rw)\b\.? *([a-z0-9]+)")


def at_hand(session: Session, message: Message) -> Ticket | None:
    """The report of the text that this one quotes; else the one under way that its sender made or spoke of last, within
    the hour."""
    if message.contact is None:
        return None
    quoted = texts.quoted_ticket(session, message)
    if quoted is not None:
        return quoted if quoted.contact_id == message.contact_id else None
    since = clock.now() - MAKING_FOR
    mine = _under_way(message.contact)
    spoken = mine.join(Message, Message.ticket_id == Ticket.id).where(
        Message.contact_id == message.contact_id, Message.inbound, Message.created_at > since
    )
    last = session.execute(spoken.add_columns(Message.created_at).order_by(Message.created_at.desc()).limit(1)).first()
    made: Ticket | None = session.scalar(
        mine.where(Ticket.created_at > since).order_by(Ticket.created_at.desc()).limit(1)
    )
    if last is None or (made is not None and made.created_at > last[1]):
        return made
    found: Ticket = last[0]
    return found


def brings(session: Session, message: Message) -> bool:
    """Whether pictures or a place came with a text."""
    return bool(texts.details_of(message).get("place") or additions.photos_of(session, message))


def is_bare(message: Message) -> bool:
    """Whether a place is all there is: a pin, the link of a map, coordinates."""
    body = message.body or ""
    return bool(texts.details_of(message).get("place")) and (
        not body or (len(body.split()) <= BARE and points.read(body) is not None)
    )


def is_piece(session: Session, found: Understood, ticket: Ticket, message: Message, *, brought: bool) -> bool:
    """Whether a text is more about `ticket` and no matter of its own; `brought` says that pictures or a place came with
    it. Asks for no more than what the text and the report show: their matters and their places."""
    if found.asks:
        more = brought or bool({found.intent, found.second} & MORE)
        return (
            more
            and not _other_matter(session, found, ticket)
            and not is_elsewhere(session, ticket, message, area=found.area, outside=found.outside)
        )
    if found.intent == "noise":
        return brought
    if found.intent == "add_detail":
        return True
    if found.intent != "report" or is_elsewhere(session, ticket, message, area=found.area, outside=found.outside):
        return False
    if lacks_matter(session, ticket):
        return True
    says_where = bool(found.area or _streets(message.body))
    return found.category == ticket.category and (brought or lacks_place(session, ticket) or not says_where)


def add(talk: Talk, ticket: Ticket, *, asked: bool = False) -> None:
    """Add what this text brings to the report: its matter and its place where they are missing, pictures, words.
    `asked` says that we asked for the place."""
    session, message = talk.session, talk.incoming
    if is_said(session, ticket, message):
        tell_again(talk, ticket)
        return
    message.ticket_id, body = ticket.id, message.body or ""
    matter = intents.matter(body) if lacks_matter(session, ticket) else None
    is_place = says_where(session, ticket, body, asked=asked)
    place = additions.place_with(message, body if is_place else "")
    photos = additions.attach_photos(session, ticket, message, kind="report" if asked else "remark") > 0
    words = body if matter or not is_place else ""
    if words:  # the place stands in them
        place = replace(place, words="")
    if matter:
        intake.name_matter(session, ticket, matter, by="resident")
    if place.outside is not None:
        _refer(talk, ticket, place, words, photos=photos)
    else:
        additions.add(session, ticket, by="resident", words=words, place=place, photos=photos)


def has_report(session: Session, contact: Contact | None) -> bool:
    """Whether this number has a report under way that something can be added to."""
    return contact is not None and newest(session, contact) is not None


def newest(session: Session, contact: Contact) -> Ticket | None:
    """This number's newest report that is under way."""
    found: Ticket | None = session.scalar(_under_way(contact).order_by(Ticket.changed_at.desc()).limit(1))
    return found


def asked_for_place(session: Session, contact: Contact) -> Ticket | None:
    """The newest report of this number whose receipt asked where it is, and that still waits to hear it."""
    asked = (
        select(Ticket)
        .join(Message, Message.ticket_id == Ticket.id)
        .where(Ticket.contact_id == contact.id, Ticket.area.is_(None), Ticket.latitude.is_(None))
        .where(Ticket.state.not_in(lifecycle.OVER), Message.template.in_(ASKING_WHERE))
        .where(Message.created_at > clock.now() - ASKED_FOR)
        .order_by(Ticket.created_at.desc())
    )
    return next((ticket for ticket in session.scalars(asked.limit(MOST)) if lacks_place(session, ticket)), None)


def lacks_place(session: Session, ticket: Ticket) -> bool:
    """Whether nobody said where it is, not even in words that name no place we know."""
    if ticket.area is not None or ticket.latitude is not None:
        return False
    told = select(Note.id).where(Note.ticket_id == ticket.id, Note.kind == "place")
    return session.scalar(told.limit(1)) is None


def lacks_matter(session: Session, ticket: Ticket) -> bool:
    """Whether nobody knows yet what a report is about that its department has not seen."""
    if ticket.category != city().category("").key or ticket.state != lifecycle.RECEIVED:
        return False
    written = select(Note.text).where(Note.ticket_id == ticket.id, Note.by == "resident")
    return all(intents.matter(words) is None for words in session.scalars(written))


def _other_matter(session: Session, found: Understood, ticket: Ticket) -> bool:
    named = intents.matter(found.words)
    return named is not None and named != ticket.category and not lacks_matter(session, ticket)


def is_elsewhere(session: Session, ticket: Ticket, message: Message, *, area: str | None, outside: str | None) -> bool:
    """Whether a text names an area, a point or a street that is none of this report."""
    if outside or (area and ticket.area and area != ticket.area):
        return True
    point = additions.place_with(message).point
    if point and ticket.latitude is not None and ticket.longitude is not None:
        return places.kilometres(point, (ticket.latitude, ticket.longitude)) > SAME_SPOT_KILOMETRES
    named, told = _streets(message.body), _streets("\n".join(_told(session, ticket)))
    return bool(named and told) and not named & told


def _under_way(contact: Contact) -> Select[Any]:
    mine = select(Ticket).where(Ticket.contact_id == contact.id, Ticket.state.not_in(lifecycle.OVER))
    return mine.where(Ticket.category.not_in((callbacks.MESSAGE, OPINION)))


def is_said(session: Session, ticket: Ticket, message: Message) -> bool:
    """Whether a text brings nothing but words that this report has already."""
    words = (message.body or "").strip()
    return bool(words) and words in _told(session, ticket) and not brings(session, message)


def tell_again(talk: Talk, ticket: Ticket) -> None:
    """Who sends the same once more hears how it stands, at most once an hour: it may be a machine that answers us."""
    talk.incoming.ticket_id = ticket.id
    if talk.contact is not None and not texts.told_within(talk.session, talk.contact, AGAIN_AFTER):
        level = disclosure.level_of(talk.session, talk.contact, ticket)
        news.to_asker(talk.session, talk.contact, ticket, level, occasion=talk.occasion)


def _told(session: Session, ticket: Ticket) -> list[str]:
    return [words.strip() for words in session.scalars(select(Note.text).where(Note.ticket_id == ticket.id))]


def _streets(words: str | None) -> set[tuple[str, str]]:
    """Streets and blocks that are named, whatever their prefix is short for."""
    found = _STREET.findall((words or "").lower())
    return {(prefix[0], name) for prefix, name in found}


def says_where(session: Session, ticket: Ticket, words: str, *, asked: bool) -> bool:
    """Whether words are a place that the report has not: one that we know, or what reads like one."""
    if not words or not lacks_place(session, ticket):
        return False
    if places.recognise(words).result in ("match", "outside"):
        return True
    return intents.where(words) >= (PERHAPS_A_PLACE if asked else SURELY_A_PLACE)


def _refer(talk: Talk, ticket: Ticket, place: additions.Place, words: str, *, photos: bool) -> None:
    """It lies beyond the border: the call centre passes it on."""
    if ticket.department != routing.TRIAGE:
        moves.assign(talk.session, ticket, routing.TRIAGE, by="resident")
    additions.add(talk.session, ticket, by="resident", words=words, place=place, photos=photos, told=False)
    news.received(talk.session, ticket, template="SMS36", outside=place.outside)
