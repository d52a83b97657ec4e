"""The carrier's side of HTTP: signed webhooks with Twilio's time limits, redirects, retries and idempotency token.
`patience` says how many times longer than Twilio we wait.

Requests go out with http.client, because the path must leave exactly as it was signed.
"""

import base64
import hashlib
import hmac
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from ivr.simulator.network.faults import Faults

XML = "text/xml, application/xml, text/html, audio/*"
_MAX_REDIRECTS = 10
_READ_AT_MOST = 20_000_000


class Trouble(NamedTuple):
    """Something the carrier would log in its debugger."""

    code: int
    text: str
    url: str = ""

    def __str__(self) -> str:
        return f"{self.code} {self.text}" + (f" ({self.url})" if self.url else "")


@dataclass(frozen=True)
class Answer:
    """What came back: `trouble` if it did not come back well, `copies_differ` if a repeat got other bytes."""

    url: str
    status: int = 0
    content_type: str = ""
    body: bytes = b""
    trouble: Trouble | None = None
    copies_differ: bool = False

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class _Limits(NamedTuple):
    """The connection overrides of a URL's fragment, `#ct=2000&rc=2&rp=all`, in seconds; `total` is for all retries."""

    connect: float
    read: float
    total: float
    retries: int
    retry_on: frozenset[str]


class Request(NamedTuple):
    """One webhook on its way; a repeat of it carries the same token."""

    method: str
    url: str
    fields: Mapping[str, str]
    accept: str
    token: str
    limits: _Limits


# Told of every request, what came back, and after how many seconds.
Witness = Callable[[Request, Answer, float], None]


def sign(token: str, url: str, fields: Iterable[tuple[str, str]] = ()) -> str:
    """X-Twilio-Signature: HMAC-SHA1 over the URL and the sorted form fields, each pair once."""
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def bad_url(url: str) -> bool:
    """True for what Twilio refuses with 11100: no http address, white space, non-ASCII, an underscore in the host."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return True
    printable = url.isascii() and url.isprintable() and " " not in url
    return not printable or parts.scheme not in ("http", "https") or not host or "_" in host


class Wire:
    """Sends webhooks for one account, with the faults asked for."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        faults: Faults,
        witness: Witness | None = None,
        *,
        patience: float = 1,
    ) -> None:
        self.account_sid, self.auth_token, self.faults = account_sid, auth_token, faults
        self._witness, self._patience = witness, patience

    def send(self, url: str, fields: Mapping[str, str], *, method: str = "POST", accept: str = XML) -> Answer:
        """Deliver one webhook, or as many copies of it as the faults say; a repeat carries the same token."""
        target, _, fragment = url.partition("#")
        if bad_url(target):
            return Answer(target, trouble=Trouble(11100, "not a valid URL", target))
        limits = _limits(fragment, self._patience)
        if self.faults.webhook_delay:
            time.sleep(self.faults.webhook_delay)

        first = Request(method, target, fields, accept, str(uuid.uuid4()), limits)

        def deliver(_: int) -> Answer:
            return self._with_retries(first)

        copies = range(max(1, self.faults.webhook_copies))
        if self.faults.webhook_concurrent and len(copies) > 1:
            with ThreadPoolExecutor(len(copies)) as pool:
                answers = list(pool.map(deliver, copies))
        else:
            answers = [deliver(copy) for copy in copies]
        differ = len({(answer.status, answer.body) for answer in answers}) > 1
        return replace(answers[-1], copies_differ=differ)

    def _with_retries(self, first: Request) -> Answer:
        limits, left = first.limits, first.limits.total
        until = time.monotonic() + left
        for attempt in range(limits.retries + 1):
            within = limits._replace(connect=min(limits.connect, left), read=min(limits.read, left))
            began = time.monotonic()
            answer, reason = self._following_redirects(first._replace(limits=within))
            if self._witness:
                self._witness(first, answer, time.monotonic() - began)
            left = until - time.monotonic()
            if not reason or attempt == limits.retries or not {reason, "all"} & limits.retry_on or left <= 0:
                break
        return answer

    def _following_redirects(self, asked: Request) -> tuple[Answer, str]:
        """The answer, and why it would be retried: ct, rt, 4xx, 5xx, or nothing."""
        for _ in range(_MAX_REDIRECTS + 1):
            url = asked.url
            try:
                answer, location = self._exchange(asked)
            except _NotConnectedError as error:
                return Answer(url, trouble=Trouble(11205, f"connection failed: {error}", url)), "ct"
            except TimeoutError:
                return Answer(url, trouble=Trouble(11200, f"no answer within {asked.limits.read:g} s", url)), "rt"
            except (OSError, HTTPException) as error:
                return Answer(url, trouble=Trouble(11206, f"protocol violation: {error!r}", url)), "rt"
            if not location:
                return answer, f"{answer.status // 100}xx" if answer.status >= 400 else ""
            asked = asked._replace(url=urljoin(url, location))
            if answer.status in (301, 302, 303):  # a moved POST becomes a GET and loses its fields
                asked = asked._replace(method="GET", fields={})
        return Answer(url, trouble=Trouble(11215, "too many redirects", url)), ""

    def _exchange(self, asked: Request) -> tuple[Answer, str]:
        headers = {
            "User-Agent": "TwilioProxy/1.1",
            "Accept": asked.accept,
            "I-Twilio-Idempotency-Token": asked.token,
            "Connection": "close",
        }
        url, body = asked.url, None
        if asked.method == "GET":
            url += ("&" if "?" in url else "?") * bool(asked.fields) + urlencode(asked.fields)
            headers["X-Twilio-Signature"] = sign(self.auth_token, url)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
            headers["X-Twilio-Signature"] = sign(self.auth_token, url, asked.fields.items())
            body = urlencode(asked.fields)
        parts = urlsplit(url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=asked.limits.connect)
        try:
            try:
                connection.connect()
            except OSError as error:
                raise _NotConnectedError(error) from error
            connection.sock.settimeout(asked.limits.read)
            path = (parts.path or "/") + ("?" + parts.query if parts.query else "")
            connection.request(asked.method, path, body, headers)
            response = connection.getresponse()
            answer = Answer(url, response.status, response.getheader("Content-Type", ""), _whole(response))
            location = response.getheader("Location", "") if 300 <= response.status < 400 else ""
        finally:
            connection.close()
        if answer.status >= 400:
            answer = replace(answer, trouble=Trouble(11217, f"answered with status {answer.status}", url))
        return answer, location


def _whole(response: HTTPResponse) -> bytes:
    """The body; IncompleteRead when the sender went away in its middle, which reading up to a limit passes over."""
    body = response.read(_READ_AT_MOST)
    if response.length and len(body) < _READ_AT_MOST:
        raise IncompleteRead(body, response.length)
    return body


class _NotConnectedError(Exception):
    """TCP or TLS did not come about, which is what `ct` in a retry rule means."""


def _limits(fragment: str, patience: float) -> _Limits:
    given = dict(parse_qsl(fragment))

    def number(name: str, default: int, most: int) -> int:
        return min(int(given[name]), most) if given.get(name, "").isdecimal() else default

    def seconds(name: str, default: int, most: int) -> float:
        return number(name, default, most) / 1000 * patience

    return _Limits(
        connect=seconds("ct", 5000, 10000),
        read=seconds("rt", 15000, 15000),
        total=seconds("tt", 15000, 15000),
        retries=number("rc", 1, 5),
        retry_on=frozenset(given.get("rp", "ct").split(",")),
    )
