"""Budgets of a day: answers to one number, money for all, the switch that a person throws. Pumping is bounded, and an
emergency is answered all the same.
"""

from datetime import timedelta

import pytest
import time_machine
from factories import ANI, caller, opened, row, rows, text_row, wib
from people import House, use
from sqlalchemy import select

from config import clock, stores
from ivr.simulator.network.ledger import new_sid
from ticketing.messages import inbound, texts
from ticketing.models import Contact, Message, Outbox
from ticketing.outgoing import spending
from ticketing.rules import numbers
from workers import transactions


def asked(phone: str = ANI, words: str = "halo") -> Message:
    """A text that came in."""
    with transactions.transaction() as session:
        sender = numbers.read(phone)
        message = inbound.receive(session, inbound.Inbound(new_sid("SM"), sender, words))
        assert message is not None
        return message


def answered(template: str, phone: str = ANI, **fills: str) -> bool:
    """Somebody asks, and this is the answer: whether it was promised."""
    question = asked(phone)
    with transactions.transaction() as session:
        contact, occasion = session.get_one(Contact, question.contact_id), str(question.id)
        texts.answering(session, question)
        fills = {"do": "Keluar sekarang.", **fills}
        return texts.tell(session, contact, template, occasion=occasion, **fills) is not None


def delivered(house: House) -> int:
    return sum(one.direction == "outbound-api" for one in house.carrier.ledger.listed("messages"))


# -- one number ----------------------------------------------------------------------------------------------------


def test_what_only_informs_is_answered_three_times_an_hour(sqlite_house: House) -> None:
    with time_machine.travel(wib("2026-03-02 10:00"), tick=False) as now:
        assert [answered(template) for template in ("SMS10", "SMS14", "SMS09", "SMS25", "SMS10")] == [True] * 3 + [
            False
        ] * 2
        assert answered("SMS11"), "what was done is said all the same"
        assert answered("SMS10", "+6281200002222"), "each number has its own"
        now.move_to(wib("2026-03-02 11:01"))
        assert answered("SMS10")


def test_ten_answers_a_day_are_enough_for_anybody(sqlite_house: House) -> None:
    with time_machine.travel(wib("2026-03-02 10:00"), tick=False) as now:
        assert [answered("SMS12") for _ in range(12)] == [True] * 10 + [False] * 2
        assert not answered("SMS10")
        now.move_to(wib("2026-03-02 23:59"))
        assert not answered("SMS12")
        now.move_to(wib("2026-03-03 00:00"))
        assert answered("SMS12"), "the day is the city's"


def test_an_emergency_is_answered_beyond_it_and_not_without_end(sqlite_house: House) -> None:
    with time_machine.travel(wib("2026-03-02 10:00"), tick=False) as now:
        assert all(answered("SMS12") for _ in range(10))
        assert [answered("SMS20") for _ in range(4)] == [True, True, True, False]
        now.move_to(wib("2026-03-02 11:01"))
        assert answered("SMS20")


def test_news_of_a_report_is_no_answer_and_is_not_counted(sqlite_house: House) -> None:
    assert all(answered("SMS12") for _ in range(10))
    number = opened()
    assert text_row(number, "SMS01").state == "pending"


# -- all of them ---------------------------------------------------------------------------------------------------


def test_pumping_spends_no_more_than_the_day_s_money(house: House) -> None:
    """Many numbers ask and ask: what they bring us to send stays under the ceiling."""
    use(MONEY_A_DAY="5000", PRICE_SMS="500")
    phones = [f"+62812000{at:05}" for at in range(40)]
    for phone in phones:
        assert answered("SMS12", phone)
    house.work()
    assert delivered(house) == 10
    with stores.reading() as session:
        assert spending.used(session)["rupiah"] == (5000, 5000)
        waiting = session.scalars(select(Outbox).where(Outbox.state == "pending")).all()
    assert {one.last_error for one in waiting} == {"today's ceiling of money is reached"}
    assert len(waiting) == 30
    assert answered("SMS20", phones[0])
    house.work()
    assert delivered(house) == 11, "who is told to dial 112 is told so at any cost"


def test_the_next_day_has_its_own_money(sqlite_house: House) -> None:
    use(MONEY_A_DAY="500", PRICE_SMS="500")
    with time_machine.travel(wib("2026-03-02 22:00"), tick=False) as now:
        first, second = opened(), opened("+6281200002222")
        sqlite_house.work()
        assert {text_row(one, "SMS01").state for one in (first, second)} == {"delivered", "pending"}
        now.move_to(wib("2026-03-03 00:01"))
        sqlite_house.work()
        assert delivered(sqlite_house) == 1, "an hour after the contact a receipt waits for the morning"
        number = opened("+6281200003333")
        sqlite_house.work()
        assert text_row(number, "SMS01").state == "delivered"


