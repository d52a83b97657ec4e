"""A page on a screen, watched: what it says in the console, what it asks of other servers, what axe objects to."""

import json
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

# What a finger touches; links inside a sentence are as high as their line (WCAG 2.5.8 excepts them).
TOUCHED = "a, button, select, summary, input:not([type=hidden]):not([type=checkbox]):not([type=radio])"
SMALL = """(all, least) => all.filter(one => one.checkVisibility() && getComputedStyle(one).display !== 'inline')
    .filter(one => Math.min(one.offsetWidth, one.offsetHeight) < least).map(one => one.outerHTML.slice(0, 120))"""
WIDER = """() => [...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
    .map(one => one.outerHTML.slice(0, 120))"""


class Screen:
    """One window, and everything that went wrong in it."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(90_000)
        self.answers: list[Response] = []
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("response", self._gets)
        self.page.on("request", self._asks)
        self.page.on("console", self._says)
        self.page.on("pageerror", lambda fault: self.said.append(str(fault)))

    def opens(self, url: str, status: int = 200) -> "Screen":
        """Go there; the page must answer with this status."""
        self.answers.clear()
        answer = self.page.goto(url, wait_until="load")
        assert answer is not None and answer.status == status, answer
        return self

    def is_well(self, *, but: str = "\0") -> "Screen":
        """No word in the console (except one with `but` in it), no foreign request, and it fits its window."""
        assert [words for words in self.said if but not in words] == []
        assert {urlsplit(url).netloc for url in self.asked} == {urlsplit(self.page.url).netloc}
        self.fits()
        return self

    def fits(self) -> None:
        """No scrolling sideways, nothing cut off at the right, everything to touch large enough for a thumb."""
        assert self.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert self.page.evaluate(WIDER) == []
        assert self.page.eval_on_selector_all(TOUCHED, SMALL, 48) == []

    def is_accessible(self, *, but: tuple[str, ...] = ()) -> "Screen":
        """Nothing that axe objects to, except by the rules in `but`."""
        found = [one for one in Axe().run(self.page).response["violations"] if one["id"] not in but]
        assert not found, json.dumps(found, indent=1)[:3000]
        return self

    @property
    def weight(self) -> int:
        """Bytes of everything that came since `opens`, headers apart."""
        return sum(len(answer.body()) for answer in self.answers)

    @property
    def text(self) -> str:
        return self.page.inner_text("body")

    def _gets(self, answer: Response) -> None:
        self.answers.append(answer)

    def _asks(self, request: Request) -> None:
        self.asked.append(request.url)

    def _says(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(message.text)
