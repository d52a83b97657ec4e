"""The table of what was done with personal data. Holds counts, never the data."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from config import clock
from config.stores import Base
from ticketing.models.base import Moment


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
