"""A text from a resident is stored once, answered empty, and understood; STOP and MULAI do what they say."""

import pytest
from people import House, Resident
from sqlalchemy import select
from webhooks import of_text

from config import stores
from ticketing.models import Contact, Message


def stored() -> list[tuple[str, str]]:
    with stores.reading() as session:
        return [(message.body, message.status) for message in session.scalars(select(Message).where(Message.inbound))]


def the_contact() -> Contact:
    with stores.reading() as session:
        return session.scalars(select(Contact)).one()


@pytest.mark.parametrize("body", ["halo", "", "STOP", "\U0001f6a8 tolong!", "a\x00b", "STATUS 123456786", "x" * 1600])
def test_a_text_is_stored_once_and_answered_empty(house: House, body: str) -> None:
    form = of_text(body)
    for _ in range(3):
        told = house.post("/sms/incoming", form)
        assert told.status_code == 200
        assert told.headers["Content-Type"].startswith("text/xml")
        assert told.text == '<?xml version="1.0" encoding="UTF-8"?><Response />'
    assert stored() == [(body, "understood")]


def test_the_first_body_of_a_text_wins(sqlite_house: House) -> None:
    form = of_text("STOP")
    sqlite_house.post("/sms/incoming", form)
    sqlite_house.post("/sms/incoming", {**form, "Body": "MULAI"})
    assert stored() == [("STOP", "understood")]
    assert the_contact().opted_out_at


def test_a_very_long_text_is_kept_as_far_as_we_promise(sqlite_house: House) -> None:
    sqlite_house.post("/sms/incoming", of_text("b" * 20_000))
    assert [len(body) for body, _ in stored()] == [5_000]


@pytest.mark.parametrize(
    "word", ["STOP", "stop", " Stop ", "BERHENTI", "berhenti!", "Unreg.", "batal langganan", "OFF"]
)
def test_stop_stops(sqlite_house: House, word: str) -> None:
    ani = Resident(sqlite_house).texts(word)
    assert the_contact().opted_out_at
    ani.dials().presses("2", "2", "*").talks().presses("1").hangs_up()
    sqlite_house.work()
    assert not [text for text in ani.inbox if "Pantau" in text or "Track" in text]  # nothing but that it stopped


@pytest.mark.parametrize("word", ["MULAI", "mulai", "Start", "aktif", "DAFTAR"])
def test_mulai_starts_again(sqlite_house: House, word: str) -> None:
    ani = Resident(sqlite_house).texts("HENTI").texts(word)
    assert the_contact().opted_out_at is None
    ani.dials().presses("2", "2", "*").talks().presses("1").hears("kami kirim lewat SMS").hangs_up()
    sqlite_house.work()
    assert len([text for text in ani.inbox if "sudah kami terima" in text]) == 1


@pytest.mark.parametrize(
    "body", ["tolong stop banjir ini", "STOP sampah", "jangan berhenti", "stopkontak", "mulai rusak"]
)
def test_a_sentence_with_the_word_in_it_stops_nothing(sqlite_house: House, body: str) -> None:
    Resident(sqlite_house).texts(body)
    assert the_contact().opted_out_at is None


def test_stopping_twice_keeps_the_first_moment(sqlite_house: House) -> None:
    Resident(sqlite_house).texts("STOP")
    first = the_contact().opted_out_at
    Resident(sqlite_house).texts("STOP")
    assert the_contact().opted_out_at == first


def test_stop_between_the_report_and_its_text(house: House) -> None:
    """Who stops while the review still holds the text gets none."""
    ani = Resident(house).dials().presses("2", "2", "*").talks()
    ani.texts("STOP").presses("1").hears("Nomor laporan").hangs_up()
    house.work()
    assert ani.inbox == []
    assert house.ticket()["status"] == "forwarded"


@pytest.mark.parametrize("sender", ["BEKASI", "anonymous", "", "1500444", "112", "\U0001f6a8", "+6281", "\x00"])
def test_a_sender_who_is_nobody_is_stored_without_a_contact(sqlite_house: House, sender: str) -> None:
    assert sqlite_house.post("/sms/incoming", of_text("STOP", From=sender)).status_code == 200
    assert stored() == [("STOP", "understood")]
    with stores.reading() as session:
        assert session.scalars(select(Contact)).all() == []
