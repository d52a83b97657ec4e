"""What the carrier does a moment later: jobs on daemon threads, in order for one key, and a way to wait for them."""

import logging
import queue
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)
_WORKERS = 8
Job = Callable[[], object]


class Background:
    def __init__(self) -> None:
        self._queues: list[queue.SimpleQueue[Job]] = []
        self._pending = 0
        self._changed = threading.Condition()

    def later(self, key: str, job: Job) -> None:
        """Do `job` soon, after the earlier jobs of the same key."""
        with self._changed:
            self._pending += 1
            if not self._queues:  # the threads start with the first job, so that an unused carrier costs none
                self._queues = [queue.SimpleQueue() for _ in range(_WORKERS)]
                for jobs in self._queues:
                    threading.Thread(target=self._work, args=(jobs,), daemon=True, name="carrier").start()
        self._queues[hash(key) % _WORKERS].put(job)

    def settle(self, seconds: float) -> bool:
        """Wait until nothing is left to do; False when that took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: self._pending == 0, seconds)

    def _work(self, jobs: "queue.SimpleQueue[Job]") -> None:
        while True:
            job = jobs.get()
            try:
                job()
            except Exception:
                _log.exception("the carrier could not do a job")
            with self._changed:
                self._pending -= 1
                self._changed.notify_all()
