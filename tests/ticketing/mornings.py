"""Mornings at the hotline whose every call is known: called through the carrier, or written into the tables; and the
figures of them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from factories import caller, wib
from people import House, Resident

from config import clock, stores
from ticketing.models import Call, Turn
from ticketing.statistics import calls

TODAY = date(2026, 11, 24)
NINE = datetime(2026, 11, 24, 9, 0, tzinfo=clock.CITY_ZONE)
ANI, BUDI, CITRA, LANDLINE = "+6281377204951", "+6281377204952", "+6281377204953", "+622188400011"


class Day:
    """A morning on which time passes only when somebody says so."""

    def __init__(self, house: House, watch: Any) -> None:
        self.house, self.watch = house, watch

    def passes(self, seconds: float) -> None:
        self.house.carrier.settle()
        self.watch.shift(seconds)

    @contextmanager
    def call(self, number: str, *, lasts: float = 20) -> Iterator[Resident]:
        """Somebody calls, does what the block says, and hangs up `lasts` seconds later if not over by then."""
        resident = Resident(self.house, number).dials()
        yield resident
        self.passes(lasts)
        if resident.is_connected:
            resident.hangs_up()
        self.passes(60)


def a_known_morning(day: Day) -> None:
    """Fourteen calls: 4 goals, 2 at a person, 3 abandoned, 1 short, 1 ghost, 1 prank, 1 emergency, 1 not over yet."""
    with day.call(ANI) as ani:  # wrong keys, another language and back again, then a report: 50 s
        ani.presses("7", "8", "8", "2", "2", "*")
        day.passes(50)
        ani.talks().presses("1")
    with day.call(BUDI) as budi:  # goes back once, talks, and hangs up before the number: a report all the same: 30 s
        budi.presses("2", "1", "*", "2", "*")
        day.passes(30)
        budi.talks(8, then="hangup")
    with day.call(ANI) as ani:  # asks for the report, and says nothing more: 10 s
        day.passes(10)
        ani.presses("3").is_silent(2)
    with day.call(CITRA) as citra:  # the officer talks, and is thought well of: 40 s
        citra.presses("0")
        citra.call.officer_answers("1")
        day.passes(40)
        citra.call.officer_hangs_up()
        citra.presses("5", "2")
        citra.is_silent()
    with day.call(LANDLINE) as budi:  # nobody answers, and the caller does not wait for more
        budi.presses("0")
        budi.call.officer_no_answer()
    with day.call(LANDLINE) as budi:  # hangs up while it rings
        budi.presses("0")
    for number in (BUDI, "anonymous"):  # leave at the root
        with day.call(number):
            pass
    with day.call(LANDLINE) as budi:  # leaves at the topic, after a wrong key
        budi.presses("2", "9")
    with day.call(CITRA, lasts=4):  # had misdialled
        pass
    with day.call(BUDI) as nobody:
        nobody.is_silent(3)
    with day.call(CITRA) as joker:
        joker.presses("7", "7")
    day.house.flask("calls", "prank", joker.call.sid, "--by", "Rina")
    with day.call(BUDI) as budi:
        budi.presses("1")
    Resident(day.house, ANI).dials()


def a_call(at: str, *turns: dict[str, Any], seconds: float | None = 60, number: str = ANI, **more: Any) -> UUID:
    """A call on the city's clock that lasted so long; `turns` after the first one, which begins it."""
    began = wib(at)
    with stores.transaction() as session:
        contact = caller(session, number)
        values = {"caller_kind": "mobile", "status": "completed", "menu": "aaaa1111", "contact_id": contact.id, **more}
        values.setdefault("ended_at", None if seconds is None else began + timedelta(seconds=seconds))
        call = Call(sid=f"CA{uuid4().hex}", started_at=began, **values)
        session.add(call)
        session.flush()
        for nth, turn in enumerate([{}, *turns]):
            values = {"node": "main.root" if nth else "", "key": "2", "result": "answered", "milliseconds": 10, **turn}
            session.add(Turn(call_id=call.id, number=nth, at=began + timedelta(seconds=nth), **values))
        return call.id


def without_turns(at: str, **more: Any) -> None:
    id_ = a_call(at, **more)
    with stores.transaction() as session:
        session.query(Turn).filter(Turn.call_id == id_).delete()


def stats(house: House, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(house.flask("stats", "--json", *words))
    return found


def figures(first: date = TODAY, last: date = TODAY, by: calls.By = "none") -> dict[str, Any]:
    with stores.reading() as session:
        return calls.report(session, first, last, by=by)
