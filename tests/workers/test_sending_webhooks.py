"""The report on its way into a department's own system: what is told and how it is signed, systems that refuse, stall
and ramble, and what a resident notices of it."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.client import parse_headers
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

import pytest
import requests
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from factories import changing, make_due, moved, opened, row, rows, seen, until, wib
from people import House, Resident, use
from pydantic import ValidationError
from sqlalchemy import select
from standardwebhooks import Webhook, WebhookVerificationError

from config import clock, hotline, stores
from config.hotline import Department, city
from config.settings import settings
from ivr.simulator import audio
from ticketing import recordings, tickets
from ticketing.models import Breaker, Outbox
from workers import jobs
from workers.senders import webhook

NEW, OLD = "whsec_" + "bmV3".ljust(40, "A"), "whsec_" + "b2xk".ljust(40, "A")
CHATTER = "stack trace of somebody else"
PHONE = "+6281299887766"


def says(status: int, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(CHATTER)}", "", CHATTER]).encode()


@dataclass
class Got:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def report(self) -> dict[str, Any]:
        return dict(json.loads(self.body)["data"])


Answer = bytes | Callable[["System", Callable[[bytes], object]], None]


@dataclass
class System:
    """A department's own system. Answers with what is in `answers`, then with 204; keeps everything it was sent."""

    answers: list[Answer] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    woken: threading.Event = field(default_factory=threading.Event)
    left_alone: threading.Event = field(default_factory=threading.Event)
    url: str = ""


