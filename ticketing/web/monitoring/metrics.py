"""/metrics for Prometheus: what the web processes counted, and how the house is doing by the database. Only the machine
itself gets it, or who names METRICS_TOKEN; it says nothing about anybody, and answers without a database too."""

import hmac
import shutil
from collections.abc import Iterator
from ipaddress import ip_address

from flask import Blueprint, Response, abort, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config import metrics, stores, timeouts
from config.metrics import Figure
from config.settings import MIN_TOKEN, settings
from ticketing.web.monitoring.vitals import Vitals, vitals

blueprint = Blueprint("metrics", __name__)

_PROXIED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")


@blueprint.get("/metrics")
def page() -> Response:
    if not (_has_token() or _is_here()):
        abort(404)
    return Response(metrics.page([*_of_database(), _disk()]), content_type="text/plain; version=0.0.4; charset=utf-8")


def _has_token() -> bool:
    token, named = settings().metrics_token, request.headers.get("Authorization", "")
    return len(token) >= MIN_TOKEN and hmac.compare_digest(named.encode(), f"Bearer {token}".encode())


def _is_here() -> bool:
    """From this machine, and not through the proxy on it."""
    try:
        return ip_address(request.remote_addr or "").is_loopback and not any(
            name in request.headers for name in _PROXIED
        )
    except ValueError:
        return False


def _of_database() -> list[Figure]:
    up = "Whether the database answers."
    try:
        with timeouts.within(2 * settings().database_seconds), stores.reading() as session:
            return [Figure("database_up", up, 1), _clock(session), *_figures(vitals(session))]
    except SQLAlchemyError:
        return [Figure("database_up", up, 0)]


def _figures(found: Vitals) -> Iterator[Figure]:
    for (kind, state), count in sorted(found.rows.items()):
        yield Figure("outbox_rows", "What is to leave, by kind and state.", count, {"kind": kind, "state": state})
    yield Figure("outbox_oldest_due_seconds", "How long the oldest due row has waited.", found.oldest_due or 0)
    yield Figure("outbox_oldest_unknown_seconds", "Age of the oldest unknown outcome.", found.oldest_unknown or 0)
    yield Figure("texts_unread_seconds", "Age of the oldest text nobody understood yet.", found.oldest_unread or 0)
    for name, age in sorted(found.beats.items()):
        yield Figure("beat_age_seconds", "Since this was last done.", age, {"beat": name})
    for name, count in found.tallies.items():
        yield Figure("worker_events_total", "What happened in workers.", count, {"event": name})
    for what, (count, ceiling) in found.spent.items():
        yield Figure("today", "How many since midnight.", count, {"what": what})
        yield Figure("today_ceiling", "How many a day are allowed.", ceiling, {"what": what})
    yield Figure("kept_too_long_seconds", "For how long data is here past its time.", found.kept_too_long)
    yield Figure("texts_stopped", "Whether texts to residents are stopped by hand.", int(found.stopped))


def _clock(session: Session) -> Figure:
    ahead = stores.clock_ahead(session)
    return Figure("clock_ahead_seconds", "Of this machine's clock, before the database's; below 0 behind.", ahead)


def _disk() -> Figure:
    usage = shutil.disk_usage(settings().var_dir)
    return Figure("disk_free_share", "Free part of the disk with VAR_DIR, 0 to 1.", usage.free / usage.total)
