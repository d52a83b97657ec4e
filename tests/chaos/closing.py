"""The end of a campaign: wait until the house has come to rest, then write the carrier's log and the database down."""

import contextlib
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from chaos.history import History, digest
from chaos.house import House
from chaos.load import ANSWERED
from config.hotline import city
from config.vault import SealBroken
from ivr.simulator.carrier import Carrier
from ivr.simulator.network.ledger import Ledger
from ticketing.media import recordings

REST_SECONDS, MAX_STEPS = 180.0, 8
SETTLED = timedelta(minutes=3)
_OPEN = "state IN ('pending', 'unknown', 'leased')"
_DUE = f"""SELECT count(*) FROM outbox WHERE {_OPEN}
    AND (not_before < clock_timestamp() OR state = 'leased') AND NOT (state = 'leased' AND lease_until IS NULL)"""
# What the carrier's log brought at the very end is read by the next round of the sweeper.
_DUE_OR_UNREAD = f"SELECT ({_DUE}) + (SELECT count(*) FROM messages WHERE inbound AND status = 'received')"


def heal(house: House, history: History) -> float:
    """From now on nothing is broken. Gives the seconds until nothing was due."""
    history.note("healed")
    seconds = rest(house, REST_SECONDS)
    history.note("drained", seconds=seconds)
    return REST_SECONDS if seconds is None else seconds


def let_time_pass(house: House) -> None:
    """What waits for a later time gets it now; a promise may take several steps."""
    until = time.monotonic() + REST_SECONDS
    rest(house, due=_DUE_OR_UNREAD)
    for _ in range(MAX_STEPS):
        with house.postgres.connect() as database:
            if not a_quarter_of_an_hour(database) or time.monotonic() > until:
                break
        rest(house, until - time.monotonic(), due=_DUE_OR_UNREAD)


def rest(house: House, limit: float = REST_SECONDS, *, due: str = _DUE) -> float | None:
    """Seconds until nothing is due any more; None when that does not come about."""
    began = time.monotonic()
    while time.monotonic() - began < limit:
        if _count(house, due) == 0:
            return round(time.monotonic() - began, 1)
        time.sleep(0.5)
    return None


def a_quarter_of_an_hour(database: "psycopg.Connection[Any]") -> int:
    """It goes by in the rows: whatever waits for a later time finds that it has come. Gives how many rows do; status
    texts that wait for their four hours are among them."""
    database.execute("UPDATE breakers SET open_until = clock_timestamp() WHERE open_until > clock_timestamp()")
    moved = database.execute(
        f"""UPDATE outbox SET not_before = clock_timestamp(), unknown_since = unknown_since - interval '15 minutes'
            WHERE {_OPEN} AND not_before > clock_timestamp()"""
    )
    return moved.rowcount


def _count(house: House, query: str) -> int:
    try:
        with house.postgres.connect() as database:
            (found,) = database.execute(query).fetchone() or (0,)
            return int(str(found))
    except psycopg.Error:
        return -1


def settle_the_carrier(carrier: Carrier) -> None:
    """A few minutes go by in the carrier's log, so that none of it may still come by webhook."""
    with contextlib.suppress(TimeoutError):
        carrier.settle(20)
    for kind in ("calls", "recordings", "messages"):
        for entry in carrier.ledger.listed(kind):
            entry.created -= SETTLED
            if getattr(entry, "ended", None):
                entry.ended -= SETTLED


def write_down(carrier: Carrier, database: "psycopg.Connection[Any]", history: History) -> None:
    """Both truths: what the carrier logged, and what the database says."""
    _carrier(carrier.ledger, history)
    with database.cursor(row_factory=dict_row) as rows:
        for what, query in QUERIES.items():
            for row in rows.execute(query).fetchall():
                history.note(what, **_plain(what, row))


def _carrier(ledger: Ledger, history: History) -> None:
    """What the carrier logged and nobody wrote down as it happened."""
    for call in ledger.listed("calls"):
        history.note("carrier call", sid=call.sid, direction=call.direction, status=call.status)
    for message in ledger.listed("messages"):
        if message.direction == "inbound":
            from_, wants = digest(message.from_), message.body in ANSWERED
            history.note("carrier text in", sid=message.sid, from_hash=from_, wants=wants)
        else:
            history.note("carrier text end", sid=message.sid, status=message.status)


def _plain(what: str, row: dict[str, Any]) -> dict[str, Any]:
    if what == "outbox":
        sort = city().sms_class(row.pop("template") or "") if row["message"] else ""
        row["sms"] = sort if sort in ("receipt", "status") else "other" if sort else ""
    if what == "ticket":
        row["confidential"] = city().category(row.pop("category")).confidential
    if what == "recording row":
        row["digest"] = _sound(row["id"]) if row["fetched"] else None
    return {name: str(value) if isinstance(value, UUID) else value for name, value in row.items()}


def _sound(recording: UUID) -> str | None:
    """What lies under our roof of a recording, as its department hears it."""
    try:
        sound = recordings.audio(recording)
    except SealBroken:
        return "broken"
    return digest(sound) if sound is not None else None


QUERIES = {
    "ticket": """SELECT t.number, t.report_key, c.sid AS call, t.state, t.department, t.category,
        t.created_at AS created,
        coalesce((SELECT (e.why ->> 'late')::boolean FROM events e WHERE e.ticket_id = t.id AND e.position = 1), false)
        AS late FROM tickets t LEFT JOIN calls c ON c.id = t.call_id""",
    "event": """SELECT t.number AS ticket, e.position, e.action, e.before, e.after, e.at
        FROM events e JOIN tickets t ON t.id = e.ticket_id ORDER BY t.number, e.position""",
    "outbox": """SELECT o.id, o.kind, o.state, o.attempts, o.dedupe_key, o.destination, o.last_error AS reason,
        o.not_before <= clock_timestamp() AS due, o.created_at AS created, o.finished_at AS finished,
        t.number AS ticket, m.id AS message, m.template
        FROM outbox o LEFT JOIN tickets t ON t.id = o.ticket_id
        LEFT JOIN messages m ON m.id = o.subject_id AND o.kind IN ('sms', 'call')""",
    "message row": "SELECT id, inbound, sid, status, intent, created_at AS created FROM messages",
    "call row": "SELECT sid, ended_at IS NOT NULL AS ended FROM calls",
    "recording row": """SELECT r.id, r.sid, t.number AS ticket, r.seconds, r.current OR r.kind <> 'report' AS current,
        r.fetched_at IS NOT NULL AS fetched
        FROM recordings r LEFT JOIN tickets t ON t.id = r.ticket_id""",
}
