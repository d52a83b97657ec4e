"""A Prompt as TwiML. The XML is built by the carrier's own library, so no text can become a verb or an attribute."""

import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from twilio.twiml.voice_response import Gather, Say, VoiceResponse

from config.hotline import CITY_LANGUAGE, city
from config.settings import ROOT, settings
from ivr.prompts import Line, Prompt, Wants
from ticketing.outgoing import links

CLIPS = ROOT / "config" / "clips"
# How long the carrier waits for an answer of ours before it asks the fallback. It stands behind addresses, unsigned.
# Frozen and twice asked, the app costs the caller 8 s; nothing that goes amiss on the way costs more than 9 s.
OVERRIDES = "#ct=2000&rt=4000&tt=9000&rc=1&rp=ct,rt"
PAUSE = "500ms"
SLOW = "80%"
_ZERO = re.compile(r"(?<!\S)0(?=[\s,.]|$)")
_NOT_XML = re.compile(r"[^\t\n\x20-\uD7FF\uE000-\uFFFD]")


def address(path: str) -> str:
    """Where the carrier gets its next document: behind whatever PUBLIC_URL has after the host, and not for long."""
    return _path(path) + OVERRIDES


def callback(path: str) -> str:
    """Where the carrier tells of something while nobody waits: again, when we could not take it."""
    return _path(path) + links.TOLD_AGAIN


def _path(path: str) -> str:
    return urlsplit(settings().public_url).path + path


def render(prompt: Prompt, next_turn: int, call_sid: str) -> str:
    """The document that says `prompt` and brings the answer to /voice/turn/<next_turn>."""
    response = VoiceResponse()
    action = address(f"/voice/turn/{next_turn}")
    wants = prompt.wants
    if prompt.error:
        response.pause(length=1)  # nothing that is pressed in the first second after a miss is taken for the answer
    if wants is None:
        _say_all(response, prompt.lines)
        response.pause(length=2)
        response.hangup()
    elif wants.kind in ("key", "digits", "words"):
        response.append(_gather(prompt, wants, action))
        response.redirect(action, method="POST")
    elif wants.kind == "recording":
        _say_all(response, prompt.lines)
        record(response, action, callback(f"/voice/recording/{next_turn}"))
        response.redirect(action, method="POST")
    else:
        _say_all(response, prompt.lines)
        dial = response.dial(action=action, method="POST", timeout=wants.seconds, caller_id=settings().caller_id)
        whisper = {"url": address(f"/voice/officer/{call_sid}"), "method": "POST"} if wants.whisper else {}
        dial.number(wants.to, **whisper)
    return str(response)


def record(response: VoiceResponse, action: str, callback: str) -> None:
    """Record a report: # or 0 ends it, so does silence or the end of the time."""
    rules = city().recording
    response.record(
        action=action,
        method="POST",
        max_length=rules.max_seconds,
        timeout=rules.silence_seconds,
        finish_on_key="#0",
        play_beep=True,
        recording_status_callback=callback,
        recording_status_callback_method="POST",
        recording_status_callback_event="completed absent",
    )


def spoken(*lines: Line) -> VoiceResponse:
    """A document that only says `lines`; more can be appended."""
    response = VoiceResponse()
    _say_all(response, lines)
    return response


@cache
def recorded_by(sentence: str) -> str:
    """The document that says one sentence and records a report for us, needing nothing but itself: the apology when
    something is broken, the notice when somebody calls too much. Rendered once, at start."""
    response = spoken(line(sentence, CITY_LANGUAGE))
    record(response, address("/voice/fallback/saved"), callback("/voice/fallback/recording"))
    response.hangup()
    return str(response)


def line(id_: str, language: str, **fills: str) -> Line:
    """One sentence of texts/, outside any conversation."""
    return Line(id_, city().text(language, "voice", id_).format(**fills), language, fixed=not fills)


def _gather(prompt: Prompt, wants: Wants, action: str) -> Gather:
    digits: dict[str, Any] = {"finish_on_key": "*", "num_digits": wants.most}  # * alone is an answer at once
    one_key: dict[str, Any] = {"finish_on_key": "", "num_digits": 1}  # "" so that * and # are keys like the others
    # Places have Indonesian names, whatever language the caller chose.
    language = CITY_LANGUAGE if wants.kind == "words" else prompt.language
    heard = {"language": _locale(language), "speech_timeout": "auto", "hints": ",".join(wants.hints) or None}
    gather = Gather(
        input="dtmf speech" if wants.hears else "dtmf",
        action=action,
        method="POST",
        timeout=wants.seconds,
        action_on_empty_result=True,
        **(digits if wants.kind == "digits" else one_key),
        **(heard if wants.hears else {}),
    )
    _say_all(gather, prompt.lines)
    return gather


def _say_all(verb: Any, lines: tuple[Line, ...]) -> None:
    for one in lines:
        if one.recording:
            verb.play(links.recording(UUID(one.recording)))
        elif one.fixed and (clip := _clip(one.language, one.id)):
            verb.play(clip)
        else:
            verb.append(_say(one))


def _say(one: Line) -> Say:
    """Half a second of silence at each |; slow lines slowly."""
    say = Say("", voice=_voice(one.language), language=_locale(one.language))
    for at, piece in enumerate(_NOT_XML.sub(" ", one.text).split("|")):
        if at:
            say.break_(time=PAUSE)
        _words(say.prosody(rate=SLOW) if one.slow else say, piece.strip(), one.language)
    return say


def _voice(language: str) -> str:
    return getattr(settings(), f"voice_{language}", "") or city().languages[language].voice


def _locale(language: str) -> str:
    """The language as the carrier names it, with its country: id-ID."""
    return "-".join(_voice(language).split(".")[-1].split("-")[:2])


def _words(into: Any, text: str, language: str) -> None:
    """Text in which a lone 0 is read as the language says it ("nol")."""
    pieces = _ZERO.split(text)
    for at, piece in enumerate(pieces):
        if at:
            into.sub("0", alias=city().text(language, "words", "digit_0"))
        if piece:
            into.append(piece)


def _clip(language: str, id_: str) -> str | None:
    """The address of the recorded clip of a sentence without variables, where its file exists."""
    name = f"{language}/{id_}.wav"
    return f"{settings().public_url}/voice/clips/{name}" if Path(CLIPS / name).is_file() else None
