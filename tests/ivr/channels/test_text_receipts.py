"""Delivery receipts as webhooks: they move a text forward only, in whatever order and number they come."""

import itertools
import json
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
import time_machine
from factories import ANI, moved, opened, text_row, texts, wib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import House, Resident, use
from sqlalchemy import select
from webhooks import of_receipt, sends

from config import stores
from ivr.simulator.network.ledger import new_sid
from ticketing.messages import receipts
from ticketing.models import Message
from ticketing.outgoing import links

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
        message = session.scalars(select(Message).where(Message.inbound)).one()
    assert tells(sqlite_house, message.id, "delivered", new_sid("SM")) == 204
    assert status_of(message.id) == "understood"


# -- what follows from them ----------------------------------------------------------------------------------------


def told_of(number: str, template: str) -> Message:
    return next(one for one in texts(number) if one.template == template)


@pytest.mark.parametrize("code", ["21614", "30005", "30006"])
def test_a_refusal_for_good_closes_the_channel_and_is_shown(house: House, code: str) -> None:
    number = opened()
    house.work()
    message = told_of(number, "SMS01")
    with stores.transaction() as session:
        session.get_one(Message, message.id).status = "sent"
    for _ in range(3):
        assert tells(house, message.id, "undelivered", message.sid or "", ErrorCode=code) == 204
    shown = house.flask("texts", "refused")
    assert f"+62812****1111   sms       {code}" in shown
    assert receipts.PERMANENT["sms"][code] in shown
    assert ANI not in shown
    (one,) = json.loads(house.flask("texts", "refused", "--json"))
    assert (one["channel"], one["code"]) == ("sms", code)
    moved(number, "in_progress")
    assert len(texts(number)) == 1, "no text goes there any more, and work under way is worth no call"
    moved(number, "resolved")
    assert [one.channel for one in texts(number)] == ["sms", "voice"]


def test_who_writes_again_is_reached_again(sqlite_house: House) -> None:
    number = opened()
    sqlite_house.carrier.faults.set({"undelivered": {ANI: 30005}})
    sqlite_house.work()
    assert "30005" in sqlite_house.flask("texts", "refused")
    sqlite_house.carrier.faults.clear()
    Resident(sqlite_house).texts("CEK")
    assert "every number takes our texts" in sqlite_house.flask("texts", "refused")
    moved(number, "in_progress")
    assert told_of(number, "SMS03").channel == "sms"


def test_the_carrier_s_own_stop_is_ours(sqlite_house: House) -> None:
    number = opened()
    sqlite_house.carrier.ledger.opted_out.add(ANI)
    sqlite_house.work()
    message = told_of(number, "SMS01")
    assert (message.status, message.error) == ("failed", "21610")
    moved(number, "resolved")
    assert len(texts(number)) == 1


@pytest.fixture
def by_day() -> Iterator[None]:
    with time_machine.travel(wib("2026-03-02 10:00")):
        yield


@pytest.mark.usefixtures("by_day")
def test_failed_receipts_in_any_number_send_it_another_way_once(house: House) -> None:
    use(WHATSAPP_SENDER="+622150010445")
    number = opened()
    house.work()
    house.carrier.text(f"whatsapp:{ANI}", "halo")
    with stores.transaction() as session:
        contact = session.get_one(Message, told_of(number, "SMS01").id).contact
        assert contact is not None
        contact.channel = "sms"
    house.carrier.faults.set({"callbacks": "dropped"})
    moved(number, "in_progress")
    house.work()
    message = told_of(number, "SMS03")
    for status in ("sent", "undelivered", "failed", "undelivered", "delivered"):
        tells(house, message.id, status, message.sid or new_sid("SM"), ErrorCode="30003")
    house.work()
    assert [(one.channel, one.status) for one in texts(number) if one.template == "SMS03"] == [
        ("sms", "undelivered"),
        ("whatsapp", "promised"),
    ], "and nothing of what came after the first"
    arrived = [one for one in house.carrier.ledger.listed("messages") if f"laporan {number} sedang" in one.body]
    assert sorted(one.to for one in arrived) == [ANI, f"whatsapp:{ANI}"]


def test_an_old_state_that_failed_late_is_not_sent_after_a_newer_one(sqlite_house: House) -> None:
    use(WHATSAPP_SENDER="+622150010445")
    with time_machine.travel(wib("2026-03-02 09:00"), tick=False) as now:
        number = opened()
        sqlite_house.carrier.text(f"whatsapp:{ANI}", "halo")
        Resident(sqlite_house).texts("CEK")
        sqlite_house.work()
        sqlite_house.carrier.faults.set({"callbacks": "dropped"})
        moved(number, "in_progress")
        sqlite_house.work()
        now.move_to(wib("2026-03-02 14:00"))
        moved(number, "resolved")
        message = told_of(number, "SMS03")
        tells(sqlite_house, message.id, "undelivered", new_sid("SM"), ErrorCode="30003")
        assert sum(one.template == "SMS03" for one in texts(number)) == 1


def test_a_receipt_that_never_comes_claims_nothing(sqlite_house: House) -> None:
    with time_machine.travel(wib("2026-03-02 09:00"), tick=False) as now:
        sqlite_house.carrier.faults.set({"callbacks": "dropped"})
        number = opened()
        sqlite_house.work()
        now.move_to(wib("2026-03-05 09:00"))
        sqlite_house.work()
        assert (told_of(number, "SMS01").status, text_row(number, "SMS01").state) == ("promised", "sent")
        assert sum(one.to == ANI for one in sqlite_house.carrier.ledger.listed("messages")) == 1
        message = told_of(number, "SMS01")
        tells(sqlite_house, message.id, "delivered", message.sid or new_sid("SM"))
        assert text_row(number, "SMS01").state == "delivered", "also late it is the truth"
