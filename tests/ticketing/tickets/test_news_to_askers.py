"""The text to somebody who asks how a report stands: as much as they may know, the newest first."""

import pytest
import time_machine
from factories import ANI, caller, changing, moved, opened, wib
from people import House
from sqlalchemy import select

from config import stores
from config.gsm7 import SEGMENT, gsm7_length
from ticketing.contacts import disclosure
from ticketing.messages import inbound, texts
from ticketing.messages.inbound import Inbound
from ticketing.models import Message
from ticketing.rules import numbers as telephones
from ticketing.tickets import news, register
from workers import transactions

MONDAY = "2026-03-02 09:00"
BUDI = "+6281299990000"


def answers(phone: str = ANI) -> list[str]:
    """What this number was answered, oldest first."""
    with stores.reading() as session:
        query = select(Message).where(Message.reply_to_id.is_not(None)).order_by(Message.created_at)
        return [str(one.body) for one in session.scalars(query) if one.contact and one.contact.phone == phone]


def asks(phone: str, number: str, level: str) -> str:
    """Somebody asks by text; gives the answer."""
    with transactions.transaction() as session:
        ticket = register.find(session, number)
        text = Inbound(sid=f"SM{len(answers(phone))}{phone}", sender=telephones.read(phone), body="cek")
        asked = inbound.receive(session, text)
        assert asked is not None and asked.contact is not None
        texts.answering(session, asked)
        assert news.to_asker(session, asked.contact, ticket, level, occasion=str(asked.id))
    return answers(phone)[-1]


def lists(phone: str, *numbers: str) -> str:
    with transactions.transaction() as session:
        text = Inbound(sid=f"SM{len(answers(phone))}{phone}", sender=telephones.read(phone), body="cek")
        asked = inbound.receive(session, text)
        assert asked is not None and asked.contact is not None
        texts.answering(session, asked)
        assert news.list_to_asker(session, asked.contact, list(numbers), occasion=str(asked.id))
    return answers(phone)[-1]


STATES = [
    ((), "diterima, DLH. Diperbarui 2 Mar 09.00. Target 9 Mar."),
    (("in_progress",), "sedang dikerjakan, DLH. Diperbarui 2 Mar 09.00. Target 9 Mar."),
    (("waiting",), "menunggu warga sejak 2 Mar, DLH. Rincian:"),
    (("resolved",), "selesai sejak 2 Mar, DLH. Rincian:"),
]


@pytest.mark.parametrize(("states", "said"), STATES)
def test_the_reporter_hears_all_of_it(sqlite_house: House, states: tuple[str, ...], said: str) -> None:
    with time_machine.travel(wib(MONDAY), tick=False) as now:
        number = opened()
        moved(number, *states)
        now.move_to(wib("2026-03-03 10:00"))
        heard = asks(ANI, number, disclosure.OWN)
        assert f"Laporan {number} (sampah): {said}" in heard
        assert "http://lacak.test/t/" in heard


@pytest.mark.parametrize("level", [disclosure.PUBLIC, disclosure.FOLLOWED])
def test_who_has_only_the_number_gets_no_link(sqlite_house: House, level: str) -> None:
    heard = asks(BUDI, opened(), level)
    assert "Rincian untuk pelapor: telepon 1500-444, tekan 3" in heard
    assert "lacak" not in heard and "DLH" not in heard


def test_of_several_reports_the_two_newest(sqlite_house: House) -> None:
    first, second, third = (opened() for _ in range(3))
    moved(second, "in_progress")
    heard = lists(ANI, third, second, first)
    assert f"Ada 3 laporan aktif. Terbaru {third}: diterima. {second}: sedang dikerjakan." in heard


def test_of_one_report_all_of_it_and_of_none_how_to_make_one(sqlite_house: House) -> None:
    number = opened()
    assert f"Laporan {number} (sampah): diterima, DLH." in lists(ANI, number)
    assert "Rincian untuk pelapor" in lists(BUDI, number), "one that is followed"
    assert "Belum ada laporan aktif dari nomor ini" in lists("+6281277770000")


def test_in_english(sqlite_house: House) -> None:
    number = opened(language="en")
    assert f"Report {number}" in asks(ANI, number, disclosure.OWN)


def test_the_answer_to_a_missed_call_needs_no_text_before_it(sqlite_house: House) -> None:
    number = opened()
    with transactions.transaction() as session:
        contact = caller(session)
        assert contact is not None
        assert news.list_to_asker(session, contact, [number], occasion="missed 1")
        assert not news.list_to_asker(session, contact, [number], occasion="missed 1"), "once"


def test_all_of_it_is_one_segment(sqlite_house: House) -> None:
    with changing(opened(category="hewan-berbahaya")) as (session, ticket):
        ticket.department = "perumda-tirta-patriot"
        for state in ("in_progress", "confirmed"):
            ticket.state = state
            for level in (disclosure.OWN, disclosure.PUBLIC):
                news.to_asker(session, ticket.contact, ticket, level, occasion=f"{state}{level}")
    with stores.reading() as session:
        for one in session.scalars(select(Message)):
            assert (gsm7_length(str(one.body)) or SEGMENT + 1) <= SEGMENT, one.body
