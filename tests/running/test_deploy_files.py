"""The files of deploy/: the processes of processes.conf, stopped gently, behind a port that stays open while they are
replaced; and alarms on figures that exist.
"""

import configparser
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from factories import opened
from flask import Blueprint, Flask
from people import House
from standing import clean_environment
from werkzeug.routing import Rule

from config import stores
from config.hotline import city
from config.settings import ROOT
from ivr.channels import CHANNELS
from ticketing.models import Beat, Tally

DEPLOY = ROOT / "deploy"
UNITS = ("hotline-web.service", "hotline-worker@.service", "hotline-sweeper.service")


def read(path: Path) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path)
    return parser


def test_the_units_are_the_processes() -> None:
    listed, processes = read(ROOT / "processes.conf"), {}
    for section in [name for name in listed.sections() if name.startswith("program:")]:
        command = listed[section]["command"].rpartition("-m ")[2]
        processes[command] = int(listed[section].get("numprocs", "1"))
    wanted = re.findall(r"hotline-[a-z@0-9-]+\.service", (DEPLOY / "hotline.target").read_text())
    started: dict[str, int] = {}
    for name in wanted:
        unit, _, instance = name.removesuffix(".service").partition("@")
        line = read(DEPLOY / (f"{unit}@.service" if instance else f"{unit}.service"))["Service"]["ExecStart"]
        command = line.rpartition("-m ")[2]
        if instance:
            assert command.startswith('workers "$${queue%%-*}"')
            command = f"workers {instance.rpartition('-')[0]}"
        started[command] = started.get(command, 0) + 1
    assert started == processes


@pytest.mark.parametrize(("name", "seconds"), [(UNITS[0], 30), (UNITS[1], 55), (UNITS[2], 55)])
def test_a_stop_is_gentle_and_nothing_stays_down(name: str, seconds: int) -> None:
    service = read(DEPLOY / name)["Service"]
    assert (service["KillMode"], service["Restart"], service["User"]) == ("mixed", "always", "hotline")
    assert int(service["TimeoutStopSec"]) > seconds, "longer than what it has begun may take"
    assert service["NoNewPrivileges"] == "yes"


def test_every_unit_is_confined_alike() -> None:
    """Each may write where it must and nowhere else; the rest of what confines them is the same."""
    confined = re.compile("Protect|Private|Restrict|Lock|Memory|SystemCall|Capability|NoNew|Remove|UMask")
    units = {path.name: read(path)["Service"] for path in sorted(DEPLOY.glob("*.service"))}
    alike = {name: {key: unit[key] for key in unit if confined.match(key)} for name, unit in units.items()}
    assert len(alike["hotline-sweeper.service"]) >= 18
    assert [name for name in alike if alike[name] != alike["hotline-sweeper.service"]] == []
    assert {name: unit["ReadWritePaths"] for name, unit in units.items() if "backup" in name} == {
        "hotline-backup.service": "/srv/hotline/var /var/backups/hotline"
    }


# -- the proxy; what a real nginx makes of it: make rehearsal -------------------------------------------------------


@pytest.fixture(scope="module")
def proxy() -> str:
    """Without its remarks."""
    return re.sub(r"(?m)(^| )#.*$", "", (DEPLOY / "nginx.conf").read_text())


def server(proxy: str, port: int, name: str) -> str:
    """The block that answers for a name on a port."""
    blocks = re.findall(r"^server \{\n(.*?)^\}", proxy, re.M | re.S)
    (found,) = [one for one in blocks if re.search(rf"listen {port}\b", one) and name in one.replace("return", "")]
    return str(found)


def test_the_proxy_keeps_what_is_ours_and_changes_nothing(proxy: str) -> None:
    ours = server(proxy, 443, "server_name hotline.")
    assert re.search(r"location ~ \^/\(metrics\|readyz\|livez\)\(/\|\$\) \{ return 404; \}", ours), (
        "and with a slash behind"
    )
    assert set(re.findall(r"proxy_pass +(\S+);", proxy)) == {"http://hotline"}, "a path would break the signature"
    assert re.search(r"X-Forwarded-For \$remote_addr", ours)
    assert "access_log off" in proxy
    (longest,) = re.findall(r"proxy_read_timeout +(\d+)s", ours)
    assert int(longest) > 30


def test_the_proxy_leads_no_webhook_from_http_to_https(proxy: str) -> None:
    plain = server(proxy, 80, "server_name hotline.")
    (doors,) = re.findall(r"location ~ \^/\(([a-z|]+)\)\(/\|\$\) \{ return 403; \}", plain)
    rules = [rule.rule for channel in CHANNELS for rule in rules_of(channel)]
    assert {rule.split("/")[1] for rule in rules} == set(doors.split("|"))
    assert re.search(r'if \(\$request_method !~ "\^\(GET\|HEAD\)\$"\) \{ return 403; \}\n +return 301 https', plain)


