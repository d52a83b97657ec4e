"""One turn of a call: its row locked, the answer judged, the reply stored and given again to whoever asks again."""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import metrics
from config.hotline import CITY_LANGUAGE, city
from config.logs import log
from ivr import conversations, talk
from ivr.channels import guard, twiml
from ivr.conversations import CONVERSATIONS
from ivr.prompts import Answer, Prompt
from ivr.talk import Conversation
from ticketing.calls import call_log
from ticketing.calls.memory import Memory, remembered
from ticketing.contacts import callers, contacts
from ticketing.media import recordings
from ticketing.models import Call, Recording, Turn
from ticketing.rules import numbers

Render = Callable[[Prompt, int, str], str]  # a prompt, the number of the next turn, the call's id


def answer_turn(
    session: Session,
    form: dict[str, str],
    number: int,
    answer: Answer,
    *,
    render: Render = twiml.render,
    conversations: Mapping[str, Conversation] = CONVERSATIONS,
) -> str:
    """The reply to turn `number` of this call. The same turn gets the same bytes, however often it comes. An explorer
    hands in a `render` that hears, and `conversations` that tell how they end."""
    started = time.monotonic()
    call, stored, new = _call_and_turn(session, form, number)
    if stored is not None and stored.reply is not None:
        return str(stored.reply)
    memory = None if new else remembered(call)
    if memory is None and callers.too_many(session, call):
        return _noticed(session, call, started)
    if memory is None:
        number, answer = 0, Answer()  # a call we never saw begin: begin it
        memory = Memory(language=contacts.language(call.contact, CITY_LANGUAGE))
    elif number != memory.turn + 1:
        return _out_of_order(session, call, memory, number)
    if (call.ended_at is not None or memory.over) and not answer.hung_up:
        return goodbye(memory.language)
    if answer.transfer == "answered":  # by a person, if the person pressed the key
        answer = replace(answer, transfer="talked" if memory.accepted else "missed")
    heard = answer if number else None
    return _next(session, call, memory, number, heard, started, render=render, conversations=conversations)


@cache
def menu_version() -> str:
    """A short mark of what callers hear and how it is asked: the city's files and the conversations."""
    here = Path(conversations.__file__).parent
    spoken = [*sorted(here.glob("*.py")), *sorted(here.glob("parts/*.py")), here.parent / "talk.py"]
    digest = hashlib.sha256(city().mark.encode())
    for path in spoken:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def find_or_begin(session: Session, form: dict[str, str]) -> Call:
    """The locked row of the call that a webhook is about."""
    return call_log.find_or_begin(session, form["CallSid"], **_told(form))


def _call_and_turn(session: Session, form: dict[str, str], number: int) -> tuple[Call, Turn | None, bool]:
    """The locked call, what was answered to this turn, and whether the call is new."""
    found = call_log.find_with_turn(session, form["CallSid"], number)
    if found is not None:
        return *found, False
    call, new = call_log.begin(session, form["CallSid"], **_told(form))
    if not new:  # the same first request twice at once
        again = call_log.find_with_turn(session, form["CallSid"], number)
        return (*again, False) if again else (call, None, False)
    return call, None, True


def _told(form: dict[str, str]) -> dict[str, Any]:
    return {"from_": form.get("From"), "status": form.get("CallStatus", ""), "menu": menu_version()}


def goodbye(language: str) -> str:
    """The safe answer to a turn that belongs to nothing any more."""
    response = twiml.spoken(twiml.line("safe_goodbye", language))
    response.hangup()
    return str(response)


def _noticed(session: Session, call: Call, started: float) -> str:
    """The notice for a number that calls too much: it still takes a report, and costs us next to nothing."""
    notice = twiml.recorded_by("crowded")
    if session.scalar(select(Turn.id).where(Turn.call_id == call.id, Turn.number == 0)) is None:
        milliseconds = int((time.monotonic() - started) * 1000)
        session.add(
            Turn(
                call_id=call.id, number=0, reply=notice, node="", key="", result="limited", milliseconds=milliseconds
            )
        )  # fmt: skip
        log("caller over the limit", call=call.sid, kind=call.caller_kind)
        metrics.add("limit heard")
    return notice


