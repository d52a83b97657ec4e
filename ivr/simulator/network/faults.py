"""Faults that the carrier is told to have: one plain dataclass, set by tests in-process or over HTTP by the page.

Counters (`rest_fail`, `rest_hang`, `media_missing`) run down to nothing by themselves; the others stay until changed.
"""

import threading
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

Callbacks = Literal["in order", "reversed", "doubled", "dropped"]
_lock = threading.Lock()


@dataclass
class Faults:
    """Seconds and counts; the defaults are a carrier without a fault."""

    rest_fail: int = 0  # the next n REST calls are refused with rest_status and rest_code
    rest_status: int = 500
    rest_code: int = 20500
    retry_after: int | None = None  # sent as a header with a 429
    rest_hang: int = 0  # the next n REST calls are answered only after hang_seconds
    hang_seconds: float = 60.0
    hang_acts: bool = True  # whether such a call did its work before it fell silent

    webhook_copies: int = 1  # every webhook is delivered n times under one idempotency token
    webhook_concurrent: bool = False  # ... all at once instead of one after the other
    webhook_delay: float = 0.0
    callbacks: Callbacks = "in order"  # message, call and recording status callbacks
    callback_delay: float = 0.0
    undelivered: dict[str, int] = field(
        default_factory=dict
    )  # texts to this number end undelivered, with this error code

    not_on_whatsapp: list[str] = field(default_factory=list)  # these numbers do not have it: messages fail with 63003

    media_missing: int = 0  # the next n fetches of a recording or picture find nothing yet
    drop_record_action: bool = False  # the connection is lost as a recording ends: its action is never requested
    drop_recording_callback: bool = False

    def __post_init__(self) -> None:
        self.released = threading.Event()  # ends whatever hangs, so that nothing waits for a fault already lifted

    def take(self, counter: str) -> bool:
        """True, and one less to go, while the named counter has something left."""
        with _lock:
            left = int(getattr(self, counter))
            setattr(self, counter, max(0, left - 1))
        return left > 0

    def set(self, wanted: dict[str, Any]) -> None:
        """Change the named faults; ValueError names what is unknown or has the wrong kind of value."""
        known = asdict(Faults())
        for name, value in wanted.items():
            if name not in known:
                raise ValueError(f"no such fault: {name}")
            if not _fits(name, value, known[name]):
                raise ValueError(f"{name} cannot be {value!r}")
        for name, value in wanted.items():
            setattr(self, name, value)
        self.released.set()
        self.released = threading.Event()

    def clear(self) -> None:
        self.set(asdict(Faults()))

    def as_dict(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


def _fits(name: str, value: object, default: object) -> bool:
    if name == "callbacks":
        return value in ("in order", "reversed", "doubled", "dropped")
    if name == "retry_after":
        return value is None or (isinstance(value, int) and value >= 0)
    if isinstance(default, dict):
        return isinstance(value, dict) and all(type(code) is int for code in value.values())
    if isinstance(default, list):
        return isinstance(value, list) and all(isinstance(number, str) for number in value)
    if isinstance(default, float):
        return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    if isinstance(default, int) and not isinstance(default, bool):
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return type(value) is type(default)
