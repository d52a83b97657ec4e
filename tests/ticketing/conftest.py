"""A day on which time stands still until somebody says so."""

from collections.abc import Iterator

import pytest
import time_machine
from mornings import NINE, Day
from people import House


@pytest.fixture
def day(house: House) -> Iterator[Day]:
    with time_machine.travel(NINE, tick=False) as watch:
        yield Day(house, watch)
