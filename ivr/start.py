"""make run: the whole hotline on one machine, until Ctrl-C. Starts the embedded Valkey (unless REDIS_URL names another
one), brings the database up to date, then runs the list of processes under supervisord, with the simulator when no
carrier is configured.

A supervisord that ends (it was killed, or the disk was full) is started again, once nobody is left of those it had
started. Whoever is of this house is known by a mark in the environment, whatever became of parents and sessions.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from uuid import uuid4

from sqlalchemy.exc import SQLAlchemyError

from config.logs import warn
from config.settings import ROOT, Settings, settings
from config.signals import Stopping
from config.valkey import Valkey, die_with_parent
from ticketing.database import schema

READY_SECONDS = 60.0
MARK = "HOUSE"  # the variable that everybody has whom this process started
LAST_SECONDS = 3.0  # for whoever is told to end because supervisord or this process is gone
PAUSE, LONGEST_PAUSE = 0.5, 8.0  # seconds before supervisord is started again, twice as long each time
_SIMULATOR = """[program:simulator]
command=%(ENV_PYTHON)s -m ivr.simulator
priority=5
autorestart=true
startretries=1000
stopwaitsecs=5
stdout_logfile=%(ENV_VAR_DIR)s/logs/simulator.log
redirect_stderr=true
"""


def main() -> int:
    """Run the house. The exit code says whether it was stopped (0) or could not stand (1)."""
    here = settings()
    if here.problems():
        return _cannot(*here.problems())
    here.var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    for port, what in _ports(here):
        if not _free(port):
            return _cannot(f"port {port} ({what}) is taken; choose another one with PORT=...")
    os.environ[MARK] = uuid4().hex
    stop = Stopping()
    _guard()
    valkey = _valkey(here)
    try:
        if valkey:
            valkey.start()
        schema.migrate()
        if here.production and (unsafe := schema.unsafe()):
            return _cannot(*unsafe)
    except (RuntimeError, SQLAlchemyError) as fault:
        return _cannot(str(fault).splitlines()[0])
    house = _House(here, valkey)
    try:
        return _watch(here, house, stop)
    finally:
        house.end()


class _House:
    """supervisord with all that it starts, and Valkey beside it."""

    def __init__(self, here: Settings, valkey: Valkey | None) -> None:
        self._here, self._valkey = here, valkey
        self._supervisord = _supervisord(here)
        self._pause, self._again = PAUSE, 0.0

    def stands(self) -> bool:
        """Whether supervisord runs. Starts Valkey again where it is gone."""
        with contextlib.suppress(OSError):
            if self._valkey:
                self._valkey.keep_running()
        return self._supervisord.poll() is None

    def start_again(self) -> None:
        """End whom the last supervisord left, and start another, unless it is too early after the last try."""
        if time.monotonic() < self._again:
            return
        self._pause = PAUSE if time.monotonic() > self._again + READY_SECONDS else min(2 * self._pause, LONGEST_PAUSE)
        self._again = time.monotonic() + self._pause
        _clear(self._others(), LAST_SECONDS)
        try:
            self._supervisord = _supervisord(self._here)
        except OSError as fault:  # the disk is full
            warn("supervisord does not start", why=fault.strerror)
        else:
            warn("supervisord was started again")

    def end(self) -> None:
        """Stop supervisord, which stops the others; whoever outlives it is told itself."""
        if self._supervisord.poll() is None:
            self._supervisord.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._supervisord.wait(75)
        _clear(self._others(), 10)
        if self._valkey:
            self._valkey.stop()

    def _others(self) -> set[int]:
        return _started() - ({self._valkey.pid} if self._valkey and self._valkey.pid else set())


def _watch(here: Settings, house: _House, stop: Stopping) -> int:
    until, told = time.monotonic() + READY_SECONDS, False
    while not stop.sleep(1 if told else 0.1):
        if not house.stands():
            if not told:
                return _cannot(f"the processes ended; see {here.var_dir}/logs/")
            house.start_again()
        if not told and _ready(here):
            told = True
            _tell(here)
        elif not told and time.monotonic() > until:
            return _cannot(f"the hotline does not answer; see {here.var_dir}/logs/web.log")
    sys.stdout.write("\nStopping ...\n")
    return 0


def _tell(here: Settings) -> None:
    where = f"http://127.0.0.1:{here.port}"
    lines = [f"The hotline answers at {where}"]
    if here.simulated:
        lines += [f"Call it here:      {where}/simulator", "No carrier is configured: calls and texts are simulated."]
    else:
        lines += [f"The carrier calls: {here.public_url}/voice/incoming"]
    lines += [f"Logs are in {here.var_dir}/logs. Ctrl-C stops everything."]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _valkey(here: Settings) -> Valkey | None:
    if not here.embedded_redis:
        return None
    return Valkey(here.var_dir / "valkey", Path(here.redis_url.removeprefix("unix://").partition("?")[0]))


def _supervisord(here: Settings) -> "subprocess.Popen[bytes]":
    (here.var_dir / "logs").mkdir(exist_ok=True)
    extra = here.var_dir / "processes.d"
    extra.mkdir(exist_ok=True)
    simulator = extra / "simulator.conf"
    simulator.unlink(missing_ok=True)
    if here.simulated:
        simulator.write_text(_SIMULATOR)
    environment = {
        **os.environ,
        "PYTHON": sys.executable,
        "VAR_DIR": str(here.var_dir),
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(ROOT / "processes.conf")]
    with (here.var_dir / "logs" / "supervisord.log").open("a") as log:
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=log, preexec_fn=die_with_parent
        )


def _guard() -> None:
    """Fork one that outlives this process by a moment: however it ends, all whom it started end within five seconds."""
    there, ours = os.pipe()  # ours is open for as long as this process lives, and nobody else has it
    if os.fork():
        os.close(there)
        return
    os.setsid()
    os.close(ours)
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    os.read(there, 1)
    _clear(_started(), LAST_SECONDS)
    os._exit(0)


def _clear(pids: set[int], seconds: float) -> None:
    """End these processes: first they are told, after so many seconds they are killed."""
    for name in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, name)
        until = time.monotonic() + seconds
        while pids and time.monotonic() < until:
            time.sleep(0.05)
            pids &= _started()
        if not pids:
            break


def _started() -> set[int]:
    """Everybody whom this process started, and whom those started."""
    mark, found = f"{MARK}={os.environ[MARK]}".encode(), set()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark in environment.read_bytes().split(b"\0"):
                found.add(int(environment.parent.name))
    return found


def _ready(here: Settings) -> bool:
    with (
        contextlib.suppress(OSError),
        urllib.request.urlopen(f"http://127.0.0.1:{here.port}/readyz", timeout=1) as page,
    ):
        return bool(page.status == 200)
    return False


def _ports(here: Settings) -> list[tuple[int, str]]:
    simulated = [(here.simulator_port, "simulator"), (here.simulator_port + 1, "simulated mail")]
    return [(here.port, "web"), *(simulated if here.simulated else [])]


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _cannot(*reasons: str) -> int:
    for why in reasons:
        sys.stderr.write(f"The hotline cannot run: {why}\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
