"""Many workers, one outbox: no row is taken twice, and a destination hears from one of them at a time."""

import threading
from datetime import timedelta
from uuid import uuid4

from factories import make_due, promise, row, rows
from people import House
from sqlalchemy import func, select

from config import clock, stores
from ticketing.models import Outbox
from ticketing.outgoing import promises
from workers import outbox, outcomes
from workers.outcomes import Work, sent

WORKERS, ROWS, DESTINATIONS = 8, 200, 20


def still_due() -> int:
    with stores.reading() as session:
        return outbox.due(session).get("dispatch", 0)


def in_flight() -> list[int]:
    """How many calls are under way to each busy destination."""
    with stores.reading() as session:
        busy = select(func.count()).where(Outbox.state == "leased").group_by(Outbox.destination)
        return list(session.scalars(busy))


def test_eight_workers_take_two_hundred_rows_once_each(house: House) -> None:
    for nth in range(ROWS):
        promise(f"department:{nth % DESTINATIONS}")
    taken: list[Work] = []
    crowded: list[int] = []
    lost: list[Work] = []

    def worker() -> None:
        while still_due():
            work = outbox.claim("dispatch")
            if work is None:
                continue
            crowded.extend(count for count in in_flight() if count > 1)
            taken.append(work)
            if not outbox.finish(work, sent("ok")):
                lost.append(work)

    crew = [threading.Thread(target=worker) for _ in range(WORKERS)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    assert len(taken) == ROWS
    assert len({work.id for work in taken}) == ROWS
    assert (crowded, lost) == ([], [])
    assert {(one.state, one.attempts) for one in rows()} == {("sent", 1)}


def test_what_is_not_due_or_of_another_queue_is_left_alone(house: House) -> None:
    promise("a", not_before=clock.now() + timedelta(minutes=1))
    promise("b", queue="texts", kind="sms")
    assert outbox.claim("dispatch") is None
    assert outbox.claim("recordings") is None


def test_the_longest_due_goes_first_and_a_busy_destination_waits(house: House) -> None:
    newer, older, same = promise("x"), promise("y"), promise("y")
    make_due(older)
    first = outbox.claim("dispatch")
    assert first is not None
    assert (first.id, first.attempt, first.destination) == (older.id, 1, "y")
    second = outbox.claim("dispatch")
    assert second is not None
    assert second.id == newer.id
    assert outbox.claim("dispatch") is None, "y is busy"
    outbox.finish(first, sent())
    third = outbox.claim("dispatch")
    assert third is not None
    assert third.id == same.id


def test_the_attempt_is_counted_when_it_is_taken_and_the_reason_is_kept(house: House) -> None:
    wanted = promise("x")
    for nth in (1, 2, 3):
        work = outbox.claim("dispatch")
        assert work is not None
        assert work.attempt == row(wanted).attempts == nth
        outbox.finish(work, outcomes.later("x" * 1000, blame=False))
        assert row(wanted).last_error == "x" * 300
        make_due(wanted)


def test_an_attempt_at_what_is_not_ready_costs_nothing(house: House) -> None:
    wanted = promise("x")
    for _ in range(3):
        work = outbox.claim("dispatch")
        assert work is not None
        outbox.finish(work, outcomes.not_yet("not ready", timedelta(seconds=5)))
        assert (row(wanted).attempts, row(wanted).state) == (0, "pending")
        make_due(wanted)


def test_a_promise_is_made_once(house: House) -> None:
    with stores.transaction() as session:
        assert promises.promise(session, "email", uuid4(), to="x", key="the same", ticket=None)
        assert not promises.promise(session, "email", uuid4(), to="x", key="the same", ticket=None)
    assert len(rows()) == 1
