"""The three verbs that wait for somebody: <Gather> for the caller's keys or words, <Record> for their voice, <Dial> for
an officer. Each is a generator that ends with the fields of the request that follows.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Generator

from ivr.simulator.calls import audio
from ivr.simulator.calls.events import (
    CallerGoneError,
    Event,
    Keys,
    OfficerAnswered,
    OfficerLeft,
    Recorded,
    RedirectedError,
    Silence,
    Speech,
)
from ivr.simulator.calls.performer import Performer
from ivr.simulator.calls.speech import Line
from ivr.simulator.calls.state import CallState, State
from ivr.simulator.calls.twiml import Document
from ivr.simulator.network.wire import Trouble

Fields = dict[str, str]
_DIALABLE = re.compile(r"\+[1-9]\d{6,14}|\d{3,6}")
_TALK_SECONDS = 30  # how long a bridged conversation counts


def collect(digits: str, keys: str, finish: str, most: int) -> tuple[str, str | None]:
    """The digits so far and the key that ended the input: '' when their number did, None when it goes on."""
    for key in keys:
        if key == finish:
            return digits, key
        digits += key
        if len(digits) == most:
            return digits, ""
    return digits, None


def gather(at: Performer, verb: ET.Element, document: Document) -> Generator[State, Event, Fields | None]:
    """The fields for the action, or None where the call goes on with the next verb."""
    for child in verb:
        at.utter(child, document)
    call, digits, language = at.call, "", verb.get("language", "en-US")
    kinds, finish, most = verb.get("input", "dtmf").split(), verb.get("finishOnKey", "#"), int(verb.get("numDigits", 0))
    timeout = float(verb.get("timeout", "5").replace("auto", "5"))
    call.waiting = {
        **{"kind": "gather", "timeout": timeout, "digits": most, "finish": finish, "keys": "dtmf" in kinds},
        **{"speech": "speech" in kinds, "language": language, "hints": verb.get("hints", "")},
    }
    while True:
        ended: str | None = None
        match (yield from at.wait("gathering")):
            case Keys(keys) if "dtmf" in kinds:
                digits, ended = collect(digits, keys, finish, most)
            case Speech(text, confidence) if "speech" in kinds and not digits and text.strip():
                return {"SpeechResult": text.strip(), "Confidence": f"{confidence:.4f}", "Language": language}
            case Silence():
                call.seconds += timeout
                ended = ""
        if ended is not None:
            if not digits and verb.get("actionOnEmptyResult") != "true":
                return None
            return {"Digits": digits, "FinishedOnKey": ended, "msg": "Gather End"}


def record(at: Performer, verb: ET.Element, document: Document) -> Generator[State, Event, Document]:
    """Keep what is said and request the action, also for a caller who hung up; the audio is ready a moment later."""
    call, carrier, faults = at.call, at.call.carrier, at.call.carrier.faults
    if verb.get("playBeep") != "false":
        call.hear(Line("beep", seconds=1.0))
    finish, timeout = verb.get("finishOnKey", "1234567890*#"), float(verb.get("timeout", "5"))
    most = float(verb.get("maxLength", "3600"))
    call.waiting = {"kind": "record", "timeout": timeout, "finish": finish, "most": most}
    taken = yield from _taken(at, finish)

    key = taken.ended_by if taken.ended_by in (*finish, "hangup") else ""
    spoken = min(taken.seconds, most)
    quiet = 0.0 if key else min(timeout or most, most - spoken)
    recording = carrier.keep_recording(call, taken.audio or audio.stand_in(spoken, silence_after=quiet))
    call.seconds += recording.duration
    fields = {
        "RecordingUrl": carrier.url_of(recording),
        "RecordingSid": recording.sid,
        "RecordingDuration": str(recording.duration),
        "Digits": key,
    }
    callback = verb.get("recordingStatusCallback", "")
    if callback and "completed" in verb.get("recordingStatusCallbackEvent", "completed").split():
        callback = at.resolve(callback, document)
    early = faults.callbacks == "reversed"
    if early:
        carrier.recording_done(recording, callback, wait=True)
    try:
        if faults.drop_record_action:
            raise CallerGoneError
        if key == "hangup":
            at.tell(verb, document, fields)
            raise CallerGoneError
        return at.go(verb, document, fields)
    finally:
        if not early:
            carrier.recording_done(recording, callback)


def _taken(at: Performer, finish: str) -> Generator[State, Event, Recorded]:
    """What is recorded. A caller who only hangs up or presses a key leaves a second of silence."""
    try:
        while True:
            match (yield from at.wait("recording")):
                case Recorded() as taken:
                    return taken
                case Silence():
                    return Recorded(0, "silence")
                case Keys(keys) if ended := [key for key in keys if key in finish]:
                    return Recorded(1, ended[0], audio.silent(1))
    except CallerGoneError:
        return Recorded(1, "hangup", audio.silent(1))


def dial(at: Performer, verb: ET.Element, document: Document) -> Generator[State, Event, Fields]:
    """Ring everybody named; the first to answer is bridged once the document of that noun has run out."""
    call = at.call
    nouns = list(verb) or ([verb] if (verb.text or "").strip() else [])
    call.legs = [_ring(at, noun, document) for noun in nouns if _dialable(call, noun, document)]
    leg, status, timeout = next(iter(call.legs), None), "failed", float(verb.get("timeout", "30"))
    call.waiting = {"kind": "dial", "timeout": timeout, "targets": [one.to for one in call.legs]}
    try:
        while leg:
            match (yield from at.wait("dialing")):
                case OfficerAnswered(answering):
                    leg, call.bridged = answering, answering.ran_out
                    if call.bridged:
                        continue
                    status = "completed"  # it hung up in its own document: only DialBridged tells that nobody talked
                case OfficerLeft(ended):
                    status = "completed" if call.bridged else ended
                case Silence() if not call.bridged:
                    call.seconds += timeout
                    status = "no-answer"
                case Keys(keys) if "*" in keys and verb.get("hangupOnStar") == "true":
                    status = "completed" if call.bridged else "canceled"
                case _:
                    continue
            break
    except (CallerGoneError, RedirectedError) as over:
        result = _dialled(call, leg, "completed" if call.bridged else "canceled")
        if isinstance(over, CallerGoneError) and verb.get("action"):
            at.tell(verb, document, result)
        raise
    return _dialled(call, leg, status)


def _ring(at: Performer, noun: ET.Element, document: Document) -> CallState:
    """A leg of its own that rings until somebody takes it."""
    url, callback, call = noun.get("url"), noun.get("statusCallback"), at.call
    return call.carrier.ring(
        call,
        (noun.text or "").strip(),
        at.resolve(url, document) if url else "",
        noun.get("method", "POST"),
        status_url=at.resolve(callback, document) if callback else "",
        status_events=noun.get("statusCallbackEvent", "completed").split(),
    )


def _dialable(call: CallState, noun: ET.Element, document: Document) -> bool:
    target = (noun.text or "").strip()
    good = noun.tag not in ("Number", "Dial") or bool(_DIALABLE.fullmatch(target))
    if not good:
        call.note(Trouble(13224, f"cannot dial {target!r}", document.url))
    return good


def _dialled(call: CallState, leg: CallState | None, status: str) -> Fields:
    """End every leg and say how it went."""
    bridged, seconds = call.bridged, _TALK_SECONDS if call.bridged else 0
    for one in call.legs:
        one.seconds = float(seconds if one is leg else 0)
        one.end(status if one is leg else "no-answer")
    call.seconds += seconds
    call.legs, call.bridged = [], False
    return {
        "DialCallStatus": status,
        "DialCallSid": leg.sid if leg else "",
        "DialCallDuration": str(seconds),
        "DialBridged": str(bridged).lower(),
    }
