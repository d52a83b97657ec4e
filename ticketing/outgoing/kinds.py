"""The kinds of outbox rows, one line each: where such a row waits, whom it is addressed to, and what follows when it
fails. The module that keeps it is in workers/kinds.py; a house test compares the two lists."""

from dataclasses import dataclass
from datetime import timedelta

# The queues (workers/outbox.py). A mail server may take minutes over a mail, so mail has one of its own.
TEXTS, MAIL, DISPATCH, RECORDINGS = "texts", "mail", "dispatch", "recordings"
# What a destination begins with. One call is in flight per destination, whatever its kind.
CONTACT, DEPARTMENT = "contact:", "department:"


@dataclass(frozen=True)
class Kind:
    """How rows of one kind are kept. `addressee` begins the destination; after `budget` nothing more is tried. Five
    failures in a row open `breaker`, which all rows of the kind share because one carrier or relay takes them; what is
    the destination's own fault opens the destination's. `back_off` is the least and the longest wait before the next
    try, in seconds. `asked` says that it is not simply done again when nobody knows whether it happened: the other side
    is asked first, and where nobody can be asked, as with mail, it is done once more after a while."""

    queue: str
    addressee: str
    budget: timedelta
    breaker: str | None
    back_off: tuple[int, int]
    asked: bool = False


KINDS = {
    #                 queue       addressee     budget               breaker               back-off
    "sms":       Kind(TEXTS,      CONTACT,      timedelta(hours=4),  "carrier:texts",      (5, 600), asked=True),
    "call":      Kind(TEXTS,      CONTACT,      timedelta(hours=96), "carrier:calls",      (10, 3600)),
    "email":     Kind(MAIL,       DEPARTMENT,   timedelta(hours=72), "relay",              (10, 3600), asked=True),
    "webhook":   Kind(DISPATCH,   DEPARTMENT,   timedelta(hours=72), None,                 (10, 3600)),
    "recording": Kind(RECORDINGS, "recording:", timedelta(hours=72), "carrier:recordings", (10, 3600)),
    "photo":     Kind(RECORDINGS, "photo:",     timedelta(hours=72), "carrier:photos",     (10, 3600)),
    "news":      Kind(TEXTS,      "followers:", timedelta(hours=72), None,                 (10, 3600)),
    "alert":     Kind(TEXTS,      "alert:",     timedelta(hours=6),  None,                 (10, 3600)),
    "notice":    Kind(MAIL,       "notice:",    timedelta(hours=72), "relay",              (10, 3600), asked=True),
    "alarm":     Kind(TEXTS,      "alarm:",     timedelta(hours=1),  None,                 (2, 30)),
    "rescue":    Kind(DISPATCH,   "call:",      timedelta(hours=72), None,                 (10, 3600)),
}  # fmt: skip


def of(name: str) -> Kind:
    """The line of a kind. A row of a kind that another release knows is kept like a letter, and delays nobody."""
    return KINDS.get(name, KINDS["email"])
