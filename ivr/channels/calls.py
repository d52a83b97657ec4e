"""A call as the database knows it: found or begun, locked for one turn, remembered, ended; and what its recordings
become when the caller is gone before the next turn."""

import hashlib
import json
import re
import time
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config import clock
from config.hotline import CITY_LANGUAGE, city
from config.logs import log
from config.settings import settings
from ivr import conversations, talk
from ivr.channels import twiml
from ivr.channels.guard import SIDS
from ivr.conversations import CONVERSATIONS
from ivr.conversations.kept import keep_recording
from ivr.prompts import Answer, Memory
from ticketing import contacts, numbers, recordings, tickets
from ticketing.models import Call, Recording, Ticket, Turn, remembered

ENDED = {"completed", "busy", "failed", "no-answer", "canceled"}
FALLBACK = {"nth": "fallback", "category": "lainnya", "late": "yes"}
FALLBACK_TURN = 10_000
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


def answer_turn(session: Session, form: dict[str, str], number: int, answer: Answer) -> str:
    """The reply to turn `number` of this call. The same turn gets the same bytes, however often it comes."""
    started = time.monotonic()
    call = find_or_begin(session, form)
    stored = session.scalar(select(Turn).where(Turn.call_id == call.id, Turn.number == number))
    if stored is not None and stored.reply is not None:
        return str(stored.reply)
    memory = remembered(call)
    if not memory:
        number, answer = 0, Answer()  # a call we never saw begin: begin it
        memory = talk.fresh(contacts.language(call.contact, CITY_LANGUAGE))
    elif number != memory["turn"] + 1:
        return _out_of_order(session, call, memory)
    if (call.ended_at is not None or memory.get("over")) and not answer.hung_up:
        return goodbye(memory["language"])
    if answer.transfer == "answered":  # by a person, if the person pressed the key
        answer = replace(answer, transfer="talked" if memory.get("accepted") else "missed")
    return _next(session, call, memory, number, answer if number else None, started)


@cache
def menu_version() -> str:
    """A short mark of what callers hear and how it is asked: the city's files and the conversations."""
    here = Path(conversations.__file__).parent
    asked = [*sorted(here.glob("*.py")), here.parent / "talk.py"]
    digest = hashlib.sha256(city().mark.encode())
    for path in asked:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def find_or_begin(session: Session, form: dict[str, str]) -> Call:
    """The locked row of this call, made on first sight."""
    sid = form["CallSid"]
    locked = select(Call).where(Call.sid == sid).with_for_update()
    call = session.scalar(locked)
    if call is not None:
        return call
    caller = numbers.read(form.get("From"), hotline=settings().hotline_number)
    contact = contacts.known(session, caller)
    try:
        with session.begin_nested():
            session.add(
                Call(
                    sid=sid,
                    contact_id=contact.id if contact else None,
                    caller_kind=caller.kind,
                    menu=menu_version(),
                    status=_UNPRINTABLE.sub("", form.get("CallStatus", ""))[:20],
                )
            )
    except IntegrityError:  # the same first request twice at once
        pass
    return session.scalars(locked).one()


def ended(session: Session, call: Call, status: str) -> None:
    """The carrier says the call is over: keep what was recorded, let go what was held."""
    if status not in ENDED or call.ended_at is not None:
        return
    call.status, call.ended_at = status, clock.now()
    memory = remembered(call)
    pending = select(Recording).where(Recording.call_id == call.id, Recording.ticket_id.is_(None))
    for recording in session.scalars(pending):
        keep_if_due(session, call, recording)
    for ticket in session.scalars(select(Ticket).where(Ticket.call_id == call.id)):
        tickets.release(session, ticket)
        _note_goal(call, "report")  # who hung up after the recording has reported all the same
    log("call ended", call=call.sid, status=status, node=memory.get("node", ""), ghost=call.ghost)


def keep_if_due(session: Session, call: Call, recording: Recording) -> None:
    """A recording whose next turn never came becomes its report all the same, once nobody can re-record it and it is
    not what silence alone leaves behind (the carrier's callback does not say what ended it). A short one whose turn
    did come was judged there."""
    memory = remembered(call)
    details = memory.get("keeps", {}).get(str(recording.turn))
    if details is None or recording.ticket_id is not None or recording.seconds < 2:
        return
    surely_heard = recording.seconds > city().recording.silence_seconds + 1
    judged = int(memory["turn"]) >= recording.turn
    if surely_heard or (call.ended_at is not None and not judged):
        keep_recording(session, call, details, recording, memory["language"])


def goodbye(language: str) -> str:
    """The safe answer to a turn that belongs to nothing any more."""
    response = twiml.spoken(twiml.line("safe_goodbye", language))
    response.hangup()
    return str(response)


