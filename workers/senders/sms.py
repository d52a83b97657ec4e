"""Texts through the carrier. The status callback carries our signed row id, so a receipt alone proves delivery."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from requests.exceptions import RequestException
from sqlalchemy.orm import Session
from twilio.base.exceptions import TwilioException, TwilioRestException

from config.logs import warn
from config.settings import settings
from ticketing import links, messages, spending
from ticketing.models import Message
from workers.outbox import Outcome, Work, dead, later, not_yet, sent, unknown
from workers.senders import carrier

CEILING_PAUSE = timedelta(minutes=10)


@dataclass(frozen=True)
class Text:
    to: str
    body: str
    callback: str
    since: datetime


def prepare(session: Session, work: Work) -> Text | Outcome:
    message = session.get(Message, work.subject)
    contact = message.contact if message else None
    if message is None or contact is None or not contact.phone or not message.body:
        return dead("the number or the text was erased")
    if contact.opted_out_at:
        return dead("the resident asked for no texts")
    wait = messages.waits(message)
    if wait:
        return not_yet("status texts wait for the morning", wait)
    if spending.texts_are_over(session):
        warn("texts have reached today's ceiling")
        return not_yet("today's ceiling of texts is reached", CEILING_PAUSE)
    return Text(contact.phone, message.body, links.message_status(message.id) + links.TOLD_AGAIN, work.created_at)


def send(text: Text) -> Outcome:
    client = carrier.client()
    try:
        made = client.messages.create(
            to=text.to, from_=settings().sms_sender, body=text.body, status_callback=text.callback
        )
    except TwilioRestException as fault:
        return _refused(fault, carrier.retry_after(fault, client))
    except (RequestException, TwilioException, ValueError) as fault:  # ValueError: half an answer
        if carrier.never_left(fault):
            return later(f"no connection: {type(fault).__name__}")
        return unknown(f"no answer: {type(fault).__name__}")
    return sent(str(made.sid))


def ask(text: Text) -> Outcome | None:
    """Look for the text in the carrier's own list."""
    try:
        # The list is by day; a minute's grace for clocks that differ.
        for seen in carrier.client().messages.list(
            to=text.to, date_sent_after=text.since - timedelta(days=1), limit=50
        ):
            made = seen.date_created
            if seen.body == text.body and (made is None or made >= text.since - timedelta(minutes=1)):
                return sent(str(seen.sid))
    except (RequestException, TwilioException, ValueError) as fault:
        return unknown(f"cannot ask: {type(fault).__name__}", wait=timedelta(minutes=1))
    return None


def _refused(fault: TwilioRestException, wait: timedelta | None) -> Outcome:
    reason = f"carrier {fault.status}, code {fault.code}"
    if fault.status == 429:  # not processed: safe to send again
        return later(reason, wait=wait)
    if fault.status >= 500:
        return unknown(reason, declined=True)
    if fault.status in (401, 403):  # our credentials, not this text: keep it until somebody mended them
        return later(reason, wait=timedelta(minutes=5))
    return dead(reason)
