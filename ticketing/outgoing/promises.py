"""Promises: rows that say something must leave the house. Made here, in the transaction that promises; kept by
workers/outbox.py, the only other reader of the table."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock, stores
from ticketing.models import Outbox, Ticket
from ticketing.outgoing.kinds import DEPARTMENT, KINDS

REPLAY_BUDGET = timedelta(hours=72)  # of a row that a person gives another try, whatever its kind


def promise(
    session: Session,
    kind: str,
    subject: UUID,
    *,
    key: str,
    ticket: Ticket | None,
    to: UUID | str | None = None,
    contents: dict[str, str] | None = None,
    not_before: datetime | None = None,
    held: bool = False,
    repeatable: bool = True,
) -> Outbox | None:
    """One row of this kind (kinds.py) about `subject` under `key`; None when that promise exists. `to` is the contact,
    department or ticket that it is addressed to, where that is not the subject itself; `contents` what is to be said
    beyond the subject, nothing personal; `repeatable` says whether doing it twice does no harm; `held` that `release`
    may let it go before `not_before`."""
    line = KINDS[kind]
    due = max(not_before or clock.now(), clock.now())
    row = Outbox(
        kind=kind,
        queue=line.queue,
        destination=f"{line.addressee}{to or subject}",
        dedupe_key=key,
        subject_id=subject,
        contents=contents,
        ticket_id=ticket.id if ticket else None,
        held=held,
        repeatable=repeatable,
        not_before=due,
        give_up_at=due + line.budget,
    )
    if not stores.insert_new(session, row):
        return None
    if due <= clock.now():  # `release` and the sweep ring for what waits
        ring_after_commit(session, line.queue)
    return row


def promised(session: Session, key: str) -> bool:
    return session.scalar(select(Outbox.id).where(Outbox.dedupe_key == key)) is not None


def given_up(session: Session, key: str) -> bool:
    return session.scalar(select(Outbox.state).where(Outbox.dedupe_key == key)) == "dead"


def release(session: Session, ticket: Ticket, *, report_waits_until: datetime | None = None) -> None:
    """Let go what was held back for this ticket: it is due now, the report at the latest at `report_waits_until`."""
    held = select(Outbox).where(Outbox.ticket_id == ticket.id, Outbox.state == "pending", Outbox.held)
    for row in session.scalars(held):
        row.held, row.not_before = False, clock.now()
        if row.destination.startswith(DEPARTMENT) and report_waits_until is not None:
            row.not_before = report_waits_until  # the arrival of the recording pulls it forward
            continue
        ring_after_commit(session, row.queue)


def hasten(session: Session, key: str) -> None:
    """What is promised under this key is due now."""
    row = session.scalar(select(Outbox).where(Outbox.dedupe_key == key, Outbox.state == "pending").with_for_update())
    if row is not None:
        row.not_before = clock.now()
        ring_after_commit(session, row.queue)


def held_until(session: Session, ticket: Ticket, department: str) -> datetime | None:
    """Until when the report to this department is held back and takes along what is added; None when it is not."""
    query = select(Outbox.not_before).where(
        Outbox.ticket_id == ticket.id,
        Outbox.destination == f"{DEPARTMENT}{department}",
        Outbox.state == "pending",
        Outbox.held,
    )
    found: datetime | None = session.scalar(query.order_by(Outbox.not_before.desc()).limit(1))
    return found


def has_left(session: Session, ticket: Ticket, department: str) -> bool:
    """No report to this department waits any more that would take along what comes now; one that does is locked."""
    waiting = select(Outbox.id).where(
        Outbox.ticket_id == ticket.id, Outbox.destination == f"{DEPARTMENT}{department}", Outbox.state == "pending"
    )
    return session.scalars(waiting.with_for_update()).first() is None


def drop(row: Outbox, why: str) -> None:
    """End a promise unkept, with a reason that a person can read."""
    row.state, row.last_error, row.finished_at, row.lease_token = "dead", why, clock.now(), None


def end(session: Session, key: str, why: str) -> None:
    """End the promise under this key unkept, if it is still to be kept."""
    open_ = Outbox.state.in_(("pending", "leased", "unknown"))
    row = session.scalar(select(Outbox).where(Outbox.dedupe_key == key, open_).with_for_update())
    if row is not None:
        drop(row, why)


def receipt(session: Session, subject: UUID, *, provider_ref: str, good: bool, status: str) -> None:
    """The carrier told what became of a text: that settles a row whose outcome was unknown."""
    row = session.scalar(select(Outbox).where(Outbox.subject_id == subject).with_for_update())
    if row is None or (row.state == "dead" and not good):
        return
    row.provider_ref = row.provider_ref or provider_ref
    row.finished_at = row.finished_at or stores.database_now(session)
    if good:
        row.state = "delivered" if status in ("delivered", "read") else "sent"
    else:
        row.state, row.last_error = "dead", f"the carrier says {status}"


def replay(session: Session, row_id: UUID) -> Outbox | None:
    """Let a dead row begin anew, as if it had been promised just now. None when there is no such dead row."""
    row = session.get(Outbox, row_id, with_for_update=True)
    if row is None or row.state != "dead":
        return None
    now = clock.now()
    row.state, row.created_at, row.not_before, row.give_up_at = "pending", now, now, now + REPLAY_BUDGET
    row.attempts = row.faults = row.deaths = 0
    row.unknown_since = row.finished_at = row.provider_ref = row.last_error = None
    row.declined = False
    ring_after_commit(session, row.queue)
    return row


def ring_after_commit(session: Session, queue: str) -> None:
    """Remember to wake the workers of `queue` once this transaction is committed (workers/outbox.py does it)."""
    session.info.setdefault("rings", set()).add(queue)
