"""Every kind of answer: what it tells a browser about itself, what it forbids, and what it never says."""

import re
from pathlib import Path

import pytest
import requests
from factories import opened, seen
from people import House, use

from config.settings import ROOT

SECURED = {"PUBLIC_URL": "https://hotline.example", "HOTLINE_ENV": "production"}
ANSWERS = [
    ("GET", "/", 200),
    ("GET", "/t", 200),
    ("POST", "/t", 422),
    ("GET", "/t/CODE", 200),
    ("GET", "/t/xxxxxxxx", 404),
    ("GET", "/t/CODE/tambah", 200),
    ("GET", "/t/CODE/nothing", 404),
    ("GET", "/peta.svg", 200),
    ("GET", "/photos/x", 404),
    ("GET", "/recordings/x", 404),
    ("GET", "/livez", 200),
    ("GET", "/readyz", 200),
    ("GET", "/metrics", 200),
    ("POST", "/voice/incoming", 403),
    ("POST", "/sms/incoming", 403),
    ("POST", "/sms/aggregator", 404),
    ("GET", "/voice/incoming", 405),
    ("GET", "/voice/clips/id/none.wav", 404),
    ("TRACE", "/t", 405),
    ("CONNECT", "/t", 405),
]


def answers(house: House, method: str, path: str) -> requests.Response:
    code = seen(opened()).tracking_code if "CODE" in path else ""
    return requests.request(
        method, house.url + path.replace("CODE", str(code)), data="" if method == "POST" else None,
        timeout=60, allow_redirects=False,
    )  # fmt: skip


@pytest.fixture
def breaking(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house one of whose pages breaks with words that are nobody's business."""

    def livez() -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setitem(sqlite_house.app.view_functions, "health.livez", livez)
    return sqlite_house


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS, ids=str)
def test_every_answer_forbids_what_it_does_not_need(sqlite_house: House, method: str, path: str, status: int) -> None:
    answer = answers(sqlite_house, method, path)
    assert answer.status_code == status
    told = answer.headers
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Referrer-Policy"] == "no-referrer"
    policy = dict(rule.split(" ", 1) for rule in told["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in told["Content-Security-Policy"] and "*" not in told["Content-Security-Policy"]
    assert [name for name in told if name.lower() in ("set-cookie", "x-powered-by")] == []
    assert [name for name in told if name.startswith("Access-Control-")] == []
    if answer.content:
        kind = told["Content-Type"]
        assert re.search(r"charset=utf-8", kind) or not re.match(r"text/|.*[/+]xml", kind), kind


def test_production_is_asked_for_by_tls_alone(sqlite_house: House) -> None:
    assert "Strict-Transport-Security" not in requests.get(sqlite_house.url + "/t", timeout=60).headers
    use(**SECURED)
    for path in ("/t", "/nothing", "/livez"):
        told = requests.get(sqlite_house.url + path, timeout=60).headers
        assert told["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize("path", ["/t/CODE", "/t/CODE/tambah", "/t", "/photos/x", "/recordings/x"])
def test_what_is_about_somebody_is_kept_by_nobody(sqlite_house: House, path: str) -> None:
    assert answers(sqlite_house, "GET", path).headers["Cache-Control"] == "no-store"


def test_a_fault_tells_nobody_what_broke(breaking: House) -> None:
    answer = requests.get(breaking.url + "/livez", timeout=60)
    assert answer.status_code == 500
    assert "secret" not in answer.text and "Traceback" not in answer.text and "RuntimeError" not in answer.text
    assert "1500-444" in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    ["/.git/config", "/.env", "/config/hotline.toml", "/var/secrets.json", "/static/", "/static", "/t/../.env",
     "/console", "/console?__debugger__=yes&cmd=1", "/static/%2e%2e/%2e%2e/.env", "/voice/clips/id/..%2f..%2f.env",
     "/voice/clips/../../.env", "/docs", "/openapi.json", "/admin"],
)  # fmt: skip
def test_what_lies_on_the_disk_is_served_to_nobody(sqlite_house: House, path: str) -> None:
    asked = requests.Request("GET", sqlite_house.url).prepare()
    asked.url = sqlite_house.url + path
    with requests.Session() as session:
        answer = session.send(asked, timeout=60)
    assert answer.status_code == 404
    assert "Index of" not in answer.text and "SECRET" not in answer.text


def test_nothing_is_debugged_in_public(sqlite_house: House) -> None:
    use(**SECURED)
    assert sqlite_house.app.debug is False
    assert sqlite_house.app.testing is False
    assert sqlite_house.app.config["PROPAGATE_EXCEPTIONS"] is None


@pytest.mark.parametrize("host", ["evil.example", "evil.example:443"])
@pytest.mark.parametrize("path", ["/t/CODE/terkirim/tambah", "/t/", "//evil.example/", "/t//evil.example"])
def test_nobody_is_led_to_another_house(sqlite_house: House, host: str, path: str) -> None:
    code = seen(opened()).tracking_code
    answer = requests.get(
        sqlite_house.url + path.replace("CODE", str(code)), headers={"Host": host}, timeout=60, allow_redirects=False
    )
    assert re.match(r"(/[^/\\]|$)", answer.headers.get("Location", "")), answer.headers["Location"]


def scripts() -> list[Path]:
    return sorted((ROOT / "ticketing").rglob("static/*.js"))


def test_scripts_of_pages_keep_nothing_and_write_no_markup() -> None:
    assert scripts()
    words = (
        r"localStorage|sessionStorage|indexedDB|document\.cookie|innerHTML|outerHTML|insertAdjacentHTML|document\.write"
        r"|eval\(|new Function|postMessage|__proto__|Object\.assign|JSON\.parse|fetch\(|XMLHttp"
    )
    for script in scripts():
        assert re.findall(words, script.read_text()) == [], script.name


def test_pages_load_nothing_from_elsewhere(sqlite_house: House) -> None:
    code = seen(opened()).tracking_code
    for path in ("/t", f"/t/{code}", f"/t/{code}/tambah", f"/t/{code}/tempat"):
        page = requests.get(sqlite_house.url + path, timeout=60).text
        loaded = re.findall(r"""<(?:script|link|img|iframe|source|form)[^>]*\s(?:src|href|action)=["']([^"']+)""", page)
        assert loaded, path
        assert [where for where in loaded if not re.match(r"/[^/]", where)] == []
        assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+=|style=", page), path
