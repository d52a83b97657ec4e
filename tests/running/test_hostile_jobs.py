"""Whoever can write to Redis can make nobody run anything: a worker at work on a real Valkey takes rings of ours and
nothing else, and lives on."""

import json
import os
import pickle
import select
import socket
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import until
from people import use
from redis import Redis
from standing import clean_environment
from telling import if_it_fails

from config import stores
from config.settings import ROOT
from ticketing.models import Tally
from workers import doorbell

HOST, QUEUE = "127.0.0.1", "texts"
DRAIN = "workers.jobs.drain"


class Planted:
    """A module that leaves a mark when it is imported, and so does whatever is called in it."""

    def __init__(self, folder: Path) -> None:
        self.marks = folder / "marks"
        self.marks.mkdir()
        (folder / "planted.py").write_text(
            f"import pathlib\nhere = pathlib.Path({str(self.marks)!r})\n(here / 'imported').touch()\n"
            "def call(*args, **kwargs):\n    (here / 'called').touch()\n"
        )

    def mark(self, name: str) -> str:
        return f"touch {self.marks / name}"

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (self.mark("unpickled"),)


Job = dict[str, Any]


def named(function: str, *args: Any, instance: Any = None, **kwargs: Any) -> Job:
    return {"data": zlib.compress(json.dumps([function, instance, list(args), kwargs]).encode())}


def ring(**more: Any) -> Job:
    """One of ours, but for these fields."""
    return named(DRAIN, QUEUE) | more


BACK = {f"{when}_callback_name": "planted.call" for when in ("success", "failure", "stopped")}


def foreign(planted: Planted) -> dict[str, Job]:
    """Jobs that would run something else than a drain if they could, or end the worker that takes them."""
    return {
        "a shell": named("os.system", planted.mark("system")),
        "eval": named("builtins.eval", f"__import__('os').system('{planted.mark('eval')}')"),
        "a builtin without its module": named("eval", f"__import__('os').system('{planted.mark('builtin')}')"),
        "a process": named("subprocess.check_call", ["touch", str(planted.marks / "process")]),
        "a module of theirs": named("planted.call"),
        "our module, another function": named("workers.jobs.attempt", {}),
        "a name that ends in ours": named("planted.workers.jobs.drain", QUEUE),
        "no queue of ours": named(DRAIN, "nowhere"),
        "no argument": named(DRAIN),
        "two arguments": named(DRAIN, QUEUE, QUEUE),
        "an argument by name": named(DRAIN, queue=QUEUE),
        "an object": named("system", instance="os"),
        "a tuple that is too short": {"data": json.dumps([DRAIN]).encode()},
        "no JSON": {"data": b"{"},
        "pickle": {"data": zlib.compress(pickle.dumps((planted, None, [], {})))},
        "pickle, not compressed": {"data": pickle.dumps(planted)},
        "JSON without end": {"data": zlib.compress(b"[" * 900)},
        "8 MB": {"data": b"x" * 2**23},
        "a bomb of 64 MB": {"data": zlib.compress(b" " * 2**26, 1)},
        "nothing": {"status": "queued"},
        "called back after a failure": named(DRAIN, "texts", "more") | BACK,
    }


def dressed(planted: Planted, listener: str) -> dict[str, Job]:
    """Rings, with whatever else a job may name."""
    hook = {"url": listener, "method": "GET", "headers": None, "timeout": 1}
    return {
        "called back": ring(**BACK),
        "hooks": ring(webhooks=json.dumps([{**hook, "job_status": status} for status in ("finished", "failed")])),
        "a pickled result": ring(result=pickle.dumps(planted), meta=pickle.dumps(planted)),
        "again and again": ring(retries_left="9", repeats_left="9", repeat_intervals="[0]", retry_intervals="[0]"),
        "times that are none": ring(created_at="never", enqueued_at="x", timeout="soon", result_ttl="x", status="?"),
        "without end": ring(timeout="-1", result_ttl="-1"),
        "no text": ring(description=b"\xff\xfe", origin=b"\xff", group_id=b"\xff", worker_name=b"\xff"),
        "depends on another": ring(dependency_ids='["planted-1"]', allow_dependency_failures="x"),
    }


