"""Tables of what waits to go out, and of what its workers know: circuit breakers, counts, signs of life, switches."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from config import clock
from config.stores import Base
from ticketing.models.base import Moment

_OPEN = "state IN ('pending', 'leased', 'unknown', 'dead')"


class Outbox(Base):
    """A promise to tell somebody something, made in the transaction that promised it. Workers keep it."""

    __tablename__ = "outbox"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    queue: Mapped[str] = mapped_column(String(20))
    destination: Mapped[str] = mapped_column(String(80))
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    subject_id: Mapped[UUID] = mapped_column(index=True)
    # What the row says beyond its subject; never anything personal.
    contents: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    repeatable: Mapped[bool] = mapped_column(default=True)
    held: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(12), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    faults: Mapped[int] = mapped_column(default=0, server_default="0")  # attempts that broke our own code
    deaths: Mapped[int] = mapped_column(default=0, server_default="0")  # attempts during which the worker died
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


class Tally(Base):
    """How often something happened in workers, whose processes live too briefly to count for themselves."""

    __tablename__ = "tallies"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class Beat(Base):
    """When a process that must never fall asleep was last awake."""

    __tablename__ = "beats"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)


class Switch(Base):
    """Something that a person switched off for the whole house, until it is switched on again."""

    __tablename__ = "switches"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    by: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
