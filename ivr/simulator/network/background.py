"""Work that the carrier does a moment later: jobs on daemon threads, in order for one key, and a way to wait for
them."""

import logging
import threading
from collections import deque
from collections.abc import Callable

_log = logging.getLogger(__name__)
_WORKERS = 8
Job = Callable[[], object]


class Background:
    def __init__(self) -> None:
        self._queues: list[deque[Job]] = [deque() for _ in range(_WORKERS)]
        self._pending = 0
        self._changed = threading.Condition()

    def later(self, key: str, job: Job) -> None:
        """Do `job` soon, after the earlier jobs of the same key."""
        jobs = self._queues[hash(key) % _WORKERS]
        with self._changed:
            self._pending += 1
            jobs.append(job)
            if len(jobs) == 1:
                threading.Thread(target=self._work, args=(jobs,), daemon=True, name="carrier").start()

    def settle(self, seconds: float) -> bool:
        """Wait until nothing is left to do; False when that took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: self._pending == 0, seconds)

    def _work(self, jobs: "deque[Job]") -> None:
        """Until nothing is left: a carrier that is at rest has no threads."""
        left = len(jobs)
        while left:
            try:
                jobs[0]()
            except Exception:
                _log.exception("the carrier could not do a job")
            with self._changed:
                jobs.popleft()
                left = len(jobs)
                self._pending -= 1
                self._changed.notify_all()
