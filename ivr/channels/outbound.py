"""Outbound calls, which we make to tell something (workers/senders/call.py): what is said once somebody answers, and
how the call ended. The signed id in the address says what is to be told, and so to whom; later turns are those of any
call."""

from uuid import UUID

from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from twilio.twiml.voice_response import VoiceResponse

from config import metrics
from config.hotline import CITY_LANGUAGE
from config.logs import warn
from ivr.channels import turns, twiml
from ivr.channels.guard import CALL, CALLERS, Form, NoRoom, guarded
from ivr.prompts import Answer
from ticketing.calls import call_log, outbound
from ticketing.calls.memory import Memory
from ticketing.messages import texts
from ticketing.models import Call, Message, Ticket
from ticketing.outgoing import links
from workers import transactions

calls = Blueprint("told", __name__)


@calls.post("/voice/told/<token>")
@guarded(CALL, CALLERS)
def answered(form: Form, token: str) -> Response:
    """Somebody took the call, or a machine did."""
    message_id = links.read_told(token[:300])
    if message_id is None:
        return nothing()
    reply = transactions.carry_out(lambda session: _begin(session, form, message_id))
    return Response(reply, mimetype="text/xml") if reply else nothing()


@calls.post("/voice/told/<token>/status")
@guarded(CALL)
def ended(form: Form, token: str) -> Response:
    """The carrier tells how a call of ours went."""
    message_id = links.read_told(token[:300])
    if message_id is not None:
        transactions.carry_out(lambda session: _end(session, form, message_id))
    return Response(status=204)


@calls.errorhandler(Exception)
def broken(fault: Exception) -> Response:
    """Who was telephoned is asked to call back; the news is told another time. Callbacks ask to be called again."""
    trace = None if isinstance(fault, SQLAlchemyError | NoRoom) else fault
    warn("voice broke", endpoint=str(request.endpoint), why=type(fault).__name__, exc_info=trace)
    if not str(request.endpoint).endswith(".answered"):
        return Response(status=503)
    metrics.add("degraded answer")
    return nothing()


def begun(session: Session, sid: str, message: Message, ticket: Ticket) -> Call:
    """The row of a call that tells `message`, ready for its first turn."""
    call = outbound.begin(session, sid, message)
    if not call.memory:
        language = str(texts.details_of(message).get("language", CITY_LANGUAGE))
        given = {"message": message.id.hex, "number": ticket.number}
        call.memory = Memory(name="news", args=given, language=language, turn=-1).written()
        session.flush()
    return call


def _begin(session: Session, form: Form, message_id: UUID) -> str:
    """What is said first; nothing when there is nothing to tell any more."""
    message = session.get(Message, message_id)
    ticket = session.get(Ticket, message.ticket_id) if message and message.ticket_id else None
    if message is None or ticket is None or texts.barred(message):
        return ""
    begun(session, form["CallSid"], message, ticket)
    return turns.answer_turn(session, form, 0, Answer())


def _end(session: Session, form: Form, message_id: UUID) -> None:
    message = session.get(Message, message_id)
    if message is not None and message.contact is not None and message.contact.phone:
        call_log.ended(session, outbound.begin(session, form["CallSid"], message), form["CallStatus"])


def nothing() -> Response:
    response = VoiceResponse()
    response.append(twiml.spoken(twiml.line("news_later", CITY_LANGUAGE)).verbs[0])
    response.hangup()
    return Response(str(response), mimetype="text/xml")
