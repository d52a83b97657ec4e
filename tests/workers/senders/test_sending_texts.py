"""A text and a carrier in trouble: what is asked again, what is sent again, what is never sent twice."""

from datetime import timedelta

import pytest
import time_machine
from factories import change, changing, make_due, moved, opened, text_row, texts, wib
from people import House, use
from pretenders import web

from config import clock
from workers import carrier

TEN_MINUTES = timedelta(minutes=11)
# A first receipt may be sent once more when nobody knows; a status text never.
RECEIPT, STATUS = "SMS01", "SMS03"


@pytest.fixture
def house(sqlite_house: House) -> House:
    """By day, with a carrier that tells nothing by itself, so that only asking helps."""
    sqlite_house.carrier.faults.set({"callbacks": "dropped"})
    with time_machine.travel(wib("2026-03-02 10:00")):
        yield sqlite_house
        sqlite_house.carrier.faults.clear()


def waiting(house: House, template: str) -> str:
    """A ticket whose text of this template is the next thing to be sent."""
    number = opened()
    if template == STATUS:
        house.work()
        moved(number, "in_progress")
    return number


def again(house: House, number: str, template: str) -> tuple[str, str | None]:
    """Its time has come: what became of it."""
    make_due(text_row(number, template))
    house.work()
    return now(number, template)


def now(number: str, template: str) -> tuple[str, str | None]:
    row = text_row(number, template)
    return row.state, row.last_error


def at_the_carrier(house: House, number: str, template: str) -> int:
    words = "kami terima" if template == RECEIPT else "sedang dikerjakan"
    return sum(number in text.body and words in text.body for text in house.carrier.ledger.listed("messages"))


def hang(house: House, monkeypatch: pytest.MonkeyPatch, *, acts: bool) -> None:
    """The carrier falls silent over the next request, after having done what it asked for or before."""
    monkeypatch.setattr(carrier, "SECONDS", 1.5)
    house.carrier.faults.set({"rest_hang": 1, "hang_acts": acts, "hang_seconds": 60.0, "callbacks": "dropped"})


@pytest.mark.parametrize("template", [RECEIPT, STATUS])
def test_too_many_requests_was_not_processed_and_is_sent_after_the_wait(house: House, template: str) -> None:
    number = waiting(house, template)
    house.carrier.faults.set({"rest_fail": 1, "rest_status": 429, "rest_code": 20429, "retry_after": 90})
    before = clock.now()
    house.work()
    assert now(number, template) == ("pending", "carrier 429, code 20429")
    assert timedelta(seconds=89) < text_row(number, template).not_before - before < timedelta(seconds=120)
    assert again(house, number, template) == ("sent", None)
    assert at_the_carrier(house, number, template) == 1


@pytest.mark.parametrize("template", [RECEIPT, STATUS])
@pytest.mark.parametrize("status", [500, 502, 503])
def test_after_an_error_of_the_carrier_it_is_asked_and_then_sent_once(house: House, template: str, status: int) -> None:
    number = waiting(house, template)
    house.carrier.faults.set({"rest_fail": 1, "rest_status": status})
    house.work()
    assert now(number, template)[0] == "unknown"
    assert again(house, number, template) == ("sent", None)
    assert at_the_carrier(house, number, template) == 1


