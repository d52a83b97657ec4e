"""One call as the people on it live it: press, speak, stay silent, record, hang up, and hear what was said.

No clock and no thread of its own: every act runs the call on until it needs somebody again. An act that the call cannot
take now raises NotNowError; what the application did wrong collects in `errors`.
"""

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ivr.simulator import ledger
from ivr.simulator.events import (
    Answered,
    Event,
    HangUp,
    Keys,
    Listened,
    Moved,
    OfficerAnswered,
    OfficerLeft,
    Recorded,
    Silence,
    Speech,
    State,
    Unanswered,
)
from ivr.simulator.fields import of_progress
from ivr.simulator.interpreter import Interpreter
from ivr.simulator.speech import Line
from ivr.simulator.wire import Answer, Trouble

if TYPE_CHECKING:
    from ivr.simulator.carrier import Carrier

_KEYS = frozenset("0123456789*#")


class NotNowError(RuntimeError):
    """The call is in no state for this act."""


class LiveCall:
    def __init__(
        self,
        carrier: "Carrier",
        entry: ledger.Call,
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
        self.legs: list[LiveCall] = []  # who is being rung by <Dial>
        self.officer_lines: list[Line] = []  # what the officer heard before being connected
        self.seconds = 0.0  # how long the call would have taken
        self.bridged = self.ran_out = self.unheard = self.gone = False
        self._story: list[str] = []
        self.requests = self.turns = self._mark = self._sequence = 0
        self._lock = threading.RLock()
        self._life = Interpreter(self)
        self._turns: Any = None

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

    # What the caller does

    def press(self, keys: str) -> None:
        if not keys or not _KEYS.issuperset(keys):
            raise ValueError(f"no such keys: {keys!r}")
        self._send(Keys(keys), f"caller presses {keys}")

    def speak(self, text: str, confidence: float = 0.9) -> None:
        self._send(Speech(text, confidence), f'caller says "{text}"', only=("gathering", "speaking"))

    def stay_silent(self) -> None:
        """The time-out of whatever waits elapses."""
        self._send(Silence(), "caller stays silent")

    def listen(self) -> None:
        """An impatient caller has heard the announcement to its end; a patient one always has."""
        if self.state == "speaking":
            self._send(Listened(), "")

    def record(self, seconds: float, *, ended_by: str = "#", audio: bytes | None = None) -> None:
        """Talk for so long, and end it by a key, by `silence` or by `hangup`. Without audio a stand-in is recorded."""
        self._send(
            Recorded(seconds, ended_by, audio), f"caller talks for {seconds:g} s, then {ended_by}", only=("recording",)
        )

    def hang_up(self) -> None:
        """At any time, also while the application is still thinking about its answer, which is then lost."""
        self.gone = True
        if not self._lock.acquire(blocking=False):
            self.end()
            return
        try:
            if self.state != "ended":
                self._send(HangUp(), "caller hangs up")
        finally:
            self._lock.release()

    # What the called person does, in a call that the hotline places

    def answer(self) -> None:
        self._send(Answered(), f"{self.to} answers", only=("ringing",))

    def leave_unanswered(self, status: str = "no-answer") -> None:
        self._send(Unanswered(status), f"{self.to}: {status}", only=("ringing",))

    # What the officer does, when <Dial> rings

    def officer_answers(self, keys: str = "1", *, which: int = 0) -> None:
        """Pick up and press `keys` in whatever is asked first; '' presses nothing, as voicemail would."""
        if self.state != "dialing" or self.bridged:
            raise NotNowError(f"nobody is being rung: the call is {self.state}")
        leg = self.legs[which]
        leg.answer()
        if leg.state == "gathering" and keys:
            leg.press(keys)
        while leg.state != "ended":
            leg.stay_silent()
        self.officer_lines += leg.lines
        self._send(OfficerAnswered(leg), f"officer answers, pressing {keys or 'nothing'}", only=("dialing",))

    def officer_declines(self) -> None:
        self._send(OfficerLeft("busy"), "officer declines", only=("dialing",))

    def officer_no_answer(self) -> None:
        self._send(OfficerLeft("no-answer"), "officer does not answer", only=("dialing",))

    def officer_hangs_up(self) -> None:
        self._send(OfficerLeft("completed"), "officer hangs up", only=("dialing",))

    # What the carrier does

    def start(self, at: Moved) -> "LiveCall":
        with self._lock:
            self._turns = self._life.life(at)
            self._run(lambda: next(self._turns))
        return self

    def move(self, to: Moved) -> None:
        """A REST request gives the call another document at once."""
        self._send(to, "the application moves the call")

    def request(self, url: str, fields: Mapping[str, str], method: str = "POST") -> Answer:
        self.requests += 1
        return self.carrier.wire.send(url, {**self.fields(), **fields}, method=method)

    def fetch_sound(self, url: str) -> Answer:
        answer = self.carrier.wire.send(url, {}, method="GET", accept="audio/*")
        if not answer.trouble and not answer.content_type.startswith("audio/"):
            return Answer(url, trouble=Trouble(12300, f"Content-Type {answer.content_type} is no sound", url))
        return answer

    def hear(self, line: Line) -> None:
        self.lines.append(line)
        self.seconds += line.seconds
        self.unheard = True
        if line.kind in ("say", "play"):
            self._story.append(f"  {line.text}" + (f"  [{line.language}]" if line.language else "  [sound]"))

    def note(self, *troubles: Trouble) -> None:
        self.errors += troubles
        self._story += [f"! {trouble}" for trouble in troubles]

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
            self.carrier.ledger.touch(self.entry, status=self.status, duration=duration, ended=ledger.now())
        self.report("completed")

    def _last_status(self) -> str:
        if self.status != "ringing":
            return "completed" if self.status == "in-progress" else self.status
        if self.direction != "inbound":
            return "canceled"
        return "no-answer" if self.gone else "completed"  # gone before the answer, or answered with an apology

    def _send(self, event: Event, story: str, *, only: tuple[State, ...] = ()) -> None:
        with self._lock:
            if self.state == "ended" or (only and self.state not in only):
                raise NotNowError(f"the call is {self.state}, so not: {story}\n{self.transcript()}")
            if story:
                self._story.append(f"> {story}")
            if not isinstance(event, Listened):
                self._mark = len(self.lines)
            if self.state == "ringing" and isinstance(event, Answered):
                self.report("answered")
            self._run(lambda: self._turns.send(event))

    def _run(self, step: Callable[[], State]) -> None:
        """Up to the next point where somebody must act."""
        self.turns += 1
        try:
            self.state = step()
            self.carrier.ledger.touch(self.entry, status=self.status)
        except StopIteration:
            if self.direction == "outbound-dial" and self.ran_out:
                self.state = "ended"  # connected: its books stay open until the conversation is over
            else:
                self.end()
        if self.gone:  # hung up meanwhile, from another thread
            self.end()
            self.state = "ended"
