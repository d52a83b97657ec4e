"""One campaign: load on the real house while the nemesis breaks it, then everything is mended, comes to rest, is
written down and checked. It always ends by itself and leaves no process and no folder."""

import contextlib
import faulthandler
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from people import use

import chaos.launch
from chaos import closing
from chaos.check import Report, check_history
from chaos.history import History
from chaos.house import House
from chaos.load import RATE, Load
from chaos.nemesis import FAULTS, Nemesis
from config import clock

CLOSING_SECONDS = 900.0  # the most that healing, draining and writing down may take


@dataclass
class Result:
    """What a campaign found."""

    seed: int
    report: Report
    counts: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    amiss: list[str] = field(default_factory=list)  # what went wrong with the campaign itself
    restarts: dict[str, int] = field(default_factory=dict)
    sabotage: str = ""
    planted: set[str] = field(default_factory=set)  # what was thrown away on purpose

    @property
    def good(self) -> bool:
        return not self.report.violations and not self.amiss

    @property
    def found(self) -> set[str]:
        """What of the planted is named by a violation."""
        told = set(re.findall(r"[\w-]+", " ".join(self.report.violations)))
        return self.planted & told

    def lines(self) -> list[str]:
        faults = [f"  {name:<5} {FAULTS[name].__name__:<24}{count:>4}" for name, count in self.counts.items()]
        skipped = [f"  {name:<5} skipped: {why}" for name, why in self.skipped.items()]
        starts = ", ".join(f"{name} {count}" for name, count in self.restarts.items())
        amiss = [f"the campaign itself: {why}" for why in self.amiss]
        found = f"sabotage {self.sabotage}: planted {len(self.planted)}, found {len(self.found)}"
        sabotage = [found] if self.sabotage else []
        return ["faults", *faults, *skipped, f"starts: {starts}", self.report.table, *sabotage, *amiss]


def run(
    seed: int,
    seconds: float,
    names: list[str],
    *,
    once: bool = False,
    keep: Path | None = None,
    rate: float = RATE,
    sabotage: str = "",
) -> Result:
    """A campaign of so many seconds of load, with these faults; with `once` it ends when each was there once. `keep` is
    a folder for its history, and for its logs when it failed; `sabotage` how the product is broken meanwhile."""
    with _ending(seconds + CLOSING_SECONDS), tempfile.TemporaryDirectory(prefix="hotline-history-") as folder:
        path = (keep or Path(folder)) / f"history-{seed}.jsonl"
        path.unlink(missing_ok=True)
        history = History(path)
        with House.standing(history, sabotage=sabotage) as house:
            result = _lived(house, history, seed, seconds, names, once, rate)
            if keep and not result.good:
                house.keep_logs(keep / f"logs-{seed}")
        history.close()
        if left := house.left():
            result.amiss.append(f"processes are left: {left}")
    return result


@contextlib.contextmanager
def _ending(seconds: float) -> Iterator[None]:
    """Whatever hangs is interrupted in the end, and so is who is told to stop: both clear up first."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"not over after {seconds:g} s"))
    signal.alarm(int(seconds))
    faulthandler.dump_traceback_later(seconds + 60, exit=True)  # should that hang too
    try:
        yield
    finally:
        signal.alarm(0)
        faulthandler.cancel_dump_traceback_later()


def _lived(
    house: House, history: History, seed: int, seconds: float, names: list[str], once: bool, rate: float
) -> Result:
    clock.CITY_ZONE = chaos.launch.where_it_is_noon(datetime.now(UTC))
    use(**{name: value for name, value in house.direct.items() if os.environ.get(name) != value})
    load = Load(house, history, seed, calls_a_second=rate)
    nemesis = Nemesis(house, load, history, seed, names)
    with contextlib.ExitStack() as stack:
        stack.callback(load.stop)
        stack.callback(nemesis.stop)
        load.start()
        nemesis.start()
        _pass(seconds, nemesis.had_them_all if once else lambda: False)
    amiss = [*load.broken, *nemesis.broken]
    house.mend()
    closing.heal(house, history)
    closing.settle_the_carrier(house.carrier)
    amiss += _reconciled(house)
    closing.let_time_pass(house)
    with house.postgres.connect() as database:
        closing.write_down(house.carrier, database, history)
    report = check_history(History.read(history.path))
    if not report.accepted:
        amiss.append("no report was accepted, so nothing was shown")
    restarts = {one.name: one.starts for one in house.keeper.kept}
    planted = set(house.sabotaged.read_text().split()) if house.sabotaged.exists() else set()
    return Result(
        seed, report, nemesis.counts, nemesis.skipped, amiss, restarts, sabotage=house.sabotage, planted=planted
    )


def _reconciled(house: House) -> list[str]:
    try:
        house.flask("reconcile", seconds=300)
    except RuntimeError as why:
        return [str(why)]
    return []


def _pass(seconds: float, enough: Callable[[], bool]) -> None:
    """Let the time go by, with a word now and then."""
    until, told = time.monotonic() + seconds, seconds
    while (left := until - time.monotonic()) > 0 and not enough():
        time.sleep(min(left, 0.5))
        if left < told - 60:
            told = left
            print(f"  {left:.0f} s to go", file=sys.stderr, flush=True)
