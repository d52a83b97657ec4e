"""Moves that time alone makes: to the minute, once, whoever sweeps, and never more than is due."""

import threading
from datetime import date, timedelta

import pytest
import time_machine
from factories import changing, city_with, moved, opened, rows, seen, texts, wib
from people import House

from config import stores
from config.city import Loop
from config.hotline import city
from ticketing.rules import lifecycle
from ticketing.tickets import changes, history, intake, moves, time_limits, verdicts
from ticketing.tickets.register import TicketError
from workers.time_limits import apply_due

MONDAY = wib("2026-03-02 09:00")
LIGHTS = "lampu-jalan"  # seven days by the clock, the first answer within six working hours


def done(number: str) -> list[str]:
    """What was done by time alone, in order."""
    with stores.reading() as session:
        return [event.action for event in history.of(session, seen(number)) if event.by == time_limits.BY]


def notices(number: str) -> list[str]:
    return sorted(row.destination.removeprefix("notice:") for row in rows(number, kind="notice"))


STEPS = [
    ("2026-03-02 14:59", [], []),
    ("2026-03-02 15:00", ["answer missed"], ["unanswered:dishub"]),
    ("2026-03-07 23:24", ["answer missed", "warned"], ["unanswered:dishub", "warned:dishub"]),
    ("2026-03-09 08:59", ["answer missed", "warned"], ["unanswered:dishub", "warned:dishub"]),
    ("2026-03-09 09:00", ["answer missed", "warned", "late"], ["late:dishub", "unanswered:dishub", "warned:dishub"]),
]


