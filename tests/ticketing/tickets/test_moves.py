"""States that a ticket may move to: every pair of states, and the rules of the moves that need more than a state."""

from datetime import date
from itertools import product

import pytest
import time_machine
from factories import changing, moved, opened, rows, seen, wib
from people import House

from ticketing.rules import lifecycle
from ticketing.tickets import moves
from ticketing.tickets.register import TicketError

_USUAL = "accepted in_progress waiting scheduled resolved refused referred merged withdrawn"

# Written out a second time, so that a change of the table in lifecycle.py is a decision.
ALLOWED = {
    "received": f"forwarded {_USUAL}",
    "forwarded": _USUAL,
    "accepted": "in_progress waiting scheduled resolved refused referred merged withdrawn",
    "in_progress": "waiting scheduled resolved refused referred merged withdrawn",
    "waiting": "accepted in_progress scheduled resolved refused referred merged withdrawn",
    "scheduled": "in_progress waiting scheduled resolved refused referred merged withdrawn",
    "resolved": "confirmed reopened",
    "confirmed": "reopened",
    "reopened": f"forwarded {_USUAL}",
    "refused": f"forwarded {_USUAL}",
    "referred": "reopened",
    "merged": "reopened",
    "withdrawn": "reopened",
}
CLOSED = {"confirmed", "referred", "merged", "withdrawn"}


@pytest.fixture
def other(house: House) -> str:
    """A second ticket to merge into."""
    return opened("+6281200002222")


def test_the_table_knows_every_state() -> None:
    assert set(lifecycle.STATES) == set(ALLOWED)


def test_every_allowed_and_every_forbidden_move(sqlite_house: House) -> None:
    into = opened("+6281200002222")
    hows = {
        "refused": {"owner": "dbmsda"},
        "referred": {"owner": "pln"},
        "merged": {"into": into},
        "scheduled": {"on": date(2099, 1, 5)},
    }
    for start, to in product(ALLOWED, ALLOWED):
        number, how = opened(), hows.get(to, {})
        with changing(number) as (_, ticket):
            ticket.state = start
        if to in ALLOWED[start].split():
            moved(number, to, **how)
            assert seen(number).state == to
            assert (seen(number).closed_at is not None) == (to in CLOSED), to
        else:
            with pytest.raises(TicketError, match=f"a ticket that is {start} cannot become {to}"):
                moved(number, to, **how)
            assert seen(number).state == start


LACKING = [
    ("solved", {}, "solved is no state"),
    ("refused", {}, "only by naming the department that owns it"),
    ("refused", {"owner": "dinas-langit"}, "there is no department dinas-langit"),
    ("refused", {"owner": "dlh"}, "dlh cannot name itself"),
    ("referred", {}, "name whose it is"),
    ("referred", {"owner": "dlh"}, "name whose it is"),
    ("merged", {}, "there is no ticket"),
    ("merged", {"into": "123456789"}, "there is no ticket"),
    ("scheduled", {"on": date(2020, 1, 2)}, "is over already"),
]


def test_a_move_that_lacks_what_it_needs_changes_nothing(house: House) -> None:
    number = opened()
    before = len(rows(number))
    for to, how, words in LACKING:
        with pytest.raises(TicketError, match=words):
            moved(number, to, **how)
        ticket = seen(number)
        assert (ticket.state, ticket.department, ticket.refusals, ticket.revision) == ("received", "dlh", 0, 1)
        assert len(rows(number)) == before


def test_who_refuses_names_the_next_owner_and_the_second_refusal_goes_to_the_call_centre(house: House) -> None:
    number = opened()
    moved(number, "refused", owner="dbmsda", by="dlh")
    assert (seen(number).department, seen(number).refusals) == ("dbmsda", 1)
    moved(number, "refused", owner="dishub", by="dbmsda")
    assert (seen(number).department, seen(number).refusals) == ("call-centre", 2)
    house.work()
    assert [mail.to for mail in house.mails()] == ["petugas@1500444.invalid"], "only the last owner gets it"
    last = house.ticket(number)["history"][-2]
    assert last["why"] == {"from": "dbmsda", "named": "dishub", "to": "call-centre"}
    assert house.ticket(number)["status"] == "forwarded"


def test_a_merged_ticket_names_the_other_and_no_ring_of_merges_can_be_made(house: House, other: str) -> None:
    number = opened()
    with pytest.raises(TicketError, match="itself not merged"):
        moved(number, "merged", into=number)
    moved(number, "merged", into=f"{other[:3]}-{other[3:6]}-{other[6:]}")
    assert seen(number).merged_into_id == seen(other).id
    assert house.ticket(number)["history"][-1]["why"] == {"into": other}
    with pytest.raises(TicketError, match="itself not merged"):
        moved(other, "merged", into=number)
    moved(number, "reopened")
    assert seen(number).merged_into_id is None


def test_a_referred_ticket_names_who_it_is_for_and_is_never_mailed(house: House) -> None:
    number = opened()
    moved(number, "referred", owner="pln")
    house.work()
    assert house.ticket(number)["history"][-1]["why"] == {"to": "pln"}
    assert house.mails() == []
    assert [(row.kind, row.state) for row in rows(number, kind="email")] == [("email", "dead")]


CLOSING = [("2026-03-04", "2026-03-04 16:00"), ("2026-03-06", "2026-03-06 16:30"), ("2026-03-08", "2026-03-08 23:59")]


def test_scheduled_work_is_due_when_its_day_closes(sqlite_house: House) -> None:
    with time_machine.travel(wib("2026-03-02 09:00"), tick=False):
        number = opened(category="jalan-rusak")
        for on, due in CLOSING:
            moved(number, "scheduled", on=date.fromisoformat(on))
            assert seen(number).due_at == wib(due)


def test_an_overdue_ticket_can_still_be_resolved_and_the_resident_has_the_last_word(house: House) -> None:
    number = opened()
    moved(number, "in_progress", "resolved", "confirmed", "reopened", "in_progress", "resolved", "confirmed")
    with pytest.raises(TicketError, match="cannot become in_progress"):
        moved(number, "in_progress")
    with pytest.raises(TicketError), changing(number) as (session, ticket):
        moves.assign(session, ticket, "dishub", by="Budi")
