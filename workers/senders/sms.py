"""Texts through the carrier, by SMS or by WhatsApp as the message says. The status callback carries our signed row id,
so a receipt alone proves delivery. What the carrier refuses for good is told to messages/receipts.py, which knows
another way.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from requests.exceptions import RequestException
from sqlalchemy.orm import Session
from twilio.base.exceptions import TwilioException, TwilioRestException

from config.hotline import CITY_LANGUAGE
from config.logs import warn
from config.settings import settings
from ticketing.messages import receipts, texts, whatsapp
from ticketing.models import Contact, Message
from ticketing.outgoing import links, spending
from workers import carrier, transactions
from workers.outcomes import Outcome, Work, dead, later, not_yet, sent, unknown

CEILING_PAUSE = timedelta(minutes=10)
URGENT = "SMS20"  # who is told to dial 112 is told so at any cost
PREFIX = "whatsapp:"


@dataclass(frozen=True)
class Text:
    """A text as the carrier wants it. `body` is what its list shows, also of a registered text, which is sent as its
    `content` and `variables`."""

    id: UUID
    to: str
    sender: str
    body: str
    callback: str
    since: datetime
    content: str = ""
    variables: str = ""


@dataclass(frozen=True)
class Unsendable:
    """A WhatsApp text that nobody registered, and whose day of free words is over."""

    id: UUID


def prepare(session: Session, work: Work) -> Text | Unsendable | Outcome:
    message = session.get(Message, work.subject)
    if message is None or message.contact is None:
        return dead("the number or the text was erased")
    if why := texts.barred(message):
        return dead(why)
    wait = texts.waits(session, message)
    if wait:
        return not_yet("status texts wait for the morning", wait)
    if reason := spending.over(session, message.channel, urgent=message.template == URGENT):
        warn("texts wait", why=reason)
        return not_yet(reason, CEILING_PAUSE)
    if message.channel == texts.WHATSAPP:
        return _by_whatsapp(message, message.contact, work)
    callback = links.message_status(message.id) + links.TOLD_AGAIN
    return Text(message.id, message.contact.phone, settings().sms_sender, message.body, callback, work.created_at)


def send(text: Text | Unsendable) -> Outcome:
    if isinstance(text, Unsendable):
        _go_another_way(text.id, receipts.NOT_REGISTERED)
        return dead("the resident wrote more than a day ago, and this text is not registered at WhatsApp")
    client = carrier.client()
    try:
        return sent(
            carrier.created(
                client.messages.create, to=text.to, from_=text.sender, status_callback=text.callback, **_words(text)
            )
        )
    except TwilioRestException as fault:
        return _refused(text, fault, carrier.retry_after(fault, client))
    except (RequestException, TwilioException, ValueError) as fault:  # ValueError: half an answer
        if carrier.never_left(fault):
            return later(f"no connection: {type(fault).__name__}")
        return unknown(f"no answer: {type(fault).__name__}")


def ask(text: Text | Unsendable) -> Outcome | None:
    """Look for the text in the carrier's own list."""
    if isinstance(text, Unsendable):  # it never left
        return send(text)
    try:
        with carrier.whole_answers():  # the list is by day
            listed = carrier.client().messages.list(
                to=text.to, date_sent_after=text.since - timedelta(days=1), limit=50
            )
    except (RequestException, TwilioException, ValueError) as fault:
        return unknown(f"cannot ask: {type(fault).__name__}", wait=timedelta(minutes=1))
    for seen in listed:
        made = seen.date_created
        # A minute's grace for clocks that differ.
        if seen.body == text.body and (made is None or made >= text.since - timedelta(minutes=1)):
            return sent(str(seen.sid))
    return None


def _by_whatsapp(message: Message, contact: Contact, work: Work) -> Text | Unsendable:
    """In the words of the message for a day after the resident wrote; else only as it was registered."""
    given, template = texts.details_of(message), message.template or ""
    language, fills = str(given.get("language", CITY_LANGUAGE)), dict(given.get("fills", {}))
    body, content, variables = message.body, "", ""
    if not whatsapp.is_free(contact):
        content = whatsapp.content(template, language) or ""
        if not content:
            return Unsendable(message.id)
        body, variables = (make(template, language, fills) for make in (whatsapp.filled, whatsapp.variables))
    return Text(
        message.id,
        f"{PREFIX}{contact.phone}",
        f"{PREFIX}{settings().whatsapp_sender}",
        body,
        links.message_status(message.id) + links.TOLD_AGAIN,
        work.created_at,
        content,
        variables,
    )


def _words(text: Text) -> dict[str, Any]:
    if text.content:
        return {"content_sid": text.content, "content_variables": text.variables}
    return {"body": text.body}


def _refused(text: Text, fault: TwilioRestException, wait: timedelta | None) -> Outcome:
    reason = f"carrier {fault.status}, code {fault.code}"
    if fault.status == 429:  # not processed: safe to send again
        return later(reason, wait=wait)
    if fault.status >= 500:
        return unknown(reason, declined=True)
    if fault.status in (401, 403):  # our credentials, not this text: keep it until somebody mended them
        return later(reason, wait=timedelta(minutes=5))
    _go_another_way(text.id, str(fault.code))
    return dead(reason)


def _go_another_way(message_id: UUID, code: str) -> None:
    with transactions.transaction() as session:
        receipts.refused(session, message_id, code=code)
