"""A scripted hotline on a loopback port, and a carrier that calls it."""

from collections.abc import Iterator

import pytest
from telling import if_it_fails, of_carrier

from ivr.simulator.app import create_app, serving
from ivr.simulator.carrier import Carrier

from .script import ACCOUNT, NUMBER, TOKEN, Script


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def carrier(script: Script) -> Iterator[Carrier]:
    with serving(script.app()) as url:
        carrier = Carrier(url, ACCOUNT, TOKEN, NUMBER)
        with serving(create_app(carrier)) as api:
            carrier.api_url = api
            with if_it_fails(lambda: of_carrier(carrier)):
                yield carrier
            carrier.settle()
