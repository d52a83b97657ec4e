"""Disclosure of a ticket to whoever calls: by their own mobile, by its number, by the last digits; and nothing
confidential by a telephone alone.
"""

from datetime import timedelta

import pytest
import time_machine
from factories import ANI, caller, changing, moved, opened, seen, wib
from people import House

from config import clock, stores
from ivr.simulator.network.ledger import new_sid
from ticketing.contacts import disclosure, followers
from ticketing.models import Call
from ticketing.rules import numbers
from ticketing.tickets import register

BUDI, LANDLINE, FOREIGN, HIDDEN = "+6281299990000", "+622188950001", "+6591234567", "anonymous"
MONDAY = wib("2026-11-23 10:00")


def calling(phone: str = ANI, *, kind: str = "", **more: object) -> Call:
    with stores.transaction() as session:
        known = {"contact": caller(session, phone), "caller_kind": kind or numbers.read(phone).kind}
        call = Call(sid=new_sid("CA"), status="in-progress", **known, **more)
        session.add(call)
        session.flush()
        return call


def asks(what: object, call: Call, *more: object) -> object:
    with stores.reading() as session:
        return what(session, session.get_one(Call, call.id), *more)


LEVELS = [
    # who reported, who calls, as what the carrier knows the caller, and the level
    (ANI, ANI, "", disclosure.OWN),
    (ANI, BUDI, "", disclosure.PUBLIC),
    (ANI, HIDDEN, "", disclosure.PUBLIC),
    (LANDLINE, LANDLINE, "", disclosure.PUBLIC),
    (FOREIGN, FOREIGN, "", disclosure.PUBLIC),
    (HIDDEN, HIDDEN, "", disclosure.PUBLIC),
    (ANI, ANI, "withheld", disclosure.PUBLIC),  # a mobile that a hidden caller keyed in
    (ANI, ANI, "fixed", disclosure.PUBLIC),
]


def test_three_levels(sqlite_house: House) -> None:
    for reporter, phone, kind, level in LEVELS:
        ticket = seen(opened(reporter))
        assert asks(disclosure.level, calling(phone, kind=kind), ticket) == level, (reporter, phone, kind)


def test_who_follows_knows_what_followers_know(sqlite_house: House) -> None:
    number = opened()
    with changing(number) as (session, ticket):
        for phone in (BUDI, LANDLINE):
            followers.follow(session, ticket, caller(session, phone))
    assert asks(disclosure.level, calling(BUDI), seen(number)) == disclosure.FOLLOWED
    assert asks(disclosure.level, calling(LANDLINE), seen(number)) == disclosure.PUBLIC
    assert asks(disclosure.listed, calling(BUDI)) == [number]
    assert asks(disclosure.listed, calling(LANDLINE)) == []


def test_the_list_is_open_newest_first_and_never_confidential(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY) as now:
        listed = []
        for category in ("sampah", "kekerasan-rumah", "banjir", "keluhan-petugas", "usulan"):
            number = opened(category=category)
            now.shift(60)
            if category in ("sampah", "banjir", "usulan"):
                listed.insert(0, number)
        for state in ("confirmed", "withdrawn"):
            moved(opened(), *(("resolved", state) if state == "confirmed" else (state,)))
        resolved = opened()
        moved(resolved, "resolved")
        assert asks(disclosure.listed, calling()) == [resolved, *listed]
        assert asks(disclosure.listed, calling(BUDI)) == asks(disclosure.listed, calling(HIDDEN)) == []


def test_news_is_a_week_old_at_most_unless_somebody_asked(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY) as now:
        number = opened()
        assert asks(disclosure.recent, calling()) == number
        now.shift(timedelta(days=7, seconds=1))
        assert asks(disclosure.recent, calling()) is None
        calling(goal="information")
        assert asks(disclosure.recent, calling()) is None
        calling(BUDI, goal="status")
        assert asks(disclosure.recent, calling()) is None
        calling(goal="status")
        assert asks(disclosure.recent, calling()) == number
        now.shift(timedelta(days=7, seconds=1))
        assert asks(disclosure.recent, calling()) is None
        moved(number, "in_progress")
        assert asks(disclosure.recent, calling()) == number
        assert asks(disclosure.recent, calling(kind="withheld")) is None


@pytest.mark.parametrize(
    "confidential", ["kekerasan-rumah", "keluhan-petugas"],
)  # fmt: skip
def test_no_news_of_what_is_confidential(sqlite_house: House, confidential: str) -> None:
    with time_machine.travel(MONDAY) as now:
        plain = opened()
        now.shift(60)
        opened(category=confidential)
        assert asks(disclosure.recent, calling()) == plain


PROOFS = [("1111", True), ("1112", False), ("111", False), ("01111", False), ("", False), ("\u0661" * 4, False)]


def proves(number: str, digits: str) -> bool:
    with stores.transaction() as session:
        return disclosure.proves(session, register.find(session, number), digits)


def may_try(number: str) -> bool:
    with stores.reading() as session:
        return disclosure.may_try(session, register.find(session, number))


def test_the_last_four_digits_and_nothing_else(house: House) -> None:
    for digits, right in PROOFS:
        assert proves(opened(), digits) is right, digits
    landline = opened(LANDLINE)
    assert proves(landline, "0001")
    assert not may_try(opened(HIDDEN)), "there is nothing to name"


def test_five_wrong_answers_in_a_day_and_even_the_right_one_is_none(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY) as now:
        number, other = opened(), opened()
        for nth in range(5):
            assert may_try(number), nth
            assert not proves(number, "0000")
            now.shift(timedelta(hours=1))
        assert not may_try(number)
        assert not proves(number, "1111")
        assert may_try(other) and proves(other, "1111"), "each ticket counts for itself"
        now.move_to(MONDAY + timedelta(hours=23))
        assert not may_try(number) and not proves(number, "1111")
        now.move_to(MONDAY + timedelta(days=1, minutes=1))
        assert may_try(number), "a day after the first of them"
        assert proves(number, "1111")
        assert proves(number, "1111"), "a right answer uses nothing up"
        assert clock.now() > MONDAY
