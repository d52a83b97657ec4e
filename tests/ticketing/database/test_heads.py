"""The history of a ticket is a chain: whatever is done to it behind the hotline's back is found, and nothing that the
hotline does itself is."""

import random
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from factories import changing, moved, opened, seen
from people import House
from sqlalchemy import event as sql_event
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config import clock, stores
from ticketing.database import heads
from ticketing.models import Event
from ticketing.privacy import erasure, retention
from ticketing.rules import chain
from ticketing.tickets import history, register

STATES = ("accepted", "in_progress", "waiting", "in_progress", "resolved", "confirmed")
RANDOM_TAMPERS = 300


def lives() -> list[str]:
    """Three tickets, each with a history."""
    numbers = [opened(), opened("+6281299990000", "pohon"), opened()]
    for at, number in enumerate(numbers):
        moved(number, *STATES[: 6 - at])
    return numbers


def let_events_be_changed() -> None:
    """What the owner of the database can do."""
    with stores.transaction() as session:
        for order in (
            ["DROP TRIGGER events_no_update", "DROP TRIGGER events_no_delete"]
            if stores.is_sqlite()
            else ["ALTER TABLE events DISABLE TRIGGER ALL"]
        ):
            session.execute(text(order))
        session.execute(text("CREATE TABLE saved AS SELECT * FROM events"))


def put_back() -> None:
    with stores.transaction() as session:
        session.execute(text("DELETE FROM events"))
        session.execute(text("INSERT INTO events SELECT * FROM saved"))


@pytest.fixture
def written(house: House) -> list[str]:
    """Three histories whose heads are written down, in a database whose owner can change everything."""
    numbers = lives()
    assert heads.write().faults == []
    let_events_be_changed()
    return numbers


def of(session: Session, number: str) -> list[Event]:
    return history.of(session, register.find(session, number))


def history_of(number: str) -> list[str | None]:
    with stores.reading() as session:
        return [event.chain for event in of(session, number)]


def set_(session: Session, event: Event, **values: object) -> None:
    session.execute(update(Event).where(Event.id == event.id).values(**values))


def forged(event: Event, position: int, hash_: str | None) -> Event:
    return Event(
        ticket_id=event.ticket_id, position=position, at=event.at, by="Budi", action="moved",
        before=event.after, after="accepted", chain=hash_,
    )  # fmt: skip


def cut(session: Session, events: list[Event], keep: int) -> None:
    for event in events[keep:]:
        session.delete(event)


def push(session: Session, events: list[Event], by: int) -> None:
    """Make room, or close a gap; from the side where there is some."""
    for event in reversed(events) if by > 0 else events:
        set_(session, event, position=event.position + by)


def chain_anew(session: Session, number: str) -> None:
    session.flush()
    session.expire_all()
    previous = chain.NONE
    for event in of(session, number):
        previous = heads._hash(event, previous)
        set_(session, event, chain=previous)


def swap(session: Session, one: Event, other: Event) -> None:
    """All but id, ticket and position, and so that each has what the other had."""
    names = ("at", "by", "action", "before", "after", "why", "chain")
    mine, theirs = ({name: getattr(event, name) for name in names} for event in (one, other))
    set_(session, one, **theirs)
    set_(session, other, **mine)


def a_tail(session: Session, number: str) -> None:
    cut(session, of(session, number), 3)


def a_gap_closed(session: Session, number: str) -> None:
    events = of(session, number)
    session.delete(events[2])
    session.flush()
    push(session, events[3:], -1)


def one_put_in(session: Session, number: str) -> None:
    events = of(session, number)
    push(session, events[2:], 1)
    session.add(forged(events[2], 3, events[1].chain))


def one_put_in_and_chained_anew(session: Session, number: str) -> None:
    one_put_in(session, number)
    chain_anew(session, number)


def an_edit_chained_anew(session: Session, number: str) -> None:
    set_(session, of(session, number)[1], by="Rina")
    chain_anew(session, number)


def every_hash_away_and_an_edit(session: Session, number: str) -> None:
    for event in of(session, number):
        set_(session, event, chain=None)
    set_(session, of(session, number)[0], by="Rina")


def everything(session: Session, number: str) -> None:
    cut(session, of(session, number), 0)


def another_ticket_s(session: Session, number: str) -> None:
    """An event of another ticket, at its end."""
    other = session.scalars(
        text("SELECT number FROM tickets WHERE number <> :number").bindparams(number=number)
    ).first()
    events = of(session, number)
    set_(session, of(session, str(other))[-1], ticket_id=events[0].ticket_id, position=len(events) + 1)