@contextmanager
def standing(tls: ssl.SSLContext | None = None) -> Iterator[System]:
    system = System()

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            path = self.rfile.readline().decode().split()[1]
            headers = parse_headers(self.rfile)
            system.got.append(Got(path, dict(headers), self.rfile.read(int(headers["Content-Length"]))))
            answer = system.answers.pop(0) if system.answers else says(204)
            if isinstance(answer, bytes):
                self.wfile.write(answer)
            else:
                answer(system, self.wfile.write)

    class Server(ThreadingTCPServer):
        daemon_threads, block_on_close = True, False

        def get_request(self) -> Any:
            wire, address = super().get_request()
            return (tls.wrap_socket(wire, server_side=True) if tls else wire), address

        def handle_error(self, *_: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    system.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}/laporan?dari=1500444"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield system
    finally:
        system.woken.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Write addresses of departments' systems into the city's file, as it were: give(dlh="https://...")."""
    whole = hotline.load()

    def give(**urls: str) -> None:
        departments = {
            key: one.model_copy(update={"webhook": urls.get(key, "")}) for key, one in whole.departments.items()
        }
        monkeypatch.setattr(hotline, "load", lambda: whole.model_copy(update={"departments": departments}))
        city.cache_clear()

    yield give
    monkeypatch.undo()
    city.cache_clear()


@pytest.fixture
def system(give: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """The system of the environment agency, dlh."""
    with standing() as made:
        give(dlh=made.url)
        monkeypatch.setenv("WEBHOOK_SECRETS", f"dlh={NEW}")
        settings.cache_clear()
        yield made


def delivery(number: str) -> Outbox:
    return rows(number, kind="webhook")[-1]


def state(number: str) -> tuple[str, str | None]:
    now = delivery(number)
    return now.state, now.last_error


def again(house: House, number: str) -> tuple[str, str | None]:
    make_due(delivery(number))
    house.work()
    return state(number)


def add_recording(number: str) -> None:
    """The reporter called again and said more."""
    with changing(number) as (session, ticket):
        made = recordings.noted(session, sid="RE" + "7" * 32, call=None, turn=1, seconds=5, completed=True)
        made.fetched_at = clock.now()
        tickets.add_recording(session, ticket, made, by="caller")


# -- what it is told -----------------------------------------------------------------------------------------------


def test_a_department_with_a_system_is_called_and_not_mailed(house: House, system: System) -> None:
    number = opened(area="kayuringinjaya", words="depan masjid Al Barkah")
    with changing(number) as (session, ticket):
        tickets.note(session, ticket, "sudah dua kali dilaporkan", by="Rina")
    other = opened(category="banjir")
    house.work()
    (got,) = system.got
    assert got.path == "/laporan?dari=1500444"
    assert got.headers["Content-Type"] == "application/json"
    ticket = seen(number)
    assert json.loads(got.body) == {
        "type": "ticket.assigned",
        "timestamp": delivery(number).created_at.isoformat(),
        "data": {
            "number": number,
            "revision": 1,
            "category": {"key": "sampah", "name": city().category("sampah").name["id"]},
            "department": "dlh",
            "area": {"key": "kayuringinjaya", "kelurahan": "Kayuringinjaya", "kecamatan": "Bekasi Selatan"},
            "priority": ticket.priority,
            "state": "received",
            "received_at": ticket.created_at.isoformat(),
            "answer_due_at": ticket.answer_due_at.isoformat(),
            "due_at": ticket.due_at.isoformat(),
            "confidential": False,
            "notes": [
                {"kind": "said", "text": "depan masjid Al Barkah"},
                {"kind": "remark", "text": "sudah dua kali dilaporkan"},
            ],
            "recording": None,
            "added_recordings": [],
            "recordings_until": None,
        },
    }
    assert ticket.created_at.utcoffset() == timedelta(0)
    assert house.ticket(number)["status"] == house.ticket(other)["status"] == "forwarded"
    assert {"kind": "webhook", "destination": "dlh", "state": "sent"} in house.ticket(number)["deliveries"]
    assert [mail.to for mail in house.mails()] == ["bpbd@bekasikota.invalid"]


def test_an_area_may_be_a_whole_kecamatan_or_unknown(sqlite_house: House, system: System) -> None:
    opened(area="kec-bekasiselatan")
    opened()
    sqlite_house.work()
    assert [got.report["area"] for got in system.got] == [
        {"key": "kec-bekasiselatan", "kelurahan": None, "kecamatan": "Bekasi Selatan"},
        None,
    ]


def test_of_a_confidential_report_only_that_it_exists(
    sqlite_house: House, system: System, give: Callable[..., None]
) -> None:
    give(inspektorat=system.url)
    use(WEBHOOK_SECRETS=f"inspektorat={NEW}")
    number = opened(category="keluhan-petugas", words="di loket tiga")
    add_recording(number)
    sqlite_house.work()
    got = system.got[-1]
    assert got.report == got.report | {
        "number": number, "confidential": True, "notes": [], "recording": None, "added_recordings": [],
        "recordings_until": None,
    }  # fmt: skip
    assert "loket" not in got.body.decode()


def test_nothing_personal_is_in_it(house: House, system: System) -> None:
    Resident(house, PHONE).dials().presses("2", "2", "*").talks().presses("1").hangs_up()
    number = house.ticket()["number"]
    with changing(number) as (session, ticket):
        tickets.note(session, ticket, "truk tidak datang", by="Siti Kenari")
    house.work()
    ticket, (got,) = seen(number), system.got
    sent = got.body.decode() + json.dumps(got.headers)
    assert "truk tidak datang" in sent
    canaries = [PHONE, PHONE[3:], PHONE[-8:], "Kenari", ticket.report_key.partition(":")[0], ticket.tracking_code]
    for canary in [*canaries, *map(str, (ticket.id, ticket.contact_id, ticket.call_id))]:
        assert canary not in sent
    assert got.headers["webhook-id"] == str(delivery(number).id)


# -- signed --------------------------------------------------------------------------------------------------------


def test_the_signature_is_ours_and_of_this_body(house: House, system: System) -> None:
    number = opened()
    house.work()
    (got,) = system.got
    assert Webhook(NEW).verify(got.body, got.headers)["data"]["number"] == number
    for secret, body, headers in (
        (OLD, got.body, got.headers),
        (NEW, got.body.replace(b"sampah", b"banjir"), got.headers),
        (NEW, got.body, got.headers | {"webhook-id": "another"}),
        (NEW, got.body, got.headers | {"webhook-timestamp": str(int(got.headers["webhook-timestamp"]) + 1)}),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, headers)


@pytest.mark.parametrize("written", [f"dlh={NEW},dlh={OLD}", f" dlh={OLD} , bpbd={NEW}, dlh={NEW}"])
def test_while_a_secret_is_rotated_both_sign(sqlite_house: House, system: System, written: str) -> None:
    use(WEBHOOK_SECRETS=written)
    opened()
    sqlite_house.work()
    (got,) = system.got
    for secret in (NEW, OLD):
        Webhook(secret).verify(got.body, got.headers)
    assert len(got.headers["webhook-signature"].split(" ")) == 2


@pytest.mark.parametrize("written", ["", f"bpbd={NEW}", "dlh", "dlh=", "dlh=whsec_short", f"dlh={NEW[6:]}"])
def test_without_a_secret_it_waits_until_there_is_one(sqlite_house: House, system: System, written: str) -> None:
    use(WEBHOOK_SECRETS=written)
    number = opened()
    sqlite_house.work()
    assert state(number) == ("pending", "WEBHOOK_SECRETS has no secret for this department")
    assert system.got == []
    with stores.reading() as session:
        assert session.scalars(select(Breaker)).all() == [], "it is not the department's fault"
    use(WEBHOOK_SECRETS=f"dlh={NEW}")
    assert again(sqlite_house, number) == ("sent", None)


def test_every_try_carries_the_same_id(house: House, system: System) -> None:
    system.answers = [says(500), b"", b"HTTP/1.1 2", says(503)]
    number = opened()
    house.work()
    for why in ("RemoteDisconnected", "BadStatusLine"):
        assert again(house, number) == ("pending", f"no answer: {why}")
    again(house, number)
    assert again(house, number) == ("sent", None)
    assert len(system.got) == 5
    assert {got.headers["webhook-id"] for got in system.got} == {str(row(delivery(number)).id)}
    for got in system.got:
        Webhook(NEW).verify(got.body, got.headers)
    opened()
    house.work()
    assert len({got.headers["webhook-id"] for got in system.got}) == 2


# -- what is answered ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "expected", "why"),
    [
        (200, "sent", None),
        (202, "sent", None),
        (299, "sent", None),
        (301, "dead", "the address redirects: 301"),
        (304, "dead", "the address redirects: 304"),
        (308, "dead", "the address redirects: 308"),
        (400, "dead", "the department's system refuses it: 400"),
        (401, "dead", "the department's system refuses it: 401"),
        (404, "dead", "the department's system refuses it: 404"),
        (408, "pending", "the department's system says 408"),
        (410, "dead", "the department's system is gone: 410"),
        (425, "pending", "the department's system says 425"),
        (429, "pending", "the department's system says 429"),
        (499, "dead", "the department's system refuses it: 499"),
        (500, "pending", "the department's system says 500"),
        (503, "pending", "the department's system says 503"),
        (103, "pending", "the department's system says 103"),
        (999, "pending", "the department's system says 999"),
        (1000, "pending", "no answer: BadStatusLine"),
    ],
)
def test_what_an_answer_means(sqlite_house: House, system: System, status: int, expected: str, why: str | None) -> None:
    system.answers = [says(status)]
    number = opened()
    sqlite_house.work()
    assert state(number) == (expected, why), "and never a word of the answer itself"
    assert sqlite_house.ticket(number)["status"] == ("forwarded" if expected == "sent" else "received")
    assert len(system.got) == 1


NOW = wib("2026-03-02 10:00")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("90", 90),
        ("3600", 3600),
        ("86400", 3600),
        ("9" * 5000, 3600),
        (format_datetime(NOW + timedelta(minutes=2), usegmt=True), 120),
        (format_datetime(NOW + timedelta(days=2), usegmt=True), 3600),
        (format_datetime(NOW - timedelta(minutes=2), usegmt=True), None),
        ("Mon, 02 Mar 2026 12:00:00 -0000", None),
        ("0", None),
        ("-5", None),
        ("\xb2", None),
        ("soon", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_it_waits_as_long_as_it_is_asked_to(
    sqlite_house: House, system: System, status: int, said: str, seconds: float | None
) -> None:
    head = f"HTTP/1.1 {status} Later\r\nRetry-After: {said}\r\n\r\n"
    system.answers = [head.encode("latin-1")]
    with time_machine.travel(NOW, tick=False):
        number = opened()
        sqlite_house.work()
        waits = (delivery(number).not_before - NOW).total_seconds()
    assert state(number)[0] == "pending"
    if seconds is None:
        assert 10 <= waits <= 20, "the usual back-off"
    else:
        assert waits == seconds


def test_a_redirect_is_not_followed(sqlite_house: House, system: System) -> None:
    with standing() as trap:
        system.answers = [says(307, Location=trap.url)]
        number = opened()
        sqlite_house.work()
        assert state(number) == ("dead", "the address redirects: 307")
        assert trap.got == []


# -- no answer, or too much of one ---------------------------------------------------------------------------------


def hang(system: System, _write: Callable[[bytes], object]) -> None:
    system.woken.wait(30)


def drip(first: bytes, drop: bytes, pause: float) -> Answer:
    """Begins an answer and does not end it while anybody may still listen."""

    def answer(system: System, write: Callable[[bytes], object]) -> None:
        try:
            write(first)
            for _ in range(1000):
                system.woken.wait(pause)
                write(drop)
        except OSError:
            system.left_alone.set()

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(hang, id="silence"),
        pytest.param(drip(b"", b"H", 0.02), id="status line"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\n", b"X-Patience: endless\r\n", 0.05), id="headers"),
        pytest.param(drip(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", 0.05), id="continue"),
    ],
)
def test_a_system_that_never_comes_to_an_end_is_tried_later(
    sqlite_house: House, system: System, monkeypatch: pytest.MonkeyPatch, answer: Answer
) -> None:
    monkeypatch.setattr(webhook, "SECONDS", 0.4)
    system.answers = [answer]
    number = opened()
    sqlite_house.work()
    assert state(number) == ("pending", "no answer: TimeoutError")
    assert again(sqlite_house, number) == ("sent", None)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(drip(b"HTTP/1.1 200 OK\r\n\r\n", b".", 0.02), id="drips"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\n\r\n", b"." * 65536, 0), id="endless"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n", b"." * 65536, 0), id="long"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"what", 0.02), id="no chunks"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\nX-Long: ", b"." * 65536, 0), id="one header"),
    ],
)
def test_a_system_that_took_it_and_rambles_on_is_left_alone(
    sqlite_house: House, system: System, monkeypatch: pytest.MonkeyPatch, answer: Answer
) -> None:
    monkeypatch.setattr(webhook, "SECONDS", 0.4)
    system.answers = [answer]
    number = opened()
    sqlite_house.work()
    assert state(number) == ("sent", None)
    until(system.left_alone.is_set, "hanging up")


def test_nobody_there_is_tried_later(sqlite_house: House, system: System, give: Callable[..., None]) -> None:
    number = opened()
    for url, why in (
        ("http://127.0.0.1:1/", "ConnectionRefusedError"),
        (f"https://{'long' * 20}.invalid/", "UnicodeError"),
        ("https://127.0.0.1:66666/", "ValueError"),
    ):
        give(dlh=url)
        make_due(delivery(number))
        sqlite_house.work()
        assert state(number) == ("pending", f"no answer: {why}")
    assert sqlite_house.ticket(number)["status"] == "received"
    give(dlh=system.url)
    assert again(sqlite_house, number) == ("sent", None)


def test_a_system_that_hangs_delays_no_other_department(
    house: House, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "SECONDS", 60.0)
    system.answers = [hang]
    first, second = opened(), opened()
    one_worker = threading.Thread(target=jobs.drain, args=("dispatch",))
    one_worker.start()
    until(lambda: system.got, "the call")
    other = opened(category="banjir")
    house.work()
    assert house.ticket(other)["status"] == "forwarded"
    assert sorted(state(number)[0] for number in (first, second)) == ["leased", "pending"]
    assert len(system.got) == 1, "one call in flight for each destination"
    system.woken.set()
    one_worker.join()
    for number in (first, second):
        make_due(delivery(number))
    house.work()
    assert [house.ticket(number)["status"] for number in (first, second)] == ["forwarded", "forwarded"]


# -- the way there -------------------------------------------------------------------------------------------------


def test_proxies_of_the_environment_are_not_used(
    sqlite_house: House, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    number = opened()
    sqlite_house.work()
    assert state(number) == ("sent", None)


def certificate(folder: Path) -> Path:
    """A certificate for localhost that nobody has signed, with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dlh")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
    made = made.not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "certificate.pem"
    path.write_bytes(pem + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return path


def test_only_a_certificate_that_is_trusted_and_theirs_will_do(
    sqlite_house: House, system: System, give: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with standing(context) as secure:
        number = opened()
        for trusted, host, expected in (
            ("", "localhost", ("pending", "no answer: SSLCertVerificationError")),
            (str(pem), "127.0.0.1", ("pending", "no answer: SSLCertVerificationError")),
            (str(pem), "localhost", ("sent", None)),
        ):
            monkeypatch.setenv("SSL_CERT_FILE", trusted)
            give(dlh=secure.url.replace("127.0.0.1", host))
            assert again(sqlite_house, number) == expected
        assert len(secure.got) == 1


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("", True),
        ("https://laporan.dlh.bekasikota.go.id/v1/masuk?dari=1500444", True),
        ("https://dlh.bekasikota.go.id:8443", True),
        ("http://127.0.0.1:9000/masuk", True),
        ("http://localhost/masuk", True),
        ("http://dlh.bekasikota.go.id/masuk", False),
        ("http://127.0.0.1.nip.io/masuk", False),
        ("http://localhost.go.id/masuk", False),
        ("ftp://dlh.bekasikota.go.id/", False),
        ("file:///etc/passwd", False),
        ("https://user:secret@dlh.bekasikota.go.id/", False),
        ("https://dlh.bekasikota.go.id/dua kata", False),
        ("https://dlh.bekasikota.go.id/a\nb", False),
        ("https://dlh.bekasikota.go.id/#bagian", False),
        ("https://dlh.bekasikota.go.id\\@elsewhere/", False),
        ("https://", False),
        ("dlh.bekasikota.go.id", False),
    ],
)
def test_which_addresses_the_city_file_may_name(url: str, fine: bool) -> None:
    known = city().department("dlh").model_dump()
    if fine:
        assert Department(**known | {"webhook": url}).webhook == url
    else:
        with pytest.raises(ValidationError, match="webhook"):
            Department(**known | {"webhook": url})


