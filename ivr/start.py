"""make run: the whole hotline on one machine, until Ctrl-C. Starts the embedded Valkey (unless REDIS_URL names another
one), brings the database up to date, then runs the list of processes under supervisord, with the simulator when no
carrier is configured."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from config.settings import ROOT, Settings, settings
from config.signals import Stopping
from config.valkey import Valkey, die_with_parent
from ticketing.database import schema

READY_SECONDS = 60.0
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
    stop = Stopping()
    valkey = _valkey(here)
    try:
        if valkey:
            valkey.start()
        schema.migrate()
        if here.production and (unsafe := schema.unsafe()):
            return _cannot(*unsafe)
    except (RuntimeError, SQLAlchemyError) as fault:
        return _cannot(str(fault).splitlines()[0])
    house = _supervisord(here)
    try:
        return _watch(here, house, valkey, stop)
    finally:
        _end(house)
        if valkey:
            valkey.stop()


def _watch(here: Settings, house: "subprocess.Popen[bytes]", valkey: Valkey | None, stop: Stopping) -> int:
    until, told = time.monotonic() + READY_SECONDS, False
    while not stop.sleep(1 if told else 0.1):
        if house.poll() is not None:
            return _cannot(f"the processes ended; see {here.var_dir}/logs/")
        if valkey:
            valkey.keep_running()
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


def _end(house: "subprocess.Popen[bytes]") -> None:
    """Stop supervisord, which stops the others; whoever outlives it is of its session, and is told itself."""
    if house.poll() is None:
        house.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            house.wait(75)
    for name in (signal.SIGTERM, signal.SIGKILL):
        left = _session(house.pid)
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, name)
        until = time.monotonic() + 10
        while left and _session(house.pid) and time.monotonic() < until:
            time.sleep(0.05)


def _session(leader: int) -> list[int]:
    """The processes of the session that `leader` began."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()  # state ppid pgrp session ...
            if int(fields[3]) == leader and fields[0] != "Z":
                found.append(int(stat.parent.name))
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