def _next(
    session: Session,
    call: Call,
    memory: Memory,
    number: int,
    answer: Answer | None,
    started: float,
    *,
    render: Render,
    conversations: Mapping[str, Conversation],
) -> str:
    memory.turn = number
    before = memory.language
    asked = memory.node
    prompt, result = talk.run(memory, answer, session=session, call=call, conversations=conversations)
    memory.node = prompt.node
    if prompt.wants is not None and prompt.wants.kind == "transfer" and prompt.wants.whisper:
        call.transfers += 1  # an emergency, which nobody whispers about, has no ceiling
    reply = render(prompt, number + 1, call.sid)
    call.ghost = memory.ghost
    call_log.note_goal(call, memory.goal)
    if call.contact is not None and memory.language != before:
        contacts.choose_language(call.contact, memory.language)
    milliseconds = int((time.monotonic() - started) * 1000)
    key = _pressed(answer)
    session.add(
        Turn(
            call_id=call.id, number=number, reply=reply, node=asked[:60], key=key, result=result,
            milliseconds=milliseconds,
        )
    )  # fmt: skip
    call.memory = memory.written()
    if answer is not None and answer.hung_up:
        call_log.ended(session, call, "completed")
    caller = call.contact.phone if call.contact else None
    log("turn", call=call.sid, turn=number, node=asked, key=key, result=result, ms=milliseconds, to=prompt.node,
        caller=numbers.mask(caller), kind=call.caller_kind)  # fmt: skip
    return reply


def _pressed(answer: Answer | None) -> str:
    """What the turn log says of an answer; never more than one key, so that no number is logged."""
    if answer is None or answer.silent:
        return ""
    if answer.keys:
        return answer.keys if len(answer.keys) == 1 else "digits"
    return "words" if answer.words else "recording" if answer.take else answer.transfer


def _out_of_order(session: Session, call: Call, memory: Memory, number: int) -> str:
    """The same turn, answered while this one waited for the call; else one from the past or the future: say again what
    the caller is being asked, or goodbye when all is over."""
    turns = select(Turn).where(Turn.call_id == call.id, Turn.number.in_((number, memory.turn)))
    answered = {turn.number: turn for turn in session.scalars(turns)}
    if number in answered and answered[number].reply is not None:
        return str(answered[number].reply)
    last = answered.get(memory.turn)
    if call.ended_at is not None or last is None or last.reply is None:
        return goodbye(memory.language)
    return str(last.reply)


def noted_recording(session: Session, call: Call, form: dict[str, str], turn: int) -> Recording:
    completed = form.get("RecordingStatus", "") == "completed"
    return recordings.noted(
        session,
        sid=guard.recording_sid(form) or "",
        call=call,
        turn=turn,
        seconds=guard.recording_seconds(form),
        completed=completed,
    )


def keep_told(session: Session, form: dict[str, str], turn: int) -> None:
    """The carrier's callback told of a recording that turn `turn` brings."""
    call = find_or_begin(session, form)
    call_log.keep_if_due(session, call, noted_recording(session, call, form, turn))


def lost_told(session: Session, form: dict[str, str], turn: int) -> None:
    """The carrier's callback told that it has no recording for turn `turn`."""
    noted = noted_recording(session, find_or_begin(session, form), form, turn)
    call_log.lost(session, noted.id, why=f"the carrier says {form['RecordingStatus']}")


def keep_fallback(session: Session, form: dict[str, str]) -> None:
    """What was recorded by the fallback."""
    call = find_or_begin(session, form)
    call_log.keep_late(session, call, noted_recording(session, call, form, call_log.LATE_TURN))


def officer_accepted(session: Session, caller: str) -> None:
    """The officer pressed 1: this transfer is a talk, whatever else the carrier says about it."""
    call = session.scalar(select(Call).where(Call.sid == caller).with_for_update())
    memory = remembered(call) if call is not None else None
    if call is not None and memory is not None:
        memory.accepted = memory.talked_to_person = True
        call.memory = memory.written()