# -- a ticket that goes on meanwhile -------------------------------------------------------------------------------


def test_what_is_another_s_by_now_is_not_sent(house: House, system: System) -> None:
    system.answers = [says(500)]
    assigned, over = opened(), opened()
    with changing(assigned) as (session, ticket):
        tickets.assign(session, ticket, "bpbd", by="Rina")
    moved(over, "resolved")
    house.work()
    for number in (assigned, over):
        assert state(number) == ("dead", "the ticket is no longer this department's")
    assert system.got == []
    assert [mail.to for mail in house.mails()] == ["bpbd@bekasikota.invalid"]


def test_there_and_back_again_is_another_revision(house: House, system: System) -> None:
    number = opened()
    house.work()
    for department in ("bpbd", "dlh"):
        with changing(number) as (session, ticket):
            tickets.assign(session, ticket, department, by="Rina")
        house.work()
    first, second = system.got
    assert (first.report["revision"], second.report["revision"]) == (1, 3)
    assert first.headers["webhook-id"] != second.headers["webhook-id"]


def test_a_ticket_that_moves_while_it_is_sent_stays_where_it_is(house: House, system: System) -> None:
    number = opened()
    system.answers = [lambda _system, write: (moved(number, "accepted"), write(says(200)))]
    house.work()
    assert state(number) == ("sent", None)
    assert house.ticket(number)["status"] == "accepted"


