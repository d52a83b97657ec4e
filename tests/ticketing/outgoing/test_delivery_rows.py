"""Delivery rows of a report: the department that owns it, once for each (ticket, destination, revision)."""

import threading

import pytest
from factories import changing, moved, opened, rows, seen
from people import House

from config import stores
from ticketing.tickets import intake, moves
from ticketing.tickets.register import TicketError
from workers import outbox, transactions


def assigned(number: str, department: str) -> None:
    with changing(number) as (session, ticket):
        moves.assign(session, ticket, department, by="Rina")


def mailed(house: House) -> list[str]:
    return [mail.to.partition("@")[0] for mail in house.mails()]


def test_another_department_gets_it_and_the_first_one_is_not_mailed_any_more(house: House) -> None:
    number = opened()
    assigned(number, "dbmsda")
    house.work()
    assert mailed(house) == ["dbmsda"]
    assert [(row.destination, row.state) for row in rows(number, kind="email")] == [
        ("department:dlh", "dead"),
        ("department:dbmsda", "sent"),
    ]
    assert rows(number, kind="email")[0].last_error == "the ticket is no longer this department's"


def test_there_and_back_again_is_three_deliveries(house: House) -> None:
    number = opened()
    house.work()
    assigned(number, "dbmsda")
    house.work()
    assigned(number, "dlh")
    house.work()
    house.work()
    assert mailed(house) == ["dlh", "dbmsda", "dlh"]
    keys = [row.dedupe_key for row in rows(number, kind="email")]
    ticket = seen(number)
    assert keys == [f"email:{ticket.id}:{who}:{nth}" for nth, who in enumerate(("dlh", "dbmsda", "dlh"), start=1)]


@pytest.mark.parametrize("state", ["resolved", "confirmed", "withdrawn"])
def test_what_is_over_is_not_assigned(sqlite_house: House, state: str) -> None:
    number = opened()
    moved(number, *(("resolved", state) if state == "confirmed" else (state,)))
    with pytest.raises(TicketError, match="reopen it first"):
        assigned(number, "dbmsda")
    moved(number, "reopened")
    assigned(number, "dbmsda")
    assert seen(number).department == "dbmsda"


@pytest.mark.parametrize(
    ("department", "words"), [("dlh", "dlh has this ticket already"), ("dinas-langit", "there is no department")]
)
def test_nonsense_is_not_assigned(sqlite_house: House, department: str, words: str) -> None:
    number = opened()
    with pytest.raises(TicketError, match=words):
        assigned(number, department)
    assert len(rows(number, kind="email")) == 1


def test_of_two_clerks_who_assign_at_once_both_are_heard_one_after_the_other(house: House) -> None:
    number, together = opened(), threading.Barrier(2)

    def clerk(department: str) -> None:
        together.wait()
        assigned(number, department)

    clerks = [threading.Thread(target=clerk, args=(department,)) for department in ("dbmsda", "dishub")]
    for one in clerks:
        one.start()
    for one in clerks:
        one.join()
    assert seen(number).revision == 3
    house.work()
    assert mailed(house) == [seen(number).department], "the one who was last"


def test_the_same_report_from_eight_webhooks_at_once_is_one_ticket(house: House) -> None:
    together, numbers = threading.Barrier(8), []

    def webhook() -> None:
        together.wait()
        numbers.append(opened(key="CA1:1", held=True))

    webhooks = [threading.Thread(target=webhook) for _ in range(8)]
    for one in webhooks:
        one.start()
    for one in webhooks:
        one.join()
    assert len(numbers) == 8
    assert len(set(numbers)) == 1
    assert sorted(row.kind for row in rows(numbers[0])) == ["email", "sms"]


def test_a_report_that_is_undone_leaves_no_promise(house: House) -> None:
    report = intake.Report(key="CA1:1", channel="voice", category="sampah", language="id")
    with pytest.raises(ZeroDivisionError), transactions.transaction() as session:
        intake.open_ticket(session, report, contact=None, call=None, by="caller")
        raise ZeroDivisionError
    assert house.tickets() == []
    with stores.reading() as session:
        assert outbox.due(session) == {}


def test_what_is_held_waits_for_the_end_of_the_review(house: House) -> None:
    number = opened(held=True)
    house.work()
    assert (mailed(house), house.carrier.ledger.listed("messages")) == ([], [])
    with changing(number) as (session, ticket):
        intake.release(session, ticket)
    house.work()
    assert (mailed(house), len(house.carrier.ledger.listed("messages"))) == (["dlh"], 1)
