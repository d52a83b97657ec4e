"""Health of this process: is it alive (/livez), and may it get traffic (/readyz)? Both say nothing about anybody."""

import shutil

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from config import stores
from config.settings import settings
from ticketing.database import schema

health = Blueprint("health", __name__)

MIN_DISK = 0.10
CLOCK_OFF = 5.0  # seconds between this machine's clock and the database's that somebody should look at


@health.get("/livez")
def livez() -> Response:
    return jsonify(status="ok")


@health.get("/readyz")
def readyz() -> tuple[Response, int]:
    """503 when the database cannot be used or the disk is nearly full; Redis, a wrong clock, the carrier and SMTP only
    degrade."""
    database, clock = _database_and_clock()
    parts = {"database": database, "migrations": _migrations(), "disk": _disk()}
    ready = all(state == "ok" for state in parts.values())
    parts |= {"redis": stores.redis_trouble() or "ok", "clock": clock}
    status = "not ready" if not ready else "ok" if all(state == "ok" for state in parts.values()) else "degraded"
    return jsonify(status=status, **parts), 200 if ready else 503


def clock_trouble(ahead: float) -> str | None:
    """In words how wrong a clock is that is so many seconds ahead of the database's; None when it is right."""
    if abs(ahead) <= CLOCK_OFF:
        return None
    return f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the database's"


def _database_and_clock() -> tuple[str, str]:
    try:
        with stores.reading() as session:
            return "ok", clock_trouble(stores.clock_ahead(session)) or "ok"
    except SQLAlchemyError as fault:
        return type(fault).__name__, "not known"


def _migrations() -> str:
    try:
        return "ok" if schema.current() == schema.head() else "pending"
    except SQLAlchemyError as fault:
        return type(fault).__name__


def _disk() -> str:
    usage = shutil.disk_usage(settings().var_dir)
    return "ok" if usage.free > usage.total * MIN_DISK else "nearly full"