def test_one_after_the_other_to_the_minute(house: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as now:
        number = opened(category=LIGHTS)
        for at, actions, told in STEPS:
            now.move_to(wib(at))
            for _ in range(2):
                apply_due()
            assert (done(number), notices(number)) == (actions, told), at


STILL = [
    ("accepted", {}, ["warned", "late"]),
    ("in_progress", {}, ["warned", "late"]),
    ("refused", {"owner": "dbmsda"}, ["answer missed", "warned", "late"]),
    ("scheduled", {"on": date(2026, 3, 5)}, ["warned", "late"]),
    ("waiting", {}, []),
    ("resolved", {}, []),
    ("referred", {"owner": "pln"}, []),
    ("withdrawn", {}, []),
]


@pytest.mark.parametrize(("state", "how", "expected"), STILL)
def test_which_time_limit_applies_in_which_state(
    sqlite_house: House, state: str, how: dict[str, object], expected: list[str]
) -> None:
    with time_machine.travel(MONDAY, tick=False) as now:
        number = opened(category=LIGHTS)
        moved(number, state, **how)
        for at in ("2026-03-02 16:00", "2026-03-05 15:30"):
            now.move_to(wib(at))
            apply_due()
        if state in ("waiting", *lifecycle.OVER):
            now.move_to(wib("2026-03-05 23:59"))
        elif state != "scheduled":
            now.move_to(wib("2026-03-08 09:00"))
            apply_due()
            now.move_to(wib("2026-03-09 09:00"))
        else:
            now.move_to(wib("2026-03-05 16:00"))
        apply_due()
        assert done(number) == expected


def test_a_report_that_is_held_back_is_nobodys_delay_yet(sqlite_house: House) -> None:
    """A flood that was written down waits for its place up to an hour; the first answer is due in a quarter of one."""
    with time_machine.travel(MONDAY, tick=False) as now:
        number = opened(category="banjir", held=True)
        now.shift(timedelta(minutes=20))
        with changing(number) as (session, ticket):
            for row in ticket.deliveries:
                row.not_before = MONDAY + timedelta(hours=1)
        apply_due()
        assert done(number) == []
        with changing(number) as (session, ticket):
            intake.release(session, ticket)
        apply_due()
        assert done(number) == ["answer missed"]


def test_a_date_that_comes_nearer_is_warned_of_anew(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as now:
        number = opened(category=LIGHTS)
        moved(number, "in_progress")
        now.move_to(wib("2026-03-08 09:00"))
        apply_due()
        with changing(number) as (session, ticket):
            verdicts.not_fixed(session, ticket, by="caller", channel="voice")
        assert seen(number).due_at == wib("2026-03-09 09:00"), "P2 has three days, which is later"
        assert seen(number).warn_at is None
        with changing(number) as (_, ticket):
            changes.promise_date(ticket, wib("2026-03-08 19:00"))
        now.move_to(wib("2026-03-08 17:00"))
        apply_due()
        assert done(number) == ["warned", "warned"]


DELAYS = [
    ("menunggu material yang lama", "2026-03-12", "at most 20 characters"),
    ("menunggu 材料", "2026-03-12", "at most 20 characters"),
    ("  ", "2026-03-12", "a note needs words"),
    ("hujan", "2026-03-08", "another date lies between 2026-03-09 and 2026-03-13"),
    ("hujan", "2026-03-14", "later work is scheduled"),
]


@pytest.mark.parametrize(("reason", "on", "complaint"), DELAYS)
def test_a_delay_has_a_short_reason_and_a_near_date(sqlite_house: House, reason: str, on: str, complaint: str) -> None:
    with time_machine.travel(MONDAY, tick=False) as now:
        number = opened(category=LIGHTS)
        now.move_to(wib("2026-03-06 10:00"))
        before = seen(number).due_at
        with (
            pytest.raises(TicketError, match=complaint),
            changing(number) as (session, ticket),
        ):
            moves.delay(session, ticket, reason, by="Budi", on=date.fromisoformat(on))
        assert seen(number).due_at == before


@pytest.mark.parametrize("state", ["waiting", "resolved"])
def test_what_is_not_running_has_no_delay(sqlite_house: House, state: str) -> None:
    number = opened()
    moved(number, state)
    with pytest.raises(TicketError, match="is not late"), changing(number) as (session, ticket):
        moves.delay(session, ticket, "hujan", by="Budi")


def test_a_reason_without_a_day_waits_for_the_date(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as now:
        number = opened(category=LIGHTS)
        with changing(number) as (session, ticket):
            moves.delay(session, ticket, "stok lampu habis", by="Budi")
        assert [message.template for message in texts(number)] == ["SMS01"]
        now.move_to(wib("2026-03-09 09:00"))
        apply_due()
        assert "belum selesai: stok lampu habis. Target baru 16 Mar" in str(texts(number)[-1].body)


def test_a_day_that_was_named_moves_by_what_was_lost(sqlite_house: House) -> None:
    """The rule would give a date that has long passed."""
    with time_machine.travel(MONDAY, tick=False) as now:
        number = opened(category=LIGHTS)
        moved(number, "scheduled", on=date(2026, 4, 1))
        now.move_to(wib("2026-03-30 09:00"))
        moved(number, "waiting")
        now.move_to(wib("2026-03-31 09:00"))
        moved(number, "in_progress")
        assert seen(number).due_at == wib("2026-04-02 16:00")
        with stores.reading() as session:
            assert changes.first_date(session, seen(number)) == wib("2026-03-09 09:00")


def test_a_pause_after_the_date_passed_counts_from_then_on(sqlite_house: House) -> None:
    with time_machine.travel(MONDAY, tick=False) as now:
        number = opened(category=LIGHTS)
        moved(number, "in_progress")
        now.move_to(wib("2026-03-09 09:00"))
        apply_due()
        now.move_to(wib("2026-03-10 09:00"))
        moved(number, "waiting")
        now.move_to(wib("2026-03-11 09:00"))
        moved(number, "in_progress")
        assert seen(number).due_at == wib("2026-03-17 09:00")


def test_every_rule_has_a_time_of_its_own_in_the_city_file(sqlite_house: House) -> None:
    other = Loop(**{**city().loop.model_dump(), "confirm_after_days": 2, "warn_at": 0.5, "reopen_within_days": 1})
    with city_with(loop=other), time_machine.travel(MONDAY, tick=False) as now:
        number = opened(category=LIGHTS)
        assert seen(number).warn_at == wib("2026-03-05 21:00")
        moved(number, "resolved")
        now.shift(timedelta(days=2))
        apply_due()
        assert seen(number).state == "confirmed"
        now.shift(timedelta(days=1))
        assert not verdicts.may_reopen(seen(number))


def test_a_ticket_that_breaks_stops_no_other(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(MONDAY, tick=False) as now:
        numbers = [opened(category=LIGHTS) for _ in range(3)]
        broken = min(numbers, key=lambda number: seen(number).id)
        with changing(broken) as (_, ticket):
            ticket.tracking_code = None  # its texts cannot be written
        for number in numbers:
            moved(number, "accepted")
        monkeypatch.setattr("workers.time_limits.BATCH", 1)
        now.move_to(wib("2026-03-09 09:00"))
        apply_due()
        assert [seen(number).late_at is None for number in numbers] == [number == broken for number in numbers]


def test_two_sweepers_at_once_do_it_once(postgres_house: House) -> None:
    """Some are warned, some late, some confirmed, by four that begin together."""
    with time_machine.travel(MONDAY, tick=False) as now:
        late = [opened(category=LIGHTS) for _ in range(12)]
        silent = [opened() for _ in range(12)]
        for number in late:
            moved(number, "accepted")
        for number in silent:
            moved(number, "resolved")
        now.move_to(wib("2026-03-16 10:00"))
        fresh = [opened(category=LIGHTS) for _ in range(12)]
        now.move_to(wib("2026-03-16 17:00"))
        start = threading.Barrier(4)
        counts: list[int] = []

        def sweeper() -> None:
            start.wait()
            counts.append(apply_due())

        crew = [threading.Thread(target=sweeper) for _ in range(4)]
        for one in crew:
            one.start()
        for one in crew:
            one.join()
        apply_due()
        assert [done(number) for number in late] == [["late"]] * 12
        assert [done(number) for number in silent] == [["moved"]] * 12
        assert [done(number) for number in fresh] == [["answer missed"]] * 12
        assert sum(counts) >= 36
        assert {tuple(notices(number)) for number in late} == {("late:dishub",)}
        assert [[one.template for one in texts(number)].count("SMS17") for number in late] == [1] * 12
        assert [[one.template for one in texts(number)].count("SMS35") for number in silent] == [1] * 12
