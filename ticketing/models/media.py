"""Tables of recordings and photos; the sounds and pictures themselves are sealed files under var/."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from config import clock
from config.stores import Base
from ticketing.models.base import Moment


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
    lost_at: Mapped[datetime | None] = mapped_column(Moment)  # the carrier has none, or gave none in all its time
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
