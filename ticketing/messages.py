"""The one door for words to residents, and for what they send: tell, receive, delivered.

Opt-out, language, night and the one-status-in-four-hours rule live here and nowhere else, so that no other room can
forget them. Telling writes a message and its outbox row in the caller's transaction; workers do the sending.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock, stores
from config.hotline import CITY_LANGUAGE, city
from ticketing import contacts, outgoing
from ticketing.models import Contact, Message, Outbox, Ticket
from ticketing.numbers import Number

STATUS_GAP = timedelta(hours=4)
NIGHT_FROM, NIGHT_TO = 21, 6
SMS_BUDGET = timedelta(hours=4)

# How far a text has come. A receipt never takes it back, in whatever order and number receipts arrive.
_RANK = {"queued": 0, "accepted": 0, "scheduled": 0, "sending": 1, "sent": 2, "delivered": 3, "read": 4}
UNDER_WAY = tuple(status for status, rank in _RANK.items() if rank < _RANK["delivered"])
_ENDED = {"delivered", "undelivered", "failed", "canceled"}


def tell(
    session: Session,
    contact: Contact | None,
    template: str,
    *,
    about: Ticket | None = None,
    language: str = CITY_LANGUAGE,
    occasion: str = "",
    held_until: datetime | None = None,
    **fills: str,
) -> Message | None:
    """Promise one text. None when this contact cannot or does not want to get it, or was told on this occasion.

    `language` is what somebody gets who never chose one and has no ticket this is about.
    """
    if contact is None or not contact.sms or contact.opted_out_at:
        return None
    reports_it = about is not None and about.contact_id == contact.id
    if about is not None and about.quiet and reports_it:
        return None
    key = f"sms:{about.id if about else contact.id}:{template}:{occasion}"
    key += "" if reports_it or about is None else f":{contact.id}"
    language = contacts.language(contact, about.language if about else language)
    message = Message(
        inbound=False,
        contact_id=contact.id,
        ticket_id=about.id if about else None,
        template=template,
        body=city().text(language, "sms", template).format(**fills),
        status="promised",
    )
    due, earlier = held_until or clock.now(), []
    if city().sms_class(template) == "status" and about is not None:
        earlier = _status_rows(session, about, contact)
        due = _after_night(max(due, _four_hours_after_the_last(earlier)))
    promised = outgoing.promise(
        session,
        kind="sms",
        queue="texts",
        destination=f"contact:{contact.id}",
        key=key,
        subject=message.id,
        ticket=about,
        not_before=due,
        held=held_until is not None,
        # A first receipt may be sent once more when nobody knows what became of it; a status text never.
        repeatable=city().sms_class(template) == "receipt",
        give_up_after=SMS_BUDGET,
    )
    if promised is None:
        return None
    session.add(message)
    session.flush()
    _replace_unsent(earlier)
    return message


def receive(session: Session, *, sid: str, sender: Number, body: str, at: datetime | None = None) -> bool:
    """Store an incoming text once, before it is understood; stop or start texts if it says so. False if seen before.
    One that came late (`at`) says nothing any more when the number has sent a newer one."""
    contact = contacts.known(session, sender)
    message = Message(
        inbound=True, sid=sid, contact_id=contact.id if contact else None, body=body, status="received",
        created_at=at or clock.now(),
    )  # fmt: skip
    if not stores.insert_new(session, message):
        return False
    if contact is not None and not (at and _has_newer(session, message)):
        wish = city().keyword(body)
        if wish == "stop":
            contact.opted_out_at = contact.opted_out_at or clock.now()
        elif wish == "start":
            contact.opted_out_at = None
    return True


def _has_newer(session: Session, message: Message) -> bool:
    newer = select(Message.id).where(
        Message.contact_id == message.contact_id, Message.inbound, Message.created_at > message.created_at
    )
    return session.scalar(newer.limit(1)) is not None


def delivered(session: Session, message_id: UUID, *, sid: str, status: str, error: str | None) -> bool:
    """Note what became of a text. Moves forward only; False when the receipt is late, doubled or unknown."""
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
    outgoing.receipt(session, message.id, provider_ref=sid, good=good, status=status)
    return True


def waits(message: Message) -> timedelta | None:
    """For how long a status text that comes late must still wait, because it is night; None when it may go."""
    now = clock.now()
    until = _after_night(now) if city().sms_class(message.template or "") == "status" else now
    return until - now if until > now else None


def _after_night(due: datetime) -> datetime:
    """Status texts wait from 21.00 to 06.00 on the city's clock."""
    there = clock.local(due)
    if NIGHT_TO <= there.hour < NIGHT_FROM:
        return due
    morning = there.replace(hour=NIGHT_TO, minute=0, second=0, microsecond=0)
    return morning if there.hour < NIGHT_TO else morning + timedelta(days=1)


def _status_rows(session: Session, ticket: Ticket, contact: Contact) -> list[tuple[Outbox, Message]]:
    """The status texts about this ticket to this number, locked, so that no worker takes one being replaced."""
    rows = session.execute(
        select(Outbox, Message)
        .join(Message, Message.id == Outbox.subject_id)
        .where(Outbox.ticket_id == ticket.id, Outbox.kind == "sms", Message.contact_id == contact.id)
        .with_for_update(of=Outbox)
        .execution_options(populate_existing=True)
    )
    return [(row, message) for row, message in rows if city().sms_class(message.template or "") == "status"]


def _four_hours_after_the_last(earlier: list[tuple[Outbox, Message]]) -> datetime:
    """What is on its way, or may have left, counts as sent now."""
    now = clock.now()
    sent = [row.finished_at or now for row, _ in earlier if row.state in ("sent", "delivered")]
    sent += [now for row, _ in earlier if row.state in ("leased", "unknown")]
    return max(sent) + STATUS_GAP if sent else now


def _replace_unsent(earlier: list[tuple[Outbox, Message]]) -> None:
    """A text that surely has not left gives way to the newer one, also one that was tried and refused for a while."""
    for row, message in earlier:
        if row.state == "pending" and row.unknown_since is None:
            outgoing.drop(row, "replaced by a later state")
            message.status = "canceled"
