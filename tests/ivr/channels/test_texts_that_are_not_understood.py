"""A text is stored before it is understood, so a fault of ours costs nobody a report: it is read later, and what can
never be read is kept as it stands."""

from datetime import timedelta

import pytest
import time_machine
from people import House, Resident, use
from sqlalchemy import select
from webhooks import of_text

from config import clock, stores
from ivr.channels import inbox
from ivr.understanding import intents
from ticketing.models import Message


def broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError


def status() -> str:
    with stores.reading() as session:
        return str(session.scalars(select(Message).where(Message.inbound)).one().status)


def test_a_fault_while_reading_is_made_good_by_the_sweeper(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    use(SMS_DUA_ARAH="true")
    with monkeypatch.context() as fault, time_machine.travel(clock.now() - timedelta(minutes=1)):
        fault.setattr(intents, "read", broken)
        ani = Resident(house).texts("lapor sampah menumpuk di kayuringin")
        assert status() == "received"
        assert inbox.read_late() == 0, "its own webhook may still be reading it"
    assert inbox.read_late() == 1
    assert inbox.read_late() == 0
    house.work()
    assert house.ticket()["category"] == "sampah"
    assert len(ani.inbox) == 1


def test_what_can_never_be_read_is_kept_as_it_stands(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intents, "read", broken)
    Resident(house).texts("lapor sampah menumpuk di kayuringin")
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        for _ in range(5):
            inbox.read_late()
    assert status() == "kept"
    ticket = house.ticket()
    assert (ticket["category"], ticket["department"]) == ("lainnya", "call-centre")
    assert ticket["notes"][0]["text"] == "lapor sampah menumpuk di kayuringin"


def test_the_same_delivery_after_a_fault_is_no_second_text(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:

    form = of_text("lapor sampah menumpuk di kayuringin")
    with monkeypatch.context() as fault:
        fault.setattr(intents, "read", broken)
        assert sqlite_house.post("/sms/incoming", form).status_code == 200
    assert sqlite_house.post("/sms/incoming", form).status_code == 200
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        inbox.read_late()
    assert len(sqlite_house.tickets()) == 1
