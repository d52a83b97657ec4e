"""Conversations by text go through the same engine as a call: every intent has its conversation, and a second run over
what is remembered comes to the same place and does nothing again.
"""

import copy
from dataclasses import asdict
from datetime import timedelta

import pytest
import time_machine
from people import House, Resident
from sqlalchemy import func, select

from config import clock, stores
from ivr import talk
from ivr.conversations.written import WRITTEN
from ivr.prompts import Answer
from ivr.understanding import intents
from ticketing.calls.memory import Memory
from ticketing.contacts import contacts
from ticketing.messages import inbound
from ticketing.models import Callback, Chat, Contact, Event, Message, Outbox, Rating, Ticket
from ticketing.rules import numbers

WORDS = {
    "report": "sampah menumpuk tidak diangkut seminggu",
    "other_city": "jalan rusak parah di tambun selatan",
    "proposal": "usul bikin taman bermain anak",
    "emergency": "ada kebakaran di pasar",
    "status": "cek",
    "add_detail": "rumah nomor 14",
    "not_fixed": "belum beres",
    "fixed": "sudah",
    "rating": "4",
    "want_person": "agen",
    "cancel_callback": "batal",
    "info": "info ktp",
    "help": "bantuan",
    "language_en": "english",
    "language_id": "bahasa",
    "stop": "stop",
    "start": "mulai",
    "noise": "hmm",
}
WHAT_ACTS_MAKE = (Ticket, Event, Message, Outbox, Callback, Rating)


def test_every_intent_has_its_conversation() -> None:
    assert set(WRITTEN) - {"doubt", "danger"} == set(intents.INTENTS) == set(WORDS)


def counts(session: stores.Session) -> list[int]:
    session.flush()
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in WHAT_ACTS_MAKE]


@pytest.mark.parametrize("intent", WORDS)
@pytest.mark.parametrize("answers", [0, 1])
def test_a_second_run_does_nothing_again(sqlite_house: House, intent: str, answers: int) -> None:
    ani = Resident(sqlite_house).texts("lapor sampah menumpuk di kayuringin")
    sqlite_house.work()
    sqlite_house.move(sqlite_house.ticket()["number"], "resolved")
    with stores.transaction() as session:
        contact = session.scalars(select(Contact)).one()
        text = inbound.Inbound("SM" + "1" * 32, numbers.read(ani.number), WORDS[intent])
        message = inbound.receive(session, text)
        assert message is not None
        chat = session.scalars(select(Chat)).one()
        understood = asdict(intents.read(WORDS[intent], "survey_open"))
        given = {**understood, "context": "survey_open", "about": None}
        memory = Memory(name=intent, args=given, language="id")

        def run(known: Memory, answer: Answer | None) -> Memory:
            after = copy.deepcopy(known)
            talk.run(after, answer, session=session, call=chat, conversations=WRITTEN, message=message)
            return after

        memory = run(memory, None)
        if answers and memory.open:
            memory = run(memory, Answer(words="di margahayu"))
        before = counts(session)
        contacts.choose_language(contact, "en")
        with time_machine.travel(clock.now() + timedelta(days=1)):
            again = run(memory, None)
        assert (again.journal, again.open) == (memory.journal, memory.open)
        assert counts(session) == before
