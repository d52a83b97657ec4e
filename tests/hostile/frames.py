"""Requests that are broken as HTTP, for a real gunicorn: request lines, hosts, lengths, chunks, charsets, parts, and
what is used to smuggle a second request behind a first. Sent as bytes over a socket of their own."""

import random
import re
import socket
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from hostile.attacked import HANDS, Tally, encoded, of_call, signed
from hostile.corpus import SEED

COUNT = 300
SECONDS = 60.0
PATH = "/voice/incoming"
TARGETS = (
    PATH, "http://{host}" + PATH, "http://jahat.invalid" + PATH, "HTTP://u:p@{host}" + PATH, "*", "//x", PATH + "#f",
    "/%00", "", "/" + "a" * 5000, "voice/incoming", "/voice/turn/" + "9" * 40, "/voice/turn/-1",
    PATH + "?" + "a=1&" * 900, "/\u00e9", "/a b", "/..//", "{host}", "/voice/incoming\t", "file:///etc/passwd",
    "/t/%ff%fe", "/simulator?%0d%0aX: 1",
)  # fmt: skip
METHODS = ("POST", "POST", "POST", "GET", "BREW", "post", "P OST", "POST\0", "A" * 300, "", "CONNECT", "PRI")
VERSIONS = (
    "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "http/1.1", "", "HTTP/1.1 x", "HTTP/",
    "\0",
)  # fmt: skip
HOSTS = (
    "Host: {host}", "", "Host: {host}\r\nHost: jahat.invalid", "Host: jahat.invalid", "Host:", "Host: a b",
    "Host: [::1", "Host: \xe9", "Host: x/../y", "Host : {host}", "Host: {host}:99999", "host:{host}", "Host: \0",
    "Host: <script>",
)  # fmt: skip
KINDS = (
    "Content-Type: application/x-www-form-urlencoded", "",
    "Content-Type: application/x-www-form-urlencoded; charset=utf-16",
    "Content-Type: application/x-www-form-urlencoded; charset=\xe9", "Content-Type: multipart/form-data",
    "Content-Type: multipart/form-data; boundary=", "Content-Type: multipart/form-data; boundary=x",
    "Content-Type: application/json", "Content-Type: multipart/form-data; boundary=" + "b" * 4000,
    "Content-Type: text/html\r\nContent-Type: text/plain", "Content-Type: /",
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Encoding: gzip", "Content-Type: ;;;=",
    "Content-Type: multipart/mixed; boundary=x",
)  # fmt: skip
EXTRAS = (
    "", "X-Twilio-Signature: {signature}", "X-Twilio-Signature: {signature}\r\nX-Twilio-Signature: {signature}",
    "X-Twilio-Signature: \xe9\xff", "X-Twilio-Signature:\r\n {signature}", "X_Twilio_Signature: {signature}",
    "Expect: 100-continue", "Expect: nothing", "Upgrade: h2c\r\nConnection: Upgrade", "X A: 1", ": 1", "X\0: 1",
    "X: a\rb", "X: \0", "X: " + "a" * 9000, "\r\n".join(f"X-{n}: 1" for n in range(150)), "no colon at all",
    "Connection: close, keep-alive", "Range: bytes=0-,-1", "If-None-Match: *",
    "X-Forwarded-For: 1\r\nForwarded: for=_", "Cookie: " + "a=b; " * 500,
)  # fmt: skip

Chance = random.Random
Body = tuple[str, bytes]


@dataclass(frozen=True)
class Frame:
    what: str
    raw: bytes


def frames(address: str, token: str, seed: int = SEED, share: float = 1.0) -> list[Frame]:
    """`share` of COUNT different ones for the server at `address`; three quarters have one fault, the others any."""
    chance, found = Chance(f"{seed} frames"), {}
    host = address.removeprefix("http://")
    body = encoded(of_call("CA" + "f" * 32).items())
    signature = signed(token, address + PATH, of_call("CA" + "f" * 32).items())
    while len(found) < round(COUNT * share):
        made = _frame(chance, body, {"host": host, "signature": signature}, wild=chance.random() > 0.75)
        found[made.raw] = made
    return list(found.values())


def tried(address: str, token: str, share: float = 1.0) -> Tally:
    """All of them, several at once, and a good request afterwards."""
    sent = frames(address, token, share=share)
    tally = Tally(inputs=len(sent))
    with ThreadPoolExecutor(HANDS) as hands:
        list(hands.map(lambda frame: exchange(tally, address, frame), sent))
    with urllib.request.urlopen(f"{address}/livez", timeout=SECONDS) as answer:
        tally.check(answer.status == 200, "it no longer answers")
    return tally


def exchange(tally: Tally, address: str, frame: Frame) -> None:
    """Send it and listen until the server is done with it: no 5xx, and no silence."""
    host, _, port = address.removeprefix("http://").partition(":")
    began, said = time.monotonic(), b""
    with socket.create_connection((host, int(port)), timeout=SECONDS) as line:
        try:
            line.sendall(frame.raw)
            line.shutdown(socket.SHUT_WR)
            while piece := line.recv(65536):
                said += piece
        except TimeoutError:
            tally.check(False, "no end", frame.what, frame.raw)
        except OSError:  # reset: it did not want to read on
            pass
    tally.timed(time.monotonic() - began)
    statuses = [int(found) for found in re.findall(rb"^HTTP/1\.\d (\d{3})", said, re.M)]
    foreign_coding = b"\r\nTransfer-Encoding:" in frame.raw  # 501 is then what HTTP asks for
    fine = all(status < 500 or (status == 501 and foreign_coding) for status in statuses)
    tally.check(fine, f"answered {statuses}", frame.what, frame.raw)
    tally.check(b"Traceback" not in said and b"site-packages" not in said, "tells of the machine", frame.what, said)
    tally.check(b"jahat.invalid" not in said.lower(), "repeats a foreign host", frame.what, said)