def first(**values: object) -> Callable[[Session, str], None]:
    return lambda session, number: set_(session, of(session, number)[1], **values)


INSIDE: dict[str, Callable[[Session, str], None]] = {  # found by the chain alone
    "who": first(by="Rina"),
    "when": first(at=clock.now() - timedelta(days=3)),
    "what": first(action="assigned"),
    "from what": first(before=None),
    "to what": first(after="refused"),
    "why": first(why={"owner": "dishub"}),
    "its hash": first(chain="0" * 64),
    "a gap": lambda session, number: session.delete(of(session, number)[2]),
    "a gap that was closed": a_gap_closed,
    "the first one gone": lambda session, number: session.delete(of(session, number)[0]),
    "one put in": one_put_in,
    "two swapped": lambda session, number: swap(session, *of(session, number)[1:3]),
    "another ticket's": another_ticket_s,
    "everything gone": everything,
}
WITH_HEADS: dict[str, Callable[[Session, str], None]] = {
    "a tail cut off": a_tail,
    "an edit, chained anew": an_edit_chained_anew,
    "one put in, chained anew": one_put_in_and_chained_anew,
    "every hash away, and an edit": every_hash_away_and_an_edit,
}


def test_whatever_is_done_behind_the_back_of_the_hotline_is_found(house: House, written: list[str]) -> None:
    number = written[0]
    assert house.flask("tickets", "verify").startswith("3 tickets, 18 events, 0 faults")
    for name, tamper in {**INSIDE, **WITH_HEADS}.items():
        with stores.transaction() as session:
            tamper(session, number)
        assert number in house.refused("tickets", "verify"), name
        assert number in house.refused("tickets", "verify", number), name
        alone = heads.verify(number, against=Path("/nowhere")).faults
        assert bool(alone) == (name in INSIDE), f"{name}, without heads: {alone}"
        put_back()
        assert "0 faults" in house.flask("tickets", "verify", number), name


def at_random(session: Session, number: str, draw: random.Random) -> str:
    """Something done to a history, and what it was."""
    events = of(session, number)
    one, nth = draw.choice(events), draw.randint(1, len(events) - 1)
    what = draw.choice(("edit", "delete", "close", "put in", "cut", "swap"))
    if what == "edit":
        changed = {
            "at": one.at + timedelta(microseconds=draw.choice((-1, 1, 10**9))),
            "by": one.by + draw.choice(" .x"),
            "action": "x" + one.action,
            "before": None if one.before else "received",
            "after": f"{one.after}s",
            "why": {**one.why, "rule": draw.random()},
            "chain": f"{draw.getrandbits(256):064x}",
            "position": one.position + 50,
        }
        name = draw.choice(list(changed))
        set_(session, one, **{name: changed[name]})
        return f"edit {name}"
    if what in ("delete", "close"):
        session.delete(one)
        session.flush()
        if what == "close":
            push(session, [event for event in events if event.position > one.position], -1)
    elif what == "put in":
        push(session, events[nth:], 1)
        session.add(forged(one, nth + 1, draw.choice((None, one.chain, f"{draw.getrandbits(256):064x}"))))
    elif what == "cut":
        cut(session, events, nth)
    else:
        swap(session, *draw.sample(events, 2))
    if draw.random() < 0.3:
        chain_anew(session, number)
        return f"{what}, chained anew"
    return what


def test_whatever_is_done_at_random_is_found(sqlite_house: House) -> None:
    numbers, draw, missed = lives(), random.Random(1500444), []
    heads.write()
    let_events_be_changed()
    for nth in range(RANDOM_TAMPERS):
        with stores.transaction() as session:
            what = at_random(session, number := draw.choice(numbers), draw)
        faults = heads.verify().faults
        if len(faults) != 1 or not faults[0].startswith(number):
            missed.append((nth, what, faults))
        put_back()
    assert missed == []


def test_a_ticket_that_is_gone_is_found_by_the_heads_alone(sqlite_house: House) -> None:
    number = lives()[0]
    heads.write()
    let_events_be_changed()
    id_ = seen(number).id
    with stores.transaction() as session:
        for table in ("events", "messages", "outbox", "notes", "ratings"):
            session.execute(text(f"DELETE FROM {table} WHERE ticket_id = :id"), {"id": id_.hex})
        session.execute(text("DELETE FROM tickets WHERE id = :id"), {"id": id_.hex})
    assert heads.verify(against=Path("/nowhere")).faults == []
    assert f"ticket {id_} is gone, and had 7 events" in sqlite_house.refused("tickets", "verify")
    assert "there is no ticket" in sqlite_house.refused("tickets", "verify", number)
    for _ in range(2):
        assert len(heads.write().faults) == 1, "it is found again until somebody took the file away"


