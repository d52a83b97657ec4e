"""A department with a system of its own."""

from collections.abc import Callable, Iterator

import pytest
from deliveries import NEW
from pretenders import System, standing

from config import hotline
from config.hotline import city
from config.settings import settings


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Write addresses of departments' systems into the city's file, as it were: give(dlh="https://...")."""
    whole = hotline.load()

    def give(**urls: str) -> None:
        departments = {
            key: one.model_copy(update={"webhook": urls.get(key, "")}) for key, one in whole.departments.items()
        }
        monkeypatch.setattr(hotline, "load", lambda: whole.model_copy(update={"departments": departments}))
        city.cache_clear()

    yield give
    monkeypatch.undo()
    city.cache_clear()


@pytest.fixture
def system(give: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """The system of the environment agency, dlh."""
    with standing() as made:
        give(dlh=made.url)
        monkeypatch.setenv("WEBHOOK_SECRETS", f"dlh={NEW}")
        settings.cache_clear()
        yield made
