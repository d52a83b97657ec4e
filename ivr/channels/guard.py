"""Guards every webhook: the carrier's signature over the configured public address, then a strict schema.

A signature alone is not enough: the carrier signs names and values run together, so a captured one also fits shifted
fields. Fields that decide something must therefore be there exactly once and in the carrier's form. Nothing is read
from the database before both checks have passed. Whoever brings no signature, or another body than a form, such as
multipart, is refused before anything is parsed.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Request, Response, request
from twilio.request_validator import RequestValidator
from werkzeug.exceptions import HTTPException

from config import metrics, timeouts
from config.logs import warn
from config.settings import settings

Form = dict[str, str]

_HEX = "[0-9a-fA-F]{32}"
SIDS = {"CallSid": f"CA{_HEX}", "MessageSid": f"(?:SM|MM){_HEX}", "RecordingSid": f"RE{_HEX}"}
# What may come with any of our webhooks and means something to us; a carrier may add fields we do not know.
_KNOWN = {
    "AccountSid", "CallSid", "From", "To", "CallStatus", "Digits", "FinishedOnKey", "SpeechResult", "Confidence",
    "RecordingSid", "RecordingUrl", "RecordingDuration", "RecordingStatus", "DialCallStatus", "DialBridged",
    "DialCallSid",
    "ParentCallSid", "CallDuration", "MessageSid", "MessageStatus", "ErrorCode", "ErrorUrl", "Body", "NumMedia",
    "Latitude", "Longitude", "Address", "Label", "ProfileName", "WaId", "ButtonText", "ButtonPayload", "MessageType",
    *(f"{name}{at}" for name in ("MediaUrl", "MediaContentType") for at in range(10)),
}  # fmt: skip
# Those that may be missing and mean something where they are not.
_OPTIONAL = (
    "Digits", "FinishedOnKey", "SpeechResult", "Confidence", "RecordingSid", "RecordingUrl", "RecordingDuration",
    "DialCallStatus", "DialBridged",
    "ErrorCode", "MediaUrl", "MediaContentType", "Latitude", "Longitude", "ButtonPayload",
)  # fmt: skip
# What residents say and write, which may hold any word.
_WORDS = {"SpeechResult", "Body", "ProfileName", "Address", "Label", "ButtonText", "ButtonPayload"}
_MOST = 256


class NoRoom(Exception):
    """More asks than this process can answer at once: this one is answered without work."""


class Room:
    """So many at work at once in a process, and nobody waits long at the door. A room for callers and one for what is
    only told to us, so that neither can starve the other; gunicorn has threads enough to turn the rest away."""

    def __init__(self, places: int, more_seconds: float = 0) -> None:
        self._free, self._more_seconds = BoundedSemaphore(places), more_seconds

    @contextmanager
    def entered(self) -> Iterator[None]:
        if not self._free.acquire(timeout=settings().door_seconds + self._more_seconds):
            raise NoRoom
        try:
            yield
        finally:
            self._free.release()


CALLERS, TOLD = Room(6), Room(4, more_seconds=0.5)


@dataclass(frozen=True)
class Fields:
    """The fields a webhook needs: each exactly once; `patterns` for those whose form is fixed."""

    needed: tuple[str, ...]
    patterns: dict[str, str] = field(default_factory=lambda: SIDS)

    def problem(self, values: Any) -> str | None:
        if any(_moved(name, value) for name, value in values.items(multi=True)):
            return "the border of a field was moved"
        for name in _KNOWN:
            found = values.getlist(name)
            if len(found) > 1:
                return f"{name} came {len(found)} times"
            if not found and name in self.needed:
                return f"{name} is missing"
            pattern = self.patterns.get(name)
            if found and pattern and (found[0] or name in self.needed) and not re.fullmatch(pattern, found[0]):
                return f"{name} is not of the carrier's form"
            if found and name in self.needed and name != "Body" and len(found[0]) > _MOST:
                return f"{name} is too long"
        return None if values["AccountSid"] == settings().twilio_account_sid else "AccountSid is not ours"


def _moved(name: str, value: str) -> bool:
    """Whether a field that may be missing has become part of this one, which the signature would not tell."""
    if name not in _KNOWN and (name + value).startswith(_OPTIONAL):
        return True
    return name not in _WORDS and any(optional in value for optional in _OPTIONAL)


CALL = Fields(("AccountSid", "CallSid", "From", "To", "CallStatus"))
RECORDED = Fields(("AccountSid", "CallSid", "RecordingSid", "RecordingStatus"))
TEXT = Fields(("AccountSid", "MessageSid", "From", "To", "Body"))
TEXT_STATUS = Fields(("AccountSid", "MessageSid", "MessageStatus"))


def guarded(fields: Fields, room: Room = TOLD) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Let a view see only requests that the carrier signed and that have `fields`; it gets them as `form`. Raises
    NoRoom, for the blueprint to answer, when `room` is full."""

    def wrap(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def checked(**path: Any) -> Response:
            if not _form_of_a_signature(request.headers.get("X-Twilio-Signature", "")):
                return _refused(403, "the signature is missing or of no form")
            if request.mimetype != "application/x-www-form-urlencoded":
                return _refused(415, "the body is no form")
            try:
                values = request.form
            except HTTPException as fault:
                return _refused(fault.code or 400, "the body cannot be read")
            if not _signed(request, values):
                return _refused(403, "the signature is wrong")
            problem = fields.problem(values)
            if problem:
                return _refused(400, problem)
            with room.entered(), timeouts.within(settings().database_seconds):
                return view({name: values[name] for name in values}, **path)

        checked.__dict__["guarded"] = fields
        return checked

    return wrap


def _form_of_a_signature(given: str) -> bool:
    return 0 < len(given) <= _MOST and given.isascii()


def _signed(asked: Request, values: Any) -> bool:
    """Whatever comes in, a bool comes out: the library's validator raises on some inputs."""
    signature = asked.headers["X-Twilio-Signature"]
    url = settings().public_url + _raw_path(asked)
    try:
        return any(RequestValidator(token).validate(url, values, signature) for token in settings().auth_tokens)
    except Exception as fault:
        warn("signature check broke", why=type(fault).__name__)
        return False


def _raw_path(asked: Request) -> str:
    """Path and query exactly as they came over the wire; Flask's own view of them is decoded."""
    raw = asked.environ.get("RAW_URI") or asked.environ.get("REQUEST_URI")
    if raw is None:
        query = asked.environ.get("QUERY_STRING", "")
        return quote(asked.path) + (f"?{query}" if query else "")
    if raw.startswith("/"):
        return str(raw)
    parts = urlsplit(raw)  # absolute form, as some proxies send it
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _refused(status: int, why: str) -> Response:
    if status == 403:
        metrics.add("signature failure")
    warn("webhook refused", endpoint=str(request.endpoint), status=status, why=why)
    return Response(f"{why}\n", status, mimetype="text/plain")


def recording_sid(form: dict[str, str]) -> str | None:
    """The recording that a request brings: its SID, or the end of its address where a carrier sends only that."""
    named = form.get("RecordingSid") or form.get("RecordingUrl", "").rpartition("/")[2].partition(".")[0]
    return named if re.fullmatch(SIDS["RecordingSid"], named) else None


def recording_seconds(form: dict[str, str]) -> int:
    """The length the carrier gives, 0 where it gives none."""
    given = form.get("RecordingDuration", "")
    return min(int(given), 36_000) if given.isascii() and given.isdecimal() and len(given) < 9 else 0