def rules_of(channel: Blueprint) -> list[Rule]:
    app = Flask("only its rules", static_folder=None)
    app.register_blueprint(channel)
    return list(app.url_map.iter_rules())


def test_the_short_name_leads_to_pages_and_serves_nothing(proxy: str) -> None:
    short = server(proxy, 443, "server_name lacak.")
    assert re.findall(r"location (.+?) \{ (.+?); \}", short) == [
        ("= /", "return 302 https://hotline.bekasikota.go.id/t"),
        ('~ "^/[^/]{8,40}$"', "return 302 https://hotline.bekasikota.go.id/t$request_uri"),
        ("/", "return 404"),
    ]


def test_the_proxy_answers_to_no_other_name(proxy: str) -> None:
    nobody = server(proxy, 80, "default_server")
    assert {"listen 80 default_server", "listen 443 ssl default_server", "ssl_reject_handshake on", "return 444"} <= {
        line.strip() for line in nobody.split(";")
    }
    assert "ssl_protocols TLSv1.2 TLSv1.3" in nobody, "the protocols of the port are those of its first server"


def test_what_the_proxy_says_by_itself_is_of_our_texts_and_as_guarded_as_a_page(proxy: str) -> None:
    for status, sentence in ((502, "broken"), (413, "photo_large")):
        (said,) = re.findall(rf'return {status} "(.+)";', proxy)
        assert said.split("\\n") == [*(city().text(language, "page", sentence) for language in city().languages), ""]
    headers = set(re.findall(r"^add_header +(\S+) +\$own_\w+ +always;", proxy, re.M))
    assert headers == {
        "X-Content-Type-Options", "Referrer-Policy", "Content-Security-Policy", "Strict-Transport-Security",
    }  # fmt: skip
    assert len(re.findall(r"add_header", proxy)) == len(headers), "a header in a block would hide those above it"


# -- the port stays open -------------------------------------------------------------------------------------------


@contextlib.contextmanager
def web(port: socket.socket, var: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """The web processes on a port that somebody else opened, as the system's manager hands it over."""
    command = f"LISTEN_FDS=1 LISTEN_PID=$$ exec {sys.executable} -m gunicorn --config gunicorn.conf.py wsgi:app"
    process = subprocess.Popen(
        ["/bin/sh", "-c", command], cwd=ROOT, env=clean_environment(VAR_DIR=str(var)), pass_fds=(3,),
        preexec_fn=lambda: os.dup2(port.fileno(), 3), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0


def test_whoever_calls_while_the_web_processes_are_replaced_waits_for_the_new_ones(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=100) as port:
        url = f"http://127.0.0.1:{port.getsockname()[1]}"
        with web(port, tmp_path):
            assert requests.get(url + "/livez", timeout=60).json() == {"status": "ok"}
            assert requests.post(url + "/voice/incoming", timeout=60).status_code == 403
            page = requests.get(url + "/metrics", timeout=60).text
            assert 'hotline_events_total{event="signature failure"} 1.0' in page, "whichever process is asked"
        answers: list[int] = []
        callers = [
            threading.Thread(target=lambda: answers.append(requests.get(url + "/livez", timeout=60).status_code))
            for _ in range(5)
        ]
        for caller in callers:
            caller.start()
        assert answers == [], "nobody is there to answer"
        with web(port, tmp_path):
            for caller in callers:
                caller.join()
    assert answers == [200] * 5


# -- alarms --------------------------------------------------------------------------------------------------------


def alarms() -> dict[str, str]:
    text = (DEPLOY / "alarms.yml").read_text()
    return dict(re.findall(r"- alert: (\w+)\n +expr: '(.+)'\n", text))


def test_every_alarm_is_explained() -> None:
    rows = re.findall(r"^\| `([A-Z][a-z]\w+)` \| `(.+?)` \|", (ROOT / "docs" / "running.md").read_text(), re.M)
    assert {name: expression.replace("\\|", "|") for name, expression in rows} == alarms()


def test_every_alarm_watches_a_figure_that_exists(sqlite_house: House, tmp_path: Path) -> None:
    opened()
    with stores.transaction() as session:
        session.add_all(
            [Beat(name="sweeper", at=stores.database_now(session)), Tally(name="carrier error sms", count=1)]
        )
    page = requests.get(sqlite_house.url + "/metrics", timeout=60).text
    counted = {"hotline_events_total", "hotline_turn_seconds_bucket"}  # of the web processes
    known = set(re.findall(r"^(hotline_\w+)", page, re.M)) | counted
    used = {name for expression in alarms().values() for name in re.findall(r"hotline_\w+", expression)}
    assert used - known == set()
