"""The deadline of a ticket: it stands still while the resident is asked and starts anew when it is reopened."""

import time_machine
from factories import changing, moved, opened, seen, wib
from people import House

from ticketing.tickets import history, moves


def test_the_clock_stands_still_while_the_resident_is_asked(house: House) -> None:
    """Street lights: seven days by the clock."""
    with time_machine.travel(wib("2026-03-02 09:00"), tick=False) as now:
        number = opened(category="lampu-jalan")
        assert seen(number).due_at == wib("2026-03-09 09:00")
        now.move_to(wib("2026-03-03 10:00"))
        moved(number, "waiting", note_text="tiang nomor berapa?")
        assert seen(number).paused_at == wib("2026-03-03 10:00")
        assert seen(number).due_at == wib("2026-03-09 09:00"), "what was lost is known when it goes on"
        now.move_to(wib("2026-03-05 16:00"))
        moved(number, "in_progress")
        assert seen(number).paused_at is None
        assert seen(number).due_at == wib("2026-03-11 15:00"), "two days and six hours later"
        now.move_to(wib("2026-03-06 08:00"))
        moved(number, "waiting")
        now.move_to(wib("2026-03-06 09:30"))
        moved(number, "resolved")
        assert seen(number).due_at == wib("2026-03-11 16:30"), "a second pause adds to the first"


def test_a_pause_in_working_days_costs_each_day_whose_closing_it_covers(house: House) -> None:
    """Complaints about staff: 14 working days."""
    with time_machine.travel(wib("2026-06-08 09:00"), tick=False) as now:
        number = opened(category="keluhan-petugas")
        without = seen(number).due_at
        now.move_to(wib("2026-06-12 17:00"))
        moved(number, "waiting")
        now.move_to(wib("2026-06-15 08:00"))
        moved(number, "in_progress")
        assert seen(number).due_at == without, "asked on Friday evening, answered on Monday morning"
        moved(number, "waiting")
        now.move_to(wib("2026-06-16 08:00"))
        moved(number, "in_progress")
        assert seen(number).due_at.date() > without.date(), "all of Monday"


def test_a_note_or_another_department_does_not_start_the_clock(house: House) -> None:
    with time_machine.travel(wib("2026-03-02 09:00"), tick=False) as now:
        number = opened(category="lampu-jalan")
        moved(number, "waiting")
        now.move_to(wib("2026-03-03 09:00"))
        with changing(number) as (session, ticket):
            history.note(session, ticket, "menunggu jawaban", by="Rina")
            moves.assign(session, ticket, "dbmsda", by="Rina")
        assert (seen(number).state, seen(number).paused_at) == ("waiting", wib("2026-03-02 09:00"))
        now.move_to(wib("2026-03-04 09:00"))
        moved(number, "accepted")
        assert seen(number).due_at == wib("2026-03-11 09:00")


def test_refusing_and_assigning_do_not_make_a_resident_wait_longer(house: House) -> None:
    with time_machine.travel(wib("2026-03-02 09:00"), tick=False) as now:
        number = opened(category="lampu-jalan")
        due = seen(number).due_at
        now.move_to(wib("2026-03-06 09:00"))
        moved(number, "refused", owner="dbmsda", by="dishub")
        with changing(number) as (session, ticket):
            moves.assign(session, ticket, "disperkimtan", by="Rina")
        assert seen(number).due_at == due


def test_reopening_gives_a_new_deadline_and_forgets_old_pauses(house: House) -> None:
    with time_machine.travel(wib("2026-03-02 09:00"), tick=False) as now:
        number = opened(category="lampu-jalan")
        moved(number, "waiting")
        now.move_to(wib("2026-03-05 09:00"))
        moved(number, "in_progress", "resolved", "confirmed")
        now.move_to(wib("2026-03-30 13:00"))
        moved(number, "reopened", by="caller")
        ticket = seen(number)
        assert ticket.due_at == wib("2026-04-06 13:00")
        assert (ticket.closed_at, ticket.revision) == (None, 2)
        moved(number, "waiting")
        now.move_to(wib("2026-03-31 13:00"))
        moved(number, "in_progress")
        assert seen(number).due_at == wib("2026-04-07 13:00"), "only the pause since it was reopened"
