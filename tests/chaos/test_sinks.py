"""The departments' side: what reaches it is written down, and each department behaves as it is told."""

import json
import smtplib
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from factories import until

from chaos.history import History, Line
from chaos.sinks import MOODS, Mailboxes, Systems
from config.hotline import city

WELL, PATIENCE = 20.0, 0.3


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with closing(History(tmp_path / "history.jsonl")) as history:
        yield history


@pytest.fixture
def mailboxes(history: History) -> Iterator[Mailboxes]:
    with closing(Mailboxes(history)) as mailboxes:
        yield mailboxes


@pytest.fixture
def systems(history: History) -> Iterator[Systems]:
    with closing(Systems(history)) as systems:
        yield systems


def got(history: History) -> list[tuple[str, str, str, int | None, str]]:
    return [_got(line) for line in History.read(history.path)]


def _got(line: Line) -> tuple[str, str, str, int | None, str]:
    return line["key"], line["number"], line["department"], line["revision"], line["answered"]


def mails(mailboxes: Mailboxes, department: str, *, patience: float = WELL) -> None:
    mail = EmailMessage()
    mail["To"], mail["Message-ID"], mail["X-Ticket"] = city().departments[department].email, "<k1@hotline>", "123456786"
    mail.set_content("a report")
    with smtplib.SMTP("127.0.0.1", mailboxes.port, timeout=patience) as server:
        server.send_message(mail, "hotline@city.invalid")


def posts(systems: Systems, department: str, *, patience: float = WELL) -> int:
    url = urlsplit(systems.url)
    with closing(HTTPConnection(url.hostname or "", url.port, timeout=patience)) as connection:
        body = json.dumps({"data": {"number": "123456786", "revision": 2}})
        connection.request("POST", f"/{department}?from=1500444", body, {"webhook-id": "k1"})
        return connection.getresponse().status


@pytest.mark.parametrize("mood", ["ok", "slow", "trickle"])
def test_who_is_well_or_late_takes_mail(mailboxes: Mailboxes, history: History, mood: str) -> None:
    mailboxes.be("dlh", mood, seconds=0.05)
    mails(mailboxes, "dlh")
    assert got(history) == [("<k1@hotline>", "123456786", "dlh", None, "ok")]


@pytest.mark.parametrize("mood", ["ok", "slow", "trickle"])
def test_who_is_well_or_late_takes_posts(systems: Systems, history: History, mood: str) -> None:
    systems.be("dlh", mood, seconds=0.05)
    assert posts(systems, "dlh") == 204
    assert got(history) == [("k1", "123456786", "dlh", 2, "ok")]


@pytest.mark.parametrize("status", [451, 554])
def test_a_refused_mail_is_refused_as_told(mailboxes: Mailboxes, history: History, status: int) -> None:
    mailboxes.be("dlh", "refuse", status=status)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        mails(mailboxes, "dlh")
    assert refused.value.smtp_code == status
    assert [line[-1] for line in got(history)] == ["refused"]


@pytest.mark.parametrize("status", [400, 429, 503])
def test_a_refused_post_is_refused_as_told(systems: Systems, history: History, status: int) -> None:
    systems.be("dlh", "refuse", status=status)
    assert posts(systems, "dlh") == status
    assert [line[-1] for line in got(history)] == ["refused"]


@pytest.mark.parametrize("mood", ["lie", "hang"])
def test_a_report_is_taken_and_no_answer_comes(
    mailboxes: Mailboxes, systems: Systems, history: History, mood: str
) -> None:
    for sink in (mailboxes, systems):
        sink.be("dlh", mood)
    with pytest.raises((OSError, smtplib.SMTPException)):
        mails(mailboxes, "dlh", patience=PATIENCE)
    with pytest.raises((OSError, HTTPException)):
        posts(systems, "dlh", patience=PATIENCE)
    assert [line[-1] for line in got(history)] == ["lost", "lost"]


def test_an_answer_comes_and_the_door_is_slammed(mailboxes: Mailboxes, systems: Systems, history: History) -> None:
    for sink in (mailboxes, systems):
        sink.be("dlh", "slam")
    mails(mailboxes, "dlh")
    assert posts(systems, "dlh") == 204
    assert [line[-1] for line in got(history)] == ["ok", "ok"]


def test_one_department_hangs_and_the_others_are_well(mailboxes: Mailboxes, systems: Systems, history: History) -> None:
    for sink in (mailboxes, systems):
        sink.be("dlh", "hang")
    with pytest.raises((OSError, smtplib.SMTPException)):
        mails(mailboxes, "dlh", patience=PATIENCE)
    with pytest.raises(OSError):
        posts(systems, "dlh", patience=PATIENCE)
    mails(mailboxes, "bpbd")
    assert posts(systems, "bpbd") == 204
    assert {(line[2], line[-1]) for line in got(history)} == {("dlh", "lost"), ("bpbd", "ok")}


def test_all_is_well_again(mailboxes: Mailboxes, systems: Systems, history: History) -> None:
    for sink in (mailboxes, systems):
        sink.be("dlh", "refuse")
        sink.all_well()
    mails(mailboxes, "dlh")
    assert posts(systems, "dlh") == 204


@pytest.mark.parametrize("department", ["call-centre", "satpol-pp", "dbmsda"])
def test_a_mailbox_knows_its_department(mailboxes: Mailboxes, history: History, department: str) -> None:
    mails(mailboxes, department)
    assert [line[2] for line in got(history)] == [department]


def test_garbage_at_the_door_disturbs_nobody(systems: Systems, history: History) -> None:
    url = urlsplit(systems.url)
    with closing(HTTPConnection(url.hostname or "", url.port, timeout=WELL)) as connection:
        connection.request("POST", "/dlh", "not json", {"webhook-id": "k1"})
        with pytest.raises((OSError, HTTPException)):
            connection.getresponse()
    assert posts(systems, "dlh") == 204
    until(lambda: len(got(history)) == 1, "what was taken")


def test_a_mood_that_is_none_is_refused(mailboxes: Mailboxes) -> None:
    with pytest.raises(ValueError, match="there are ok, slow"):
        mailboxes.be("dlh", "merry")
    assert mailboxes.mood("dlh").name in MOODS
