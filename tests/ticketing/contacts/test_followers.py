"""A number follows once, also when it presses twice at the same moment, and everybody who stands behind a ticket counts
once."""

import threading
from uuid import UUID

from factories import ANI, caller, changing, moved, opened, seen
from people import House

from config import stores
from ticketing.contacts import followers
from ticketing.tickets import register

BUDI, SITI = "+6281299990000", "+6281377770000"


def follows(number: str, phone: str) -> bool:
    with changing(number) as (session, ticket):
        return followers.follow(session, ticket, caller(session, phone))


def voices(number: str) -> int:
    with stores.reading() as session:
        return followers.voices(session, register.find(session, number))


def test_once_for_each_number_and_never_the_reporter(house: House) -> None:
    number = opened()
    assert [follows(number, phone) for phone in (BUDI, BUDI, SITI, ANI)] == [True, False, True, False]
    assert voices(number) == 3
    with stores.reading() as session:
        assert followers.count(session, seen(number)) == 2


def test_ten_presses_at_once_are_one(house: House) -> None:
    number = opened()
    with stores.transaction() as session:
        caller(session, BUDI)
    together, new = threading.Barrier(10), []

    def presses() -> None:
        together.wait()
        with stores.transaction() as session:  # nobody locks the ticket
            new.append(followers.follow(session, register.find(session, number), caller(session, BUDI)))

    crowd = [threading.Thread(target=presses) for _ in range(10)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert sorted(new) == [False] * 9 + [True]
    assert voices(number) == 2


def test_who_leaves_may_come_back(sqlite_house: House) -> None:
    number = opened()
    follows(number, BUDI)
    for _ in range(2):
        with changing(number) as (session, ticket):
            followers.leave(session, ticket, caller(session, BUDI))
            assert not followers.follows(session, ticket, caller(session, BUDI))
    assert voices(number) == 1
    assert follows(number, BUDI)


def test_reports_that_were_merged_into_it_count(sqlite_house: House) -> None:
    number = opened()
    follows(number, BUDI)
    moved(opened(SITI), "merged", into=number)
    assert voices(number) == 3


def test_everybody_comes_up_once_in_batches(house: House) -> None:
    number = opened()
    with changing(number) as (session, ticket):
        for nth in range(23):
            followers.follow(session, ticket, caller(session, f"+628127770{nth:04}"))
    heard: list[UUID] = []
    with stores.reading() as session:
        last = None
        while some := followers.some(session, seen(number), after=last, most=10):
            heard += [one.contact_id for one in some]
            last = some[-1].id
    assert len(heard) == len(set(heard)) == 23


def test_a_merged_incident_keeps_its_own_followers(sqlite_house: House) -> None:
    number, other = opened(category="banjir"), opened(BUDI, "banjir")
    follows(number, SITI)
    moved(number, "merged", into=other)
    assert voices(number) == 2
    assert voices(other) == 2
