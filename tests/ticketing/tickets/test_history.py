"""The history of a ticket can only grow, says who did what, when and why, and holds no personal text."""

import json
import threading

import pytest
from factories import changing, moved, opened, seen
from people import House
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from config import stores
from ticketing.tickets import history, moves, register
from ticketing.tickets.register import TicketError

ORDERS = [
    "UPDATE events SET by = 'nobody'",
    "UPDATE events SET why = '{}' WHERE position = 1",
    "DELETE FROM events",
    "DELETE FROM events WHERE position > 1",
    "TRUNCATE events",
    "TRUNCATE tickets CASCADE",
    "DELETE FROM tickets",
    "INSERT OR REPLACE INTO events SELECT * FROM events",
]


def test_nobody_changes_or_deletes_what_happened(house: House) -> None:
    number = opened()
    moved(number, "accepted")
    before = house.ticket(number)["history"]
    for order in ORDERS:
        with pytest.raises(DatabaseError), stores.transaction() as session:
            session.execute(text(order))
        assert house.ticket(number)["history"] == before, order


def test_every_step_says_who_when_what_and_why(house: House) -> None:
    number = opened(words="depan warung Ibu Sulastri", area="kayuringinjaya")
    house.work()
    moved(number, "accepted", by="Budi Santoso (dlh)")
    with changing(number) as (session, ticket):
        history.note(session, ticket, "Pak Joko, 0812-3456-7890, menunggu", by="Rina")
        moves.assign(session, ticket, "dbmsda", by="Rina", note_text="bukan sampah, kata Pak Joko")
    moved(number, "refused", owner="dishub", by="dbmsda", note_text="milik dishub")
    house.work()
    steps = house.ticket(number)["history"]
    assert [(step["by"], step["action"], step["from"], step["to"]) for step in steps] == [
        ("caller", "opened", None, "received"),
        ("hotline", "forwarded", "received", "forwarded"),
        ("Budi Santoso (dlh)", "moved", "forwarded", "accepted"),
        ("Rina", "noted", "accepted", "accepted"),
        ("Rina", "assigned", "accepted", "accepted"),
        ("dbmsda", "refused", "accepted", "refused"),
        ("hotline", "forwarded", "refused", "forwarded"),
    ]
    assert steps[0]["why"] == {"rule": "sampah -> dlh: owner of the category"}
    assert steps[4]["why"] == {"from": "dlh", "to": "dbmsda"}
    assert all(step["at"].endswith("Z") for step in steps)
    assert steps == sorted(steps, key=lambda step: step["at"])
    told = json.dumps(steps)
    for personal in ("Sulastri", "Joko", "3456", "warung", "milik", "+62812"):
        assert personal not in told, "words live in notes, which erasure can reach"
    assert [note["kind"] for note in house.ticket(number)["notes"]] == ["place", "remark", "reason", "reason"]


def test_positions_have_no_gap_and_none_is_used_twice(house: House) -> None:
    number = opened()
    moved(number, "accepted", "in_progress", "waiting", "in_progress")
    with stores.reading() as session:
        ticket = register.find(session, number)
        assert [event.position for event in history.of(session, ticket)] == [1, 2, 3, 4, 5]
    with pytest.raises(IntegrityError), stores.transaction() as session:
        session.execute(
            text("INSERT INTO events (id, ticket_id, position, at, by, action, why) "
                 "SELECT tickets.id, tickets.id, 1, created_at, 'x', 'x', '{}' FROM tickets")
        )  # fmt: skip


def test_of_two_officers_at_once_one_moves_the_ticket(house: House) -> None:
    number = opened()
    moved(number, "resolved")
    together, refused = threading.Barrier(6), []

    def confirm(nth: int) -> None:
        together.wait()
        try:
            moved(number, "confirmed", by=f"officer {nth}")
        except TicketError as fault:
            refused.append(str(fault))

    officers = [threading.Thread(target=confirm, args=(nth,)) for nth in range(6)]
    for officer in officers:
        officer.start()
    for officer in officers:
        officer.join()
    assert refused == ["a ticket that is confirmed cannot become confirmed"] * 5
    assert [step["to"] for step in house.ticket(number)["history"]] == ["received", "resolved", "confirmed"]


SAID = {
    "  dekat \t masjid\r\nAl Barkah  ": "dekat masjid Al Barkah",
    "jalan\x00 veteran": "jalan veteran",
    "\x1b[31mmerah\x7f": "[31mmerah",
    "x" * 5000: "x" * 2000,
    "🕌" * 2500: "🕌" * 2000,
}


def test_words_are_cleaned_and_shortened(house: House) -> None:
    number = opened()
    for said in SAID:
        with changing(number) as (session, ticket):
            history.note(session, ticket, said, by="Rina")
    assert [note["text"] for note in house.ticket(number)["notes"]] == list(SAID.values())
    for nothing in ("", "   ", "\n\t", "\x00\x01"):
        with pytest.raises(TicketError, match="needs words"), changing(number) as (session, ticket):
            history.note(session, ticket, nothing, by="Rina")


def test_a_long_name_of_an_officer_is_shortened_not_refused(house: House) -> None:
    number = opened()
    moved(number, "accepted", by="N" * 300)
    assert house.ticket(number)["history"][-1]["by"] == "N" * 60
    assert seen(number).state == "accepted"
