"""The real hotline as processes over throw-away data: PostgreSQL, Valkey, gunicorn, workers and the sweeper, each
restarted when it exits. It reaches its stores through proxies; the carrier, its static fallback and the departments
stand in this process, outside the system, and write down what they see."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
from factories import until
from flask import Flask
from people import ACCOUNT, DUTY_LINE, HOTLINE, TOKEN
from ports import free_port

from chaos.history import History
from chaos.proxy import Proxy
from chaos.servers import Keeper, Kept, Postgres, Redis, remove
from chaos.sinks import Mailboxes, Systems
from chaos.witness import Exchange, Witness, watch
from config.settings import ROOT, Settings
from ivr.channels.twiml import OVERRIDES
from ivr.operations import fallback
from ivr.simulator.app import create_app, serving
from workers import carrier

WEBHOOK_SECRET = "whsec_" + "c2VjcmV0LW9mLW9uZS1jYW1wYWlnbi1vbmx5"
SYSTEMS = ("dlh", "dishub")  # the departments that have a system of their own
_SECRET = "only-for-the-length-of-one-campaign-" * 2


class House:
    """Everything of one campaign. `stand` brings it up, and takes it down whatever happens."""

    def __init__(self, folder: Path, history: History, sabotage: str) -> None:
        self.folder, self.history, self.sabotage = folder, history, sabotage
        self.keeper = Keeper()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.postgres = Postgres(folder / "postgres", self._log("postgres"))
        self.redis = Redis(folder / "valkey", self._log("valkey"))
        self.database_link = Proxy(("127.0.0.1", self.postgres.port))
        self.redis_link = Proxy(str(self.redis.socket))
        self.mailboxes, self.systems = Mailboxes(history), Systems(history)
        self.carrier: Exchange
        self.environment: dict[str, str] = {}

    @classmethod
    @contextlib.contextmanager
    def standing(cls, history: History, *, sabotage: str = "") -> Iterator["House"]:
        folder = Path(tempfile.mkdtemp(prefix="hotline-chaos-"))
        folder.chmod(0o711)  # PostgreSQL runs as a user of its own
        house = None
        try:
            with serving(Flask("static host", static_folder=str(fallback.FOLDER), static_url_path="")) as documents:
                house = cls(folder, history, sabotage)
                house.carrier = house._calling(documents)
                rest = create_app(house.carrier)
                watch(rest, history, carrier.SECONDS - 1)
                with serving(rest) as api:
                    house.carrier.api_url = api
                    house._start(api)
                    yield house
        finally:
            if house:
                house._end()
            remove(folder)

    # -- bringing it up and down -----------------------------------------------------------------------------------

    def _calling(self, documents: str) -> Exchange:
        carrier = Exchange(
            self.url,
            ACCOUNT,
            TOKEN,
            HOTLINE,
            voice_url=f"{self.url}/voice/incoming{OVERRIDES}",
            fallback_url=f"{documents}/{fallback.VOICE}",
            fallback_method="GET",
            keep=1_000_000,
            witness=Witness(self.history, self.url),
        )
        carrier.history = self.history
        return carrier

    def _start(self, api: str) -> None:
        for directory in ("var", "logs"):
            (self.folder / directory).mkdir(mode=0o700, exist_ok=True)
        self.environment = self._environment(api)
        self.postgres.prepare()
        self.keeper.start(self.postgres, self.redis)
        until(self.postgres.answers, "PostgreSQL")
        with self.postgres.connect("postgres") as server:
            server.execute("CREATE DATABASE hotline")
        self.flask("migrate")
        web = self._kept("web", "gunicorn", "--config", "gunicorn.conf.py", "wsgi:app")
        if self.sabotage == "clock":
            web.environment = {**self.environment, "CHAOS_AHEAD": "3600"}
            self.sabotaged.write_text("dated")  # the word by which a violation names it
        self.keeper.start(web)
        for queue, count in (("texts", 2), ("mail", 2), ("dispatch", 2), ("recordings", 1)):
            self.keeper.start(*(self._kept(f"{queue}-{nth}", "workers", queue) for nth in range(count)))
        self.keeper.start(self._kept("sweep-0", "ivr.sweeper"))
        until(self.ready, "the app", 60)

    def _environment(self, api: str) -> dict[str, str]:
        ours = {name.upper() for name in Settings.model_fields}
        systems = ",".join(f"{key}={self.systems.url}/{key}" for key in SYSTEMS)
        return {
            **{name: value for name, value in os.environ.items() if name not in ours},
            **{"HOTLINE_ENV": "development", "PORT": str(self.port), "PUBLIC_URL": self.url},
            **{"VAR_DIR": str(self.folder / "var"), "FLASK_APP": "wsgi.py", "PYTHONPATH": str(ROOT / "tests")},
            **{"DATABASE_URL": self.postgres.address(port=self.database_link.port)},
            **{"REDIS_URL": f"redis://127.0.0.1:{self.redis_link.port}/0"},
            **{"SECRET_KEY": _SECRET, "LOOKUP_KEY": _SECRET, "DATA_KEYS": f"1:{'A' * 43}="},
            **{"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_API_URL": api},
            **{"SMTP_URL": f"smtp://127.0.0.1:{self.mailboxes.port}", "DUTY_PHONE": DUTY_LINE},
            **{"CHAOS_SYSTEMS": systems, "PYTHONUNBUFFERED": "1"},
            **{"CHAOS_SABOTAGE": self.sabotage, "CHAOS_SABOTAGED": str(self.sabotaged)},
            **{"WEBHOOK_SECRETS": ",".join(f"{key}={WEBHOOK_SECRET}" for key in SYSTEMS)},
        }

    @property
    def sabotaged(self) -> Path:
        """Where a sabotage writes down what it threw away."""
        return self.folder / "sabotaged"

    @property
    def direct(self) -> dict[str, str]:
        """The environment past the proxies, for who looks at the house from outside."""
        past = {"DATABASE_URL": self.postgres.address(), "REDIS_URL": f"unix://{self.redis.socket}?db=0"}
        return {**self.environment, **past}

    def _kept(self, name: str, *words: str) -> Kept:
        command = [sys.executable, "-m", "chaos.launch", *words]
        return Kept(name, command, environment=self.environment, log=self._log(name))

    def _log(self, name: str) -> Path:
        (self.folder / "logs").mkdir(mode=0o700, exist_ok=True)
        return self.folder / "logs" / f"{name}.log"

    def _end(self) -> None:
        self.keeper.end()
        for pid in self.left():
            with contextlib.suppress(psutil.Error):
                psutil.Process(pid).kill()
        subprocess.run(["umount", "-l", str(self.folder / "var" / "recordings")], capture_output=True, check=False)
        for part in (self.database_link, self.redis_link, self.mailboxes, self.systems):
            part.close()

    def left(self) -> list[int]:
        """What still lives of this house: known by its folder in the environment."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.pid != os.getpid() and process.environ().get("VAR_DIR") == str(self.folder / "var"):
                    found.append(process.pid)
        return found

    def mend(self) -> None:
        """Whatever a fault left behind is taken back, and everything runs."""
        self.carrier.faults.clear()
        for link in (self.database_link, self.redis_link):
            link.set("pass")
        self.mailboxes.all_well()
        self.systems.all_well()
        for one in self.keeper.kept:
            one.wanted = True
            one.send_all(signal.SIGCONT)
        if not self.is_whole(60):
            raise RuntimeError(f"not running: {[one.name for one in self.keeper.kept if not one.running]}")

    def is_whole(self, seconds: float) -> bool:
        """Within so many seconds every process runs and both stores answer."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if all(one.running for one in self.keeper.kept) and self.postgres.answers() and self.redis.answers():
                return True
            time.sleep(0.1)
        return False

    def keep_logs(self, folder: Path) -> None:
        shutil.copytree(self.folder / "logs", folder, dirs_exist_ok=True)

    # -- from outside ----------------------------------------------------------------------------------------------

    def flask(self, *words: str, seconds: float = 90) -> str:
        """Run a command as an operator would."""
        command = [sys.executable, "-m", "chaos.launch", "flask", *words]
        done = subprocess.run(
            command, cwd=ROOT, env=self.direct, capture_output=True, text=True, timeout=seconds, check=False
        )
        if done.returncode:
            raise RuntimeError(f"flask {' '.join(words)}: {done.stderr[-2000:]}")
        return done.stdout

    def ready(self) -> bool:
        """The app says that it can serve."""
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/readyz", timeout=1) as page:
            return bool(page.status == 200)
        return False
