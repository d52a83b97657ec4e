"""Fetches a photo from whoever carried it, has it made anew and sealed under var/, and deletes it at the carrier.

Addresses are built from ids, never taken from a webhook. What is no picture is not kept; its row says why.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock
from config.logs import log
from config.settings import settings
from ticketing.media import photos, pictures
from ticketing.models import Photo, Ticket
from ticketing.tickets import additions, history
from workers import carrier, transactions
from workers.outcomes import Outcome, Work, dead, later, not_yet, sent

SECONDS = (5, 10)
ALL_SECONDS = timedelta(seconds=30)
NOT_THERE_YET, EARLY = timedelta(seconds=3), timedelta(minutes=2)
GONE_AFTER = timedelta(hours=1)  # what was never found for so long will not come any more
NO_SETTING = timedelta(minutes=5)
MAX_REDIRECTS, _REDIRECTS = 3, (301, 302, 303, 307, 308)
_CARRIERS = re.compile(r"carrier:((?:SM|MM)[0-9a-fA-F]{32})/(ME[0-9a-fA-F]{32})")
_AGGREGATORS = re.compile(r"aggregator:([A-Za-z0-9_-]{1,80})")
# The carrier keeps media elsewhere and sends us there, without our credentials.
_STORES = (".twilio.com", ".twiliocdn.com", ".amazonaws.com")


@dataclass(frozen=True)
class Wanted:
    id: UUID
    source: str
    settled: bool  # it is here, known as no picture, or not wanted any more
    waited: timedelta


class _Unfit(Exception):
    """What came cannot be kept; its word says why."""


def prepare(session: Session, work: Work) -> Wanted | Outcome:
    row = session.get(Photo, work.subject)
    if row is None or not row.source:
        return dead("the photo was erased")
    settled = row.fetched_at is not None or row.unusable is not None or row.removed_at is not None
    return Wanted(row.id, row.source, settled, clock.now() - work.created_at)


def send(wanted: Wanted) -> Outcome:
    if not wanted.settled:
        try:
            raw = _fetch(wanted.source)
            if isinstance(raw, Outcome):
                return _not_there(wanted, raw)
            _keep(wanted, photos.remade(raw))
        except (_Unfit, pictures.NotAPicture) as fault:
            _refuse(wanted, str(fault))
        except requests.RequestException as fault:
            return later(f"no answer: {type(fault).__name__}")
        except photos.Busy:
            return later("no time to decode it", blame=False)
    return _delete(wanted)


def ask(_wanted: Wanted) -> None:
    """Fetching twice does no harm."""


def _keep(wanted: Wanted, made: photos.Remade) -> None:
    with transactions.transaction() as session:
        row, _ = _locked(session, wanted)
        if not row.removed_at:
            additions.keep_photo(session, row, made)
    log("photo kept", photo=str(wanted.id))


def _refuse(wanted: Wanted, reason: str) -> None:
    with transactions.transaction() as session:
        row, ticket = _locked(session, wanted)
        photos.refuse(row, reason)
        if ticket is not None:
            history.record(session, ticket, "photo refused", by="hotline", before=ticket.state, why={"photo": reason})
    log("photo refused", photo=str(wanted.id), why=reason)


def _locked(session: Session, wanted: Wanted) -> tuple[Photo, Ticket | None]:
    """The ticket first, as everybody else locks."""
    of = session.scalar(select(Photo.ticket_id).where(Photo.id == wanted.id))
    ticket = session.get(Ticket, of, with_for_update=True) if of else None
    return session.get_one(Photo, wanted.id, with_for_update=True), ticket


def _not_there(wanted: Wanted, answer: Outcome) -> Outcome:
    """It may come a moment after its text; a while later it never will."""
    if answer.reason not in ("carrier 404", "carrier 410"):
        return answer
    if wanted.waited < EARLY:
        return not_yet("the carrier does not have it yet", NOT_THERE_YET)
    if wanted.waited < GONE_AFTER:
        return answer
    _refuse(wanted, "gone")
    return sent()


def _fetch(source: str) -> bytes | Outcome:
    door = _door(source)
    if isinstance(door, Outcome):
        return door
    url, credentials = door
    until = clock.now() + ALL_SECONDS
    for _ in range(MAX_REDIRECTS + 1):
        with requests.get(url, **credentials, timeout=SECONDS, stream=True, allow_redirects=False) as answer:
            if answer.status_code not in _REDIRECTS:
                return _read(answer, until)
            url, credentials = urljoin(url, answer.headers.get("Location", "")), {}
        if not _of_the_carrier(url):
            break
    return later("redirected elsewhere", wait=timedelta(minutes=1), blame=False)


def _door(source: str) -> tuple[str, dict[str, Any]] | Outcome:
    """Where it is, and what opens it."""
    here = settings()
    if found := _CARRIERS.fullmatch(source):
        account = f"{here.twilio_api_url}/2010-04-01/Accounts/{here.twilio_account_sid}"
        credentials = {"auth": here.carrier_login}
        return f"{account}/Messages/{found[1]}/Media/{found[2]}", credentials
    if found := _AGGREGATORS.fullmatch(source):
        if not here.aggregator_media_url or not here.aggregator_secret:
            return later("AGGREGATOR_MEDIA_URL or AGGREGATOR_SECRET is not set", wait=NO_SETTING, blame=False)
        return here.aggregator_media_url + found[1], {"headers": {"Authorization": f"Bearer {here.aggregator_secret}"}}
    raise _Unfit("source")


def _of_the_carrier(url: str) -> bool:
    """Whether the carrier may send us there: its own address, or where it keeps media."""
    there, own = urlsplit(url), urlsplit(settings().twilio_api_url)
    if (there.scheme, there.netloc) == (own.scheme, own.netloc):
        return True
    return there.scheme == "https" and (there.hostname or "").endswith(_STORES) and there.port in (None, 443)


def _read(answer: requests.Response, until: datetime) -> bytes | Outcome:
    """What comes, as long as it is not too much and not too slow. What it is said to be does not count."""
    if answer.status_code != 200:
        blame = answer.status_code >= 500
        return later(f"carrier {answer.status_code}", wait=timedelta(seconds=10), blame=blame)
    raw = bytearray()
    for piece in answer.iter_content(65536):
        raw += piece
        if len(raw) > pictures.MAX_BYTES:
            raise _Unfit("size")
        if clock.now() > until:
            raise requests.Timeout
    return bytes(raw)


def _delete(wanted: Wanted) -> Outcome:
    """The carrier keeps nothing that we have or will never want."""
    found = _CARRIERS.fullmatch(wanted.source)
    if found is None:
        return sent()
    message, medium = found.groups()
    return carrier.delete(lambda client: client.messages(message).media(medium)) or sent()
