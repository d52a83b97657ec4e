"""A witness at the carrier, who writes down what comes back: every request to the app, who spoke to a caller, and each
recording as it is made."""

import hashlib
import threading
from urllib.parse import parse_qs, urlsplit

from chaos.history import History
from ivr.simulator.calls import twiml
from ivr.simulator.calls.call import LiveCall
from ivr.simulator.carrier import Carrier
from ivr.simulator.network.ledger import Recording
from ivr.simulator.network.wire import Answer, Request

_DOCUMENTS = ("/voice/incoming", "/voice/turn/", "/voice/fallback", "/voice/officer")
_DEGRADED = "/voice/fallback/saved"  # where the apology brings what it records


class Exchange(Carrier):
    """A carrier that writes each recording down as it is made: what the hotline has fetched it deletes here."""

    history: History

    def keep_recording(self, call: LiveCall, sound: bytes) -> Recording:
        made = super().keep_recording(call, sound)
        self.history.note("carrier recording", sid=made.sid, call=call.sid, seconds=made.duration)
        return made


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
            digest=hashlib.sha256(answer.body).hexdigest()[:16],
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
