"""Findings of the doctor about the work of the house: what is late, what died, who fell asleep, what runs out."""

import shutil
from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from config import stores
from config.settings import MIN_TOKEN, settings
from ivr.operations import backup, fallback
from ticketing.database import heads
from ticketing.outgoing import spending
from ticketing.privacy import retention
from ticketing.web.monitoring.health import MIN_DISK, clock_trouble
from ticketing.web.monitoring.vitals import Vitals, vitals

# Seconds after which somebody should look.
LATE, UNKNOWN, UNREAD, KEPT = 60, 15 * 60, 10 * 60, 48 * 3600
AWAKE = {
    "sweeper": (60, "sweep"),
    "reconcile": (15 * 60, "reconciliation with the carrier"),
    retention.BEAT: (26 * 3600, "run of the retention"),
}
BACKUP = 26 * 3600
LITTLE_DISK = 2 * MIN_DISK
CLOCK_WRONG = 60.0

Found = Iterator[tuple[str, str]]


def work() -> Found:
    """What waits to leave the house, and who is to send it."""
    try:
        with stores.reading() as session:
            found = vitals(session)
    except SQLAlchemyError as fault:
        yield "WARN", f"cannot be looked at: {type(fault).__name__}"
        return
    troubles = [*_asleep(found), *_stuck(found), *_spent(found)]
    yield from (("WARN", trouble) for trouble in troubles)
    if not troubles:
        yield "ok", "nothing is late, unknown or newly dead"


def history() -> Found:
    """Whether the history of every ticket was what its hashes say when the last backup looked at it."""
    if not heads.path().exists():
        yield ("WARN" if settings().production else "ok"), "no heads were written yet: flask backup does"
        return
    try:
        said = heads.summary(heads.path())
    except heads.HeadsError as fault:
        yield "FAIL", str(fault)
        return
    if said["broken"]:
        yield "FAIL", f"{said['broken']} faults at {said['made_at']}: flask tickets verify"
    else:
        yield "ok", f"{said['tickets']} tickets verified at {said['made_at']}"


def disk() -> Found:
    """Room for recordings, logs and the database beside them."""
    usage = shutil.disk_usage(settings().var_dir)
    share = usage.free / usage.total
    mark = "FAIL" if share < MIN_DISK else "WARN" if share < LITTLE_DISK else "ok"
    yield mark, f"{share:.0%} of the disk with VAR_DIR is free"


def clock() -> Found:
    """This machine's clock next to the database's. The hotline keeps the database's time; logs and certificates do
    not."""
    try:
        with stores.reading() as session:
            ahead = stores.clock_ahead(session)
    except SQLAlchemyError as fault:
        yield "WARN", f"cannot be compared: {type(fault).__name__}"
        return
    trouble = clock_trouble(ahead)
    if trouble:
        yield (
            ("FAIL" if abs(ahead) > CLOCK_WRONG else "WARN"),
            f"this machine's clock is {trouble}: mend its time service",
        )
    else:
        yield "ok", "this machine's clock is the database's"


def metrics() -> Found:
    """Who may read /metrics."""
    length = len(settings().metrics_token)
    if 0 < length < MIN_TOKEN:
        yield "FAIL", f"METRICS_TOKEN has {length} characters, {MIN_TOKEN} are needed: only this machine may ask"
    else:
        yield "ok", "whoever has METRICS_TOKEN may ask" if length else "only this machine may ask"


def documents() -> Found:
    """The two documents that speak when this machine is gone."""
    findings = fallback.examine()
    yield from (("FAIL" if settings().production else "WARN", finding) for finding in findings)
    if not findings:
        yield "ok", "config/fallback is what the texts give; whether it is hosted, only a call can tell"


def _asleep(found: Vitals) -> Iterator[str]:
    for beat, (most, what) in AWAKE.items():
        age = found.beats.get(beat)
        if age is None:
            yield f"there was no {what} yet"
        elif age > most:
            yield f"the last {what} was {_ago(age)} ago"
    age = found.beats.get(backup.BEAT)
    if settings().production and (age is None or age > BACKUP):
        yield "there was no backup yet" if age is None else f"the last backup was {_ago(age)} ago"


def _stuck(found: Vitals) -> Iterator[str]:
    if found.oldest_due and found.oldest_due > LATE:
        yield f"the oldest due row has waited for {_ago(found.oldest_due)}"
    if found.oldest_unknown and found.oldest_unknown > UNKNOWN:
        yield f"of the oldest unknown text nothing is known for {_ago(found.oldest_unknown)}"
    if found.oldest_unread and found.oldest_unread > UNREAD:
        yield f"a text has not been understood for {_ago(found.oldest_unread)}"
    if found.died_today:
        yield f"{found.died_today} rows died within a day: flask outbox says why"
    if found.kept_too_long > KEPT:
        yield f"data is kept for {_ago(found.kept_too_long)} longer than it may be: flask privacy register"
    if found.requests_overdue:
        yield f"{found.requests_overdue} requests of privacy are overdue: flask privacy register"


def _spent(found: Vitals) -> Iterator[str]:
    for what, (count, ceiling) in found.spent.items():
        if count >= ceiling * spending.NEAR:
            yield f"{count} {what} today, {ceiling} are the ceiling"
    if found.stopped:
        yield "texts are stopped by hand: flask texts state says by whom and why"


def _ago(seconds: float) -> str:
    return (
        f"{seconds:.0f} s"
        if seconds < 600
        else f"{seconds / 60:.0f} min"
        if seconds < 7200
        else f"{seconds / 3600:.0f} h"
    )
