"""python -m workers QUEUE: one RQ worker on exactly one queue. The sweeper is python -m ivr.sweeper.

A worker on several queues would lose a job for good if it died between taking and starting it. Whoever can write to
Redis can make a worker of RQ import and call anything: ours takes rings, and no word of anybody else.
"""

import json
import sys
import zlib
from contextlib import suppress
from typing import Any

from redis import Redis
from redis.exceptions import RedisError, ResponseError
from rq import Worker
from rq.exceptions import NoSuchJobError, StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import now
from sqlalchemy.exc import SQLAlchemyError

from config import clock, logs, stores
from config.settings import settings
from workers import doorbell, outbox

# What a job needs is imported before the fork, so that each job does not import it again.
from workers import jobs  # noqa: F401 isort: skip

_RINGS = {json.dumps([doorbell.JOB, None, [queue], {}]).encode(): queue for queue in outbox.QUEUES}
_LONGEST = 200  # bytes of a ring, more than any of ours has


class Ring(Job):
    """A job as our workers see it: a ring for one of our queues, to the byte, or no job at all. Of what Redis holds
    nothing but `data` is read, and that is compared and never parsed: RQ would import the functions that a job names,
    call back those it names besides, and ask the addresses it gives. What is left of a ring is ours to say."""

    @classmethod
    def fetch(cls, id: str, connection: Redis | None = None, serializer: Any = None) -> Job:
        """The ring with this id. Raises NoSuchJobError for anything else, which RQ passes over."""
        try:
            return super().fetch(id, connection, serializer)
        except (ValueError, ResponseError) as fault:  # no id, or no hash
            raise refused(type(fault).__name__) from fault

    @classmethod
    def fetch_many(cls, *_: Any, **__: Any) -> list[Job | None]:
        """No ring waits for another job."""
        return []

    def refresh(self) -> None:
        queue = self._rung()
        self._func_name, self._instance, self._args, self._kwargs = doorbell.JOB, None, (queue,), {}
        self.origin, self.description = queue, f"ring {queue}"
        self.timeout, self.result_ttl, self.failure_ttl = doorbell.most_seconds(queue), 0, doorbell.FAILURE_SECONDS

    def _rung(self) -> str:
        """The queue that is rung for."""
        if not self.connection.exists(self.key):
            raise NoSuchJobError(self.key)  # a ring that is over
        length = self.connection.hstrlen(self.key, "data")
        data = self.connection.hget(self.key, "data") if length <= _LONGEST else None
        queue = _RINGS.get(_unpacked(data) or b"")
        if queue is None:
            self.connection.delete(self.key)
            raise refused(f"{length} bytes that are no ring")
        return queue


def _unpacked(data: Any) -> bytes | None:
    with suppress(zlib.error, TypeError):
        return zlib.decompressobj().decompress(data, _LONGEST)
    return None


def refused(why: str) -> NoSuchJobError:
    """Log and count a job that is none of ours: somebody else writes to our Redis."""
    logs.warn("job refused", why=why)
    with suppress(SQLAlchemyError):
        outbox.count("job refused")
    stores.disconnect()  # each job has connections of its own
    return NoSuchJobError(why)


class Closed(Worker):
    """RQ's worker, but for what it would do because Redis says so. Signals alone stop it."""

    job_class = Ring

    def subscribe(self) -> None:
        """Nobody commands it by Redis."""

    def check_for_suspension(self, burst: bool) -> None:
        """Nor suspends it."""

    def dequeue_job_and_maintain_ttl(self, timeout: int | None, max_idle_time: int | None = None) -> Any:
        while True:
            try:
                return super().dequeue_job_and_maintain_ttl(timeout, max_idle_time)
            except UnicodeDecodeError as fault:  # an id that is no text
                refused(type(fault).__name__)

    def run_maintenance_tasks(self) -> None:
        """Tidy up after workers that died. What cannot be read there is no ring of ours, and the whole list goes: the
        sweep rings again."""
        try:
            self.clean_registries()  # type: ignore[no-untyped-call]
        except ValueError as fault:
            refused(type(fault).__name__)
            self.last_cleaned_at = now()  # type: ignore[assignment]
            for queue in self.queues:
                self.connection.delete(queue.intermediate_queue_key, queue.started_job_registry.key)

    def _shutdown(self) -> None:
        """RQ asks Redis whether it is busy before it stops; with Redis gone it would wait to be killed."""
        try:
            super()._shutdown()  # type: ignore[no-untyped-call]
        except RedisError:
            raise StopRequested from None


def main() -> None:
    """Run what the command line names, until told to stop."""
    logs.set_up()
    clock.follow_database()
    if settings().problems():
        raise SystemExit("\n".join(f"refusing to start: {problem}" for problem in settings().problems()))
    wanted = sys.argv[1] if len(sys.argv) == 2 else ""
    if wanted in outbox.QUEUES:
        Closed(
            [wanted],
            connection=Redis.from_url(settings().redis_url),
            serializer=JSONSerializer,
            worker_ttl=25,
            maintenance_interval=30,
            job_monitoring_interval=5,
        ).work(logging_level="WARNING")
    else:
        raise SystemExit(f"python -m workers {' | '.join(outbox.QUEUES)}")


if __name__ == "__main__":
    main()
