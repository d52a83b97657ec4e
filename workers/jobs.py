"""The jobs that RQ runs: claim a row, call the outside without holding the database, record how it went; until none is
due."""

import errno
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from rq.timeouts import JobTimeoutException
from sqlalchemy.exc import SQLAlchemyError

from config import stores, timeouts
from config.logs import log, warn
from workers import doorbell, outbox, outcomes
from workers.kinds import MAX_FAULTS, SENDERS, Sender
from workers.outcomes import Outcome, Work

RUN_SECONDS = 20.0
HOUSE_PAUSE = timedelta(seconds=20)
RENEW_SECONDS, HELD_SECONDS = 20.0, 300.0  # how often a lease is renewed, and for how long at most
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


def drain(queue: str) -> int:
    """Keep the due promises of `queue`, one at a time, for at most RUN_SECONDS. Returns how many were tried."""
    doorbell.ring_heard(queue)
    until = time.monotonic() + RUN_SECONDS
    tried = 0
    while time.monotonic() < until:
        work = outbox.claim(queue)
        if work is None:
            return tried
        if tried == 1:
            doorbell.ring(queue)  # there is more than one row, perhaps more than one worker's worth
        outbox.finish(work, attempt(work))
        tried += 1
    doorbell.ring(queue)
    return tried


def attempt(work: Work) -> Outcome:
    """One try. A fault of ours costs this row its own attempts and nobody else's."""
    try:
        sender = SENDERS[work.kind]
        with _held(work):
            with stores.reading() as session:
                parcel = sender.prepare(session, work)
            if isinstance(parcel, Outcome):
                outcome = parcel
            else:
                outcome = sender.send(parcel) if work.unknown_for is None else _ask_first(sender, parcel, work)
    except JobTimeoutException:  # not ours: whoever is at the other end says too little for too long
        outcome = outcomes.unknown("it took too long")
    except Exception as fault:
        outcome = _broke(work, fault)
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


@contextmanager
def _held(work: Work) -> Iterator[None]:
    """Meanwhile the row is nobody else's, however long the other side takes: its lease is renewed now and then."""
    over = threading.Event()

    def renew() -> None:
        until = time.monotonic() + HELD_SECONDS
        while not over.wait(RENEW_SECONDS) and time.monotonic() < until:
            try:
                outbox.renew(work)
            except SQLAlchemyError as fault:
                warn("lease not renewed", row=str(work.id), why=type(fault).__name__)

    keeper = threading.Thread(target=renew, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _broke(work: Work, fault: Exception) -> Outcome:
    """A house in trouble costs no row anything; a row that breaks our code again and again is put aside."""
    why = type(fault).__name__
    in_trouble = timeouts.is_trouble(fault) or isinstance(fault, timeouts.Away) or timeouts.may_repeat(fault)
    if in_trouble or (isinstance(fault, OSError) and fault.errno in DISK):
        warn("attempt put off", row=str(work.id), kind=work.kind, why=why)
        return outcomes.not_yet(f"our house is in trouble: {why}", HOUSE_PAUSE)
    warn("attempt broke", row=str(work.id), kind=work.kind, why=why, exc_info=True)
    if work.faults + 1 >= MAX_FAULTS:
        return outcomes.dead(f"broke {work.faults + 1} times: {why}")
    return outcomes.our_fault(f"our fault: {why}")


def _ask_first(sender: Sender, parcel: Any, work: Work) -> Outcome:
    """Nobody knows whether this left us. Ask the other side; send again only what may be sent again."""
    found = sender.ask(parcel)
    log("asked", row=str(work.id), kind=work.kind, found=found.state if found else "no")
    if found is not None:
        return found
    if work.declined:
        return sender.send(parcel)
    if work.unknown_for is None or work.unknown_for < outbox.UNKNOWN_GIVE_UP:
        return outcomes.unknown("not in the carrier's list yet", wait=timedelta(minutes=1))
    if not work.repeatable:
        return outcomes.dead("unknown: the carrier never confirmed it, and a status text is not sent twice")
    again = sender.send(parcel)
    return outcomes.dead(f"unknown twice: {again.reason}") if again.state == "unknown" else again
