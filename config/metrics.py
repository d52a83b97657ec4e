"""Counters of a web process for Prometheus: events and the time of voice turns, kept in files under VAR_DIR/metrics.

Counting begins where `begin` is called: in gunicorn's main process, for the web processes it forks. Anywhere else (a
work-horse, a command, a test) `add` and `turn` do nothing. Neither ever raises: what cannot be counted is not counted.
"""

import os
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_args

from config.settings import settings

Event = Literal[
    "signature failure",
    "fallback heard",
    "degraded answer",
    "text refused",
    "limit heard",
    "ring lost",
    "database failure",
    "look-up refused",
    "look-ups paused",
    "alarm unheard",
]
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5)

_begun = threading.Event()
_opening = threading.Lock()
_ROOM = 16_384  # bytes of a file; what is counted fits ten times


class Figure(NamedTuple):
    """One value of now. Those of one name differ in their labels; a name that ends in _total only ever grows."""

    name: str
    help: str
    value: float
    labels: Mapping[str, str] = MappingProxyType({})


class _Collected:
    """Figures as the library asks for them."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._figures = figures

    def collect(self) -> list[Any]:
        kinds = _library().core
        families: dict[str, Any] = {}
        for name, words, value, labels in self._figures:
            kind = kinds.CounterMetricFamily if name.endswith("_total") else kinds.GaugeMetricFamily
            family = families.setdefault(name, kind(f"hotline_{name}", words, labels=tuple(labels)))
            family.add_metric(tuple(labels.values()), value)
        return list(families.values())


class _Meters(NamedTuple):
    events: Any
    turns: Any


def begin() -> None:
    """Count in this process and those it forks; the counts of an earlier start are dropped."""
    with suppress(OSError):
        for old in _folder().glob("*.db"):
            old.unlink(missing_ok=True)
    _library()  # now, so that the processes share it
    _begun.set()


def add(event: Event) -> None:
    """One more of these."""
    if _begun.is_set():
        with suppress(Exception):
            _meters().events.labels(event).inc()


def turn(seconds: float) -> None:
    """One more voice turn, answered after so many seconds."""
    if _begun.is_set():
        with suppress(Exception):
            _meters().turns.observe(seconds)


def page(figures: Iterable[Figure] = ()) -> bytes:
    """In Prometheus' own words: these, and what all web processes have counted since gunicorn started."""
    library = _library()
    registry = library.CollectorRegistry()
    registry.register(_Collected(list(figures)))
    if _folder().is_dir():
        library.multiprocess.MultiProcessCollector(registry, str(_folder()))
    return bytes(library.generate_latest(registry))


def _folder() -> Path:
    return settings().var_dir / "metrics"


def _library() -> Any:
    """Loaded when first needed, and told before that to count in files."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_folder())
    import prometheus_client.core  # noqa: PLC0415
    import prometheus_client.multiprocess  # noqa: PLC0415

    return prometheus_client


def _meters() -> _Meters:
    with _opening:
        return _opened(os.getpid())


@lru_cache(maxsize=1)
def _opened(pid: int) -> _Meters:
    """The meters of this process. A forked process opens its own."""
    library = _library()
    _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    for kind in ("counter", "histogram"):
        _allot(_folder() / f"{kind}_{pid}.db")
    registry = library.CollectorRegistry()
    events = library.Counter("hotline_events", "What happened in the web processes.", ["event"], registry=registry)
    for event in get_args(Event):
        events.labels(event)  # shown as 0 from the start
    turns = library.Histogram(
        "hotline_turn_seconds", "Time to answer a voice turn.", buckets=BUCKETS, registry=registry
    )
    return _Meters(events, turns)


def _allot(path: Path) -> None:
    """Take the room of a file before the library maps it: a write to a sparse map on a full disk kills the process."""
    if path.exists():
        return
    fresh = path.with_suffix(".new")
    try:
        with fresh.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, _ROOM)
        fresh.rename(path)
    finally:
        fresh.unlink(missing_ok=True)
