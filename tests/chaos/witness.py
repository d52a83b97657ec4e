"""A witness at the carrier, who writes down what comes back: every request to the app, who spoke to a caller, each
recording as it is made, each text as it is taken, and what the REST API refuses or leaves unanswered."""

import re
import threading
import time
from urllib.parse import parse_qs, urlsplit

from flask import Flask, Response, g, request

from chaos.history import History, digest
from ivr.simulator.calls import twiml
from ivr.simulator.calls.state import CallState
from ivr.simulator.carrier import Carrier
from ivr.simulator.network.ledger import Message, Recording
from ivr.simulator.network.wire import Answer, Request
from ticketing.outgoing import links

_DOCUMENTS = ("/voice/incoming", "/voice/turn/", "/voice/fallback", "/voice/officer")
_DEGRADED = "/voice/fallback/saved"  # where the apology brings what it records
_QUIET = 200  # of 32768: what is never louder is silence
_NUMBER = re.compile(r"\b\d{3}[-. ]?\d{3}[-. ]?\d{3}\b")


class Exchange(Carrier):
    """A carrier that writes each recording and each text down as it gets it: what the hotline has fetched it deletes
    here, and what was never asked for is nowhere else."""

    history: History

    def keep_recording(self, call: CallState, sound: bytes) -> Recording:
        made = super().keep_recording(call, sound)
        self.history.note(
            "carrier recording",
            sid=made.sid,
            call=call.sid,
            seconds=made.duration,
            voice=_loudest(sound) > _QUIET,
            digest=digest(sound),
        )
        return made

    def deliver(self, message: Message) -> None:
        self.history.note(
            "carrier text out",
            sid=message.sid,
            to_hash=digest(message.to),
            body_digest=digest(message.body),
            message=message_of(message.callback),
            numbers=["".join(filter(str.isdigit, one)) for one in _NUMBER.findall(message.body)],
        )
        super().deliver(message)


def message_of(callback: str) -> str | None:
    """The row of a text, by the reference in the address at which its receipt is wanted."""
    known = links.read_message(parse_qs(urlsplit(callback.partition("#")[0]).query).get("ref", [""])[0])
    return str(known) if known else None


def watch(app: Flask, history: History, answers_within: float) -> None:
    """Write down what this REST API refuses of texts and calls, and what it answers only after so many seconds."""

    @app.before_request
    def begin() -> None:
        g.began = time.monotonic()

    @app.after_request
    def end(answer: Response) -> Response:
        what = {"Messages.json": "text", "Calls.json": "call"}.get(request.path.rpartition("/")[2])
        late = time.monotonic() - g.began > answers_within
        if request.method == "POST" and what and (answer.status_code >= 400 or late):
            form, code = request.form, (answer.get_json(silent=True) or {}).get("code")
            history.note(
                "carrier refused",
                of=what,
                status=0 if late else answer.status_code,
                code=code,
                to_hash=digest(form.get("To", "")),
                message=message_of(form.get("StatusCallback", "")),
            )
        return answer


def _loudest(sound: bytes) -> int:
    """The loudest of every sixteenth sample of 16 bits, after the 44 bytes with which a WAV begins."""
    return max(map(abs, memoryview(sound[44 : len(sound) - len(sound) % 2]).cast("h")[::16]), default=0)


class Witness:
    """Told of every request that the carrier sends; `url` is the app's."""

    def __init__(self, history: History, url: str) -> None:
        self.history, self.url = history, url
        self._waited: dict[str, float] = {}
        self._lock = threading.Lock()

    def __call__(self, asked: Request, answer: Answer, seconds: float) -> None:
        path, call = urlsplit(asked.url).path, asked.fields.get("CallSid", "")
        ours = asked.url.startswith(self.url)
        document = path.startswith(_DOCUMENTS) and asked.accept != "*/*"
        good = _usable(answer) if document or not ours else 200 <= answer.status < 300
        if ours:
            self._webhook(asked, answer, seconds, good)
        if document or not ours:
            call = call or parse_qs(urlsplit(answer.url).query).get("CallSid", [""])[0]
            self._spoke(call, good=good, ours=ours, seconds=seconds)

    def _webhook(self, asked: Request, answer: Answer, seconds: float, good: bool) -> None:
        path = urlsplit(asked.url).path
        self.history.note(
            "webhook",
            path=path,
            status=answer.status,
            seconds=round(seconds, 3),
            valid=good,
            call=asked.fields.get("CallSid", ""),
            message=asked.fields.get("MessageSid", ""),
            digest=digest(answer.body),
            token=asked.token,
            degraded=_DEGRADED in answer.text,
        )
        if path == "/sms/incoming":
            self.history.note("texted", message=asked.fields["MessageSid"], answered=good)

    def _spoke(self, call: str, *, good: bool, ours: bool, seconds: float) -> None:
        """Who spoke in the end, and how long the slowest attempt took."""
        with self._lock:
            waited = max(self._waited.pop(call, 0.0), seconds)
            if not good and ours:
                self._waited[call] = waited
                return
        by = "nobody" if not good else "app" if ours else "fallback"
        self.history.note("spoke", call=call, by=by, valid=good, seconds=round(waited, 3))


def _usable(answer: Answer) -> bool:
    try:
        twiml.read(answer)
    except twiml.DocumentError:
        return False
    return True