@pytest.mark.parametrize("template", [RECEIPT, STATUS])
def test_a_time_out_after_acting_is_found_in_the_carrier_s_list(
    house: House, template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = waiting(house, template)
    hang(house, monkeypatch, acts=True)
    house.work()
    assert now(number, template) == ("unknown", "no answer: ReadTimeout")
    assert again(house, number, template) == ("sent", None)
    assert text_row(number, template).provider_ref in house.carrier.ledger.messages
    assert at_the_carrier(house, number, template) == 1


@pytest.mark.parametrize(("template", "state", "sent"), [(RECEIPT, "sent", 1), (STATUS, "dead", 0)])
def test_what_never_turns_up_is_sent_once_more_only_if_it_may_be(
    house: House, template: str, state: str, sent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = waiting(house, template)
    hang(house, monkeypatch, acts=False)
    house.work()
    house.carrier.faults.set({"rest_hang": 0})
    assert again(house, number, template) == ("unknown", "not in the carrier's list yet")
    assert again(house, number, template)[0] == "unknown", "not before ten minutes are over"
    change(text_row(number, template), unknown_since=clock.now() - TEN_MINUTES)
    assert again(house, number, template)[0] == state
    assert at_the_carrier(house, number, template) == sent


def test_twice_unknown_is_for_a_person(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    number = waiting(house, RECEIPT)
    hang(house, monkeypatch, acts=False)
    house.work()
    change(text_row(number, RECEIPT), unknown_since=clock.now() - TEN_MINUTES)
    with web(body=b'{"messages": []}', posted=b"<html>", kind="application/json") as half:
        use(TWILIO_API_URL=half.url)
        assert again(house, number, RECEIPT) == ("dead", "unknown twice: no answer: JSONDecodeError")


NO_ANSWERS = (
    b'{"sid": "SM0', b"null", b"[]", b'["SM0"]', b'"SM0"', b"{}", b"true", b"7",
    b'{"sid": null}', b'{"sid": 5}', b'{"sid": "SM0"}', b'{"sid": ["SM0"]}',
)  # fmt: skip


@pytest.mark.parametrize("said", NO_ANSWERS)
@pytest.mark.parametrize("template", [RECEIPT, STATUS])
def test_half_an_answer_is_an_unknown_outcome_and_not_another_text(house: House, template: str, said: bytes) -> None:
    number = waiting(house, template)
    api = house.carrier.api_url
    with web(status=201, body=said, kind="application/json") as half:
        use(TWILIO_API_URL=half.url)
        house.work()
        assert now(number, template)[0] == "unknown"
        assert len(half.asked) == 1
    use(TWILIO_API_URL=api)
    assert again(house, number, template)[0] == "unknown"
    assert at_the_carrier(house, number, template) == 0


@pytest.mark.parametrize(("status", "code"), [(400, 21614), (400, 21610), (400, 21211), (400, 30007), (404, 20404)])
def test_what_the_carrier_refuses_for_good_is_not_tried_again(house: House, status: int, code: int) -> None:
    number = waiting(house, RECEIPT)
    house.carrier.faults.set({"rest_fail": 1, "rest_status": status, "rest_code": code})
    house.work()
    assert now(number, RECEIPT) == ("dead", f"carrier {status}, code {code}")
    assert text_row(number, RECEIPT).attempts == 1
    assert again(house, number, RECEIPT)[0] == "dead"
    assert at_the_carrier(house, number, RECEIPT) == 0


@pytest.mark.parametrize("status", [401, 403])
def test_wrong_credentials_are_ours_to_mend_and_the_text_waits(house: House, status: int) -> None:
    number = waiting(house, RECEIPT)
    house.carrier.faults.set({"rest_fail": 2, "rest_status": status, "rest_code": 20003})
    house.work()
    assert now(number, RECEIPT) == ("pending", f"carrier {status}, code 20003")
    assert again(house, number, RECEIPT)[0] == "pending"
    assert again(house, number, RECEIPT) == ("sent", None)


@pytest.mark.parametrize("template", [RECEIPT, STATUS])
@pytest.mark.parametrize("where", ["http://127.0.0.1:1", "http://carrier.invalid", "https://127.0.0.1:1"])
def test_where_nobody_answers_nothing_was_sent_and_it_is_tried_later(house: House, template: str, where: str) -> None:
    number, api = waiting(house, template), house.carrier.api_url
    use(TWILIO_API_URL=where)
    house.work()
    state, why = now(number, template)
    assert (state, str(why).partition(":")[0]) == ("pending", "no connection")
    use(TWILIO_API_URL=api)
    assert again(house, number, template) == ("sent", None)
    assert at_the_carrier(house, number, template) == 1


def test_an_erased_number_or_text_is_not_sent(house: House) -> None:
    number = waiting(house, RECEIPT)
    with changing(number) as (_, ticket):
        ticket.contact.phone = None
    house.work()
    assert now(number, RECEIPT) == ("dead", "the number or the text was erased")


def test_what_is_refused_for_good_by_sms_is_told_by_telephone_where_it_matters(house: House) -> None:
    number = opened()
    house.work()
    house.carrier.faults.set({"rest_fail": 1, "rest_status": 400, "rest_code": 21614})
    moved(number, "resolved")
    house.work()
    assert [(one.template, one.channel, one.status) for one in texts(number)][1:] == [
        ("SMS05", "sms", "failed"),
        ("SMS05", "voice", "promised"),
    ]
    assert len(house.carrier.ringing("+6281200001111")) == 1
