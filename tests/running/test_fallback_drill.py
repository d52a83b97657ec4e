"""The fallback drill: it passes, it fails when the fallback does, and it leaves nothing of itself."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import until
from flask import Flask
from people import House, use
from ports import free_port
from standing import clean_environment

from config.settings import ROOT
from ivr.channels import twiml
from ivr.operations import drill, fallback
from ivr.simulator.app import serving
from ivr.simulator.network.faults import Faults
from ivr.simulator.network.wire import Wire

STEPS = [
    "the app answers", "killed in the middle of a call", "killed before the call", "frozen in the middle of a call",
    "frozen before the call",
]  # fmt: skip


def begun(tmp_path: Path, *words: str) -> "subprocess.Popen[str]":
    """The drill on a machine whose own database is away, with all its files under `tmp_path`."""
    elsewhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "TMPDIR": str(tmp_path)}
    return subprocess.Popen(
        [str(Path(sys.executable).with_name("flask")), "fallback", "drill", *words],
        cwd=ROOT,
        env=clean_environment(VAR_DIR=str(tmp_path / "var"), FLASK_APP="wsgi.py", **elsewhere),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def processes(tmp_path: Path) -> dict[int, str]:
    """Every living process of a drill under `tmp_path`, with its state."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            if str(tmp_path).encode() in (folder / "environ").read_bytes() and state != "Z":
                found[int(folder.name)] = state
    return found


def test_the_drill_passes_and_leaves_nothing(tmp_path: Path) -> None:
    told, complaint = begun(tmp_path, "--json").communicate(timeout=180)
    steps = json.loads(told)
    assert [step["what"] for step in steps] == STEPS, complaint
    assert [step["amiss"] for step in steps] == [""] * len(STEPS)
    assert all(step["ok"] and 0 <= step["seconds"] <= step["limit"] == 10 for step in steps)
    until(lambda: not processes(tmp_path), "the end of everybody")
    assert list(tmp_path.glob("hotline-drill-*")) == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_drill_that_ends_while_the_app_is_frozen_leaves_no_process(tmp_path: Path, how: signal.Signals) -> None:
    running = begun(tmp_path)
    try:
        until(lambda: "T" in processes(tmp_path).values() or running.poll() is not None, "a frozen app", 180)
    finally:
        running.send_signal(how)
    told, _ = running.communicate(timeout=120)
    assert running.returncode != 0
    assert [line[:30].strip() for line in told.splitlines()] == STEPS[:3]
    until(lambda: not processes(tmp_path), "the end of everybody")


# -- what a drill finds --------------------------------------------------------------------------------------------


@pytest.fixture
def documents(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """The documents in a folder of their own, on a static host."""
    use(VAR_DIR=str(tmp_path / "var"))
    folder = tmp_path / "documents"
    fallback.write(folder)
    with serving(Flask("host", static_folder=str(folder), static_url_path="")) as url:
        yield folder, url


@pytest.mark.parametrize(
    ("name", "good", "bad", "amiss"),
    [
        ("voice.xml", "", "", ""),
        ("voice.xml", "Mohon maaf, sistem", "Sistem", '"Mohon maaf, sistem sedang terganggu" is not heard'),
        ("voice.xml", "<Response>", "", '"Mohon maaf, sistem sedang terganggu" is not heard'),
        ("voice.xml", "<Record", "<Pause", "nothing is recorded"),
        ("voice.xml", 'method="GET"', 'method="POST"', '"Laporan Bapak Ibu sudah tersimpan" is not heard'),
        ("saved.xml", "Bapak Ibu sudah", "sudah", '"Laporan Bapak Ibu sudah tersimpan" is not heard'),
    ],
)
def test_words_that_are_not_heard_are_found(
    documents: tuple[Path, str], name: str, good: str, bad: str, amiss: str
) -> None:
    folder, url = documents
    (folder / name).write_text((folder / name).read_text().replace(good, bad))
    carrier = drill.calling(f"http://127.0.0.1:{free_port()}", url)
    step = drill.rescued("killed", lambda: carrier.dial(drill.CALLER))
    assert step.amiss == amiss
    assert step.ok == (amiss == "")


def test_an_app_that_is_not_dead_is_found(sqlite_house: House, documents: tuple[Path, str]) -> None:
    use(TWILIO_ACCOUNT_SID=drill._ACCOUNT, TWILIO_AUTH_TOKEN=drill._TOKEN)
    carrier = drill.calling(sqlite_house.url, documents[1])
    call, step = drill.greeted("the app answers", lambda: carrier.dial(drill.CALLER))
    assert step.ok, step.amiss
    assert call.state == "gathering"
    assert drill.rescued("killed", lambda: carrier.dial(drill.CALLER)).amiss == "the app answered"


def test_an_app_that_does_not_answer_is_found(documents: tuple[Path, str]) -> None:
    carrier = drill.calling(f"http://127.0.0.1:{free_port()}", documents[1])
    _, step = drill.greeted("the app answers", lambda: carrier.dial(drill.CALLER))
    assert step.amiss.startswith("11205 connection failed")


def test_a_fallback_that_comes_too_late_is_found(documents: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drill, "LIMIT", -1.0)
    carrier = drill.calling(f"http://127.0.0.1:{free_port()}", documents[1])
    step = drill.rescued("killed", lambda: carrier.dial(drill.CALLER))
    assert step.amiss == "too late"
    assert step.line().endswith("too late")


# -- what makes it fast enough -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["README.md", "docs/running.md"])
def test_the_drill_has_the_patience_that_operators_are_told_to_set(name: str) -> None:
    assert f"`{twiml.OVERRIDES}`" in (text := (ROOT / name).read_text()) or f"/voice/incoming{twiml.OVERRIDES}`" in text


@pytest.mark.parametrize(
    ("patience", "tries"), [("#rt=100&rc=2&rp=rt", 3), ("#rt=100&tt=100&rc=2&rp=rt", 1), ("#rt=100&rc=2", 1)]
)
def test_the_carrier_counts_all_its_tries_together(patience: str, tries: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        url = f"http://127.0.0.1:{frozen.getsockname()[1]}/voice/incoming"
        answer = Wire("AC", "token", Faults()).send(url + patience, {})
        assert answer.trouble is not None
        assert answer.trouble.code == 11200
        frozen.setblocking(False)
        for _ in range(tries):
            frozen.accept()[0].close()
        with pytest.raises(BlockingIOError):
            frozen.accept()
