"""The database hangs, is gone, or is too slow: the phone speaks and records all the same, texts are answered 503, and
nobody piles up. PostgreSQL, behind a wire that can be damaged; SQLite, whose lock somebody else keeps."""

import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from chaos.proxy import Proxy
from factories import until
from people import PATIENT, House, Resident, use
from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError
from webhooks import of_call, of_text

from config import stores, timeouts
from config.settings import Settings, settings
from config.timeouts import Away
from ivr.channels import twiml
from workers import transactions

CARRIER_WAITS = 4.0  # twiml.OVERRIDES: what the carrier gives one of our answers
HASTY = {"DATABASE_SECONDS": "1"}  # leaves a busy machine three seconds more than the real one does


@pytest.fixture
def wire(postgres_house: House) -> Iterator[Proxy]:
    """The house reaches its database only through this, and does not wait for it for long."""
    url = make_url(settings().database_url)
    target = url.query.get("host") or (url.host or "127.0.0.1", url.port or 5432)
    if isinstance(target, str):
        target = f"{target}/.s.PGSQL.{url.port or 5432}"
    proxy = Proxy(target)
    through = url.set(host="127.0.0.1", port=proxy.port).difference_update_query(["host"])
    use(DATABASE_URL=through.render_as_string(hide_password=False), **HASTY)
    yield proxy
    proxy.set("pass")
    stores.disconnect()
    proxy.close()


def is_speaking(answer: Any) -> bool:
    document = ET.fromstring(answer.content)
    return answer.status_code == 200 and document.find("Say") is not None and document.find("Record") is not None


@pytest.mark.parametrize("damage", ["drop", "cut", "swallow"])
def test_every_voice_webhook_speaks_and_records_while_the_carrier_still_listens(
    postgres_house: House, wire: Proxy, damage: str
) -> None:
    house = postgres_house
    assert house.post("/voice/incoming", of_call("CA" + "1" * 32)).status_code == 200
    wire.set(damage)
    for path in ("/voice/incoming", "/voice/turn/1", "/voice/turn/7"):
        began = time.monotonic()
        answer = house.post(path, of_call("CA" + "2" * 32))
        assert is_speaking(answer)
        assert time.monotonic() - began < CARRIER_WAITS, "the bound is the carrier's, not a figure of ours"


def test_what_an_answer_waits_for_leaves_time_within_what_the_carrier_gives_it() -> None:
    waits = sum(Settings.model_fields[name].default for name in ("database_seconds", "door_seconds"))
    assert f"&rt={1000 * CARRIER_WAITS:.0f}&" in twiml.OVERRIDES
    assert waits <= CARRIER_WAITS


def test_texts_and_callbacks_are_answered_503_and_fetched_later(postgres_house: House, wire: Proxy) -> None:
    wire.set("cut")
    assert postgres_house.post("/sms/incoming", of_text()).status_code == 503
    form = of_call("CA" + "1" * 32) | {"CallStatus": "completed"}
    assert postgres_house.post("/voice/status", form).status_code == 503


