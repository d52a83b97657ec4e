"""All tables: who talked with us, calls and their turns, tickets and their history, what waits to go out, and what
the city tells callers.

Personal values are sealed columns (config/vault.py): `_phone` holds bytes, `.phone` reads and writes the value.
Times are aware UTC. What was reported and where lives in notes, which erasure can reach; events hold no personal
text and are append-only (the migrations install the triggers).
"""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    TypeDecorator,
    event,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from config import clock, vault
from config.stores import Base


class Moment(TypeDecorator[datetime]):
    """An aware UTC time, on databases with time zones and without."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Sealed:
    """A text that is encrypted in the column `_<name>`, bound to this table, column and row."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.column = f"_{name}"

    def _place(self, row: Any) -> str:
        return f"{row.__tablename__}.{self.column[1:]}.{row.id}"

    def __get__(self, row: Any, owner: type) -> Any:
        if row is None:
            return self
        sealed = getattr(row, self.column)
        return None if sealed is None else vault.unseal(sealed, self._place(row)).decode()

    def __set__(self, row: Any, value: str | None) -> None:
        setattr(row, self.column, None if value is None else vault.seal(value.encode(), self._place(row)))


@event.listens_for(Base, "init", propagate=True)
def _identify(_row: Base, _args: Any, given: dict[str, Any]) -> None:
    """Give a new row its id before anything is sealed for it."""
    if "id" in type(_row).__table__.columns:
        values = {"id": uuid4(), **given}
        given.clear()
        given.update(values)


def _sealed_column(name: str) -> Mapped[bytes | None]:
    return mapped_column(name, LargeBinary)


class Contact(Base):
    """A telephone number that talked with us, and how it wants to be talked to."""

    __tablename__ = "contacts"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    _phone: Mapped[bytes | None] = _sealed_column("phone")
    phone = Sealed()
    phone_hash: Mapped[str] = mapped_column(String(64), unique=True)
    sms: Mapped[bool]
    language: Mapped[str | None] = mapped_column(String(2))
    language_at: Mapped[datetime | None] = mapped_column(Moment)
    opted_out_at: Mapped[datetime | None] = mapped_column(Moment)
    last_area: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    channel: Mapped[str | None] = mapped_column(String(10))  # how it wrote last: sms or whatsapp
    whatsapp_at: Mapped[datetime | None] = mapped_column(Moment)  # its last WhatsApp message; 24 hours are free form
    sms_refused: Mapped[str | None] = mapped_column(String(20))  # the carrier's code: never again on this channel
    whatsapp_refused: Mapped[str | None] = mapped_column(String(20))
    refused_at: Mapped[datetime | None] = mapped_column(Moment)
    restricted_at: Mapped[datetime | None] = mapped_column(Moment)  # nothing goes to it but what it asks for
    erased_at: Mapped[datetime | None] = mapped_column(Moment)


class Call(Base):
    """One telephone call, and the memory of the conversation in it."""

    __tablename__ = "calls"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    sid: Mapped[str] = mapped_column(String(128), unique=True)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id"))
    caller_kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ghost: Mapped[bool] = mapped_column(default=False)
    prank: Mapped[bool] = mapped_column(default=False, server_default=false())
    outbound: Mapped[bool] = mapped_column(default=False, server_default=false())  # we called
    transfers: Mapped[int] = mapped_column(default=0, server_default="0")  # how often it rang somebody, at our cost
    menu: Mapped[str | None] = mapped_column(String(8))
    goal: Mapped[str | None] = mapped_column(String(20))
    goal_at: Mapped[datetime | None] = mapped_column(Moment)
    announcement_id: Mapped[UUID | None]  # what was said before the menu; no key, for a ticket has a call of its own
    _memory: Mapped[bytes | None] = _sealed_column("memory")
    memory = Sealed()
    contact: Mapped[Contact | None] = relationship()
    __table_args__ = (Index("ix_calls_contact_id_started_at", "contact_id", "started_at"),)


