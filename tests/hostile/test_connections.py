"""Connections of a real gunicorn: whoever keeps it waiting, sends too much or goes on after a refusal, harms no caller
and no webhook that comes on the same connection."""

import contextlib
import itertools
import re
import runpy
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import depth
import pytest
from pydantic import ValidationError

from config.settings import ROOT, settings
from hostile.attacked import encoded, of_call, signed
from hostile.server import gunicorn
from ivr.operations import drill

SECONDS = 60.0
REQUESTS = round(3000 * depth.HOSTILE_SHARE)
_sids = itertools.count()
_SIGNED = "X-Twilio-Signature: somehow"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    with gunicorn(tmp_path_factory.mktemp("connections")) as running:
        yield running


def opened(address: str) -> socket.socket:
    host, _, port = address.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=SECONDS)


def webhook(address: str, token: str) -> bytes:
    """The first of a call, as the carrier signs it."""
    fields = of_call(f"CA{next(_sids):032x}", AccountSid=drill._ACCOUNT).items()
    signature = signed(token, f"{address}/voice/incoming", fields)
    return posted("/voice/incoming", encoded(fields), f"X-Twilio-Signature: {signature}")


def posted(path: str, body: bytes, *more: str, method: str = "POST", length: int | None = None) -> bytes:
    head = [f"{method} {path} HTTP/1.1", "Host: a", "Content-Type: application/x-www-form-urlencoded", *more]
    if not any("chunked" in line for line in more):
        head.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join([*head, "", ""]).encode() + body


def chunks(body: bytes, size: int = 5000) -> bytes:
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


class Line:
    """A connection as a proxy keeps it: used again, unless an answer says that it closes."""

    def __init__(self, address: str) -> None:
        self.address, self.open, self.early = address, opened(address), b""

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """One answer to one request, whatever becomes of the rest of it."""
        with contextlib.suppress(OSError):  # it may not want to read on
            self.open.sendall(request)
        return self.answer()

    def answer(self) -> tuple[int, bytes]:
        while b"\r\n\r\n" not in self.early:
            self._more()
        head, _, self.early = self.early.partition(b"\r\n\r\n")
        if head.startswith(b"HTTP/1.1 100"):
            return self.answer()
        length = int(re.search(rb"(?i)\r\ncontent-length: (\d+)", head)[1]) if b" 204" not in head[:13] else 0
        while len(self.early) < length:
            self._more()
        body, self.early = self.early[:length], self.early[length:]
        if b"\r\nConnection: close" in head:
            self.open.close()
            self.open, self.early = opened(self.address), b""
        return int(head[9:12]), body

    def _more(self) -> None:
        piece = self.open.recv(65536)
        assert piece, "closed without a word"
        self.early += piece


def inner(address: str, token: str) -> bytes:
    """What a body is full of, that would be a request where it is read as one."""
    return webhook(address, token) * 150


