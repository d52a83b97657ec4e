"""Followers may be a thousand: their texts are promised in batches by whichever worker comes, and nobody is told twice,
however often a worker dies on the way."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from factories import caller, change, changing, make_due, moved, opened, row, rows, wib
from people import House, Resident
from sqlalchemy import select

from config import clock, stores
from config.settings import ROOT
from ticketing.contacts import followers
from ticketing.models import Message, Outbox
from ticketing.tickets import proposals
from workers import jobs, outbox
from workers.fanout import follower_news
from workers.outcomes import Work

EVENING = wib("2026-11-23 18:00")
REPORTER = "+6281299990000"
CROWD = [f"+62812777{nth:05}" for nth in range(50)]
# A worker that takes ten followers at a time and is killed the moment it has promised the texts of so many batches.
DIES = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.orm import Session
from workers import jobs
from workers.fanout import follower_news

follower_news.BATCH, left = 10, int(sys.argv[1])

def committed(_session):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)

prepare = follower_news.prepare
def begins(session, work):
    event.listen(Session, "after_commit", committed)
    return prepare(session, work)

follower_news.prepare = begins
jobs.drain("texts")
"""


def followed(category: str = "banjir", phones: list[str] = CROWD) -> str:
    """A ticket with a crowd behind it."""
    number = opened(REPORTER, category)
    with changing(number) as (session, ticket):
        for phone in phones:
            followers.follow(session, ticket, caller(session, phone))
    return number


def told(template: str = "SMS30") -> list[str]:
    """Whom this text was promised to, also where a later one took its place."""
    with stores.reading() as session:
        found = session.scalars(select(Message).where(Message.template == template)).all()
        return sorted(message.contact.phone for message in found)


def the_news() -> Outbox:
    return rows(kind="news")[-1]


def claimed() -> Work:
    """The promise to tell the followers, in the hands of a worker."""
    while (work := outbox.claim("texts")) is not None:
        if work.kind == "news":
            return work
    raise AssertionError("no news waits")


def freed(wanted: Outbox) -> None:
    """Its holder was given up for dead, and the next try is due."""
    change(wanted, lease_until=clock.now() - timedelta(hours=1))
    outbox.sweep()
    make_due(wanted)


def test_one_promise_for_each_change_and_one_text_for_each_follower(house: House) -> None:
    moved(followed(), "in_progress")
    assert told() == [], "whoever moves a ticket waits for nobody"
    assert (the_news().queue, the_news().state) == ("texts", "pending")
    work = claimed()
    assert outbox.finish(work, jobs.attempt(work))
    assert told() == CROWD
    assert row(the_news()).state == "sent"