class Turn(Base):
    """What we answered to one request of a call, kept so that the same request gets the same bytes."""

    __tablename__ = "turns"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"))
    number: Mapped[int]
    _reply: Mapped[bytes | None] = _sealed_column("reply")
    reply = Sealed()
    node: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(20))
    result: Mapped[str] = mapped_column(String(20))
    milliseconds: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    __table_args__ = (Index("uq_turns_call_id_number", "call_id", "number", unique=True),)


_UNDER_WAY = "state NOT IN ('resolved', 'confirmed', 'referred', 'merged', 'withdrawn')"
_ASKED = "state IN ('resolved', 'waiting')"  # the resident has the word


class Ticket(Base):
    """What somebody reported, who owns it, and by when."""

    __tablename__ = "tickets"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(9), unique=True)
    report_key: Mapped[str] = mapped_column(String(200), unique=True)
    channel: Mapped[str] = mapped_column(String(20))
    category: Mapped[str] = mapped_column(String(40), index=True)
    department: Mapped[str] = mapped_column(String(40), index=True)
    area: Mapped[str | None] = mapped_column(String(40))
    priority: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(String(20), index=True)
    language: Mapped[str] = mapped_column(String(2))
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id"))
    call_id: Mapped[UUID | None] = mapped_column(ForeignKey("calls.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    changed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    answer_due_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    paused_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    refusals: Mapped[int] = mapped_column(default=0)
    flagged_at: Mapped[datetime | None] = mapped_column(Moment)
    quiet: Mapped[bool] = mapped_column(default=False, server_default=false())
    revision: Mapped[int] = mapped_column(default=1)
    reopenings: Mapped[int] = mapped_column(default=0, server_default="0")
    late_at: Mapped[datetime | None] = mapped_column(Moment)  # the first promised date that passed
    warn_at: Mapped[datetime | None] = mapped_column(Moment)  # when the department is warned of the date; None: it was
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"))
    _tracking_code: Mapped[bytes | None] = _sealed_column("tracking_code")
    tracking_code = Sealed()
    tracking_hash: Mapped[str] = mapped_column(String(64), unique=True)
    contact: Mapped[Contact | None] = relationship()
    events: Mapped[list["Event"]] = relationship(order_by="Event.position")
    notes: Mapped[list["Note"]] = relationship(order_by="Note.at")
    deliveries: Mapped[list["Outbox"]] = relationship(order_by="Outbox.created_at")
    __table_args__ = (
        Index("ix_tickets_contact_id_created_at", "contact_id", "created_at"),
        Index("ix_tickets_due", "due_at", postgresql_where=text(_UNDER_WAY), sqlite_where=text(_UNDER_WAY)),
        Index("ix_tickets_answerable", "changed_at", postgresql_where=text(_ASKED), sqlite_where=text(_ASKED)),
        Index("ix_tickets_closed_at", "closed_at"),
    )


class Event(Base):
    """One change of one ticket: who, when, what, why. Never changed, never deleted."""

    __tablename__ = "events"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"))
    position: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    by: Mapped[str] = mapped_column(String(60))
    action: Mapped[str] = mapped_column(String(20))
    before: Mapped[str | None] = mapped_column(String(20))
    after: Mapped[str | None] = mapped_column(String(20))
    why: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    __table_args__ = (Index("uq_events_ticket_id_position", "ticket_id", "position", unique=True),)


class Note(Base):
    """Words about a ticket: the place as it was said, a remark, a reason. Erasure can reach it."""

    __tablename__ = "notes"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    by: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(2000))


class Follower(Base):
    """A number that is told about somebody else's ticket: an incident it reported too, a proposal it supports."""

    __tablename__ = "followers"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"))
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    contact: Mapped[Contact] = relationship()
    __table_args__ = (Index("uq_followers_ticket_id_contact_id", "ticket_id", "contact_id", unique=True),)


class WrongTry(Base):
    """Somebody named other last digits than the reporter's; too many in a day and nobody may try any more."""

    __tablename__ = "wrong_tries"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class Callback(Base):
    """A promise to telephone somebody within a window, and how often that was tried."""

    __tablename__ = "callbacks"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id"), index=True)
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"))
    department: Mapped[str] = mapped_column(String(40))
    topic: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2))
    urgent: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12), default="open", index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    from_at: Mapped[datetime] = mapped_column(Moment)
    until_at: Mapped[datetime] = mapped_column(Moment)
    next_at: Mapped[datetime] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by: Mapped[str | None] = mapped_column(String(60))
    contact: Mapped[Contact] = relationship()
    ticket: Mapped[Ticket | None] = relationship()


