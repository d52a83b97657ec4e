"""The telephone in the browser, used as a person would, on a phone's and on a desk's screen."""

import json
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from snapshots import photo

from ivr.simulator.calls import audio
from ivr.simulator.carrier import Carrier
from ivr.simulator.mailbox import Mailbox

from .city_script import MAIL, NUMBER, TICKET, city
from .script import SITI, Script

CHROMIUM = Path(shutil.which("chromium") or "/usr/bin/chromium")
PATIENCE = 90_000  # milliseconds, for whatever is waited for
# Waits until the microphone shows a sound, however short, and is then among what is kept.
A_SOUND = """(level, most) => new Promise((heard, never) => {
    new MutationObserver(() => level.value > 0.1 && heard()).observe(level, { attributes: true });
    setTimeout(() => never(new Error("no sound of the microphone within " + most + " ms")), most);
})"""
FLAGS = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
COMMAND = f"""#!{sys.executable}
import json, pathlib, sys
here = pathlib.Path(__file__).parent
ticket = json.loads((here / "ticket.json").read_text())
(here / "called").write_text(json.dumps(sys.argv[1:]))
group, command, number, *more = sys.argv[1:]
if command == "move":
    if more[0] == "refused" and not any(one.startswith("--to=") for one in more):
        sys.exit("Error: name the department whose it is")
    step = dict(ticket["history"][-1], to=more[0], by="Simulator")
    step["from"] = ticket["status"]
    ticket["history"].append(step)
    ticket["status"] = more[0]
    (here / "ticket.json").write_text(json.dumps(ticket))
print(json.dumps(ticket))
"""


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands where the operators' command line is, and keeps one ticket in a file."""
    flask = tmp_path / "flask"
    flask.write_text(COMMAND)
    flask.chmod(flask.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "ticket.json").write_text(json.dumps(TICKET))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    return tmp_path / "called"


# The endpoints


def test_the_page_runs_nothing_but_its_own_files(carrier: Carrier) -> None:
    answer = requests.get(f"{carrier.api_url}/simulator", timeout=60)
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "unsafe" not in policy
    assert "style=" not in answer.text and "<style" not in answer.text and "onclick" not in answer.text


def test_a_foreign_page_cannot_act(carrier: Carrier) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        headers = {"Content-Type": kind}
        answer = requests.post(f"{carrier.api_url}/simulator/api/calls", '{"from": "x"}', headers=headers, timeout=60)
        assert answer.status_code == 415
    assert not carrier.ledger.calls


def test_the_ticket_is_moved_by_the_command_line(carrier: Carrier, command: Path) -> None:
    url = f"{carrier.api_url}/simulator/api/tickets/{NUMBER}"
    assert requests.get(url, timeout=60).json()["status"] == "forwarded"
    given = {"state": "refused", "note": "; rm -rf --by=x", "to": "dlh"}
    assert requests.post(url, json=given, timeout=60).json()["status"] == "refused"
    assert json.loads(command.read_text()) == [
        *("tickets", "move", NUMBER, "refused", "--by=Simulator", "--note=; rm -rf --by=x", "--to=dlh", "--json")
    ]
    refused = requests.post(url, json={"state": "refused"}, timeout=60)
    assert refused.status_code == 409 and refused.json() == {"error": "name the department whose it is"}


@pytest.mark.parametrize("number", ["12345678", "0123456789", "--help000", "12345678a"])
def test_a_ticket_has_nine_digits(carrier: Carrier, command: Path, number: str) -> None:
    assert requests.get(f"{carrier.api_url}/simulator/api/tickets/{number}", timeout=60).status_code == 409
    assert not command.exists()


def test_faults_are_read_and_set(carrier: Carrier) -> None:
    url = f"{carrier.api_url}/simulator/api/faults"
    assert requests.post(url, json={"rest_fail": 2}, timeout=60).json()["rest_fail"] == 2
    assert requests.post(url, json={"nothing": 1}, timeout=60).status_code == 409
    assert requests.post(url, json={}, timeout=60).json()["rest_fail"] == 0


def test_the_sound_of_a_line_is_fetched_for_the_page(carrier: Carrier, script: Script) -> None:
    script.answers["/voice/incoming"] = "<Gather><Play>/missing.wav</Play></Gather>"
    call = requests.post(f"{carrier.api_url}/simulator/api/calls", json={"from": SITI}, timeout=60).json()
    sound = f"{carrier.api_url}/simulator/api/calls/{call['sid']}/sounds/"
    assert requests.get(sound + "0", timeout=60).status_code == 502  # the script answers with TwiML, which is no sound
    assert requests.get(sound + "1", timeout=60).status_code == 404


