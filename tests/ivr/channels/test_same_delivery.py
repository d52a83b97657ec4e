"""One event, one effect: the carrier may deliver the same request fifty times at once, late, or a month later."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import requests
import time_machine
from people import House
from sqlalchemy import func, select
from webhooks import document, of_call, of_recording, of_text, verbs

from config import stores
from ivr.simulator.network.ledger import new_sid
from ticketing.models import Call, Contact, Event, Message, Outbox, Recording, Ticket, Turn
from ticketing.privacy import retention

Send = Callable[[str, Mapping[str, str]], requests.Response]


def rows() -> dict[str, int]:
    tables = (Call, Contact, Event, Message, Outbox, Recording, Ticket, Turn)
    with stores.reading() as session:
        return {table.__name__: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def report(send: Send, sid: str) -> list[requests.Response]:
    """A whole report, request by request: rubbish, no place, one recording, sent, enough."""
    told = [send("/voice/incoming", of_call(sid, CallStatus="ringing"))]
    answers = (
        {"Digits": "2"}, {"Digits": "2"}, {"Digits": "*"},
        {"RecordingSid": f"RE{sid[2:]}", "RecordingDuration": "9", "Digits": "#"},
        {"Digits": "1"}, {"Digits": ""},
    )  # fmt: skip
    for number, answer in enumerate(answers, 1):
        told.append(send(f"/voice/turn/{number}", of_call(sid, **answer)))
    return told


def fifty_times(house: House) -> Send:
    def send(path: str, form: Mapping[str, str]) -> requests.Response:
        with ThreadPoolExecutor(50) as pool:
            copies = list(pool.map(lambda _: house.post(path, dict(form)), range(50)))
        assert {copy.status_code for copy in copies} <= {200, 204}, path
        assert len({copy.content for copy in copies}) == 1, path
        return copies[0]

    return send


def test_fifty_at_once_are_one(postgres_house: House) -> None:
    sid = new_sid("CA")
    told = report(fifty_times(postgres_house), sid)
    assert "Nomor laporan" in told[5].text
    fifty_times(postgres_house)("/voice/recording/4", of_recording(sid, RecordingSid=f"RE{sid[2:]}"))
    fifty_times(postgres_house)("/voice/status", of_call(sid, CallStatus="completed"))
    found = rows()
    assert {name: found[name] for name in ("Call", "Contact", "Ticket", "Recording", "Message", "Turn")} == {
        "Call": 1, "Contact": 1, "Ticket": 1, "Recording": 1, "Message": 1, "Turn": 7,
    }  # fmt: skip
    assert found["Outbox"] == 3, "one mail, one text, one recording to fetch"


@pytest.mark.parametrize("path", ["/voice/fallback/saved", "/voice/fallback/recording", "/voice/recording/4"])
def test_fifty_copies_of_a_recording_whose_call_we_never_saw(postgres_house: House, path: str) -> None:
    sid = new_sid("CA")
    form = of_call(sid) | of_recording(sid)
    fifty_times(postgres_house)(path, form)
    assert rows()["Call"] == rows()["Recording"] == 1
    assert rows()["Ticket"] == ("fallback" in path)


def test_fifty_copies_of_a_text(postgres_house: House) -> None:
    fifty_times(postgres_house)("/sms/incoming", of_text("STOP"))
    assert rows()["Contact"] == 1
    assert rows()["Message"] == 2, "the text, and one answer"


def test_every_turn_again_gets_the_same_bytes_and_does_nothing(house: House) -> None:
    sid = new_sid("CA")
    first = report(house.post, sid)
    before = rows()
    again = report(house.post, sid)
    assert [told.content for told in again] == [told.content for told in first]
    assert rows() == before
    house.post("/voice/status", of_call(sid, CallStatus="completed"))
    after_the_end = report(house.post, sid)
    assert [told.content for told in after_the_end] == [told.content for told in first]
    assert rows() == before


def test_the_same_turn_with_other_fields_is_still_the_same_turn(sqlite_house: House) -> None:
    sid = new_sid("CA")
    first = report(sqlite_house.post, sid)
    before = rows()
    for number in range(1, 7):
        changed = of_call(sid, Digits="1", RecordingSid=new_sid("RE"), RecordingDuration="60", From="+6281299990000")
        assert sqlite_house.post(f"/voice/turn/{number}", changed).content == first[number].content
    assert rows() == before


def test_a_month_later_it_is_a_safe_goodbye_without_effect(house: House) -> None:
    sid = new_sid("CA")
    report(house.post, sid)
    house.post("/voice/recording/4", of_recording(sid, RecordingSid=f"RE{sid[2:]}"))
    house.post("/voice/status", of_call(sid, CallStatus="completed"))
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31)):
        assert sum(retention.forget_talks()) == 7
        assert sum(retention.forget_talks()) == 0
        before = rows()
        for told in report(house.post, sid):
            assert verbs(document(told))[-2:] == ["Say", "Hangup"]
            assert "Terima kasih sudah menelepon" in told.text
        house.post("/voice/recording/4", of_recording(sid, RecordingSid=f"RE{sid[2:]}"))
        house.post("/voice/status", of_call(sid, CallStatus="completed"))
    assert rows() == before
    assert len(house.tickets()) == 1


@pytest.mark.parametrize("number", [3, 4, 99, 10_000, 999_999])
def test_a_turn_from_the_future_repeats_what_is_being_asked(sqlite_house: House, number: int) -> None:
    sid = new_sid("CA")
    sqlite_house.post("/voice/incoming", of_call(sid))
    asked = sqlite_house.post("/voice/turn/1", of_call(sid, Digits="2"))
    ahead = sqlite_house.post(f"/voice/turn/{number}", of_call(sid, Digits="2"))
    assert ahead.content == asked.content
    assert "Di kelurahan mana?" in sqlite_house.post("/voice/turn/2", of_call(sid, Digits="2")).text


@pytest.mark.parametrize("number", [1, 2, 500])
def test_a_turn_of_a_call_we_never_saw_begins_it(sqlite_house: House, number: int) -> None:
    sid = new_sid("CA")
    told = sqlite_house.post(f"/voice/turn/{number}", of_call(sid, Digits="2"))
    assert "Layanan Warga Kota Bekasi" in told.text
    assert 'action="/voice/turn/1#' in told.text
    assert sqlite_house.post(f"/voice/turn/{number}", of_call(sid, Digits="2")).status_code == 200
    assert rows()["Call"] == 1


def test_a_new_turn_after_the_end_is_a_goodbye(sqlite_house: House) -> None:
    sid = new_sid("CA")
    sqlite_house.post("/voice/incoming", of_call(sid))
    sqlite_house.post("/voice/status", of_call(sid, CallStatus="completed"))
    for number in (1, 2, 77):
        told = sqlite_house.post(f"/voice/turn/{number}", of_call(sid, Digits="2"))
        assert "Terima kasih sudah menelepon" in told.text
        assert verbs(document(told))[-1] == "Hangup"
    assert rows()["Turn"] == 1


@pytest.mark.parametrize("way", [["1"], ["", "", ""]], ids=["emergency", "ghost"])
def test_after_our_goodbye_nothing_goes_on(sqlite_house: House, way: list[str]) -> None:
    """The document hung up; a turn that comes all the same finds no conversation."""
    sid = new_sid("CA")
    sqlite_house.post("/voice/incoming", of_call(sid))
    for number, keys in enumerate(way, 1):
        sqlite_house.post(f"/voice/turn/{number}", of_call(sid, Digits=keys))
    told = sqlite_house.post(f"/voice/turn/{len(way) + 1}", of_call(sid, Digits="2"))
    assert "Terima kasih sudah menelepon" in told.text


def test_two_calls_of_one_number_do_not_meet(sqlite_house: House) -> None:
    one, two = new_sid("CA"), new_sid("CA")
    report(sqlite_house.post, one)
    sqlite_house.post("/voice/incoming", of_call(two))
    assert "Laporan tentang apa?" in sqlite_house.post("/voice/turn/1", of_call(two, Digits="2")).text
    assert rows()["Ticket"] == 1
