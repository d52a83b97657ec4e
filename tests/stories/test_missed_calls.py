"""A call that came to nothing: who is known is told without paying for it, a report that was begun is called back."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from people import ACCOUNT, House, Resident
from sqlalchemy import select

from config import stores
from ticketing.models import Callback, Outbox, Ticket

NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("unlimited")


def a_little_later(house: House) -> None:
    """The time in which a recording may come, or another call, is over."""
    house.work()
    with stores.transaction() as session:
        for row in session.scalars(select(Outbox).where(Outbox.kind == "rescue", Outbox.state == "pending")):
            row.not_before = min(row.not_before, stores.database_now(session)) - timedelta(minutes=4)
    house.work()


def reported(house: House, number: str = "+6281200001111") -> Resident:
    ani = Resident(house, number).dials().presses("2", "2", "*").talks().presses("1").hangs_up()
    house.work()
    return ani


def test_ring_and_hang_up_and_the_status_comes(house: House) -> None:
    ani = reported(house)
    number = house.ticket()["number"]
    ani.dials().hangs_up()
    house.work()
    assert ani.inbox[-1].startswith(f"Laporan {number} (sampah)")
    ani.dials().hangs_up()
    house.work()
    assert len(ani.inbox) == 2, "one text in a while, however often somebody rings"


def test_who_is_known_without_a_report_is_told_how_to_go_on(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).texts("halo")
    sqlite_house.work()
    ani.dials().hangs_up()
    sqlite_house.work()
    assert "tadi terputus" in ani.inbox[-1]


def test_a_stranger_who_hangs_up_is_left_alone(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().hangs_up()
    sqlite_house.work()
    assert ani.inbox == []


def test_who_listened_for_a_while_in_silence_is_left_alone(sqlite_house: House) -> None:
    with time_machine.travel(NOON, tick=True) as now:
        ani = reported(sqlite_house)
        ani.dials()
        now.shift(timedelta(seconds=15))
        ani.hangs_up()
        sqlite_house.work()
        assert len(ani.inbox) == 1


def test_a_report_that_was_begun_is_called_back(house: House) -> None:
    ani = Resident(house).dials().presses("2", "1", "2").hangs_up()
    house.work()
    assert house.tickets() == []
    a_little_later(house)
    ticket = house.ticket()
    assert (ticket["category"], ticket["channel"]) == ("lampu-jalan", "voice")
    with stores.reading() as session:
        callback = session.scalars(select(Callback)).one()
        assert (callback.topic, callback.state) == ("lampu-jalan", "open")
    (text,) = ani.inbox
    assert ticket["number"] in text and "lengkapi di http://lacak.test/t/" in text


def test_who_calls_again_and_reports_is_not_called_back(sqlite_house: House) -> None:
    Resident(sqlite_house).dials().presses("2", "2").hangs_up()
    reported(sqlite_house)
    a_little_later(sqlite_house)
    with stores.reading() as session:
        assert session.scalars(select(Callback)).all() == []
    assert len(sqlite_house.tickets()) == 1


def test_a_recording_that_comes_very_late_takes_the_place_of_the_promise(house: House) -> None:
    """It was made by the fallback, and nobody told us in time."""
    ani = Resident(house).dials().presses("2", "2").hangs_up()
    a_little_later(house)
    promised = house.ticket()["number"]
    late = {"AccountSid": ACCOUNT, "CallSid": ani.call.sid, "RecordingSid": "RE" + "1" * 32, "From": ani.number}
    told = {**late, "To": "1500444", "CallStatus": "completed", "RecordingDuration": "9", "Digits": "hangup"}
    house.post("/voice/fallback/saved", told)
    states = {ticket["number"]: ticket["status"] for ticket in house.tickets()}
    assert states.pop(promised) == "merged"
    assert len(states) == 1
    with stores.reading() as session:
        assert session.scalars(select(Callback)).one().state == "cancelled"


def test_a_landline_that_drops_is_called_back_without_a_text(sqlite_house: House) -> None:
    Resident(sqlite_house, "+622188997766").dials().presses("2", "2").hangs_up()
    a_little_later(sqlite_house)
    with stores.reading() as session:
        assert session.scalars(select(Callback)).one().topic == "sampah"


def test_what_was_recorded_needs_no_callback(sqlite_house: House) -> None:
    reported(sqlite_house).dials().presses("2", "2", "*").talks(then="hangup")
    a_little_later(sqlite_house)
    with stores.reading() as session:
        assert session.scalars(select(Callback)).all() == []
        assert len(session.scalars(select(Ticket)).all()) == 2


def test_who_hangs_up_when_asked_to_speak_is_called_back_once_no_recording_can_come(house: House) -> None:
    Resident(house).dials().presses("2", "2", "*").hangs_up()
    a_little_later(house)
    with stores.reading() as session:
        assert session.scalars(select(Callback)).one().topic == "sampah"
    assert house.ticket()["category"] == "sampah"


def test_a_confidential_matter_is_never_texted_about(sqlite_house: House) -> None:
    ani = Resident(sqlite_house).dials().presses("2", "5", "2").hangs_up()
    a_little_later(sqlite_house)
    assert ani.inbox == []
    with stores.reading() as session:
        assert session.scalars(select(Callback)).all() == []


def test_a_hidden_number_cannot_be_called_back(sqlite_house: House) -> None:
    Resident(sqlite_house, "anonymous").dials().presses("2", "2").hangs_up()
    a_little_later(sqlite_house)
    assert sqlite_house.tickets() == []
