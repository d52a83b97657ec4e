"""The one door for words to residents: by which channel, when, how often, and with which words.

Channel, opt-out, language, night, the budget of a number and the one-status-in-four-hours rule live here and nowhere
else, so that no other room can forget them. Telling writes a message and its outbox row in the caller's transaction;
workers do the sending. A template is named without its channel: where SMS goes one way only (SMS_DUA_ARAH is off) the
text of the same name with a "b" is sent, which asks for no reply.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import clock
from config.hotline import CITY_LANGUAGE, city
from config.settings import settings
from ticketing.contacts import contacts
from ticketing.messages import whatsapp
from ticketing.models import Contact, Message, Outbox, Ticket
from ticketing.outgoing import promises
from ticketing.rules import holds, numbers

SMS, WHATSAPP, VOICE = "sms", "whatsapp", "voice"
NIGHT_FROM, NIGHT_TO = 21, 6  # status texts wait for the morning
OURS = ("mobile", "fixed")  # numbers of +62; nothing goes anywhere else, whoever asks
# A receipt later than this is no answer to a contact any more: it waits for the day.
RECEIPT_WITHIN = timedelta(hours=1)
ELSEWHERE_WITHIN = timedelta(hours=24)  # a text that failed goes another way while it still says something
ANSWERS_AN_HOUR, TEXTS_A_DAY = 3, 10
# Answers that only inform; a number gets so many an hour. The others answer something that was done for it.
INFORMING = {
    "SMS07", "SMS07c", "SMS07p", "SMS08", "SMS08c", "SMS09", "SMS10", "SMS14", "SMS25", "SMS39",
    "SMS40", "SMS41", "SMS42", "SMS44", "SMS46", "SMS47",
}  # fmt: skip
ASKS_FOR_FIGURES = ("SMS05", "SMS23", "SMS39", "SMS47")
# What is worth a telephone call to somebody whom no text reaches.
TOLD_BY_VOICE = {"SMS04", "SMS05", "SMS05c", "SMS17", "SMS18", "SMS19", "SMS28", "SMS35"}


def channel_of(contact: Contact | None, template: str = "") -> str | None:
    """How this number is told something: by what it wrote with last, else by what reaches it. None when nothing may."""
    return next(iter(ways(contact, template)), None)


def ways(contact: Contact | None, template: str) -> list[str]:
    """The channels that reach this number, the one it wrote with last first; a call where no text ever arrives."""
    if contact is None or not contact.phone or numbers.read(contact.phone).kind not in OURS:
        return []
    ways = [SMS] if contact.sms and not contact.sms_refused else []
    if whatsapp.takes(contact, template):
        ways.insert(0 if contact.channel == WHATSAPP else len(ways), WHATSAPP)
    if not ways and template in TOLD_BY_VOICE:
        ways.append(VOICE)
    return ways


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
    """Promise one text. None when this contact cannot or does not want to get it, had enough today, or was told on this
    occasion.

    `language` is what somebody gets who never chose one and has no ticket this is about. While a text of this number is
    being read (`answering`) this answers it: who asks is answered at once, also after STOP.
    """
    channel = channel_of(contact, template)
    if contact is None or channel is None:
        return None
    reply_to = _answering(session, contact)
    if (contact.opted_out_at or contact.restricted_at) and reply_to is None:
        return None
    reports_it = about is not None and about.contact_id == contact.id
    if about is not None and about.quiet and reports_it and reply_to is None:
        return None
    if reply_to is not None and _had_enough(session, contact, template):
        return None
    key = f"sms:{about.id if about else contact.id}:{template}:{occasion}"
    key += "" if reports_it or about is None else f":{contact.id}"
    language = contacts.language(contact, about.language if about else language)
    message = Message(
        inbound=False,
        contact_id=contact.id,
        ticket_id=about.id if about else None,
        template=template,
        body=body(template, channel, language, fills),
        details=json.dumps({"language": language, "fills": fills}),
        channel=channel,
        reply_to_id=reply_to.id if reply_to else None,
        status="promised",
    )
    due, earlier = held_until or clock.now(), []
    if city().sms_class(template) == "status" and about is not None:
        earlier = _status_rows(session, about, contact)
        answer = reply_to is not None
        if holds.GAP.holds(priority=about.priority, template=template, answer=answer):
            due = max(due, _after_the_last(earlier))
        if holds.NIGHT.holds(priority=about.priority, template=template, answer=answer):
            due = clock.next_daytime(due, NIGHT_TO, NIGHT_FROM)
    if not promise(session, message, about, key=key, due=due, held=held_until is not None):
        return None
    _replace_unsent(earlier)
    return message


def answering(session: Session, message: Message) -> None:
    """From here to the end of the transaction, whatever is told to the sender of this text answers it."""
    session.info["answering"] = message


def _answering(session: Session, contact: Contact) -> Message | None:
    message: Message | None = session.info.get("answering")
    return message if message is not None and message.contact_id == contact.id else None


def body(template: str, channel: str, language: str, fills: dict[str, Any]) -> str:
    """The words of a template as this channel says them."""
    one_way = channel == SMS and not settings().sms_dua_arah and city().sms_class(f"{template}b") is not None
    return city().text(language, "sms", f"{template}b" if one_way else template).format(**fills)


def told_today(session: Session, contact: Contact, *templates: str) -> int:
    """How many texts this number was promised since midnight, of these templates or of all."""
    midnight = clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    return _count(session, contact, midnight, templates)


def told_within(session: Session, contact: Contact, period: timedelta, *templates: str) -> bool:
    """Whether this number got an answer by one of these templates within `period`."""
    return _count(session, contact, clock.now() - period, templates) > 0


def asked_last(session: Session, contact: Contact | None) -> str | None:
    """The template of the last question to this number that may be answered with a figure."""
    if contact is None:
        return None
    asked = select(Message.template).where(
        Message.contact_id == contact.id, ~Message.inbound, Message.template.in_(ASKS_FOR_FIGURES)
    )
    found: str | None = session.scalar(asked.order_by(Message.created_at.desc()).limit(1))
    return found


def _count(session: Session, contact: Contact, since: datetime, templates: tuple[str, ...]) -> int:
    query = select(func.count()).where(
        Message.contact_id == contact.id, ~Message.inbound, Message.created_at >= since, Message.status != "canceled"
    )
    if templates:
        query = query.where(Message.template.in_(templates))
    return session.scalar(query.where(Message.reply_to_id.is_not(None))) or 0


def _had_enough(session: Session, contact: Contact, template: str) -> bool:
    """The budget of a number (S9): so many answers in an hour, so many in a day; an emergency is always answered."""
    if city().sms_class(template) == "urgent":
        return _count(session, contact, clock.now() - timedelta(hours=1), (template,)) >= ANSWERS_AN_HOUR
    informing = template in INFORMING or template.startswith("info_")
    an_hour = tuple(
        sorted(INFORMING | {one for one in city().languages[CITY_LANGUAGE].night if one.startswith("info_")})
    )
    if informing and _count(session, contact, clock.now() - timedelta(hours=1), an_hour) >= ANSWERS_AN_HOUR:
        return True
    return told_today(session, contact) >= TEXTS_A_DAY


def promise(
    session: Session, message: Message, about: Ticket | None, *, key: str, due: datetime, held: bool = False
) -> bool:
    """The row that carries a message out; False when it was promised before."""
    promised = promises.promise(
        session,
        "call" if message.channel == VOICE else "sms",
        message.id,
        to=message.contact_id,
        key=key,
        ticket=about,
        not_before=due,
        held=held,
        # A first receipt may be sent once more when nobody knows what became of it; a status text never.
        repeatable=city().sms_class(message.template or "") == "receipt",
    )
    if promised is None:
        return False
    session.add(message)
    session.flush()
    return True


def details_of(message: Message) -> dict[str, Any]:
    """What came with a text, or what it was filled with."""
    found = message.details
    return dict(json.loads(found)) if found else {}


def quoted_ticket(session: Session, message: Message) -> Ticket | None:
    """The report of the text that this one quotes."""
    quoted = details_of(message).get("quoted")
    if not quoted or message.contact_id is None:
        return None
    told = select(Message.ticket_id).where(Message.sid == str(quoted), Message.contact_id == message.contact_id)
    found = session.scalar(told)
    return session.get(Ticket, found) if found else None


def barred(message: Message) -> str | None:
    """Why this text may not leave any more, whatever was promised; None when it may. Answers may always."""
    contact, asked = message.contact, message.reply_to_id is not None
    if contact is None or not contact.phone or not message.body:
        return "the number or the text was erased"
    if contact.opted_out_at and not asked:
        return "the resident asked for no texts"
    if contact.restricted_at and not asked:
        return "the resident gets nothing but answers"
    if numbers.read(contact.phone).kind not in OURS:
        return "it is no number of +62"
    return None


def waits(session: Session, message: Message) -> timedelta | None:
    """For how long a text that comes late must still wait, because it is night; None when it may go."""
    now = clock.now()
    kind = city().sms_class(message.template or "")
    about = session.get(Ticket, message.ticket_id) if message.ticket_id else None
    priority = about.priority if about else ""
    answer = message.reply_to_id is not None
    by_day = holds.NIGHT.holds(priority=priority, template=message.template or "", answer=answer) and (
        kind == "status" or (kind == "receipt" and now - message.created_at > RECEIPT_WITHIN)
    )
    until = clock.next_daytime(now, NIGHT_TO, NIGHT_FROM) if by_day else now
    return until - now if until > now else None


def _status_rows(session: Session, ticket: Ticket, contact: Contact) -> list[tuple[Outbox, Message]]:
    """The status texts about this ticket to this number, locked, so that no worker takes one being replaced."""
    rows = session.execute(
        select(Outbox, Message)
        .join(Message, Message.id == Outbox.subject_id)
        .where(Outbox.ticket_id == ticket.id, Outbox.kind.in_(("sms", "call")), Message.contact_id == contact.id)
        .with_for_update(of=Outbox)
        .execution_options(populate_existing=True)
    )
    return [(row, message) for row, message in rows if city().sms_class(message.template or "") == "status"]


def _after_the_last(earlier: list[tuple[Outbox, Message]]) -> datetime:
    """What is on its way, or may have left, counts as sent now."""
    now = clock.now()
    sent = [row.finished_at or now for row, _ in earlier if row.state in ("sent", "delivered")]
    sent += [now for row, _ in earlier if row.state in ("leased", "unknown")]
    return max(sent) + holds.GAP.period if sent else now


def _replace_unsent(earlier: list[tuple[Outbox, Message]]) -> None:
    """A text that surely has not left gives way to the newer one, also one that was tried and refused for a while."""
    for row, message in earlier:
        if row.state == "pending" and row.unknown_since is None:
            promises.drop(row, "replaced by a later state")
            message.status = "canceled"
