"""Departments' systems that stall, ramble, lead elsewhere or are not who they say: none of them holds up another."""

import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from deliveries import again, delivery, state
from factories import make_due, opened, until
from people import House
from pretenders import Answer, System, says, standing

from workers import jobs
from workers.senders import webhook

# -- no answer, or too much of one ---------------------------------------------------------------------------------


def hang(system: System, _write: Callable[[bytes], object]) -> None:
    system.woken.wait(90)


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
    monkeypatch.setattr(webhook, "SECONDS", 1.5)
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
    monkeypatch.setattr(webhook, "SECONDS", 1.5)
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


def test_a_redirect_is_not_followed(sqlite_house: House, system: System) -> None:
    with standing() as trap:
        system.answers = [says(307, Location=trap.url)]
        number = opened()
        sqlite_house.work()
        assert state(number) == ("dead", "the address redirects: 307")
        assert trap.got == []


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
