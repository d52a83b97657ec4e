"""Counts of what happens in workers, whose processes live too briefly to keep them."""

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ticketing.models import Tally


def add(session: Session, name: str) -> None:
    """One more of `name`."""
    more = update(Tally).where(Tally.name == name).values(count=Tally.count + 1)
    if session.execute(more).rowcount:  # type: ignore[attr-defined] # an UPDATE has one
        return
    try:
        with session.begin_nested():
            session.execute(insert(Tally).values(name=name, count=1))
    except IntegrityError:  # its first one twice at once
        session.execute(more)
