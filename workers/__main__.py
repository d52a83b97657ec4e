"""python -m workers QUEUE: one RQ worker on exactly one queue. The sweeper is python -m ivr.sweeper.

A worker on several queues would lose a job for good if it died between taking and starting it.
"""

import sys

from redis import Redis
from redis.exceptions import RedisError
from rq import Worker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from config import logs
from config.settings import settings
from workers.outbox import QUEUES

# What a job needs is imported before the fork, so that each job does not import it again.
from workers import jobs  # noqa: F401 isort: skip


class Stoppable(Worker):
    """RQ asks Redis whether it is busy before it stops; with Redis gone it would wait to be killed."""

    def _shutdown(self) -> None:
        try:
            super()._shutdown()  # type: ignore[no-untyped-call]
        except RedisError:
            raise StopRequested from None


def main() -> None:
    """Run what the command line names, until told to stop."""
    logs.set_up()
    if settings().problems():
        raise SystemExit("\n".join(f"refusing to start: {problem}" for problem in settings().problems()))
    wanted = sys.argv[1] if len(sys.argv) == 2 else ""
    if wanted in QUEUES:
        Stoppable(
            [wanted],
            connection=Redis.from_url(settings().redis_url),
            serializer=JSONSerializer,
            worker_ttl=25,
            maintenance_interval=30,
            job_monitoring_interval=5,
        ).work(logging_level="WARNING")
    else:
        raise SystemExit(f"python -m workers {' | '.join(QUEUES)}")


if __name__ == "__main__":
    main()
