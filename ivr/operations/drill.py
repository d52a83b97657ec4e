"""The fallback drill: from a dead app to the first words of the fallback, as a caller lives it, in seconds.

Everything is on the loopback and for the length of the drill: a web process of this release over an empty SQLite, the
committed documents on a static host, and a simulated carrier. It touches no database, queue or carrier of the house,
whatever .env says, and leaves no process.
"""

import contextlib
import ctypes
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from config.hotline import CITY_LANGUAGE, city
from config.settings import ROOT
from ivr.channels import twiml
from ivr.operations import fallback
from ivr.simulator.app import serving
from ivr.simulator.calls.call import LiveCall, NotNowError
from ivr.simulator.carrier import Carrier

LIMIT = 10.0
START_SECONDS = 60.0
CALLER = "+6281200001111"
_ACCOUNT, _TOKEN = "AC" + "d" * 32, "a-token-for-the-drill"
_SECRET = "only-for-the-length-of-one-drill-" * 2
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Step:
    """What was done to the app, after how many seconds the caller heard a voice, and what was amiss ("" if nothing)."""

    what: str
    seconds: float
    amiss: str

    @property
    def ok(self) -> bool:
        return not self.amiss

    def line(self) -> str:
        return f"{self.what:<30} {self.seconds:6.2f} s of {LIMIT:g}  {self.amiss or 'ok'}"

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "limit": LIMIT, "ok": self.ok}


def run() -> Generator[Step, None, None]:
    """The drill, step by step, in about half a minute. RuntimeError when the app does not start."""
    with _leaving_nothing(), tempfile.TemporaryDirectory(prefix="hotline-drill-") as var, _static_host() as documents:
        app = WebProcess(Path(var))
        carrier = calling(app.url, documents)
        try:
            app.prepare()
            app.start()
            call, step = greeted("the app answers", lambda: carrier.dial(CALLER))
            yield step
            app.kill()
            yield rescued("killed in the middle of a call", lambda: _pressed(call))
            yield rescued("killed before the call", lambda: carrier.dial(CALLER))
            app.start()
            call = carrier.dial(CALLER)
            app.freeze()
            yield rescued("frozen in the middle of a call", lambda: _pressed(call))
            yield rescued("frozen before the call", lambda: carrier.dial(CALLER))
        finally:
            app.kill()


def calling(app_url: str, documents: str) -> Carrier:
    """A carrier whose number is set up as the README says, with the voice fallback on a host of its own."""
    return Carrier(
        app_url,
        _ACCOUNT,
        _TOKEN,
        city().number,
        voice_url=f"{app_url}/voice/incoming{twiml.OVERRIDES}",
        fallback_url=f"{documents}/{fallback.VOICE}",
        fallback_method="GET",
    )


def greeted(what: str, dial: Callable[[], LiveCall]) -> tuple[LiveCall, Step]:
    """A call that the app itself answers; gives the call too."""
    call, seconds = _timed(dial)
    amiss = [str(trouble) for trouble in call.errors[:1]] or _unheard(call, "greeting")
    return call, Step(what, seconds, _judged(seconds, amiss))


def rescued(what: str, act: Callable[[], LiveCall]) -> Step:
    """A call that the app cannot answer: the fallback is heard, a report is spoken, and the thanks are heard."""
    call, seconds = _timed(act)
    amiss = _unheard(call, "trouble") if call.errors else ["the app answered"]
    if not amiss:
        try:
            call.record(6)
            amiss = _unheard(call, "trouble_saved")
        except NotNowError:
            amiss = ["nothing is recorded"]
    if not amiss and not any(kept.call_sid == call.sid for kept in call.carrier.ledger.listed("recordings")):
        amiss = ["the carrier has no recording"]
    return Step(what, seconds, _judged(seconds, amiss))


def _pressed(call: LiveCall) -> LiveCall:
    call.press("2")
    return call


