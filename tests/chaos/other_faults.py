"""Faults of everybody else: the carrier, the departments, and whoever put nonsense into the outbox."""

from collections.abc import Generator
from uuid import uuid4

from chaos.broken import Broken
from ivr.simulator.network.ledger import Call

POISON = {"riddle": "texts", "email": "mail", "webhook": "dispatch", "recording": "recordings"}


def _carrier(at: Broken, wrong: dict[str, object], seconds: float) -> Generator[float, None, None]:
    before = {name: at.carrier_faults.as_dict()[name] for name in wrong}
    at.carrier_faults.set(wrong)
    try:
        yield seconds
    finally:
        at.carrier_faults.set(before)


def carrier_refuses(at: Broken) -> Generator[float, None, None]:
    """F21: too many requests, errors, wrong credentials, an opted-out number, a landline."""
    refusals = [(429, 20429), (500, 20500), (503, 20503), (401, 20003), (400, 21610), (400, 21614)]
    for status, code in at.chance.sample(refusals, 4):
        wait = 2 if status == 429 else None
        yield from _carrier(at, {"rest_fail": 2, "rest_status": status, "rest_code": code, "retry_after": wait}, 2)


def carrier_hangs(at: Broken) -> Generator[float, None, None]:
    """F21: no answer; what was asked has been done, or has not."""
    for acts in (True, False):
        yield from _carrier(at, {"rest_hang": 2, "hang_seconds": 12.0, "hang_acts": acts}, at.chance.uniform(4, 6))


def callbacks_disturbed(at: Broken) -> Generator[float, None, None]:
    """F22: receipts and the other callbacks come twice, in reverse, late or not at all."""
    for how in ("doubled", "reversed", "dropped"):
        yield from _carrier(at, {"callbacks": how, "callback_delay": 0.5}, at.chance.uniform(2, 3))


def copies(at: Broken) -> Generator[float, None, None]:
    """F23: every webhook comes several times at once."""
    yield from _carrier(at, {"webhook_copies": 5, "webhook_concurrent": True}, at.chance.uniform(4, 6))


def out_of_order(at: Broken) -> Generator[float, None, None]:
    """F24: turns before the start, after the end and of the future; all must be answered with a document."""
    for _ in range(10):
        known = [call.sid for call in at.house.carrier.ledger.listed("calls")[:30]]
        sid = at.chance.choice([*known, f"CA{uuid4().hex}"])
        at.house.carrier.wire.send(f"{at.house.url}/voice/turn/{at.chance.randrange(1, 40)}", _fields(at, sid))
        yield 0.2


def _fields(at: Broken, sid: str) -> dict[str, str]:
    entry = at.house.carrier.ledger.calls.get(sid)
    if entry is None:
        entry = Call(sid, "+6281299990000", "1500444", "inbound")
        at.house.carrier.ledger.add(entry)
    return {**at.house.carrier.call_fields(entry, "in-progress"), "Digits": str(at.chance.randrange(10))}


def _departments(at: Broken, mood: str, *, seconds: float = 1.0) -> Generator[float, None, None]:
    """One that gets mail and one that has a system of its own."""
    for department in ("dbmsda", "dlh"):
        at.house.mailboxes.be(department, mood, seconds=seconds)
        at.house.systems.be(department, mood, seconds=seconds)
    try:
        yield at.chance.uniform(5, 9)
    finally:
        at.house.mailboxes.all_well()
        at.house.systems.all_well()


def department_slow(at: Broken) -> Generator[float, None, None]:
    """F26: it takes the report and answers late, letter by letter, or never."""
    yield from _departments(at, at.chance.choice(("slow", "trickle", "hang")), seconds=2.0)


def department_down(at: Broken) -> Generator[float, None, None]:
    """F27."""
    yield from _departments(at, "refuse")


def department_lies(at: Broken) -> Generator[float, None, None]:
    """F28: it takes the report, and its answer is lost."""
    yield from _departments(at, at.chance.choice(("lie", "slam")))


def poison(at: Broken) -> Generator[float, None, None]:
    """F29: rows that break whoever takes them: of no kind, about nothing."""
    with at.house.postgres.connect() as database:
        for kind, queue in POISON.items():
            row = uuid4()
            database.execute(
                """INSERT INTO outbox (id, kind, queue, destination, dedupe_key, subject_id, repeatable, held, state,
                attempts, not_before, give_up_at, created_at, declined) VALUES (%s, %s, %s, %s, %s, %s, true, false,
                'pending', 0, clock_timestamp(), clock_timestamp() + interval '1 hour', clock_timestamp(), false)""",
                (row, kind, queue, f"poison:{row}", f"poison:{row}", uuid4()),
            )
    yield 3