def test_when_the_city_gives_the_address_up_mail_takes_over(
    house: House, system: System, give: Callable[..., None]
) -> None:
    system.answers = [says(410)]
    number = opened()
    house.work()
    give()
    house.flask("outbox", "--replay", str(delivery(number).id))
    house.work()
    assert state(number) == ("sent", None)
    assert [mail.to for mail in house.mails()] == ["dlh@bekasikota.invalid"]
    assert house.ticket(number)["status"] == "forwarded"


# -- with the voice ------------------------------------------------------------------------------------------------


def reported(house: House, sound: bytes | None = None) -> Resident:
    caller = Resident(house, PHONE).dials().presses("2", "2", "*").talks(sound=sound).presses("1").hangs_up()
    house.carrier.settle()
    return caller


def test_it_waits_for_the_voice_and_tells_until_when_it_is_heard(house: House, system: System) -> None:
    house.carrier.faults.set({"media_missing": 1})
    reported(house)
    house.work()
    assert system.got == []
    assert state(house.ticket()["number"]) == ("pending", None), "nor was it tried"
    make_due(*rows(kind="recording"))
    house.work()
    (got,) = system.got
    assert requests.get(got.report["recording"], timeout=5).content[:4] == b"RIFF"
    left = datetime.fromisoformat(got.report["recordings_until"]) - datetime.now(UTC)
    assert timedelta(days=13, hours=23) < left <= timedelta(days=14)


