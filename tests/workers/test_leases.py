"""Leases on outbox rows: the holder decides about its row, and one that was given up for dead and comes back changes
nothing. And the waits between tries, until the row is given up.
"""

import errno
import json
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from factories import ANI, change, make_due, opened, promise, row, rows, texts
from people import House
from sqlalchemy.exc import OperationalError

from config import clock
from ticketing.models import Outbox
from workers import jobs, outbox, schedule
from workers.outcomes import Outcome, Work, dead, done_for_now, later, sent, unknown

AGO = timedelta(seconds=61)


def claimed(queue: str = "dispatch") -> Work:
    work = outbox.claim(queue)
    assert work is not None
    return work


@pytest.mark.parametrize("outcome", [sent("late"), later("late"), unknown("late"), dead("late")])
def test_a_late_holder_changes_nothing(house: House, outcome: Outcome) -> None:
    wanted = promise("x")
    slow = claimed()
    change(wanted, lease_until=clock.now() - AGO)
    outbox.sweep()
    assert (row(wanted).state, row(wanted).lease_token) == ("pending", None)
    assert not outbox.finish(slow, outcome)
    make_due(wanted)
    quick = claimed()
    assert (quick.attempt, quick.id) == (2, slow.id)
    assert not outbox.finish(slow, outcome), "the lease is somebody else's"
    assert outbox.finish(quick, sent("first"))
    assert not outbox.finish(slow, outcome)
    assert not outbox.finish(quick, outcome), "nobody finishes twice"
    assert (row(wanted).state, row(wanted).provider_ref, row(wanted).attempts) == ("sent", "first", 2)


def test_a_lease_that_still_runs_is_left_alone(house: House) -> None:
    wanted = promise("x")
    work = claimed()
    assert outbox.sweep() == {}
    assert row(wanted).state == "leased"
    assert outbox.finish(work, sent())


def test_a_text_whose_worker_died_is_unknown_and_everything_else_is_done_again(house: House) -> None:
    text, mail = promise("a", kind="sms", queue="texts"), promise("b")
    claimed("texts"), claimed()
    for one in (text, mail):
        change(one, lease_until=clock.now() - AGO)
    outbox.sweep()
    assert (row(text).state, row(mail).state) == ("unknown", "pending")
    assert row(text).unknown_since is not None
    assert row(text).last_error == row(mail).last_error == "the worker died during the call"


def test_two_sweepers_at_once_and_again_change_nothing_more(house: House) -> None:
    wanted = [promise(f"d{nth}") for nth in range(6)]
    for _ in wanted:
        claimed()
    for one in wanted:
        change(one, lease_until=clock.now() - AGO)
    together = Barrier(4)

    def sweeper() -> None:
        together.wait()
        schedule.sweep()

    sweepers = [Thread(target=sweeper) for _ in range(4)]
    for one in sweepers:
        one.start()
    for one in sweepers:
        one.join()
    after = [(one.state, one.attempts, one.not_before) for one in rows()]
    assert {state for state, _, _ in after} == {"pending"}
    schedule.sweep()
    assert [(one.state, one.attempts, one.not_before) for one in rows()] == after


@pytest.mark.parametrize(
    ("kind", "queue", "attempt", "least", "most"),
    [
        ("sms", "texts", 1, 5, 10),
        ("sms", "texts", 3, 20, 40),
        ("sms", "texts", 9, 300, 600),
        ("sms", "texts", 90, 300, 600),
        ("email", "dispatch", 1, 10, 20),
        ("email", "dispatch", 4, 80, 160),
        ("email", "dispatch", 12, 1800, 3600),
        ("recording", "recordings", 500, 1800, 3600),
    ],
)
def test_the_back_off_grows_has_jitter_and_a_limit(
    sqlite_house: House, kind: str, queue: str, attempt: int, least: int, most: int
) -> None:
    wanted, waits = promise("x", kind=kind, queue=queue), set()
    for _ in range(8):
        change(wanted, attempts=attempt - 1)
        before = clock.now()
        outbox.finish(claimed(queue), later("busy", blame=False))
        wait = (row(wanted).not_before - before).total_seconds()
        assert least <= wait <= most + 5
        waits.add(wait)
        make_due(wanted)
    assert len(waits) > 1


def test_what_the_other_side_asks_for_is_waited(house: House) -> None:
    wanted = promise("x")
    before = clock.now()
    outbox.finish(claimed(), later("busy", wait=timedelta(minutes=17)))
    assert timedelta(minutes=16) < row(wanted).not_before - before < timedelta(minutes=18)


def test_nobody_tries_for_ever(house: House) -> None:
    for outcome, state, reason in [
        (later("mail server: ConnectionRefusedError", blame=False), "dead", "mail server: ConnectionRefusedError"),
        (unknown("no answer"), "dead", "no answer"),
        (later("", blame=False), "dead", "gave up"),
        (sent("at last"), "sent", None),
    ]:
        wanted = promise("x")
        change(wanted, give_up_at=clock.now() - AGO)
        outbox.finish(claimed(), outcome)
        now = row(wanted)
        assert (now.state, now.last_error) == (state, reason)
        assert now.finished_at is not None


