"""A machine in a folder: the folders of the page under one of our own, ports of the loopback in the place of the usual
ones, Debian's programs without their services, and every process that was started, which ends with us."""

import contextlib
import grp
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ports import free_port

from config.settings import ROOT, Settings
from config.valkey import die_with_parent

HOST, SHORT = "hotline.bekasikota.go.id", "lacak.bekasikota.go.id"  # as in deploy/nginx.conf
USER, GROUP = "nobody", "nogroup"  # stand in for "hotline", whom the machine keeps none of
START_SECONDS = 60
_OURS = re.compile(r"(?<!\w)/(?=(?:srv|etc|run|var/(?:log|backups|www|lib))/)")
_UNPACKED = ("config", "ticketing", "workers", "ivr", "deploy", "docs")


class Amiss(Exception):
    """A step that did not come out as the page says; its words say how."""


@dataclass(frozen=True)
class Done:
    """A command that ended."""

    code: int
    out: str


class Process:
    """A server, or a unit of systemd, that we run in systemd's place."""

    def __init__(self, name: str, begin: Callable[[], "subprocess.Popen[bytes]"]) -> None:
        self.name, self._begin = name, begin
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = self._begin()

    def stop(self, how: int = signal.SIGTERM, seconds: float = 65) -> None:
        """As KillMode=mixed: the main process is asked, and after the time the rest is killed."""
        if self.process is None:
            return
        self.process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    @property
    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Machine:
    """`folder` is its root; `ports` what stands for 80, 443, 8000 and 5432."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hotline-rehearsal-"))
        self.folder.chmod(0o755)
        self.home = self.folder / "srv/hotline"
        self.ports = {usual: free_port() for usual in (80, 443, 8000, 5432)}
        self.processes: list[Process] = []
        self.user, self.group = USER, GROUP
        self.web = socket.socket()  # stands for hotline-web.socket; `open_port` opens it

    def path(self, written: str) -> Path:
        """Where a path of the page is here."""
        return Path(self.here(written))

    def here(self, text: str) -> str:
        """A command or a file of the page, with our folders."""
        return _OURS.sub(f"{self.folder}/", text)

    def open_port(self) -> None:
        """Hold the port of the web processes open, whether one is there or not."""
        self.web = socket.create_server(("127.0.0.1", self.ports[8000]), backlog=2048)

    def unpack(self) -> None:
        """The release, as root's."""
        self.home.mkdir(parents=True)
        for name in _UNPACKED:
            shutil.copytree(ROOT / name, self.home / name, ignore=shutil.ignore_patterns("__pycache__"))
        for path in ROOT.iterdir():
            if path.is_file() and path.name not in (".env", ".git"):
                shutil.copy2(path, self.home)

    def make_venv(self) -> str:
        """Debian's Python with the packages of this checkout (and what it needs besides), or the checkout's own Python
        where that is another version; gives what differs. Where nobody else may read either, root stands for hotline.
        """
        here, ours = self.home / ".venv", (ROOT / ".venv").resolve()
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        if Path("/usr/bin", version).exists():
            self.run(f"/usr/bin/{version} -m venv --without-pip {here}")
            packages = Path("lib") / version / "site-packages"
            (here / packages / "checkout.pth").write_text(f"{ours / packages}\n")
            makefile = (self.home / "Makefile").read_text()
            words = re.findall(r"(?m)^INSTALL := -m pip (install .+)$", makefile)
            self.run(f"{ours}/bin/python -m pip --python {here} {words[0]} -r requirements.lock")
            script = (ours / "bin/flask").read_text().partition("\n")[2]
            (here / "bin/flask").write_text(f"#!{here}/bin/python\n{script}")
            (here / "bin/flask").chmod(0o755)
        else:
            here.symlink_to(ours)
        try:
            self.run(".venv/bin/flask --version", user=USER)
        except (Amiss, PermissionError):
            self.user, self.group = "root", "root"
        return f"the user {self.user} stands for hotline; .venv has the packages of this checkout"

    def run(self, command: str, *, user: str = "", groups: tuple[str, ...] = (), given: str = "", seconds: float = 120,
            **environment: str) -> Done:  # fmt: skip
        """A command in the program's folder, as the page writes it; raises Amiss when it fails."""
        done = subprocess.run(
            ["/bin/sh", "-c", self.here(command)], cwd=self.home, env=self.environment(**environment), input=given,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds, check=False,
            start_new_session=True, **_as(user, groups),
        )  # fmt: skip
        if done.returncode:
            raise Amiss(f"{command}: exit code {done.returncode}: {done.stdout.strip()[-400:]}")
        return Done(done.returncode, done.stdout)

    def environment(self, **more: str) -> dict[str, str]:
        """Nothing of whoever started us: what the house knows stands in its .env."""
        ours = {name.upper() for name in Settings.model_fields}
        here = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("PG")}
        return {**here, "PATH": f"/usr/sbin:/usr/bin:/sbin:/bin:{here.get('PATH', '')}", **more}

    def server(self, name: str, command: list[str], *, user: str = "", groups: tuple[str, ...] = (),
               port: bool = False, cwd: Path | None = None) -> Process:  # fmt: skip
        """A process that stays, started; it may inherit the port of the web. What it says goes to NAME.log."""

        def begin() -> "subprocess.Popen[bytes]":
            with self.log(name).open("ab") as log:
                return subprocess.Popen(
                    command, cwd=cwd or self.folder, env=self.environment(), stdout=log, stderr=log,
                    stdin=subprocess.DEVNULL, pass_fds=(3,) if port else (),
                    preexec_fn=lambda: _child(self.web.fileno() if port else None), **_as(user, groups),
                )  # fmt: skip

        process = Process(name, begin)
        self.processes.append(process)
        process.start()
        return process

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def until(self, condition: Callable[[], bool], what: str, seconds: float = START_SECONDS) -> None:
        """Wait for what another process brings about; raises Amiss when it does not, or when a server died."""
        end = time.monotonic() + seconds
        while not condition():
            dead = [one.name for one in self.processes if one.process is not None and not one.lives]
            if dead or time.monotonic() > end:
                said = self.log(dead[0]).read_text().strip().splitlines()[-3:] if dead else []
                raise Amiss(f"{what}: not within {seconds:g} s" if not dead else f"{dead[0]} ended: {' / '.join(said)}")
            time.sleep(0.05)

    def end(self) -> None:
        """Stop what was started, the last first, and remove the folder."""
        for process in reversed(self.processes):
            process.stop(signal.SIGINT if process.name == "postgres" else signal.SIGTERM)
        self.web.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _child(fd: int | None) -> None:
    """Between fork and exec."""
    die_with_parent()
    if fd is not None:
        os.dup2(fd, 3)


def _as(user: str, groups: tuple[str, ...]) -> dict[str, object]:
    """Words for subprocess: this user, with these groups besides its own."""
    if not user:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [grp.getgrnam(name).gr_gid for name in groups]}
