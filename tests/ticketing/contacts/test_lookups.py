"""Finding a ticket by its number and the last digits of the reporter's telephone, by a link that is none; and how often
either may fail."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import requests
import time_machine
from factories import changing, opened, seen
from people import House, Resident, use
from sqlalchemy import func, select

from config import clock, stores, vault
from ticketing.contacts import disclosure, lookups
from ticketing.models import Contact, FailedLookup, Ticket, WrongTry
from ticketing.rules import references
from ticketing.tickets import register
from ticketing.web.residents import find

ADDRESS = {"X-Forwarded-For": "203.0.113.7"}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "MIN_SECONDS", 0.01)


def asks(house: House, number: str, digits: str, address: str = "203.0.113.7", **more: object) -> requests.Response:
    headers = {"X-Forwarded-For": address, **more.pop("headers", {})}
    form = {"nomor": number, "angka": digits}
    return requests.post(f"{house.url}/t", data=form, headers=headers, timeout=60, allow_redirects=False, **more)


@pytest.fixture
def proxied(sqlite_house: House) -> House:
    """A house behind one proxy."""
    use(PROXIES="1")
    return sqlite_house


def unknown_number() -> str:
    while True:
        number = references.new()
        with stores.reading() as session:
            if session.scalar(select(Ticket.id).where(Ticket.number == number)) is None:
                return number


def failures(kind: str = lookups.NUMBER) -> int:
    with stores.reading() as session:
        return session.scalar(select(func.count()).select_from(FailedLookup).where(FailedLookup.kind == kind)) or 0


@pytest.mark.parametrize("write", [str, references.written, lambda number: f" {number[:3]} {number[3:]} "])
def test_number_and_digits_lead_to_the_page(proxied: House, write: object) -> None:
    number = opened("+6281200004321")
    answer = asks(proxied, write(number), "4321")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"/t/{seen(number).tracking_code}")
    assert failures() == 0


def test_every_refusal_is_the_same(proxied: House) -> None:
    number, hidden = opened(), opened()
    with changing(hidden) as (_, ticket):
        ticket.contact = ticket.contact_id = None
    confidential = opened(category="keluhan-petugas")
    unknown = unknown_number()
    pages = set()
    for tried, digits in ((number, "9999"), (unknown, "1111"), (hidden, "1111"), (confidential, "1111")):
        answer = asks(proxied, tried, digits)
        assert answer.status_code == 422
        assert number not in answer.headers.get("Location", "")
        assert f'value="{tried}"' in answer.text and f'value="{digits}"' in answer.text
        pages.add(re.sub('value="[^"]*"', "", answer.text))
    assert len(pages) == 1
    assert failures() == 4
    assert "Kesalahan: " in pages.pop()


def test_a_refusal_takes_its_time_whatever_was_wrong(proxied: House, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(find, "MIN_SECONDS", 5.0)
    monkeypatch.setattr(find.time, "sleep", waits.append)
    for tried, digits in ((opened(), "9999"), (unknown_number(), "1111")):
        asks(proxied, tried, digits)
    assert len(waits) == 2 and all(0 < wait < 5 for wait in waits)


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("", ""),
        ("123", "1111"),
        ("123-456-787", "1111"),
        ("OK", "11"),
        ("\0", "\0"),
        ("9" * 300, "1111"),
        ("x", "٣٣٣٣"),
    ],
)
def test_what_cannot_be_right_is_said_and_not_counted(proxied: House, number: str, digits: str) -> None:
    answer = asks(proxied, number, digits)
    assert answer.status_code == 422 and failures() == 0
    assert "sembilan angka" in answer.text


def test_after_five_failures_a_source_is_told_to_wait_and_what_is_right_opens(proxied: House) -> None:
    """Thousands of telephones have the address of their operator: one who guesses there shuts out nobody."""
    number = opened("+6281200004321")
    for _ in range(lookups.BY_NUMBER):
        assert asks(proxied, unknown_number(), "1111").status_code == 422
    told = {re.sub('value="[^"]*"', "", asks(proxied, tried, "9999").text) for tried in (number, unknown_number())}
    assert len(told) == 1 and "percobaan yang salah dari jaringan ini" in told.pop()
    assert asks(proxied, number, "9999").status_code == 429 and failures() == lookups.BY_NUMBER
    assert asks(proxied, number, "4321").status_code == 303
    assert asks(proxied, number, "9999", "198.51.100.9").status_code == 422
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=True):
        assert asks(proxied, number, "9999").status_code == 422


def test_five_wrong_tries_and_a_ticket_waits_for_a_day(proxied: House) -> None:
    number = opened("+6281200004321")
    for nth in range(disclosure.TRIES):
        assert asks(proxied, number, "9999", f"203.0.113.{nth}").status_code == 422
    assert asks(proxied, number, "4321", "198.51.100.9").status_code == 422
    assert requests.get(f"{proxied.url}/t/{seen(number).tracking_code}", timeout=60).status_code == 200
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=True):
        assert asks(proxied, number, "4321", "198.51.100.9").status_code == 303


def test_the_holder_s_own_telephone_works_while_the_digits_are_locked(proxied: House) -> None:
    number = opened("+6281200004321")
    for nth in range(disclosure.TRIES):
        asks(proxied, number, "9999", f"203.0.113.{nth}")
    holder = Resident(proxied, "+6281200004321")
    holder.dials().presses("3").hears("sampah")
    holder.hangs_up().texts(f"STATUS {number}")
    proxied.work()
    assert number in holder.inbox[-1].replace("-", "")


def test_after_three_hundred_failures_what_is_right_still_opens(proxied: House) -> None:
    number = opened("+6281200004321")
    with stores.transaction() as session:
        for nth in range(lookups.OF_ALL):
            lookups.failed(session, f"source:{nth}", lookups.NUMBER)
    for tried in (number, unknown_number()):
        refused = asks(proxied, tried, "9999")
        assert refused.status_code == 429 and "Saat ini terlalu banyak" in refused.text
    assert asks(proxied, number, "4321").status_code == 303


@pytest.mark.parametrize("end", [".", ")", "%20", "%3C", ",%20Terima%20kasih", "?bahasa=en"])
def test_a_link_with_what_stuck_to_it_is_the_link(proxied: House, end: str) -> None:
    """Copied out of a sentence; no wrong try is counted."""
    code = seen(opened()).tracking_code
    for _ in range(40):
        answer = requests.get(f"{proxied.url}/t/{code}{end}", timeout=60)
        assert answer.status_code == 200
    assert urlsplit(answer.url).path == f"/t/{code}"


def test_after_thirty_unknown_links_a_source_is_told_to_wait_and_what_is_right_opens(proxied: House) -> None:
    code = seen(opened()).tracking_code
    for nth in range(lookups.BY_LINK):
        assert requests.get(f"{proxied.url}/t/nosuch{nth:02}", headers=ADDRESS, timeout=60).status_code == 404
    for path in ("nosuchcd", "nosuchcd/tambah", "nosuchcd/terkirim/added"):
        refused = requests.get(f"{proxied.url}/t/{path}", headers=ADDRESS, timeout=60)
        assert refused.status_code == 429 and "1500-444" in refused.text
    assert requests.post(f"{proxied.url}/t/nosuchcd/belum", headers=ADDRESS, timeout=60).status_code == 429
    for path in (code, f"{code}/tambah", f"{code}/terkirim/added"):
        assert requests.get(f"{proxied.url}/t/{path}", headers=ADDRESS, timeout=60).status_code == 200
    assert requests.post(f"{proxied.url}/t/{code}/belum", headers=ADDRESS, timeout=60).status_code == 422
    assert failures(lookups.LINK) == lookups.BY_LINK


@pytest.mark.parametrize(
    ("proxies", "forwarded", "same_as"),
    [
        ("0", "203.0.113.7", "127.0.0.1"),  # nobody trusted has said so
        ("1", "203.0.113.7", "203.0.113.7"),
        ("1", "1.2.3.4, 203.0.113.7", "203.0.113.7"),  # what a visitor claims stands before what the proxy saw
        ("2", "203.0.113.7, 10.0.0.1", "203.0.113.7"),
        ("3", "203.0.113.7", "127.0.0.1"),
        ("1", "", "127.0.0.1"),
        ("1", "nonsense", "nonsense"),
        ("1", "2001:db8:1:2::3", "2001:db8:1:2:ffff::9"),  # one network, one visitor
        ("1", "[2001:db8:1:2::3]", "2001:db8:1:2::4"),
        ("1", "::ffff:203.0.113.7", "::ffff:203.0.113.7"),
    ],
)
def test_where_a_visitor_comes_from(sqlite_house: House, proxies: str, forwarded: str, same_as: str) -> None:
    use(PROXIES=proxies)
    requests.get(f"{sqlite_house.url}/t/nosuchcd", headers={"X-Forwarded-For": forwarded}, timeout=60)
    with stores.reading() as session:
        kept = session.scalar(select(FailedLookup.source))
        assert kept and lookups.stopped(session, lookups.source(same_as), lookups.LINK) == ""
        assert kept == vault.lookup(lookups.source(same_as))
        assert same_as not in kept


def test_no_try_from_another_site(proxied: House) -> None:
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://jahat.invalid"},
    ):
        assert asks(proxied, opened(), "1111", headers=headers).status_code == 403
    for headers in ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": proxied.url}):
        assert asks(proxied, opened(), "1111", headers=headers).status_code == 303


def test_sixty_wrong_tries_at_once_are_five(postgres_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the web and in calls, which lock no ticket: five are looked at, the others are not, and no try is lost when
    one was right."""
    number, judged = opened("+6281200004321"), []
    looked_at = Contact.phone

    class Watched:
        def __get__(self, row: Contact | None, owner: type) -> object:
            judged.append(1)
            return looked_at.__get__(row, owner)

    def tries(nth: int) -> bool:
        together.wait()
        with stores.transaction() as session:
            return disclosure.proves(session, register.find(session, number), f"{nth:04}")

    assert asks(postgres_house, number, "4321").status_code == 303
    monkeypatch.setattr(Contact, "phone", Watched())
    together = threading.Barrier(60)
    with ThreadPoolExecutor(60) as pool:
        assert not any(pool.map(tries, range(60)))
    assert len(judged) == disclosure.TRIES
    with stores.reading() as session:
        assert session.scalars(select(WrongTry.tries)).all() == [disclosure.TRIES]
