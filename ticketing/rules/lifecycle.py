"""The lifecycle of a ticket: which state may become which. One table: data, not code; moves.py is the only one who acts
on it."""

RECEIVED = "received"
FORWARDED = "forwarded"
ACCEPTED = "accepted"
IN_PROGRESS = "in_progress"
WAITING = "waiting"
SCHEDULED = "scheduled"
RESOLVED = "resolved"
CONFIRMED = "confirmed"
REOPENED = "reopened"
REFUSED = "refused"
REFERRED = "referred"
MERGED = "merged"
WITHDRAWN = "withdrawn"

_ENDS = {RESOLVED, REFUSED, REFERRED, MERGED, WITHDRAWN}

MOVES: dict[str, set[str]] = {
    # the report is ours; its department has not been reached yet
    RECEIVED: {FORWARDED, ACCEPTED, IN_PROGRESS, WAITING, SCHEDULED, *_ENDS},
    # the department has it in its mailbox
    FORWARDED: {ACCEPTED, IN_PROGRESS, WAITING, SCHEDULED, *_ENDS},
    ACCEPTED: {IN_PROGRESS, WAITING, SCHEDULED, *_ENDS},
    IN_PROGRESS: {WAITING, SCHEDULED, *_ENDS},
    # the resident was asked something; the clock stands still
    WAITING: {ACCEPTED, IN_PROGRESS, SCHEDULED, *_ENDS},
    # the work has a day
    SCHEDULED: {IN_PROGRESS, WAITING, SCHEDULED, *_ENDS},
    # the department says it is done; the resident has the last word
    RESOLVED: {CONFIRMED, REOPENED},
    CONFIRMED: {REOPENED},
    REOPENED: {FORWARDED, ACCEPTED, IN_PROGRESS, WAITING, SCHEDULED, *_ENDS},
    # refused by one department, which named the next owner; on its way there
    REFUSED: {FORWARDED, ACCEPTED, IN_PROGRESS, WAITING, SCHEDULED, *_ENDS},
    # not the city's: somebody else was named
    REFERRED: {REOPENED},
    MERGED: {REOPENED},
    WITHDRAWN: {REOPENED},
}

STATES = tuple(MOVES)
CLOSED = {CONFIRMED, REFERRED, MERGED, WITHDRAWN}
PAUSED = {WAITING}
OVER = CLOSED | {RESOLVED}
DONE = {RESOLVED, CONFIRMED}
ON_ITS_WAY = {RECEIVED, REFUSED, REOPENED}

# The text a resident gets when a ticket becomes this; the other states are told by the page alone.
TEXTS = {
    IN_PROGRESS: "SMS03",
    WAITING: "SMS04",
    SCHEDULED: "SMS28",
    RESOLVED: "SMS05",
    REOPENED: "SMS06",
    REFERRED: "SMS18",
    MERGED: "SMS19",
}
