"""SMS21 goes to everybody whose last report was in the areas, once for each alert, when two people say so."""

import pytest
from factories import ANI, changing, opened, rows
from people import House
from sqlalchemy import func, select

from config import clock, stores
from ticketing.models import Message
from workers.fanout import flood_alert

SEVENTH = [f"+62812000022{at:02}" for at in range(7)]
DECIDED = ("--by", "Sari", "--second", "Budi")
WATER = ("announce", "alert", "--level", "2", "--cm", "650")


def warned(house: House) -> dict[str, str]:
    found = house.carrier.ledger.listed("messages")
    return {one.to: one.body for one in found if "WASPADA BANJIR" in one.body or "FLOOD ALERT" in one.body}


def test_who_reported_last_in_the_area_is_warned_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flood_alert, "BATCH", 2)
    for at, phone in enumerate(SEVENTH):
        opened(phone, area="kranji" if at < 5 else "cikiwul", language="en" if at == 0 else "id")
    stopped, restricted = opened(SEVENTH[1], area="kranji"), opened(SEVENTH[2], area="kranji")
    opened(ANI)
    opened("+622188950001", area="kranji")
    with changing(stopped) as (_, ticket):
        ticket.contact.opted_out_at = clock.now()
    with changing(restricted) as (_, ticket):
        ticket.contact.restricted_at = clock.now()
    house.flask(*WATER, "--area", "Kranji", *DECIDED)
    house.work()
    assert set(warned(house)) == {SEVENTH[0], SEVENTH[3], SEVENTH[4]}
    body = warned(house)[SEVENTH[3]]
    assert "Kali Bekasi SIAGA 2 (650 cm)" in body
    assert "Kranji: amankan barang" in body
    (row,) = rows(kind="alert")
    assert row.state == "sent"
    with stores.reading() as session:
        assert session.scalar(select(func.count()).where(Message.template == "SMS21")) == 3


def test_done_again_it_goes_on_where_it_stopped(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flood_alert, "BATCH", 2)
    monkeypatch.setattr(flood_alert, "RUN_SECONDS", 0.0)
    for phone in SEVENTH:
        opened(phone, area="kranji")
    sqlite_house.flask(*WATER, "--area", "kranji", *DECIDED)
    sqlite_house.work()
    assert len(warned(sqlite_house)) == 7
    assert [one.state for one in rows(kind="alert")] == ["sent"]


def test_a_whole_kecamatan(sqlite_house: House) -> None:
    opened(ANI, area="kranji")
    opened(SEVENTH[0], area="kec-bekasibarat")
    opened(SEVENTH[1], area="cikiwul")
    sqlite_house.flask(*WATER, "--area", "Bekasi Barat", *DECIDED)
    sqlite_house.work()
    assert set(warned(sqlite_house)) == {ANI, SEVENTH[0]}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--area", "kranji", "--by", "Sari", "--second", " sari"), "two people"),
        (("--area", "Tambun", *DECIDED), "no kelurahan or kecamatan"),
        (("--area", "kranji", "--by", "Sari"), "--second"),
        (DECIDED, "--area"),
    ],
)
def test_it_is_not_sent_lightly(sqlite_house: House, words: tuple[str, ...], why: str) -> None:
    assert why in sqlite_house.refused(*WATER, *words)
    assert rows(kind="alert") == []


def test_a_second_alert_is_another_warning_and_an_ended_one_is_none(sqlite_house: House) -> None:
    opened(ANI, area="kranji")
    for _ in range(2):
        sqlite_house.flask(*WATER, "--area", "kranji", *DECIDED)
        sqlite_house.work()
    assert sum("WASPADA" in one.body for one in sqlite_house.carrier.inbox(ANI)) == 2
    ends = sqlite_house.flask(*WATER, "--area", "kranji", *DECIDED).split()[0]
    sqlite_house.flask("announce", "end", ends)
    sqlite_house.work()
    assert sum("WASPADA" in one.body for one in sqlite_house.carrier.inbox(ANI)) == 2
    assert rows(kind="alert")[-1].last_error == "the alert is over"
