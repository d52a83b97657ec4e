"""The link by which a department listens to a report: whole or in parts, for a while, and to nobody else."""

from datetime import timedelta
from uuid import uuid4

import pytest
import requests
import time_machine
from factories import wib
from people import House

from config import clock, stores
from config.settings import settings
from ivr.simulator.calls import audio
from ticketing.media import recordings
from ticketing.models import Recording
from ticketing.outgoing import links

SOUND = audio.stand_in(3)
SIZE = len(SOUND)


def recorded(*, kept: bool = True, **values: object) -> str:
    """A recording the carrier told us about; gives the link to it."""
    with stores.transaction() as session:
        row = Recording(sid=f"RE{uuid4().hex}", turn=1, seconds=3, media_type="audio/wav", **values)
        session.add(row)
    if kept:
        recordings.keep(row.id, SOUND)
    return links.recording(row.id)


def asked(link: str, part: str = "", method: str = "GET") -> requests.Response:
    headers = {"Range": part, "Accept-Encoding": "identity"} if part else {"Accept-Encoding": "identity"}
    answer = requests.request(method, link, headers=headers, timeout=60)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    return answer


def test_the_whole_recording(sqlite_house: House) -> None:
    answer = asked(recorded())
    assert (answer.status_code, answer.content) == (200, SOUND)
    assert answer.headers["Content-Type"] == "audio/wav"
    assert answer.headers["Content-Length"] == str(SIZE)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Disposition"] == 'inline; filename="rekaman.wav"'


@pytest.mark.parametrize(
    ("part", "first", "last"),
    [
        ("bytes=0-", 0, SIZE - 1),
        ("bytes=0-0", 0, 0),
        ("bytes=44-143", 44, 143),
        ("bytes=100-", 100, SIZE - 1),
        ("bytes=-50", SIZE - 50, SIZE - 1),
        (f"bytes=10-{SIZE + 1000}", 10, SIZE - 1),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
    ],
)
def test_a_part_of_it(sqlite_house: House, part: str, first: int, last: int) -> None:
    answer = asked(recorded(), part)
    assert answer.status_code == 206
    assert answer.content == SOUND[first : last + 1]
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.headers["Content-Length"] == str(last - first + 1)
    assert answer.headers["Content-Type"] == "audio/wav"


@pytest.mark.parametrize("part", [f"bytes={SIZE}-", f"bytes={SIZE + 5}-{SIZE + 9}"])
def test_a_part_that_is_not_there(sqlite_house: House, part: str) -> None:
    answer = asked(recorded(), part)
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{SIZE}"
    assert SOUND[44:144] not in answer.content


@pytest.mark.parametrize("part", ["bytes=abc", "seconds=1-2", "bytes=9-3", "bytes=0-1,5-6", "x" * 2000, "bytes=-"])
def test_a_part_that_makes_no_sense_breaks_nothing(sqlite_house: House, part: str) -> None:
    """RFC 9110: what cannot be read is ignored or refused."""
    answer = asked(recorded(), part)
    assert answer.status_code in (200, 416)
    assert answer.status_code == 416 or answer.content == SOUND


def test_asking_for_the_head_only(sqlite_house: House) -> None:
    link = recorded()
    answer = asked(link, method="HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Length"] == str(SIZE)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert asked(link[:-1], method="HEAD").status_code == 404


def test_a_link_ends(sqlite_house: House) -> None:
    with time_machine.travel(wib("2026-03-02 09:00"), tick=False) as clock_of_the_city:
        link = recorded()
        clock_of_the_city.shift(timedelta(days=13, hours=23))
        assert asked(link).status_code == 200
        clock_of_the_city.move_to(wib("2026-03-02 09:00") + timedelta(days=15))
        answer = asked(link)
    assert answer.status_code == 404
    assert "Tautan rekaman ini tidak berlaku lagi." in answer.text
    assert "no longer valid" in answer.text


def test_a_link_that_was_changed_opens_nothing(sqlite_house: House) -> None:
    link, other = recorded(), recorded()
    base, token = link.rsplit("/", 1)
    whose, when, signature = token.split(".")
    foreign = other.rsplit("/", 1)[1].split(".")[0]
    for wrong in (
        f"{whose}.{when}.{signature[:-2]}",
        f"{foreign}.{when}.{signature}",
        f"{whose}.zzzzzz.{signature}",
        f"{whose}.{when}",
        whose,
        token + "x",
        "x",
        "%00",
        "..%2f..%2fetc%2fpasswd",
        links.message_status(uuid4()).rsplit("=", 1)[1],  # signed by us, for something else
    ):
        answer = requests.get(f"{base}/{wrong}", timeout=60)
        assert answer.status_code == 404, wrong
        assert SOUND[:44] not in answer.content


def test_a_link_to_nothing(sqlite_house: House) -> None:
    assert asked(links.recording(uuid4())).status_code == 404


def test_not_fetched_yet(sqlite_house: House) -> None:
    answer = asked(recorded(kept=False))
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Rekaman sedang diambil" in answer.text


def test_erased(sqlite_house: House) -> None:
    """Even while the file is still there."""
    assert asked(recorded(removed_at=clock.now())).status_code == 404


def test_it_lies_sealed_on_the_disk(sqlite_house: House) -> None:
    recorded()
    (path,) = (settings().var_dir / "recordings").glob("*/*")
    assert SOUND[44:144] not in path.read_bytes()
