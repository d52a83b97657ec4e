"""Retention, forgetting in time: recordings, words, whose a report was, in this order after it closed; texts and talks
after a while. A report that is still open loses nothing.

A run goes through all kinds in batches, a transaction each, and rests after any of them: the sweeper does a second of
it at a time. What it removed stands in the register of privacy, as done once every kind came to its end; the beat says
then that nothing is left of what had had its time when the run began. Two runs at once are harmless.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
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
BATCH, FILES = 200, 20  # rows of one transaction; of those with a file, each is several statements
PORTION_SECONDS = 1.0  # then the sweeper does its other work
HOUR_SECONDS = 600.0  # of portions in an hour at most; what is left goes on in the next
RESIDENTS = ("caller", "resident")  # who wrote the notes that go first; the others are the city's
WORDS = ("words", "place", "added")

Batch = Callable[[Session], int]
Gone = Iterator[int]  # how much went, after each batch


def forget() -> dict[str, int]:
    """Delete what has had its time, all of it, and prove it. Returns what went. One kind that fails holds up no other,
    but the run counts as none then."""
    run = Run()
    while run.goes_on():
        pass
    return run.end()


class Runs:
    """One run after the other, as the sweeper does them: every hour, and a portion at a time while there is more."""

    def __init__(self) -> None:
        self._run: Run | None = None
        self._spent = 0.0

    def go_on(self) -> bool:
        """Do a portion. True when another one should follow soon. Raises what failed, at the end of a run."""
        began, self._run = time.monotonic(), self._run or Run()
        over = not self._run.goes_on(PORTION_SECONDS)
        self._spent += time.monotonic() - began
        if not over and self._spent < HOUR_SECONDS:
            return True
        run, self._spent = self._run, 0.0
        if over:
            self._run = None
            run.end()
        return False


class Run:
    """One way through all kinds."""

    def __init__(self) -> None:
        with stores.reading() as session:
            self._begun = stores.database_now(session)
        self._gone: Counter[str] = Counter()
        self._failed: Exception | None = None
        self._entry: UUID | None = None
        self._batches = self._of_all_kinds()

    def goes_on(self, seconds: float | None = None) -> bool:
        """Do batch after batch for so long, and write down what went. True while there is more."""
        until, more = time.monotonic() + (seconds or 0.0), False
        for _ in self._batches:
            if seconds is not None and time.monotonic() >= until:
                more = True
                break
        self._write_down(over=not more)
        return more

    def end(self) -> dict[str, int]:
        """What went in all. Raises what failed."""
        gone = dict(+self._gone)
        if gone:
            log("forgotten", **gone)
        if self._failed is not None:
            raise self._failed
        return gone

    def _of_all_kinds(self) -> Iterator[None]:
        for what, rule in {
            "erased_again": forget_erased,
            "turns": forget_talks,
            "memories": forget_memories,
            "recordings": forget_recordings,
            "photos": forget_photos,
            "words": forget_words,
            "points": forget_points,
            "texts": forget_texts,
            "chats": forget_chats,
            "tries": forget_tries,
            "people": forget_people,
            "links": forget_links,
            "files": remove_orphans,
        }.items():
            try:
                for gone in rule():
                    self._gone[what] += gone
                    yield
            except Exception as fault:
                self._failed = fault
                warn("not forgotten", what=what, why=type(fault).__name__)

    def _write_down(self, *, over: bool) -> None:
        """The proof grows with each portion, so that one that is cut short tells what it removed. A run that found
        nothing proves itself once a day."""
        now, whole, gone = clock.now(), over and self._failed is None, dict(+self._gone)
        proof = PrivacyEntry.kind == BEAT, PrivacyEntry.done_at > now - PROOF_EVERY
        with stores.transaction() as session:
            if whole:
                session.merge(Beat(name=BEAT, at=self._begun))
            entry = session.get(PrivacyEntry, self._entry) if self._entry else None
            if entry is None:
                if not gone and not (whole and session.scalar(select(PrivacyEntry.id).where(*proof).limit(1)) is None):
                    return
                entry = PrivacyEntry(kind=BEAT, by="hotline", at=now)
                session.add(entry)
            entry.counts, entry.done_at = gone, now if whole else None
        self._entry = entry.id


def forget_erased() -> Gone:
    """Whoever is to be erased and is here again, as after a backup was restored."""
    yield erasure.erase_again()


def forget_talks() -> Gone:
    """Our replies in calls that are 30 days old."""
    before = clock.now() - TURNS_LAST
    return _in_batches(lambda session: _deleted(session, Turn, Turn.at < before))


def forget_memories() -> Gone:
    """What those calls remembered; without it one that nobody ended cannot go on."""
    before, ended = clock.now() - TURNS_LAST, func.coalesce(Call.ended_at, Call.started_at)
    return _emptied(Call.started_at, before, Call._memory.is_not(None), _memory=None, ended_at=ended)


def forget_recordings() -> Gone:
    """Give up the audio of tickets that closed long enough ago, and what became no report."""
    before = _days_ago(settings().keep_recordings_days)
    unused = (Recording.ticket_id.is_(None)) & (Recording.created_at < before)
    old = (
        select(Recording)
        .outerjoin(Ticket, Ticket.id == Recording.ticket_id)
        .where(Recording.removed_at.is_(None), or_(Ticket.closed_at < before, unused))
    )
    return _with_files(old, recordings.give_up)


def forget_photos() -> Gone:
    """Pictures stay as long as it is known whose report it was: proofs are looked at again. Those that became no report
    go with the text they came with."""
    unused = (Photo.ticket_id.is_(None)) & (Photo.created_at < _days_ago(settings().keep_messages_days))
    old = (
        select(Photo)
        .outerjoin(Ticket, Ticket.id == Photo.ticket_id)
        .where(Photo.removed_at.is_(None), or_(Ticket.closed_at < _days_ago(settings().keep_people_days), unused))
    )
    return _with_files(old, photos.give_up)


def forget_words() -> Gone:
    """What residents said and wrote about a report; later what the city wrote about it."""
    words, people = _days_ago(settings().keep_words_days), _days_ago(settings().keep_people_days)
    theirs = _closed_before(Note, words) & or_(Note.kind.in_(WORDS), Note.by.in_(RESIDENTS))
    others = _closed_before(Note, people) & Note.kind.not_in(erasure.PUBLIC)
    yield from _in_batches(lambda session: _deleted(session, Note, theirs))
    yield from _in_batches(lambda session: _deleted(session, Note, others))


def forget_points() -> Gone:
    """Where on the map it was."""
    before = _days_ago(settings().keep_people_days)
    placed = or_(Ticket.latitude.is_not(None), Ticket.longitude.is_not(None))
    return _emptied(Ticket.closed_at, before, placed, latitude=None, longitude=None)


def forget_texts() -> Gone:
    """The words of texts, in and out."""
    before = _days_ago(settings().keep_messages_days)
    full = or_(Message._body.is_not(None), Message._details.is_not(None))
    return _emptied(Message.created_at, before, full, _body=None, _details=None)


def forget_chats() -> Gone:
    """Talks by text that nobody goes on with."""
    old = Chat.changed_at < _days_ago(settings().keep_messages_days)
    return _in_batches(lambda session: _deleted(session, Chat, old))


def forget_tries() -> Gone:
    """Who asked for a report that was not theirs."""
    before = _days_ago(settings().keep_tries_days)
    yield from _in_batches(lambda session: _deleted(session, WrongTry, WrongTry.at < before))
    yield from _in_batches(lambda session: _deleted(session, FailedLookup, FailedLookup.at < before))


def forget_people() -> Gone:
    """Erase whose reports are all closed for so long, and of whom nothing was heard since."""
    while ids := _long_gone():
        for contact_id in ids:
            with stores.transaction() as session:
                erased = erasure.erase(session, session.get_one(Contact, contact_id), by="hotline")
            erasure.remove_files(erased.files)
            yield 1


def forget_links() -> Gone:
    """Whose a call, a text, an opinion or a promise was, of those who are still known; and who followed what."""
    before = _days_ago(settings().keep_people_days)
    yield from _in_batches(lambda session: _deleted(session, Follower, _closed_before(Follower, before)))
    yield from _in_batches(lambda session: _deleted(session, Callback, Callback.closed_at < before))
    for at, more in (
        (Call.started_at, {}),
        (Message.created_at, {}),
        (Survey.at, {}),
        (Rating.asked_at, {"_code": None, "code_hash": None}),
    ):
        yield from _emptied(at, before, at.class_.contact_id.is_not(None), contact_id=None, **more)


def remove_orphans() -> Gone:
    """Sealed files whose row says that they are gone (the process died between the two), or that no row has named for
    longer than any backup is kept."""
    found = (path for folder in erasure.KEPT for path in (settings().var_dir / folder).glob("*/*") if path.is_file())
    while some := {path: UUID(hex=path.name[:32]) for path in islice(found, BATCH)}:
        with stores.reading() as session:
            removed = _of_rows(session, set(some.values()))
        gone = [path for path, id_ in some.items() if (removed[id_] if id_ in removed else _is_old(path))]
        for path in gone:
            path.unlink(missing_ok=True)
        yield len(gone)


def overdue(session: Session, moment: datetime) -> float:
    """Seconds since the oldest reply, text or look-up that is still here had its time; 0 when none had. Asked of these
    alone: they are the most, and an index knows their oldest."""
    worded = or_(Message._body.is_not(None), Message._details.is_not(None))
    late = [
        moment - oldest - last
        for query, last in (
            (select(func.min(Turn.at)), TURNS_LAST),
            (select(func.min(Message.created_at)).where(worded), timedelta(days=settings().keep_messages_days)),
            (select(func.min(FailedLookup.at)), timedelta(days=settings().keep_tries_days)),
        )
        if (oldest := session.scalar(query)) is not None
    ]
    return max([0.0, *(round(one.total_seconds(), 1) for one in late)])


# -- how -----------------------------------------------------------------------------------------------------------


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
        return list(session.scalars(query.limit(BATCH)))


def _with_files(old: Select[Any], give_up: Callable[[Session, Any], None]) -> Gone:
    """Give up these rows; their files go once that is committed."""
    some = FILES
    while some == FILES:
        with stores.transaction() as session:
            rows = session.scalars(old.limit(FILES)).all()
            for row in rows:
                give_up(session, row)
            ids = [row.id for row in rows]
        erasure.remove_files(ids)
        some = len(ids)
        yield some


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


def _closed_before(table: Any, moment: datetime) -> ColumnElement[bool]:
    """What belongs to a report that closed before then."""
    closed: ColumnElement[bool] = table.ticket_id.in_(select(Ticket.id).where(Ticket.closed_at < moment))
    return closed


def _deleted(session: Session, table: Any, which: ColumnElement[bool]) -> int:
    some = select(table.id).where(which).limit(BATCH)
    return _done(session, delete(table).where(table.id.in_(session.scalars(some).all())))


def _emptied(at: Any, before: datetime, which: ColumnElement[bool], **values: Any) -> Gone:
    """Give rows whose time `at` is past other values, by which they are no longer `which`. Oldest first, and each batch
    from where the last one ended: what is done is not passed over again and again."""
    table, since, some = at.class_, datetime.min.replace(tzinfo=UTC), BATCH
    while some == BATCH:
        with stores.transaction() as session:
            query = select(table.id, at).where(at >= since, at < before, which).order_by(at).limit(BATCH)
            rows = session.execute(query).all()
            _done(session, update(table).where(table.id.in_([row[0] for row in rows])).values(**values))
        some, since = len(rows), rows[-1][1] if rows else since
        yield some


def _done(session: Session, statement: Executable) -> int:
    done = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", done).rowcount


def _in_batches(act: Batch) -> Gone:
    some = BATCH
    while some == BATCH:
        with stores.transaction() as session:
            some = act(session)
        yield some


def _days_ago(days: int) -> datetime:
    return clock.now() - timedelta(days=days)