def test_a_fault_stays_one_until_somebody_looked(sqlite_house: House) -> None:
    number = lives()[0]
    heads.write()
    let_events_be_changed()
    with stores.transaction() as session:
        a_tail(session, number)
    for _ in range(2):
        assert len(heads.write().faults) == 1
    moved(number, "reopened")
    assert len(heads.write().faults) == 1, "also when it goes on from there"
    assert heads.summary(heads.path())["broken"] == 1
    assert "FAIL  history: 1 faults at " in sqlite_house.refused("doctor")
    heads.path().unlink()
    assert heads.write().faults == []


@pytest.mark.parametrize("spoil", [lambda kept: kept[:-40], lambda kept: kept.replace(b"a", b"b"), lambda kept: b""])
def test_heads_that_were_changed_are_no_heads(sqlite_house: House, spoil: Callable[[bytes], bytes]) -> None:
    lives()
    heads.write()
    heads.path().write_bytes(spoil(heads.path().read_bytes()))
    assert "history.heads" in sqlite_house.refused("tickets", "verify")
    assert len(heads.write().faults) == 1, "a backup goes on all the same, and says so"
    assert heads.write().faults == []


def test_what_the_hotline_does_itself_breaks_nothing(house: House) -> None:
    with time_machine.travel(clock.now() - timedelta(days=800)) as past:
        numbers = lives()
        house.flask("tickets", "reveal", opened(), "--reason", "ditelepon", "--by", "Rina")
        house.work()
        heads.write()
        with stores.transaction() as session:
            erased = erasure.erase(session, register.find(session, numbers[1]).contact, by="Rina")
        erasure.remove_files(erased.files)
        assert heads.verify().faults == []
        past.shift(timedelta(days=700))
        moved(numbers[2], "resolved", by="ö" * 80)
        retention.forget()
    assert retention.forget()
    found = heads.verify()
    assert found.faults == [] and found.tickets == 4 and found.events > 20
    assert heads.write().faults == []


def test_events_from_before_are_taken_in_by_the_first_new_one(house: House) -> None:
    """Nothing is written anew: a history without hashes is covered by heads at once, and chained by its next event."""
    number, quiet = lives()[:2]
    let_events_be_changed()
    with stores.transaction() as session:
        session.execute(update(Event).values(chain=None))
        session.execute(text("DROP TABLE saved"))
        session.execute(text("CREATE TABLE saved AS SELECT * FROM events"))
    assert heads.write().faults == []
    moved(number, "reopened")
    assert heads.verify().faults == []
    assert history_of(number) == [None] * 7 + [history_of(number)[-1]] != [None] * 8
    with stores.transaction() as session:
        session.execute(text("INSERT INTO saved SELECT * FROM events WHERE position = 8"))
    for changed, alone in ((number, True), (quiet, False)):
        with stores.transaction() as session:
            set_(session, of(session, changed)[1], by="Rina")
        assert heads.verify(changed).faults, changed
        assert bool(heads.verify(changed, against=Path("/nowhere")).faults) is alone
        put_back()
    with stores.transaction() as session:  # a process of the release before, which still runs beside ours
        session.add(forged(of(session, number)[-1], 9, None))
    assert heads.verify(number).faults == []
    moved(number, "accepted")
    assert heads.verify(number).faults == [] and len(history_of(number)) == 10


def test_writers_at_once_make_one_chain(postgres_house: House) -> None:
    """With the ticket locked, as every change does it: one after the other. Without: one of them, and no fork."""
    number, together = opened(), threading.Barrier(12)

    def locked() -> None:
        together.wait()
        with changing(number) as (session, ticket):
            history.note(session, ticket, "kata", by="Rina")

    def unlocked() -> None:
        together.wait()
        with suppress(IntegrityError), stores.transaction() as session:
            history.note(session, register.find(session, number), "kata", by="Rina")

    for act in (locked, unlocked):
        writers = [threading.Thread(target=act) for _ in range(12)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert heads.verify().faults == []
        if act is locked:
            assert heads.verify().events == 13


def test_a_change_asks_the_database_no_more_than_without_a_chain(postgres_house: House) -> None:
    """One question for the newest event and one line written, as before there was a chain."""
    number, said = opened(), []
    with changing(number) as (session, ticket):
        sql_event.listen(stores.engine(), "before_cursor_execute", lambda *told: said.append(told[2]))
        history.record(session, ticket, "noted", by="Rina", before=ticket.state)
    assert [line.split()[0] for line in said] == ["SELECT", "INSERT"]
