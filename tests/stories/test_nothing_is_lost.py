"""We were down, the carrier was not: what reached it becomes tickets all the same, once, and nobody is asked twice."""

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import requests
from people import House, Resident
from sqlalchemy import func, select

from config import stores
from ivr.channels import inbox
from ivr.operations.fallback import FOLDER
from ivr.simulator.calls import audio
from ivr.simulator.network import ledger
from ticketing.calls import call_log
from ticketing.models import Beat, Call, Contact, Message, Recording
from workers import reconcile
from workers.reconcile import CarrierAway

NOWHERE = "http://127.0.0.1:1"


class Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = {".xml": "text/xml"}  # noqa: RUF012

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(autouse=True)
def settled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits two minutes here for a webhook that will never come."""
    monkeypatch.setattr(reconcile, "SETTLED", timedelta())


@pytest.fixture(autouse=True)
def static_fallback(house: House) -> Iterator[None]:
    """The documents of config/fallback on another machine, which the carrier asks when we fail."""
    serve = functools.partial(Quiet, directory=str(FOLDER))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    house.carrier._fallback_url = f"http://127.0.0.1:{server.server_port}/voice.xml"
    house.carrier._fallback_method = "GET"
    yield
    server.shutdown()
    server.server_close()


@contextmanager
def down(house: House) -> Iterator[None]:
    """No web process of ours answers."""
    wire = house.carrier.wire
    send = wire.send
    wire.send = lambda url, *given, **more: send(url.replace(house.url, NOWHERE), *given, **more)
    try:
        yield
        house.carrier.settle()
    finally:
        wire.send = send


def count(kind: type) -> int:
    with stores.reading() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def test_a_report_at_the_static_fallback_becomes_a_late_ticket_once(house: House) -> None:
    with down(house):
        ani = Resident(house).dials().hears("Laporan tetap kami terima").talks(9).hears("sudah tersimpan")
    assert house.tickets() == []
    assert house.flask("reconcile").split("\n")[:2] == ["    1 calls", "    1 recordings"]
    house.work()
    ticket = house.ticket()
    assert (ticket["category"], ticket["department"], ticket["status"]) == ("lainnya", "call-centre", "forwarded")
    assert ticket["history"][0]["why"]["late"] is True
    assert len(ani.inbox) == 1, "and the resident knows"
    assert house.carrier.ledger.listed("recordings") == [], "the carrier keeps nothing"
    assert house.flask("reconcile", "--hours", "48").strip() == "nothing was missing"
    assert len(house.tickets()) == 1


def test_a_call_that_nobody_answered_is_known_afterwards(house: House) -> None:
    with down(house):
        Resident(house).dials().hangs_up()
    found = reconcile.reconcile()
    assert found == {"calls": 1}
    with stores.reading() as session:
        call = session.scalars(select(Call)).one()
        assert (call.status, call.ended_at is not None) == ("completed", True)
    assert house.tickets() == []


def test_the_end_of_a_call_that_we_missed_lets_its_report_go(house: House) -> None:
    """The report is recorded and kept, then we die under the caller's hands."""
    ani = Resident(house).dials().presses("2", "2").says("Kayuringin Jaya").presses("1").talks(9)
    with down(house):
        ani.hangs_up()
    house.work()
    assert house.ticket()["status"] == "received", "held: nobody told us that the caller is gone"
    assert reconcile.reconcile()["calls ended"] == 1
    house.work()
    assert house.ticket()["status"] == "forwarded"
    assert len(ani.inbox) == 1


def test_a_recording_that_was_lost_in_the_middle_of_a_call_becomes_the_report_it_was_made_for(house: House) -> None:
    """We die while the caller talks: neither the turn nor the callback reaches us, the fallback records once more."""
    ani = Resident(house).dials().presses("2", "2").says("Kayuringin Jaya").presses("1")
    with down(house):
        ani.talks(9).hears("Laporan tetap kami terima").talks(7).hears("sudah tersimpan")
    assert reconcile.reconcile()["recordings"] == 2
    house.work()
    ticket = house.ticket()
    assert (ticket["category"], ticket["area"], ticket["status"]) == ("sampah", "Kayuringinjaya", "forwarded")
    assert ticket["history"][0]["why"]["late"] is True
    assert len(ani.inbox) == 1


