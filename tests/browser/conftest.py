"""Screens of a width for the pages."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from .screen import Screen

Screens = Callable[..., Screen]


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
