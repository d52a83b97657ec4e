"""Webhooks as a carrier sends them, field by field, for tests that are not a telephone: signed, unsigned, and signed
for something else.
"""

import http.client
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from urllib.parse import quote_plus, urlsplit

import requests
from people import ACCOUNT, HOTLINE, TOKEN, House

from ivr.simulator.network.ledger import new_sid
from ivr.simulator.network.wire import sign

CALLER = "+6281200001111"
FORM = "application/x-www-form-urlencoded"
# Every verb and every mark inside <Say> that one of our documents may contain.
VERBS = {"Response", "Gather", "Say", "Play", "Pause", "Redirect", "Record", "Dial", "Number", "Hangup"}
MARKS = {"break", "prosody", "sub"}

Pairs = list[tuple[str, str]]


def of_call(sid: str = "", **fields: str) -> dict[str, str]:
    """The fields of one request of a call; a new call without `sid`."""
    return {
        "AccountSid": ACCOUNT,
        "CallSid": sid or new_sid("CA"),
        "CallStatus": "in-progress",
        "From": CALLER,
        "To": HOTLINE,
        **fields,
    }


def of_recording(sid: str, seconds: int | str = 9, **fields: str) -> dict[str, str]:
    """The carrier's callback about a recording of the call `sid`."""
    return {
        "AccountSid": ACCOUNT,
        "CallSid": sid,
        "RecordingSid": new_sid("RE"),
        "RecordingStatus": "completed",
        "RecordingDuration": str(seconds),
        **fields,
    }


def of_text(body: str = "halo", sid: str = "", **fields: str) -> dict[str, str]:
    return {
        "AccountSid": ACCOUNT,
        "MessageSid": sid or new_sid("SM"),
        "From": CALLER,
        "To": HOTLINE,
        "Body": body,
        "NumMedia": "0",
        **fields,
    }


def of_receipt(status: str, sid: str = "", **fields: str) -> dict[str, str]:
    return {"AccountSid": ACCOUNT, "MessageSid": sid or new_sid("SM"), "MessageStatus": status, **fields}


def encoded(pairs: Pairs) -> bytes:
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs).encode()


def sends(
    house: House,
    path: str,
    pairs: Iterable[tuple[str, str]] = (),
    *,
    signed: Iterable[tuple[str, str]] | None = None,
    token: str = TOKEN,
    body: bytes | None = None,
    **headers: str,
) -> requests.Response:
    """Post `pairs` with a signature over `signed` (by default over what is sent); `body` replaces what is sent."""
    pairs = list(pairs)
    signature = sign(token, house.url + path, pairs if signed is None else signed)
    return requests.post(
        house.url + path,
        data=encoded(pairs) if body is None else body,
        headers={"Content-Type": FORM, "X-Twilio-Signature": signature, **headers},
        timeout=60,
    )


def status_of_raw_path(house: House, path: str, form: dict[str, str], *, signed_path: str = "") -> int:
    """Post to `path` exactly as it is written; client libraries would tidy its percent signs up."""
    where = urlsplit(house.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
    signature = sign(TOKEN, house.url + (signed_path or path), form.items())
    headers = {"Content-Type": FORM, "X-Twilio-Signature": signature}
    connection.request("POST", path, encoded(list(form.items())), headers)
    status = connection.getresponse().status
    connection.close()
    return status


def document(told: requests.Response) -> ET.Element:
    """The TwiML of an answer, parsed; fails the test when a carrier could not use it."""
    assert told.status_code == 200, told.text
    assert told.headers["Content-Type"].startswith("text/xml")
    root = ET.fromstring(told.content)
    assert root.tag == "Response"
    assert {element.tag for element in root.iter()} <= VERBS | MARKS
    return root


def verbs(root: ET.Element) -> list[str]:
    return [element.tag for element in root.iter() if element.tag in VERBS]
