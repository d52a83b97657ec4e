"""A promise to call back: its window as a call remembers it, and the promise written down with its ticket."""

from datetime import datetime
from typing import Any

from config import clock
from ivr.talk import Talk
from ticketing.calls import callbacks
from ticketing.models import Contact, Ticket


def window(department: str | None = None) -> dict[str, str]:
    """When somebody who asks now is called, and when that was."""
    now = clock.now()
    start, end = callbacks.window(now, department=department)
    return {"from": start.isoformat(), "until": end.isoformat(), "asked": now.isoformat()}


def read_window(found: dict[str, str]) -> callbacks.Window:
    """The window that a call remembers."""
    return datetime.fromisoformat(found["from"]), datetime.fromisoformat(found["until"])


def promise(talk: Talk, ticket: Ticket, contact: Contact, found: dict[str, Any], *, key: str, department: str) -> None:
    """Promise this caller the window that was found, once under `key`."""
    callbacks.promise(
        talk.session,
        ticket,
        contact,
        read_window(found),
        key=key,
        department=department,
        topic=ticket.category,
        language=talk.language,
    )
