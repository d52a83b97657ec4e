"""The web app's redirect to the simulator."""

import pytest
import requests
from people import House


@pytest.mark.parametrize("query", ["", "?lang=en"])
def test_the_way_to_the_simulator_keeps_what_was_asked_for(sqlite_house: House, query: str) -> None:
    answer = requests.get(f"{sqlite_house.url}/simulator{query}", allow_redirects=False, timeout=60)
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"/simulator{query}")
