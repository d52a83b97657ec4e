"""Carries out TwiML for one call, verb by verb, as a generator: it yields the state in which it waits and is sent what
happened. It has no clock; a time-out happens when somebody says so.
"""

from collections.abc import Generator

from ivr.simulator.calls import twiml, verbs
from ivr.simulator.calls.events import Answered, CallOverError, Event, Keys, Moved, RedirectedError, Speech, Unanswered
from ivr.simulator.calls.performer import Performer
from ivr.simulator.calls.state import State
from ivr.simulator.calls.twiml import Document, DocumentError
from ivr.simulator.network.wire import Trouble


class Interpreter(Performer):
    def life(self, start: Moved) -> Generator[State, Event, None]:
        """From the first ring to the end; sets call.ran_out when the last document simply ended."""
        call = self.call
        try:
            if call.direction != "inbound":
                yield from self._ring()
            document: Document | None = self._start(start)
            while document:
                try:
                    document = yield from self._perform(document)
                except RedirectedError as moved:
                    document = self._start(moved.to)
            call.ran_out = True
        except CallOverError:
            pass

    def _ring(self) -> Generator[State, Event, None]:
        event = yield from self.wait("ringing")
        if not isinstance(event, Answered):
            self.call.status = event.status if isinstance(event, Unanswered) else "no-answer"
            raise CallOverError
        self.call.status = "in-progress"

    def _start(self, start: Moved) -> Document | None:
        if not start.twiml and not start.url:
            return None  # a leg without a document of its own: it is connected at once
        if not start.twiml:
            return self.fetch(start.url, {}, start.method)
        try:
            document = twiml.parse(start.twiml.encode())
        except DocumentError as bad:
            self.call.note(bad.trouble)
            raise CallOverError from bad
        self.call.note(*document.troubles)
        return document

    def _perform(self, document: Document) -> Generator[State, Event, Document | None]:
        """Every verb in turn; the document that follows, or None at the end of the last one."""
        self.current = document.url
        for first, verb in zip((True, *[False] * len(document.root)), list(document.root), strict=False):
            if verb.tag not in ("Say", "Play", "Pause"):
                yield from self._spoken()
            match verb.tag:
                case "Say" | "Play" | "Pause":
                    self.utter(verb, document)
                case "Gather":
                    if gathered := (yield from verbs.gather(self, verb, document)):
                        return self.go(verb, document, gathered)
                case "Record":
                    return (yield from verbs.record(self, verb, document))
                case "Dial":
                    result = yield from verbs.dial(self, verb, document)
                    if verb.get("action"):
                        return self.go(verb, document, result)
                case "Redirect":
                    return self.fetch(
                        self.resolve(verb.text, document) if (verb.text or "").strip() else "",
                        {},
                        verb.get("method", "POST"),
                    )
                case "Reject" if first and self.call.status == "ringing":
                    self.call.status = "busy" if verb.get("reason") == "busy" else "no-answer"
                    raise CallOverError
                case "Hangup" | "Reject":
                    raise CallOverError
                case other:
                    self.call.note(Trouble(12200, f"<{other}> is not a verb of a call", document.url))
        yield from self._spoken()
        return None

    def _spoken(self) -> Generator[State, Event, None]:
        """An impatient caller is given the time to hear what was said; keys and words in it are lost."""
        while self.call.unheard and not self.call.patient:
            self.call.waiting = {"kind": "speech"}
            event = yield from self.wait("speaking")
            if not isinstance(event, Keys | Speech):
                self.call.unheard = False
