"""A machine whose clock is wrong: it is seen, and what is held is due by the database's clock all the same."""

import runpy
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import click
import pytest
import requests
import time_machine
from factories import opened, rows
from people import House
from prometheus_client.parser import text_string_to_metric_families

import workers.__main__
from config import clock, stores
from config.settings import ROOT
from ivr import sweeper
from workers import schedule

HOUR = timedelta(hours=1)


@pytest.fixture(params=[HOUR, -HOUR], ids=["ahead", "behind"])
def shift(request: pytest.FixtureRequest, postgres_house: House) -> Iterator[timedelta]:
    """This process is an hour off; the database is not."""
    with time_machine.travel(datetime.now(UTC) + request.param, tick=True):
        yield request.param


def marks(house: House) -> set[str]:
    said = house.app.test_cli_runner().invoke(args=["doctor"]).output
    return {line.split()[0] for line in said.splitlines() if " clock: " in line}


def measured(house: House) -> float:
    page = requests.get(house.url + "/metrics", timeout=60).text
    (found,) = [one for one in text_string_to_metric_families(page) if one.name == "hotline_clock_ahead_seconds"]
    return found.samples[0].value


def test_a_clock_that_is_off_degrades_and_is_told_everywhere(postgres_house: House, shift: timedelta) -> None:
    answer = requests.get(postgres_house.url + "/readyz", timeout=60)
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded"), "not down: the phone works"
    assert "3600 s" in answer.json()["clock"]
    assert ("ahead of" if shift > timedelta() else "behind") in answer.json()["clock"]
    assert abs(measured(postgres_house) - shift.total_seconds()) < 60
    assert marks(postgres_house) == {"FAIL"}


def test_a_clock_that_is_right_is_ok(house: House) -> None:
    assert requests.get(house.url + "/readyz", timeout=60).json()["clock"] == "ok"
    assert abs(measured(house)) < 5
    assert marks(house) == {"ok"}


def test_a_process_that_keeps_the_databases_time_holds_for_two_minutes(
    postgres_house: House, shift: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As every process of the hotline does: they say so when they start."""
    monkeypatch.setattr(clock, "_by_database", clock._ByDatabase(follows=True))
    stores.disconnect()
    with stores.reading() as session:
        there = stores.database_now(session)
    assert abs(clock.now() - there) < HOUR / 4
    opened(held=True)
    assert {row.held for row in rows()} == {True}
    assert all(abs(row.not_before - there) < HOUR / 4 for row in rows())
    clock.set_by(clock.machine())
    assert abs(clock.now() - clock.machine()) < HOUR / 4, "the machine's clock was set right meanwhile"


def test_a_little_difference_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_by_database", clock._ByDatabase(follows=True))
    clock.set_by(clock.machine() + timedelta(seconds=1))
    assert clock.now() <= clock.machine(), "no jitter between machines that agree"


def starts_web() -> None:
    runpy.run_path(str(ROOT / "gunicorn.conf.py"))["post_fork"](None, None)


def starts_command() -> None:
    with click.Context(click.Command("doctor")):
        runpy.run_path(str(ROOT / "wsgi.py"))


def starts_worker() -> None:
    with pytest.raises(SystemExit):  # it was told no queue
        workers.__main__.main()


@pytest.mark.parametrize("starts", [starts_web, starts_command, starts_worker, sweeper.main])
def test_every_process_keeps_the_databases_time(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch, starts: Callable[[], None]
) -> None:
    monkeypatch.setattr(clock, "_by_database", clock._ByDatabase())
    monkeypatch.setattr(schedule, "run", lambda _schedule: None)
    monkeypatch.setattr(sys, "argv", ["workers"])
    starts()
    assert clock.follows()
