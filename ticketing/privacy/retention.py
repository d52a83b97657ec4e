"""Retention, forgetting in time: recordings, words, whose a report was, in this order after it closed; texts and talks
after a while. A report that is still open loses nothing.

Batches, so that no lock is held long; what is left over is for the next run, and a run too many changes nothing more.
Each run leaves a row of proof in the register of privacy.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Executable,
    Select,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config import clock, stores
from config.logs import log, warn
from config.settings import settings
from ticketing.calls import callbacks
from ticketing.media import photos, recordings
from ticketing.models import (
    Beat,
    Call,
    Callback,
    Chat,
    Contact,
    FailedLookup,
    Follower,
    Message,
    Note,
    Photo,
    PrivacyEntry,
    Rating,
    Recording,
    Survey,
    Ticket,
    Turn,
    WrongTry,
)
from ticketing.models.calls import TURNS_LAST
from ticketing.privacy import erasure

BEAT = "retention"
PROOF_EVERY = timedelta(hours=23)  # of runs that removed nothing
BACKUPS_LAST = timedelta(days=35)  # a file that no row names may be of a row in one of them
BATCH, MAX_BATCHES = 500, 40  # of each kind in a run: the sweeper has other things to do
MAX_PEOPLE = 100
RESIDENTS = ("caller", "resident")  # who wrote the notes that go first; the others are the city's
WORDS = ("words", "place", "added")

Batch = Callable[[Session], int]


def forget() -> dict[str, int]:
    """Delete what has had its time, and prove it. Returns what went. One kind that fails holds up no other, but the run
    counts as none then."""
    gone: Counter[str] = Counter()
    failed: SQLAlchemyError | None = None
    for what, rule in {
        "erased_again": erasure.erase_again,
        "turns": forget_talks,
        "recordings": forget_recordings,
        "photos": forget_photos,
        "words": forget_words,
        "texts": forget_texts,
        "tries": forget_tries,
        "people": forget_people,
        "links": forget_links,
        "files": remove_orphans,
    }.items():
        try:
            gone[what] = rule()
        except SQLAlchemyError as fault:
            failed = fault
            warn("not forgotten", what=what, why=type(fault).__name__)
    gone = +gone
    _prove(gone, whole=failed is None)
    if failed is not None:
        raise failed
    return dict(gone)


def forget_talks() -> int:
    """Delete the replies and the talk memory of calls that are 30 days old. Returns how many turns went."""
    before = clock.now() - TURNS_LAST
    gone = _in_batches(lambda session: _deleted(session, Turn, Turn.at < before))
    with stores.transaction() as session:
        session.execute(
            update(Call)
            .where(Call.started_at < before, Call._memory.is_not(None))
            .values(_memory=None, ended_at=func.coalesce(Call.ended_at, Call.started_at))
        )
    return gone


def forget_recordings() -> int:
    """Give up the audio of tickets that closed long enough ago, and what became no report."""
    before = _days_ago(settings().keep_recordings_days)
    unused = (Recording.ticket_id.is_(None)) & (Recording.created_at < before)
    old = (
        select(Recording)
        .outerjoin(Ticket, Ticket.id == Recording.ticket_id)
        .where(Recording.removed_at.is_(None), or_(Ticket.closed_at < before, unused))
    )
    return _with_files(old, recordings.give_up)


def forget_photos() -> int:
    """Pictures stay as long as it is known whose report it was: proofs are looked at again. Those that became no report
    go with the text they came with."""
    unused = (Photo.ticket_id.is_(None)) & (Photo.created_at < _days_ago(settings().keep_messages_days))
    old = (
        select(Photo)
        .outerjoin(Ticket, Ticket.id == Photo.ticket_id)
        .where(Photo.removed_at.is_(None), or_(Ticket.closed_at < _days_ago(settings().keep_people_days), unused))
    )
    return _with_files(old, photos.give_up)


def forget_words() -> int:
    """What residents said and wrote about a report; later what the city wrote about it, and the point on the map."""
    words, people = _days_ago(settings().keep_words_days), _days_ago(settings().keep_people_days)
    theirs = or_(Note.kind.in_(WORDS), Note.by.in_(RESIDENTS))
    said = Note.ticket_id.in_(select(Ticket.id).where(Ticket.closed_at < words)) & theirs
    others = Note.ticket_id.in_(select(Ticket.id).where(Ticket.closed_at < people)) & Note.kind.not_in(erasure.PUBLIC)
    gone = _in_batches(lambda session: _deleted(session, Note, or_(said, others)))
    placed = (Ticket.closed_at < people) & or_(Ticket.latitude.is_not(None), Ticket.longitude.is_not(None))
    _in_batches(lambda session: _emptied(session, Ticket, placed, latitude=None, longitude=None))
    return gone


def forget_texts() -> int:
    """The words of texts, in and out, and talks by text that nobody goes on with."""
    before = _days_ago(settings().keep_messages_days)
    full = (Message.created_at < before) & or_(Message._body.is_not(None), Message._details.is_not(None))
    gone = _in_batches(lambda session: _emptied(session, Message, full, _body=None, _details=None))
    _in_batches(lambda session: _deleted(session, Chat, Chat.changed_at < before))
    return gone


def forget_tries() -> int:
    """Who asked for a report that was not theirs."""
    before = _days_ago(settings().keep_tries_days)
    return _in_batches(lambda session: _deleted(session, WrongTry, WrongTry.at < before)) + _in_batches(
        lambda session: _deleted(session, FailedLookup, FailedLookup.at < before)
    )


def forget_people() -> int:
    """Erase whose reports are all closed for so long, and of whom nothing was heard since."""
    ids = _long_gone()
    for contact_id in ids:
        with stores.transaction() as session:
            erased = erasure.erase(session, session.get_one(Contact, contact_id), by="hotline")
        erasure.remove_files(erased.files)
    return len(ids)


def forget_links() -> int:
    """Whose a call, a text, an opinion or a promise was, of those who are still known; and who followed what."""
    before = _days_ago(settings().keep_people_days)
    closed = select(Ticket.id).where(Ticket.closed_at < before)
    called = (Call.started_at < before) & Call.contact_id.is_not(None)
    wrote = (Message.created_at < before) & Message.contact_id.is_not(None)
    thought = (Survey.at < before) & Survey.contact_id.is_not(None)
    rated = (Rating.asked_at < before) & Rating.contact_id.is_not(None)
    batches: tuple[Batch, ...] = (
        lambda session: _deleted(session, Follower, Follower.ticket_id.in_(closed)),
        lambda session: _deleted(session, Callback, Callback.closed_at < before),
        lambda session: _emptied(session, Call, called, contact_id=None),
        lambda session: _emptied(session, Message, wrote, contact_id=None),
        lambda session: _emptied(session, Survey, thought, contact_id=None),
        lambda session: _emptied(session, Rating, rated, contact_id=None, _code=None, code_hash=None),
    )
    return sum(_in_batches(batch) for batch in batches)


def remove_orphans() -> int:
    """Sealed files whose row says that they are gone (the process died between the two), or that no row has named for
    longer than any backup is kept."""
    found = [path for folder in erasure.KEPT for path in (settings().var_dir / folder).glob("*/*") if path.is_file()]
    gone = 0
    for at in range(0, len(found), BATCH):
        some = {path: UUID(hex=path.name[:32]) for path in found[at : at + BATCH]}
        with stores.reading() as session:
            removed = _of_rows(session, set(some.values()))
        for path, id_ in some.items():
            if removed[id_] if id_ in removed else _is_old(path):
                path.unlink(missing_ok=True)
                gone += 1
    return gone


# -- how -----------------------------------------------------------------------------------------------------------


def _prove(gone: Counter[str], *, whole: bool) -> None:
    """A run that found nothing proves itself once a day."""
    now = clock.now()
    with stores.transaction() as session:
        if whole:
            session.merge(Beat(name=BEAT, at=stores.database_now(session)))
        proof = select(PrivacyEntry.id).where(PrivacyEntry.kind == BEAT, PrivacyEntry.at > now - PROOF_EVERY)
        if gone or (whole and session.scalar(proof.limit(1)) is None):
            session.add(PrivacyEntry(kind=BEAT, by="hotline", at=now, done_at=now, counts=dict(gone)))
    if gone:
        log("forgotten", **gone)


def _long_gone() -> list[UUID]:
    before = _days_ago(settings().keep_people_days)
    not_over = or_(Ticket.closed_at.is_(None), Ticket.closed_at >= before)
    follows = exists().where(Follower.contact_id == Contact.id, Follower.ticket_id == Ticket.id, not_over)
    waits = or_(Callback.state == callbacks.OPEN, Callback.closed_at >= before)
    query = select(Contact.id).where(
        Contact.erased_at.is_(None),
        Contact.created_at < before,
        ~exists().where(Ticket.contact_id == Contact.id, not_over),
        ~exists().where(Call.contact_id == Contact.id, Call.started_at >= before),
        ~exists().where(Message.contact_id == Contact.id, Message.created_at >= before),
        ~exists().where(Callback.contact_id == Contact.id, waits),
        ~follows,
    )
    with stores.reading() as session:
        return list(session.scalars(query.limit(MAX_PEOPLE)))


def _with_files(old: Select[Any], give_up: Callable[[Session, Any], None]) -> int:
    """Give up these rows; their files go once that is committed."""
    gone = 0
    for _ in range(MAX_BATCHES):
        with stores.transaction() as session:
            rows = session.scalars(old.limit(BATCH)).all()
            for row in rows:
                give_up(session, row)
            ids = [row.id for row in rows]
        erasure.remove_files(ids)
        gone += len(ids)
        if len(ids) < BATCH:
            break
    return gone


def _of_rows(session: Session, ids: set[UUID]) -> dict[UUID, bool]:
    """Of these ids those that are rows, and whether their file is to be gone."""
    return {
        id_: removed_at is not None
        for table in (Recording, Photo)
        for id_, removed_at in session.execute(select(table.id, table.removed_at).where(table.id.in_(ids)))
    }


def _is_old(path: Path) -> bool:
    try:
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return False
    return clock.now() - written > max(BACKUPS_LAST, timedelta(days=settings().keep_recordings_days))


def _deleted(session: Session, table: Any, which: ColumnElement[bool]) -> int:
    some = select(table.id).where(which).limit(BATCH)
    return _done(session, delete(table).where(table.id.in_(session.scalars(some).all())))


def _emptied(session: Session, table: Any, which: ColumnElement[bool], **values: Any) -> int:
    some = select(table.id).where(which).limit(BATCH)
    return _done(session, update(table).where(table.id.in_(session.scalars(some).all())).values(**values))


def _done(session: Session, statement: Executable) -> int:
    done = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", done).rowcount


def _in_batches(act: Batch) -> int:
    gone = 0
    for _ in range(MAX_BATCHES):
        with stores.transaction() as session:
            some = act(session)
        gone += some
        if some < BATCH:
            break
    return gone


def _days_ago(days: int) -> datetime:
    return clock.now() - timedelta(days=days)
