"""A test of the tests: each protection is taken away once, here and not in the product, and the check then finds the
invariant broken that it protects. With it, the same scenario breaks nothing. Where several layers protect the same, the
others are taken away in both."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from people import PATIENT, TOKEN, House
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import delete, select

from chaos.load import Caller
from chaos.watched import Watched, without_row_locks
from config import stores, timeouts
from config.settings import settings
from ivr.channels import guard, turns, twiml
from ivr.simulator.calls import audio
from ivr.simulator.network import fields
from ivr.simulator.network.wire import sign
from ivr.talk import Talk
from ticketing.calls.memory import Memory, remembered
from ticketing.models import Outbox, Turn
from ticketing.tickets import intake, moves, register
from ticketing.tickets.register import TicketError
from workers import carrier, jobs, outbox, outcomes, schedule, transactions
from workers.senders import sms

Patch = pytest.MonkeyPatch


def same_time(patch: Patch, owner: Any, name: str) -> None:
    """Two threads that come to this function go on together; one that waits alone goes on after three seconds."""
    gate, original = threading.Barrier(2), getattr(owner, name)

    def together(*given: Any, **named: Any) -> Any:
        with contextlib.suppress(threading.BrokenBarrierError):
            gate.wait(3)
        return original(*given, **named)

    patch.setattr(owner, name, together)


# -- the same report twice -----------------------------------------------------------------------------------------


def two_recordings_at_once(at: Watched, patch: Patch) -> None:
    """The callbacks of what a caller recorded twice for the apology come in the same instant, and no row is locked."""
    without_row_locks(patch)
    caller = at.caller()
    caller.hang_up()
    at.house.carrier.settle()
    told = [told_recording(at, caller) for _ in range(2)]
    same_time(patch, intake, "_new")
    with ThreadPoolExecutor(2) as pool:
        for form in told:
            pool.submit(at.house.post, "/voice/fallback/recording", form)
    at.house.work()


def told_recording(at: Watched, caller: Caller) -> dict[str, str]:
    """The fields of the callback of a recording that the carrier has just made in this call."""
    carrier_, entry = at.house.carrier, caller.call.entry
    recording = carrier_.keep_recording(caller.call, audio.stand_in(9))
    carrier_.recording_done(recording, "", wait=True)
    return {**carrier_.call_fields(entry, "completed"), **fields.of_recording(recording, carrier_.url_of(recording))}


def no_report_key(at: Watched, patch: Patch) -> None:
    at.database.execute("ALTER TABLE tickets DROP CONSTRAINT uq_tickets_report_key")


def copies_in_a_row(at: Watched, patch: Patch) -> None:
    at.faults.set({"webhook_copies": 2})
    at.reported()
    at.faults.clear()
    at.house.work()


def no_stored_reply(at: Watched, patch: Patch) -> None:
    """A turn that was answered is answered anew."""
    original = turns.answer_turn

    def anew(session: Any, form: dict[str, str], number: int, answer: Any) -> str:
        call = turns.find_or_begin(session, form)
        if session.scalar(select(Turn.id).where(Turn.call_id == call.id, Turn.number == number)):
            session.execute(delete(Turn).where(Turn.call_id == call.id, Turn.number == number))
            memory = remembered(call) or Memory()
            memory.turn = number - 1
            call.memory = memory.written()
        return original(session, form, number, answer)

    patch.setattr(turns, "answer_turn", anew)


def a_call_without_report_key(at: Watched, patch: Patch) -> None:
    """The journal alone knows what has been done in this call."""
    original = intake.open_ticket

    def keyless(session: Any, report: intake.Report, **how: Any) -> Any:
        return original(session, replace(report, key=f"{report.key}:{uuid4()}"), **how)

    patch.setattr(intake, "open_ticket", keyless)
    at.reported()
    at.house.work()


def no_journal(at: Watched, patch: Patch) -> None:
    original = Talk.once

    def again(talk: Talk, name: str, act: Callable[[], Any]) -> Any:
        acts: list[Any] = []

        def noted() -> Any:
            acts.append(act())
            return acts[0]

        remembered_one = original(talk, name, noted)
        if not acts:
            act()
        return remembered_one

    patch.setattr(Talk, "once", again)


def two_officers(at: Watched, patch: Patch) -> None:
    """Two officers change one ticket in the same instant; the positions of its history do not hold them up."""
    at.database.execute("DROP INDEX uq_events_ticket_id_position")
    number = at.reported().told[0]
    at.house.work()
    gate = threading.Barrier(2)

    def move(to: str) -> None:
        with contextlib.suppress(TicketError), transactions.transaction() as session:
            ticket = register.find(session, number, change=True)
            with contextlib.suppress(threading.BrokenBarrierError):
                gate.wait(3)
            moves.move(session, ticket, to, by="Budi")

    officers = [threading.Thread(target=move, args=(to,)) for to in ("accepted", "in_progress")]
    for officer in officers:
        officer.start()
    for officer in officers:
        officer.join()
    at.house.work()


def no_row_lock(at: Watched, patch: Patch) -> None:
    without_row_locks(patch)


# -- sending -------------------------------------------------------------------------------------------------------


def late_holder(at: Watched, patch: Patch) -> None:
    """A worker is given up for dead, another one sends the text, then the first comes back and tells of its failure.
    The carrier's list shows nothing, or it would save us."""
    patch.setattr(sms, "ask", lambda _text: None)
    at.reported()
    first = outbox.claim("texts")
    assert first is not None
    at.database.execute(
        "UPDATE outbox SET lease_until = clock_timestamp() - interval '1 second' WHERE state = 'leased'"
    )
    outbox.sweep()
    at.time_passes()
    at.house.work()
    outbox.finish(first, outcomes.later("no connection"))
    at.time_passes()
    at.house.work()


