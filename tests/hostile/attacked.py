"""A house under attack, and everything that leaves it: what it logs, what it mails, which addresses it hands out. Each
input comes in as the carrier would bring it, over HTTP and signed."""

import base64
import contextlib
import hashlib
import hmac
import http.client
import io
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlsplit

from people import ACCOUNT, HOTLINE, TOKEN, House

from config import logs
from config.settings import settings
from hostile.invented import number
from ivr.simulator.mailbox import Mailbox
from ivr.simulator.network.ledger import new_sid
from ivr.simulator.network.wire import Wire

FORM = "application/x-www-form-urlencoded"
LONGEST = 5.0  # seconds of this process's own, whoever else is busy; what is usual is printed, not asserted
HANDS = 4
AGGREGATOR = "the-aggregators-secret-for-the-attacks-1"

Pairs = list[tuple[str, str]]


@dataclass
class Tally:
    """What was tried in one class, and what came of it."""

    inputs: int = 0
    requests: int = 0
    checks: int = 0
    slowest: float = 0.0
    failures: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def check(self, holds: object, what: str, *about: object) -> None:
        """One look into one sink."""
        with self.lock:
            self.checks += 1
            if not holds:
                self.failures.append(" ".join([what, *(ascii(one)[:300] for one in about)]))

    def timed(self, seconds: float) -> None:
        with self.lock:
            self.requests += 1
            self.slowest = max(self.slowest, seconds)


@dataclass(frozen=True)
class Told:
    """What an HTTP client got back."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Attacked:
    """The house, the class that is being tried, and what has left the house since the last look."""

    house: House
    log: io.StringIO
    mails: list[tuple[bytes, list[str]]]
    addresses: list[str]
    tally: Tally = field(default_factory=Tally)
    callers: int = 0
    trees: dict[int, list[Any]] = field(default_factory=dict)

    def sends(self, path: str, form: dict[str, str], *, method: str = "POST") -> Told:
        """One webhook of the carrier's."""
        pairs = list(form.items())
        headers = {"Content-Type": FORM, "X-Twilio-Signature": signed(TOKEN, self.house.url + path, pairs)}
        return self.asks(method, path, encoded(pairs), headers)

    def asks(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Told:
        """Any request at all, exactly as it is given; never answered by a 5xx, never late."""
        where, started, worked = urlsplit(self.house.url), time.monotonic(), time.process_time()
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            told = Told(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()
        self.tally.timed(time.monotonic() - started)
        took = time.process_time() - worked
        self.tally.check(told.status < 500, f"answered {told.status}", method, path, body)
        self.tally.check(took < LONGEST, f"took {took:.1f} s", method, path, body)
        return told

    def hands_over(self, told: dict[str, Any]) -> Told:
        """One text of the local aggregator's, from somebody who has not written before."""
        id_, stamp = new_sid("AG"), str(int(time.time()))
        body = json.dumps({"id": id_, "from": self.next_caller(), **told}).encode()
        mark = hmac.new(AGGREGATOR.encode(), f"{id_}.{stamp}.".encode() + body, hashlib.sha256).digest()
        headers = {"webhook-id": id_, "webhook-timestamp": stamp, "Content-Type": "application/json",
                   "webhook-signature": "v1," + base64.b64encode(mark).decode()}  # fmt: skip
        return self.asks("POST", "/sms/aggregator", body, headers)

    def each(self, act: Callable[[Any], object], inputs: Sequence[Any]) -> None:
        """Do it to every input, several at once."""
        with ThreadPoolExecutor(HANDS) as hands:
            list(hands.map(act, inputs))

    def next_caller(self) -> str:
        with self.tally.lock:
            self.callers += 1
            return number(self.callers)

    def begin(self, tally: Tally) -> None:
        """From here on everything counts for this class."""
        self.tally = tally
        self.log.seek(0)
        self.log.truncate()
        self.mails.clear()
        self.addresses.clear()


def of_call(sid: str = "", **fields: str) -> dict[str, str]:
    base = {"AccountSid": ACCOUNT, "CallSid": sid or new_sid("CA"), "CallStatus": "in-progress", "To": HOTLINE}
    return {**base, "From": "anonymous", **fields}


def of_text(body: str, sender: str, **fields: str) -> dict[str, str]:
    base = {"AccountSid": ACCOUNT, "MessageSid": new_sid("SM"), "To": HOTLINE, "NumMedia": "0"}
    return {**base, "From": sender, "Body": body, **fields}


def encoded(pairs: Iterable[tuple[str, str]]) -> bytes:
    """As a form; half a surrogate leaves as its three bytes."""
    quoted = (f"{quote_plus(name, errors='surrogatepass')}={quote_plus(value, errors='surrogatepass')}"
              for name, value in pairs)  # fmt: skip
    return "&".join(quoted).encode()


def arrived(value: str) -> str:
    """What a form's value is on the other side, where bytes that are no UTF-8 stay as they were quoted."""
    return value.encode("utf-8", "surrogatepass").decode("utf-8", "werkzeug.url_quote")


def signed(token: str, url: str, pairs: Iterable[tuple[str, str]]) -> str:
    """The carrier's signature over what will arrive."""
    text = url + "".join(name + value for name, value in sorted({(arrived(one), arrived(two)) for one, two in pairs}))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


@contextlib.contextmanager
def attacked(database: str, redis: str, var: Path) -> Iterator[Attacked]:
    """A house over a migrated database, with everything that leaves it noted; the process is as before afterwards."""
    before, stderr, send, keep = dict(os.environ), sys.stderr, Wire.send, Mailbox.keep
    log, mails, addresses = io.StringIO(), [], []

    def noting_address(wire: Wire, url: str, *more: Any, **named: Any) -> Any:
        addresses.append(url)
        return send(wire, url, *more, **named)

    def noting_mail(box: Mailbox, raw: bytes, recipients: list[str]) -> None:
        mails.append((raw, recipients))
        keep(box, raw, recipients)

    sys.stderr = log
    try:
        Wire.send, Mailbox.keep = noting_address, noting_mail
        with House.standing(database, redis, var) as house:
            house.set(AGGREGATOR_SECRET=AGGREGATOR, SMS_DUA_ARAH="true")
            yield Attacked(house, log, mails, addresses)
    finally:
        Wire.send, Mailbox.keep, sys.stderr = send, keep, stderr
        os.environ.clear()
        os.environ.update(before)
        settings.cache_clear()
        logs.set_up()
