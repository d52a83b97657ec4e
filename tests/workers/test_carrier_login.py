"""Who we are towards the carrier: an API key where there is one, and nothing else opens its door then."""

from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress

import pytest
from people import ACCOUNT, TOKEN, House, use
from pretenders import web
from twilio.base.exceptions import TwilioException

from workers import carrier
from workers.fetchers import photo, recording

KEY, SECRET = "SK" + "1" * 32, "secret-of-the-key"
SID = "a" * 32


def basic(name: str, password: str) -> str:
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


@pytest.mark.parametrize(
    "ask",
    [
        lambda: carrier.client().messages.list(limit=1),
        lambda: carrier.client().recordings("RE" + SID).delete(),
        lambda: recording._fetch("RE" + SID),
        lambda: photo._fetch(f"carrier:MM{SID}/ME{SID}"),
    ],
    ids=["list", "delete", "recording", "photo"],
)
def test_an_api_key_stands_for_the_token(sqlite_house: House, ask: Callable[[], object]) -> None:
    logins: list[str] = []
    for given in ({}, {"TWILIO_API_KEY": KEY, "TWILIO_API_SECRET": SECRET}):
        with web(status=404, kind="application/json", body=b"{}") as there:
            use(TWILIO_API_URL=there.url, **given)
            with suppress(TwilioException):  # it says 404
                ask()
        (asked,) = there.asked
        assert f"/Accounts/{ACCOUNT}/" in asked
        logins += there.logins
    assert logins == [basic(ACCOUNT, TOKEN), basic(KEY, SECRET)]