def no_lease_token(at: Watched, patch: Patch) -> None:
    original = outbox.finish

    def whoever(work: outcomes.Work, outcome: outcomes.Outcome) -> bool:
        with stores.transaction() as session:
            row = session.get_one(Outbox, work.id)
            row.state, row.lease_token = "leased", work.token
        return original(work, outcome)

    patch.setattr(outbox, "finish", whoever)


def lost_ring(at: Watched, patch: Patch) -> None:
    """Valkey loses everything after a report; workers do what they are rung for, and the time of the sweep comes."""
    at.reported()
    valkey = Redis.from_url(settings().redis_url)
    valkey.flushdb()
    for regular in schedule.SCHEDULE:
        if regular.name == "sweep":
            regular.act()
    for _ in range(5):
        for queue in outbox.QUEUES:
            rung = Queue(queue, connection=valkey, serializer=JSONSerializer)
            if rung.count:
                rung.empty()
                jobs.drain(queue)
    at.house.carrier.settle()


def no_sweep(at: Watched, patch: Patch) -> None:
    patch.setattr(schedule, "SCHEDULE", tuple(one for one in schedule.SCHEDULE if one.name != "sweep"))


def silent_carrier(at: Watched, patch: Patch) -> None:
    """The carrier takes a text and never answers; its receipts, which would prove that it has the text, are lost."""
    if carrier.SECONDS:
        patch.setattr(carrier, "SECONDS", 1.0)
    at.reported()
    at.faults.set({"rest_hang": 1, "hang_seconds": 60.0, "callbacks": "dropped"})
    worker = threading.Thread(target=jobs.drain, args=("texts",), daemon=True)
    at.threads.append(worker)
    worker.start()
    worker.join(4)
    for _ in range(2):
        at.time_passes()
        for queue in outbox.QUEUES:
            jobs.drain(queue)
        at.house.carrier.settle()


def no_carrier_limit(at: Watched, patch: Patch) -> None:
    patch.setattr(carrier, "SECONDS", None)


# -- the telephone -------------------------------------------------------------------------------------------------


def failing_commit(at: Watched, patch: Patch) -> None:
    """The database takes the report and then cannot commit it. The callback of the recording is lost, and nothing is
    reconciled, or these would save it."""
    caller = at.at_the_tone()
    at.database.execute("""CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'not committed'; END $$""")
    at.database.execute("""CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON tickets DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION refuse()""")
    at.faults.set({"drop_recording_callback": True})
    caller.record(8)
    at.house.carrier.settle()
    at.database.execute("DROP TRIGGER refuse ON tickets")
    at.faults.clear()
    if caller.call.state == "recording":  # the apology
        caller.record(9)
    caller.hang_up()
    at.house.work()