def test_what_was_said_later_comes_as_another_revision(house: House, system: System) -> None:
    number = opened()
    house.work()
    add_recording(number)
    house.work()
    first, second = (got.report for got in system.got)
    assert (first["revision"], first["added_recordings"]) == (1, [])
    assert (second["revision"], second["recording"], len(second["added_recordings"])) == (2, None, 1)
    assert second["recordings_until"]


def test_silence_is_for_the_call_centre(house: House, system: System) -> None:
    reported(house, audio.silent(8))
    house.work()
    assert system.got == []
    assert [mail.to for mail in house.mails()] == ["petugas@1500444.invalid"]


def test_a_resident_reports_and_hears_that_the_department_s_system_has_it(sqlite_house: House, system: System) -> None:
    system.answers = [says(503)]
    with time_machine.travel(wib("2026-03-02 09:00")) as now:
        ani = reported(sqlite_house)
        sqlite_house.work()
        number = ani.ticket_number
        assert sqlite_house.ticket(number)["status"] == "received", "the system is down"
        assert len(ani.inbox) == 1
        now.move_to(wib("2026-03-02 11:00"))
        sqlite_house.work()
        trouble, got = system.got
        assert trouble.headers["webhook-id"] == got.headers["webhook-id"]
        assert Webhook(NEW).verify(got.body, got.headers)["data"]["number"] == number
        assert sqlite_house.ticket(number)["status"] == "forwarded"
        assert [event["by"] for event in sqlite_house.ticket(number)["history"]] == ["caller", "hotline"]
        now.move_to(wib("2026-03-02 14:00"))  # one status text in four hours
        sqlite_house.work()
        receipt, news = ani.inbox
        assert number in receipt and number in news and "DLH" in news
        assert sqlite_house.mails() == []


