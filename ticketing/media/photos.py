"""Photos of a ticket: what a resident sent, what a department proves. The pictures lie sealed under var/, made anew
from their pixels (pictures.py), each with a small one for pages.

Whoever has time before its transaction makes the picture there and hands over the Remade instead of the bytes.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock, vault
from config.settings import settings
from ticketing.media import decoding, pictures
from ticketing.models import Photo, Ticket
from ticketing.outgoing import promises

NotAPicture = pictures.NotAPicture
Remade = pictures.Remade
Busy = decoding.Busy
all_remade = decoding.remade

REPORT, REMARK, PROOF = "report", "remark", "proof"
COMPARED = 1000  # proofs, the newest


def remade(raw: bytes) -> Remade:
    """The picture in `raw`. Raises NotAPicture, and Busy."""
    return all_remade([raw])[0]


def keep(session: Session, photo: Photo, raw: bytes | Remade) -> tuple[float, float] | None:
    """Keep this as the picture of `photo`. Gives the point where the camera said it was. Raises NotAPicture,
    and Busy."""
    made = raw if isinstance(raw, Remade) else remade(raw)
    _write(photo.id, made.picture, thumb=False)
    _write(photo.id, made.thumb, thumb=True)
    photo.width, photo.height, photo.fingerprint = made.width, made.height, made.fingerprint or None
    photo.fetched_at = photo.fetched_at or clock.now()
    session.flush()
    return made.place


def refuse(photo: Photo, reason: str) -> None:
    """It is not kept, and why."""
    photo.unusable = reason[:60]


def of_ticket(session: Session, ticket: Ticket, kinds: Sequence[str] = (REPORT, REMARK, PROOF)) -> list[Photo]:
    """The photos that are here, oldest first."""
    return [photo for photo in on_their_way(session, ticket, kinds) if photo.fetched_at]


def on_their_way(session: Session, ticket: Ticket, kinds: Sequence[str] = (REPORT, REMARK, PROOF)) -> list[Photo]:
    """The photos that are here or will be, oldest first."""
    query = select(Photo).where(
        Photo.ticket_id == ticket.id, Photo.kind.in_(kinds), Photo.removed_at.is_(None), Photo.unusable.is_(None)
    )
    return list(session.scalars(query.order_by(Photo.created_at, Photo.id)))


def picture(photo: Photo, *, thumb: bool = False) -> bytes | None:
    """The picture as JPEG, or None when it is not here."""
    path = _path(photo.id, thumb=thumb)
    if photo.removed_at or not path.exists():
        return None
    return vault.unseal(path.read_bytes(), _seal_place(photo.id, thumb=thumb))


def give_up(session: Session, photo: Photo) -> None:
    """This picture is to be nowhere any more. The row says that there was one, and when it went; the files go after
    the commit (erasure.remove_files). Where nothing else will delete it at the carrier, that is promised."""
    photo.removed_at, photo.fingerprint = clock.now(), None
    key = f"photo:{photo.id}"
    if photo.source and (not promises.promised(session, key) or promises.given_up(session, key)):
        promises.promise(session, "photo", photo.id, key=f"{key}:removed", ticket=None)


def seen_before(session: Session, photo: Photo) -> Photo | None:
    """A proof of another ticket that looks the same, among the newest."""
    if not photo.fingerprint:
        return None
    newest = (
        select(Photo)
        .where(
            Photo.kind == PROOF,
            Photo.fingerprint.is_not(None),
            Photo.ticket_id.is_not(None),
            Photo.ticket_id != photo.ticket_id,
        )
        .order_by(Photo.created_at.desc())
        .limit(COMPARED)
    )
    alike = (old for old in session.scalars(newest) if pictures.alike(old.fingerprint or "", photo.fingerprint))
    return next(alike, None)


def _write(photo_id: UUID, made: bytes, *, thumb: bool) -> None:
    """Whole or not at all, and onto the disk: the carrier's copy is deleted next."""
    path = _path(photo_id, thumb=thumb)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    with fresh.open("wb") as file:
        file.write(vault.seal(made, _seal_place(photo_id, thumb=thumb)))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def sealed_for(path: Path) -> str:
    """The place that a file of a photo is sealed for."""
    return _seal_place(UUID(hex=path.stem[:32]), thumb=path.stem.endswith("-small"))


def _path(photo_id: UUID, *, thumb: bool) -> Path:
    small = "-small" if thumb else ""
    return settings().var_dir / "photos" / photo_id.hex[:2] / f"{photo_id.hex}{small}.sealed"


def _seal_place(photo_id: UUID, *, thumb: bool) -> str:
    return f"photos.{'thumb' if thumb else 'picture'}.{photo_id}"
