"""Seals anew, with the newest of DATA_KEYS, what an older one sealed, and stores the newest keyed hash where LOOKUP_KEY
was rotated. In batches, each a transaction of its own, while the hotline works; cut short, the next run goes on.

What the hotline changes meanwhile is left as it is: it seals with the newest key by itself, once it was restarted with
it. Of whom nobody knows the number any more (the list of erased numbers, old entries of the register of privacy, the
addresses of failed look-ups) no new hash can be made.
"""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, Executable, exists, select, update
from sqlalchemy.orm import Session, aliased

from config import stores, vault
from config.logs import warn
from config.settings import settings
from ticketing.media import photos, recordings
from ticketing.models import Contact, PrivacyEntry, Rating, Sealed, Ticket

BATCH = 200
HASHED = ((Contact, "phone", "phone_hash"), (Ticket, "tracking_code", "tracking_hash"), (Rating, "code", "code_hash"))
FILES = {"recordings": recordings.sealed_for, "photos": photos.sealed_for}


class Rotated:
    """How many values were sealed or hashed anew, and how many could not be, by their place."""

    def __init__(self) -> None:
        self.anew: Counter[str] = Counter()
        self.left: Counter[str] = Counter()


def rotate() -> Rotated:
    """Do all that is to do; done twice it changes nothing more. An old key may go when nothing is left."""
    found = Rotated()
    for table in _tables():
        for ids in _pages(table):
            with stores.transaction() as session:
                _seal(session, table, ids, found)
    for hashed in HASHED:
        for ids in _pages(hashed[0]):
            with stores.transaction() as session:
                _hash(session, hashed, ids, found)
    for folder, place_of in FILES.items():
        for path in sorted((settings().var_dir / folder).glob("*/*.sealed")):
            _seal_file(path, folder, place_of(path), found)
    return found


def _tables() -> Iterator[Any]:
    """Every table that has a sealed column."""
    for mapper in stores.Base.registry.mappers:
        if _sealed(mapper.class_):
            yield mapper.class_


def _sealed(table: Any) -> list[str]:
    return [name for name, value in vars(table).items() if isinstance(value, Sealed)]


def _pages(table: Any) -> Iterator[Sequence[UUID]]:
    """The ids of a table, some at a time, by their order."""
    ids: Sequence[UUID] = ()
    while True:
        some = select(table.id).order_by(table.id).limit(BATCH)
        with stores.reading() as session:
            ids = session.scalars(some.where(table.id > ids[-1]) if ids else some).all()
        if ids:
            yield ids
        if len(ids) < BATCH:
            return


def _seal(session: Session, table: Any, ids: Sequence[UUID], found: Rotated) -> None:
    for name in _sealed(table):
        column, what = getattr(table, f"_{name}"), f"{table.__tablename__}.{name}"
        for id_, sealed in session.execute(select(table.id, column).where(table.id.in_(ids), column.is_not(None))):
            if vault.is_newest(sealed):
                continue
            try:
                anew = vault.seal(vault.unseal(sealed, f"{what}.{id_}"), f"{what}.{id_}")
            except vault.SealBroken:
                _leave(what, str(id_), found)
                continue
            unchanged = update(table).where(table.id == id_, column == sealed)  # else the hotline was quicker
            found.anew[what] += _done(session, unchanged.values({column: anew}))


def _hash(session: Session, hashed: tuple[Any, str, str], ids: Sequence[UUID], found: Rotated) -> None:
    table, name, hash_name = hashed
    column, what, other = getattr(table, hash_name), f"{table.__tablename__}.{hash_name}", aliased(table)
    rows = session.scalars(select(table).where(table.id.in_(ids), getattr(table, f"_{name}").is_not(None))).all()
    for row in rows:
        try:
            hashes = vault.lookups(getattr(row, name))
        except vault.SealBroken:
            _leave(what, str(row.id), found)
            continue
        if getattr(row, hash_name) == hashes[0] or getattr(row, hash_name) not in hashes:
            continue
        taken = exists(select(other.id).where(getattr(other, hash_name) == hashes[0]))
        changed = _done(
            session, update(table).where(table.id == row.id, column.in_(hashes), ~taken).values({column: hashes[0]})
        )
        found.anew[what] += changed
        if not changed:
            _leave(what, str(row.id), found)
        elif table is Contact:
            register = update(PrivacyEntry).where(PrivacyEntry.subject.in_(hashes[1:]))
            found.anew["privacy_register.subject"] += _done(session, register.values(subject=hashes[0]))


def _seal_file(path: Path, folder: str, place: str, found: Rotated) -> None:
    """Whole or not at all. What retention deletes at this moment and this brings back goes with its next run."""
    try:
        sealed = path.read_bytes()
        if vault.is_newest(sealed):
            return
        anew = vault.seal(vault.unseal(sealed, place), place)
    except FileNotFoundError:
        return
    except vault.SealBroken:
        _leave(folder, path.name, found)
        return
    fresh = path.with_suffix(".rotated")
    fresh.touch(mode=0o600)
    with fresh.open("wb") as file:
        file.write(anew)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    found.anew[folder] += 1


def _leave(what: str, which: str, found: Rotated) -> None:
    warn("not sealed anew", what=what, row=which)
    found.left[what] += 1


def _done(session: Session, statement: Executable) -> int:
    done = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", done).rowcount
