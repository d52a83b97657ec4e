"""A recording on its way from the carrier to us: late, wrong, too large, silent; and gone from the carrier after."""

import re
from datetime import timedelta

import pytest
import requests
from factories import change, make_due, rows
from people import House, Resident, use
from pretenders import web
from sqlalchemy import select

from config import clock, stores
from config.settings import settings
from ivr.simulator.calls import audio
from ticketing.media import decoding, recordings
from ticketing.models import Outbox, Recording
from workers.fetchers import recording as sender


def reported(house: House, sound: bytes | None = None) -> None:
    Resident(house).dials().presses("2", "2", "*").talks(8, sound=sound).presses("1").hangs_up()
    house.carrier.settle()


def fetch() -> Outbox:
    (only,) = rows(kind="recording")
    return only


def kept() -> Recording:
    with stores.reading() as session:
        return session.scalars(select(Recording)).one()


def again(house: House) -> tuple[str, str | None]:
    make_due(*rows(kind="recording"), *[row for row in rows(kind="email") if row.state == "pending"])
    house.work()
    return fetch().state, fetch().last_error


def test_it_is_fetched_sealed_and_deleted_at_the_carrier(house: House) -> None:
    reported(house)
    house.work()
    assert fetch().state == "sent"
    assert house.carrier.ledger.listed("recordings") == []
    (file,) = [path for path in (settings().var_dir / "recordings").rglob("*") if path.is_file()]
    assert file.stat().st_mode & 0o077 == 0
    assert b"RIFF" not in file.read_bytes()
    sound = recordings.audio(kept().id)
    assert sound is not None
    assert audio.length(sound) == pytest.approx(8, abs=0.5)


def test_a_recording_that_the_carrier_does_not_have_yet_costs_no_attempt(house: House) -> None:
    house.carrier.faults.set({"media_missing": 2})
    reported(house)
    house.work()
    assert (fetch().state, fetch().attempts, fetch().last_error) == ("pending", 0, "the carrier does not have it yet")
    assert house.mails() == [], "the mail waits for the voice"
    assert again(house)[0] == "pending"
    assert again(house) == ("sent", None)
    assert len(house.mails()) == 1


def test_the_mail_does_not_wait_for_ever(house: House) -> None:
    house.carrier.faults.set({"media_missing": 1000})
    reported(house)
    house.work()
    for row in (*rows(kind="email"), fetch()):
        change(row, created_at=clock.now() - timedelta(minutes=5))
    assert again(house) == ("pending", "carrier 404")
    assert fetch().attempts == 1, "after two minutes it counts"
    (mail,) = house.mails()
    link = re.search(r"http\S+/recordings/\S+", mail.text)
    assert link is not None
    assert requests.get(link.group(), timeout=60).status_code == 503
    house.carrier.faults.clear()
    assert again(house) == ("sent", None)
    assert requests.get(link.group(), timeout=60).status_code == 200


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        ("text/html", b"<html>", "what the carrier sent is no audio"),
        ("application/json", b"{}", "what the carrier sent is no audio"),
        ("audio/wav", b"<html>", "what the carrier sent is no audio"),
        ("audio/wav", b"", "what the carrier sent is no audio"),
        ("audio/wav", b"RIFF" + b"\0" * 3000, "the recording is too large or too slow"),
    ],
)
def test_what_is_no_recording_is_not_kept(
    sqlite_house: House, kind: str, body: bytes, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported(sqlite_house)
    monkeypatch.setattr(sender, "MAX_BYTES", 2000)
    with web(kind=kind, body=body) as elsewhere:
        use(TWILIO_API_URL=elsewhere.url)
        sqlite_house.work()
        assert (fetch().state, fetch().last_error) == ("dead", why)
        assert not any(line.startswith("DELETE") for line in elsewhere.asked), "nobody else has it either"
    assert recordings.audio(kept().id) is None


def test_a_redirect_is_not_followed(sqlite_house: House) -> None:
    reported(sqlite_house)
    with web(body=b"RIFF", kind="audio/wav") as trap, web(status=302, headers={"Location": trap.url}) as elsewhere:
        use(TWILIO_API_URL=elsewhere.url)
        sqlite_house.work()
        assert (fetch().state, fetch().last_error) == ("pending", "carrier 302")
        assert trap.asked == []


def test_a_carrier_that_falls_silent_is_tried_later(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    reported(sqlite_house)
    monkeypatch.setattr(sender, "SECONDS", (1.5, 1.5))
    sqlite_house.carrier.faults.set({"rest_hang": 1, "hang_seconds": 60.0})
    rows_of_texts = rows(kind="sms")
    change(rows_of_texts[0], state="sent")  # only the recording asks the carrier
    sqlite_house.work()
    assert fetch().state == "pending"
    assert str(fetch().last_error).startswith("no answer: ")
    sqlite_house.carrier.faults.clear()
    assert again(sqlite_house) == ("sent", None)


def test_a_deletion_that_fails_is_done_again_without_fetching_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported(house)
    api = house.carrier.api_url
    fetches: list[str] = []
    once = sender._fetch
    monkeypatch.setattr(
        sender, "_fetch", lambda sid: (fetches.append(sid), once(sid), use(TWILIO_API_URL="http://127.0.0.1:1"))[1]
    )
    for row in rows(kind="sms"):
        change(row, state="sent")
    house.work()
    assert fetch().state == "pending"
    assert str(fetch().last_error).startswith("cannot delete at the carrier")
    assert len(house.mails()) == 1, "the report went as soon as the voice was here"
    use(TWILIO_API_URL=api)
    assert again(house) == ("sent", None)
    assert len(fetches) == 1
    assert house.carrier.ledger.listed("recordings") == []


def test_a_silent_recording_is_marked_and_no_department_is_sent_looking(house: House) -> None:
    reported(house, audio.silent(8))
    house.work()
    assert kept().silent
    assert house.mails("dlh") == []
    assert [mail.to for mail in house.mails()] == ["petugas@1500444.invalid"], "the call centre judges it"
    assert house.ticket()["department"] == "call-centre"


@pytest.mark.parametrize(
    ("sound", "silent"),
    [
        (audio.silent(3), True),
        (audio.silent(0), False),
        (audio.stand_in(3), False),
        (audio.stand_in(0.3, silence_after=20), False),
        (b"RIFF but nothing more", False),
        (b"ID3" + b"\0" * 400, False),
        (b"", False),
    ],
)
def test_what_counts_as_silence(sound: bytes, silent: bool) -> None:
    assert decoding.silent(sound) is silent
