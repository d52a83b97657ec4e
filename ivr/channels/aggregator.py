"""Texts through a local aggregator, because a carrier may not take any for us in Indonesia: signed JSON over HTTP,
handed to the same inbox. The signature is that of Standard Webhooks over the raw body, with AGGREGATOR_SECRET; without
that setting the door is closed.

    {"id": "...", "from": "0812...", "text": "...", "channel": "sms" | "whatsapp", "sent_at": ISO time,
     "media": [{"id": "...", "type": "image/jpeg"}], "location": {"latitude": -6.2, "longitude": 107.0, "address": ""},
     "button": "..."}

Only id and from are needed, and nothing else may be there. A time is that of a text that was delayed.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Annotated, Any, Literal

from flask import Blueprint, Response, request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from werkzeug.exceptions import HTTPException

from config import clock, metrics, timeouts
from config.logs import warn
from config.settings import settings
from ivr.channels import inbox
from ivr.channels.guard import TOLD
from ticketing.messages import inbound
from ticketing.rules import numbers

aggregator = Blueprint("aggregator", __name__)

MAX_BYTES = 64_000
LATE = timedelta(minutes=10)
_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,80}$")]
MediaId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,80}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class _Media(_Part):
    id: MediaId
    type: Annotated[str, StringConstraints(max_length=100)] = ""


class _Location(_Part):
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    address: Annotated[str, StringConstraints(max_length=500)] = ""


class _Text(_Part):
    id: Id
    sender: Annotated[str, StringConstraints(max_length=256)] = Field(alias="from")
    text: Annotated[str, StringConstraints(max_length=20_000)] = ""
    channel: Literal["sms", "whatsapp"] = "sms"
    sent_at: Annotated[AwareDatetime, Field(strict=False)] | None = None
    media: Annotated[tuple[_Media, ...], Field(strict=False, max_length=10)] = ()
    location: _Location | None = None
    button: Annotated[str, StringConstraints(max_length=100)] = ""


def signed(view: Callable[[bytes], Response]) -> Callable[[], Response]:
    """Let a view see only bodies that the aggregator signed a moment ago; it gets the bytes."""

    @wraps(view)
    def checked() -> Response:
        if not settings().aggregator_secret:
            return _refused(404, "this door is closed")
        try:
            request.max_content_length = MAX_BYTES
            body = request.get_data()
        except HTTPException as fault:
            return _refused(fault.code or 400, "the body cannot be read")
        if not _is_signed(body):
            metrics.add("signature failure")
            return _refused(403, "the signature is wrong")
        with TOLD.entered(), timeouts.within(settings().database_seconds):
            return view(body)

    checked.__dict__["guarded"] = signed
    return checked


@aggregator.post("/sms/aggregator")
@signed
def incoming(body: bytes) -> Response:
    """A text from a resident. The same id again changes nothing and is answered as the first time."""
    try:
        told = _Text.model_validate(_json(body))
    except (ValueError, RecursionError) as fault:
        return _refused(400, _why(fault))
    inbox.take(_read(told))
    return _answer(200, {"stored": True})


@aggregator.errorhandler(Exception)
def broken(fault: Exception) -> Response | HTTPException:
    """It could not be stored: the aggregator sends it again."""
    if isinstance(fault, HTTPException):
        return fault
    warn("text broke", endpoint=str(request.endpoint), why=type(fault).__name__)
    metrics.add("text refused")
    return _answer(503, {"error": "try again"})


def _read(told: _Text) -> inbound.Inbound:
    place = told.location
    late = told.sent_at is not None and told.sent_at < clock.now() - LATE
    at: datetime | None = told.sent_at if late else None
    return inbound.Inbound(
        sid=f"aggregator:{told.id}",
        sender=numbers.read(told.sender, hotline=settings().hotline_number),
        body=told.text[: inbox.MAX_BODY],
        channel=told.channel,
        at=at,
        media=tuple(inbound.Media(f"aggregator:{one.id}", one.type) for one in told.media),
        place=(place.latitude, place.longitude) if place else None,
        address=place.address if place else "",
        button=told.button,
    )


def _is_signed(body: bytes) -> bool:
    """Whatever comes in, a bool comes out."""
    headers = {name: request.headers.get(name, "") for name in _HEADERS}
    for secret in settings().aggregator_secret.split(","):
        try:
            Webhook(secret.strip().encode()).verify(body.decode(), headers, json_parse=False)
        except (WebhookVerificationError, ValueError, OverflowError):
            continue
        except Exception as fault:
            warn("signature check broke", why=type(fault).__name__)
            continue
        return True
    return False


def _json(body: bytes) -> Any:
    """Strict JSON: no key twice, no NaN, no half of a character."""
    return json.loads(body, object_pairs_hook=_once, parse_constant=_no_constant)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a key is there twice")
    return {name: inbound.whole(value) if isinstance(value, str) else value for name, value in pairs}


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _why(fault: Exception) -> str:
    """What is wrong, without what was written."""
    if isinstance(fault, ValidationError):
        return "; ".join(f"{'.'.join(map(str, one['loc']))[:60]}: {one['type']}" for one in fault.errors()[:5])
    return "the body is no JSON that we read"


def _refused(status: int, why: str) -> Response:
    warn("webhook refused", endpoint=str(request.endpoint), status=status, why=why[:200])
    return _answer(status, {"error": why})


def _answer(status: int, body: dict[str, Any]) -> Response:
    return Response(json.dumps(body) + "\n", status, mimetype="application/json")
