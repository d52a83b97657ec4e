"""A department whose system is down delays nobody else, and is tried again now and then; a relay that is down rests
for all mail."""

from datetime import timedelta

from factories import change, make_due, promise, row
from people import House
from sqlalchemy import select

from config import clock, stores
from ticketing.models import Breaker, Tally
from workers import outbox
from workers.outcomes import dead, later, not_yet, sent


def breakers() -> dict[str, tuple[int, bool]]:
    with stores.reading() as session:
        return {one.destination: (one.failures, one.open_until is not None) for one in session.scalars(select(Breaker))}


def fails(wanted: object, times: int) -> None:
    for _ in range(times):
        make_due(wanted)
        work = outbox.claim("dispatch")
        assert work is not None
        outbox.finish(work, later("no answer: TimeoutError"))


def test_five_failures_in_a_row_open_it_and_the_others_go_on(house: House) -> None:
    down = promise("department:dlh", kind="webhook")
    fails(down, 4)
    assert breakers() == {"department:dlh": (4, False)}
    fails(down, 1)
    assert breakers() == {"department:dlh": (5, True)}
    make_due(down)
    promise("department:dlh", kind="webhook")
    other = promise("department:dishub", kind="webhook")
    work = outbox.claim("dispatch")
    assert work is not None
    assert work.id == other.id
    outbox.finish(work, sent())
    assert outbox.claim("dispatch") is None
    assert row(down).attempts == 5, "a row behind an open breaker loses no attempt"


def close_time() -> None:
    with stores.transaction() as session:
        session.scalars(select(Breaker)).one().open_until = clock.now() - timedelta(seconds=1)


def test_after_a_minute_one_is_tried_and_success_closes_it(house: House) -> None:
    down, next_one = promise("department:dlh", kind="webhook"), promise("department:dlh", kind="webhook")
    change(next_one, not_before=clock.now() + timedelta(hours=1))
    fails(down, 5)
    close_time()
    fails(down, 1)
    assert breakers() == {"department:dlh": (6, True)}, "still down: another minute"
    make_due(down, next_one)
    assert outbox.claim("dispatch") is None
    close_time()
    work = outbox.claim("dispatch")
    assert work is not None
    assert outbox.claim("dispatch") is None, "one at a time"
    outbox.finish(work, sent())
    assert breakers() == {}
    assert outbox.claim("dispatch") is not None


def test_only_what_the_destination_did_counts(house: House) -> None:
    wanted = promise("department:dlh", kind="webhook")
    for outcome in (
        later("our fault", blame=False),
        not_yet("the recording is being fetched", timedelta(0)),
        dead("the address is refused"),
    ):
        make_due(wanted)
        work = outbox.claim("dispatch")
        assert work is not None
        outbox.finish(work, outcome)
    assert breakers() == {}


def test_a_carrier_that_is_down_opens_one_breaker_for_all_texts_and_none_for_a_resident(house: House) -> None:
    texts = [promise(f"contact:{nth}", kind="sms", queue="texts") for nth in range(7)]
    for _ in range(5):
        work = outbox.claim("texts")
        assert work is not None
        outbox.finish(work, later("no connection: ConnectionError"))
    assert breakers() == {"carrier:texts": (5, True)}
    assert outbox.claim("texts") is None, "the other two wait without losing an attempt"
    assert sorted(row(one).attempts for one in texts) == [0, 0, 1, 1, 1, 1, 1]
    with stores.reading() as session:
        assert session.get_one(Tally, "carrier error sms").count == 5
    close_time()
    work = outbox.claim("texts")
    assert work is not None
    outbox.finish(work, sent())
    assert breakers() == {}


def test_departments_that_failed_wait_for_each_other_and_leave_a_worker_for_the_rest(house: House) -> None:
    for name in ("department:dlh", "department:dishub"):
        promise(name, kind="webhook")
        work = outbox.claim("dispatch")
        assert work is not None
        outbox.finish(work, later("no answer: TimeoutError"))
        promise(name, kind="webhook")
    hanging = outbox.claim("dispatch")
    assert hanging is not None
    assert outbox.claim("dispatch") is None, "the other one that failed waits for this one"
    well = promise("department:dbmsda", kind="webhook")
    work = outbox.claim("dispatch")
    assert work is not None
    assert work.id == well.id
    outbox.finish(hanging, sent())
    assert outbox.claim("dispatch") is not None


def test_a_relay_that_is_down_opens_one_breaker_for_all_mail_and_none_for_a_department(house: House) -> None:
    letters = [promise(f"department:{nth}", queue="mail") for nth in range(4)]
    letters += [promise(f"notice:{nth}", kind="notice", queue="mail") for nth in range(3)]
    for _ in range(5):
        work = outbox.claim("mail")
        assert work is not None
        outbox.finish(work, later("mail server: ConnectionRefusedError"))
    assert breakers() == {"relay": (5, True)}
    assert outbox.claim("mail") is None, "the other two wait without losing an attempt"
    assert sorted(row(one).attempts for one in letters) == [0, 0, 1, 1, 1, 1, 1]
    system = promise("department:dlh", kind="webhook")
    work = outbox.claim("dispatch")
    assert work is not None and work.id == system.id, "who gets no mail does not wait for the relay"


def test_a_mailbox_that_is_full_delays_no_other(house: House) -> None:
    full = promise("department:dlh", queue="mail")
    for _ in range(5):
        make_due(full)
        work = outbox.claim("mail")
        assert work is not None
        outbox.finish(work, later("mail server says 452 for dlh@bekasikota.invalid", its_own=True))
    assert breakers() == {"department:dlh": (5, True)}
    make_due(full)
    other = promise("department:dishub", queue="mail")
    work = outbox.claim("mail")
    assert work is not None and work.id == other.id
    with stores.reading() as session:
        assert session.get_one(Tally, "department error email").count == 5