HOSTILE: dict[str, tuple[int, Callable[[bytes], bytes]]] = {
    "too large": (413, lambda inside: posted("/voice/incoming", inside * 8, _SIGNED)),
    "too large, and half of it": (413, lambda inside: posted("/voice/incoming", inside * 8, _SIGNED, length=10**9)),
    "unsigned": (403, lambda inside: posted("/voice/incoming", inside)),
    "unsigned, in chunks": (403, lambda inside: posted("/sms/incoming", chunks(inside), "Transfer-Encoding: chunked")),
    "too large, in chunks": (
        403,  # it is read as far as a form may go, and what it is cut to is not signed
        lambda inside: posted("/voice/incoming", chunks(inside * 8), "Transfer-Encoding: chunked"),
    ),
    "nowhere": (404, lambda inside: posted("/nowhere", inside)),
    "nowhere, small": (404, lambda inside: posted("/nowhere", inside[:300])),
    "nowhere, in chunks": (404, lambda inside: posted("/nowhere", chunks(inside), "Transfer-Encoding: chunked")),
    "nowhere, large": (404, lambda inside: posted("/nowhere", inside * 40)),
    "no link": (404, lambda inside: posted("/t/zzzzzzzz/tambah", inside * 40)),
    "another site": (403, lambda inside: posted("/t/zzzzzzzz/tambah", inside * 40, "Origin: http://jahat.invalid")),
    "not so": (405, lambda inside: posted("/livez", inside)),
    "not so, large": (405, lambda inside: posted("/voice/incoming", inside * 8, method="PUT")),
    "a body that nobody expects": (405, lambda inside: posted("/voice/incoming", inside, method="GET")),
    "asks first": (413, lambda inside: posted("/voice/incoming", inside * 8, _SIGNED, "Expect: 100-continue")),
    "asks first, unsigned": (403, lambda inside: posted("/voice/incoming", inside, "Expect: 100-continue")),
    "healthy": (200, lambda _inside: b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"),
}


def test_no_webhook_behind_a_hostile_request_is_lost(server: tuple[str, str]) -> None:
    """A refusal with a body unread, over and over on kept connections; each is followed by a genuine webhook."""
    address, token = server
    inside, hands = inner(address, token), 6

    def talks(nth: int) -> list[str]:
        line, amiss = Line(address), []
        for at in range(nth, REQUESTS, hands):
            name = list(HOSTILE)[at % len(HOSTILE)]
            expected, made = HOSTILE[name]
            status, _ = line.ask(made(inside))
            if status != expected and (name, status) != ("no link", 429):  # a source that tried thirty may try no more
                amiss.append(f"{name}: {status}")
            status, said = line.ask(webhook(address, token))
            if status != 200 or b"<Response>" not in said or b"/voice/fallback/saved" in said:
                amiss.append(f"webhook after {name}: {status}")
        line.open.close()
        return amiss

    with ThreadPoolExecutor(hands) as pool:
        assert [one for found in pool.map(talks, range(hands)) for one in found] == []


@pytest.mark.parametrize("path", ["/nowhere", "/voice/incoming"])
def test_what_came_in_one_piece_with_a_webhook_is_answered_in_order(server: tuple[str, str], path: str) -> None:
    address, token = server
    line = Line(address)
    both = webhook(address, token) + posted(path, b"a=b") + webhook(address, token)
    with contextlib.suppress(OSError):
        line.open.sendall(both)
    assert line.answer()[0] == 200
    before = line.open
    assert line.answer()[0] in (403, 404)
    if line.open is before:  # it did not say that it closes
        assert line.answer()[0] == 200
    assert line.ask(webhook(address, token))[0] == 200


_BODY = b"a=" + b"b" * 100_000
HALVES = {
    "nothing": b"",
    "half a word": b"PO",
    "half a head": b"POST /voice/incoming HTTP/1.1\r\nHost: a\r\nX-A: ",
    "half a body": posted("/voice/incoming", b"a=b", length=500),
    "half a body, larger": posted("/voice/incoming", _BODY, length=200_000),
    "half a body of a page": posted("/t/zzzzzzzz/tambah", _BODY, length=20_000_000),
    "half a chunk": posted("/voice/incoming", b"500\r\nabc", "Transfer-Encoding: chunked"),
    "chunks that only seem to end": posted("/voice/incoming", b"500\r\nabc0\r\n\r\n", "Transfer-Encoding: chunked"),
    "asks first": posted("/voice/incoming", b"", "Expect: 100-continue", length=500),
    "never hangs up": b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "never reads": b"GET /static/public.css HTTP/1.1\r\nHost: a\r\n\r\n" * 200,
}


@pytest.mark.parametrize("half", HALVES)
def test_a_hundred_half_requests_stop_nobody(server: tuple[str, str], half: str) -> None:
    address, token = server
    with contextlib.ExitStack() as standing:
        for _ in range(100):
            standing.enter_context(opened(address)).sendall(HALVES[half])
        for _ in range(4):  # of either process
            with contextlib.closing(opened(address)) as fresh:
                fresh.settimeout(SECONDS / 6)
                fresh.sendall(webhook(address, token))
                assert fresh.recv(12) == b"HTTP/1.1 200"


def bound(monkeypatch: pytest.MonkeyPatch, **environment: str) -> object:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    return runpy.run_path(str(ROOT / "gunicorn.conf.py"))["bind"]


@pytest.mark.parametrize("kind", ["production", "development"])
@pytest.mark.parametrize(
    ("listen", "where"),
    [
        ("", ["127.0.0.1:8123"]),
        ("0.0.0.0:8123", ["0.0.0.0:8123"]),
        ("unix:/run/hotline/web.sock", ["unix:/run/hotline/web.sock"]),
        ("[::1]:80,127.0.0.1:8123", ["[::1]:80", "127.0.0.1:8123"]),
    ],
)
def test_it_listens_on_loopback_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str, listen: str, where: list[str]
) -> None:
    told = bound(monkeypatch, HOTLINE_ENV=kind, PORT="8123", LISTEN=listen, VAR_DIR=str(tmp_path))
    assert told == where


@pytest.mark.parametrize("listen", ["8000", "0.0.0.0", "unix:", "a b:80", "127.0.0.1:80,", "fd://3"])
def test_what_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, listen: str) -> None:
    with pytest.raises(ValidationError, match="listen"):
        bound(monkeypatch, LISTEN=listen, VAR_DIR=str(tmp_path))
