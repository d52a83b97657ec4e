"""Progress of a ticket, in the words of one language: what the tracking page shows and nothing else. Of notes it knows
those that a department wrote for residents, of photos its proofs; no telephone number, no recording, no words of the
resident and no name of a clerk, so none of them can slip onto the page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock
from config.hotline import city
from ticketing.calls import callbacks
from ticketing.media import photos
from ticketing.models import Callback, Event, Note, Photo, Rating, Ticket
from ticketing.rules import deadlines, lifecycle
from ticketing.tickets import history, verdicts
from ticketing.web.residents import dates
from ticketing.web.residents.timeline import Story

_MAX_PHOTOS = 6
# What may be a telephone number, in whatever way it is written.
_NUMBERS = re.compile(r"\+?\d(?:[\s().-]?\d){7,}")


@dataclass(frozen=True)
class Known:
    """What the page may say about a ticket beside the ticket itself."""

    events: Sequence[Event]
    notes: Sequence[Note] = ()  # what departments wrote, newest first
    proofs: Sequence[Photo] = ()
    callback: Callback | None = None
    score: int | None = None
    parent: "Progress | None" = None


def of(session: Session, language: str, ticket: Ticket) -> "Progress":
    """The progress of this ticket, with that of the one it was merged with."""
    if city().category(ticket.category).confidential:  # its words and pictures would say what it is about
        return Progress(language, ticket, Known(history.of(session, ticket), callback=_callback(session, ticket)))
    parent = session.get(Ticket, ticket.merged_into_id) if ticket.state == lifecycle.MERGED else None
    notes = select(Note).where(Note.ticket_id == ticket.id, Note.kind.in_(("public", "delay", "reason")))
    rated = select(Rating.score).where(Rating.ticket_id == ticket.id, Rating.score.is_not(None))
    known = Known(
        history.of(session, ticket),
        session.scalars(notes.order_by(Note.at.desc())).all(),
        photos.of_ticket(session, ticket, (photos.PROOF,))[-_MAX_PHOTOS:],
        _callback(session, ticket),
        session.scalar(rated.order_by(Rating.answered_at.desc()).limit(1)),
        # of somebody else's report only how far it has come
        Progress(language, parent, Known(history.of(session, parent))) if parent else None,
    )
    return Progress(language, ticket, known)


def _callback(session: Session, ticket: Ticket) -> Callback | None:
    query = select(Callback).where(Callback.ticket_id == ticket.id, Callback.state == callbacks.OPEN)
    found: Callback | None = session.scalar(query.order_by(Callback.created_at.desc()).limit(1))
    return found


class Progress(Story):
    def __init__(self, language: str, ticket: Ticket, known: Known) -> None:
        super().__init__(language, ticket, known.events)
        self._known = known

    @property
    def category(self) -> str:
        category = city().category(self._ticket.category)
        return (category.spoken if category.confidential else category.name)[self._language]

    @property
    def contact(self) -> str | None:
        """How to reach the owner of what is not the city's, where that is known."""
        referral = self.referral
        return (referral.contact or None) if referral else None

    @property
    def area(self) -> str | None:
        return city().area_name(self._language, self._ticket.area) if self._ticket.area else None

    @property
    def parent(self) -> "Progress | None":
        """The report that goes on with this one's matter."""
        return self._known.parent

    @property
    def received(self) -> str:
        return dates.moment(self._language, self._ticket.created_at)

    @property
    def answer_by(self) -> str | None:
        return dates.deadline(self._language, self._ticket.answer_due_at) if self.awaits_answer else None

    @property
    def paused(self) -> bool:
        return self._ticket.state in lifecycle.PAUSED

    @property
    def reply_by(self) -> str | None:
        """Until when we wait for the resident's answer."""
        asked = self._ticket.paused_at
        return dates.deadline(self._language, deadlines.answer_until(asked)) if self.paused and asked else None

    @property
    def question(self) -> str | None:
        """What the resident is asked: the words that came with the change, not what was written later."""
        asked = [event for event in self._events if event.after == lifecycle.WAITING != event.before]
        since = self._ticket.paused_at
        if not self.paused or not asked or since is None:
            return None
        words = [note.text for note in self._known.notes if note.kind == "reason" and since <= note.at <= asked[-1].at]
        question = _without_numbers(words[0]).rstrip(" ?") if words else ""
        return question[:1].upper() + question[1:] or None

    @property
    def closes_on(self) -> str | None:
        """The day on which silence means that it is solved."""
        silent = city().category(self._ticket.category).closes_by_silence
        if self._ticket.state != lifecycle.RESOLVED or not silent:
            return None
        return dates.day(self._language, self._ticket.changed_at + timedelta(days=city().loop.confirm_after_days))

    @property
    def ended(self) -> str | None:
        """When it came to its end, or is said to have."""
        ended = self.over and self.closes_on is None
        return dates.moment(self._language, self._ticket.closed_at or self._ticket.changed_at) if ended else None

    @property
    def reopens_until(self) -> str | None:
        """Until when a report that is closed may be opened again; later it becomes a new one."""
        closed = self._ticket.closed_at
        if closed is None or not verdicts.may_reopen(self._ticket):
            return None
        return dates.day(self._language, closed + timedelta(days=city().loop.reopen_within_days))

    @property
    def late(self) -> Literal["overdue", "overdue_answer", "overdue_new"] | None:
        """Which promise is broken, as the id of the sentence that says so. A clock that stands breaks none."""
        moment = self._ticket.paused_at or clock.now()
        if self.over:
            return None
        if moment > self._ticket.due_at:
            return "overdue"
        if self._ticket.late_at is not None:
            return "overdue_new"
        return "overdue_answer" if self.awaits_answer and moment > self._ticket.answer_due_at else None

    @property
    def missed(self) -> str:
        """The first day that was promised and passed."""
        return city().long_date(self._language, deadlines.last_day(self._ticket.late_at or self._ticket.due_at))

    @property
    def due_day(self) -> str:
        return city().long_date(self._language, deadlines.last_day(self._ticket.due_at))

    @property
    def reason(self) -> str:
        """Why it takes longer, in the department's words if it gave any."""
        reason = self._last_note("delay") or city().text(self._language, "words", "reason_late")
        return reason[:1].upper() + reason[1:].rstrip(" .")

    @property
    def latest_word(self) -> tuple[str, str] | None:
        """What the department last said to residents, and when."""
        note = next((note for note in self._known.notes if note.kind == "public"), None)
        return (_without_numbers(note.text), dates.moment(self._language, note.at)) if note else None

    @property
    def proofs(self) -> Sequence[Photo]:
        return self._known.proofs

    @property
    def score(self) -> str | None:
        """How the resident rated it."""
        return str(self._known.score) if self._known.score else None

    @property
    def called_between(self) -> str | None:
        """When somebody will call, where that is promised."""
        callback = self._known.callback
        return dates.window(self._language, callback.from_at, callback.until_at) if callback else None

    @property
    def can(self) -> frozenset[str]:
        """What the resident may do now, as the names of forms."""
        ways = {"tambah", "tempat"}
        if self._ticket.state in (lifecycle.RESOLVED, lifecycle.CONFIRMED):
            ways.add("nilai")
        if self._ticket.contact_id is not None and self._known.callback is None:
            ways.add("telepon")
        if not self.paused:  # there it is the resident who is waited for
            ways.add("belum" if not self.over or verdicts.may_reopen(self._ticket) else "lagi")
        return frozenset(ways)

    @property
    def updated(self) -> str:
        return dates.moment(self._language, self._ticket.changed_at)

    @property
    def ago(self) -> str:
        return dates.ago(self._language, self._ticket.changed_at)

    def _last_note(self, kind: str) -> str | None:
        note = next((note for note in self._known.notes if note.kind == kind), None)
        return _without_numbers(note.text) if note else None


def _without_numbers(text: str) -> str:
    """Words of a department may name somebody's telephone; the page does not."""
    return _NUMBERS.sub("…", text)
