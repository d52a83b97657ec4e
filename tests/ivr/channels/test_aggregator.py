"""Texts through the local aggregator: signed JSON, the same conversation behind it, and nothing more."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from people import House, Resident, use
from sqlalchemy import select

from config import stores
from ticketing.models import Message, Photo

SECRET = "an-aggregators-secret-of-40-characters!!"


@pytest.fixture
def open_door(sqlite_house: House) -> House:
    use(AGGREGATOR_SECRET=f"{SECRET},{SECRET[::-1]}", SMS_DUA_ARAH="true")
    return sqlite_house


def sent(
    house: House, body: Any, *, secret: str = SECRET, at: datetime | None = None, id_: str = "msg_1", **headers: str
) -> requests.Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = str(int((at or datetime.now(UTC)).timestamp()))
    signed = hmac.new(secret.encode(), f"{id_}.{stamp}.".encode() + raw, hashlib.sha256).digest()
    given = {
        "webhook-id": id_,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(signed).decode(),
        "Content-Type": "application/json",
        **headers,
    }
    return requests.post(f"{house.url}/sms/aggregator", data=raw, headers=given, timeout=60)


def stored() -> list[Message]:
    with stores.reading() as session:
        return list(session.scalars(select(Message).where(Message.inbound)))


def a_text(**more: Any) -> dict[str, Any]:
    return {"id": "a-1", "from": "0812 0000 1111", "text": "lapor sampah menumpuk di kayuringin", **more}


@pytest.mark.parametrize("secret", [SECRET, SECRET[::-1]])
def test_a_text_is_taken_and_answered_like_any_other(open_door: House, secret: str) -> None:
    for _ in range(3):
        told = sent(open_door, a_text(), secret=secret)
        assert (told.status_code, told.json()) == (200, {"stored": True})
    open_door.work()
    (message,) = stored()
    assert (message.sid, message.channel, message.intent) == ("aggregator:a-1", "sms", "report")
    (text,) = Resident(open_door).inbox
    assert open_door.ticket()["number"] in text


def test_a_picture_a_place_and_whatsapp(open_door: House) -> None:
    body = a_text(
        channel="whatsapp", text="", media=[{"id": "pic_9", "type": "image/jpeg"}],
        location={"latitude": -6.253, "longitude": 107.011, "address": "Jl. Mawar"},
    )  # fmt: skip
    assert sent(open_door, body).status_code == 200
    with stores.reading() as session:
        assert [photo.source for photo in session.scalars(select(Photo))] == ["aggregator:pic_9"]
    assert open_door.ticket()["area"] == "Margahayu"


def test_without_a_secret_the_door_is_closed(sqlite_house: House) -> None:
    assert sent(sqlite_house, a_text()).status_code == 404
    assert stored() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "another-secret-of-a-stranger-0000000000"},
        {"at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"at": datetime.now(UTC) + timedelta(hours=1)},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1,\u00ff"},
        {"webhook-signature": "v2,AAAA"},
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": "nan"},
    ],
)
def test_what_is_not_signed_is_not_read(open_door: House, wrong: dict[str, Any]) -> None:
    told = sent(open_door, a_text(), **wrong)
    assert told.status_code == 403
    assert stored() == []


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'"a"', b"NaN", b'{"id": NaN, "from": "1"}', b"[" * 30_000,
        b'{"id": "a", "id": "b", "from": "0812"}', {"id": "a"}, {"from": "0812"}, a_text(extra=1), a_text(id="a b"),
        a_text(id="x" * 81), a_text(text=5), a_text(text="x" * 20_001), a_text(channel="fax"),
        a_text(sent_at="gestern"),
        a_text(sent_at="2026-11-25T10:00:00"), a_text(media=[{"id": "../x"}]), a_text(media=[{"id": "http://x"}]),
        a_text(media=[{"id": "a"}] * 11), a_text(location={"latitude": 91, "longitude": 0}), a_text(location=[1, 2]),
        a_text(location={"latitude": 1e400, "longitude": 0}),
    ],
)  # fmt: skip
def test_what_is_no_text_is_refused_in_json(open_door: House, body: Any) -> None:
    told = sent(open_door, body)
    assert told.status_code == 400
    assert told.json()["error"]
    assert stored() == []


def test_a_body_that_is_too_large(open_door: House) -> None:
    assert sent(open_door, b"x" * 100_000).status_code == 413


@pytest.mark.parametrize(
    "text", ["\x00", "\ud83d", "\u202e\u2066", "<Response>", "=1+1", "{{7*7}}", "\U0001f6a8" * 800, ""]
)
def test_any_words_are_words(open_door: House, text: str) -> None:
    assert sent(open_door, a_text(text=text)).status_code == 200
    assert len(stored()) == 1


def test_a_delayed_text_says_when_it_was_written(open_door: House) -> None:
    written = datetime.now(UTC) - timedelta(hours=3)
    assert sent(open_door, a_text(sent_at=written.isoformat())).status_code == 200
    (message,) = stored()
    assert abs(message.created_at - written) < timedelta(seconds=1)
    assert open_door.ticket()["number"]
