"""Carries out TwiML for one call, verb by verb, as a generator: it yields the state in which it waits and is sent what
happened. It has no clock; a time-out happens when somebody says so.
"""

import xml.etree.ElementTree as ET
from collections.abc import Generator
from urllib.parse import urljoin

from ivr.simulator import twiml, verbs
from ivr.simulator.events import (
    Answered,
    CallerGoneError,
    CallOverError,
    Event,
    HangUp,
    Keys,
    Moved,
    RedirectedError,
    Speech,
    Unanswered,
)
from ivr.simulator.speech import Line, said
from ivr.simulator.state import CallState, State
from ivr.simulator.twiml import Document, DocumentError
from ivr.simulator.wire import Answer, Trouble, bad_url

_APOLOGY = Line("say", "We're sorry, an application error has occurred. Goodbye.", "en-US", "man", seconds=4.0)
_IN_CIRCLES = 50  # documents in a row without the caller doing anything


class Interpreter:
    def __init__(self, call: CallState) -> None:
        self.call = call
        self._documents = 0
        self._current = ""  # the address of the document being performed

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
            return self._fetch(start.url, {}, start.method)
        try:
            document = twiml.parse(start.twiml.encode())
        except DocumentError as bad:
            self.call.note(bad.trouble)
            raise CallOverError from bad
        self.call.note(*document.troubles)
        return document

    # Fetching

    def _fetch(self, url: str, fields: dict[str, str], method: str = "POST") -> Document:
        """The next document, or the fallback's, or the end of the call."""
        call = self.call
        self._documents += 1
        if self._documents > _IN_CIRCLES:
            call.note(Trouble(0, f"{_IN_CIRCLES} documents without the caller's doing: the call goes in circles", url))
            raise CallOverError
        answer = Answer(url, trouble=Trouble(11100, "not a valid URL", url)) if bad_url(url) else None
        try:
            return self._read(answer or call.request(url, fields, method))
        except DocumentError as bad:
            trouble = bad.trouble
            call.note(trouble)
        if call.fallback_url:
            try:
                error: dict[str, str] = {
                    "ErrorCode": str(trouble.code),
                    "ErrorUrl": trouble.url or url or self._current,
                }
                return self._read(call.request(call.fallback_url, {**fields, **error}, call.fallback_method))
            except DocumentError as bad:
                call.note(bad.trouble)
        call.hear(_APOLOGY)
        raise CallOverError

    def _read(self, answer: Answer) -> Document:
        call = self.call
        if call.gone:
            raise CallerGoneError
        if answer.copies_differ:
            call.note(Trouble(0, "a repeated request got a different answer", answer.url))
        document = twiml.read(answer)
        call.note(*document.troubles)
        if call.status == "ringing" and (not len(document.root) or document.root[0].tag != "Reject"):
            call.status = "in-progress"
        return document

    def go(self, verb: ET.Element, document: Document, fields: dict[str, str]) -> Document:
        """Request the verb's action, by default the current document again."""
        return self._fetch(self.resolve(verb.get("action"), document), fields, verb.get("method", "POST"))

    def tell(self, verb: ET.Element, document: Document, fields: dict[str, str]) -> None:
        """Request the action of a caller who is gone; whatever it answers is ignored."""
        self.call.status = "completed"
        answer = self.call.request(self.resolve(verb.get("action"), document), fields, verb.get("method", "POST"))
        if answer.trouble:
            self.call.note(answer.trouble)

    @staticmethod
    def resolve(url: str | None, document: Document) -> str:
        return urljoin(document.url, (url or "").strip()) if document.url else (url or "").strip()

    # Waiting

    def wait(self, state: State) -> Generator[State, Event, Event]:
        event = yield state
        self._documents = 0
        if isinstance(event, HangUp):
            raise CallerGoneError
        if isinstance(event, Moved):
            raise RedirectedError(event)
        return event

    def _perform(self, document: Document) -> Generator[State, Event, Document | None]:
        """Every verb in turn; the document that follows, or None at the end of the last one."""
        self._current = document.url
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
                    return self._fetch(
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

    def utter(self, verb: ET.Element, document: Document) -> None:
        if verb.tag == "Pause":
            self.call.hear(Line("pause", seconds=float(verb.get("length", "1"))))
        elif verb.tag == "Say":
            self.call.hear(said(verb))
        elif (verb.text or "").strip():
            url = self.resolve(verb.text, document)
            answer = self.call.fetch_sound(url)
            if answer.trouble:
                self.call.note(answer.trouble)
            self.call.hear(Line("play", url.rpartition("/")[2], url=url, seconds=3.0))