def test_only_a_picture_is_shown(carrier: Carrier) -> None:
    carrier.text("whatsapp:+6281211112222", "", media=[photo(), b"<html><script>alert(1)</script>"])
    shown, hidden = sorted(carrier.ledger.listed("attachments"), key=lambda one: one.content_type != "image/jpeg")
    answer = requests.get(f"{carrier.api_url}/simulator/photos/{shown.sid}", timeout=60)
    assert (answer.content, answer.headers["X-Content-Type-Options"]) == (photo(), "nosniff")
    assert requests.get(f"{carrier.api_url}/simulator/photos/{hidden.sid}", timeout=60).status_code == 404


@pytest.mark.parametrize("given", [{"photo": "no base64!"}, {"place": ["a", "b"]}, {"place": [None, 1]}])
def test_a_text_that_makes_no_sense_is_refused(carrier: Carrier, given: dict[str, object]) -> None:
    url = f"{carrier.api_url}/simulator/api/texts"
    assert requests.post(url, json={"from": SITI, **given}, timeout=60).status_code in (400, 409)
    assert not carrier.ledger.messages


def test_a_mails_html_can_run_nothing(carrier: Carrier) -> None:
    Mailbox(carrier.ledger).keep(MAIL.replace("text/plain", "text/html").encode(), ["x@y.invalid"])
    mail = carrier.ledger.listed("mails")[0]
    answer = requests.get(f"{carrier.api_url}/simulator/mails/{mail.sid}", timeout=60)
    assert "sandbox" in answer.headers["Content-Security-Policy"] and "script-src" not in answer.text


# The browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"browser tests need Chromium at {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS, timeout=PATIENCE)
        yield browser
        browser.close()


@pytest.fixture(params=[360, 1280])
def page(request: pytest.FixtureRequest, browser: Browser, carrier: Carrier, script: Script) -> Iterator[Page]:
    city(script, carrier)
    page = browser.new_page(viewport={"width": request.param, "height": 740})
    page.set_default_timeout(PATIENCE)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{carrier.api_url}/simulator")
    expect(page.locator("#faults-state")).not_to_be_empty()
    yield page
    page.close()
    assert not faults


def heard(page: Page, text: str) -> None:
    """Wait for the hotline to say it, then let it finish speaking."""
    expect(page.locator("#caption")).to_contain_text(text)
    page.click("#skip")


def show(page: Page, pane: str) -> None:
    if page.viewport_size and page.viewport_size["width"] < 900:
        page.click(f"[data-show={pane}]")


def fits(page: Page) -> None:
    """No sideways scrolling, nothing that axe objects to, and everything to touch is large enough for a thumb."""
    assert page.evaluate("() => document.documentElement.scrollWidth") <= (page.viewport_size or {})["width"]
    found = Axe().run(page).response["violations"]
    assert not found, json.dumps(found, indent=1)[:3000]
    small = page.eval_on_selector_all(
        "button, select, input:not([type=checkbox]):not([type=radio]), summary, .switch, .choices label",
        "all => all.filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 47.5)"
        ".map(one => one.outerHTML.slice(0, 80))",
    )
    assert not small


@pytest.mark.browser
def test_a_report_from_the_call_to_the_department(page: Page, carrier: Carrier, command: Path) -> None:
    fits(page)
    page.click("#call")
    heard(page, "Selamat pagi")
    expect(page.locator("#timer")).to_be_visible()
    fits(page)
    page.keyboard.press("2")
    heard(page, "Laporan tentang apa")
    page.click("[data-key='1']")
    heard(page, "Di kelurahan mana")
    page.fill("#words", "Kayuringin 1")  # digits typed into a field press no keys
    page.keyboard.press("Enter")
    heard(page, "Setelah nada")
    expect(page.locator("#recorder")).to_be_visible()
    page.check("[name=seconds][value='3']", force=True)
    fits(page)
    page.click("#finish")
    heard(page, "Nomor laporan")
    assert [one.duration for one in carrier.ledger.recordings.values()] == [3]
    Mailbox(carrier.ledger).keep(MAIL.encode(), ["dbmsda@bekasikota.invalid"])

    show(page, "texts")
    link = page.locator("#texts a")
    expect(link).to_have_attribute("href", f"{carrier.app_url}/t/k7Qm2xRt")
    fits(page)
    show(page, "mailbox")
    page.click("#mails button")
    expect(page.locator(".chip")).to_have_text("Diteruskan ke dinas")
    page.fill("#ticket-note", "Petugas berangkat")
    page.click("[data-move=accepted]")
    expect(page.locator(".chip")).to_have_text("Diterima dinas")
    assert "--note=Petugas berangkat" in json.loads(command.read_text())
    page.click("[data-move=refused]")
    expect(page.locator(".outcome")).to_have_text("name the department whose it is")
    page.select_option("#ticket-to", "dlh")
    page.click("[data-move=refused]")
    expect(page.locator(".history li")).to_have_count(4)
    fits(page)

    show(page, "phone")
    page.click("#hangup")
    expect(page.locator("#state")).to_have_text("Panggilan selesai")
    expect(page.locator("#log")).to_contain_text("menekan 2")
    expect(page.locator("#log")).to_contain_text("merekam 3 detik")


