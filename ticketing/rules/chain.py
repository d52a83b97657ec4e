"""The chain of a ticket's history: each event holds a SHA-256 of itself and of the hash before it. So nothing in it can
be changed, left out, put in or swapped without every later hash being another one. The hash is no secret's: whoever can
write every event can compute it too, so the newest ones leave the house each day (ticketing/database/heads.py)."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

NONE = ""  # what comes before the first event


def link(
    previous: str,
    *,
    id: UUID,
    ticket_id: UUID,
    position: int,
    at: datetime,
    by: str,
    action: str,
    before: str | None,
    after: str | None,
    why: dict[str, Any],
) -> str:
    """The hash of an event whose predecessor has the hash `previous`."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    content = [previous, id.hex, ticket_id.hex, position, moment, by, action, before, after, why]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
