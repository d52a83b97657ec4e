"""Findings of the doctor about PostgreSQL and Redis: the settings without which they must not carry reports."""

from collections.abc import Iterator
from typing import Any

from redis.exceptions import RedisError
from sqlalchemy import Connection, text

from config import stores
from config.settings import settings
from ticketing.database import roles, schema

OLDEST = 15
# Two web processes with ten at work that read and write, seven workers that renew a lease besides, the sweeper
# that does the same for four queues while Redis is gone, and some commands.
CONNECTIONS = 2 * 10 * 2 + (7 + 4) * 3 + 10

Found = Iterator[tuple[str, str]]


def postgres() -> Found:
    """Durable, new enough, and with room for every process."""
    yield from (("FAIL", problem) for problem in schema.unsafe())
    with stores.engine().connect() as server:
        version = int(_shown(server, "server_version_num")) // 10_000
        room = int(_shown(server, "max_connections")) - int(_shown(server, "superuser_reserved_connections"))
    mark = "ok" if version >= OLDEST else "WARN"
    yield mark, f"PostgreSQL {version}" + ("" if mark == "ok" else f": {OLDEST} or newer is tested")
    if room < CONNECTIONS:
        yield "FAIL", f"max_connections leaves {room}, the hotline may need {CONNECTIONS}"
    yield from _roles()


def _roles() -> Found:
    """Whether the app's role is one that may only read and write rows."""
    with stores.engine().connect() as server:
        role, too_much = server.scalar(text("SELECT current_user")), roles.excess(server)
    yield from ((_must(), f"the role {role} {found}: flask migrate with OWNER_DATABASE_URL") for found in too_much[:1])
    if len(too_much) > 1:
        yield _must(), f"and it {', '.join(too_much[1:])}"
    if not too_much:
        yield "ok", f"the role {role} reads and writes rows; it changes no table, and nothing of the history"
    if settings().production and roles.separate():
        yield "WARN", "OWNER_DATABASE_URL is set here: only flask migrate and flask restore need it"


def redis() -> Found:
    """Keeps what it is given, throws nothing out, and is not open to everybody."""
    if not settings().redis_guarded:
        yield "FAIL", "REDIS_URL has neither a password nor a socket: whoever reaches the port can stop our rings"
    trouble = stores.redis_trouble()
    if trouble:
        yield "WARN", f"does not answer ({trouble}); the sweep delivers, more slowly"
        return
    yield "ok", "answers"
    try:
        found: dict[str, Any] = stores.redis().info()
    except RedisError as fault:
        yield "WARN", f"its settings cannot be looked at ({type(fault).__name__})"
        return
    yield from ((_must(), problem) for problem in _unfit(found))


def _unfit(found: dict[str, Any]) -> Iterator[str]:
    if not found.get("aof_enabled"):
        yield "appendonly is off: rings are lost with a restart"
    if found.get("aof_enabled") and found.get("aof_last_write_status", "ok") != "ok":
        yield "the append-only file cannot be written"
    if (policy := found.get("maxmemory_policy", "noeviction")) != "noeviction":
        yield f"maxmemory-policy is {policy}, noeviction is needed"
    if found.get("role", "master") not in ("master", "primary"):
        yield "it is a replica: it takes no ring"


def _must() -> str:
    return "FAIL" if settings().production else "WARN"


def _shown(server: Connection, name: str) -> str:
    return str(server.scalar(text(f"SHOW {name}")))  # names are constants