def test_a_worker_that_is_killed_in_the_middle_tells_nobody_twice(house: House) -> None:
    moved(followed(), "in_progress")
    killed = subprocess.run([sys.executable, "-c", DIES, "3"], cwd=ROOT, env=os.environ, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert len(told()) == 30, "what was promised stays"
    assert row(the_news()).state == "leased"
    freed(the_news())
    work = claimed()
    assert outbox.finish(work, jobs.attempt(work))
    assert told() == CROWD


def test_a_worker_that_comes_back_from_the_dead_tells_nobody_twice(sqlite_house: House) -> None:
    moved(followed(), "in_progress")
    slow = claimed()
    freed(the_news())
    quick = claimed()
    assert outbox.finish(quick, jobs.attempt(quick))
    assert not outbox.finish(slow, jobs.attempt(slow)), "the lease is somebody else's"
    assert told() == CROWD


def test_more_followers_than_fit_into_one_run_are_told_in_the_next(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower_news, "BATCH", 20)
    monkeypatch.setattr(follower_news, "RUN_SECONDS", -1.0)
    moved(followed(), "in_progress")
    work = claimed()
    outcome = jobs.attempt(work)
    assert (outcome.state, outcome.free, len(told())) == ("later", True, 20)
    outbox.finish(work, outcome)
    monkeypatch.setattr(follower_news, "RUN_SECONDS", 15.0)
    make_due(the_news())
    work = claimed()
    assert outbox.finish(work, jobs.attempt(work))
    assert told() == CROWD


def test_what_a_later_state_overtook_is_not_told_any_more(sqlite_house: House) -> None:
    with time_machine.travel(EVENING) as now:
        number = followed(phones=CROWD[:3])
        moved(number, "in_progress")
        now.shift(60)
        moved(number, "resolved")
        sqlite_house.work()
        earlier, later = rows(kind="news")
        assert (row(earlier).state, row(earlier).last_error) == ("dead", "replaced by a later state")
        assert row(later).state == "sent"
        for phone in CROWD[:3]:
            (text,) = Resident(sqlite_house, phone).inbox
            assert "selesai" in text


@pytest.mark.parametrize("state", ["forwarded", "accepted", "withdrawn"])
def test_a_state_that_reporters_are_not_texted_about_is_no_news(sqlite_house: House, state: str) -> None:
    moved(followed(phones=CROWD[:1]), state)
    assert rows(kind="news") == []


def test_nobody_follows_so_nothing_is_promised(sqlite_house: House) -> None:
    moved(opened(), "in_progress")
    assert rows(kind="news") == []


def test_each_follower_is_told_in_their_language_and_who_said_stop_is_not(sqlite_house: House) -> None:
    with time_machine.travel(EVENING):
        ann, budi, landline = CROWD[0], CROWD[1], "+622188950001"
        Resident(sqlite_house, ann).dials().presses("8").hangs_up()
        Resident(sqlite_house, budi).texts("STOP")
        number = followed(phones=[ann, budi, landline, CROWD[2]])
        moved(number, "in_progress")
        sqlite_house.work()
        assert told() == [ann, CROWD[2]]
        assert f"flood, report {number}: in progress, BPBD" in Resident(sqlite_house, ann).inbox[0]
        assert f"banjir, laporan {number}: sedang dikerjakan, BPBD" in Resident(sqlite_house, CROWD[2]).inbox[0]


def test_who_follows_after_the_news_hears_the_next(sqlite_house: House) -> None:
    with time_machine.travel(EVENING) as now:
        number = followed(phones=CROWD[:1])
        moved(number, "in_progress")
        sqlite_house.work()
        with changing(number) as (session, ticket):
            followers.follow(session, ticket, caller(session, CROWD[1]))
        sqlite_house.work()
        assert Resident(sqlite_house, CROWD[1]).inbox == []
        now.shift(timedelta(hours=2))
        moved(number, "resolved")
        sqlite_house.work()
        assert len(Resident(sqlite_house, CROWD[1]).inbox) == 1
        assert len(Resident(sqlite_house, CROWD[0]).inbox) == 2, "news of a flood do not wait for each other"


def test_news_of_what_is_less_urgent_count_four_hours_for_each_number(sqlite_house: House) -> None:
    with time_machine.travel(EVENING) as now:
        number = followed("sampah", CROWD[:1])
        moved(number, "in_progress")
        sqlite_house.work()
        with changing(number) as (session, ticket):
            followers.follow(session, ticket, caller(session, CROWD[1]))
        now.shift(timedelta(hours=2))
        moved(number, "resolved")
        sqlite_house.work()
        assert len(Resident(sqlite_house, CROWD[1]).inbox) == 1
        assert len(Resident(sqlite_house, CROWD[0]).inbox) == 1


def test_supporters_of_a_proposal_are_told_of_its_answer_alone(sqlite_house: House) -> None:
    with time_machine.travel(EVENING):
        number = followed("usulan", CROWD[:2])
        moved(number, "accepted", "in_progress")
        assert rows(kind="news") == []
        with changing(number) as (session, ticket):
            proposals.answer(session, ticket, "Disetujui.", by="Rina")
        sqlite_house.work()
        assert told("SMS31") == CROWD[:2]
        assert told() == []
