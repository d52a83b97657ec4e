"""The report to a department's own system: JSON by POST, signed after Standard Webhooks, under a webhook-id that stays
the same on every try.

The address comes from the city's file alone, which takes no scheme but https (http on this machine itself), so it is
called wherever it leads; redirects and proxies of the environment are not. Of what is answered only the status and
Retry-After are looked at.
"""

import contextlib
import io
import json
import socket
import ssl
import time
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session
from standardwebhooks import Webhook

from config import clock
from config.hotline import CITY_LANGUAGE, city
from config.settings import settings
from workers.outcomes import Outcome, Work, dead, later, sent
from workers.senders import email, report
from workers.senders.report import Report

SECONDS, CONNECT_SECONDS = 8.0, 3.0
MAX_BYTES = 4096
MAX_WAIT = 3600.0
SECRET_PAUSE = timedelta(minutes=5)
_AGAIN = (408, 425, 429)


@dataclass(frozen=True)
class Parcel:
    report: Report
    url: str
    secrets: tuple[str, ...]
    id: str
    body: str


def prepare(session: Session, work: Work) -> Parcel | email.Letter | Outcome:
    ready = report.ready(session, work)
    if isinstance(ready, Outcome):
        return ready
    department = city().department(ready.ticket.department)
    if not department.webhook:  # the city's file has none any more, so the row goes the way it would go today
        return email.prepare(session, work)
    secrets = settings().department_secrets.get(department.key)
    if not secrets:
        return later("WEBHOOK_SECRETS has no secret for this department", wait=SECRET_PAUSE, blame=False)
    return Parcel(ready, department.webhook, secrets, str(work.id), json.dumps(_payload(ready, work)))


def send(parcel: Parcel | email.Letter) -> Outcome:
    if isinstance(parcel, email.Letter):
        return email.send(parcel)
    try:
        status, retry_after = _post(parcel)
    except (OSError, HTTPException, ValueError) as fault:  # ValueError: a host name or an answer that is none
        return later(f"no answer: {type(fault).__name__}")
    if not 200 <= status < 300:
        return _refused(status, retry_after)
    report.arrived(parcel.report)
    return sent()


def ask(_parcel: Parcel | email.Letter) -> None:
    """The webhook-id stays the same, so the second of two is recognised as such."""


def _payload(told: Report, work: Work) -> dict[str, Any]:
    ticket = told.ticket
    area = city().area(ticket.area) if ticket.area else None
    data = {
        "number": ticket.number,
        "revision": ticket.revision,
        "category": {"key": ticket.category, "name": city().category(ticket.category).name[CITY_LANGUAGE]},
        "department": ticket.department,
        "area": {"key": area.key, "kelurahan": area.kelurahan, "kecamatan": area.kecamatan} if area else None,
        "priority": ticket.priority,
        "state": ticket.state,
        "received_at": ticket.created_at.isoformat(),
        "answer_due_at": ticket.answer_due_at.isoformat(),
        "due_at": ticket.due_at.isoformat(),
        "confidential": told.confidential,
        "notes": [{"kind": kind, "text": text} for kind, text in told.notes],
        "recording": told.voice,
        "added_recordings": told.added,
        "recordings_until": told.heard_until.isoformat() if told.voice or told.added else None,
        "point": dict(zip(("latitude", "longitude"), told.point, strict=True)) if told.point else None,
        "photos": told.seen,
        "photos_until": told.seen_until.isoformat() if told.seen else None,
    }
    return {"type": "ticket.assigned", "timestamp": work.created_at.isoformat(), "data": data}


def _post(parcel: Parcel) -> tuple[int, str]:
    """The status that was answered, and its Retry-After; once the name was looked up, within SECONDS."""
    until = time.monotonic() + SECONDS
    url = urlsplit(parcel.url)
    with contextlib.closing(_connection(url.scheme, url.hostname or "", url.port)) as connection:
        connection.connect()
        connection.sock.settimeout(max(until - time.monotonic(), 0.001))
        target = f"{url.path or '/'}{url.query and '?'}{url.query}"
        connection.request("POST", target, parcel.body.encode(), _headers(parcel))
        answer = HTTPResponse(_Answer(connection.sock, until), method="POST")  # type: ignore[arg-type] # asks makefile only
        answer.begin()
        with contextlib.suppress(OSError, HTTPException):  # hung up on too early, some servers take it all back
            answer.read(MAX_BYTES)
        return answer.status, answer.getheader("Retry-After", "")


def _connection(scheme: str, host: str, port: int | None) -> HTTPConnection:
    if scheme == "https":
        return HTTPSConnection(host, port, timeout=CONNECT_SECONDS, context=ssl.create_default_context())
    return HTTPConnection(host, port, timeout=CONNECT_SECONDS)


def _headers(parcel: Parcel) -> dict[str, str]:
    """Signed with every secret, so that the other side may change over whenever it likes."""
    moment = clock.now()
    signatures = [Webhook(secret).sign(parcel.id, moment, parcel.body) for secret in parcel.secrets]
    return {
        "Content-Type": "application/json",
        "Connection": "close",
        "User-Agent": "hotline-1500-444",
        "webhook-id": parcel.id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


class _Answer(io.RawIOBase):
    """What a socket brings until a moment and up to MAX_BYTES; a socket's own time-out begins anew with every byte."""

    def __init__(self, wire: socket.socket, until: float) -> None:
        self._wire, self._until, self._left = wire, until, MAX_BYTES

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        self._wire.settimeout(seconds)
        count = self._wire.recv_into(memoryview(buffer)[: self._left])
        self._left -= count
        return count


def _refused(status: int, retry_after: str) -> Outcome:
    if 300 <= status < 400:
        return dead(f"the address redirects: {status}")
    if status == 410:
        return dead("the department's system is gone: 410")
    if 400 <= status < 500 and status not in _AGAIN:
        return dead(f"the department's system refuses it: {status}")
    return later(f"the department's system says {status}", wait=_wait(retry_after))


def _wait(retry_after: str) -> timedelta | None:
    """Seconds or an HTTP date, at most an hour; None for what is neither or over."""
    try:
        if retry_after.isdecimal():
            seconds = float(retry_after)
        else:
            seconds = (parsedate_to_datetime(retry_after) - clock.now()).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return None
    return timedelta(seconds=min(seconds, MAX_WAIT)) if seconds > 0 else None
