"""A house that cannot stand says why in one line for each reason, and leaves nothing behind."""

import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from factories import until
from people import use
from ports import free_port
from standing import clean_environment

from config import stores
from config.settings import ROOT
from ticketing.database import schema

SECRETS = {
    "SECRET_KEY": "s" * 40,
    "LOOKUP_KEY": "l" * 40,
    "DATA_KEYS": "1:" + "A" * 43,
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "TWILIO_AUTH_TOKEN": "t" * 32,
}
STARTS = {
    "make run": ("-m", "ivr.start"),
    "gunicorn": ("-m", "gunicorn", "--config", "gunicorn.conf.py", "wsgi:app"),
    "worker": ("-m", "workers", "texts"),
    "sweeper": ("-m", "ivr.sweeper"),
}


def run(how: str, var: Path, **environment: str) -> tuple[int, str]:
    """The exit code of something that is expected to end by itself, and what it said to whoever started it."""
    names = {"PUBLIC_URL": "https://1500444.bekasikota.invalid", "TRACKING_URL": "lacak.bekasikota.go.id/"}
    done = subprocess.run(
        [sys.executable, *STARTS[how]],
        cwd=ROOT,
        env=clean_environment(VAR_DIR=str(var), **{**names, **environment}),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_taken_port_gives_one_clear_line(tmp_path: Path, which: int) -> None:
    port = free_port(3)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + which))
        taken.listen()
        code, said = run("make run", tmp_path / "var", PORT=str(port))
    what = ("web", "simulator", "simulated mail")[which]
    assert code == 1
    assert said == f"The hotline cannot run: port {port + which} ({what}) is taken; choose another one with PORT=...\n"


@pytest.mark.parametrize("how", STARTS)
def test_production_names_every_missing_secret(tmp_path: Path, how: str) -> None:
    code, said = run(how, tmp_path / "var", HOTLINE_ENV="production", PORT=str(free_port()))
    assert code != 0
    for name in SECRETS:
        assert f"{name} is missing" in said


@pytest.mark.parametrize("name", SECRETS)
def test_one_missing_secret_is_enough(tmp_path: Path, name: str) -> None:
    given = {other: value for other, value in SECRETS.items() if other != name}
    code, said = run("worker", tmp_path / "var", HOTLINE_ENV="production", **given)
    assert code == 1
    assert said.splitlines() == [f"refusing to start: {name} is missing"]


def test_a_wrong_command_says_what_there_is(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "workers", "sms"],
        cwd=ROOT,
        env=clean_environment(VAR_DIR=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "python -m workers texts | mail | dispatch | recordings\n")


def test_a_link_that_no_text_can_afford_is_refused(tmp_path: Path) -> None:
    given = {**SECRETS, "TRACKING_URL": "https://layanan.bekasikota.go.id/laporan/"}
    code, said = run("worker", tmp_path / "var", HOTLINE_ENV="production", **given)
    assert code == 1
    assert "TRACKING_URL is too long" in said


@contextlib.contextmanager
def careless(server: str, name: str) -> Iterator[None]:
    """A database server that forgets what it has confirmed."""
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"ALTER SYSTEM SET {name} = off")
        admin.execute("SELECT pg_reload_conf()")
        try:
            until(lambda: shows(server, name) == "off", name)
            yield
        finally:
            admin.execute(f"ALTER SYSTEM SET {name} = on")
            admin.execute("SELECT pg_reload_conf()")
            until(lambda: shows(server, name) == "on", name)


def shows(server: str, name: str) -> str:
    with psycopg.connect(server) as client:
        return str(client.execute(f"SHOW {name}").fetchone()[0])


@pytest.mark.parametrize("name", ["fsync", "synchronous_commit", "full_page_writes"])
def test_a_database_that_may_forget_is_named(durable_postgres: str, tmp_path: Path, name: str) -> None:
    use(DATABASE_URL=durable_postgres, VAR_DIR=str(tmp_path))
    try:
        assert schema.unsafe() == []
        with careless(durable_postgres, name):
            stores.disconnect()
            assert schema.unsafe() == [f"the database runs with {name} off"]
    finally:
        stores.disconnect()


def test_production_does_not_serve_from_a_database_that_may_forget(durable_postgres: str, tmp_path: Path) -> None:
    production = {**SECRETS, "HOTLINE_ENV": "production"}
    with careless(durable_postgres, "fsync"):
        code, said = run(
            "gunicorn", tmp_path / "var", DATABASE_URL=durable_postgres, PORT=str(free_port()), **production
        )
    assert code != 0
    assert "the database runs with fsync off" in said