def test_what_the_fallback_records_once_the_report_has_left_reaches_its_department_too(house: House) -> None:
    """We die in the review: the fallback records once more. We are back, the report leaves, and what was said last is
    only found afterwards."""
    ani = Resident(house).dials().presses("2", "2").says("Kayuringin Jaya").presses("1").talks(9)
    with down(house):
        ani.presses("1").hears("Laporan tetap kami terima").talks(7).hears("sudah tersimpan")
    with stores.transaction() as session:
        call = session.scalars(select(Call)).one()
        call_log.ended(session, call, "completed")
    house.work()
    assert len(house.mails()) == 1
    assert reconcile.reconcile()["recordings"] == 1
    house.work()
    links = [re.search(r"http\S+/recordings/\S+", mail.text).group() for mail in house.mails()]
    heard = [audio.length(requests.get(link, timeout=60).content) for link in links]
    assert sorted(heard) == pytest.approx([7, 9], abs=0.5)
    assert [event["action"] for event in house.ticket()["history"]] == ["opened", "forwarded", "added"]
    assert reconcile.reconcile() == {}
    house.work()
    assert len(house.mails()) == 2


def test_a_recording_in_which_nobody_can_have_spoken_is_no_report_and_does_not_stay_at_the_carrier(
    house: House,
) -> None:
    with down(house):
        Resident(house).dials().talks(1)
    assert reconcile.reconcile() == {"calls": 1}
    assert house.tickets() == []
    (left,) = house.carrier.ledger.listed("recordings")
    house.carrier.ledger.touch(left, created=left.created - timedelta(hours=24, minutes=30))
    assert reconcile.reconcile() == {"useless recordings deleted": 1}
    assert house.carrier.ledger.listed("recordings") == []


def test_a_text_that_found_us_closed_is_read_and_an_old_stop_does_not_win_over_a_newer_word(house: House) -> None:
    ani, budi = Resident(house), Resident(house, "+6281200002222")
    with down(house):
        for one in (ani, budi):
            house.carrier.text(one.number, "STOP")
    for text in house.carrier.ledger.listed("messages"):
        house.carrier.ledger.touch(text, created=text.created - timedelta(minutes=5))
    budi.texts("MULAI")
    assert reconcile.reconcile()["texts"] == 2
    assert reconcile.reconcile()["texts"] == 0
    inbox.read_late()
    with stores.reading() as session:
        stopped = {one.phone: one.opted_out_at is not None for one in session.scalars(select(Contact))}
    assert stopped == {ani.number: True, budi.number: False}
    with stores.reading() as session:
        assert len(session.scalars(select(Message).where(Message.inbound)).all()) == 3


def test_receipts_that_were_lost_are_read_from_the_carrier(house: House) -> None:
    house.carrier.faults.set({"callbacks": "dropped"})
    Resident(house).dials().presses("2", "2").says("Kayuringin Jaya").presses("1").talks(9).presses("1").hangs_up()
    house.carrier.faults.clear()
    reconcile.reconcile()  # the end of the call was dropped too
    house.work()
    (text,) = [one for one in house.carrier.ledger.listed("messages") if one.direction == "outbound-api"]
    with stores.reading() as session:
        sent = session.scalars(select(Message).where(~Message.inbound)).one()
    assert (sent.status, text.status) == ("delivered", "delivered")


def test_what_is_under_way_is_left_to_its_webhooks(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with down(house):
        Resident(house).dials().talks(9)
        house.carrier.text("+6281200002222", "halo")
    monkeypatch.setattr(reconcile, "SETTLED", timedelta(minutes=2))
    assert reconcile.reconcile() == {}
    assert count(Recording) == count(Message) == 0


def watermark() -> datetime | None:
    with stores.reading() as session:
        beat = session.get(Beat, reconcile.NAME)
        return beat.at if beat else None


def test_a_carrier_that_cannot_be_asked_leaves_the_watermark_and_the_command_says_why(house: House) -> None:
    reconcile.reconcile()
    before = watermark()
    house.carrier.faults.set({"rest_fail": 1})
    with pytest.raises(CarrierAway):
        reconcile.reconcile()
    assert watermark() == before
    house.carrier.faults.set({"rest_fail": 1})
    assert "the carrier's log cannot be read" in house.refused("reconcile")
    reconcile.reconcile()
    assert watermark() != before


def test_a_long_outage_is_fetched_in_several_runs(house: House) -> None:
    for nth in range(30):
        entry = ledger.Call(ledger.new_sid("CA"), f"+62812000{nth:05}", "1500444", "inbound", "completed")
        entry.ended = entry.created
        house.carrier.ledger.add(entry)
    found = reconcile.reconcile(seconds=0)
    assert found["incomplete"] == 1
    assert watermark() is None
    assert reconcile.reconcile()["calls"] == 30 - found["calls"]
    assert count(Call) == 30
