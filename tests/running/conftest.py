"""A house of `make run`."""

from collections.abc import Iterator

import pytest
from standing import Standing
from telling import if_it_fails


@pytest.fixture
def standing() -> Iterator[Standing]:
    """One that is not started yet."""
    house = Standing()
    with if_it_fails(house.logs):
        yield house
    house.end()
