"""Whoever says "not fixed" by telephone, by text or on the page brings about the same."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import requests
import time_machine
from asking import BUDI, MONDAY, asks
from factories import ANI, changing, moved, opened, seen
from people import House, Resident, use
from sqlalchemy import select

from config import clock, stores
from ticketing.models import Note, Rating
from ticketing.tickets import ratings, verdicts

WORDS = "belum beres"


def by_telephone(house: House, number: str, who: str) -> None:
    """Without a recording: who hangs up has said it all the same."""
    line = asks(house, who)
    while "Masukkan atau sebutkan 9 angka" not in line.told:
        line.presses("1" if "terakhir dari nomor ini" in line.told else "4")
    line.presses(number).presses("3").hangs_up()
    assert line.call.errors == []


def by_text(house: House, number: str, who: str) -> None:
    Resident(house, who).texts(f"{number} {WORDS}")


def on_the_page(house: House, number: str, who: str) -> None:
    """By the button that the page shows. Who has no link can only guess one."""
    page = f"{house.url}/t/{seen(number).tracking_code if who == ANI else 'Z' * 8}"
    form = "lagi" if "/lagi" in requests.get(page, timeout=60).text else "belum"
    key = re.search(r'name="kunci" value="([^"]+)"', requests.get(f"{page}/{form}", timeout=60).text)
    fields = {"kunci": key[1] if key else "A" * 16, "kata": "" if form == "lagi" else WORDS}
    answer = requests.post(f"{page}/{form}", data=fields, timeout=60)
    assert answer.status_code == (200 if who == ANI else 404)


DOORS: dict[str, Callable[[House, str, str], None]] = {
    "telephone": by_telephone, "text": by_text, "page": on_the_page
}  # fmt: skip

CHANNELS = {"telephone": "voice", "text": "sms", "page": "page"}

# How the report came to where it is, how many days ago, who says that it is not fixed; and what follows: its state, its
# department, how often it was opened again, whether it was urged, and how many reports there are then.
CASES = {
    "under way": (("in_progress",), 1, ANI, ("in_progress", "dlh", 0, True, 1)),
    "resolved": (("resolved",), 1, ANI, ("reopened", "dlh", 1, False, 1)),
    "resolved, and nobody confirmed": (("resolved",), 15, ANI, ("reopened", "dlh", 1, False, 1)),
    "confirmed": (("resolved", "confirmed"), 13, ANI, ("reopened", "dlh", 1, False, 1)),
    "confirmed long ago": (("resolved", "confirmed"), 14, ANI, ("confirmed", "dlh", 0, False, 2)),
    "resolved twice": (("resolved", "reopened", "resolved"), 1, ANI, ("reopened", "inspektorat", 2, False, 1)),
    "open again already": (("resolved", "reopened"), 1, ANI, ("reopened", "dlh", 1, True, 1)),
    "withdrawn": (("withdrawn",), 1, ANI, ("reopened", "dlh", 0, False, 1)),
    "withdrawn long ago": (("withdrawn",), 14, ANI, ("withdrawn", "dlh", 0, False, 2)),
    "merged": (("merged",), 1, ANI, ("reopened", "dlh", 0, False, 2)),
    "somebody else's": (("resolved",), 1, BUDI, ("resolved", "dlh", 0, False, 1)),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("case", CASES)
def test_every_door_leads_to_the_same(sqlite_house: House, case: str, door: str) -> None:
    use(SMS_DUA_ARAH="true")
    states, days, who, expected = CASES[case]
    with time_machine.travel(MONDAY, tick=False) as now:
        number = opened()
        other = opened(BUDI) if case == "merged" else ""
        for state in states:
            moved(number, state, **({"into": other} if state == "merged" else {}))
        now.shift(timedelta(days=days))
        asked = question_about(number)
        DOORS[door](sqlite_house, number, who)
        ticket = seen(number)
        shown = (ticket.state, ticket.department, ticket.reopenings, ticket.flagged_at is not None)
        assert (*shown, len(sqlite_house.tickets())) == expected
        answered = ticket.state == "reopened" or ticket.flagged_at is not None
        with stores.reading() as session:
            question = session.get_one(Rating, asked)
            assert (question.solved, question.answered_at) == ((False, clock.now()) if answered else (None, None))
            assert question.channel == (
                {"telephone": "voice", "text": "sms", "page": "page"}[door] if answered else None
            )


def question_about(number: str) -> object:
    with changing(number) as (session, ticket):
        return ratings.ask(session, ticket.contact, ticket=ticket).id


@pytest.mark.parametrize("door", ["text", "page"])
def test_words_are_kept_with_what_is_opened_again(sqlite_house: House, door: str) -> None:
    use(SMS_DUA_ARAH="true")
    number = opened()
    moved(number, "resolved")
    DOORS[door](sqlite_house, number, ANI)
    assert [text.endswith(WORDS) for text in added_to(number)] == [True]
    sqlite_house.work()
    assert WORDS in sqlite_house.mails("dlh")[-1].text


def test_a_bare_no_by_text_is_no_words(sqlite_house: House) -> None:
    use(SMS_DUA_ARAH="true")
    number = opened()
    moved(number, "resolved")
    Resident(sqlite_house).texts("belum")
    assert (seen(number).state, added_to(number)) == ("reopened", [])


def test_what_followed_names_the_ticket_in_which_it_goes_on(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as now:
        number = opened()
        for state, outcome in (("in_progress", "escalated"), ("resolved", "reopened")):
            moved(number, state)
            with changing(number) as (session, ticket):
                assert verdicts.not_fixed(session, ticket, by="caller", channel="voice") == verdicts.NotFixed(
                    outcome, ticket
                )
        moved(number, "resolved", "confirmed")
        now.shift(timedelta(days=14))
        with changing(number) as (session, ticket):
            first = verdicts.not_fixed(session, ticket, by="caller", channel="voice")
            again = verdicts.not_fixed(session, ticket, by="resident", channel="page")
            assert (first.outcome, first.ticket.number != number, again) == ("again", True, first)


def added_to(number: str) -> list[str]:
    with stores.reading() as session:
        query = select(Note.text).where(Note.ticket_id == seen(number).id, Note.kind == "added")
        return list(session.scalars(query))
