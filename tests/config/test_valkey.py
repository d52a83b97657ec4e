"""The embedded Valkey: kept running, found again, forgetting nothing, and gone when its house is gone."""

import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import until
from redis import Redis

from config.settings import ROOT
from config.valkey import Valkey


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path("/tmp") / f"hotline-vk-{uuid.uuid4().hex[:8]}"
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def server(folder: Path) -> Iterator[Valkey]:
    made = Valkey(folder, folder / "s.sock")
    made.start()
    yield made
    made.stop()


def client(server: Valkey) -> Redis:
    return Redis(unix_socket_path=str(server.socket), decode_responses=True)


def killed(server: Valkey) -> int:
    pid = server.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: server._process is None or server._process.poll() is not None, "its end")
    return pid


def test_it_listens_on_its_socket_alone_and_forgets_nothing(server: Valkey) -> None:
    assert client(server).config_get("port") == {"port": "0"}
    assert client(server).config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert server.socket.stat().st_mode & 0o077 == 0
    client(server).set("kept", "yes")
    server.stop()
    server.start()
    assert client(server).get("kept") == "yes"


def test_after_a_kill_it_is_started_again_with_what_it_knew(server: Valkey) -> None:
    client(server).set("kept", "yes")
    before = killed(server)
    server.keep_running()
    assert server.pid != before
    assert client(server).get("kept") == "yes"
    server.keep_running()
    assert server.pid is not None


def test_a_second_one_over_the_same_folder_uses_the_first_and_takes_over(server: Valkey) -> None:
    second = Valkey(server.folder, server.socket)
    second.start()
    assert second.pid is None
    second.keep_running()
    second.stop()
    assert client(server).ping(), "who did not start it does not stop it"
    killed(server)
    second.keep_running()
    try:
        assert second.pid is not None
        assert client(second).ping()
    finally:
        second.stop()


def test_one_that_cannot_start_says_why_and_keeps_nobody_from_working(folder: Path) -> None:
    folder.mkdir()
    (folder / "appendonlydir").write_text("in the way")
    server = Valkey(folder, folder / "s.sock")
    with pytest.raises(RuntimeError, match="does not answer"):
        server.start(seconds=5)
    server.keep_running()
    (folder / "appendonlydir").unlink()
    server.keep_running()
    assert client(server).ping()
    server.stop()


def test_it_dies_with_the_process_that_started_it(folder: Path) -> None:
    code = (
        "import sys, pathlib; from config.valkey import Valkey; folder = pathlib.Path(sys.argv[1]);"
        "server = Valkey(folder, folder / 's.sock'); server.start(); print(server.pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    until(
        lambda: not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2], "its end"
    )
