"""The doorbell: one ring waits at a time, a lost one costs nothing but time, and the sweep keeps every promise."""

import threading
from collections.abc import Iterator

import pytest
from factories import opened, promise, rows, until
from people import House, use
from pretenders import post_office
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from config import stores
from config.settings import settings
from ticketing.models import Beat
from ticketing.outgoing import promises
from workers import doorbell, jobs, outbox, schedule, transactions


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorbell, "_quiet_until", 0.0)


@pytest.fixture
def server(house: House) -> Iterator[Redis]:
    """Valkey, put right again at the end."""
    client = Redis.from_url(settings().redis_url)
    yield client
    client.config_set("maxmemory", "0")
    client.replicaof("NO", "ONE")


def rings(queue: str) -> int:
    return len(Queue(queue, connection=stores.redis(), serializer=JSONSerializer))


def by_hand() -> None:
    """As often as the sweeper would come by in a minute."""
    for _ in range(6):
        schedule.sweep()


def test_a_hundred_promises_are_one_ring(house: House) -> None:
    for _ in range(100):
        promise("x")
        doorbell.ring("dispatch")
    assert (rings("dispatch"), rings("texts")) == (1, 0)
    doorbell.ring_heard("dispatch")
    doorbell.ring("dispatch")
    assert rings("dispatch") == 2, "what came after the worker began needs a ring of its own"


def test_a_ring_says_which_queue_and_nothing_else(house: House) -> None:
    opened()
    for queue in ("texts", "mail"):
        (job,) = Queue(queue, connection=stores.redis(), serializer=JSONSerializer).jobs
        assert (job.func_name, list(job.args), job.kwargs) == ("workers.jobs.drain", [queue], {})
        assert not job.data.startswith(b"\x80"), "no pickle"


def test_nobody_is_rung_for_what_was_undone(house: House) -> None:
    with pytest.raises(ZeroDivisionError), transactions.transaction() as session:
        promises.ring_after_commit(session, "dispatch")
        raise ZeroDivisionError
    assert rings("dispatch") == 0


@pytest.mark.parametrize(
    "where", ["unix:///nowhere/valkey.sock", "redis://127.0.0.1:1/0", "redis://nowhere.invalid", "?"]
)
def test_without_redis_the_sweep_delivers_by_hand(sqlite_house: House, where: str) -> None:
    use(REDIS_URL=where)
    number = opened()
    doorbell.ring("dispatch")
    doorbell.ring_heard("dispatch")
    by_hand()
    sqlite_house.carrier.settle()
    assert {row.state for row in rows(number)} <= {"sent", "delivered"}
    assert len(sqlite_house.mails()) == 1
    assert len(sqlite_house.carrier.ledger.listed("messages")) == 1


@pytest.mark.parametrize("trouble", ["full", "read-only"])
def test_a_redis_that_answers_but_takes_no_ring_is_no_better(house: House, server: Redis, trouble: str) -> None:
    if trouble == "full":
        server.config_set("maxmemory", "1")
    else:
        server.replicaof("127.0.0.1", "1")
    number = opened()
    assert rings("dispatch") == 0
    by_hand()
    house.carrier.settle()
    assert {row.state for row in rows(number)} <= {"sent", "delivered"}


def test_a_redis_that_lost_everything_is_rung_again_by_the_sweep(house: House, server: Redis) -> None:
    opened()
    server.flushall()
    assert rings("dispatch") == 0
    schedule.sweep()
    assert (rings("mail"), rings("texts")) == (1, 1)
    schedule.sweep()
    assert rings("mail") == 1
    assert rows()[0].state == "pending", "with Redis up the sweep leaves the work to the workers"


def test_stale_rings_find_nothing_to_do(house: House) -> None:
    opened()
    house.work()
    for queue in outbox.QUEUES:
        assert jobs.drain(queue) == 0
    assert len(house.mails()) == 1


def test_the_sweeper_shows_that_it_is_awake(house: House) -> None:
    schedule.beat()
    schedule.beat()
    with stores.reading() as session:
        awake = session.get_one(Beat, "sweeper")
        assert (stores.database_now(session) - awake.at).total_seconds() < 60


def test_without_redis_no_text_waits_for_a_mail_server_that_hangs(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "BY_HAND_SECONDS", 1.0)
    hanging = threading.Event()
    with post_office(data=[hanging]) as office:
        use(REDIS_URL="redis://127.0.0.1:1/0", SMTP_URL=f"smtp://127.0.0.1:{office.port}")
        for nth in range(6):
            opened(f"+62812000022{nth:02}")
        until(lambda: schedule.sweep() or len(house.carrier.ledger.listed("messages")) == 6, "every text")
        until(lambda: office.mails, "the mail")
        assert len(office.mails) == 1, "one is still with the mail server"
        assert [row.state for row in rows(kind="email")].count("leased") == 1
        hanging.set()
        schedule._by_hand["mail"].join()
    house.carrier.settle()
