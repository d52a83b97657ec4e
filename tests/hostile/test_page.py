"""The simulator's page in a real Chromium, full of what callers said and wrote: nothing runs, nothing is loaded from
elsewhere, every word stands there as it is."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import depth
import pytest
from people import House, Resident
from playwright.sync_api import Browser, Page, expect

from hostile.corpus import corpus
from ivr.simulator.network.ledger import Mail, Message, new_sid

SITI = "+6281290001234"  # the first telephone on the page
VALUES = [
    value
    for name, values in corpus(share=depth.PAGE_SHARE).items()
    if name.split()[0] in ("C5", "C6", "C8", "C10", "C12")
    for value in values
]

pytestmark = pytest.mark.browser


class Watched:
    """A page, and whatever a caller's words made it do."""

    def __init__(self, page: Page) -> None:
        self.page, self.done = page, []
        page.on("dialog", self._closes)
        page.on("pageerror", lambda fault: self.done.append(f"fault {fault}"))
        page.on("popup", lambda other: self.done.append(f"popup {other.url}"))
        page.on("request", self._asks)
        page.on("console", lambda said: self.done.append(said.text) if "Content Security" in said.text else None)

    def _closes(self, dialog: object) -> None:
        self.done.append("dialog")
        dialog.dismiss()

    def _asks(self, request: object) -> None:
        if urlsplit(request.url).hostname != "127.0.0.1":
            self.done.append(f"asked {request.url}")

    def opens(self, url: str) -> "Watched":
        self.page.goto(url)
        self.title, self.scripts = self.page.title(), self.page.locator("script").count()
        return self

    def is_unmoved(self, *, tags: set[str] | None = None, within: str = "body") -> None:
        assert self.done == []
        assert self.page.title() == self.title
        assert self.page.locator("script").count() == self.scripts
        if tags is not None:
            inside = "all => [...new Set(all.map(one => one.tagName.toLowerCase()))]"
            assert set(self.page.eval_on_selector_all(f"{within} *", inside)) <= tags


@pytest.fixture
def page(browser: Browser, sqlite_house: House) -> Iterator[Watched]:
    opened = browser.new_page(viewport={"width": 1280, "height": 800})
    opened.set_default_timeout(90_000)
    yield Watched(opened)
    opened.close()


def as_shown(text: str) -> str:
    """Without what no page shows and what it shows as one blank."""
    return "".join(text.split()).replace("\0", "\ufffd")


def test_texts_stand_there_as_they_were_written(sqlite_house: House, page: Watched) -> None:
    carrier = sqlite_house.carrier
    for value in VALUES[:90]:
        carrier.ledger.add(Message(new_sid("SM"), "1500444", SITI, value, "outbound-api", "delivered"))
    page.opens(f"{carrier.api_url}/simulator")
    page.page.locator("#caller").select_option("")
    page.page.fill("#own", SITI)
    expect(page.page.locator("#texts li")).to_have_count(len(VALUES[:90]))
    page.is_unmoved(tags={"li", "a", "small"}, within="#texts")
    shown = page.page.eval_on_selector_all("#texts li", "all => all.map(one => one.textContent)")
    for value, line in zip(VALUES, shown, strict=False):
        assert as_shown(value) in as_shown(line)
    links = page.page.eval_on_selector_all("#texts a", "all => all.map(one => [one.protocol, one.rel])")
    assert all(protocol in ("http:", "https:") and "noopener" in rel for protocol, rel in links)


def test_what_is_said_and_keyed_in_is_only_text(sqlite_house: House, page: Watched) -> None:
    page.opens(f"{sqlite_house.carrier.api_url}/simulator")
    at = page.page
    for value in [one for one in VALUES if "<" in one and one.isprintable()][::50]:
        at.locator("#caller").select_option("")
        at.fill("#own", value[:40])
        at.click("#call")
        for keys in ("2", "2"):
            at.locator("#skip").click()
            expect(at.locator("#state")).to_have_text("Menunggu jawaban")
            at.click(f"[data-key='{keys}']")
        at.locator("#skip").click()
        at.fill("#words", value[:300])
        at.keyboard.press("Enter")
        expect(at.locator("#log")).to_contain_text(" ".join(value[:300].split())[:40])
        at.click("#hangup")
    page.is_unmoved(tags={"li", "p", "small", "span", "b", "time"}, within="#log")


def test_mails_about_it_run_nothing(sqlite_house: House, page: Watched) -> None:
    house = sqlite_house
    for value in VALUES[::50]:
        ani = Resident(house, "+622188950001").dials().presses("2", "2")
        ani.says(value).presses("*").talks(9).hangs_up()
        house.carrier.ledger.add(Mail(new_sid("EM"), "x", "y", value, value, f"<p>{value}</p>"))
    house.work()
    page.opens(f"{house.carrier.api_url}/simulator")
    buttons = page.page.locator("#mails button")
    expect(buttons).to_have_count(len(house.mails()))
    for at in range(len(house.mails())):
        buttons.nth(at).click()
        page.is_unmoved(tags={"a"}, within="#mail .letter")
        page.page.locator("#mail button").first.click()
    for mail in house.mails():
        page.opens(f"{house.carrier.api_url}/simulator/mails/{mail.sid}")
        page.done = [one for one in page.done if "Content Security" not in one]  # it is forbidden, and so it is said
        assert page.done == []


@pytest.mark.parametrize(
    "markup", ["<img src='http://jahat.invalid/x'>", "<script>alert(1)</script>", "<script>x()</script>"]
)
def test_a_page_that_runs_something_is_noticed(page: Watched, markup: str) -> None:
    page.page.set_content(markup, wait_until="commit")
    page.page.wait_for_load_state("load")
    assert page.done