@pytest.mark.browser
def test_the_microphone_is_recorded(page: Page, carrier: Carrier, script: Script) -> None:
    script.answers["/voice/incoming"] = "<Record action='/turn/end' timeout='100' maxLength='100'/>"
    page.check("#mic")
    page.click("#call")
    expect(page.locator("#live-words")).to_be_visible()
    page.locator("#level").evaluate(A_SOUND, PATIENCE)
    page.keyboard.press("#")
    heard(page, "Terima kasih")
    (recording,) = carrier.ledger.recordings
    sound = carrier.ledger.media(recording) or b""
    assert audio.length(sound) > 0 and any(sound[44:])


@pytest.mark.browser
def test_an_officer_takes_the_call(page: Page) -> None:
    page.click("#call")
    heard(page, "Selamat pagi")
    page.click("[data-key='0']")
    heard(page, "sambungkan")
    expect(page.locator("#officer")).to_contain_text("+62215550100")
    fits(page)
    page.click("[data-officer=officer-answers][data-keys='1']")
    expect(page.locator("#state")).to_have_text("Tersambung dengan petugas")
    page.click("[data-officer=officer-hangs-up]")
    heard(page, "Terima kasih")
    expect(page.locator("#call")).to_have_text("Telepon lagi")


@pytest.mark.browser
def test_silence_runs_out_and_a_reload_keeps_the_call(page: Page, script: Script) -> None:
    script.answers["/voice/incoming"] = (
        '<Gather timeout="1"><Say>Halo.</Say></Gather><Gather><Say>Masih di sana?</Say></Gather>'
    )
    page.click("#call")
    heard(page, "Halo")
    expect(page.locator("#caption")).to_have_text("Masih di sana?")
    page.reload()
    expect(page.locator("#state")).to_have_text("Menunggu tombol")
    expect(page.locator("#log")).to_contain_text("Halo.")
    page.click("#hangup")
    expect(page.locator("#state")).to_have_text("Panggilan selesai")


@pytest.mark.browser
def test_texts_other_callers_and_the_other_language(page: Page, carrier: Carrier, script: Script) -> None:
    page.select_option("#caller", "anonymous")
    show(page, "texts")
    expect(page.locator("#texts-empty")).to_contain_text("Nomor disembunyikan")
    expect(page.locator("#send")).to_be_hidden()
    show(page, "phone")
    page.select_option("#caller", "")
    page.fill("#own", "+62 812-1111-2222")
    show(page, "texts")
    page.fill("#body", "CEK 123456786")
    page.keyboard.press("Enter")
    expect(page.locator("#texts li")).to_contain_text("CEK 123456786")
    assert script.at("/sms/incoming")[0].form["From"] == "+6281211112222"
    page.check("#whatsapp", force=True)
    page.set_input_files("#photo", {"name": "lubang.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    page.click("#send [type=submit]")
    expect(page.locator("#texts img")).to_be_visible()
    assert page.eval_on_selector("#texts img", "one => one.decode().then(() => one.naturalWidth)") == 900
    page.click("#send summary")
    fits(page)
    page.click("#share")
    expect(page.locator("#texts")).to_contain_text("-6.24827, 106.99241")
    chats = [one.form for one in script.at("/sms/incoming")[1:]]
    assert [one["From"] for one in chats] == ["whatsapp:+6281211112222"] * 2
    assert [(one["NumMedia"], one.get("Latitude")) for one in chats] == [("1", None), ("0", "-6.24827")]
    page.click(".languages [hreflang=en]")
    expect(page.locator("h1")).to_have_text("Try the hotline from here")
    fits(page)


@pytest.mark.browser
def test_a_hotline_that_is_down_is_said_in_words(page: Page, carrier: Carrier) -> None:
    carrier.app_url = "http://127.0.0.1:9"
    page.click("#call")
    expect(page.locator("#alert")).to_contain_text("Hotline tidak menjawab")
    fits(page)
