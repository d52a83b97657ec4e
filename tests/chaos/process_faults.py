"""Faults of web processes and workers: killed, stopped, frozen, replaced, with a wrong clock."""

import contextlib
import signal
from collections.abc import Generator

from redis.exceptions import RedisError

from chaos.broken import WORKERS, Broken
from chaos.servers import send


def web_child_killed(at: Broken) -> Generator[float, None, None]:
    """F1: gunicorn's children, in the middle of whatever they do."""
    for _ in range(6):
        if young := at.one("web").children():
            send([at.chance.choice(young)], signal.SIGKILL)
        yield at.chance.uniform(0.1, 0.7)


def web_down(at: Broken) -> Generator[float, None, None]:
    """F2: nobody listens; the carrier's static fallback records."""
    web = at.one("web")
    web.wanted = False
    web.send_all(signal.SIGKILL)
    yield at.chance.uniform(4, 8)
    web.wanted = True
    yield 2


def horse_killed(at: Broken) -> Generator[float, None, None]:
    """F3: the process that RQ forked for a job."""
    for _ in range(12):
        at.kill(at.horses())
        yield at.chance.uniform(0.1, 0.6)


def worker_killed(at: Broken) -> Generator[float, None, None]:
    """F4: an RQ worker whose work-horse lives on; the keeper starts another worker beside it."""
    for _ in range(3):
        worker = at.chance.choice([one for one in at.workers() if one.children()] or at.workers())
        at.kills += bool(worker.children())
        worker.send(signal.SIGKILL)
        yield at.chance.uniform(0.5, 2)


def taking_worker_killed(at: Broken) -> Generator[float, None, None]:
    """F5: a worker just as a ring comes, between taking the job and starting it."""
    for _ in range(3):
        worker = at.chance.choice(at.workers())
        with contextlib.suppress(RedisError):
            at.house.redis.client().delete(f"hotline:rung:{worker.name.split('-')[0]}")
        yield at.chance.uniform(0, 0.4)
        at.kill(worker.children())
        worker.send(signal.SIGKILL)
        yield at.chance.uniform(0.5, 2)


def rolling_stop(at: Broken) -> Generator[float, None, None]:
    """F6: every worker and the sweeper is told to stop, one after the other, and comes again."""
    for worker in [*at.workers(), *at.house.keeper.named("sweep")]:
        worker.send(signal.SIGTERM)
        yield 0.4


def deploy(at: Broken) -> Generator[float, None, None]:
    """F31: the web processes are replaced under load, then the workers."""
    at.one("web").send(signal.SIGHUP)
    yield 3
    yield from rolling_stop(at)


def sweeper_frozen(at: Broken) -> Generator[float, None, None]:
    """F4: the sweeper stands still, as does one worker of each queue; then all go on as if nothing had been."""
    frozen = [at.one(name) for name in ("sweep", "texts", "mail", "dispatch")]
    for one in frozen:
        one.send_all(signal.SIGSTOP)
    try:
        yield at.chance.uniform(3, 8)
    finally:
        for one in frozen:
            one.send_all(signal.SIGCONT)


def clock_jumps(at: Broken) -> Generator[float, None, None]:
    """F25: one process believes that it is an hour later than it is."""
    process = at.one(at.chance.choice((*WORKERS, "sweep")))
    at.ahead = 3600.0
    environment, process.environment = process.environment, {**(process.environment or {}), "CHAOS_AHEAD": "3600"}
    process.send(signal.SIGTERM)
    try:
        yield at.chance.uniform(5, 8)
    finally:
        process.environment = environment
        process.send(signal.SIGTERM)


def everything_killed(at: Broken) -> Generator[float, None, None]:
    """F32: SIGKILL of all at once, as when the machine loses its power: web, workers, sweeper, Valkey, PostgreSQL."""
    at.kills += sum(bool(worker.children()) for worker in at.workers())
    for process in at.house.keeper.kept:
        process.send_all(signal.SIGKILL)
    yield at.chance.uniform(4, 6)
