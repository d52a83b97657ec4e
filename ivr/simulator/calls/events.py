"""Events of a call while it waits: one small class each, so that the interpreter can match on them."""

from dataclasses import dataclass

from ivr.simulator.calls.state import CallState


class Event:
    """Something the caller, the officer or the application's REST request did."""


@dataclass(frozen=True)
class Answered(Event):
    """A call that we placed is picked up."""


@dataclass(frozen=True)
class Unanswered(Event):
    status: str  # busy, no-answer, failed


@dataclass(frozen=True)
class Listened(Event):
    """The caller has heard the lines spoken outside a Gather."""


@dataclass(frozen=True)
class Keys(Event):
    keys: str


@dataclass(frozen=True)
class Speech(Event):
    text: str
    confidence: float


@dataclass(frozen=True)
class Silence(Event):
    """Nothing happens until the time-out of whatever waits."""


@dataclass(frozen=True)
class Recorded(Event):
    seconds: float
    ended_by: str  # a key, silence, hangup
    audio: bytes | None = None


@dataclass(frozen=True)
class OfficerAnswered(Event):
    leg: CallState


@dataclass(frozen=True)
class OfficerLeft(Event):
    status: str  # of the leg: completed, busy, no-answer, failed


@dataclass(frozen=True)
class HangUp(Event):
    """The caller, or a REST request with Status=completed, ends the call."""


@dataclass(frozen=True)
class Moved(Event):
    """A REST request gives the call another document."""

    url: str
    method: str = "POST"
    twiml: str = ""


class CallOverError(Exception):
    """By <Hangup>, <Reject>, the caller, or an error without a fallback."""


class CallerGoneError(CallOverError):
    """The caller hung up."""


class RedirectedError(Exception):
    """The application moved the call elsewhere while it waited."""

    def __init__(self, to: Moved) -> None:
        super().__init__(to.url)
        self.to = to
