"""The simulator as a process: where it listens, how it ends, when it refuses."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from ports import free_port

from config.settings import ROOT


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("TWILIO_", "HOTLINE_", "PUBLIC_"))
    }
    return clean | {
        "PORT": str(port := free_port(3)),
        "VAR_DIR": str(tmp_path),
        "SMTP_URL": f"smtp://127.0.0.1:{port + 2}",
    }


def start(environment: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "ivr.simulator"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_serves_its_page_and_ends_at_once(environment: dict[str, str]) -> None:
    process = start(environment)
    assert process.stdout
    where = process.stdout.readline()
    url = f"http://127.0.0.1:{int(environment['PORT']) + 1}"
    assert f"{url}/simulator" in where
    answer = requests.get(url, timeout=60)
    assert answer.status_code == 200 and "1500-444" in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    with socket.create_connection(("127.0.0.1", int(environment["PORT"]) + 1)):  # somebody who asks for nothing
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert (Path(environment["VAR_DIR"]) / "simulator" / "ledger.json").exists()


@pytest.mark.parametrize("which", ["http", "mail"])
def test_a_taken_port_gives_one_line(environment: dict[str, str], which: str) -> None:
    port = int(environment["PORT"]) + 1 if which == "http" else int(environment["SMTP_URL"].rpartition(":")[2])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        output, errors = start(environment).communicate(timeout=60)
    assert errors.count("\n") == 1 and str(port) in errors and not output


def test_it_refuses_production(environment: dict[str, str]) -> None:
    secrets = dict.fromkeys(("SECRET_KEY", "DATA_KEYS", "LOOKUP_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"), "x")
    process = start(environment | secrets | {"HOTLINE_ENV": "production"})
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1 and errors == "The simulator does not run in production.\n"
