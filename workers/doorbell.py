"""The doorbell, a ring that wakes the workers of a queue, in Redis. It names a queue and never a row; one that is lost
costs at most the time to the next sweep."""

import time

from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from config import metrics, stores
from config.logs import warn
from ticketing.outgoing.kinds import MAIL

RING_PAUSE = 5.0
JOB = "workers.jobs.drain"  # what a ring asks for, with its queue as the one argument
MOST_SECONDS, FAILURE_SECONDS = 55, 60  # that a job may take, and that a failed one is kept
MAIL_SECONDS = 270  # a relay may take two minutes over the last dot of a mail, and each word before it ten seconds
_quiet_until = 0.0


def ring(queue: str) -> None:
    """Wake a worker of `queue`. Never raises and never waits long: the sweep finds what a lost ring left."""
    global _quiet_until  # noqa: PLW0603 - one pause for the whole process
    if time.monotonic() < _quiet_until:
        return
    try:
        client = stores.redis()
        if client.set(_waiting(queue), "1", nx=True, ex=30):  # no second ring waits while one does
            Queue(queue, connection=client, serializer=JSONSerializer).enqueue(
                JOB, queue, result_ttl=0, failure_ttl=FAILURE_SECONDS, job_timeout=most_seconds(queue)
            )
    except (RedisError, OSError, ValueError) as fault:
        _quiet_until = time.monotonic() + RING_PAUSE
        metrics.add("ring lost")
        warn("ring lost", queue=queue, why=type(fault).__name__)


def most_seconds(queue: str) -> int:
    """How long a job may take."""
    return MAIL_SECONDS if queue == MAIL else MOST_SECONDS


def rings_are_lost() -> bool:
    """True for a moment after a lost ring: a full or read-only Redis still answers, but takes no ring."""
    return time.monotonic() < _quiet_until


def ring_heard(queue: str) -> None:
    """A worker starts on `queue`: from now on a new ring is needed for what comes after."""
    try:
        stores.redis().delete(_waiting(queue))
    except (RedisError, OSError, ValueError):
        return  # it expires by itself


def _waiting(queue: str) -> str:
    return f"hotline:rung:{queue}"
