"""Alarm calls, which we make to the duty team (workers/senders/alarm.py): what is said once somebody answers, and how
the call ended. The signed id in the address says which report the call is about; later turns are those of any call."""

from uuid import UUID

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from config.hotline import CITY_LANGUAGE
from ivr.channels import outbound, turns
from ivr.channels.guard import CALL, CALLERS, Form, guarded
from ivr.prompts import Answer
from ticketing.calls import alarms, call_log
from ticketing.calls.memory import Memory
from ticketing.models import Ticket
from ticketing.outgoing import links
from workers import transactions

duty = Blueprint("alarm", __name__)


@duty.post("/voice/alarm/<token>")
@guarded(CALL, CALLERS)
def answered(form: Form, token: str) -> Response:
    """Somebody took the call, or a machine did."""
    if links.read_alarm(token[:300]) is None:
        return outbound.nothing()
    reply = transactions.carry_out(lambda session: _begin(session, form))
    return Response(reply, mimetype="text/xml")


@duty.post("/voice/alarm/<token>/status")
@guarded(CALL)
def ended(form: Form, token: str) -> Response:
    """The carrier tells how an alarm call went: the next number is rung if nobody pressed 1."""
    ticket_id = links.read_alarm(token[:300])
    if ticket_id is not None:
        transactions.carry_out(lambda session: _end(session, form, ticket_id))
    return Response(status=204)


@duty.errorhandler(Exception)
def broken(fault: Exception) -> Response:
    """The next number is rung."""
    return outbound.broken(fault)


def _begin(session: Session, form: Form) -> str:
    call = alarms.begin(session, form["CallSid"])
    if not call.memory:
        call.memory = Memory(name="alarm", language=CITY_LANGUAGE, turn=-1).written()
        session.flush()
    return turns.answer_turn(session, form, 0, Answer())


def _end(session: Session, form: Form, ticket_id: UUID) -> None:
    over = call_log.ended(session, alarms.begin(session, form["CallSid"]), form["CallStatus"])
    ticket = session.get(Ticket, ticket_id)
    if over and ticket is not None:
        alarms.try_next(session, ticket)
