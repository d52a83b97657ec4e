"""Whoever is outside: browsers and the carrier, who know the machine by its two names and its usual ports, and come to
those that stand for them."""

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from config.settings import ROOT
from ivr.operations import fallback
from ivr.simulator.calls.call import LiveCall
from ivr.simulator.carrier import Carrier
from rehearsal.machine import HOST, SHORT, Amiss

CALLER = "+6281200001111"
HEADERS = ("X-Content-Type-Options", "Referrer-Policy", "Content-Security-Policy", "Strict-Transport-Security")


@contextmanager
def outside(ports: dict[int, int], certificate: Path) -> Iterator[None]:
    """Both names lead to this machine, and its certificate is trusted."""
    usual = socket.getaddrinfo

    def looked_up(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        if host in (HOST, SHORT, "unknown.example"):
            host, port = "127.0.0.1", ports.get(int(port or 0), port)
        return usual(host, port, *more, **named)

    before = {name: os.environ.get(name) for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")}
    os.environ.update(dict.fromkeys(before, str(certificate)))
    socket.getaddrinfo = looked_up
    try:
        yield
    finally:
        socket.getaddrinfo = usual
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)


def ask(method: str, url: str, status: int, *, says: str = "", to: str = "", **more: Any) -> requests.Response:
    """One request, no redirect followed; raises Amiss when the answer is another one."""
    answer = requests.request(method, url, timeout=60, allow_redirects=False, **more)
    if answer.status_code != status:
        raise Amiss(f"{method} {url}: {answer.status_code} instead of {status}")
    if says not in answer.text:
        raise Amiss(f"{method} {url} does not say {says!r}: {answer.text[:200]!r}")
    if to and answer.headers.get("Location") != to:
        raise Amiss(f"{method} {url} leads to {answer.headers.get('Location')}, not to {to}")
    return answer


def guarded(answer: requests.Response) -> None:
    """The headers of safety are there, each once."""
    for name in HEADERS:
        found = answer.raw.headers.getlist(name)
        if len(found) != 1 or not found[0]:
            raise Amiss(f"{answer.url}: {name} is there {len(found)} times")


def refuses(url: str, **more: Any) -> None:
    """Nobody answers at all."""
    try:
        answer = requests.get(url, timeout=30, allow_redirects=False, **more)
    except requests.ConnectionError:
        return
    raise Amiss(f"{url}: answered with {answer.status_code}")


def look_at_the_proxy(challenges: Path) -> None:
    """Every promise of deploy/nginx.conf that needs no call."""
    site, short = f"https://{HOST}", f"https://{SHORT}"
    guarded(ask("GET", f"{site}/", 200, says="1500-444"))
    for path in ("/metrics", "/readyz", "/livez"):
        for spelt in (path, f"{path}/", f"/.{path}", f"/%{ord(path[1]):x}{path[2:]}"):
            guarded(ask("GET", site + spelt, 404))
    guarded(ask("POST", f"{site}/voice/incoming", 403, data={"CallSid": "CA"}))
    guarded(ask("POST", f"{site}/voice/incoming", 413, data="x" * 300_000))
    large = ask("POST", f"{site}/t/12345678/tambah", 413, data=b"x" * 34_000_000)
    guarded(large)
    # Without TLS: the certificate's renewal, and pages led on; a webhook is refused.
    (challenges / "token").write_text("renewed")
    ask("GET", f"http://{HOST}/.well-known/acme-challenge/token", 200, says="renewed")
    ask("GET", f"http://{HOST}/t/12345678?bahasa=en", 301, to=f"{site}/t/12345678?bahasa=en")
    ask("GET", f"http://{SHORT}/12345678", 301, to=f"{short}/12345678")
    for method, path in (("POST", "/voice/incoming"), ("GET", "/voice/incoming"), ("POST", "/sms/aggregator"),
                         ("POST", "/t/12345678/tambah"), ("GET", "/sms/status")):  # fmt: skip
        ask(method, f"http://{HOST}{path}", 403)
    # The short name: a code leads to its page, nothing else leads anywhere.
    guarded(ask("GET", f"{short}/", 302, to=f"{site}/t"))
    guarded(ask("GET", f"{short}/12345678?bahasa=en", 302, to=f"{site}/t/12345678?bahasa=en"))
    ask("GET", f"{short}/12345678%0D%0ASet-Cookie:x", 302, to=f"{site}/t/12345678%0D%0ASet-Cookie:x")
    for path in ("/t", "/t/12345678", "/voice/incoming", "/metrics", "/static/style.css"):
        guarded(ask("GET", short + path, 404))
    # Another name is nobody's.
    refuses("https://unknown.example/")
    refuses("http://unknown.example/")
    refuses(f"{site}/", headers={"Host": "unknown.example"})


def report(carrier: Carrier) -> None:
    """Dial, press 2, choose, name no place, speak, send."""
    call = heard(carrier.dial(CALLER), "Selamat")
    for keys in ("2", "2", "*"):
        call.press(keys)
    call.record(6, ended_by="#")
    call.press("1")
    call.hang_up()
    carrier.settle()
    if call.errors:
        raise Amiss("; ".join(str(one) for one in call.errors))


def heard(call: LiveCall, words: str) -> LiveCall:
    if call.errors or not call.hears(words):
        raise Amiss(f"{words!r} was not heard: {call.transcript()[-500:]} {[str(one) for one in call.errors]}")
    return call


def open_link(text: str, number: str) -> None:
    """From the link in a text, as a telephone opens it, to the page of its report."""
    link = re.search(rf"{re.escape(SHORT)}/\w{{8}}", text)
    if link is None:
        raise Amiss(f"no link in {text!r}")
    page = requests.get(f"http://{link[0]}", timeout=60)
    where = [answer.headers.get("Location", "") for answer in page.history]
    if page.status_code != 200 or number not in page.text.replace("-", ""):
        raise Amiss(f"http://{link[0]}: {page.status_code} by way of {where}")
    guarded(page)


def fallback_folder() -> Path:
    """What is hosted away from the machine."""
    return fallback.FOLDER


def readme_address(what: str) -> str:
    """An address of the number, as the README writes it."""
    found = re.search(rf"^\| {re.escape(what)} \| `([^`]+)` \|$", (ROOT / "README.md").read_text(), re.M)
    assert found, f"the README has no address for: {what}"
    return found[1]
