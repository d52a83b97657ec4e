"""Tables of texts in and out, the conversation by text with one number, and what the city announces."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from config import clock
from config.stores import Base
from ticketing.models.base import Moment, Sealed, sealed_column
from ticketing.models.contacts import Contact
from ticketing.models.tickets import Ticket


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
    _body: Mapped[bytes | None] = sealed_column("body")
    body = Sealed()
    _details: Mapped[bytes | None] = sealed_column("details")
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
        Index(
            "ix_messages_doubted",
            "created_at",
            postgresql_where=text("inbound AND status = 'doubted'"),
            sqlite_where=text("inbound AND status = 'doubted'"),
        ),
        Index(
            "ix_messages_worded",
            "created_at",
            postgresql_where=text("body IS NOT NULL OR details IS NOT NULL"),
            sqlite_where=text("body IS NOT NULL OR details IS NOT NULL"),
        ),
        Index(
            "ix_messages_known",
            "created_at",
            postgresql_where=text("contact_id IS NOT NULL"),
            sqlite_where=text("contact_id IS NOT NULL"),
        ),
    )


class Chat(Base):
    """The conversation by text with one number, whatever the channel: what it is being asked. A conversation sees it as
    it sees a call."""

    __tablename__ = "chats"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id"), unique=True)
    _memory: Mapped[bytes | None] = sealed_column("memory")
    memory = Sealed()
    changed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    contact: Mapped[Contact] = relationship()


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
