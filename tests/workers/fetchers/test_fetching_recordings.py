"""A recording on its way from the carrier to us: late, wrong, too large, silent; and gone from the carrier after."""

import re
from datetime import timedelta
from typing import Any

import pytest
import requests
from factories import change, make_due, rows
from people import ACCOUNT, House, Resident, use
from pretenders import web
from sqlalchemy import select

from config import clock, stores
from config.settings import settings
from ivr.simulator.calls import audio
from ticketing.media import decoding, recordings
from ticketing.models import Call, Callback, Outbox, Recording
from workers import jobs
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
    ("status", "kind", "body", "why"),
    [
        (200, "text/html", b"<html>", "what the carrier sent is no audio"),
        (200, "application/json", b"{}", "what the carrier sent is no audio"),
        (200, "audio/wav", b"<html>", "what the carrier sent is no audio"),
        (200, "audio/wav", b"", "what the carrier sent is no audio"),
        (200, "audio/wav", b"RIFF" + b"\0" * 3000, "the recording is too large or too slow"),
        (200, "audio/wav", b"RIFF\xff\xff\0\0WAVE" + b"\0" * 900, "the recording is cut off"),
        (500, "text/html", b"", "carrier 500"),
        (403, "text/html", b"", "carrier 403"),
    ],
)
def test_what_cannot_be_used_is_asked_for_again_until_its_time_is_over(
    sqlite_house: House, status: int, kind: str, body: bytes, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported(sqlite_house)
    api = sqlite_house.carrier.api_url
    monkeypatch.setattr(sender, "MAX_BYTES", 2000)
    with web(status=status, kind=kind, body=body) as elsewhere:
        use(TWILIO_API_URL=elsewhere.url)
        sqlite_house.work()
        assert (fetch().state, fetch().last_error) == ("pending", why)
        change(fetch(), attempts=8)
        assert again(sqlite_house) == ("pending", why)
        assert fetch().not_before - clock.now() > timedelta(minutes=25), "less and less often"
        assert not any(line.startswith("DELETE") for line in elsewhere.asked), "nobody else has it either"
    assert recordings.audio(kept().id) is None
    monkeypatch.undo()
    use(TWILIO_API_URL=api)
    assert again(sqlite_house) == ("sent", None)


CENTRE = "petugas@1500444.invalid"


def dies(house: House) -> None:
    """It could not be had in all its time."""
    change(fetch(), give_up_at=clock.now() - timedelta(seconds=1))
    make_due(fetch())
    with web(kind="text/html", body=b"<html>") as elsewhere:
        use(TWILIO_API_URL=elsewhere.url)
        jobs.drain("recordings")
    use(TWILIO_API_URL=house.carrier.api_url)
    assert fetch().state == "dead"
    assert sender.look_after_lost() == 1
    assert sender.look_after_lost() == 0, "once"


def links(mail: Any) -> list[str]:
    return re.findall(r"http\S+/recordings/\S+", mail.text)


def test_a_recording_that_is_never_had_is_told_to_whoever_has_its_link(house: House) -> None:
    house.carrier.faults.set({"media_missing": 1000})
    reported(house)
    for row in (*rows(kind="email"), fetch()):
        change(row, created_at=clock.now() - timedelta(minutes=5))
    again(house)
    (letter,) = house.mails("dlh")
    (link,) = links(letter)
    dies(house)
    house.work()
    assert house.ticket()["department"] == "call-centre"
    _, told = house.mails("dlh")
    assert "tidak dapat diambil" in told.text and links(told) == []
    (report,) = house.mails("petugas")
    assert "Mohon telepon pelapor" in report.text and links(report) == []
    assert requests.get(link, timeout=60).status_code == 404
    with stores.reading() as session:
        callback = session.scalars(select(Callback)).one()
    assert (callback.state, callback.department) == ("open", "call-centre")
    assert len(house.carrier.ledger.listed("recordings")) == 1, "it stays at the carrier, for whoever replays it"
    house.carrier.faults.clear()
    house.flask("outbox", "--replay", str(fetch().id))
    house.work()
    assert (fetch().state, kept().lost_at) == ("sent", None)
    assert requests.get(link, timeout=60).status_code == 200


@pytest.mark.parametrize("status", ["absent", "failed"])
def test_what_the_carrier_does_not_have_reaches_no_department(house: House, status: str) -> None:
    house.carrier.faults.set({"media_missing": 1000})
    reported(house)
    with stores.reading() as session:
        call = session.scalars(select(Call)).one().sid
    told = {"AccountSid": ACCOUNT, "CallSid": call, "RecordingSid": kept().sid, "RecordingStatus": status}
    for _ in range(2):
        assert house.post(f"/voice/recording/{kept().turn}", told).status_code == 204
    house.work()
    assert (fetch().state, fetch().last_error) == ("dead", f"the carrier says {status}")
    assert house.mails("dlh") == []
    (mail,) = house.mails()
    assert mail.to == CENTRE and "Mohon telepon pelapor" in mail.text and links(mail) == []
    with stores.reading() as session:
        assert len(session.scalars(select(Callback)).all()) == 1
    assert sender.look_after_lost() == 0


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