def test_a_row_that_breaks_our_code_costs_its_own_attempts_and_then_is_put_aside(house: House) -> None:
    poison, number = promise("department:dlh"), opened()
    house.work()
    assert len(house.mails()) == 1, "the report to the same department was not held up"
    for _ in range(5):
        make_due(poison)
        house.work()
    assert row(poison).state == "dead"
    assert row(poison).attempts == jobs.MAX_FAULTS
    assert row(poison).last_error == "broke 5 times: NoResultFound"
    assert {one.state for one in rows(number)} <= {"sent", "delivered"}
    assert [dead["reason"] for dead in promises(house)["dead"]] == ["broke 5 times: NoResultFound"]


def promises(house: House) -> dict:
    found: dict = json.loads(house.flask("outbox", "--json"))
    return found


def test_a_house_in_trouble_costs_a_row_nothing_however_often_it_was_tried_before(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its department was down for hours, then our database stumbles for a moment."""
    tried = promise("department:dlh")
    change(tried, attempts=jobs.MAX_FAULTS + 3)

    def stumbles(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(jobs.SENDERS["email"], "prepare", stumbles)
    work = outbox.claim("dispatch")
    assert work is not None
    outbox.finish(work, jobs.attempt(work))
    assert (row(tried).state, row(tried).attempts, row(tried).faults) == ("pending", jobs.MAX_FAULTS + 3, 0)
    assert row(tried).last_error == "our house is in trouble: OperationalError"


def test_a_full_disk_kills_no_row(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = promise("recording:x", kind="recording", queue="recordings")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(jobs.SENDERS["recording"], "prepare", full)
    for _ in range(jobs.MAX_FAULTS + 1):
        make_due(wanted)
        work = outbox.claim("recordings")
        assert work is not None
        outbox.finish(work, jobs.attempt(work))
    assert (row(wanted).state, row(wanted).faults) == ("pending", 0)


def test_a_kind_that_nobody_knows_is_put_aside_and_delays_nobody(house: House) -> None:
    poison, other = promise("department:dlh", kind="telegram"), promise("department:dishub")
    for _ in range(jobs.MAX_FAULTS):
        make_due(poison)
        while work := outbox.claim("dispatch"):
            outbox.finish(work, jobs.attempt(work) if work.id == poison.id else sent())
    assert (row(poison).state, row(poison).last_error) == ("dead", "broke 5 times: KeyError")
    assert row(other).state == "sent"


def dies_during(wanted: Outbox) -> None:
    """Its worker is killed in the middle of the call."""
    make_due(wanted)
    claimed()
    change(wanted, lease_until=clock.now() - AGO)
    outbox.sweep()


def test_many_ordinary_tries_and_two_dead_workers_make_no_poison(house: House) -> None:
    """A department was down for hours when the machine lost its power twice."""
    wanted = promise("x")
    change(wanted, attempts=30)
    for _ in range(2):
        dies_during(wanted)
    assert (row(wanted).state, row(wanted).attempts, row(wanted).deaths) == ("pending", 32, 2)
    for _ in range(3):
        dies_during(wanted)
    assert (row(wanted).state, row(wanted).deaths) == ("dead", 5)
    assert row(wanted).last_error == "the worker died during the call, again and again"


def test_success_forgives_faults_deaths_and_doubts(house: House) -> None:
    wanted = promise("x", kind="call", queue="texts")
    change(wanted, faults=4, deaths=4, unknown_since=clock.now(), declined=True)
    outbox.finish(claimed("texts"), done_for_now("dialled", provider_ref="CA1", wait=AGO))
    now = row(wanted)
    assert (now.state, now.faults, now.deaths, now.unknown_since, now.declined) == ("pending", 0, 0, None, False)


def test_a_row_that_is_replayed_begins_anew(house: House) -> None:
    wanted = promise("x")
    change(
        wanted, state="dead", attempts=40, faults=5, deaths=5, unknown_since=clock.now() - timedelta(days=4),
        declined=True, created_at=clock.now() - timedelta(days=4), give_up_at=clock.now() - AGO,
        finished_at=clock.now(), provider_ref="SM1", last_error="broke 5 times: KeyError",
    )  # fmt: skip
    house.flask("outbox", "--replay", str(wanted.id))
    now = row(wanted)
    assert (now.state, now.attempts, now.faults, now.deaths, now.declined) == ("pending", 0, 0, 0, False)
    assert (now.unknown_since, now.finished_at, now.provider_ref, now.last_error) == (None, None, None, None)
    assert now.give_up_at - now.created_at == timedelta(hours=72)
    assert clock.now() - now.created_at < timedelta(minutes=1)


def test_a_text_that_is_replayed_is_a_text_whose_receipts_count(house: House) -> None:
    number = opened()
    house.carrier.faults.set({"undelivered": {ANI: 30003}})
    house.work()
    (text,) = rows(number, kind="sms")
    assert (text.state, text.last_error) == ("dead", "the carrier says undelivered")
    house.carrier.faults.clear()
    house.flask("outbox", "--replay", str(text.id))
    house.work()
    assert row(text).state == "delivered"
    assert [one.status for one in texts(number)] == ["delivered"]
