"""Keeps what a caller recorded while the caller is on the line; ticketing/calls/call_log.py says what it becomes."""

from typing import Any

from sqlalchemy.orm import Session

from ivr.prompts import Take
from ticketing.calls import call_log
from ticketing.calls.memory import Memory
from ticketing.media import recordings
from ticketing.models import Call


def keep(session: Session, call: Call, details: dict[str, Any], take: Take, memory: Memory) -> str:
    """Open the ticket of this take, or give the open one its new audio. Returns the ticket's number."""
    recording = recordings.noted(
        session, sid=take.sid, call=call, turn=memory.turn, seconds=take.seconds, completed=False
    )
    return call_log.keep(session, call, details, recording, memory.language).number
