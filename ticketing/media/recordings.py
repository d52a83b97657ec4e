"""Recordings of reports: which one counts, where the sealed audio lies, and what follows when nobody speaks in it."""

import os
from pathlib import Path
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from config import clock, stores, vault
from config.settings import settings
from ticketing.models import Call, Outbox, Recording, Ticket
from ticketing.outgoing import promises
from ticketing.outgoing.kinds import DEPARTMENT


def noted(session: Session, *, sid: str, call: Call | None, turn: int, seconds: int, completed: bool) -> Recording:
    """The row of a recording the carrier told us about; the SID only removes doubles."""
    row = session.scalar(select(Recording).where(Recording.sid == sid))
    if row is None:
        row = Recording(sid=sid, call_id=call.id if call else None, turn=turn, seconds=seconds, completed=completed)
        if not stores.insert_new(session, row):
            row = session.scalars(select(Recording).where(Recording.sid == sid)).one()
    row.seconds = max(row.seconds, seconds)
    row.completed = row.completed or completed
    return row


def attach(session: Session, ticket: Ticket, recording: Recording, *, kind: str = "report") -> None:
    """Make this the audio of the ticket, unless a later one already is; a "remark" stands beside it. Promise to fetch
    it."""
    recording.kind = kind
    current = session.scalar(select(Recording).where(Recording.ticket_id == ticket.id, Recording.current))
    recording.ticket_id = ticket.id
    if kind == "report" and (current is None or current.turn <= recording.turn):
        if current is not None:
            current.current = False
        recording.current = True
    promises.promise(session, "recording", recording.id, key=f"recording:{recording.sid}", ticket=ticket)


def current(session: Session, ticket: Ticket) -> Recording | None:
    """The audio of the report, unless its time is over or it is lost."""
    found: Recording | None = session.scalar(
        select(Recording).where(Recording.ticket_id == ticket.id, Recording.current, *_to_be_had())
    )
    return found


def remarks(session: Session, ticket: Ticket) -> list[Recording]:
    """What the reporter added later, oldest first."""
    query = select(Recording).where(Recording.ticket_id == ticket.id, Recording.kind == "remark", *_to_be_had())
    return list(session.scalars(query.order_by(Recording.created_at, Recording.turn)))


def awaited(session: Session, ticket: Ticket) -> bool:
    """True while audio of this ticket, the report or a remark, is still on its way to us."""
    rows = [current(session, ticket), *remarks(session, ticket)]
    return any(row is not None and row.fetched_at is None for row in rows)


def newest(session: Session, call: Call) -> Recording | None:
    """The last recording of this call that became part of a ticket."""
    query = select(Recording).where(Recording.call_id == call.id, Recording.current).order_by(Recording.turn.desc())
    found: Recording | None = session.scalars(query.limit(1)).first()
    return found


def fetched(session: Session, recording_id: UUID, *, media_type: str | None, silent: bool) -> Ticket | None:
    """The audio is under our roof: dispatch that waited for it may go. Gives the ticket whose audio it is now."""
    row = session.get_one(Recording, recording_id, with_for_update=True)
    row.fetched_at, row.media_type, row.silent = row.fetched_at or clock.now(), media_type, silent
    row.lost_at = None  # somebody had it fetched all the same
    if row.ticket_id is None:
        return None
    waiting = select(Outbox).where(
        Outbox.ticket_id == row.ticket_id,
        Outbox.destination.startswith(DEPARTMENT),
        Outbox.state == "pending",
        ~Outbox.held,
    )
    for report in session.scalars(waiting):
        report.not_before = min(report.not_before, clock.now())
        promises.ring_after_commit(session, report.queue)
    return session.get(Ticket, row.ticket_id, with_for_update=True) if row.current else None


def keep(recording_id: UUID, audio: bytes) -> None:
    """Write the sealed audio, whole or not at all, and onto the disk: the carrier's copy is deleted next."""
    path = _path(recording_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    with fresh.open("wb") as file:
        file.write(vault.seal(audio, _place(recording_id)))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def give_up(session: Session, recording: Recording) -> None:
    """This audio is to be nowhere any more. The row says that there was one, and when it went; the file goes after the
    commit (erasure.remove_files). Where nothing else will delete it at the carrier, that is promised."""
    recording.removed_at = clock.now()
    key = f"recording:{recording.sid}"
    if not promises.promised(session, key) or promises.given_up(session, key):
        promises.promise(session, "recording", recording.id, key=f"{key}:removed", ticket=None)


def lost(session: Session, after: UUID | None, most: int) -> list[UUID]:
    """Recordings of reports whose fetching was given up, and of which nobody has heard so yet; in the order of ids."""
    query = (
        select(Recording.id)
        .join(Outbox, Outbox.subject_id == Recording.id)
        .where(Outbox.kind == "recording", Outbox.state == "dead", Recording.ticket_id.is_not(None))
        .where(Recording.fetched_at.is_(None), *_to_be_had())
    )
    if after is not None:
        query = query.where(Recording.id > after)
    return list(session.scalars(query.order_by(Recording.id).limit(most)))


def audio(recording_id: UUID) -> bytes | None:
    """The audio as the carrier sent it, or None when it is not here."""
    path = _path(recording_id)
    return vault.unseal(path.read_bytes(), _place(recording_id)) if path.exists() else None


def sealed_for(path: Path) -> str:
    """The place that the file of a recording is sealed for."""
    return _place(UUID(hex=path.stem))


def _to_be_had() -> tuple[ColumnElement[bool], ...]:
    return Recording.removed_at.is_(None), Recording.lost_at.is_(None)


def _path(recording_id: UUID) -> Path:
    return settings().var_dir / "recordings" / recording_id.hex[:2] / f"{recording_id.hex}.sealed"


def _place(recording_id: UUID) -> str:
    return f"recordings.audio.{recording_id}"
