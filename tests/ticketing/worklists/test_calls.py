"""The list of calls for operators, and the mark that one of them was a prank."""

import io
import json
import re
import sys
from datetime import datetime
from typing import Any

import pytest
import time_machine
from factories import wib
from people import House, Resident

from config import clock, stores
from ticketing.contacts import callers
from ticketing.models import Call, Survey

ANI, BUDI = "+6281377204951", "+6281377204952"
NINE = datetime(2026, 11, 24, 9, 0, tzinfo=clock.CITY_ZONE)


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What a house that stands up after this writes to its log."""
    found = io.StringIO()
    monkeypatch.setattr(sys, "stderr", found)
    return found


def listed(house: House, *words: str) -> list[dict[str, Any]]:
    house.carrier.settle()
    found: list[dict[str, Any]] = json.loads(house.flask("calls", "list", "--json", *words))
    return found


def hangs_up_at_the_root(house: House, number: str = ANI) -> Resident:
    return Resident(house, number).dials().hangs_up()


def test_the_newest_calls_with_where_each_of_them_ended(house: House) -> None:
    with time_machine.travel(NINE, tick=False) as watch:
        ani = Resident(house, ANI).dials().presses("2", "2", "*").talks().presses("1")
        watch.shift(95)
        ani.hangs_up()
        house.carrier.settle()
        watch.shift(5)
        budi = Resident(house, "anonymous").dials().presses("2")
        rows = listed(house)
        assert rows == [
            {
                **{"at": "2026-11-24T02:01:40Z", "sid": budi.call.sid, "caller": "-", "kind": "withheld"},
                **{"goal": None, "emergency": False, "ghost": False, "prank": False, "repeat": False},
                **{"node": "report.topic", "seconds": None},
            },
            {
                **{"at": "2026-11-24T02:00:00Z", "sid": ani.call.sid, "caller": "+62813****4951", "kind": "mobile"},
                **{"goal": "report", "emergency": False, "ghost": False, "prank": False, "repeat": False},
                **{"node": "report.another", "seconds": 95},
            },
        ]
        assert listed(house, "--most", "1") == rows[:1]
        newest, oldest = house.flask("calls", "list").splitlines()
    assert newest.split() == [*["2026-11-24", "09:01"], budi.call.sid, "-", "withheld", "-", "-", "report.topic"]
    assert oldest.split()[2:] == [ani.call.sid, "+62813****4951", "mobile", "report", "95", "s", "report.another"]


def test_no_calls_are_no_lines(sqlite_house: House) -> None:
    assert listed(sqlite_house) == []
    assert sqlite_house.flask("calls", "list") == ""


def test_an_emergency_cannot_be_overlooked(sqlite_house: House) -> None:
    Resident(sqlite_house, ANI).dials().presses("1")
    assert [(row["emergency"], row["goal"]) for row in listed(sqlite_house)] == [(True, "emergency")]
    assert sqlite_house.flask("calls", "list").rstrip().endswith("EMERGENCY")


def test_who_hung_up_after_the_recording_has_reported(house: House) -> None:
    Resident(house, ANI).dials().presses("2", "2", "*").talks(8, then="hangup")
    assert [row["goal"] for row in listed(house)] == ["report"]


def test_a_confidential_reporter_is_not_shown_even_masked(house: House) -> None:
    hangs_up_at_the_root(house, BUDI)
    confidential = Resident(house, ANI).dials().presses("2", "5", "2").hears("rahasia").talks().presses("1")
    rows = {row["sid"]: row["caller"] for row in listed(house)}
    assert len(house.tickets()) == 1
    assert rows[confidential.call.sid] == "-"
    assert sorted(rows.values()) == ["+62813****4952", "-"]


def test_the_third_real_call_in_seven_days_is_flagged(house: House) -> None:
    """As it was at the time of each call; a silent call and a prank neither count nor are flagged."""
    told = {}
    with time_machine.travel(wib("2026-11-16 09:00"), tick=False) as watch:
        for day in ("16", "17", "18", "23", "30"):
            watch.move_to(wib(f"2026-11-{day} 09:00"))
            told[day] = hangs_up_at_the_root(house).call.sid
            house.carrier.settle()
            watch.shift(60)
        nobody = Resident(house, ANI).dials().is_silent(3)
        house.carrier.settle()
        watch.shift(60)
        for _ in range(3):
            hangs_up_at_the_root(house, "anonymous")
        flagged = {row["sid"] for row in listed(house) if row["repeat"]}
        assert flagged == {told["18"], told["23"]}, "after 16 and 17; after 17 and 18; on the 30th none is near enough"
        house.flask("calls", "prank", told["17"], "--by", "Rina")
        assert {row["sid"] for row in listed(house) if row["repeat"]} == set()
        assert nobody.call.sid in {row["sid"] for row in listed(house) if row["ghost"]}


def test_a_prank_is_marked_by_name_and_blocks_nobody(logged: io.StringIO, house: House) -> None:
    joker = Resident(house, ANI).dials().presses("7").hangs_up()
    assert house.flask("calls", "prank", joker.call.sid, "--by", "Rina") == f"{joker.call.sid} is a prank\n"
    assert [row["prank"] for row in listed(house)] == [True]
    assert house.flask("calls", "list").rstrip().endswith("prank")
    Resident(house, ANI).dials().presses("2", "2", "*").talks().presses("1").hears("Nomor laporan").hangs_up()
    assert house.flask("calls", "prank", joker.call.sid, "--undo", "--by", "Budi") == f"{joker.call.sid} is no prank\n"
    assert [row["prank"] for row in listed(house)] == [False, False]
    lines = [json.loads(line) for line in logged.getvalue().splitlines() if '"prank' in line]
    assert [(line["event"], line["call"], line["by"]) for line in lines] == [
        ("prank marked", joker.call.sid, "Rina"),
        ("prank taken back", joker.call.sid, "Budi"),
    ]


def test_a_marked_call_no_longer_counts_against_its_number(sqlite_house: House) -> None:
    sids = [hangs_up_at_the_root(sqlite_house).call.sid for _ in range(3)]
    for sid in sids[:2]:
        sqlite_house.flask("calls", "prank", sid, "--by", "Rina")
    with stores.reading() as session:
        newest = session.query(Call).filter(Call.sid == sids[2]).one()
        assert not callers.repeats(session, newest)
        assert session.query(Survey).count() == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["CA" + "0" * 32, "--by", "Rina"], "there is no call with this id"),
        (["CA" + "0" * 32], "Missing option '--by'"),
        (["--by", "Rina"], "Missing argument 'CALL_SID'"),
    ],
)
def test_what_is_no_mark_is_refused(sqlite_house: House, words: list[str], why: str) -> None:
    result = sqlite_house.app.test_cli_runner().invoke(args=["calls", "prank", *words])
    assert result.exit_code != 0
    assert why in result.output


def test_no_whole_number_is_in_the_list_or_the_log(logged: io.StringIO, house: House) -> None:
    ani = Resident(house, ANI).dials().presses("2", "2", "*").talks().presses("1")
    budi = Resident(house, "+622188400011").dials().presses("2", "2", "*").talks().presses("1", f"{BUDI}#".lstrip("+"))
    budi.presses("1").hangs_up()
    house.flask("calls", "prank", ani.call.sid, "--by", "Rina")
    told = house.flask("calls", "list") + house.flask("calls", "list", "--json") + logged.getvalue()
    assert "+62813****4951" in told
    assert [number for number in ("81377204951", "81377204952", "2188400011") if number in told] == []
    assert not [ticket["number"] for ticket in house.tickets() if ticket["number"] in house.flask("calls", "list")]
    assert not re.search(r"\+\d{9}", house.flask("calls", "list"))