def reply_before_commit(at: Watched, patch: Patch) -> None:
    original = transactions.transaction

    @contextlib.contextmanager
    def hasty() -> Iterator[Any]:
        replied = False
        try:
            with original() as session:
                yield session
                replied = True
        except Exception:
            if not replied:
                raise

    patch.setattr(transactions, "transaction", hasty)


def hung_database(at: Watched, patch: Patch) -> None:
    """PostgreSQL takes what it is asked and answers nothing for eight seconds. The carrier waits longer than we ask it
    to, or its own limit would save us."""
    patch.setattr(twiml, "OVERRIDES", "")
    at.house.set(DATABASE_SECONDS="2")
    caller = at.caller()  # now there is a connection that can hang
    at.proxy.set("swallow")
    mend = threading.Timer(8, at.proxy.set, ("pass",))
    mend.start()
    caller.press("2")
    mend.cancel()
    at.proxy.set("pass")
    at.house.set(**PATIENT)
    caller.hang_up()
    at.house.work()


def no_read_deadline(at: Watched, patch: Patch) -> None:
    patch.setattr(timeouts.Bounded, "wait", psycopg.Connection.wait)


# -- who asks ------------------------------------------------------------------------------------------------------


def forged(at: Watched, patch: Patch) -> None:
    """Somebody who knows no token tells of a recording in a call that never was."""
    form = told_recording(at, at.reported())
    at.house.post("/voice/fallback/recording", form)
    form |= {"CallSid": f"CA{uuid4().hex}"}
    at.house.post("/voice/fallback/recording", form, headers={"X-Twilio-Signature": "forged"})
    at.house.work()


def no_signature(at: Watched, patch: Patch) -> None:
    patch.setattr(guard, "_signed", lambda *_: True)


def shifted(at: Watched, patch: Patch) -> None:
    """A captured signature also fits the same letters cut elsewhere: here the name of a field goes into the CallSid."""
    form = told_recording(at, at.reported())
    at.house.post("/voice/fallback/recording", form)
    signature = sign(TOKEN, f"{at.house.url}/voice/fallback/recording", form.items())
    form["CallSid"] += "CallStatus" + form.pop("CallStatus")
    at.house.post("/voice/fallback/recording", form, headers={"X-Twilio-Signature": signature})
    at.house.work()


def no_schema(at: Watched, patch: Patch) -> None:
    patch.setattr(guard.Fields, "problem", lambda *_: None)


# -- all of them ---------------------------------------------------------------------------------------------------

Step = Callable[[Watched, Patch], None]


@dataclass(frozen=True)
class Protection:
    scenario: Step
    off: Step
    breaks: str
    anyway: str = ""  # what the layers that were taken away in both would have held


PROTECTIONS = {
    "unique report key": Protection(two_recordings_at_once, no_report_key, "I3"),
    "stored reply": Protection(copies_in_a_row, no_stored_reply, "I3"),
    "journal of once": Protection(a_call_without_report_key, no_journal, "I1"),
    "row lock": Protection(two_officers, no_row_lock, "I7"),
    "lease token": Protection(late_holder, no_lease_token, "I5"),
    "sweep": Protection(lost_ring, no_sweep, "I12"),
    "time limit at the carrier": Protection(silent_carrier, no_carrier_limit, "I12"),
    "commit before reply": Protection(failing_commit, reply_before_commit, "I1", anyway="I2"),
    "read deadline": Protection(hung_database, no_read_deadline, "I8"),
    "signature": Protection(forged, no_signature, "I3"),
    "schema": Protection(shifted, no_schema, "I3"),
}


@pytest.fixture
def at(postgres_house: House, tmp_path: Path) -> Iterator[Watched]:
    with Watched.over(postgres_house, tmp_path) as watched:
        yield watched


@pytest.mark.parametrize("name", PROTECTIONS)
def test_with_it_nothing_breaks(name: str, at: Watched, monkeypatch: Patch) -> None:
    PROTECTIONS[name].scenario(at, monkeypatch)
    assert at.found() <= {PROTECTIONS[name].anyway}


@pytest.mark.parametrize("name", PROTECTIONS)
def test_without_it_the_check_finds_out(name: str, at: Watched, monkeypatch: Patch) -> None:
    PROTECTIONS[name].off(at, monkeypatch)
    PROTECTIONS[name].scenario(at, monkeypatch)
    assert PROTECTIONS[name].breaks in at.found()