class Worker:
    """`python -m workers texts` at work, on a database of Valkey that no other test uses."""

    def __init__(self, folder: Path, redis_url: str) -> None:
        self.folder, self.planted, self.server = folder, Planted(folder), Redis.from_url(redis_url)
        self.environment = {"DATABASE_URL": f"sqlite:///{folder}/hotline.db", "REDIS_URL": redis_url}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = clean_environment(VAR_DIR=str(self.folder), PYTHONPATH=str(self.folder), **self.environment)
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "workers", QUEUE], cwd=ROOT, env=environment, stderr=log, stdout=log
            )

    def put(self, name: bytes, job: Job) -> None:
        self.server.hset(b"rq:job:" + name, mapping={"origin": QUEUE, "status": "queued", **job})
        self.server.sadd(b"rq:job:" + name + b":dependents", "another")
        self.server.rpush(f"rq:queue:{QUEUE}", name)

    def heard(self) -> bool:
        """Whether the last ring of ours was taken, and nothing waits."""
        return not self.server.exists(f"hotline:rung:{QUEUE}") and not self.server.llen(f"rq:queue:{QUEUE}")

    def lives_and_ran_nothing(self) -> None:
        """Once it has done our next job."""
        assert self.process is not None
        process = self.process
        use(**self.environment, REDIS_SECONDS="10")
        doorbell.ring(QUEUE)
        until(lambda: self.heard() or process.poll() is not None, "our own ring")
        assert [path.name for path in self.planted.marks.iterdir()] == []
        assert process.poll() is None, "it ended"

    def counted(self) -> int:
        with stores.reading() as session:
            tally = session.get(Tally, "job refused")
            return tally.count if tally else 0

    def log(self) -> str:
        return (self.folder / "log").read_text()


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path, valkey: str) -> Iterator[Worker]:
    """One that was told to rest before it began, and finds what a dead one seems to have left."""
    folder = tmp_path_factory.mktemp("worker")
    (folder / "hotline.db").write_bytes(migrated_sqlite.read_bytes())
    worker = Worker(folder, valkey.replace("?db=0", "?db=7"))
    worker.server.flushdb()
    worker.server.set("rq:suspended", 1)
    worker.server.hset("rq:job:left", mapping={**ring(**BACK), "origin": QUEUE})
    worker.server.zadd(f"rq:wip:{QUEUE}", {"left:0123": 1})
    worker.server.rpush(f"rq:queue:{QUEUE}:intermediate", b"\xff")
    worker.start()
    with if_it_fails(lambda: [("worker", worker.log()[-3000:])]):
        yield worker
    assert worker.process is not None
    worker.process.terminate()
    worker.process.wait(60)
    worker.server.flushdb()


def test_what_a_dead_worker_seems_to_have_left_calls_nobody_back(worker: Worker) -> None:
    worker.lives_and_ran_nothing()
    assert worker.server.zscore(f"rq:wip:{QUEUE}", "left:0123") is None


def test_a_worker_runs_rings_and_nothing_else(worker: Worker) -> None:
    worker.lives_and_ran_nothing()
    jobs, odd, before = foreign(worker.planted), (b"\xff\xfe", b"x" * 10_000), worker.counted()
    with socket.create_server((HOST, 0)) as listener:
        for name, job in (jobs | dressed(worker.planted, f"http://{HOST}:{listener.getsockname()[1]}/")).items():
            worker.put(name.replace(" ", "-").encode(), job)
        for nameless in (*odd, b"a:b"):
            worker.put(nameless, named("planted.call"))
        worker.server.set("rq:job:no-hash", "x")
        worker.server.rpush(f"rq:queue:{QUEUE}", "no-hash", "no-job", "")
        worker.lives_and_ran_nothing()
        assert not select.select([listener], [], [], 0)[0], "somebody was asked over the network"
    assert worker.counted() - before == len(jobs) + len(odd) + 1
    said = [json.loads(line) for line in worker.log().splitlines() if line.startswith("{")]
    assert sum(line["event"] == "job refused" for line in said) == worker.counted()
    assert not worker.server.exists("rq:job:a-shell", "rq:job:8-MB")


@pytest.mark.parametrize("command", ['{"command": "shutdown"}', '{"command": "kill-horse"}', "no JSON"])
def test_nobody_commands_a_worker_by_redis(worker: Worker, command: str) -> None:
    (name,) = until(lambda: worker.server.smembers("rq:workers"), "the worker")
    assert worker.server.publish(b"rq:pubsub:" + name.removeprefix(b"rq:worker:"), command) == 0, "nobody listens"
    worker.lives_and_ran_nothing()
