"""The carrier's callbacks beside the conversation (the call is over, the recording is complete), in any order."""

import itertools

import pytest
from people import House
from sqlalchemy import select
from webhooks import document, of_call, of_recording, verbs

from config import stores
from ivr.simulator.network.ledger import new_sid
from ticketing.models import Call, Recording


def at_the_recording(house: House) -> str:
    """A call in which turn 3 will bring the recording."""
    sid = new_sid("CA")
    house.post("/voice/incoming", of_call(sid))
    house.post("/voice/turn/1", of_call(sid, Digits="22"))
    assert "<Record" in house.post("/voice/turn/2", of_call(sid, Digits="*")).text
    return sid


def the_call() -> Call:
    with stores.reading() as session:
        return session.scalars(select(Call)).one()


@pytest.mark.parametrize("status", ["completed", "busy", "failed", "no-answer", "canceled"])
def test_a_status_before_the_call_itself(house: House, status: str) -> None:
    """The caller dropped while it rang: the two requests race each other."""
    sid = new_sid("CA")
    assert house.post("/voice/status", of_call(sid, CallStatus=status)).status_code == 204
    told = house.post("/voice/incoming", of_call(sid, CallStatus="ringing"))
    assert verbs(document(told))[-1] == "Hangup"
    assert the_call().status == status
    assert house.tickets() == []


@pytest.mark.parametrize("status", ["queued", "initiated", "ringing", "in-progress", "answered", "", "\x00", "x" * 200])
def test_a_status_that_is_no_end_ends_nothing(house: House, status: str) -> None:
    sid = new_sid("CA")
    house.post("/voice/incoming", of_call(sid))
    assert house.post("/voice/status", of_call(sid, CallStatus=status)).status_code == 204
    assert "Laporan tentang apa?" in house.post("/voice/turn/1", of_call(sid, Digits="2")).text
    assert the_call().ended_at is None


@pytest.mark.parametrize("status", ["queued", "", "\x00bel", "x" * 200])
def test_an_odd_status_in_the_first_request_is_answered_all_the_same(house: House, status: str) -> None:
    assert "Layanan Warga" in house.post("/voice/incoming", of_call(CallStatus=status)).text


def test_the_end_is_the_first_end(sqlite_house: House) -> None:
    sid = new_sid("CA")
    sqlite_house.post("/voice/incoming", of_call(sid))
    sqlite_house.post("/voice/status", of_call(sid, CallStatus="completed"))
    first = the_call()
    for status in ("failed", "ringing", "completed"):
        sqlite_house.post("/voice/status", of_call(sid, CallStatus=status))
    assert (the_call().status, the_call().ended_at) == (first.status, first.ended_at)


ACTION, CALLBACK, STATUS = "action", "callback", "status"


@pytest.mark.parametrize("seconds", [3, 9])
@pytest.mark.parametrize(
    "order",
    [
        *itertools.permutations((ACTION, CALLBACK, STATUS)),
        (ACTION, ACTION, CALLBACK, CALLBACK, STATUS, STATUS),
        (CALLBACK, STATUS),
        (STATUS, CALLBACK),
        (ACTION, STATUS),
        (STATUS, ACTION),
        (CALLBACK, CALLBACK, STATUS, CALLBACK),
    ],
    ids="-".join,
)
def test_a_hang_up_while_recording_in_any_order(sqlite_house: House, order: tuple[str, ...], seconds: int) -> None:
    house, sid = sqlite_house, at_the_recording(sqlite_house)
    about = of_recording(sid, seconds)
    hung_up = {**about, "CallStatus": "completed", "Digits": "hangup", "From": "+6281200001111", "To": "1500444"}
    forms = {
        ACTION: ("/voice/turn/3", hung_up),
        CALLBACK: ("/voice/recording/3", about),
        STATUS: ("/voice/status", of_call(sid, CallStatus="completed")),
    }
    for one in order:
        assert house.post(*forms[one]).status_code in (200, 204)
    (ticket,) = house.tickets()
    assert ticket["category"] == "sampah"
    assert {row["kind"] for row in ticket["deliveries"]} == {"email", "sms", "recording"}
    house.work()
    assert the_call().ended_at is not None


def test_a_callback_before_the_action_leaves_the_review_to_the_caller(house: House) -> None:
    sid = at_the_recording(house)
    about = of_recording(sid, 9)
    house.post("/voice/recording/3", about)
    assert len(house.tickets()) == 1
    told = house.post("/voice/turn/3", of_call(sid, **{**about, "Digits": "#"}))
    assert "Laporan sudah tersimpan" in told.text
    assert len(house.tickets()) == 1


@pytest.mark.parametrize("status", ["in-progress", "absent", "failed", "", "\x00"])
def test_a_recording_that_is_not_complete_is_nothing_yet(sqlite_house: House, status: str) -> None:
    sid = at_the_recording(sqlite_house)
    form = of_recording(sid, RecordingStatus=status)
    assert sqlite_house.post("/voice/recording/3", form).status_code == 204
    assert sqlite_house.tickets() == []


