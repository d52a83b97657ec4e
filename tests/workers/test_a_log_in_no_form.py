"""The carrier's own log in a form that nobody understands: nothing is passed over for good, and nothing else waits for
it."""

import json

import pytest
from people import House
from pretenders import web
from sqlalchemy import func, select

from config import stores
from ticketing.models import Beat, Call
from workers import reconcile
from workers.reconcile import CarrierAway


def known() -> tuple[int, bool]:
    """How many calls there are, and whether any run was complete."""
    with stores.reading() as session:
        calls = session.scalar(select(func.count()).select_from(Call)) or 0
        return calls, session.get(Beat, reconcile.NAME) is not None


def lists(**of: list[object]) -> dict[str, bytes]:
    return {name.title(): json.dumps({name: entries}).encode() for name, entries in of.items()}


def listed(sid: str, **odd: object) -> dict[str, object]:
    at = "Mon, 02 Mar 2026 03:00:00 +0000"
    told = {"start_time": at, "end_time": at, "date_created": at, "from": "+6281200000001", "to": "1500444"}
    return {"sid": sid, "status": "completed", "direction": "inbound", **told, **odd}


@pytest.mark.parametrize("odd", [{"end_time": None, "date_created": None}, {"end_time": "noon", "date_created": "?"}])
def test_an_entry_that_nobody_understands_holds_up_no_other(sqlite_house: House, odd: dict[str, object]) -> None:
    strange, good = listed("CA" + "1" * 32, **odd), listed("CA" + "2" * 32)
    with web(bodies=lists(calls=[strange, good], recordings=[], messages=[])) as half:
        sqlite_house.set(TWILIO_API_URL=half.url)
        assert reconcile.reconcile() == {"calls": 1, "not understood": 1}
    assert known() == (1, False), "the next run begins there again"


@pytest.mark.parametrize(
    "said",
    [
        "null",
        "[]",
        "7",
        '"calls"',
        '{"calls": null}',
        '{"calls": [null]}',
        '{"calls": 7}',
        '{"calls": [{"end_time": 5}]}',
    ],
)
def test_a_list_that_is_none_leaves_the_watermark(sqlite_house: House, said: str) -> None:
    with web(body=said.encode()) as half:
        sqlite_house.set(TWILIO_API_URL=half.url)
        with pytest.raises(CarrierAway):
            reconcile.reconcile()
    assert known() == (0, False)
