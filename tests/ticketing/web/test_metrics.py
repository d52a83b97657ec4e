"""/metrics: who may read it, what it says, and that it speaks without a database too."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from factories import change, opened, promise
from people import House, use
from prometheus_client.parser import text_string_to_metric_families

from config import clock, stores
from config.settings import ROOT
from ticketing.models import Beat, Call, FailedLookup, Message, Tally, Turn
from ticketing.privacy import retention

TOKEN = "a-token-of-24-characters"


def samples(text: str) -> dict[str, float]:
    """Each value under its name and labels, as `name{label=value}`."""
    return {
        one.name + "".join(f"{{{name}={value}}}" for name, value in sorted(one.labels.items())): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def scraped(house: House) -> dict[str, float]:
    answer = requests.get(house.url + "/metrics", timeout=60)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    return samples(answer.text)


@pytest.mark.parametrize(
    ("headers", "token", "status"),
    [
        ({}, "", 200),
        ({"X-Forwarded-For": "127.0.0.1"}, "", 404),
        ({"X-Real-IP": "203.0.113.9"}, "", 404),
        ({"Forwarded": "for=203.0.113.9"}, "", 404),
        ({"X-Forwarded-For": "203.0.113.9", "Authorization": f"Bearer {TOKEN}"}, TOKEN, 200),
        ({"X-Forwarded-For": "203.0.113.9", "Authorization": f"Bearer {TOKEN}x"}, TOKEN, 404),
        ({"X-Forwarded-For": "203.0.113.9", "Authorization": TOKEN}, TOKEN, 404),
        ({"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer "}, "", 404),
        ({"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer short"}, "short", 404),
        ({"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer é"}, TOKEN, 404),
    ],
)
def test_only_the_machine_itself_or_the_token_gets_it(
    sqlite_house: House, headers: dict[str, str], token: str, status: int
) -> None:
    use(METRICS_TOKEN=token)
    raw = {name: value.encode() for name, value in headers.items()}
    assert requests.get(sqlite_house.url + "/metrics", headers=raw, timeout=60).status_code == status


def test_another_machine_does_not_get_it(sqlite_house: House) -> None:
    for address, status in (("203.0.113.9", 404), ("127.0.0.2", 200), ("::1", 200), ("", 404), ("a socket", 404)):
        answer = sqlite_house.app.test_client().get("/metrics", environ_overrides={"REMOTE_ADDR": address})
        assert answer.status_code == status, address


def test_it_tells_what_waits_what_died_and_who_was_awake(house: House) -> None:
    opened()
    house.work()
    early = datetime.now(UTC) - timedelta(seconds=90)
    change(promise("department:dlh", kind="email"), not_before=early)
    lost = promise("contact:1", kind="sms", queue="texts")
    change(lost, state="unknown", unknown_since=early, not_before=datetime.now(UTC) + timedelta(minutes=1))
    change(promise("department:bpbd", kind="email"), state="dead", finished_at=early)
    with stores.transaction() as session:
        session.add_all([Beat(name="sweeper", at=early), Tally(name="carrier error 429", count=7)])
        session.add(Call(sid="CA1", caller_kind="mobile", status="completed", transfers=2))
        session.add(Call(sid="CA2", caller_kind="mobile", status="completed", transfers=5,
                         started_at=clock.now() - timedelta(days=2)))  # fmt: skip
    use(TEXTS_A_DAY="50")
    found = scraped(house)
    assert found["hotline_database_up"] == 1
    assert found["hotline_outbox_rows{kind=email}{state=pending}"] == 1
    assert found["hotline_outbox_rows{kind=sms}{state=unknown}"] == 1
    assert found["hotline_outbox_rows{kind=email}{state=dead}"] == 1
    assert not any("sent" in name or "delivered" in name for name in found)
    for name in (
        "hotline_outbox_oldest_due_seconds",
        "hotline_outbox_oldest_unknown_seconds",
        "hotline_beat_age_seconds{beat=sweeper}",
    ):
        assert 89 < found[name] < 600, name
    assert found["hotline_worker_events_total{event=carrier error 429}"] == 7
    assert (found["hotline_today{what=texts}"], found["hotline_today_ceiling{what=texts}"]) == (1, 50)
    assert found["hotline_today{what=officer calls}"] == 2
    assert 0 < found["hotline_disk_free_share"] < 1


def test_an_empty_house_has_nothing_to_alarm_about(house: House) -> None:
    found = scraped(house)
    assert found["hotline_outbox_oldest_due_seconds"] == found["hotline_outbox_oldest_unknown_seconds"] == 0
    assert found["hotline_kept_too_long_seconds"] == 0
    assert not any(name.startswith(("hotline_outbox_rows", "hotline_beat")) for name in found)


@pytest.mark.parametrize("what", ["text", "reply", "look-up"])
def test_it_tells_for_how_long_something_is_kept_past_its_time(house: House, what: str) -> None:
    days = {"text": 33, "reply": 33, "look-up": 10}[what]
    old = clock.now() - timedelta(days=days)
    with stores.transaction() as session:
        if what == "text":
            session.add(Message(inbound=True, sid="SM1", body="x", status="read", created_at=old))
        elif what == "reply":
            call = Call(sid="CA1", caller_kind="mobile", status="completed")
            session.add(call)
            session.flush()
            turn = Turn(call_id=call.id, number=1, node="root", key="", result="ok", milliseconds=1, at=old)
            session.add(turn)
        else:
            session.add(FailedLookup(source="x", kind="link", at=old))
    kept = scraped(house)["hotline_kept_too_long_seconds"]
    assert timedelta(days=3) <= timedelta(seconds=kept) < timedelta(days=4)
    assert "data is kept for 72 h longer than it may be: flask privacy register" in of_doctor(house)
    retention.forget()
    assert scraped(house)["hotline_kept_too_long_seconds"] == 0


def of_doctor(house: House) -> str:
    return house.app.test_cli_runner().invoke(args=["doctor"]).output


def test_it_speaks_without_a_database(sqlite_house: House) -> None:
    use(DATABASE_URL="postgresql+psycopg://127.0.0.1:1/hotline")
    found = scraped(sqlite_house)
    assert found["hotline_database_up"] == 0
    assert "hotline_disk_free_share" in found
    assert not any(name.startswith("hotline_outbox") for name in found)


COUNTING = """
import os
from config import metrics
metrics.add("ring lost")  # nobody counts yet
metrics.begin()
for _ in range(3):
    if not os.fork():
        metrics.add("ring lost")
        metrics.turn(0.03)
        os._exit(0)
    os.wait()
{more}
print(metrics.page().decode())
"""


def counted(var: Path, more: str = "") -> dict[str, float]:
    """What is on the page after three processes counted one thing each."""
    environment = {**os.environ, "VAR_DIR": str(var)}
    done = subprocess.run(
        [sys.executable, "-c", COUNTING.format(more=more)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return samples(done.stdout)


def test_what_processes_count_is_added_up(tmp_path: Path) -> None:
    found = counted(tmp_path)
    assert found["hotline_events_total{event=ring lost}"] == 3
    assert found["hotline_events_total{event=signature failure}"] == 0, "shown before it happens"
    assert found["hotline_turn_seconds_bucket{le=0.025}"] == 0
    assert found["hotline_turn_seconds_bucket{le=0.05}"] == found["hotline_turn_seconds_count"] == 3
    assert counted(tmp_path)["hotline_events_total{event=ring lost}"] == 3, "a new start counts from nothing"


@pytest.mark.parametrize(
    "ill",
    [
        'os.posix_fallocate = lambda *_: exec("raise OSError(28, os.strerror(28))")',
        'metrics._folder = lambda: metrics.Path("/dev/null/metrics")',
    ],
    ids=["the disk is full", "the folder cannot be made"],
)
def test_what_cannot_be_counted_hurts_nobody(tmp_path: Path, ill: str) -> None:
    found = counted(tmp_path, f"{ill}\nmetrics.add('ring lost'); metrics.turn(1)")
    assert found.get("hotline_events_total{event=ring lost}", 3) == 3


def test_no_file_is_mapped_before_its_room_is_taken(tmp_path: Path) -> None:
    counted(tmp_path)
    files = sorted((tmp_path / "metrics").iterdir())
    assert len(files) == 6
    for path in files:
        assert path.stat().st_blocks * 512 >= path.stat().st_size > 0, path


def test_a_command_leaves_no_files(sqlite_house: House) -> None:
    sqlite_house.flask("outbox")
    assert not (Path(os.environ["VAR_DIR"]) / "metrics").exists()
