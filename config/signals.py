"""Being asked to stop: a flag that a signal raises, and a sleep that ends when it is up.

A plain flag, because a lock taken inside a signal handler can wait for the very thread that the signal interrupted.
"""

import signal
import time

STEP = 0.1


class Stopping:
    """`asked` becomes True with the first SIGTERM, SIGINT or SIGHUP."""

    def __init__(self) -> None:
        self.asked = False
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(name, self._ask)

    def sleep(self, seconds: float) -> bool:
        """Sleep, at most until asked to stop. True when asked."""
        until = time.monotonic() + seconds
        while not self.asked and (left := until - time.monotonic()) > 0:
            time.sleep(min(STEP, left))
        return self.asked

    def _ask(self, *_: object) -> None:
        self.asked = True