def test_a_recording_of_a_turn_that_asked_for_none(sqlite_house: House) -> None:
    sid = at_the_recording(sqlite_house)
    for turn in (0, 1, 2, 9, 10_000):
        assert sqlite_house.post(f"/voice/recording/{turn}", of_recording(sid, 60)).status_code == 204
    sqlite_house.post("/voice/status", of_call(sid, CallStatus="completed"))
    assert sqlite_house.tickets() == []


def test_a_recording_of_an_unknown_call_is_noted_and_is_no_report(sqlite_house: House) -> None:
    about = of_recording(new_sid("CA"), 30)
    for _ in range(2):
        assert sqlite_house.post("/voice/recording/3", about).status_code == 204
    with stores.reading() as session:
        assert len(session.scalars(select(Recording)).all()) == 1
    assert sqlite_house.tickets() == []


@pytest.mark.parametrize("seconds", ["", "x", "-5", "1e3", "\u0669", "9" * 30, "3.5", "1"])
def test_an_unreadable_length_is_no_report(sqlite_house: House, seconds: str) -> None:
    sid = at_the_recording(sqlite_house)
    sqlite_house.post("/voice/recording/3", of_recording(sid, seconds))
    told = sqlite_house.post("/voice/turn/3", of_call(sid, RecordingSid=new_sid("RE"), RecordingDuration=seconds))
    assert "Suara belum terdengar" in told.text
    sqlite_house.post("/voice/status", of_call(sid, CallStatus="completed"))
    assert sqlite_house.tickets() == []


@pytest.mark.parametrize("caller", ["%00", "x", "CA" + "f" * 32, "..%2f..", "\u2713"])
def test_an_officer_who_accepts_a_call_that_is_not_there(house: House, caller: str) -> None:
    for path in (f"/voice/officer/{caller}", f"/voice/officer/{caller}/key"):
        told = house.carrier.wire.send(house.url + path.replace("\u2713", "%E2%9C%93"), of_call(Digits="1"))
        assert told.status in (200, 404), path


NOBODY, TALKED = "Petugas belum dapat menjawab", "Seberapa puas Bapak Ibu"


def transferred(house: House, *, key: str = "", **fields: str) -> str:
    """What the caller hears after the transfer to the officer, who pressed `key`, ended like this."""
    sid = new_sid("CA")
    house.post("/voice/incoming", of_call(sid))
    assert "<Dial" in house.post("/voice/turn/1", of_call(sid, Digits="0")).text
    if key:
        house.post(f"/voice/officer/{sid}/key", of_call(Digits=key))
    told = house.post("/voice/turn/2", of_call(sid, **fields))
    assert verbs(document(told))[-1] == "Redirect", "a question: nobody is hung up on"
    return told.text


def test_a_transfer_that_is_called_answered_without_the_officers_key(sqlite_house: House) -> None:
    """DialCallStatus says only that somebody picked up; without DialBridged and without the key nobody talked."""
    assert NOBODY in transferred(sqlite_house, DialCallStatus="completed")


def test_a_transfer_with_the_officers_key_is_a_talk_whatever_the_carrier_says_of_bridging(sqlite_house: House) -> None:
    told = transferred(sqlite_house, key="1", DialCallStatus="completed")
    assert TALKED in told
    assert NOBODY not in told


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"DialCallStatus": "completed", "DialBridged": "true"}, TALKED),
        ({"DialCallStatus": "completed", "DialBridged": "false"}, NOBODY),
        ({"DialCallStatus": "no-answer"}, NOBODY),
        ({"DialCallStatus": "busy"}, "Petugas sedang melayani warga lain"),
        ({"DialCallStatus": "failed"}, NOBODY),
        ({"DialCallStatus": "canceled"}, NOBODY),
        ({"DialCallStatus": "no-answer", "DialBridged": "true"}, TALKED),
        ({"DialCallStatus": "\x00"}, NOBODY),
    ],
    ids=str,
)
def test_how_a_transfer_ended(sqlite_house: House, fields: dict[str, str], said: str) -> None:
    told = transferred(sqlite_house, **fields)
    assert said in told
    assert ({NOBODY, TALKED} - {said}).pop() not in told


def test_a_carrier_that_names_its_recording_only_by_its_address(house: House) -> None:
    sid, recording = at_the_recording(house), new_sid("RE")
    url = f"https://api.carrier.test/2010-04-01/Accounts/AC/Recordings/{recording}"
    told = house.post("/voice/turn/3", of_call(sid, RecordingUrl=url, RecordingDuration="9", Digits="#"))
    assert "Laporan sudah tersimpan" in told.text
    with stores.reading() as session:
        assert session.scalars(select(Recording.sid)).all() == [recording]
    assert len(house.tickets()) == 1
