"""`make run` as a process of its own, over its own folder and ports, and the telephones that call it over HTTP."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
from factories import until
from people import PATIENT
from ports import free_port

from config.settings import ROOT, Settings

Json = dict[str, Any]


def clean_environment(**more: str) -> dict[str, str]:
    """This process's environment without what other tests told the hotline, and with time enough."""
    ours = {name.upper() for name in Settings.model_fields}
    return {name: value for name, value in os.environ.items() if name not in ours} | PATIENT | more


class Standing:
    """A house at work; `start` and `stop` as often as wanted over the same folder."""

    def __init__(self) -> None:
        self.var, self.port = Path(tempfile.mkdtemp(prefix="hotline-run-")), free_port(3)
        self.environment = clean_environment(VAR_DIR=str(self.var), PORT=str(self.port), FLASK_APP="wsgi.py")
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Start it; gives what it printed until it said where to click."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ivr.start"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if "Ctrl-C" in line:
                until(self.answers, "the simulator")
                return said
        raise AssertionError(f"it ended with {self.process.wait()}: {said}")

    def stop(self, how: int = signal.SIGINT) -> int:
        """End it as Ctrl-C would; gives its exit code once nothing of it is left."""
        assert self.process is not None
        self.process.send_signal(how)
        code = self.process.wait(90)
        until(lambda: not self.processes(), f"the end of {list(self.processes().values())}")
        self.process = None
        return code

    def end(self) -> None:
        """Whatever a failed test left behind."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until(lambda: not self.processes(), "its end")
        shutil.rmtree(self.var, ignore_errors=True)

    def answers(self) -> bool:
        """Whether the telephone in the browser can be used, and the web process behind it."""
        with contextlib.suppress(requests.RequestException):
            return requests.get(self.url("/state"), timeout=2).ok and self.knock()
        return False

    def knock(self) -> bool:
        """Whether the web process is ready."""
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=2).ok
        return False

    # -- its processes ---------------------------------------------------------------------------------------------

    def processes(self) -> dict[int, str]:
        """Every living process of this house, known by its folder in the environment or on the command line."""
        found = {}
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit() or int(folder.name) == os.getpid():
                continue
            with contextlib.suppress(OSError):
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
                ours = f"VAR_DIR={self.var}".encode() in (folder / "environ").read_bytes().split(b"\0")
                if line and (ours or str(self.var) in line):
                    found[int(folder.name)] = line
        return found

    def named(self, words: str, *, child_of: int | None = None) -> list[int]:
        """The processes whose command line has these words, or of those the children of one."""
        found = [pid for pid, line in self.processes().items() if words in line]
        return sorted(found if child_of is None else [pid for pid in found if _parent(pid) == child_of])

    def children(self, words: str) -> list[int]:
        """Forked ones: their parent has the same command line."""
        everybody = self.named(words)
        return [pid for pid in everybody if _parent(pid) in everybody]

    # -- who uses it -----------------------------------------------------------------------------------------------

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port + 1}/simulator/api{path}"

    def ask(self, path: str, given: Json | None = None) -> Json:
        if given is None:
            return dict(requests.get(self.url(path), timeout=60).json())
        answer = requests.post(self.url(path), json=given, timeout=60)
        assert answer.ok, answer.text
        return dict(answer.json())

    def call(self, number: str) -> Json:
        """A whole report by telephone: rubbish, no place, six seconds, send."""
        call = self._on(self.ask("/calls", {"from": number}))
        for act, given in (
            ("press", {"keys": "2"}),
            ("press", {"keys": "2"}),
            ("press", {"keys": "*"}),
            ("record", {"seconds": 6, "ended_by": "#"}),
            ("press", {"keys": "1"}),
            ("hangup", {}),
        ):
            call = self._on(self.ask(f"/calls/{call['sid']}/{act}", given))
        assert call["errors"] == []
        return call

    def _on(self, call: Json) -> Json:
        while call["state"] == "speaking":
            call = self.ask(f"/calls/{call['sid']}/listen", {})
        return call

    def texts(self, number: str) -> list[str]:
        return [
            text["body"] for text in requests.get(self.url("/state"), {"number": number}, timeout=60).json()["texts"]
        ]

    def mails(self) -> list[Json]:
        return list(self.ask("/state")["mails"])

    def flask(self, *words: str) -> Any:
        done = subprocess.run(
            [str(Path(sys.executable).with_name("flask")), *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def tickets(self) -> list[Json]:
        return list(self.flask("tickets", "list", "--json"))

    def logs(self) -> Iterator[tuple[str, str]]:
        """What its processes wrote last, for who reads of a failure."""
        for path in sorted(self.var.glob("logs/*.log")):
            yield path.name, path.read_text()[-3000:]


def _parent(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0
