"""The schedule of regular work. The sweeper is one plain process that never needs Redis; two of them at once are
harmless."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from config import stores
from config.logs import log, warn
from config.signals import Stopping
from ticketing.models import Beat
from ticketing.privacy import retention
from workers import doorbell, jobs, outbox, reconcile, time_limits
from workers.fetchers import recording

STEP = 1.0
BY_HAND_SECONDS = 3.0
_by_hand: dict[str, threading.Thread] = {}


@dataclass(frozen=True)
class Regular:
    """Something done every so often. What is done in `portions` says after each whether it has more to do; the other
    work comes in between."""

    name: str
    every: timedelta
    act: Callable[[], object]
    portions: bool = False


def sweep() -> None:
    """Ring what is due and free what was abandoned. With Redis gone do some of it by hand: each queue in a thread of
    its own, so that no text waits for a mail server, nor the sweeper for anybody."""
    waiting = outbox.sweep()
    if waiting and (stores.redis_trouble() or doorbell.rings_are_lost()):
        until = time.monotonic() + BY_HAND_SECONDS
        for queue in waiting:
            if queue not in _by_hand or not _by_hand[queue].is_alive():
                _by_hand[queue] = threading.Thread(target=_keep_by_hand, args=(queue, until))
                _by_hand[queue].start()
        for queue in waiting:
            _by_hand[queue].join(max(until - time.monotonic(), 0.0))


def _keep_by_hand(queue: str, until: float) -> None:
    try:
        while time.monotonic() < until and (work := outbox.claim(queue)):
            outbox.finish(work, jobs.attempt(work))
    except SQLAlchemyError as fault:
        warn("regular work failed", name=f"sweep {queue}", why=type(fault).__name__)


def beat() -> None:
    """Show that the sweeper is awake."""
    with stores.transaction() as session:
        session.merge(Beat(name="sweeper", at=stores.database_now(session)))


SCHEDULE = (
    Regular("sweep", timedelta(seconds=10), sweep),
    Regular("beat", timedelta(seconds=10), beat),
    Regular("chase", timedelta(minutes=1), time_limits.apply_due),
    Regular("lost", timedelta(minutes=1), recording.look_after_lost),
    Regular("reconcile", timedelta(minutes=5), reconcile.reconcile),
    Regular("forget", timedelta(hours=1), retention.Runs().go_on, portions=True),
)


def run(schedule: Sequence[Regular] = SCHEDULE) -> None:
    """Do what is on the schedule until told to stop. One that fails is tried again at its next time."""
    stop = Stopping()
    log("sweeper started")
    next_time = {regular.name: time.monotonic() for regular in schedule}  # a clock set back must not stop the sweep
    while not stop.asked:
        for regular in schedule:
            if time.monotonic() >= next_time[regular.name] and not stop.asked:
                next_time[regular.name] = time.monotonic() + regular.every.total_seconds()
                try:
                    more = regular.act()
                    if regular.portions and more:
                        next_time[regular.name] = time.monotonic()
                except (SQLAlchemyError, reconcile.CarrierAway) as fault:
                    warn("regular work failed", name=regular.name, why=type(fault).__name__)
                except Exception as fault:
                    warn("regular work broke", name=regular.name, why=type(fault).__name__, exc_info=fault)
        stop.sleep(STEP)
