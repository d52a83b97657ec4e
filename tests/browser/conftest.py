"""A real Chromium for the pages. Without one these tests are skipped, with one line that says so."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from .screen import Screen

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"

Screens = Callable[..., Screen]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for each module: Playwright allows a thread no second one, and other folders may start their own."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"browser tests need Chromium: there is no {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def screens(browser: Browser) -> Iterator[Screens]:
    """Opens a screen of a width, closed again after the test; further options are those of a browser context."""
    contexts = []

    def screen(width: int = 360, height: int = 740, **options: object) -> Screen:
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **options))  # type: ignore[arg-type]
        return Screen(contexts[-1])

    yield screen
    for context in contexts:
        context.close()
