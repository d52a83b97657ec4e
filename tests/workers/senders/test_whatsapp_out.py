"""By WhatsApp: free words for a day after the resident wrote, registered ones later, SMS where neither goes."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from factories import ANI, changing, city_with, make_due, moved, opened, rows, text_row, texts, told, wib
from people import House, Resident, use

from config import clock
from config.city import WhatsApp
from config.hotline import city
from config.settings import settings
from ticketing.messages import receipts, whatsapp
from ticketing.messages import texts as messages
from ticketing.models import Message
from ticketing.outgoing import links
from workers import carrier, transactions
from workers.senders import sms

SENDER = "+622150010445"
REGISTERED = {language: "HX" + digit * 32 for language, digit in (("id", "1"), ("en", "2"))}
ADDRESS = f"whatsapp:{ANI}"


@pytest.fixture
def house(sqlite_house: House) -> Iterator[House]:
    use(WHATSAPP_SENDER=SENDER)
    with time_machine.travel(wib("2026-03-02 10:00")):
        yield sqlite_house


def registered(*templates: str) -> WhatsApp:
    return WhatsApp(contents=dict.fromkeys(templates, REGISTERED))


def by_whatsapp(house: House, words: str = "halo") -> str:
    """A report of somebody who writes by WhatsApp; gives its number."""
    number = opened()
    house.work()
    house.carrier.text(ADDRESS, words)
    house.work()
    return number


def sent(house: House, address: str = ADDRESS) -> list[str]:
    found = [one for one in house.carrier.ledger.listed("messages") if one.direction == "outbound-api"]
    return [one.body for one in reversed(found) if one.to == address]


def test_within_a_day_in_free_words(house: House) -> None:
    number = by_whatsapp(house)
    before = len(sent(house))
    moved(number, "in_progress")
    house.work()
    message = texts(number)[-1]
    assert (message.channel, message.status) == ("whatsapp", "read")
    assert sent(house)[before:] == [message.body]
    (told_at,) = [one for one in house.carrier.ledger.listed("messages") if one.body == message.body]
    assert (told_at.from_, told_at.to) == (f"whatsapp:{SENDER}", ADDRESS)
    assert text_row(number, "SMS03").state == "delivered"


def test_later_only_what_is_registered_with_its_places_filled(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, str]] = []
    monkeypatch.setattr(sms, "_words", lambda text: asked.append(vars(text)) or {"body": text.body})
    number = by_whatsapp(house)
    with (
        city_with(whatsapp=registered("SMS03")),
        time_machine.travel(clock.now() + timedelta(hours=25)),
    ):
        moved(number, "in_progress")
        make_due(text_row(number, "SMS03"))
        house.work()
    (text,) = [one for one in asked if one["content"]]
    fills = messages.details_of(texts(number)[-1])["fills"]
    assert text["content"] == REGISTERED["id"]
    assert json.loads(text["variables"]) == {
        "1": number, "2": fills["department"], "3": fills["date"], "4": fills["link"].rpartition("/")[2]
    }  # fmt: skip
    assert text["body"].startswith(f"1500-444: laporan {number} sedang dikerjakan {fills['department']}.")


def test_the_carrier_takes_a_registered_text(house: House) -> None:
    number = by_whatsapp(house)
    with city_with(whatsapp=registered("SMS03")), time_machine.travel(clock.now() + timedelta(hours=25)):
        moved(number, "in_progress")
        make_due(text_row(number, "SMS03"))
        house.work()
    assert (texts(number)[-1].channel, texts(number)[-1].status) == ("whatsapp", "read")
    assert REGISTERED["id"] in sent(house)[-1]


def test_later_and_not_registered_it_is_an_sms_from_the_start(house: House) -> None:
    number = by_whatsapp(house)
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        moved(number, "in_progress")
        make_due(text_row(number, "SMS03"))
        house.work()
    assert (texts(number)[-1].channel, texts(number)[-1].status) == ("sms", "delivered")


def test_whose_day_ends_while_it_waits_for_the_morning_gets_an_sms(house: House) -> None:
    with time_machine.travel(wib("2026-03-02 05:00"), tick=False) as now:
        number = by_whatsapp(house)
        now.move_to(wib("2026-03-02 22:00"))
        moved(number, "in_progress")
        assert texts(number)[-1].channel == "whatsapp"
        now.move_to(wib("2026-03-03 06:00"))
        house.work()
    ends = [(one.channel, one.status, one.error) for one in texts(number) if one.template == "SMS03"]
    assert ends == [("whatsapp", "failed", receipts.NOT_REGISTERED), ("sms", "delivered", None)]


@pytest.mark.parametrize("code", [63003, 63016])
def test_what_whatsapp_does_not_bring_goes_by_sms_once(house: House, code: int) -> None:
    number = by_whatsapp(house)
    house.carrier.faults.set({"undelivered": {ADDRESS: code}})
    moved(number, "in_progress")
    house.work()
    again = [(one.channel, one.status) for one in texts(number) if one.template == "SMS03"]
    assert again == [("whatsapp", "undelivered"), ("sms", "delivered")]
    with changing(number) as (_, ticket):
        assert ticket.contact.whatsapp_refused == ("63003" if code == 63003 else None)
    assert sum(f"laporan {number} sedang" in body for body in sent(house, ANI)) == 1


def test_what_sms_does_not_bring_goes_by_whatsapp_once(house: House) -> None:
    number = by_whatsapp(house)
    with changing(number) as (_, ticket):
        ticket.contact.channel = "sms"
    house.carrier.faults.set({"undelivered": {ANI: 30006}})
    moved(number, "in_progress")
    house.work()
    again = [(one.channel, one.status) for one in texts(number) if one.template == "SMS03"]
    assert again == [("sms", "undelivered"), ("whatsapp", "read")]
    moved(number, "scheduled")
    assert texts(number)[-1].channel == "whatsapp", "the number takes no SMS any more"


def test_neither_way_is_tried_twice(house: House) -> None:
    number = by_whatsapp(house)
    house.carrier.faults.set({"undelivered": {ANI: 30003, ADDRESS: 63016}})
    moved(number, "in_progress")
    house.work()
    assert [one.channel for one in texts(number) if one.template == "SMS03"] == ["whatsapp", "sms"]
    assert {row.state for row in rows(number, kind="sms") if row.id != text_row(number, "SMS01").id} == {"dead"}


def test_an_unknown_outcome_is_asked_for_at_its_address(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    number = by_whatsapp(house)
    before = len(sent(house))
    monkeypatch.setattr(carrier, "SECONDS", 1.5)
    house.carrier.faults.set({"rest_hang": 1, "hang_acts": True, "hang_seconds": 60.0, "callbacks": "dropped"})
    moved(number, "in_progress")
    house.work()
    assert text_row(number, "SMS03").state == "unknown"
    house.carrier.faults.clear()
    make_due(text_row(number, "SMS03"))
    house.work()
    assert text_row(number, "SMS03").state == "sent"
    assert len(sent(house)) == before + 1


def test_a_number_from_abroad_is_told_nothing(house: House) -> None:
    house.carrier.text("whatsapp:+6591234567", "LAPOR sampah di Kranji menumpuk")
    house.work()
    assert sent(house, "whatsapp:+6591234567") == []


def test_what_was_promised_to_a_number_that_is_none_of_ours_is_dead(house: House) -> None:
    number = opened()
    with changing(number) as (_, ticket):
        ticket.contact.phone = "+6591234567"
    house.work()
    assert text_row(number, "SMS01").last_error == "it is no number of +62"


def test_without_a_sender_nobody_gets_whatsapp(house: House) -> None:
    number = by_whatsapp(house)
    use(WHATSAPP_SENDER="")
    assert told(number, "SMS03", occasion="x")
    assert texts(number)[-1].channel == "sms"


def test_who_said_stop_gets_nothing_but_answers(house: House) -> None:
    number = by_whatsapp(house)
    with changing(number) as (session, ticket):
        ticket.contact.opted_out_at = clock.now()
        asked = session.merge(texts(number)[0])
        assert messages.tell(session, ticket.contact, "SMS12") is None
        messages.answering(session, asked)
        assert messages.tell(session, ticket.contact, "SMS12") is not None
        ticket.contact.restricted_at = clock.now()
    before = len(sent(house))
    house.work()
    assert len(sent(house)) == before + 1


def test_what_was_promised_before_the_restriction_stays(house: House) -> None:
    number = opened()
    with changing(number) as (_, ticket):
        ticket.contact.restricted_at = clock.now()
    house.work()
    assert text_row(number, "SMS01").last_error == "the resident gets nothing but answers"


# -- what is registered --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_text_can_be_registered(language: str) -> None:
    """It neither begins nor ends with a place, puts no two side by side, and counts them from 1."""
    for template in whatsapp.templates():
        form = whatsapp.form(template, language)
        assert not form.text.startswith("{{"), template
        assert form.text.endswith("Terima kasih." if language == "id" else "Thank you."), template
        assert "}} {{" not in form.text and "}}{{" not in form.text, template
        places = [name for name in form.places if name != whatsapp.LINK]
        for at, name in enumerate(places, 1):
            assert f"{{{{{at}}}}}" in form.text, (template, name)
        assert form.text.count("{{") >= len(places), template
        assert form.places[-1:] == (whatsapp.LINK,) if whatsapp.LINK in form.places else True, template
        assert len(form.text) < 700


def test_one_way_texts_are_not_registered() -> None:
    assert {"SMS04", "SMS05", "SMS05c"} <= set(whatsapp.templates())
    assert not {"SMS04b", "SMS05b", "SMS13b"} & set(whatsapp.templates())


def test_what_is_sent_is_what_is_registered() -> None:
    fills = {"number": "123456786", "department": "DLH", "date": "26 Nov", "link": links.tracking("abcd2345")}
    assert whatsapp.filled("SMS03", "en", fills) == (
        "1500-444: DLH is working on report 123456786. Expected to finish 26 Nov. Track: the link below. Thank you."
    )
    assert json.loads(whatsapp.variables("SMS03", "en", fills))["4"] == "abcd2345"


def test_the_list_for_whoever_registers_them(sqlite_house: House) -> None:
    with city_with(whatsapp=registered("SMS03")):
        shown = sqlite_house.flask("texts", "whatsapp")
    assert f"SMS03 id: {REGISTERED['id']}" in shown
    assert "SMS02 en: not registered" in shown
    assert f"{{{{4}}}} = link (button: {settings().tracking_url}{{{{4}}}})" in shown
    assert shown.count("\n\n") == len(whatsapp.templates()) * len(city().languages)


def test_a_resident_who_texted_last_by_sms_is_told_by_sms(house: House) -> None:
    number = by_whatsapp(house)
    Resident(house).texts("CEK")
    house.work()
    with transactions.transaction() as session:
        contact = session.get_one(Message, texts(number)[0].id).contact
        assert messages.channel_of(contact, "SMS03") == "sms"
