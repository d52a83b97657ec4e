"""What the carrier tells about our texts moves them forward only, in whatever order and number it comes."""

import itertools
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import House, Resident
from sqlalchemy import select
from webhooks import of_receipt, sends

from config import stores
from ivr.simulator.ledger import new_sid
from ticketing import links
from ticketing.models import Message

STEPS = ["queued", "accepted", "scheduled", "sending", "sent", "delivered", "read"]
RANK = dict(zip(STEPS, (0, 0, 0, 1, 2, 3, 4), strict=True)) | {"promised": -1}
FAILED = {"undelivered", "failed", "canceled"}


def a_text() -> UUID:
    """One of our texts, promised."""
    with stores.transaction() as session:
        message = Message(inbound=False, status="promised", body="halo")
        session.add(message)
        return message.id


def status_of(message: UUID) -> str:
    with stores.reading() as session:
        return session.get_one(Message, message).status


def tells(house: House, message: UUID, status: str, sid: str, **fields: str) -> int:
    path = links.message_status(message).removeprefix(house.url)
    return sends(house, path, of_receipt(status, sid, **fields).items()).status_code


@pytest.mark.parametrize(
    ("told", "ends"),
    [
        (["sent", "delivered"], "delivered"),
        (["delivered", "sent"], "delivered"),
        (["sent", "sent", "sent"], "sent"),
        (["delivered", "delivered", "queued"], "delivered"),
        (["delivered", "read", "delivered"], "read"),
        (["read", "delivered", "sent"], "read"),
        (["sent", "undelivered", "sent", "delivered"], "undelivered"),
        (["undelivered", "delivered"], "undelivered"),
        (["delivered", "failed"], "delivered"),
        (["failed"], "failed"),
        (["sending", "queued", "accepted"], "sending"),
        (["receiving", "x", "", "partially_delivered", "SENT"], "sent"),
        (["<b>", "\x00", "sent; drop", "\u2713", "s" * 300], "promised"),
    ],
)
def test_receipts_in_this_order(house: House, told: list[str], ends: str) -> None:
    message, sid = a_text(), new_sid("SM")
    for status in told:
        assert tells(house, message, status, sid) in (204, 400)
    assert status_of(message) == ends


def test_in_any_order_and_number_nothing_moves_back(sqlite_house: House) -> None:
    any_receipts = st.lists(st.sampled_from([*STEPS, *FAILED, "receiving"]), max_size=6)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(any_receipts)
    def moves_forward(told: list[str]) -> None:
        message, sid = a_text(), new_sid("SM")
        before = status_of(message)
        for status in told:
            tells(sqlite_house, message, status, sid)
            after = status_of(message)
            if before in FAILED:
                assert after == before, told
            elif after not in FAILED:
                assert RANK[after] >= RANK[before], told
            else:
                assert before not in ("delivered", "read"), told
            before = after

    moves_forward()


@pytest.mark.parametrize(
    "kinds", [("queued", "sent", "delivered"), ("sent", "undelivered"), ("sent", "delivered", "read")]
)
def test_every_order_of_one_story_ends_the_same(sqlite_house: House, kinds: tuple[str, ...]) -> None:
    ends = set()
    for order in itertools.permutations(kinds):
        message, sid = a_text(), new_sid("SM")
        for status in order:
            tells(sqlite_house, message, status, sid)
        ends.add(status_of(message))
    assert ends == {kinds[-1]}


@pytest.mark.parametrize("callbacks", ["in order", "reversed", "doubled"])
def test_a_text_is_known_to_have_arrived(house: House, callbacks: str) -> None:
    house.carrier.faults.set({"callbacks": callbacks})
    Resident(house).dials().presses("2", "2", "*").talks().presses("1").hangs_up()
    house.work()
    (text,) = [row for row in house.ticket()["deliveries"] if row["kind"] == "sms"]
    assert text["state"] == "delivered"
    assert house.carrier.errors == []


def test_a_text_that_did_not_arrive_says_why(house: House) -> None:
    house.carrier.faults.set({"undelivered": {"+6281200001111": 30003}})
    Resident(house).dials().presses("2", "2", "*").talks().presses("1").hangs_up()
    house.work()
    with stores.reading() as session:
        message = session.scalars(select(Message)).one()
    assert (message.status, message.error) == ("undelivered", "30003")
    (text,) = [row for row in house.ticket()["deliveries"] if row["kind"] == "sms"]
    assert text["state"] == "dead"


@pytest.mark.parametrize("code", ["", "x", "\x00", "1" * 300, "<b>", "\u0663"])
def test_an_odd_error_code_is_not_kept(house: House, code: str) -> None:
    message = a_text()
    assert tells(house, message, "undelivered", new_sid("SM"), ErrorCode=code) == 204
    with stores.reading() as session:
        assert session.get_one(Message, message).error is None


def test_a_reference_that_is_not_ours_is_ignored(sqlite_house: House) -> None:
    message = a_text()
    good = links.message_status(message).removeprefix(sqlite_house.url)
    other = links.message_status(uuid4()).removeprefix(sqlite_house.url)
    bad = [
        good[:-1],
        good + "x",
        "/sms/status",
        "/sms/status?ref=",
        f"/sms/status?ref={message}",
        "/sms/status?ref=%00",
    ]
    bad += ["/sms/status?ref=" + "a" * 5000, good.replace("ref=", "rEf="), other, good.replace("ref=", "ref=x&ref=")]
    for path in bad:
        told = sends(sqlite_house, path, of_receipt("delivered").items())
        assert told.status_code == 204, path
    assert status_of(message) == "promised"


def test_a_receipt_moves_no_text_that_a_resident_sent(sqlite_house: House) -> None:
    Resident(sqlite_house).texts("halo")
    with stores.reading() as session:
        message = session.scalars(select(Message)).one()
    assert tells(sqlite_house, message.id, "delivered", new_sid("SM")) == 204
    assert status_of(message.id) == "received"
