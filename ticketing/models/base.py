"""Column types that every table uses: moments in UTC, and texts that are encrypted in their column.

A personal value is a sealed column (config/vault.py): `_phone` holds bytes, `.phone` reads and writes the value.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import DateTime, Dialect, LargeBinary, TypeDecorator, event
from sqlalchemy.orm import Mapped, mapped_column

from config import vault
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


def sealed_column(name: str) -> Mapped[bytes | None]:
    return mapped_column(name, LargeBinary)
