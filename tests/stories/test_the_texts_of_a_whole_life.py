"""One report from its first text to its last, with every receipt told twice and every text's worker dying after it had
handed the text over: the resident hears each thing once."""

from collections import Counter
from datetime import timedelta

import time_machine
from people import House, Resident
from sqlalchemy import select, update

from config import clock, stores
from ticketing.models import Message, Outbox
from workers import jobs, outbox

_AGO = timedelta(minutes=1)


def work_with_dying_workers(house: House) -> None:
    """Every text leaves, and its worker dies before it can say so: the sweep finds the row, the carrier is asked."""
    while (work := outbox.claim("texts")) is not None:
        jobs.attempt(work)
        with stores.transaction() as session:
            session.execute(
                update(Outbox).where(Outbox.id == work.id).values(lease_until=stores.database_now(session) - _AGO)
            )
        outbox.sweep()
        with stores.transaction() as session:
            unknown = session.scalars(select(Outbox).where(Outbox.state == "unknown"))
            for row in unknown:
                row.not_before = stores.database_now(session) - _AGO
        house.work()
    house.work()
    with stores.transaction() as session:  # what was sent was sent on the day that the test has reached
        later = Outbox.finished_at > clock.now() + _AGO
        session.execute(update(Outbox).where(later).values(finished_at=clock.now()))


def test_each_thing_is_told_once(house: House) -> None:
    house.set(SMS_DUA_ARAH="true")
    house.carrier.faults.set({"callbacks": "doubled"})
    morning = clock.local(clock.now() - timedelta(days=25)).replace(hour=9, minute=0)
    with time_machine.travel(morning, tick=True) as now:

        def day_later(days: int = 1) -> None:
            nonlocal morning
            morning += timedelta(days=days)
            now.move_to(morning)

        ani = Resident(house).texts("lapor lampu jalan mati sudah seminggu gelap banget")
        work_with_dying_workers(house)
        ani.texts("di jl mawar margahayu")
        work_with_dying_workers(house)
        number = house.ticket()["number"]
        for state, words in (("in_progress", ()), ("waiting", ("--note", "tiang nomor berapa"))):
            day_later()
            house.move(number, state, *words)
            work_with_dying_workers(house)
        ani.texts("nomor 14 dekat pos")
        work_with_dying_workers(house)
        for answer in ("belum beres", "4"):
            day_later(8)  # a number is asked how it was once in seven days
            house.move(number, "resolved")
            work_with_dying_workers(house)
            ani.texts(answer)
            work_with_dying_workers(house)
        assert house.ticket()["status"] == "confirmed"

    told = Counter(_templates())
    assert told == {"SMS13": 1, "SMS26": 2, "SMS03": 1, "SMS04": 1, "SMS05": 2, "SMS06": 1, "SMS24": 1}
    assert len(ani.inbox) == sum(told.values())


def _templates() -> list[str]:
    with stores.reading() as session:
        sent = select(Message.template).where(~Message.inbound, Message.status.in_(("delivered", "read")))
        return [str(template) for template in session.scalars(sent)]
