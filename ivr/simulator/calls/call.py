"""One call as the people on it live it: press, speak, stay silent, record, hang up, and hear what was said.

No clock and no thread of its own: every act runs the call on until it needs somebody again. An act that the call cannot
take now raises NotNowError; what the application did wrong collects in `errors`.
"""

from collections.abc import Callable, Generator

from ivr.simulator.calls.events import (
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
    Unanswered,
)
from ivr.simulator.calls.interpreter import Interpreter
from ivr.simulator.calls.state import CallState, State

_KEYS = frozenset("0123456789*#")


class NotNowError(RuntimeError):
    """The call is in no state for this act."""


class LiveCall(CallState):
    _turns: Generator[State, Event, None]

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
            self._turns = Interpreter(self).life(at)
            self._run(lambda: next(self._turns))
        return self

    def move(self, to: Moved) -> None:
        """A REST request gives the call another document at once."""
        self._send(to, "the application moves the call")

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
