"""Transactions that ring, once they are committed, for what they promised. Some are done anew after a deadlock or a
broken connection."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from config import metrics, stores, timeouts
from config.logs import warn
from workers import doorbell

Did = TypeVar("Did")
MAX_TRIES = 3
PAUSE = (0.02, 0.1)  # seconds before another try, drawn: whoever was let through a deadlock ends first


@contextmanager
def transaction() -> Iterator[Session]:
    """A transaction that wakes the workers of what it promised, once it is committed."""
    with stores.transaction() as session:
        yield session
    for queue in session.info.pop("rings", ()):
        doorbell.ring(queue)


def carry_out(act: Callable[[Session], Did]) -> Did:
    """One unit of work in a transaction of its own, done anew when it was chosen to end a deadlock or its connection
    broke, as long as there is time. So `act` must be harmless when an earlier try was committed after all.
    """
    for attempt in range(1, MAX_TRIES + 1):
        try:
            with transaction() as session:
                return act(session)
        except SQLAlchemyError as fault:
            if attempt == MAX_TRIES or timeouts.left() == 0.0 or not timeouts.may_repeat(fault):
                metrics.add("database failure")
                raise
            warn("done anew", why=type(fault).__name__, attempt=attempt)
            time.sleep(random.uniform(*PAUSE))  # noqa: S311 - no secret
    raise AssertionError("unreachable")
