"""Fetches a recording from the carrier, keeps it sealed under var/, and deletes it there.

The address is built from the recording's SID, never taken from a webhook. A recording in which nobody speaks is kept
and marked, and the report is not sent to its department. What cannot be used (slow, cut off, too large, no audio) is
asked for again until its row's time is over: the carrier may have the whole of it later. Then its caller is called
back.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import requests
from sqlalchemy.orm import Session

from config import clock, stores
from config.logs import log
from config.settings import settings
from ticketing.calls import call_log
from ticketing.media import decoding, recordings
from ticketing.models import Recording
from ticketing.tickets import intake
from workers import carrier, transactions
from workers.outcomes import Outcome, Work, dead, later, not_yet, sent

MAX_BYTES = 10_000_000
SECONDS = (5, 10)
NOT_THERE_YET = timedelta(seconds=3)
_NEVER_FILLED = 0xFFFFFFFF
BATCH = 100
_MAGIC = {b"RIFF": "audio/wav", b"ID3": "audio/mpeg", b"\xff\xfb": "audio/mpeg", b"\xff\xf3": "audio/mpeg"}


@dataclass(frozen=True)
class Wanted:
    id: UUID
    sid: str
    fetched: bool
    waited: timedelta


class _Unfit(Exception):
    """What came is not a recording of ours."""


def prepare(session: Session, work: Work) -> Wanted | Outcome:
    row = session.get(Recording, work.subject)
    if row is None:
        return dead("the recording was erased")
    done = row.fetched_at is not None or row.removed_at is not None  # what nobody wants any more is only deleted there
    return Wanted(row.id, row.sid, done, clock.now() - work.created_at)


def send(wanted: Wanted) -> Outcome:
    if not wanted.fetched:
        try:
            audio = _fetch(wanted.sid)
        except _Unfit as fault:
            return later(str(fault), blame=False)
        except requests.RequestException as fault:
            return later(f"no answer: {type(fault).__name__}")
        if isinstance(audio, Outcome):
            return not_yet("the carrier does not have it yet", NOT_THERE_YET) if _early(wanted, audio) else audio
        recordings.keep(wanted.id, audio)
        try:
            silent = decoding.silent(audio)
        except decoding.Busy:
            return later("no time to decode it", blame=False)
        with transactions.transaction() as session:
            _settle(session, wanted, audio, silent=silent)
    if failure := carrier.delete(lambda client: client.recordings(wanted.sid)):
        return failure
    log("recording kept", recording=str(wanted.id))
    return sent(wanted.sid)


def _settle(session: Session, wanted: Wanted, audio: bytes, *, silent: bool) -> None:
    ticket = recordings.fetched(session, wanted.id, media_type=_kind(audio), silent=silent)
    if silent and ticket is not None:
        intake.set_aside(session, ticket)


def look_after_lost() -> int:
    """Whatever made the fetching of a recording end, the report behind it is not left with a link to nothing. Returns
    how many were lost."""
    last, count = None, 0
    while True:
        with stores.reading() as session:
            some = recordings.lost(session, last, BATCH)
        for recording_id in some:
            with transactions.transaction() as session:
                call_log.lost(session, recording_id, why="it could not be fetched")
        count += len(some)
        if len(some) < BATCH:
            return count
        last = some[-1]


def ask(_wanted: Wanted) -> None:
    """Fetching twice does no harm."""


def _early(wanted: Wanted, audio: Outcome) -> bool:
    return audio.reason == "carrier 404" and wanted.waited < timedelta(minutes=2)


def _fetch(sid: str) -> bytes | Outcome:
    here = settings()
    url = f"{here.twilio_api_url}/2010-04-01/Accounts/{here.twilio_account_sid}/Recordings/{sid}.wav"
    with requests.get(url, auth=here.carrier_login, timeout=SECONDS, stream=True, allow_redirects=False) as answer:
        if answer.status_code != 200:
            return later(f"carrier {answer.status_code}", blame=answer.status_code >= 500)
        if not answer.headers.get("Content-Type", "").startswith(("audio/", "application/octet-stream")):
            raise _Unfit("what the carrier sent is no audio")
        until = clock.now() + timedelta(seconds=30)
        audio = bytearray()
        for piece in answer.iter_content(65536):
            audio += piece
            if len(audio) > MAX_BYTES or clock.now() > until:
                raise _Unfit("the recording is too large or too slow")
    if _kind(bytes(audio)) is None:
        raise _Unfit("what the carrier sent is no audio")
    if _is_cut_off(audio):
        raise _Unfit("the recording is cut off")
    return bytes(audio)


def _is_cut_off(audio: bytearray) -> bool:
    """True for a WAV that says that it is longer than what came. A length that was never filled in says nothing."""
    length = int.from_bytes(audio[4:8], "little")
    return audio.startswith(b"RIFF") and length != _NEVER_FILLED and len(audio) < length + 8


def _kind(audio: bytes) -> str | None:
    return next((kind for magic, kind in _MAGIC.items() if audio.startswith(magic)), None)