# -- the doctor ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        (f"dlh={NEW}", ["ok    webhooks: signed for dlh"]),
        (f"dlh={NEW},dlh={OLD}", ["ok    webhooks: signed for dlh"]),
        ("", ["FAIL  webhooks: dlh has a webhook, and no secret in WEBHOOK_SECRETS"]),
        (
            f"dlh={NEW},bpbd={OLD}",
            ["FAIL  webhooks: WEBHOOK_SECRETS names bpbd, which has no webhook", "ok    webhooks: signed for dlh"],
        ),
        (
            f"dlh={NEW},dlh=whsec_short",
            [
                "FAIL  webhooks: 1 of WEBHOOK_SECRETS: not department=whsec_ and 24 bytes or more in base64",
                "ok    webhooks: signed for dlh",
            ],
        ),
    ],
)
def test_the_doctor_compares_addresses_and_secrets(
    sqlite_house: House, system: System, written: str, lines: list[str]
) -> None:
    use(WEBHOOK_SECRETS=written)
    result = sqlite_house.app.test_cli_runner().invoke(args=["doctor"])
    assert [line for line in result.output.splitlines() if "webhooks:" in line] == lines
    assert result.exit_code == (1 if "FAIL" in str(lines) else 0)
    assert f"{len(city().departments) - 1} departments have addresses that end in .invalid" in result.output
    assert NEW not in result.output


def test_without_any_the_doctor_has_nothing_to_say(sqlite_house: House) -> None:
    assert "webhooks" not in sqlite_house.flask("doctor")
