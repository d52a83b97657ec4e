"""Delivery receipts: how far a text came, what the carrier refuses for good, and the way a failed text goes next."""

import json
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock
from config.hotline import CITY_LANGUAGE, city
from ticketing.contacts import contacts
from ticketing.messages import texts
from ticketing.models import Contact, Message, Ticket
from ticketing.outgoing import promises

# What the carrier says of a number that will never take a text on this channel: its code, and what that means.
PERMANENT = {
    texts.SMS: {
        "21211": "it is no telephone number",
        "21214": "it cannot be reached",
        "21217": "it is no telephone number",
        "21610": "it stopped our texts at the carrier",
        "21612": "no text gets there from our sender",
        "21614": "it is no mobile number",
        "30004": "it blocks our texts",
        "30005": "nobody has this number",
        "30006": "it is a landline",
    },
    texts.WHATSAPP: {
        "63003": "it is not on WhatsApp",
        "63024": "it cannot get WhatsApp messages from us",
        "63033": "it blocks us on WhatsApp",
    },
}
NOT_REGISTERED = "not registered"  # a WhatsApp text that nobody registered, after its day of free words
# How far a text has come. A receipt never takes it back, in whatever order and number receipts arrive.
_RANK = {"queued": 0, "accepted": 0, "scheduled": 0, "sending": 1, "sent": 2, "delivered": 3, "read": 4}
UNDER_WAY = tuple(status for status, rank in _RANK.items() if rank < _RANK["delivered"])
_ENDED = {"delivered", "undelivered", "failed", "canceled"}


def delivered(session: Session, message_id: UUID, *, sid: str, status: str, error: str | None) -> bool:
    """Note what became of a text. Moves forward only; False when the receipt is late, doubled or unknown. What failed
    goes another way where there is one."""
    message = session.get(Message, message_id, with_for_update=True)
    if message is None or message.inbound:
        return False
    ended = message.status in _ENDED or message.status == "read"
    if ended and not (message.status == "delivered" and status == "read"):
        return False
    if status not in _ENDED and _RANK.get(status, -1) <= _RANK.get(message.status, -1):
        return False
    message.status, message.error, message.sid = status, error, message.sid or sid
    good = status not in _ENDED or status == "delivered"  # also "queued" proves that the carrier has it
    promises.receipt(session, message.id, provider_ref=sid, good=good, status=status)
    if status in ("undelivered", "failed"):
        failed(session, message, code=error or "")
    return True


def refused(session: Session, message_id: UUID, *, code: str) -> None:
    """The carrier did not take this text at all, and never will."""
    message = session.get(Message, message_id, with_for_update=True)
    if message is None or message.status != "promised":
        return
    message.status, message.error = "failed", code[:20]
    failed(session, message, code=code)


def failed(session: Session, message: Message, *, code: str) -> bool:
    """The carrier will not bring this text there: close the channel where it never will, and go another way. True when
    there is one."""
    contact = message.contact
    if contact is None:
        return False
    if code == "21610":  # the carrier's own list of who wants no texts
        contact.opted_out_at = contact.opted_out_at or clock.now()
        return False
    if code in PERMANENT.get(message.channel, {}):
        contacts.refuse(contact, message.channel, code)
    template = message.template or ""
    old = clock.now() - message.created_at > texts.ELSEWHERE_WITHIN or _overtaken(session, message)
    if old or contact.opted_out_at or contact.restricted_at:
        return False
    given = texts.details_of(message)
    tried = {*given.get("tried", ()), message.channel}
    other = next((one for one in texts.ways(contact, template) if one not in tried), None)
    if other is None:
        return False
    again = Message(
        inbound=False,
        contact_id=contact.id,
        ticket_id=message.ticket_id,
        template=template,
        body=texts.body(template, other, given.get("language", CITY_LANGUAGE), given.get("fills", {})),
        details=json.dumps({**given, "tried": sorted(tried)}),
        channel=other,
        reply_to_id=message.reply_to_id,
        status="promised",
    )
    about = session.get(Ticket, message.ticket_id) if message.ticket_id else None
    return texts.promise(session, again, about, key=f"{other}:{message.id}", due=clock.now())


def refusals(contact: Contact) -> list[tuple[str, str, str]]:
    """The channels that never reach this number: the carrier's code, and what that means."""
    codes = {texts.SMS: contact.sms_refused, texts.WHATSAPP: contact.whatsapp_refused}
    return [(channel, code, PERMANENT[channel].get(code, "it said so")) for channel, code in codes.items() if code]


def _overtaken(session: Session, message: Message) -> bool:
    """A later state of the same ticket was promised to this number since."""
    if message.ticket_id is None or city().sms_class(message.template or "") != "status":
        return False
    later = select(Message.template).where(
        Message.ticket_id == message.ticket_id,
        Message.contact_id == message.contact_id,
        ~Message.inbound,
        Message.created_at > message.created_at,
        Message.id != message.id,
    )
    return any(city().sms_class(template or "") == "status" for template in session.scalars(later))
