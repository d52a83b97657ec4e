"""One JSON line per event. Fields are given by name, never built into sentences; telephone numbers are masked even if
somebody forgets to, and control characters cannot forge a second line (JSON escapes them)."""

import contextlib
import logging
import re
import sys
from typing import Any

import structlog

_NUMBER = re.compile(r"(?:(?<=%2[Bb])|(?<![\da-fA-F-]))\+?\d(?:[\s.-]?\d){8,}(?![\da-fA-F-])")  # not inside an id
_NOT_NUMBERS = {"at", "number", "ms", "sid", "call", "message", "row", "ticket"}


def set_up(level: int = logging.INFO) -> None:
    """Send every log, ours and the libraries', to standard error as JSON lines."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,
        _mask,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),  # a line and its end in one write, whoever else writes
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
            foreign_pre_chain=shared,
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("gunicorn.error").handlers = [handler]  # it quotes what it cannot read, numbers and all
    for name in ("twilio.http_client", "urllib3", "sqlalchemy.engine"):  # these print numbers and bodies at INFO
        logging.getLogger(name).setLevel(logging.WARNING)


def log(event: str, **fields: Any) -> None:
    """Write one line: what happened, and the fields that say to what."""
    with contextlib.suppress(OSError, ValueError):  # a log that cannot be written must not hang up a telephone
        structlog.get_logger().info(event, **fields)


def warn(event: str, **fields: Any) -> None:
    """Write one line about something that a person may have to look at."""
    with contextlib.suppress(OSError, ValueError):
        structlog.get_logger().warning(event, **fields)


def _mask(_logger: Any, _method: str, event: Any) -> Any:
    for name, value in event.items():
        if isinstance(value, str) and name not in _NOT_NUMBERS:
            event[name] = _NUMBER.sub(lambda found: found.group()[:5] + "***" + found.group()[-2:], value)
    return event
