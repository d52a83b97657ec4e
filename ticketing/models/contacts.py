"""Tables of the addresses that talk with us, who follows whose report, and who guessed at one that is not theirs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from config import clock
from config.stores import Base
from ticketing.models.base import Moment, Sealed, sealed_column


class Contact(Base):
    """A telephone number that talked with us, and how it wants to be talked to."""

    __tablename__ = "contacts"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    _phone: Mapped[bytes | None] = sealed_column("phone")
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
    """How often other last digits than the reporter's were named for a ticket since `at`; too often within a day and
    nobody may name any. One row for a ticket, with its id."""

    __tablename__ = "wrong_tries"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    tries: Mapped[int] = mapped_column(default=1, server_default="1")


class FailedLookup(Base):
    """Somebody asked for a ticket and was not let in: by a link that is none, or by a number and digits that do not
    belong together. `source` is a keyed hash of where it came from."""

    __tablename__ = "failed_lookups"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(8))  # link, number
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    __table_args__ = (Index("ix_failed_lookups_source_at", "source", "at"),)