class Survey(Base):
    """What a caller thought of a handled call: 1 to 5, and whether the matter is solved."""

    __tablename__ = "surveys"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"), unique=True)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    score: Mapped[int]
    solved: Mapped[bool | None]
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class Rating(Base):
    """One question how well something was done, and its answer: about a ticket that was resolved, or about a call.
    Asked once in seven days of a number; open to an answer by text for 72 hours, by its page for longer."""

    __tablename__ = "ratings"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id"))
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    call_id: Mapped[UUID | None] = mapped_column(ForeignKey("calls.id"), unique=True)
    _code: Mapped[bytes | None] = _sealed_column("code")  # of the page of a rated call
    code = Sealed()
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    score: Mapped[int | None]
    solved: Mapped[bool | None]
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    channel: Mapped[str | None] = mapped_column(String(10))
    __table_args__ = (Index("ix_ratings_contact_id_asked_at", "contact_id", "asked_at"),)


class Announcement(Base):
    """What the city tells callers until a time: a notice or a flood notice before the menu, or a declared incident of a
    category, which is one ticket that callers may follow. Words and details hold one text for each language."""

    __tablename__ = "announcements"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    areas: Mapped[list[str]] = mapped_column(JSON, default=list)
    words: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    details: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"))
    by: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    ends_at: Mapped[datetime] = mapped_column(Moment, index=True)
    ticket: Mapped[Ticket | None] = relationship()


class Recording(Base):
    """A recording that the carrier made; the audio is a sealed file under var/ once it was fetched."""

    __tablename__ = "recordings"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    sid: Mapped[str] = mapped_column(String(128), unique=True)
    call_id: Mapped[UUID | None] = mapped_column(ForeignKey("calls.id"), index=True)
    turn: Mapped[int]
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    seconds: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10), default="report", server_default="report")
    completed: Mapped[bool] = mapped_column(default=False)
    current: Mapped[bool] = mapped_column(default=False)
    silent: Mapped[bool] = mapped_column(default=False)
    media_type: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    fetched_at: Mapped[datetime | None] = mapped_column(Moment)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)


class Photo(Base):
    """A picture that belongs to a ticket: what a resident sent, or the department's proof. The picture itself is a
    sealed file under var/, made anew from its pixels. `source` is where it is fetched from, once: the carrier's ids,
    never an address that came from outside; None for what was uploaded."""

    __tablename__ = "photos"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id"), index=True)
    source: Mapped[str | None] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(10), default="report")  # report, remark, proof
    by: Mapped[str] = mapped_column(String(60))
    width: Mapped[int | None]
    height: Mapped[int | None]
    fingerprint: Mapped[str | None] = mapped_column(String(16), index=True)  # how it looks, to find it again
    unusable: Mapped[str | None] = mapped_column(String(60))  # why it is not kept
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    fetched_at: Mapped[datetime | None] = mapped_column(Moment)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)


class Chat(Base):
    """The conversation by text with one number, whatever the channel: what it is being asked. A conversation sees it as
    it sees a call."""

    __tablename__ = "chats"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id"), unique=True)
    _memory: Mapped[bytes | None] = _sealed_column("memory")
    memory = Sealed()
    changed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    contact: Mapped[Contact] = relationship()


