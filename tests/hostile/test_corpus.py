"""Whatever comes in, class by class on one house: no 5xx, nothing executed, nothing unescaped in any place it reaches,
no forgery accepted, nobody named. `python -m hostile` runs all of it and prints the figures."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import depth
import pytest
from redis import Redis

from config.hotline import city
from config.settings import settings
from hostile import callbacks, doors, frames, sinks
from hostile.attacked import Attacked, Tally, Told, attacked
from hostile.corpus import COUNTS, corpus
from hostile.forgeries import forgeries
from hostile.server import gunicorn

Look = Callable[[Attacked, str], None]
CLASSES = [*COUNTS, "C15 forgeries", "C18 callbacks"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path, valkey: str) -> Iterator[Attacked]:
    """One for the module."""
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copy(migrated_sqlite, folder / "hotline.db")
    with attacked(f"sqlite:///{folder}/hotline.db", valkey, folder / "var") as into:
        yield into


@pytest.mark.parametrize("name", CLASSES)
def test_nothing_comes_of_it(house: Attacked, name: str) -> None:
    tally = doors.tried(house, name, doors.everything(house, depth.HOSTILE_SHARE)[name])
    assert tally.failures == [], "\n".join([f"{len(tally.failures)} failures", *tally.failures[:5]])
    assert tally.checks > tally.inputs


def test_no_framing_of_a_request_breaks_the_server(tmp_path: Path) -> None:
    with gunicorn(tmp_path) as (address, token):
        tally = frames.tried(address, token, depth.HOSTILE_SHARE)
    assert tally.failures == [], "\n".join(tally.failures[:5])
    _migrated, *lines = (tmp_path / "web.log").read_text().splitlines()
    assert [line for line in lines if not line.startswith("{")] == [], "one event is one line"


def test_the_corpus_is_large_and_the_same_every_time() -> None:
    small, whole = corpus(share=0.05), corpus()
    assert whole == corpus()
    assert corpus(seed=2) != whole
    assert all(whole[name][: len(values)] == values for name, values in small.items())
    assert all(len(set(values)) == len(values) for values in whole.values())
    forged = {one.key for one in forgeries("http://127.0.0.1:8000")}
    assert sum(map(len, whole.values())) + len(forged) + frames.COUNT + callbacks.COUNT >= 9_000


def answered(into: Attacked, xml: str) -> None:
    sinks.document(into, Told(200, {"content-type": "text/xml"}, f"<Response>{xml}</Response>".encode()))


def mailed(into: Attacked, header: str = "", html: str = "<p>x</p>", to: str = "") -> None:
    department = to or next(iter(city().departments.values())).email
    head = "".join(f"{name}: x\r\n" for name in ("Subject", "From", "Date", "Message-ID", "Auto-Submitted", "X-Ticket"))
    kind = f"MIME-Version: 1.0\r\nTo: {department}\r\n{header}Content-Type: multipart/alternative; boundary=b\r\n\r\n"
    parts = f"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b\r\nContent-Type: text/html\r\n\r\n{html}\r\n--b--\r\n"
    into.mails.append(((head + kind + parts).encode(), [department]))
    sinks.mails(into)


def logged(into: Attacked, line: str) -> None:
    into.log.write(line + "\n")
    sinks.log(into)


def kept_in_valkey(into: Attacked, key: str) -> None:
    client = Redis.from_url(settings().redis_url)
    client.set(key, "x", ex=60)
    sinks.elsewhere(into)
    client.delete(key)


def repeated(into: Attacked, page: str) -> None:
    sinks.error_page(into, Told(404, {}, page.encode()))


PLANTED = [
    (answered, "<Say>laporan</Say>", ""),
    (answered, "<Say>zzqq</Say>", "a caller's words are said"),
    (answered, "<Script/>", "a foreign verb"),
    (answered, "<Redirect>http://jahat.invalid/</Redirect>", "a foreign address"),
    (answered, "<Gather action='//jahat.invalid'/>", "a foreign address"),
    (answered, "<Say>laporan\u202e</Say>", "control characters"),
    (answered, "<Say>", "TwiML is no XML"),
    (mailed, "", ""),
    (mailed, "Bcc: x@jahat.invalid\r\n", "other headers"),
    (lambda into, html: mailed(into, html=html), "<img src=x onerror=x>", "a mail could run something"),
    (lambda into, html: mailed(into, html=html), "<a href='http://jahat.invalid'>x</a>", "a foreign link"),
    (lambda into, to: mailed(into, to=to), "x@jahat.invalid", "recipients"),
    (logged, '{"event": "turn", "level": "info", "caller": "+62813****0001"}', ""),
    (logged, '{"event": "turn", "level": "info"', "no log line of ours"),
    (logged, '{"event": "forged-by-a-caller", "level": "info"}', "no log line of ours"),
    (logged, '{"event": "x\u202e", "level": "info"}', "raw characters in the log"),
    (logged, '{"event": "x", "level": "info", "from": "0813-7720-0001"}', "somebody in the log"),
    (kept_in_valkey, "turn:+628137720001", "somebody in Valkey"),
    (repeated, "not found\n", ""),
    (repeated, "no ibu zulqarnida here", "an error repeats"),
]


@pytest.mark.parametrize(("look", "planted", "found"), PLANTED)
def test_the_sinks_find_what_they_look_for(house: Attacked, look: Look, planted: str, found: str) -> None:
    house.begin(Tally())
    look(house, planted)
    failures = "\n".join(house.tally.failures)
    house.begin(Tally())
    assert found in failures if found else failures == ""
