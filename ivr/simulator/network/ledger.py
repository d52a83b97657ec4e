"""The carrier's records: its log of calls, texts and recordings, what came with them, the mails, and who opted out.

Held in memory, the last 500 of each unless told otherwise; with a home directory it is also written there, so that a
restart forgets nothing.
"""

import json
import secrets
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

KEEP = 500
_WRITE_AFTER = 0.5  # seconds in which further changes join the same write


def new_sid(prefix: str) -> str:
    return prefix + secrets.token_hex(16)


def now() -> datetime:
    """Whole seconds, as the carrier's dates have them."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass
class Entry:
    sid: str
    created: datetime = field(default_factory=now, kw_only=True)
    updated: datetime = field(default_factory=now, kw_only=True)


@dataclass
class Message(Entry):
    from_: str
    to: str
    body: str
    direction: str  # inbound, outbound-api, outbound-reply
    status: str
    error_code: int | None = None
    callback: str = ""
    template: bool = False  # WhatsApp's: registered words, which may be sent at any time
    attachments: list[str] = field(default_factory=list)
    place: str = ""  # a location that was shared


@dataclass
class Attachment(Entry):
    message_sid: str
    content_type: str


@dataclass
class Call(Entry):
    from_: str
    to: str
    direction: str
    status: str = "queued"
    duration: int = 0
    ended: datetime | None = None
    parent: str = ""


@dataclass
class Recording(Entry):
    call_sid: str
    duration: int
    status: str = "processing"


@dataclass
class Mail(Entry):
    from_: str
    to: str
    subject: str
    text: str
    html: str
    number: str = ""  # the ticket it is about


_KINDS: dict[str, type[Entry]] = {
    "messages": Message,
    "attachments": Attachment,
    "calls": Call,
    "recordings": Recording,
    "mails": Mail,
}


class Ledger:
    """Five shelves by sid, oldest first. Whoever changes an entry calls `touch`."""

    def __init__(self, home: Path | None = None, *, keep: int = KEEP) -> None:
        self.messages: dict[str, Message] = {}
        self.attachments: dict[str, Attachment] = {}
        self.calls: dict[str, Call] = {}
        self.recordings: dict[str, Recording] = {}
        self.mails: dict[str, Mail] = {}
        self.opted_out: set[str] = set()
        self._media: dict[str, bytes] = {}
        self._home, self._keep = home, keep
        self._lock = threading.RLock()
        self._timer: threading.Timer | None = None
        if home:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._load()

    def add(self, entry: Entry) -> None:
        with self._lock:
            shelf = self._shelf(entry)
            shelf[entry.sid] = entry
            while len(shelf) > self._keep:
                self._forget_media(next(iter(shelf)))
                del shelf[next(iter(shelf))]
        self._save_soon()

    def touch(self, entry: Entry, **changes: object) -> None:
        with self._lock:
            for name, value in changes.items():
                setattr(entry, name, value)
            entry.updated = now()
        self._save_soon()

    def remove(self, entry: Entry) -> None:
        with self._lock:
            self._shelf(entry).pop(entry.sid, None)
            self._forget_media(entry.sid)
        self._save_soon()

    def keep_media(self, sid: str, raw: bytes) -> None:
        if self._home:
            self._file(sid).write_bytes(raw)
        else:
            self._media[sid] = raw

    def media(self, sid: str) -> bytes | None:
        if not self._home:
            return self._media.get(sid)
        path = self._file(sid)
        known = sid in self.recordings or sid in self.attachments
        return path.read_bytes() if known and path.exists() else None

    def listed(self, kind: str) -> list[Any]:
        """Newest first; a copy, so that others may add meanwhile."""
        with self._lock:
            return list(reversed(getattr(self, kind).values()))

    def _shelf(self, entry: Entry) -> dict[str, Any]:
        name = next(name for name, kind in _KINDS.items() if type(entry) is kind)
        shelf: dict[str, Any] = getattr(self, name)
        return shelf

    def _forget_media(self, sid: str) -> None:
        self._media.pop(sid, None)
        if self._home:
            self._file(sid).unlink(missing_ok=True)

    def _file(self, sid: str) -> Path:
        assert self._home is not None
        return self._home / (f"{sid}.wav" if sid.startswith("RE") else f"{sid}.bin")

    def _save_soon(self) -> None:
        with self._lock:
            if self._home and self._timer is None:
                self._timer = threading.Timer(_WRITE_AFTER, self.save)
                self._timer.daemon = True
                self._timer.start()

    def save(self) -> None:
        """Write everything now; a half-written file never takes the place of a whole one."""
        with self._lock:
            if self._timer:
                self._timer.cancel()
                self._timer = None
            state: dict[str, Any] = {name: [asdict(one) for one in getattr(self, name).values()] for name in _KINDS}
            state["opted_out"] = sorted(self.opted_out)
            if self._home:
                fresh = self._home / "ledger.new"
                fresh.write_text(json.dumps(state, default=datetime.isoformat))
                fresh.replace(self._home / "ledger.json")

    def _load(self) -> None:
        path = self._home and self._home / "ledger.json"
        if not path or not path.exists():
            return
        state = json.loads(path.read_text())
        self.opted_out = set(state["opted_out"])
        for name, kind in _KINDS.items():
            getattr(self, name).update((row["sid"], kind(**_dated(row))) for row in state.get(name, ()))
        for call in self.calls.values():
            if call.status not in ("completed", "busy", "failed", "no-answer", "canceled"):
                call.status, call.ended = "failed", call.updated  # its line went down with us


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    dates = ("created", "updated", "ended")
    return {name: datetime.fromisoformat(value) if name in dates and value else value for name, value in row.items()}