def test_after_three_failures_nobody_waits_and_two_seconds_later_one_asks_again(
    postgres_house: House, wire: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = postgres_house
    wire.set("cut")
    for _ in range(timeouts.FAILURES):
        assert is_speaking(house.post("/voice/incoming", of_call("CA" + "2" * 32)))
    asked: list[object] = []
    monkeypatch.setattr(stores.Bounded, "connect", lambda *given, **more: asked.append(given))
    monkeypatch.setattr(timeouts, "PAUSE", 60)
    for _ in range(10):
        assert is_speaking(house.post("/voice/incoming", of_call("CA" + "3" * 32)))
    assert len(asked) <= 1, "the database was not even asked, but for the one that finds out"
    monkeypatch.undo()
    stores._circuit_breaker()._shut_until = 0.0  # the pause is over
    wire.set("pass")
    answer = until(lambda: _spoken_normally(house), "a normal answer")
    assert b"Layanan Warga" in answer


def _spoken_normally(house: House) -> bytes | None:
    answer = house.post("/voice/incoming", of_call("CA" + "4" * 32))
    return answer.content if b"<Gather" in answer.content else None


def test_a_table_that_is_locked_costs_an_apology_and_not_the_house(postgres_house: House) -> None:
    house = postgres_house
    use(**HASTY)
    with psycopg.connect(settings().database_url.replace("+psycopg", "")) as other:
        other.execute("LOCK TABLE calls IN ACCESS EXCLUSIVE MODE")
        assert is_speaking(house.post("/voice/incoming", of_call("CA" + "5" * 32)))
    use(**PATIENT)
    assert _spoken_normally(house)


LOCK_FILE = "import fcntl; held = open(f'{path}.lock', 'w'); fcntl.flock(held, fcntl.LOCK_EX)"
DATABASE = "import sqlite3; held = sqlite3.connect(path, isolation_level=None); held.execute('BEGIN IMMEDIATE')"


@contextmanager
def held_elsewhere(how: str) -> Iterator[None]:
    """Another process keeps all others from writing to the SQLite database, and does not go on."""
    path = make_url(settings().database_url).database
    code = f"import sys; path = {path!r}; {how}; print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline()
        yield
        other.terminate()


@pytest.mark.parametrize("how", [LOCK_FILE, DATABASE], ids=["lock file", "database"])
def test_a_writer_that_hangs_elsewhere_costs_an_apology_and_not_the_house(sqlite_house: House, how: str) -> None:
    house = sqlite_house
    use(DATABASE_SECONDS="2")
    answers: list[tuple[bool, float]] = []

    def asks() -> None:
        began = time.monotonic()
        speaking = is_speaking(house.post("/voice/incoming", of_call("CA" + "5" * 32)))
        answers.append((speaking, time.monotonic() - began))

    with held_elsewhere(how):
        callers = [threading.Thread(target=asks, daemon=True) for _ in range(3)]
        for one in callers:
            one.start()
        for one in callers:
            one.join(30)
        assert [speaking for speaking, _ in answers] == [True] * 3
        assert max(seconds for _, seconds in answers) < CARRIER_WAITS
        with pytest.raises(SQLAlchemyError), stores.transaction():
            raise AssertionError("work that nobody limits waits no longer than for any lock")
    use(**PATIENT)
    assert _spoken_normally(house)


def test_a_broken_connection_is_replaced_within_the_same_answer(postgres_house: House) -> None:
    """The server was restarted a moment ago; the caller hears nothing of it."""
    house = postgres_house
    ani = Resident(house).dials().presses("2")
    with psycopg.connect(settings().database_url.replace("+psycopg", ""), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
            "pg_backend_pid()"
        )
    ani.presses("2").hears("Di kelurahan mana")
    assert ani.call.errors == []


def test_what_was_committed_although_the_answer_was_lost_is_not_done_twice(postgres_house: House, wire: Proxy) -> None:
    house, form = postgres_house, of_call("CA" + "6" * 32)
    wire.set("swallow")
    assert is_speaking(house.post("/voice/incoming", form))
    wire.set("pass")
    use(**PATIENT)
    until(lambda: _spoken_normally(house), "a normal answer")
    first = house.post("/voice/incoming", form)
    assert house.post("/voice/incoming", form).content == first.content
    with stores.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM calls WHERE sid = :sid"), {"sid": form["CallSid"]}) == 1


def test_two_that_block_each_other_both_end_well(postgres_house: House) -> None:
    """PostgreSQL ends a deadlock by choosing one of the two; that one is simply done anew."""
    with stores.transaction() as session:
        session.execute(text("INSERT INTO tallies (name, count) VALUES ('a', 0), ('b', 0)"))
    both, one_is_through, done = threading.Barrier(2), threading.Event(), []

    def add(first: str, second: str) -> None:
        tries = iter((False, True))

        def act(session: Any) -> None:
            if chosen := next(tries):
                assert one_is_through.wait(60), "the pause before it is a chance, not a promise, on a busy machine"
            session.execute(text("UPDATE tallies SET count = count + 1 WHERE name = :name"), {"name": first})
            if not chosen:
                both.wait(60)
            session.execute(text("UPDATE tallies SET count = count + 1 WHERE name = :name"), {"name": second})

        transactions.carry_out(act)
        done.append(first)
        one_is_through.set()

    threads = [threading.Thread(target=add, args=names) for names in (("a", "b"), ("b", "a"))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(done) == ["a", "b"]
    with stores.reading() as session:
        assert dict(session.execute(text("SELECT name, count FROM tallies")).all()) == {"a": 2, "b": 2}


def test_a_piece_of_work_whose_time_is_up_asks_for_nothing(house: House) -> None:
    with timeouts.within(0), pytest.raises(Away), stores.transaction():
        raise AssertionError("no transaction may begin")
    with timeouts.within(settings().database_seconds), stores.transaction() as session:
        assert session.scalar(text("SELECT 1")) == 1
