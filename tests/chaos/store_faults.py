"""Faults of what the house stores things in: Valkey, PostgreSQL, the lines to them, and the disk."""

import contextlib
import os
import random
import signal
import subprocess
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor

import psycopg

from chaos.broken import Broken, Skipped
from chaos.servers import Kept


def valkey_killed(at: Broken) -> Generator[float, None, None]:
    """F8: gone for some seconds, then back with its append-only file."""
    valkey = at.house.redis
    valkey.wanted = False
    valkey.send(signal.SIGKILL)
    try:
        yield at.chance.uniform(3, 7)
    finally:
        valkey.wanted = True


def valkey_flushed(at: Broken) -> Generator[float, None, None]:
    """F9: everything in it is lost."""
    for _ in range(3):
        at.house.redis.client().flushall()
        yield at.chance.uniform(0.3, 1.5)


def _told(at: Broken, wrong: tuple[str, ...], right: tuple[str, ...]) -> Generator[float, None, None]:
    at.house.redis.client().execute_command(*wrong)
    try:
        yield at.chance.uniform(4, 8)
    finally:
        at.house.redis.client().execute_command(*right)


def valkey_full(at: Broken) -> Generator[float, None, None]:
    """F10: it takes nothing more."""
    yield from _told(at, ("CONFIG", "SET", "maxmemory", "1"), ("CONFIG", "SET", "maxmemory", "0"))


def valkey_read_only(at: Broken) -> Generator[float, None, None]:
    """F11: a replica of nobody."""
    yield from _told(at, ("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE"))


def _frozen(kept: Kept, seconds: float) -> Generator[float, None, None]:
    kept.send_all(signal.SIGSTOP)
    try:
        yield seconds
    finally:
        kept.send_all(signal.SIGCONT)


def valkey_hangs(at: Broken) -> Generator[float, None, None]:
    """F12: it takes connections and answers nothing."""
    yield from _frozen(at.house.redis, at.chance.uniform(3, 8))


# -- PostgreSQL and the disk ---------------------------------------------------------------------------------------


def back_end_killed(at: Broken) -> Generator[float, None, None]:
    """F13: SIGKILL of a back end; PostgreSQL restarts all of them and recovers."""
    with at.house.postgres.connect() as database:
        query = "SELECT pid FROM pg_stat_activity WHERE datname = 'hotline' AND pid <> pg_backend_pid()"
        pids = [int(str(pid)) for (pid,) in database.execute(query)]
    if pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(at.chance.choice(pids), signal.SIGKILL)
    yield at.chance.uniform(2, 4)


def postgres_down(at: Broken) -> Generator[float, None, None]:
    """F14: stopped at once, away for some seconds, recovered from its log."""
    postgres = at.house.postgres
    postgres.wanted = False
    postgres.send(signal.SIGQUIT)
    try:
        yield at.chance.uniform(3, 8)
    finally:
        postgres.wanted = True
    yield 2


def postgres_hangs(at: Broken) -> Generator[float, None, None]:
    """F15: every process of it is stopped; connections stand and nothing comes."""
    yield from _frozen(at.house.postgres, at.chance.uniform(4, 9))


def link_broken(at: Broken) -> Generator[float, None, None]:
    """F15: the line to PostgreSQL is cut, loses what is sent, or swallows what is answered."""
    link = at.house.database_link
    for mode in at.chance.sample(("cut", "drop", "swallow", "half"), 3):
        link.set(mode, bytes=at.chance.randrange(1, 400))
        yield at.chance.uniform(1, 3.5)
        link.set("pass")
        yield 1


def tables_locked(at: Broken) -> Generator[float, None, None]:
    """F16: somebody else holds calls and tickets for a while."""
    with at.house.postgres.connect() as database, database.transaction():
        database.execute("LOCK TABLE calls, tickets IN ACCESS EXCLUSIVE MODE")
        yield at.chance.uniform(3, 7)


def connections_used_up(at: Broken) -> Generator[float, None, None]:
    """F17: nobody gets a new connection, and those that the house had are closed."""
    with contextlib.ExitStack() as held:
        with contextlib.suppress(psycopg.Error):
            for _ in range(200):
                held.enter_context(at.house.postgres.connect())
        at.house.database_link.set("cut")
        at.house.database_link.set("pass")
        yield at.chance.uniform(3, 6)


def one_ticket_at_once(at: Broken) -> Generator[float, None, None]:
    """F18: several officers and callbacks want the same ticket in the same instant."""
    for _ in range(4):
        if at.load.reported:
            number = at.chance.choice(at.load.reported[-20:])[1]
            with ThreadPoolExecutor(6) as pool:
                for nth in range(6):
                    pool.submit(at.load.move, number, random.Random(nth))
        yield 0.5


def disk_full(at: Broken) -> Generator[float, None, None]:
    """F19: the disk that the recordings lie on is full."""
    recordings = at.house.folder / "var" / "recordings"
    recordings.mkdir(mode=0o700, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k,nr_inodes=2,mode=700", "tmpfs", str(recordings)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Skipped(f"no file system can be mounted here: {done.stderr.strip()}")
    try:
        yield at.chance.uniform(4, 7)
    finally:
        subprocess.run(["umount", "-l", str(recordings)], capture_output=True, check=False)