_GOOD = ("POST", PATH, "HTTP/1.1", HOSTS[0], KINDS[0], EXTRAS[1])


def _frame(chance: Chance, body: bytes, fills: dict[str, str], *, wild: bool) -> Frame:
    """A good request but for one part, or with every part by chance."""
    parts = dict(zip(("method", "target", "version", "host", "kind", "extra"), _GOOD, strict=True))
    choices = {"method": METHODS, "target": TARGETS, "version": VERSIONS, "host": HOSTS, "kind": KINDS, "extra": EXTRAS}
    framing = chance.choice(_FRAMINGS) if wild or chance.random() < 0.5 else _plain
    for part in choices if wild else [chance.choice(list(choices))]:
        parts[part] = chance.choice(choices[part])
    length, content = framing(chance, body)
    lines = [f"{parts['method']} {parts['target']} {parts['version']}", parts["host"], parts["kind"], parts["extra"]]
    lines += [length, f"X-Nr: {chance.randrange(10**6)}"]
    head = "\r\n".join(line for line in lines if line).format(**fills)
    ending = chance.choice(("\n", "\r", "\r\n\r\n")) if wild and chance.random() < 0.2 else "\r\n"
    raw = head.replace("\r\n", ending).encode("utf-8" if "\u00e9" in parts["target"] else "latin-1")
    return Frame(f"{framing.__name__[1:]} {parts['method'][:10]} {parts['target'][:30]}", raw + b"\r\n\r\n" + content)


def _plain(_chance: Chance, body: bytes) -> Body:
    return f"Content-Length: {len(body)}", body


def _wrong_length(chance: Chance, body: bytes) -> Body:
    odd = (
        "0", "1", str(len(body) - 1), str(len(body) + 1), "-1", "+5", "0x10", "1e3", "9" * 23, "", "a", " 5 5", "\xb2",
        f"{len(body)}\r\nContent-Length: 3", f"{len(body)}, {len(body)}", "256001",
    )  # fmt: skip
    return f"Content-Length: {chance.choice(odd)}", body


def _missing_length(_chance: Chance, body: bytes) -> Body:
    return "", body


def _oversized(chance: Chance, body: bytes) -> Body:
    size = chance.choice((256_001, 300_000, 2_000_000))
    return f"Content-Length: {size}", body + b"&a=" + b"x" * (size - len(body) - 3)


_CODINGS = (
    "chunked", "chunked", "Chunked", "xchunked", "chunked, identity", "gzip, chunked", "identity", "", "\x0bx",
)  # fmt: skip


def _chunked(chance: Chance, body: bytes) -> Body:
    """Chunks as they should be, and as they should not."""
    good = f"{len(body):x}"
    size = chance.choice((good, good, f"{good};a=b", "-1", "0x5", "f" * 17, "", "g", f"0{good}", " 5"))
    end = chance.choice((b"\r\n0\r\n\r\n", b"\r\n0\r\nX: 1\r\n\r\n", b"", b"\r\n", b"0\r\n", b"\n0\n\n"))
    coding = chance.choice(_CODINGS)
    return f"Transfer-Encoding: {coding}", size.encode() + b"\r\n" + body + end


def _both(chance: Chance, body: bytes) -> Body:
    """A length and chunks: what one server takes for the end, the other takes for the next request."""
    second = f"GET /livez HTTP/1.1\r\nHost: x\r\nX-Nr: {chance.randrange(10**6)}\r\n\r\n".encode()
    header = ["Content-Length: 6", "Transfer-Encoding: chunked"]
    chance.shuffle(header)
    whole = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    return "\r\n".join(header), chance.choice((b"0\r\n\r\n", whole)) + second


def _parts(chance: Chance, body: bytes) -> Body:
    """Parts that do not end, have no name, or are files."""
    head = chance.choice(
        (
            'Content-Disposition: form-data; name="From"',
            'Content-Disposition: form-data; name="From"; filename="../x"',
            "Content-Disposition: form-data",
            "X: 1",
            'Content-Disposition: form-data; name="' + "n" * 3000,
            'Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=utf-7',
        )
    )
    end = chance.choice((b"\r\n--x--\r\n", b"", b"\r\n--x", b"\r\n--x\r\n" * 300))
    content = f"--x\r\n{head}\r\n\r\n".encode() + body + end
    return f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {len(content)}", content


def _broken_form(chance: Chance, _body: bytes) -> Body:
    odd = (b"%", b"a=%zz", b"\xff\xfe=\xff", b"a=%ED%A0%80", b"=" * 500, b"&" * 5000, b"a=1;b=2", b"\0=\0", b"a" * 9000)
    content = chance.choice(odd)
    return f"Content-Length: {len(content)}", content


def _two_at_once(_chance: Chance, body: bytes) -> Body:
    """A second request behind the first, before the first was answered."""
    return f"Content-Length: {len(body)}", body + b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\nGARBAGE\r\n\r\n"


_FRAMINGS: tuple[Callable[[Chance, bytes], Body], ...] = (
    _wrong_length, _missing_length, _oversized, _chunked, _chunked, _both, _parts, _broken_form, _two_at_once, _plain,
)  # fmt: skip
