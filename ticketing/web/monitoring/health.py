"""Health of this process: is it alive (/livez), and may it get traffic (/readyz)? Both say nothing about anybody."""

import shutil

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from config import stores
from config.settings import settings
from ticketing.database import schema

health = Blueprint("health", __name__)

MIN_DISK = 0.10


@health.get("/livez")
def livez() -> Response:
    return jsonify(status="ok")


@health.get("/readyz")
def readyz() -> tuple[Response, int]:
    """503 when the database cannot be used or the disk is nearly full; Redis, the carrier and SMTP only degrade."""
    parts = {"database": _database(), "migrations": _migrations(), "disk": _disk()}
    ready = all(state == "ok" for state in parts.values())
    parts["redis"] = stores.redis_trouble() or "ok"
    status = "ok" if ready and parts["redis"] == "ok" else "degraded" if ready else "not ready"
    return jsonify(status=status, **parts), 200 if ready else 503


def _database() -> str:
    try:
        with stores.reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as fault:
        return type(fault).__name__
    return "ok"


def _migrations() -> str:
    try:
        return "ok" if schema.current() == schema.head() else "pending"
    except SQLAlchemyError as fault:
        return type(fault).__name__


def _disk() -> str:
    usage = shutil.disk_usage(settings().var_dir)
    return "ok" if usage.free > usage.total * MIN_DISK else "nearly full"
