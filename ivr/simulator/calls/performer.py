"""The means that all verbs share: to fetch the document that follows, to wait for somebody, and to speak."""

import xml.etree.ElementTree as ET
from collections.abc import Generator
from urllib.parse import urljoin

from ivr.simulator.calls import twiml
from ivr.simulator.calls.events import CallerGoneError, CallOverError, Event, HangUp, Moved, RedirectedError
from ivr.simulator.calls.speech import Line, said
from ivr.simulator.calls.state import CallState, State
from ivr.simulator.calls.twiml import Document, DocumentError
from ivr.simulator.network.wire import Answer, Trouble, bad_url

_APOLOGY = Line("say", "We're sorry, an application error has occurred. Goodbye.", "en-US", "man", seconds=4.0)
_IN_CIRCLES = 50  # documents in a row without the caller doing anything


class Performer:
    def __init__(self, call: CallState) -> None:
        self.call = call
        self._documents = 0
        self.current = ""  # the address of the document being performed

    # Fetching

    def fetch(self, url: str, fields: dict[str, str], method: str = "POST") -> Document:
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
                error = {"ErrorCode": str(trouble.code), "ErrorUrl": trouble.url or url or self.current}
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
        return self.fetch(self.resolve(verb.get("action"), document), fields, verb.get("method", "POST"))

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

    # Speaking

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
