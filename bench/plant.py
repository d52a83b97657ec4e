"""Fills a database in bulk: a city with so many tickets, each with its call, its event and its mail; and texts that are
due. Numbers are sealed only for the contacts that will call; the others' are never opened."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg

from bench.house import House
from bench.webhooks import known_number
from config import vault
from ticketing.models import Contact, Message
from ticketing.rules import references

TICKETS_EACH, CALLERS = 5, 2_000
FIRST_NUMBER = 100_000_000  # nine digits that nobody keys: only the open tickets of callers get a number that checks
_TABLES = ("contacts", "calls", "tickets", "events", "outbox")

# Ticket i belongs to contact i % contacts, so that the five of a contact lie far apart; the newest of them is open.
_AT = "now() - interval '400 days' + i * (interval '390 days' / %(tickets)s)"
_CONTACT = "md5('contact ' || i %% %(contacts)s)::uuid"
_FILL = (
    (
        "contacts",
        {"id": "md5('contact ' || i)::uuid", "phone_hash": "md5('phone ' || i)", "sms": "true", "created_at": "now()"},
        "%(contacts)s",
    ),
    (
        "calls",
        {
            "id": "{call}", "sid": "'CA' || md5('call ' || i)", "contact_id": _CONTACT, "caller_kind": "'mobile'",
            "status": "'completed'", "started_at": _AT, "ended_at": f"{_AT} + interval '90 seconds'",
            "menu": "'planted'", "goal": "'report'", "goal_at": _AT,
        },
        "%(tickets)s",
    ),
    (
        "tickets",
        {
            "id": "{ticket}", "number": f"({FIRST_NUMBER} + i)::text", "report_key": "'planted:' || i",
            "channel": "'voice'", "category": "(array['sampah', 'jalan-rusak', 'banjir', 'lampu-jalan'])[1 + i %% 4]",
            "department": "(array['dlh', 'dbmsda', 'bpbd', 'dishub'])[1 + i %% 4]", "priority": "'P3'",
            "state": "CASE WHEN i / %(contacts)s = 4 THEN 'forwarded' ELSE 'confirmed' END", "language": "'id'",
            "contact_id": _CONTACT, "call_id": "{call}", "created_at": _AT, "changed_at": f"{_AT} + interval '1 hour'",
            "answer_due_at": f"{_AT} + interval '3 days'", "due_at": f"{_AT} + interval '300 days'",
            "revision": "1", "tracking_hash": "md5('code ' || i)",
        },
        "%(tickets)s",
    ),
    (
        "events",
        {
            "id": "{event}", "ticket_id": "{ticket}", "position": "1", "at": _AT, "by": "'caller'",
            "action": "'opened'", "after": "'received'", "why": "'{}'::json",
        },
        "%(tickets)s",
    ),
    (
        "outbox",
        {
            "id": "{row}", "kind": "'email'", "queue": "'dispatch'",
            "destination": "'department:' || (array['dlh', 'dbmsda', 'bpbd', 'dishub'])[1 + i %% 4]",
            "dedupe_key": "'planted:' || i", "subject_id": "{ticket}", "ticket_id": "{ticket}", "repeatable": "true",
            "state": "'sent'", "attempts": "1", "not_before": _AT, "give_up_at": f"{_AT} + interval '3 days'",
            "created_at": _AT, "finished_at": f"{_AT} + interval '5 seconds'",
        },
        "%(tickets)s",
    ),
)  # fmt: skip
_IDS = {"call": "a", "ticket": "b", "event": "c", "row": "d"}


def fill(house: House, tickets: int) -> float:
    """So many tickets; how long it took. The first CALLERS contacts can call with `known_number`."""
    began, contacts = time.monotonic(), max(tickets // TICKETS_EACH, 1)
    with psycopg.connect(house.database, autocommit=True) as db:
        db.execute("SET session_replication_role = replica")  # no triggers, no foreign keys: we know what we write
        db.execute("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET statement_timeout = 0")
        with _without_indexes(db):
            for table, values, count in _FILL:
                _insert(db, table, values, count, {"tickets": tickets, "contacts": contacts})
        with house.ours():
            _seal_callers(db, contacts)
        db.execute("VACUUM (ANALYZE)")
        db.execute("CHECKPOINT")
    return time.monotonic() - began


def open_number(at: int) -> str:
    """The number of the open ticket of a contact who can call."""
    return next(number for digit in range(10) if references.check(number := f"{90_000_000 + at}{digit}"))


def due_texts(house: House, count: int) -> None:
    """So many receipts, each to a number of its own, due now."""
    now = datetime.now(UTC)
    with house.ours(), psycopg.connect(house.database) as db:
        contacts = [_contact(uuid4(), f"+62814{at:08d}") for at in range(count)]
        messages = [(uuid4(), contact[0]) for contact in contacts]
        with db.cursor().copy("COPY contacts (id, phone, phone_hash, sms, created_at) FROM STDIN") as copy:
            for contact in contacts:
                copy.write_row((*contact, True, now))
        columns = "id, inbound, contact_id, template, body, status, created_at"
        with db.cursor().copy(f"COPY messages ({columns}) FROM STDIN") as copy:
            for id_, contact_id in messages:
                body = Message(id=id_, body="1500-444: laporan Anda 123-456-786 sudah kami terima.")._body
                copy.write_row((id_, False, contact_id, "SMS01", body, "promised", now))
        columns = (
            "id, kind, queue, destination, dedupe_key, subject_id, repeatable, held, state, attempts, "
            "not_before, give_up_at, declined, created_at"
        )
        with db.cursor().copy(f"COPY outbox ({columns}) FROM STDIN") as copy:
            for id_, contact_id in messages:
                copy.write_row(
                    (uuid4(), "sms", "texts", f"contact:{contact_id}", f"due:{id_}", id_, True, False, "pending", 0,
                     now, datetime(2100, 1, 1, tzinfo=UTC), False, now)
                )  # fmt: skip


def _insert(db: psycopg.Connection, table: str, values: dict[str, str], count: str, sizes: dict[str, int]) -> None:
    values = {**_rest(db, table, set(values)), **values}
    ids = {name: f"('{mark * 8}-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid" for name, mark in _IDS.items()}
    columns, expressions = ", ".join(f'"{name}"' for name in values), ", ".join(values.values())
    for name, id_ in ids.items():
        expressions = expressions.replace(f"{{{name}}}", id_)
    sql = f"INSERT INTO {table} ({columns}) SELECT {expressions} FROM generate_series(0, {count} - 1) AS i"  # noqa: S608
    for name, size in sizes.items():
        sql = sql.replace(f"%({name})s", str(size))
    db.execute(sql.replace("%%", "%"))


def _rest(db: psycopg.Connection, table: str, given: set[str]) -> dict[str, str]:
    """Something plain for what must not be empty."""
    query = (
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_name = %s AND is_nullable = 'NO' AND column_default IS NULL"
    )
    plain = {"boolean": "false", "integer": "0", "bigint": "0", "json": "'{}'::json", "timestamp with time zone": _AT}
    rows = db.execute(query, [table]).fetchall()
    return {name: plain.get(kind, "''") for name, kind in rows if name not in given}


@contextmanager
def _without_indexes(db: psycopg.Connection) -> Iterator[None]:
    """Everything but primary keys is built once, afterwards."""
    tables = list(_TABLES)
    unique = db.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'u' AND conrelid::regclass::text = ANY(%s)",
        [tables],
    ).fetchall()
    for table, name, _ in unique:
        db.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    indexes = db.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexname NOT LIKE 'pk_%%'", [tables]
    ).fetchall()
    for name, _ in indexes:
        db.execute(f"DROP INDEX {name}")
    yield
    for _, definition in indexes:
        db.execute(definition)
    for table, name, definition in unique:
        db.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _seal_callers(db: psycopg.Connection, contacts: int) -> None:
    for at in range(min(contacts, CALLERS)):
        ((id_,),) = db.execute("SELECT md5(%s)::uuid", [f"contact {at}"]).fetchall()
        _, phone, phone_hash = _contact(id_, known_number(at))
        db.execute("UPDATE contacts SET phone = %s, phone_hash = %s WHERE id = %s", [phone, phone_hash, id_])
        newest = f"planted:{at + (TICKETS_EACH - 1) * contacts}"
        db.execute("UPDATE tickets SET number = %s WHERE report_key = %s", [open_number(at), newest])


def _contact(id_: UUID, number: str) -> tuple[UUID, bytes | None, str]:
    return id_, Contact(id=id_, phone=number)._phone, vault.lookup(number)