def _next(session: Session, call: Call, memory: Memory, number: int, answer: Answer | None, started: float) -> str:
    memory["turn"] = number
    before = memory["language"]
    asked = str(memory.get("node", ""))
    prompt, result = talk.run(memory, answer, session=session, call=call, conversations=CONVERSATIONS)
    memory["node"] = prompt.node
    reply = twiml.render(prompt, number + 1, call.sid)
    call.ghost = bool(memory["ghost"])
    _note_goal(call, str(memory.get("goal", "")))
    if call.contact is not None and memory["language"] != before:
        contacts.choose_language(call.contact, memory["language"])
    milliseconds = int((time.monotonic() - started) * 1000)
    key = _pressed(answer)
    session.add(
        Turn(
            call_id=call.id, number=number, reply=reply, node=asked[:60], key=key, result=result,
            milliseconds=milliseconds,
        )
    )  # fmt: skip
    call.memory = json.dumps(memory)
    if answer is not None and answer.hung_up:
        ended(session, call, "completed")
    caller = call.contact.phone if call.contact else None
    log("turn", call=call.sid, turn=number, node=asked, key=key, result=result, ms=milliseconds, to=prompt.node,
        caller=numbers.mask(caller), kind=call.caller_kind)  # fmt: skip
    return reply


def _note_goal(call: Call, goal: str) -> None:
    """The first thing the caller came for and got; an emergency is the goal whatever came before it."""
    if goal and call.goal != goal and (call.goal is None or goal == "emergency"):
        call.goal, call.goal_at = goal, clock.now()
        if goal == "emergency":
            log("emergency", call=call.sid)


def _pressed(answer: Answer | None) -> str:
    """What the turn log says of an answer; never more than one key, so that no number is logged."""
    if answer is None or answer.silent:
        return ""
    if answer.keys:
        return answer.keys if len(answer.keys) == 1 else "digits"
    return "words" if answer.words else "recording" if answer.take else answer.transfer


def _out_of_order(session: Session, call: Call, memory: Any) -> str:
    """A turn from the past or the future: say again what the caller is being asked, or goodbye when all is over."""
    last = session.scalar(select(Turn).where(Turn.call_id == call.id, Turn.number == memory["turn"]))
    if call.ended_at is not None or last is None or last.reply is None:
        return goodbye(memory["language"])
    return str(last.reply)


def noted_recording(session: Session, call: Call, form: dict[str, str], turn: int) -> Recording:
    completed = form.get("RecordingStatus", "") == "completed"
    return recordings.noted(
        session, sid=recording_sid(form) or "", call=call, turn=turn, seconds=seconds(form), completed=completed
    )


def keep_fallback(session: Session, form: dict[str, str]) -> None:
    """What was recorded by the fallback: once more the report that was just being made, else a late one of its own."""
    call = find_or_begin(session, form)
    recording = noted_recording(session, call, form, FALLBACK_TURN)
    if recording.seconds >= 2 and recording.ticket_id is None:
        memory = remembered(call)
        details = _unfinished_report(session, call, memory) or FALLBACK
        keep_recording(session, call, details, recording, str(memory.get("language", CITY_LANGUAGE)))


def _unfinished_report(session: Session, call: Call, memory: Memory) -> Memory | None:
    """What this call was recording, or the report that has its ticket but whose number the caller has not heard."""
    asked: Memory | None = memory.get("keeps", {}).get(str(memory.get("turn", 0) + 1))
    if asked is not None:
        return asked
    nth = memory.get("counts", {}).get("report")
    if nth is None or nth == memory.get("told"):
        return None
    known = session.scalar(select(Ticket.id).where(Ticket.report_key == f"{call.sid}:{nth}"))
    return {"nth": str(nth), "category": FALLBACK["category"]} if known else None


def officer_accepted(session: Session, caller: str) -> None:
    """The officer pressed 1: this transfer is a talk, whatever else the carrier says about it."""
    call = session.scalar(select(Call).where(Call.sid == caller).with_for_update())
    if call is not None and call.memory:
        call.memory = json.dumps({**remembered(call), "accepted": True})


def recording_sid(form: dict[str, str]) -> str | None:
    """The recording that a request brings: its SID, or the end of its address where a carrier sends only that."""
    named = form.get("RecordingSid") or form.get("RecordingUrl", "").rpartition("/")[2].partition(".")[0]
    return named if re.fullmatch(SIDS["RecordingSid"], named) else None


def seconds(form: dict[str, str]) -> int:
    """The length the carrier gives, 0 where it gives none."""
    told = form.get("RecordingDuration", "")
    return min(int(told), 36_000) if told.isascii() and told.isdecimal() and len(told) < 9 else 0