class Message(Base):
    """One text (or one telling by telephone), in or out, and how far it came. `details` holds as JSON what a text out
    was filled with, and what came with a text in beside its words."""

    __tablename__ = "messages"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    inbound: Mapped[bool]
    sid: Mapped[str | None] = mapped_column(String(128), unique=True)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id"))
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    template: Mapped[str | None] = mapped_column(String(20))
    _body: Mapped[bytes | None] = _sealed_column("body")
    body = Sealed()
    _details: Mapped[bytes | None] = _sealed_column("details")
    details = Sealed()
    channel: Mapped[str] = mapped_column(String(10), default="sms", server_default="sms")  # sms, whatsapp, voice
    reply_to_id: Mapped[UUID | None]  # the text in that this answers
    intent: Mapped[str | None] = mapped_column(String(20))  # what a text in was understood as
    status: Mapped[str] = mapped_column(String(20))
    error: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    contact: Mapped[Contact | None] = relationship()
    __table_args__ = (
        Index("ix_messages_contact_id_created_at", "contact_id", "created_at"),
        Index(
            "ix_messages_unread",
            "created_at",
            postgresql_where=text("inbound AND status = 'received'"),
            sqlite_where=text("inbound AND status = 'received'"),
        ),
    )


_OPEN = "state IN ('pending', 'leased', 'unknown', 'dead')"


class Outbox(Base):
    """A promise to tell somebody something, made in the transaction that promised it. Workers keep it."""

    __tablename__ = "outbox"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    queue: Mapped[str] = mapped_column(String(20))
    destination: Mapped[str] = mapped_column(String(80))
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    subject_id: Mapped[UUID]
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    repeatable: Mapped[bool] = mapped_column(default=True)
    held: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    faults: Mapped[int] = mapped_column(default=0, server_default="0")  # attempts that broke our own code
    not_before: Mapped[datetime] = mapped_column(Moment)
    give_up_at: Mapped[datetime] = mapped_column(Moment)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    lease_token: Mapped[UUID | None]
    unknown_since: Mapped[datetime | None] = mapped_column(Moment)
    declined: Mapped[bool] = mapped_column(default=False)
    provider_ref: Mapped[str | None] = mapped_column(String(128), index=True)
    last_error: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        Index("ix_outbox_due", "queue", "not_before", postgresql_where=text("state IN ('pending', 'unknown')")),
        Index(
            "uq_outbox_one_call_in_flight",
            "destination",
            unique=True,
            postgresql_where=text("state = 'leased'"),
            sqlite_where=text("state = 'leased'"),
        ),
        Index("ix_outbox_open", "state", "kind", postgresql_where=text(_OPEN), sqlite_where=text(_OPEN)),
        Index(
            "ix_outbox_texts_finished",
            "finished_at",
            postgresql_where=text("kind = 'sms'"),
            sqlite_where=text("kind = 'sms'"),
        ),
    )


class Breaker(Base):
    """A destination that keeps failing, and until when nothing is sent there."""

    __tablename__ = "breakers"
    destination: Mapped[str] = mapped_column(String(80), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    open_until: Mapped[datetime | None] = mapped_column(Moment)


class Beat(Base):
    """When a process that must never fall asleep was last awake."""

    __tablename__ = "beats"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)


class FailedLookup(Base):
    """Somebody asked for a ticket and was not let in: by a link that is none, or by a number and digits that do not
    belong together. `source` is a keyed hash of where it came from."""

    __tablename__ = "failed_lookups"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(8))  # link, number
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    __table_args__ = (Index("ix_failed_lookups_source_at", "source", "at"),)


class Switch(Base):
    """Something that a person switched off for the whole house, until it is switched on again."""

    __tablename__ = "switches"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    by: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class PrivacyEntry(Base):
    """The register of what was done with personal data: a person's request with the time it must be answered by, or a
    run of the retention with what it removed. Holds counts, never the data; `subject` is a keyed hash."""

    __tablename__ = "privacy_register"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))  # export, correct, restrict, erase, retention
    subject: Mapped[str | None] = mapped_column(String(64), index=True)
    by: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Tally(Base):
    """How often something happened in workers, whose processes live too briefly to count for themselves."""

    __tablename__ = "tallies"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


def remembered(call: Call) -> dict[str, Any]:
    """The memory of the conversation in `call`; empty when it has none yet."""
    memory = call.memory  # unsealed once
    return dict(json.loads(memory)) if memory else {}
