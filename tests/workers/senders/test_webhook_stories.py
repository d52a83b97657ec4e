"""A department's own system while the report goes on: another owner, a voice that comes later, and what a resident
notices of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import requests
import time_machine
from deliveries import NEW, PHONE, add_recording, delivery, state
from factories import changing, make_due, moved, opened, rows, wib
from people import House, Resident
from pretenders import System, says
from standardwebhooks import Webhook

from ivr.simulator.calls import audio
from ticketing.tickets import moves

# -- a ticket that goes on meanwhile -------------------------------------------------------------------------------


def test_what_is_another_s_by_now_is_not_sent(house: House, system: System) -> None:
    system.answers = [says(500)]
    assigned, over = opened(), opened()
    with changing(assigned) as (session, ticket):
        moves.assign(session, ticket, "bpbd", by="Rina")
    moved(over, "resolved")
    house.work()
    for number in (assigned, over):
        assert state(number) == ("dead", "the ticket is no longer this department's")
    assert system.got == []
    assert [mail.to for mail in house.mails()] == ["bpbd@bekasikota.invalid"]


def test_there_and_back_again_is_another_revision(house: House, system: System) -> None:
    number = opened()
    house.work()
    for department in ("bpbd", "dlh"):
        with changing(number) as (session, ticket):
            moves.assign(session, ticket, department, by="Rina")
        house.work()
    first, second = system.got
    assert (first.report["revision"], second.report["revision"]) == (1, 3)
    assert first.headers["webhook-id"] != second.headers["webhook-id"]


def test_a_ticket_that_moves_while_it_is_sent_stays_where_it_is(house: House, system: System) -> None:
    number = opened()
    system.answers = [lambda _system, write: (moved(number, "accepted"), write(says(200)))]
    house.work()
    assert state(number) == ("sent", None)
    assert house.ticket(number)["status"] == "accepted"


def test_when_the_city_gives_the_address_up_mail_takes_over(
    house: House, system: System, give: Callable[..., None]
) -> None:
    system.answers = [says(410)]
    number = opened()
    house.work()
    give()
    house.flask("outbox", "--replay", str(delivery(number).id))
    house.work()
    assert state(number) == ("sent", None)
    assert [mail.to for mail in house.mails()] == ["dlh@bekasikota.invalid"]
    assert house.ticket(number)["status"] == "forwarded"


# -- with the voice ------------------------------------------------------------------------------------------------


def reported(house: House, sound: bytes | None = None) -> Resident:
    caller = Resident(house, PHONE).dials().presses("2", "2", "*").talks(sound=sound).presses("1").hangs_up()
    house.carrier.settle()
    return caller


def test_it_waits_for_the_voice_and_tells_until_when_it_is_heard(house: House, system: System) -> None:
    house.carrier.faults.set({"media_missing": 1})
    reported(house)
    house.work()
    assert system.got == []
    assert state(house.ticket()["number"]) == ("pending", None), "nor was it tried"
    make_due(*rows(kind="recording"))
    house.work()
    (got,) = system.got
    assert requests.get(got.report["recording"], timeout=60).content[:4] == b"RIFF"
    left = datetime.fromisoformat(got.report["recordings_until"]) - datetime.now(UTC)
    assert timedelta(days=13, hours=23) < left <= timedelta(days=14)


def test_what_was_said_later_comes_as_another_revision(house: House, system: System) -> None:
    number = opened()
    house.work()
    add_recording(number)
    house.work()
    first, second = (got.report for got in system.got)
    assert (first["revision"], first["added_recordings"]) == (1, [])
    assert (second["revision"], second["recording"], len(second["added_recordings"])) == (2, None, 1)
    assert second["recordings_until"]


def test_silence_is_for_the_call_centre(house: House, system: System) -> None:
    reported(house, audio.silent(8))
    house.work()
    assert system.got == []
    assert [mail.to for mail in house.mails()] == ["petugas@1500444.invalid"]


def test_a_resident_reports_and_hears_that_the_department_s_system_has_it(sqlite_house: House, system: System) -> None:
    system.answers = [says(503)]
    with time_machine.travel(wib("2026-03-02 09:00")) as now:
        ani = reported(sqlite_house)
        sqlite_house.work()
        number = ani.ticket_number
        assert sqlite_house.ticket(number)["status"] == "received", "the system is down"
        assert len(ani.inbox) == 1
        now.move_to(wib("2026-03-02 11:00"))
        sqlite_house.work()
        trouble, got = system.got
        assert trouble.headers["webhook-id"] == got.headers["webhook-id"]
        assert Webhook(NEW).verify(got.body, got.headers)["data"]["number"] == number
        assert sqlite_house.ticket(number)["status"] == "forwarded"
        assert [event["by"] for event in sqlite_house.ticket(number)["history"]] == ["caller", "hotline"]
        now.move_to(wib("2026-03-02 14:00"))  # one status text in four hours
        sqlite_house.work()
        receipt, news = ani.inbox
        assert number in receipt and number in news and "DLH" in news
        assert sqlite_house.mails() == []
