"""What RQ runs: claim a row, call the outside without holding the database, record how it went; until none is due."""

import time
from datetime import timedelta
from typing import Any

from config import stores
from config.logs import log, warn
from workers import outbox
from workers.outbox import Outcome, Work
from workers.senders import MOST_FAULTS, SENDERS, Sender

RUN_SECONDS = 20.0


def drain(queue: str) -> int:
    """Keep the due promises of `queue`, one at a time, for at most RUN_SECONDS. Returns how many were tried."""
    outbox.ring_heard(queue)
    until = time.monotonic() + RUN_SECONDS
    tried = 0
    while time.monotonic() < until:
        work = outbox.claim(queue)
        if work is None:
            return tried
        if tried == 0:
            outbox.ring(queue)  # there may be more than one worker's worth
        outbox.finish(work, attempt(work))
        tried += 1
    outbox.ring(queue)
    return tried


def attempt(work: Work) -> Outcome:
    """One try. A fault of ours costs this row its own attempts and nobody else's."""
    sender = SENDERS[work.kind]
    try:
        with stores.reading() as session:
            parcel = sender.prepare(session, work)
        if isinstance(parcel, Outcome):
            outcome = parcel
        else:
            outcome = sender.send(parcel) if work.unknown_for is None else _ask_first(sender, parcel, work)
    except Exception as fault:
        warn("attempt broke", row=str(work.id), kind=work.kind, why=type(fault).__name__, exc_info=True)
        outcome = outbox.later(f"our fault: {type(fault).__name__}", blame=False)
        if work.attempt >= MOST_FAULTS:
            outcome = outbox.dead(f"failed {work.attempt} times: {type(fault).__name__}")
    log(
        "attempt",
        row=str(work.id),
        kind=work.kind,
        to=work.destination,
        attempt=work.attempt,
        result=outcome.state,
        why=outcome.reason,
    )
    return outcome


def _ask_first(sender: Sender, parcel: Any, work: Work) -> Outcome:
    """Nobody knows whether this left us. Ask the other side; send again only what may be sent again."""
    found = sender.ask(parcel)
    if found is not None:
        return found
    if work.declined:
        return sender.send(parcel)
    if work.unknown_for is None or work.unknown_for < outbox.UNKNOWN_GIVE_UP:
        return outbox.unknown("not in the carrier's list yet", wait=timedelta(minutes=1))
    if not work.repeatable:
        return outbox.dead("unknown: the carrier never confirmed it, and a status text is not sent twice")
    again = sender.send(parcel)
    return outbox.dead("unknown twice") if again.state == "unknown" else again
