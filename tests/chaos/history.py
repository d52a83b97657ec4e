"""The history of a run: what callers were told, what the carrier and the departments saw and what the database says in
the end: one JSON line for each, written outside the system and out of this process before anything else happens.

Refuses a kind it does not know and a line that lacks what its kind must say, so that a check never passes for want of
what it would have looked at. More fields than these may be given.
"""

import hashlib
import json
import os
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

Line = dict[str, Any]

# What each kind must say. The field "at" is the moment of the line, unless the writer knows a better one. Numbers and
# words of residents are told as digests (digest), so that a history may be kept and shown.
KINDS: dict[str, set[str]] = {
    # callers: a step of a call was answered by the app, the fallback or nobody; "seconds" of its slowest webhook
    "dialled": {"call"},  # may say from_hash
    "spoke": {"call", "by", "valid", "seconds"},
    "application error": {"call"},
    # the n-th report of a call was acknowledged: how is "number" (which the line then has), "recorded" or "kept"
    "accepted": {"call", "how", "report"},
    "told number": {"call", "number"},
    # "wants" says that such a text must be answered, by a text to from_hash
    "texted": {"message", "answered"},
    "wrote": {"from_hash", "wants"},
    "officer moved": {"ticket", "to"},
    # one delivery: status 0 is no answer. May say token (the carrier's for this delivery), digest (of the body), call,
    # message, and degraded (the apology, which no later copy needs to repeat)
    "webhook": {"path", "status", "seconds", "valid"},
    # the carrier's own log; a call may say its direction and to_hash, a text out the message (row) of its callback and
    # the ticket numbers in it; voice says whether anybody speaks, digest is of the sound
    "carrier call": {"sid"},
    "carrier recording": {"sid", "call", "seconds"},
    "carrier text in": {"sid"},
    "carrier text out": {"sid", "to_hash", "body_digest"},
    "carrier text end": {"sid", "status"},
    # a text or a call that was asked of its REST API and not simply taken: status 0 is no answer, whatever was done
    "carrier refused": {"of", "status", "code", "to_hash"},
    # departments: key is the Message-ID or the webhook-id; answered is "ok", "refused" or "lost". May say recordings
    # (the ids behind its links), and dated (the moment that it says it was sent)
    "department got": {"key", "number", "department", "revision", "answered"},
    # the nemesis: phase is "begin" or "end"; kills are those of workers that were perhaps between request and commit,
    # ahead the seconds by which a clock was wrong
    "fault": {"name", "phase"},
    "healed": set(),
    "drained": {"seconds"},
    # the database, at the end. An outbox row may say reason, ticket (number), due (false: not before a later time),
    # created and finished, and for a text message (row) and sms ("receipt", "status" or "other")
    "ticket": {"number", "report_key", "call", "state", "late"},
    "event": {"ticket", "position", "action", "before", "after"},
    "outbox": {"id", "kind", "state", "attempts", "dedupe_key", "destination"},
    "message row": {"id", "inbound", "sid", "status"},
    "message moves": {"id", "statuses"},
    "call row": {"sid", "ended"},
    # digest is of the audio that lies under our roof, None when none does
    "recording row": {"sid", "ticket", "seconds", "fetched"},
    # a moment that a process of the house wrote down, and of what it is
    "stamp": {"of", "moment"},
}


def digest(words: str | bytes) -> str:
    """What a history says instead of a number, a sentence or a sound."""
    return hashlib.sha256(words.encode() if isinstance(words, str) else words).hexdigest()[:16]


class History:
    """A file that several threads write into, line by line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, what: str, **fields: Any) -> None:
        """Write one line, which no kill takes back. Raises ValueError for a line that says too little."""
        missing = KINDS[what] - fields.keys() if what in KINDS else {"a kind that is known"}
        if missing:
            raise ValueError(f"{what}: lacks {', '.join(sorted(missing))}")
        line = json.dumps({"at": time.time(), "what": what, **fields}, default=_plain)
        with self._lock:
            os.write(self._file, f"{line}\n".encode())

    def close(self) -> None:
        os.close(self._file)

    @staticmethod
    def read(path: Path) -> list[Line]:
        """Every line, oldest first."""
        with path.open(encoding="utf-8") as file:
            return [json.loads(line) for line in file]


def _plain(value: Any) -> float | str:
    return value.timestamp() if isinstance(value, datetime) else str(value)
