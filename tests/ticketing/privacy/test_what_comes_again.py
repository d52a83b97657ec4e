"""After an erasure the carrier repeats itself, or its log is read once more: nobody is known again for that, and
nothing of what was said comes back."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from factories import ANI
from people import ACCOUNT, HOTLINE, House, Resident
from sqlalchemy import String, cast, func, select, update

from config import clock, stores
from ivr.channels import inbox
from ticketing.models import Call, Chat, Contact, Message, Outbox, Photo, Recording, Ticket
from workers import reconcile

WORDS = "lampu jalan mati di depan rumah ibu Sulastri, kranji"


@pytest.fixture(autouse=True)
def moment() -> Iterator[Any]:
    """Two hours ago, by our clock; PostgreSQL has its own, and by that all of it is settled."""
    with time_machine.travel(clock.now() - timedelta(hours=2), tick=True) as watch:
        yield watch


def read_the_log(moment: Any) -> dict[str, int]:
    """What the carrier has from this long evening, once it is settled by any clock."""
    moment.shift(timedelta(minutes=10))
    return dict(reconcile.reconcile(since=clock.now() - timedelta(hours=3)))


def of_text(sid: str) -> dict[str, str]:
    return {"MessageSid": sid, "AccountSid": ACCOUNT, "From": ANI, "To": HOTLINE, "Body": WORDS, "NumMedia": "0"}


def held() -> dict[str, int]:
    with stores.reading() as session:
        counted = {
            table.__name__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Call, Chat, Contact, Message, Outbox, Photo, Recording, Ticket)
        }
        known = session.scalar(select(func.count()).where(Contact.phone_hash.is_not(None), Contact._phone.is_not(None)))
        words = session.scalar(select(func.count()).where(Message._body.is_not(None)))
    return {**counted, "known": known or 0, "words": words or 0}


def erased(house: House) -> dict[str, int]:
    house.work()
    house.flask("privacy", "erase", "--phone", ANI, "--by", "Rina", "--even-open")
    house.work()
    found = held()
    assert found["known"] == found["words"] == 0
    return found


def test_a_text_that_is_delivered_again_makes_nobody_known(house: House) -> None:
    sid = f"SM{uuid4().hex}"
    assert house.post("/sms/incoming", of_text(sid)).status_code == 200
    before = erased(house)
    assert before["Ticket"] == 1
    for _ in range(2):
        assert house.post("/sms/incoming", of_text(sid)).status_code == 200
    house.work()
    assert held() == before


def test_what_the_carriers_log_brings_from_before_makes_nobody_known(house: House, moment: Any) -> None:
    """The rows that knew these texts and calls are gone with a backup that was restored."""
    caller = Resident(house).dials().presses("2", "2", "*").talks().presses("1").hangs_up()
    caller.texts(WORDS)
    before = erased(house)
    with stores.transaction() as session:
        for table, name in ((Message, Message.sid), (Call, Call.sid), (Recording, Recording.sid)):
            session.execute(update(table).values({name: cast(table.id, String)}))
    found = read_the_log(moment)
    assert not {"texts", "calls", "recordings"} & {name for name, count in found.items() if count}, found
    moment.shift(timedelta(minutes=10))
    inbox.read_late()
    house.work()
    assert held() == before


def test_who_writes_after_the_erasure_is_somebody_new(house: House, moment: Any) -> None:
    house.post("/sms/incoming", of_text(f"SM{uuid4().hex}"))
    before = erased(house)
    moment.shift(timedelta(hours=1))
    house.carrier.app_url, there = "http://127.0.0.1:1", house.carrier.app_url
    house.carrier.text(ANI, WORDS)
    house.carrier.app_url = there
    assert read_the_log(moment)["texts"] == 1
    assert held()["known"] == before["known"] + 1
