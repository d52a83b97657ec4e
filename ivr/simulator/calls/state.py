"""One call as far as it has come: who is on it, what was said, what it waits for, and how it speaks to the wire.

What it asks of the carrier is written down here too: so everything of a call stands below the carrier.
"""

import threading
from collections.abc import Iterable, Mapping
from typing import Any, Literal, Protocol, Self

from ivr.simulator.calls.speech import Line
from ivr.simulator.network.faults import Faults
from ivr.simulator.network.fields import of_progress
from ivr.simulator.network.ledger import Call, Ledger, Recording, now
from ivr.simulator.network.wire import Answer, Trouble, Wire

State = Literal["ringing", "speaking", "gathering", "recording", "dialing", "ended"]


class Exchange(Protocol):
    """The carrier, as far as a call needs it."""

    wire: Wire
    ledger: Ledger
    faults: Faults
    lock: threading.RLock

    def call_fields(self, entry: Call, status: str) -> dict[str, str]: ...
    def notify(self, key: str, url: str, bodies: list[dict[str, str]]) -> None: ...
    def keep_recording(self, call: "CallState", sound: bytes) -> Recording: ...
    def recording_done(self, recording: Recording, callback: str, *, wait: bool = False) -> None: ...
    def url_of(self, recording: Recording) -> str: ...
    def ring(
        self, caller: "CallState", to: str, url: str, method: str, *, status_url: str, status_events: Iterable[str]
    ) -> "CallState": ...


class CallState:
    def __init__(
        self,
        carrier: Exchange,
        entry: Call,
        *,
        patient: bool = True,
        fallback_url: str = "",
        fallback_method: str = "POST",
        status_url: str = "",
        status_events: frozenset[str] = frozenset({"completed"}),
    ) -> None:
        self.carrier, self.entry, self.patient = carrier, entry, patient
        self.fallback_url, self.fallback_method = fallback_url, fallback_method
        self._status_url, self._status_events = status_url, status_events
        self.state: State = "ringing"
        self.status = "ringing"
        self.waiting: dict[str, Any] = {}  # what the current state waits for, with its time-out
        self.lines: list[Line] = []
        self.errors: list[Trouble] = []
        self.legs: list[Self] = []  # who is being rung by <Dial>
        self.officer_lines: list[Line] = []  # what the officer heard before being connected
        self.seconds = 0.0  # how long the call would have taken
        self.bridged = self.ran_out = self.unheard = self.gone = False
        self._story: list[str] = []
        self.requests = self.turns = self._mark = self._sequence = 0
        self._lock = threading.RLock()

    # Who is on the call

    @property
    def sid(self) -> str:
        return self.entry.sid

    @property
    def from_(self) -> str:
        return self.entry.from_

    @property
    def to(self) -> str:
        return self.entry.to

    @property
    def direction(self) -> str:
        return self.entry.direction

    # What was said

    @property
    def heard(self) -> list[Line]:
        """Everything spoken or played so far."""
        return [line for line in self.lines if line.kind in ("say", "play")]

    @property
    def latest(self) -> list[Line]:
        """What was spoken or played since the caller's last act."""
        return [line for line in self.lines[self._mark :] if line.kind in ("say", "play")]

    def hears(self, text: str, *, ever: bool = False) -> bool:
        """Whether `text` was said since the caller's last act, or `ever` in this call; case and spacing are one."""
        said = " ".join(line.text for line in (self.heard if ever else self.latest))
        return " ".join(text.split()).casefold() in " ".join(said.split()).casefold()

    def transcript(self) -> str:
        return "\n".join(self._story)

    def hear(self, line: Line) -> None:
        self.lines.append(line)
        self.seconds += line.seconds
        self.unheard = True
        if line.kind in ("say", "play"):
            self._story.append(f"  {line.text}" + (f"  [{line.language}]" if line.language else "  [sound]"))

    def note(self, *troubles: Trouble) -> None:
        self.errors += troubles
        self._story += [f"! {trouble}" for trouble in troubles]

    # What it does on the wire

    def request(self, url: str, fields: Mapping[str, str], method: str = "POST") -> Answer:
        self.requests += 1
        return self.carrier.wire.send(url, {**self.fields(), **fields}, method=method)

    def fetch_sound(self, url: str) -> Answer:
        answer = self.carrier.wire.send(url, {}, method="GET", accept="audio/*")
        if not answer.trouble and not answer.content_type.startswith("audio/"):
            return Answer(url, trouble=Trouble(12300, f"Content-Type {answer.content_type} is no sound", url))
        return answer

    def fields(self) -> dict[str, str]:
        """What every request of this call carries."""
        return self.carrier.call_fields(self.entry, self.status)

    def report(self, *events: str) -> None:
        """Status callbacks, as far as they were asked for."""
        wanted = [event for event in events if event in self._status_events]
        if not self._status_url or not wanted:
            return
        named = {"answered": "in-progress", "completed": self.status}
        bodies = []
        for event in wanted:
            fields = {**self.fields(), "CallStatus": named.get(event, event)}
            bodies.append({**fields, **of_progress(self._sequence)})
            self._sequence += 1
        if "completed" in wanted:
            seconds = self.entry.duration
            bodies[-1] |= {"CallDuration": str(seconds), "Duration": str(-(-seconds // 60))}
        self.carrier.notify(self.sid, self._status_url, bodies)

    def end(self, status: str = "") -> None:
        """Close the books, once."""
        with self.carrier.lock:
            if self.entry.ended:
                return
            self.status = status or self._last_status()
            self.state, self.waiting = "ended", {}
            self.turns += 1
            duration = round(self.seconds) if self.status == "completed" else 0
            self.carrier.ledger.touch(self.entry, status=self.status, duration=duration, ended=now())
        self.report("completed")

    def _last_status(self) -> str:
        if self.status != "ringing":
            return "completed" if self.status == "in-progress" else self.status
        if self.direction != "inbound":
            return "canceled"
        return "no-answer" if self.gone else "completed"  # gone before the answer, or answered with an apology
