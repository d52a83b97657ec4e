"""The database as everybody uses it: whole or not at all, writers in a queue, readers never waiting."""

import threading

import pytest
from factories import until
from people import House
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from config import stores
from config.stores import database_now
from ticketing.models import Beat


def count() -> int:
    with stores.reading() as session:
        return session.scalar(text("SELECT count(*) FROM beats")) or 0


def beat(name: str, session: object) -> None:
    session.add(Beat(name=name, at=database_now(session)))  # type: ignore[attr-defined]


def test_what_fails_leaves_nothing(house: House) -> None:
    with pytest.raises(ZeroDivisionError), stores.transaction() as session:
        beat("a", session)
        session.flush()
        raise ZeroDivisionError
    with pytest.raises(IntegrityError), stores.transaction() as session:
        beat("a", session)
        session.flush()
        session.execute(text("INSERT INTO beats (name, at) SELECT name, at FROM beats"))
    assert count() == 0


def test_many_writers_at_once_all_get_their_turn(house: House) -> None:
    together, failed = threading.Barrier(12), []

    def writer(nth: int) -> None:
        together.wait()
        try:
            for turn in range(5):
                with stores.transaction() as session:
                    seen = session.scalar(text("SELECT count(*) FROM beats"))
                    beat(f"{nth}.{turn}.{seen}", session)
        except Exception as fault:
            failed.append(fault)

    writers = [threading.Thread(target=writer, args=(nth,)) for nth in range(12)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert failed == []
    assert count() == 60


def test_a_reader_waits_for_no_writer_and_sees_only_what_is_committed(house: House) -> None:
    written, go_on = threading.Event(), threading.Event()

    def writer() -> None:
        with stores.transaction() as session:
            beat("slow", session)
            session.flush()
            written.set()
            go_on.wait(90)

    slow = threading.Thread(target=writer)
    slow.start()
    assert written.wait(90)
    assert count() == 0
    go_on.set()
    slow.join()
    assert count() == 1


def test_the_database_s_clock_is_aware_utc(house: House) -> None:
    with stores.reading() as session:
        moment = database_now(session)
    assert moment.utcoffset() is not None
    assert moment.utcoffset().total_seconds() == 0


def test_a_stranger_s_row_is_refused(house: House) -> None:
    with pytest.raises(IntegrityError), stores.transaction() as session:
        session.execute(
            text(
                "INSERT INTO notes (id, ticket_id, at, by, kind, text) VALUES (:id, :id, '2026-01-01', 'x', 'x', 'x')"
            ),
            {"id": "0" * 32},
        )


def test_sqlite_is_set_so_that_a_commit_stays(sqlite_house: House) -> None:
    with stores.transaction() as session:
        settings = {
            name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_connections_are_made_anew_after_a_disconnect(house: House) -> None:
    stores.disconnect()
    assert count() == 0
    until(lambda: stores.redis_trouble() is None, "Redis")
