"""Tables of reports: the ticket, its history, the words about it, and how well it was done.

What was reported and where lives in notes, which erasure can reach; events hold no personal text and are append-only
(the migrations install the triggers).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from config import clock
from config.stores import Base
from ticketing.models.base import Moment, Sealed, sealed_column
from ticketing.models.contacts import Contact
from ticketing.models.outbox import Outbox

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
    _tracking_code: Mapped[bytes | None] = sealed_column("tracking_code")
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
    """One change of one ticket: who, when, what, why. Never changed, never deleted; `chain` shows it if it was."""

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
    chain: Mapped[str | None] = mapped_column(String(64))  # rules/chain.py; None: from before there was one
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


class Rating(Base):
    """One question how well something was done, and its answer: about a ticket that was resolved, or about a call.
    Asked once in seven days of a number; open to an answer by text for 72 hours, by its page for longer."""

    __tablename__ = "ratings"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id"))
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    call_id: Mapped[UUID | None] = mapped_column(ForeignKey("calls.id"), unique=True)
    _code: Mapped[bytes | None] = sealed_column("code")  # of the page of a rated call
    code = Sealed()
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    score: Mapped[int | None]
    solved: Mapped[bool | None]
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    channel: Mapped[str | None] = mapped_column(String(10))
    __table_args__ = (Index("ix_ratings_contact_id_asked_at", "contact_id", "asked_at"),)
