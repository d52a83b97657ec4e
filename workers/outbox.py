"""Rows that wait for a worker: claim, finish, sweep for the lost.

The row is the truth and Redis only the doorbell (doorbell.py). Whoever claims a row holds a lease; only the holder's
token may finish it, so a worker that was given up for dead and comes back changes nothing.
"""

import random
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from config import stores
from ticketing.models import Breaker, Outbox, Tally
from ticketing.outgoing import kinds
from workers import doorbell, outcomes, transactions

# The queues that workers listen to, one queue a worker. processes.conf starts them; a house test compares.
QUEUES = (kinds.TEXTS, kinds.MAIL, kinds.DISPATCH, kinds.RECORDINGS)

LEASE = timedelta(seconds=60)
DIED, MAX_DEATHS = "the worker died during the call", 5
# What fails for all rows of a kind at once, because one carrier or relay takes them all: they share its breaker.
SHARED = {name: kind.breaker for name, kind in kinds.KINDS.items() if kind.breaker}
BREAKER_OPENS_AFTER, BREAKER_OPEN = 5, timedelta(seconds=60)
UNKNOWN_ASK_AFTER, UNKNOWN_GIVE_UP = timedelta(seconds=20), timedelta(minutes=10)


def claim(queue: str) -> outcomes.Work | None:
    """Lease one due row of `queue`; None when nothing is due. At most one call is in flight per destination."""
    for _ in range(5):
        try:
            with stores.transaction() as session:
                return _claim(session, queue)
        except IntegrityError:  # another worker took a row of the same destination in this instant
            continue
    return None


def finish(work: outcomes.Work, outcome: outcomes.Outcome) -> bool:
    """Record how it went. False when the lease was lost meanwhile: somebody else decides about the row now."""
    return transactions.carry_out(lambda session: _finish(session, work, outcome))


def renew(work: outcomes.Work) -> bool:
    """The holder is still at it: the lease begins anew. False when it was lost meanwhile."""
    with stores.transaction() as session:
        mine = update(Outbox).where(Outbox.id == work.id, Outbox.lease_token == work.token, Outbox.state == "leased")
        renewed = mine.values(lease_until=stores.database_now(session) + LEASE).returning(Outbox.id)
        return session.execute(renewed).first() is not None


def due(session: Session) -> dict[str, int]:
    """How many rows of each queue are due now."""
    moment = stores.database_now(session)
    rows = session.execute(select(Outbox.queue, func.count()).where(_is_due(moment)).group_by(Outbox.queue))
    return {queue: count for queue, count in rows}  # noqa: C416 - dict() would not be typed


def sweep() -> dict[str, int]:
    """Free expired leases and ring for every queue with due rows. Two sweepers at once are harmless."""
    with stores.transaction() as session:
        moment = stores.database_now(session)
        for row in session.scalars(
            select(Outbox)
            .where(Outbox.state == "leased", Outbox.lease_until < moment)
            .with_for_update(skip_locked=True)
            .limit(500)
        ):
            # The holder died: perhaps before the call, perhaps after it. A row that kills its workers is put aside.
            row.deaths += 1
            _record(row, _died(row), moment)
        waiting = due(session)
    for queue in waiting:
        doorbell.ring(queue)
    return waiting


def _claim(session: Session, queue: str) -> outcomes.Work | None:
    moment = stores.database_now(session)
    other, suspect = aliased(Outbox), aliased(Breaker)
    stopped_by = or_(Breaker.destination == Outbox.destination, Breaker.destination == case(SHARED, value=Outbox.kind))
    failing = exists().where(Breaker.destination == Outbox.destination)
    failing_in_flight = exists().where(
        other.state == "leased", other.queue == queue, suspect.destination == other.destination
    )
    candidate = (
        select(Outbox.id)
        .where(
            Outbox.queue == queue,
            _is_due(moment),
            ~exists().where(other.destination == Outbox.destination, other.state == "leased"),
            ~exists().where(stopped_by, Breaker.open_until > moment),
            # Departments that failed last time wait for each other, so that one worker is always left for the others.
            or_(~failing, ~failing_in_flight),
        )
        .order_by(Outbox.not_before)
        .limit(1)
        .with_for_update(skip_locked=True, of=Outbox)
    )
    claimed = session.execute(
        update(Outbox)
        .where(Outbox.id == candidate.scalar_subquery())
        .values(
            state="leased",
            attempts=Outbox.attempts + 1,
            lease_token=uuid4(),
            lease_until=moment + LEASE,
        )
        .returning(
            Outbox.id,
            Outbox.kind,
            Outbox.destination,
            Outbox.subject_id,
            Outbox.contents,
            Outbox.lease_token,
            Outbox.attempts,
            Outbox.created_at,
            Outbox.repeatable,
            Outbox.unknown_since,
            Outbox.declined,
            Outbox.faults,
        )
    ).first()
    if claimed is None:
        return None
    return outcomes.Work(
        id=claimed.id,
        kind=claimed.kind,
        destination=claimed.destination,
        subject=claimed.subject_id,
        contents=claimed.contents,
        token=claimed.lease_token,
        attempt=claimed.attempts,
        created_at=claimed.created_at,
        repeatable=claimed.repeatable,
        unknown_for=moment - claimed.unknown_since if claimed.unknown_since else None,
        declined=claimed.declined,
        faults=claimed.faults,
    )


