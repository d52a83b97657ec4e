"""Delivery receipts move a text forward only, in whatever order and number they come."""

from itertools import permutations

import pytest
from factories import ANI, changing, opened, rows, texts
from people import House

from ticketing.messages import receipts
from ticketing.outgoing import links
from workers import transactions

STEPS = ("queued", "sending", "sent", "delivered", "read")


def told(number: str, *statuses: str) -> None:
    message = texts(number)[-1]
    for status in statuses:
        with transactions.transaction() as session:
            receipts.delivered(
                session, message.id, sid="SM1", status=status, error="30005" if status == "failed" else None
            )


def outcome(number: str) -> tuple[str, str]:
    return texts(number)[-1].status, rows(number, kind="sms")[-1].state


def afresh(number: str) -> None:
    """As if the text was just on its way to the carrier."""
    with changing(number) as (session, _):
        message, row = session.merge(texts(number)[-1]), session.merge(rows(number, kind="sms")[-1])
        message.status, message.sid, message.error = "promised", None, None
        row.state, row.finished_at, row.last_error = "leased", None, None


def test_every_order_of_the_same_receipts_ends_the_same(sqlite_house: House) -> None:
    number = opened()
    for order in permutations(STEPS):
        afresh(number)
        told(number, *order)
        assert outcome(number) == ("read", "delivered"), order


@pytest.mark.parametrize(
    ("statuses", "message", "row"),
    [
        (["queued"], "queued", "sent"),
        (["accepted", "queued"], "accepted", "sent"),
        (["sending"], "sending", "sent"),
        (["sent"], "sent", "sent"),
        (["sent", "queued", "sending", "sent"], "sent", "sent"),
        (["delivered", "sent"], "delivered", "delivered"),
        (["delivered", "undelivered"], "delivered", "delivered"),
        (["failed"], "failed", "dead"),
        (["sent", "undelivered"], "undelivered", "dead"),
        (["undelivered", "sent", "delivered"], "undelivered", "dead"),
        (["canceled"], "canceled", "dead"),
        (["on its way"], "promised", "leased"),
        ([], "promised", "leased"),
    ],
)
def test_a_receipt_moves_forward_only(sqlite_house: House, statuses: list[str], message: str, row: str) -> None:
    number = opened()
    afresh(number)
    told(number, *statuses)
    assert outcome(number) == (message, row)


@pytest.mark.parametrize("how", ["in order", "reversed", "doubled"])
def test_the_carrier_s_own_disorder(house: House, how: str) -> None:
    house.carrier.faults.set({"callbacks": how})
    number = opened()
    house.work()
    assert outcome(number) == ("delivered", "delivered")
    assert house.carrier.errors == []


def test_no_receipt_leaves_it_sent(house: House) -> None:
    house.carrier.faults.set({"callbacks": "dropped"})
    number = opened()
    house.work()
    assert outcome(number) == ("promised", "sent")


def test_an_undelivered_text_is_dead_with_the_reason(house: House) -> None:
    house.carrier.faults.set({"undelivered": {ANI: 30005}})
    number = opened()
    house.work()
    assert texts(number)[-1].error == "30005"
    assert rows(number, kind="sms")[-1].last_error == "the carrier says undelivered"


def test_a_receipt_for_nothing_of_ours_changes_nothing(house: House) -> None:
    number = opened()
    path = links.message_status(texts(number)[-1].id).partition(house.url)[2]
    form = {"AccountSid": house.carrier.account_sid, "MessageSid": "SM" + "1" * 32, "MessageStatus": "delivered"}
    for broken in (path[:-3] + "abc", path[:-3], "/sms/status", "/sms/status?ref="):
        assert house.post(broken, form).status_code == 204
    assert outcome(number) == ("promised", "pending")
    assert house.post(path, {**form, "MessageStatus": "x" * 40}).status_code == 204
    assert outcome(number) == ("promised", "pending")
    assert house.post(path, form).status_code == 204
    assert outcome(number) == ("delivered", "delivered"), "the signed reference alone proves it"
