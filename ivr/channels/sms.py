"""Texts through the carrier, SMS and WhatsApp: what residents send is handed to the inbox and answered empty; delivery
receipts of ours are noted. One door out: any answer in words goes through ticketing/messages/texts.py, never through
the webhook's reply."""

import re

from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError
from twilio.twiml.messaging_response import MessagingResponse

from config import metrics
from config.logs import log, warn
from config.settings import settings
from ivr.channels import inbox
from ivr.channels.guard import TEXT, TEXT_STATUS, Form, NoRoom, guarded
from ticketing.messages import inbound, receipts, texts
from ticketing.outgoing import links
from ticketing.rules import numbers
from workers import transactions

sms = Blueprint("sms", __name__)

MAX_MEDIA = 10
_WORD = re.compile(r"[a-z]{1,20}")
_CODE = re.compile(r"[0-9]{1,10}")
_MEDIA = re.compile(r"/Media/(ME[0-9a-fA-F]{32})(?:\?|$)")
_DEGREES = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,15})?")


@sms.post("/sms/incoming")
@guarded(TEXT)
def incoming(form: Form) -> Response:
    """A text from a resident."""
    inbox.take(_read(form))
    return Response(str(MessagingResponse()), mimetype="text/xml")


def _read(form: Form) -> inbound.Inbound:
    """A text as the inbox wants it. Who somebody calls themselves (ProfileName) is not kept."""
    whatsapp = form["From"].startswith("whatsapp:")
    return inbound.Inbound(
        sid=form["MessageSid"],
        sender=numbers.read(form["From"], hotline=settings().hotline_number),
        body=(form["Body"] or form.get("ButtonText", ""))[: inbox.MAX_BODY],
        channel=texts.WHATSAPP if whatsapp else texts.SMS,
        media=tuple(_media(form)),
        place=_place(form.get("Latitude", ""), form.get("Longitude", "")),
        address=form.get("Address", "") or form.get("Label", ""),
        button=form.get("ButtonPayload", ""),
        quoted=form.get("OriginalRepliedMessageSid", ""),
    )


def _media(form: Form) -> list[inbound.Media]:
    """The ids of what came along; the address that is sent with them is never fetched."""
    found = []
    for at in range(MAX_MEDIA):
        sid = _MEDIA.search(form.get(f"MediaUrl{at}", ""))
        if sid:
            source = f"carrier:{form['MessageSid']}/{sid[1]}"
            found.append(inbound.Media(source, form.get(f"MediaContentType{at}", "")))
    return found


def _place(latitude: str, longitude: str) -> tuple[float, float] | None:
    if not (_DEGREES.fullmatch(latitude) and _DEGREES.fullmatch(longitude)):
        return None
    point = float(latitude), float(longitude)
    return point if abs(point[0]) <= 90 and abs(point[1]) <= 180 else None


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
    moved = transactions.carry_out(
        lambda session: receipts.delivered(session, message_id, sid=form["MessageSid"], status=told, error=error)
    )
    log("receipt", message=str(message_id), status=told, moved=moved)
    return Response(status=204)


@sms.errorhandler(Exception)
def broken(fault: Exception) -> Response:
    """Answer fast that it did not work, so that the carrier's fallback answers and the text is fetched later."""
    trace = None if isinstance(fault, SQLAlchemyError | NoRoom) else fault
    warn("text broke", endpoint=str(request.endpoint), why=type(fault).__name__, exc_info=trace)
    metrics.add("text refused")
    return Response(status=503)