def _died(row: Outbox) -> outcomes.Outcome:
    """A mail is simply mailed again: a department would rather have it twice than an hour late."""
    if row.deaths >= MAX_DEATHS:
        return outcomes.dead(f"{DIED}, again and again")
    return outcomes.later(DIED, blame=False) if kinds.of(row.kind).queue == kinds.MAIL else outcomes.unknown(DIED)


def _finish(session: Session, work: outcomes.Work, outcome: outcomes.Outcome) -> bool:
    row = session.scalar(
        select(Outbox)
        .where(Outbox.id == work.id, Outbox.lease_token == work.token, Outbox.state == "leased")
        .with_for_update()
    )
    if row is None:
        return False
    moment = stores.database_now(session)
    _record(row, outcome, moment)
    shared = SHARED.get(work.kind)
    if outcome.state == "sent":
        session.execute(delete(Breaker).where(Breaker.destination.in_((work.destination, shared))))
    elif outcome.blame_destination:
        failed = work.destination if shared is None or outcome.its_own else shared
        _blame(session, failed, moment)
        whose = "department" if failed == work.destination else failed.partition(":")[0]
        _count(session, f"{whose} error {work.kind}")
    return True


def _is_due(moment: datetime) -> ColumnElement[bool]:
    return and_(Outbox.state.in_(("pending", "unknown")), Outbox.not_before <= moment)


def _record(row: Outbox, outcome: outcomes.Outcome, moment: datetime) -> None:
    row.lease_token = row.lease_until = None
    row.last_error = outcome.reason[:300] or None
    row.provider_ref = outcome.provider_ref or row.provider_ref
    if outcome.reached:
        before = (row.contents or {}).get("reached", "").split()
        row.contents = {**(row.contents or {}), "reached": " ".join([*before, *outcome.reached])}
    if outcome.free:
        row.attempts -= 1
    row.faults += int(outcome.fault)
    if outcome.state == "sent":  # whatever it cost before is forgiven
        row.faults, row.deaths, row.unknown_since, row.declined = 0, 0, None, False
    if outcome.state == "sent" and outcome.wait is None:
        row.state, row.finished_at = "sent", moment
    elif outcome.state == "dead" or moment > row.give_up_at:
        row.state, row.finished_at = "dead", moment
        row.last_error = outcome.reason[:300] or "gave up"
    elif outcome.state == "unknown" and kinds.of(row.kind).asked:
        row.unknown_since = row.unknown_since or moment
        row.declined = outcome.declined
        row.state, row.not_before = "unknown", moment + (outcome.wait or UNKNOWN_ASK_AFTER)
    else:  # what may have happened in any other way is simply done again, under the same key
        row.state = "pending"
        row.not_before = moment + (_back_off(row) if outcome.wait is None else outcome.wait)


def _back_off(row: Outbox) -> timedelta:
    """Twice as long with each attempt, up to the cap of its kind, with jitter."""
    base, cap = kinds.of(row.kind).back_off
    return timedelta(seconds=random.uniform(0.5, 1) * min(cap, base * 2 ** min(row.attempts, 12)))  # noqa: S311


def _blame(session: Session, destination: str, moment: datetime) -> None:
    """One more failure: five in a row open the destination's breaker for a minute, one success closes it."""
    failures = Breaker.failures + 1
    opened = case((failures >= BREAKER_OPENS_AFTER, moment + BREAKER_OPEN), else_=Breaker.open_until)
    first = {"destination": destination, "failures": 1}
    session.execute(stores.upsert(Breaker, first, {"failures": failures, "open_until": opened}))


def count(name: str) -> None:
    """One more of `name` for /metrics, in a transaction of its own."""
    with stores.transaction() as session:
        _count(session, name)


def _count(session: Session, name: str) -> None:
    """One more of `name`: worker processes live too briefly to keep a count."""
    session.execute(stores.upsert(Tally, {"name": name, "count": 1}, {"count": Tally.count + 1}))
