"""Tables of telephone calls: their turns and memory, promises to call back, and what callers thought of them."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from config import clock
from config.stores import Base
from ticketing.models.base import Moment, Sealed, sealed_column
from ticketing.models.contacts import Contact
from ticketing.models.tickets import Ticket

TURNS_LAST = timedelta(days=30)  # then retention forgets them, and statistics know of less


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
    _memory: Mapped[bytes | None] = sealed_column("memory")
    memory = Sealed()
    contact: Mapped[Contact | None] = relationship()
    __table_args__ = (Index("ix_calls_contact_id_started_at", "contact_id", "started_at"),)


class Turn(Base):
    """What we answered to one request of a call, kept so that the same request gets the same bytes."""

    __tablename__ = "turns"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"))
    number: Mapped[int]
    _reply: Mapped[bytes | None] = sealed_column("reply")
    reply = Sealed()
    node: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(20))
    result: Mapped[str] = mapped_column(String(20))
    milliseconds: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    __table_args__ = (Index("uq_turns_call_id_number", "call_id", "number", unique=True),)


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