@pytest.mark.parametrize("ceiling", ["MONEY_A_DAY", "TEXTS_A_DAY"])
def test_a_ceiling_of_nothing_lets_nothing_leave(sqlite_house: House, ceiling: str) -> None:
    use(**{ceiling: "0"})
    number = opened()
    assert answered("SMS20")
    sqlite_house.work()
    assert delivered(sqlite_house) == 0
    assert text_row(number, "SMS01").state == "pending"


@pytest.mark.parametrize(
    ("channels", "calls", "cost"),
    [(["sms"], 0, 500), (["sms", "whatsapp"], 0, 800), (["whatsapp"] * 3, 2, 2900), ([], 1, 1000)],
)
def test_what_a_day_costs(sqlite_house: House, channels: list[str], calls: int, cost: int) -> None:
    use(PRICE_SMS="500", PRICE_WHATSAPP="300", PRICE_CALL="1000", MONEY_A_DAY=str(cost + 999))
    for channel in channels:
        assert answered("SMS12")
        with stores.transaction() as session:
            (message,) = session.scalars(select(Message).where(Message.status == "promised"))
            message.channel, message.status = channel, "sent"
            found = session.scalars(select(Outbox).where(Outbox.subject_id == message.id)).one()
            found.state, found.finished_at, found.provider_ref = "sent", clock.now(), "SM1"
    with stores.transaction() as session:
        for at in range(calls):
            from_ = numbers.read("+622188950001").e164
            call = spending.Call(sid=f"CA{at}", caller_kind="fixed", status="completed", outbound=True)
            assert from_
            session.add(call)
    with stores.reading() as session:
        assert spending.money(session) == cost
        assert spending.money_is_over(session, "voice"), "one more call would not be paid for"
    use(MONEY_A_DAY=str(cost + 1000))
    with stores.reading() as session:
        assert not spending.money_is_over(session, "voice")


# -- the switch ----------------------------------------------------------------------------------------------------


def test_a_person_stops_everything_and_lets_it_go(house: House) -> None:
    assert house.flask("texts", "stop", "--by", "Sari", "--reason", "pemompaan").strip() == "stopped"
    number = opened()
    house.work()
    assert (text_row(number, "SMS01").state, text_row(number, "SMS01").last_error) == ("pending", spending.STOPPED)
    house.carrier.text("+6281200002222", "LAPOR sampah menumpuk di Kranji")
    assert delivered(house) == 0
    shown = house.flask("texts", "state")
    assert "stopped by Sari" in shown
    assert "pemompaan" in shown
    assert "hotline_texts_stopped 1" in _metrics(house)
    assert "stopped already" in house.refused("texts", "stop", "--by", "Budi", "--reason", "x")
    house.flask("texts", "go", "--by", "Budi")
    house.work()
    assert text_row(number, "SMS01").state == "delivered"
    assert delivered(house) >= 2, "what came in meanwhile is answered too"
    assert "they go" in house.flask("texts", "state")
    assert "hotline_texts_stopped 0" in _metrics(house)
    assert "not stopped" in house.refused("texts", "go", "--by", "Budi")


def _metrics(house: House) -> str:
    return house.app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"}).get_data(as_text=True)


def test_stopped_for_too_long_a_text_says_why_it_died(sqlite_house: House) -> None:
    with time_machine.travel(wib("2026-03-02 10:00"), tick=False) as now:
        number = opened()
        sqlite_house.flask("texts", "stop", "--by", "Sari", "--reason", "x")
        now.move_to(wib("2026-03-02 14:30"))
        sqlite_house.work()
        assert row(text_row(number, "SMS01")).state == "dead"
        assert text_row(number, "SMS01").last_error == spending.STOPPED


def test_the_day_begins_at_the_city_s_midnight(sqlite_house: House) -> None:
    with time_machine.travel(wib("2026-03-02 23:00"), tick=False) as now:
        number = opened()
        sqlite_house.work()
        with stores.reading() as session:
            assert spending.texts(session) == 1
        now.move_to(wib("2026-03-02 23:00") + timedelta(hours=1))
        with stores.reading() as session:
            assert (spending.texts(session), spending.money(session)) == (0, 0)
        assert len(rows(number, kind="sms")) == 1
        with transactions.transaction() as session:
            assert caller(session) is not None
