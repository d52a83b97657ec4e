"""The carrier's REST client: one place for its address, its credentials and its time limit."""

import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

from config.settings import settings
from workers.outcomes import Outcome, later

SECONDS = 8.0
SID = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}")
# What the client raises when an answer of 2xx is no object of the kind that was asked for.
_NO_OBJECT = (AttributeError, TypeError, KeyError, IndexError)


class HalfAnswer(ValueError):
    """The carrier said yes and nothing that can be used: what was asked may have been done, or not."""


def client() -> Client:
    """A client that talks to TWILIO_API_URL and nowhere else, whatever TWILIO_REGION and TWILIO_EDGE say."""
    here = settings()
    made = Client(
        *here.carrier_login, here.twilio_account_sid, http_client=TwilioHttpClient(timeout=SECONDS), environment={}
    )
    made.api.base_url = here.twilio_api_url
    return made


def dial(through: Client, to: str, said_at: str, *, seconds: int) -> str:
    """Ring a number for so long; the carrier asks `said_at` what to say there, and tells it how the call ended. The id
    of the call."""
    return created(
        through.calls.create,
        to=to,
        from_=settings().caller_id,
        url=said_at,
        status_callback=f"{said_at}/status",
        timeout=seconds,
    )


def created(create: Callable[..., Any], **what: Any) -> str:
    """The id of what the carrier made. Raises HalfAnswer where its answer names none, and what the client raises."""
    with whole_answers():
        sid = create(**what).sid
    if not isinstance(sid, str) or not SID.fullmatch(sid):
        raise HalfAnswer("no id in the answer")
    return sid


@contextmanager
def whole_answers() -> Iterator[None]:
    """Around what the client reads: raises HalfAnswer for null, a list, a word or a number instead of an object."""
    try:
        yield
    except _NO_OBJECT as fault:
        raise HalfAnswer(f"no object in the answer: {type(fault).__name__}") from fault


def delete(what: Callable[[Client], Any]) -> Outcome | None:
    """Have the carrier delete what we keep ourselves or will never want; None once it has nothing of it."""
    try:
        what(client()).delete()
    except TwilioRestException as fault:
        if fault.status != 404:
            return later(f"cannot delete at the carrier: {fault.status}", blame=False)
    except (RequestException, TwilioException) as fault:
        return later(f"cannot delete at the carrier: {type(fault).__name__}", blame=False)
    return None


def retry_after(fault: TwilioRestException, made: Client) -> timedelta | None:
    """How long a 429 asks us to wait, if it says so in seconds (at most an hour)."""
    response = getattr(made.http_client, "_test_only_last_response", None)
    told = str((getattr(response, "headers", None) or {}).get("Retry-After", ""))
    seconds = int(told) if told.isascii() and told.isdecimal() else None
    return timedelta(seconds=min(seconds, 3600)) if fault.status == 429 and seconds is not None else None


def never_left(fault: BaseException) -> bool:
    """True when no connection was made (nobody listens, no such host, a certificate that is not theirs): then nothing
    was asked of the carrier, and asking again is safe. urllib3's reason is buried in what requests raises."""
    seen: list[object] = [fault]
    for one in seen:
        if isinstance(one, ConnectTimeoutError | NewConnectionError | ProxyError | ssl.SSLCertVerificationError):
            return True
        inner = (getattr(one, "reason", None), *getattr(one, "args", ()))
        seen += [cause for cause in inner if isinstance(cause, BaseException) and cause not in seen]
    return False
