"""The telephone: the carrier's webhooks in, TwiML out. One transaction a turn; whatever breaks, the phone speaks.

Later turns are /voice/turn/<n>. A fault of ours is answered with an apology that still records the report.
"""

import math
import re
import time
from functools import cache

from flask import Blueprint, Response, request, send_from_directory
from sqlalchemy.exc import SQLAlchemyError
from twilio.twiml.voice_response import VoiceResponse
from werkzeug.exceptions import HTTPException

from config import metrics
from config.hotline import CITY_LANGUAGE, city
from config.logs import warn
from ivr.channels import guard, turns, twiml
from ivr.channels.guard import CALL, CALLERS, RECORDED, SIDS, Form, NoRoom, guarded
from ivr.prompts import Answer, Line, Take
from ticketing.calls import call_log
from workers import transactions

voice = Blueprint("voice", __name__)

MAX_TURN = 10_000
_KEYS = re.compile(r"[^0-9*#]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@voice.post("/voice/incoming")
@guarded(CALL, CALLERS)
def incoming(form: Form) -> Response:
    """A call begins."""
    return _speak(form, 0)


@voice.post("/voice/turn/<int:number>")
@guarded(CALL, CALLERS)
def turn(form: Form, number: int) -> Response:
    """The answer to turn `number - 1` of a call."""
    return _speak(form, min(number, MAX_TURN))


@voice.post("/voice/status")
@guarded(CALL)
def status(form: Form) -> Response:
    """The carrier tells how a call went on; only its end matters to us."""
    transactions.carry_out(
        lambda session: call_log.ended(session, turns.find_or_begin(session, form), form["CallStatus"])
    )
    return Response(status=204)


@voice.post("/voice/recording/<int:number>")
@guarded(RECORDED)
def recorded(form: Form, number: int) -> Response:
    """The recording that turn `number` brings is complete, whether or not that turn ever comes; or there is none."""
    if form["RecordingStatus"] == "completed":
        transactions.carry_out(lambda session: turns.keep_told(session, form, min(number, MAX_TURN)))
    elif form["RecordingStatus"] in ("absent", "failed"):
        transactions.carry_out(lambda session: turns.lost_told(session, form, min(number, MAX_TURN)))
    return Response(status=204)


@voice.post("/voice/officer/<caller>")
@guarded(CALL, CALLERS)
def officer(form: Form, caller: str) -> Response:  # noqa: ARG001 - every guarded view gets the form
    """What the officer hears before being connected: only a pressed 1 accepts, so no voicemail swallows a caller."""
    response = VoiceResponse()
    action = twiml.address(f"/voice/officer/{caller}/key")
    gather = response.gather(input="dtmf", num_digits=1, timeout=8, finish_on_key="", action=action, method="POST")
    gather.append(twiml.spoken(twiml.line("officer_whisper", CITY_LANGUAGE)).verbs[0])
    response.hangup()
    return _xml(str(response))


@voice.post("/voice/officer/<caller>/key")
@guarded(CALL, CALLERS)
def accepted(form: Form, caller: str) -> Response:
    """The officer pressed a key; after a 1 an empty document connects the caller."""
    response = VoiceResponse()
    if form.get("Digits") == "1" and re.fullmatch(SIDS["CallSid"], caller):
        transactions.carry_out(lambda session: turns.officer_accepted(session, caller))
    else:
        response.hangup()
    return _xml(str(response))


@voice.post("/voice/fallback")
@guarded(CALL)
def fallback(form: Form) -> Response:
    """The carrier could not use our answer: apologise and record the report. Needs no database."""
    warn("fallback heard", call=form["CallSid"], code=form.get("ErrorCode", "")[:10])
    metrics.add("fallback heard")
    return _xml(trouble())


@voice.post("/voice/fallback/saved")
@guarded(CALL)
def fallback_saved(form: Form) -> Response:
    """The report that was recorded while something was broken becomes a ticket of the call centre."""
    if guard.recording_sid(form) is None or guard.recording_seconds(form) < call_log.MIN_SECONDS:
        return _xml(nothing_heard())
    transactions.carry_out(lambda session: turns.keep_fallback(session, form))
    return _xml(trouble_saved())


@voice.post("/voice/fallback/recording")
@guarded(RECORDED)
def fallback_recorded(form: Form) -> Response:
    """The same recording, told by the carrier's callback."""
    if form["RecordingStatus"] == "completed":
        transactions.carry_out(lambda session: turns.keep_fallback(session, form))
    return Response(status=204)


@voice.get("/voice/clips/<language>/<path:name>")
def clip(language: str, name: str) -> Response:
    """A recorded sentence. The carrier may keep it for a day."""
    return send_from_directory(twiml.CLIPS / language, name, max_age=86400) if language in city().languages else (
        Response(status=404)
    )  # fmt: skip


@voice.errorhandler(Exception)
def broken(fault: Exception) -> Response | HTTPException:
    """Never a stack trace to a caller: voice turns apologise and record, callbacks ask to be called again."""
    if isinstance(fault, HTTPException):  # a clip that is not there
        return fault
    trace = None if isinstance(fault, SQLAlchemyError | NoRoom) else fault  # these are no riddle
    warn("voice broke", endpoint=str(request.endpoint), why=type(fault).__name__, exc_info=trace)
    metrics.add("degraded answer")
    if request.endpoint in ("voice.incoming", "voice.turn", "voice.fallback"):
        return _xml(trouble())
    if request.endpoint == "voice.fallback_saved":  # the carrier has the recording; asking for it again helps nobody
        return _xml(trouble_saved())
    return Response(status=503)


def _speak(form: Form, number: int) -> Response:
    answer = _answer(form)
    started = time.monotonic()
    reply = transactions.carry_out(lambda session: turns.answer_turn(session, form, number, answer))
    metrics.turn(time.monotonic() - started)
    return _xml(reply)


def _answer(form: Form) -> Answer:
    """What the carrier's fields mean, cleaned of what no keypad and no voice can say."""
    hung_up = form["CallStatus"] in call_log.ENDED
    ending = form.get("Digits", "")
    sid = guard.recording_sid(form)
    if sid is not None:
        ended_by = "hangup" if ending == "hangup" or hung_up else _KEYS.sub("", ending)[:1] or "silence"
        take = Take(sid, guard.recording_seconds(form), ended_by)
        return Answer(take=take, hung_up=ended_by == "hangup")
    if "DialCallStatus" in form:
        answered = form["DialCallStatus"] in ("completed", "answered")
        bridged = form.get("DialBridged") == "true"
        missed = {"no-answer": "unanswered", "busy": "busy"}.get(form["DialCallStatus"], "missed")
        return Answer(transfer="talked" if bridged else "answered" if answered else missed, hung_up=hung_up)
    words = " ".join(_CONTROL.sub(" ", form.get("SpeechResult", "")[:2000]).split())
    keys = _KEYS.sub("", ending)[:64] or ("*" if form.get("FinishedOnKey") == "*" else "")  # it ended a number of none
    return Answer(keys=keys, words=words[:300], confidence=_confidence(form), hung_up=hung_up)


def _confidence(form: Form) -> float:
    """How sure the carrier is of what it heard; where it does not say, we take it as it is."""
    try:
        told = float(form.get("Confidence") or 1)
    except ValueError:
        return 1.0
    return min(max(told, 0.0), 1.0) if math.isfinite(told) else 1.0


def trouble() -> str:
    """The apology that records the report; it needs no database."""
    return twiml.recorded_by("trouble")


@cache
def trouble_saved() -> str:
    """Thanks for a report that was recorded while something was broken."""
    return _last_words(twiml.line("trouble_saved", CITY_LANGUAGE))


@cache
def nothing_heard() -> str:
    """In what was recorded nobody can have spoken."""
    return _last_words(twiml.line("no_sound", CITY_LANGUAGE))


def _last_words(line: Line) -> str:
    response = twiml.spoken(line)
    response.hangup()
    return str(response)


def _xml(text: str) -> Response:
    return Response(text, mimetype="text/xml")
