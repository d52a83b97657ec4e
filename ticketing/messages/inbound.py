"""Texts from residents, stored before anybody understands them: one shape for every adapter, once for every id."""

import json
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock, stores
from ticketing.contacts import contacts, erased
from ticketing.messages.texts import SMS, WHATSAPP
from ticketing.models import Message, Photo
from ticketing.rules import points
from ticketing.rules.numbers import Number

STICKER = "image/webp"
_DECIMALS = re.compile(r"\d[.,]\d{3}")


@dataclass(frozen=True)
class Media:
    """Something that came with a text: where it is fetched, in the words of its provider, and what it is said to be."""

    source: str
    type: str = ""


@dataclass(frozen=True)
class Inbound:
    """A text as every adapter hands it over, whoever carried it."""

    sid: str
    sender: Number
    body: str
    channel: str = SMS
    at: datetime | None = None  # when it was sent, of one that came late
    media: tuple[Media, ...] = ()
    place: tuple[float, float] | None = None  # latitude and longitude of a shared location
    address: str = ""
    button: str = ""
    quoted: str = ""  # the id of the text that it answers


def receive(session: Session, text: Inbound) -> Message | None:
    """Store an incoming text once, before it is understood; None if it was seen before, or sent by a number that was
    erased since. What came with it is fetched later."""
    if text.at is not None and erased.since(text.sender.e164, text.at):
        return None
    contact = contacts.known(session, text.sender)
    details = {
        "place": text.place or _pasted(text.body),
        "address": text.address[:200],
        "button": text.button[:100],
        "late": bool(text.at),
        "quoted": text.quoted[:64],
    }
    message = Message(
        inbound=True,
        sid=text.sid,
        contact_id=contact.id if contact else None,
        contact=contact,
        body=whole(text.body),
        details=json.dumps({name: value for name, value in details.items() if value}),
        channel=text.channel,
        status="received",
        created_at=text.at or clock.now(),
    )
    if not stores.insert_new(session, message):
        if contact is not None and contacts.is_new(session, contact):
            session.delete(contact)  # it was erased, and the carrier repeats itself
        return None
    if contact is not None and not (text.at and has_newer(session, message)):
        contacts.wrote(contact, text.channel)
    for media in () if _is_sticker(text) else text.media:
        stores.insert_new(session, Photo(message_id=message.id, source=media.source, by="resident"))
    return message


def _is_sticker(text: Inbound) -> bool:
    """A drawing that WhatsApp sends instead of a word; photos are never of this type there."""
    return text.channel == WHATSAPP and not text.body and {media.type for media in text.media} == {STICKER}


def _pasted(body: str) -> points.Point | None:
    """The point of a map's link or of coordinates in a text; no figures that only look like some."""
    return points.read(body) if _DECIMALS.search(body) else None


def whole(text: str) -> str:
    """`text` without halves of characters, which JSON can carry and no database keeps."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def has_newer(session: Session, message: Message) -> bool:
    """The number has sent another text since this one, which came late."""
    newer = select(Message.id).where(
        Message.contact_id == message.contact_id, Message.inbound, Message.created_at > message.created_at
    )
    return session.scalar(newer.limit(1)) is not None
