"""One caller cannot take the house, and the house cannot spend without end; nobody is refused, and no emergency is."""

from datetime import timedelta
from uuid import uuid4

import pytest
from factories import opened, row, text_row
from people import House, Resident, use
from sqlalchemy import select, update

from config import clock, stores
from ticketing.contacts.callers import LIVE_AT_MOST, MAX_AN_HOUR, MAX_LIVE
from ticketing.models import Call, Turn
from ticketing.outgoing import spending

NOTICE = "Banyak telepon dari nomor ini"


def test_a_fourth_call_at_once_hears_the_notice_and_still_reports(house: House) -> None:
    live = [Resident(house).dials() for _ in range(MAX_LIVE)]
    ani = Resident(house).dials().hears(NOTICE, "hubungi 1 1 2").talks(9).hears("sudah tersimpan")
    assert not ani.is_connected
    assert ani.call.errors == []
    house.work()
    assert house.ticket()["department"] == "call-centre"
    live[0].hangs_up()
    house.carrier.settle()
    Resident(house).dials().hears("Layanan Warga")


def test_others_are_served_meanwhile_and_so_are_hidden_numbers(house: House) -> None:
    for _ in range(MAX_LIVE + 1):
        Resident(house).dials()
    Resident(house, "+6281200002222").dials().hears("Layanan Warga")
    for _ in range(MAX_LIVE + 2):
        Resident(house, "anonymous").dials().hears("Layanan Warga")


def test_the_twenty_first_call_in_an_hour_hears_the_notice(house: House) -> None:
    for _ in range(MAX_AN_HOUR):
        Resident(house).dials().hears("Layanan Warga").hangs_up()
        house.carrier.settle()
    Resident(house).dials().hears(NOTICE).hangs_up()
    with stores.transaction() as session:
        session.execute(update(Call).values(started_at=clock.now() - timedelta(hours=1, seconds=1)))
    Resident(house).dials().hears("Layanan Warga")


def test_a_call_whose_end_nobody_told_us_is_not_under_way_for_ever(house: House) -> None:
    for _ in range(MAX_LIVE):
        Resident(house).dials()
    with stores.transaction() as session:
        session.execute(update(Call).values(started_at=clock.now() - LIVE_AT_MOST - timedelta(seconds=1)))
    Resident(house).dials().hears("Layanan Warga")


def test_the_notice_is_the_same_however_often_the_carrier_asks(house: House) -> None:
    for _ in range(MAX_LIVE):
        Resident(house).dials()
    house.carrier.faults.set({"webhook_copies": 3})
    ani = Resident(house).dials().hears(NOTICE)
    assert ani.call.errors == []
    with stores.reading() as session:
        limited = session.scalars(select(Turn).where(Turn.result == "limited")).all()
    assert len(limited) == 1


def test_texts_beyond_the_ceiling_wait_and_lose_nothing(house: House) -> None:
    use(TEXTS_A_DAY="1")
    first, second = opened(), opened("+6281200002222")
    house.work()
    states = sorted((text_row(number, "SMS01").state, text_row(number, "SMS01").attempts) for number in (first, second))
    assert states == [("delivered", 1), ("pending", 0)]
    (waiting,) = [one for one in (first, second) if text_row(one, "SMS01").state == "pending"]
    assert row(text_row(waiting, "SMS01")).last_error == "today's ceiling of texts is reached"
    with stores.reading() as session:
        assert spending.used(session)["texts"] == (1, 1)


def in_office_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.conversations.person._duty_line", lambda: {"number": "+622150010100", "opens": None})


def test_beyond_the_ceiling_no_officer_is_rung_and_the_caller_is_offered_what_there_is_instead(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_office_hours(monkeypatch)
    use(OFFICER_CALLS_A_DAY="1")
    Resident(house).dials().presses("0").call.officer_declines()
    ani = Resident(house, "+6281200002222").dials().presses("0")
    assert ani.call.legs == []
    ani.hears("tekan 1", "tekan 2")
    with stores.reading() as session:
        assert spending.used(session)["officer calls"] == (1, 1)


def test_an_emergency_is_never_counted_against_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    in_office_hours(monkeypatch)
    use(OFFICER_CALLS_A_DAY="0", EMERGENCY_PHONE="+622150010112")
    caller = Resident(house, f"+62812{uuid4().int % 10**7:07}").dials().presses("1")
    assert [leg.to for leg in caller.call.legs] == ["+622150010112"]
