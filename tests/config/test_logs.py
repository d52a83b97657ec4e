"""Log lines: no telephone number, one line per event, and no trouble of its own."""

import io
import json
import logging
import sys

import pytest

from config import logs
from config.logs import log, warn


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    found = io.StringIO()
    monkeypatch.setattr(sys, "stderr", found)
    logs.set_up()
    return found


def last(lines: io.StringIO) -> dict:
    found: dict = json.loads(lines.getvalue().splitlines()[-1])
    return found


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("+6281377204951", "+6281***51"),
        ("081377204951", "08137***51"),
        ("0813-7720-4951", "0813-***51"),
        ("call 0813 7720 4951 now", "call 0813 ***51 now"),
        ("To=%2B6281377204951&x", "To=%2B62813***51&x"),
        ("tel:081377204951", "tel:08137***51"),
        ("15 tickets in 2026", "15 tickets in 2026"),
        ("5b11e5ae-3f87-493b-b8ac-5e3a6c7146e1", "5b11e5ae-3f87-493b-b8ac-5e3a6c7146e1"),
        ("CA00000000000000000000000000000001", "CA00000000000000000000000000000001"),
    ],
)
def test_numbers_are_masked_even_if_somebody_forgets_to(lines: io.StringIO, said: str, logged: str) -> None:
    log("test", words=said)
    assert last(lines)["words"] == logged


def test_one_event_is_one_line_whatever_is_in_it(lines: io.StringIO) -> None:
    warn("test", words='a\nb\r\n{"event": "forged"}\x1b[31m\u2028', number="123456786")
    assert len(lines.getvalue().splitlines()) == 1
    assert last(lines)["number"] == "123456786", "a ticket is found by its number"
    assert last(lines)["level"] == "warning"
    assert last(lines)["at"].endswith("Z")


def test_libraries_speak_the_same_language_and_are_masked_too(lines: io.StringIO) -> None:
    logging.getLogger("werkzeug").warning("from %s", "+6281377204951")
    assert last(lines)["event"] == "from +6281***51"
    before = len(lines.getvalue())
    logging.getLogger("twilio.http_client").info("To: +6281377204951, Body: secret")
    assert len(lines.getvalue()) == before


def test_a_fault_brings_its_trace_masked(lines: io.StringIO) -> None:
    try:
        raise ValueError("no such number: +6281377204951")
    except ValueError as fault:
        warn("broke", exc_info=fault)
    assert "ValueError" in last(lines)["exception"]
    assert "77204951" not in lines.getvalue()


def test_a_log_that_cannot_be_written_hangs_up_no_telephone(lines: io.StringIO) -> None:
    lines.close()
    log("lost")
    warn("lost too", why="the disk is full")