def _timed(act: Callable[[], LiveCall]) -> tuple[LiveCall, float]:
    began = time.monotonic()
    call = act()
    return call, round(time.monotonic() - began, 2)


def _judged(seconds: float, amiss: list[str]) -> str:
    return "; ".join([*amiss, *(["too late"] if seconds > LIMIT else [])])


def _unheard(call: LiveCall, sentence: str) -> list[str]:
    """Nothing, or that the first words of the sentence were not said since the caller's last act."""
    pieces = re.split(r"[.|]|\{\w+\}[, ]*", city().text(CITY_LANGUAGE, "voice", sentence))
    words = next(piece.strip() for piece in pieces if len(piece.split()) >= 3)
    return [] if call.hears(words) else [f'"{words}" is not heard']


class WebProcess:
    """gunicorn with this release's app, in a process group of its own, over an empty database in `var`."""

    def __init__(self, var: Path) -> None:
        self._log, self._port = var / "web.log", _free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._environment = {
            **os.environ,
            **{"HOTLINE_ENV": "development", "PORT": str(self._port), "PUBLIC_URL": self.url, "VAR_DIR": str(var)},
            **{"DATABASE_URL": f"sqlite:///{var}/hotline.db", "REDIS_URL": f"unix://{var}/no.sock?db=0"},
            **{"SECRET_KEY": _SECRET, "LOOKUP_KEY": _SECRET, "DATA_KEYS": f"1:{'A' * 43}="},
            **{"TWILIO_ACCOUNT_SID": _ACCOUNT, "TWILIO_AUTH_TOKEN": _TOKEN, "TWILIO_API_URL": "http://127.0.0.1:1"},
            **{"SMTP_URL": "smtp://127.0.0.1:1", "FLASK_APP": "wsgi.py"},
        }
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Make its database."""
        self._process = self._python("-m", "flask", "migrate")
        if self._process.wait(START_SECONDS):
            raise self._fault()

    def start(self) -> None:
        """Return when it answers."""
        self._process = self._python("-m", "gunicorn", "--config", "gunicorn.conf.py", "wsgi:app")
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise self._fault()
            time.sleep(0.05)

    def freeze(self) -> None:
        """It still takes connections and answers none."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGSTOP)

    def kill(self) -> None:
        """Without a word, and return when nobody listens any more."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
        until = time.monotonic() + LIMIT
        while _listens(self._port) and time.monotonic() < until:
            time.sleep(0.01)

    def _python(self, *words: str) -> "subprocess.Popen[bytes]":
        with self._log.open("a") as log:
            return subprocess.Popen(
                [sys.executable, *words],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                process_group=0,
                preexec_fn=_die_with_the_drill,
            )

    def _answers(self) -> bool:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{self._port}/livez", timeout=1) as page,
        ):
            return bool(page.status == 200)
        return False

    def _fault(self) -> RuntimeError:
        said = self._log.read_text().strip().splitlines() or ["it says nothing"]
        return RuntimeError(f"the app of the drill does not start: {said[-1]}")


def _die_with_the_drill() -> None:
    """Between fork and exec. The group stays in our session: should we be killed while it is frozen, the kernel wakes
    the workers of a group that lost its parent, and they end because their master is gone."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@contextlib.contextmanager
def _leaving_nothing() -> Iterator[None]:
    """A drill that is told to stop clears up first, as it does after Ctrl-C."""
    names = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(name, lambda *_: sys.exit(1)) for name in names]
    try:
        yield
    finally:
        for name, handler in zip(names, before, strict=True):
            signal.signal(name, handler)


def _static_host() -> contextlib.AbstractContextManager[str]:
    """The committed documents, on a host that answers GET and knows nothing else."""
    return serving(Flask("static host", static_folder=str(fallback.FOLDER), static_url_path=""))


def _free_port() -> int:
    """Below those that the kernel hands out by itself, so that it stays free while the app is down."""
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port := 20_000 + secrets.randbelow(10_000)))
            return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
