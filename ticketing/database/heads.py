"""Heads: where the history of each ticket ends, written down each day and taken out of the house by the backup.

A chain (rules/chain.py) shows what was done inside it. That its end was cut off, that all of it was computed anew or
that a ticket is gone shows only in comparison with its head from before. VAR_DIR/history.heads has a line for each
ticket, by id: id, position and hash of its newest event; and a last line that says what must stand above it. What does
not verify keeps the head it had, so a fault is found again until somebody looked at it and removed the file.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select

from config import clock, stores
from config.logs import log, warn
from config.settings import settings
from ticketing.models import Event, Ticket
from ticketing.rules import chain

NAME = "history.heads"
BATCH = 500  # tickets of a question


class HeadsError(Exception):
    """The sentence says why a file of heads cannot be compared with."""


class Head(NamedTuple):
    """Where the history of a ticket ends."""

    ticket: str  # its id, 32 hex digits
    position: int
    hash: str


@dataclass
class Verified:
    """What was looked at, and what is wrong with it, one sentence each."""

    tickets: int = 0
    events: int = 0
    faults: list[str] = field(default_factory=list)


def path() -> Path:
    """The heads of this house as they were written down last."""
    return settings().var_dir / NAME


def computed(events: Iterable[Event]) -> str:
    """The hash at the end of a whole history, whatever hashes were kept with it."""
    previous = chain.NONE
    for event in events:
        previous = _hash(event, previous)
    return previous


def verify(number: str | None = None, *, against: Path | None = None) -> Verified:
    """Look at every history, or at that of one ticket; `against` these heads, else against those of this house, where
    there are any. Raises HeadsError."""
    found = Verified()
    for _ in _walked(number, _kept(against or path()), found):
        pass
    return found


def write() -> Verified:
    """Verify everything and write down where it ends. Heads from before that cannot be read are a fault as well."""
    found, digest, before = Verified(), hashlib.sha256(), _kept(path())
    try:
        _check(path())
    except HeadsError as fault:
        found.faults.append(str(fault))
        before = iter(())
    fresh = path().with_suffix(".new")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123 - born 0600
            for head in _walked(None, before, found):
                line = f"{head.ticket} {head.position} {head.hash}\n".encode()
                digest.update(line)
                file.write(line)
            said = {
                "made_at": clock.as_utc(clock.now()),
                "tickets": found.tickets,
                "events": found.events,
                "broken": len(found.faults),
                "digest": digest.hexdigest(),
            }
            file.write(json.dumps(said).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path())
    finally:
        fresh.unlink(missing_ok=True)
    (warn if found.faults else log)("history", **said)
    return found


def summary(of: Path) -> dict[str, Any]:
    """The last line of a file of heads: when it was made, how much it covers, what did not verify then. Raises
    HeadsError."""
    with _opened(of) as file:
        file.seek(max(file.seek(0, os.SEEK_END) - 1000, 0))
        return _last_line(file.read().rstrip(b"\n").rpartition(b"\n")[2], of)


def _walked(number: str | None, before: Iterator[Head], found: Verified) -> Iterator[Head]:
    """Every ticket by its id, or this one, beside its head from before; gives the head that it has from now on."""
    head = next(before, None)
    for id_, ticket, events in _histories(number):
        while head is not None and head.ticket < id_.hex:
            if number is None:
                yield _missed(head, found)
            head = next(before, None)
        had = head if head is not None and head.ticket == id_.hex else None
        fault, end = _judged(events, had)
        found.tickets, found.events = found.tickets + 1, found.events + len(events)
        if fault:
            found.faults.append(f"{ticket}: {fault}")
        if had is not None:
            head = next(before, None)
        if fault and had:
            yield had
        elif events:
            yield Head(id_.hex, len(events), end)
    while head is not None and number is None:
        yield _missed(head, found)
        head = next(before, None)


def _missed(head: Head, found: Verified) -> Head:
    found.faults.append(f"ticket {UUID(head.ticket)} is gone, and had {head.position} events")
    return head


def _judged(events: list[Event], before: Head | None) -> tuple[str, str]:
    """What is wrong with this history, if anything; and the hash at its end."""
    if not events:
        return "there is no history", chain.NONE
    previous, fault = chain.NONE, ""
    for position, event in enumerate(events, 1):
        previous = _hash(event, previous)
        if event.position != position:
            fault = fault or f"event {position} is missing"
        elif event.chain not in (None, previous):  # None: of a release from before; the next one takes it in
            fault = fault or f"event {position}, or one before it, is not what was written"
        elif before is not None and position == before.position and previous != before.hash:
            fault = fault or f"the events up to {position} are not those of the head that was written down"
    if before is not None and len(events) < before.position:
        fault = fault or f"it ends with event {len(events)}, and went on to event {before.position}"
    return fault, previous


def _histories(number: str | None) -> Iterator[tuple[UUID, str, list[Event]]]:
    """Every ticket with its events, by id; each as it is at one moment. Not one long question: those are cut off."""
    which = select(Ticket.id, Ticket.number).order_by(Ticket.id).limit(BATCH)
    if number is not None:
        which = which.where(Ticket.number == number)
    last: UUID | None = None
    while True:
        with stores.reading() as session:
            tickets = session.execute(which if last is None else which.where(Ticket.id > last)).all()
            events = _events(session, [ticket.id for ticket in tickets])
        for ticket in tickets:
            yield ticket.id, ticket.number, events.get(ticket.id, [])
        if len(tickets) < BATCH:
            return
        last = tickets[-1].id


def _events(session: Any, ids: list[UUID]) -> dict[UUID, list[Event]]:
    query: Select[Any] = select(Event).where(Event.ticket_id.in_(ids)).order_by(Event.ticket_id, Event.position)
    return {id_: list(some) for id_, some in groupby(session.scalars(query), key=lambda event: event.ticket_id)}


def _hash(event: Event, previous: str) -> str:
    return chain.link(
        previous,
        id=event.id,
        ticket_id=event.ticket_id,
        position=event.position,
        at=event.at,
        by=event.by,
        action=event.action,
        before=event.before,
        after=event.after,
        why=event.why,
    )


# -- the file ------------------------------------------------------------------------------------------------------


def _kept(of: Path) -> Iterator[Head]:
    """The heads of a file, once it is sure that it is whole; none where there is no file yet."""
    _check(of)
    if not of.exists():
        return
    with _opened(of) as file:
        for line in file:
            if not line.startswith(b"{"):
                ticket, position, hash_ = line.decode().split()
                yield Head(ticket, int(position), hash_)


def _check(of: Path) -> None:
    if not of.exists():
        return
    digest, above = hashlib.sha256(), b""
    with _opened(of) as file:
        for line in file:
            digest.update(above)
            above = line
    if _last_line(above, of)["digest"] != digest.hexdigest():
        raise HeadsError(f"{of.name} was changed: its lines are not those that were written")


def _last_line(line: bytes, of: Path) -> dict[str, Any]:
    try:
        said: dict[str, Any] = json.loads(line)
        return {name: said[name] for name in ("made_at", "tickets", "events", "broken", "digest")}
    except (ValueError, TypeError, KeyError) as fault:
        raise HeadsError(f"{of.name} is no whole file of heads") from fault


@contextmanager
def _opened(of: Path) -> Iterator[Any]:
    try:
        with of.open("rb") as file:
            yield file
    except OSError as fault:
        raise HeadsError(f"{of.name} cannot be read: {type(fault).__name__}") from fault
