"""A report on its way to the department that owns it, whatever the way: whether it may leave, what is told of it, and
what follows once it is there. email.py and webhook.py put it into their form."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from config import clock
from config.hotline import city
from ticketing.media import photos, recordings
from ticketing.models import Photo, Recording, Ticket
from ticketing.outgoing import links
from ticketing.outgoing.kinds import DEPARTMENT
from ticketing.rules import lifecycle, routing
from ticketing.tickets import intake, register
from workers import transactions
from workers.outcomes import Outcome, Work, dead, not_yet

AUDIO_PAUSE = timedelta(seconds=5)

# What a note is to the department; what clerks wrote is a remark.
_NOTES = {
    **{"words": "written", "added": "written_more", "place": "said"},
    **{"title": "title", "answer": "answer", "callback": "callback"},
}


@dataclass(frozen=True)
class Report:
    """A ticket as its department gets it: never with the reporter's number. Of a confidential one it gets no words, no
    voice and no photo, only that it exists."""

    ticket: Ticket
    recording: Recording | None
    remarks: list[Recording]
    photos: list[Photo]

    @property
    def confidential(self) -> bool:
        return city().category(self.ticket.category).confidential

    @property
    def notes(self) -> list[tuple[str, str]]:
        """What the resident said and what clerks wrote since, each with its kind: never one under the other's name."""
        if self.confidential:
            return []
        return [(_NOTES.get(note.kind, "remark"), note.text) for note in self.ticket.notes]

    @property
    def voice(self) -> str | None:
        """Where the recording is heard, until `heard_until`."""
        return links.recording(self.recording.id) if self.recording and not self.confidential else None

    @property
    def added(self) -> list[str]:
        """Where what the reporter said later is heard."""
        return [] if self.confidential else [links.recording(remark.id) for remark in self.remarks]

    @property
    def point(self) -> tuple[float, float] | None:
        """Latitude and longitude, to a metre."""
        here = self.ticket
        if self.confidential or here.latitude is None or here.longitude is None:
            return None
        return round(here.latitude, 5), round(here.longitude, 5)

    @property
    def seen(self) -> list[str]:
        """Where the reporter's photos are seen, until `seen_until`; also those that are still being fetched."""
        return [] if self.confidential else [links.photo(photo.id) for photo in self.photos]

    @property
    def seen_until(self) -> datetime:
        return clock.now() + timedelta(days=links.PHOTO_DAYS)

    @property
    def heard_until(self) -> datetime:
        return clock.now() + timedelta(days=links.RECORDING_DAYS)


def ready(session: Session, work: Work) -> Report | Outcome:
    """The report, or why it does not leave: it is another's by now, nobody speaks in it, its recording is not here."""
    ticket = session.get_one(Ticket, work.subject)
    department = work.destination.removeprefix(DEPARTMENT)
    over = ticket.state in lifecycle.OVER and work.created_at <= ticket.changed_at  # what was added later still goes
    if ticket.department != department or over:
        return dead("the ticket is no longer this department's")
    recording = recordings.current(session, ticket)
    if recording is not None and recording.silent and department != routing.TRIAGE:
        return dead("nobody speaks in the recording: for the call centre to judge")
    if recordings.awaited(session, ticket) and clock.now() - work.created_at < intake.WAIT_FOR_AUDIO * 2:
        return not_yet("the recording is being fetched", AUDIO_PAUSE)
    shots = photos.on_their_way(session, ticket, (photos.REPORT, photos.REMARK))
    return Report(ticket, recording, recordings.remarks(session, ticket), shots)


def arrived(report: Report) -> None:
    """The department has it."""
    with transactions.transaction() as session:
        ticket = register.find(session, report.ticket.number, change=True)
        intake.reached_department(session, ticket, report.ticket.department)
