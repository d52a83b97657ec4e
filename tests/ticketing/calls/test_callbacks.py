"""Promises to call back, until they are kept or given up: windows, tries, and what is counted as kept."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from factories import ANI, caller, changing, city_with, opened, seen, texts, wib
from people import House
from sqlalchemy import select

from config import clock, stores
from config.hotline import city
from ticketing.calls import callbacks
from ticketing.calls.callbacks import CallbackError
from ticketing.models import Callback, Message
from ticketing.tickets import history

MONDAY = wib("2026-11-23 10:00")
NEVER_BEFORE_SEVEN = {
    "2026-11-23 00:00": "2026-11-23 07:00",
    "2026-11-23 06:59": "2026-11-23 07:00",
    "2026-11-23 07:00": "2026-11-23 07:00",
    "2026-11-23 12:34": "2026-11-23 12:34",
    "2026-11-23 20:00": "2026-11-23 20:00",
    "2026-11-23 20:01": "2026-11-24 07:00",
    "2026-11-23 23:59": "2026-11-24 07:00",
    "2026-12-31 22:00": "2027-01-01 07:00",  # the hotline itself knows no holidays
}
REGISTRY = {  # Mon-Thu 07:30-16:00; Fri 07:30-16:30
    "2026-11-23 02:00": "2026-11-23 07:30",
    "2026-11-23 15:59": "2026-11-23 15:59",
    "2026-11-23 16:00": "2026-11-24 07:30",
    "2026-11-20 16:29": "2026-11-20 16:29",
    "2026-11-20 16:30": "2026-11-23 07:30",
    "2026-12-23 20:00": "2026-12-28 07:30",  # cuti bersama, Christmas, a weekend
}


@pytest.mark.parametrize("at", NEVER_BEFORE_SEVEN)
def test_by_day(at: str) -> None:
    start, end = callbacks.window(wib(at))
    assert start == wib(NEVER_BEFORE_SEVEN[at])
    assert end - start == timedelta(hours=1)
    assert callbacks.window(wib(at), urgent=True)[0] == wib(at), "what is urgent does not wait for the morning"


@pytest.mark.parametrize("at", REGISTRY)
def test_while_the_department_is_open(at: str) -> None:
    assert callbacks.window(wib(at), department="disdukcapil")[0] == wib(REGISTRY[at])


def test_by_day_and_while_somebody_is_there() -> None:
    """An office that opens before anybody may be called, and one that is open at night only."""
    with city_with(hours="Mon-Sun 05:00-06:30, 20:30-24:00"):
        start, end = callbacks.window(MONDAY)
        assert (start, end - start) == (wib("2026-12-07 07:00"), timedelta(hours=1)), "it ends, though nothing fits"
    with city_with(hours="Mon-Fri 06:00-09:00"):
        assert callbacks.window(wib("2026-11-23 05:00"))[0] == wib("2026-11-23 07:00")
        assert callbacks.window(wib("2026-11-20 09:00"))[0] == wib("2026-11-23 07:00")


def promised(key: str = "k", *, department: str = "call-centre", phone: str = ANI, urgent: bool = False) -> Callback:
    number = opened(phone, "pesan-petugas", held=True)
    with changing(number) as (session, ticket):
        window = callbacks.window(clock.now(), urgent=urgent)
        given = {"key": key, "department": department, "language": "id", "urgent": urgent}
        return callbacks.promise(session, ticket, caller(session, phone), window, **given)


def tried(one: Callback, *, reached: bool = False) -> Callback:
    with stores.transaction() as session:
        found = callbacks.find(session, one.id)
        callbacks.attempted(session, found, reached=reached, by="Rina")
        return found


def test_one_promise_under_one_key(house: House) -> None:
    one, other = promised(), promised()
    assert one.id == other.id
    with stores.reading() as session:
        assert len(session.scalars(select(Callback)).all()) == 1
        assert [m.template for m in session.scalars(select(Message)) if m.status != "canceled"].count("SMS15") == 1


def test_the_promise_takes_the_place_of_a_receipt_that_waits_and_of_no_other(sqlite_house: House) -> None:
    promised()
    with stores.reading() as session:
        states = {message.template: message.status for message in session.scalars(select(Message))}
    assert states == {"SMS01": "canceled", "SMS15": "promised"}
    number = opened()
    with changing(number) as (session, ticket):
        given = {"key": "other", "department": "dlh", "language": "id"}
        callbacks.promise(session, ticket, caller(session), callbacks.window(clock.now()), **given)
    assert [(message.template, message.status) for message in texts(number)] == [("SMS01", "promised")]


TRIES = [
    ("10:00", "10:10", False),
    ("20:49", "20:59", False),
    ("20:50", "07:00", False),
    ("23:00", "07:00", False),
    ("23:00", "23:10", True),
]


@pytest.mark.parametrize(("at", "again", "urgent"), TRIES)
def test_the_next_try_is_ten_minutes_later_and_by_day(sqlite_house: House, at: str, again: str, urgent: bool) -> None:
    with time_machine.travel(wib(f"2026-11-23 {at}"), tick=False):
        found = tried(promised(urgent=urgent))
    assert clock.local(found.next_at).strftime("%H:%M") == again
    assert found.state == callbacks.OPEN


def test_the_next_try_for_a_department_is_while_it_is_open(sqlite_house: House) -> None:
    with time_machine.travel(wib("2026-11-23 15:55"), tick=False):
        found = tried(promised(department="disdukcapil"))
        assert found.next_at == wib("2026-11-24 07:30")


@pytest.mark.parametrize("tries", [1, 2, 3])
def test_as_often_as_the_city_says(sqlite_house: House, tries: int) -> None:
    rules = city().callbacks.model_copy(update={"attempts_after": tuple(range(0, 10 * tries, 10))})
    with city_with(callbacks=rules):
        one = promised()
        for _ in range(tries):
            assert one.state == callbacks.OPEN
            one = tried(one)
        assert (one.state, one.attempts, one.closed_by) == (callbacks.GIVEN_UP, tries, "Rina")
        with pytest.raises(CallbackError, match="given_up already"):
            tried(one)


def test_what_was_kept_is_counted_and_what_was_cancelled_is_not(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as now:
        in_time, late, cancelled, open_ = (promised(key) for key in "abcd")
        tried(in_time, reached=True)
        with stores.transaction() as session:
            callbacks.cancel(session, callbacks.find(session, cancelled.id), by="Rina")
        now.shift(timedelta(minutes=61))
        tried(late, reached=True)
        with stores.reading() as session:
            assert callbacks.kept(session, MONDAY - timedelta(days=7)) == {"ended": 2, "kept": 1}
            assert callbacks.kept(session, clock.now() + timedelta(days=1)) == {"ended": 0, "kept": 0}
            assert [one.id for one in callbacks.waiting(session)] == [open_.id]


def test_the_most_pressing_comes_first(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as now:
        first = promised("a")
        now.shift(timedelta(minutes=5))
        second = promised("b")
        tried(first)  # again at 10:15
        with stores.reading() as session:
            assert [one.id for one in callbacks.waiting(session)] == [second.id, first.id]


def test_a_try_is_written_into_the_history_of_the_ticket(sqlite_house: House) -> None:
    one = promised()
    tried(one)
    with stores.reading() as session:
        number = session.get_one(Callback, one.id).ticket.number
        event = history.latest(session, seen(number))
    assert (event.action, event.by, event.why) == ("callback", "Rina", {"what": "attempt 1: not reached"})


def test_there_is_no_callback_without_its_id(sqlite_house: House) -> None:
    with stores.transaction() as session, pytest.raises(CallbackError, match="no callback with this id"):
        callbacks.find(session, uuid4())
