"""Texts: what residents send is stored once and answered empty; what became of ours is noted. One door out: any answer
in words goes through ticketing/messages.py, never through the webhook's reply."""

import re

from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError
from twilio.twiml.messaging_response import MessagingResponse

from config import measures
from config.logs import log, warn
from config.settings import settings
from ivr.channels.guard import TEXT, TEXT_STATUS, Form, NoRoom, guarded
from ticketing import links, messages, numbers
from workers import outbox

sms = Blueprint("sms", __name__)

MOST_BODY = 5_000
_WORD = re.compile(r"[a-z]{1,20}")
_CODE = re.compile(r"[0-9]{1,10}")


@sms.post("/sms/incoming")
@guarded(TEXT)
def incoming(form: Form) -> Response:
    """A text from a resident."""
    sender = numbers.read(form["From"], hotline=settings().hotline_number)
    body = form["Body"][:MOST_BODY]
    new = outbox.carry_out(lambda session: messages.receive(session, sid=form["MessageSid"], sender=sender, body=body))
    log("text received", message=form["MessageSid"], new=new, sender=numbers.mask(sender.e164))
    return Response(str(MessagingResponse()), mimetype="text/xml")


@sms.post("/sms/status")
@guarded(TEXT_STATUS)
def status(form: Form) -> Response:
    """The carrier tells how far one of our texts came."""
    message_id = links.read_message(request.args.get("ref", "")[:300])
    told = form["MessageStatus"].lower()
    if message_id is None or not _WORD.fullmatch(told.replace("_", "")):
        warn("receipt for nothing of ours", message=form["MessageSid"])
        return Response(status=204)
    error = form["ErrorCode"] if _CODE.fullmatch(form.get("ErrorCode", "")) else None
    moved = outbox.carry_out(
        lambda session: messages.delivered(session, message_id, sid=form["MessageSid"], status=told, error=error)
    )
    log("receipt", message=str(message_id), status=told, moved=moved)
    return Response(status=204)


@sms.errorhandler(Exception)
def broken(fault: Exception) -> Response:
    """Answer fast that it did not work, so that the carrier's fallback answers and the text is fetched later."""
    trace = None if isinstance(fault, SQLAlchemyError | NoRoom) else fault
    warn("text broke", endpoint=str(request.endpoint), why=type(fault).__name__, exc_info=trace)
    measures.add("text refused")
    return Response(status=503)
