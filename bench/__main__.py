"""python -m bench: everything in one run. ONLY=turns,flood chooses parts, QUICK=1 makes every size small."""

import json
import os
import platform
import signal
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import drain, flood, journeys, page, plant, sizes, statements, table, turns, uploads
from bench.house import House, Machine
from bench.load import closed_loop
from bench.webhooks import Call
from config.settings import ROOT

PARTS = ("sizes", "turns", "statements", "journeys", "flood", "drain", "page", "uploads")
MAX_SECONDS = 20 * 60
QUICK = os.environ.get("QUICK", "") not in ("", "0")
_began = time.monotonic()


def main() -> None:
    chosen = [part for part in os.environ.get("ONLY", "").split(",") if part] or list(PARTS)
    if unknown := set(chosen) - set(PARTS):
        raise SystemExit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    signal.signal(signal.SIGALRM, _too_long)
    signal.signal(signal.SIGTERM, _too_long)
    signal.alarm(MAX_SECONDS)
    found: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "quick": QUICK, **_here()}
    machine = Machine()
    try:
        machine.start()
        _say(f"PostgreSQL and Valkey stand in {machine.folder}")
        if {"turns", "statements"} & set(chosen):
            _single_turns(machine, chosen, found)
        if {"journeys", "drain", "flood", "sizes", "page", "uploads"} & set(chosen):
            _at_work(machine, chosen, found)
    finally:
        signal.alarm(0)
        machine.end()
        found["seconds"] = round(time.monotonic() - _began)
        _write(found)
        sys.stdout.write(f"\n{table.printed(found)}\n\nIn {found['seconds']} s. All figures: var/bench.json\n")


def _single_turns(machine: Machine, chosen: list[str], found: dict[str, Any]) -> None:
    ten, million = House(machine, "ten_thousand"), House(machine, "two_million")
    small, large = (2_000, 20_000) if QUICK else (10_000, 2_000_000)
    _say(f"filled {small} tickets in {plant.fill(ten, small):.0f} s")
    ten.start()
    if "turns" in chosen:
        _say(f"filled {large} tickets in {plant.fill(million, large):.0f} s")
        million.start()
        floor = House(machine, "floor", app="bench.floor:app", FLOOR_SAYS=str(_first_words(ten))).start()
        each, slices = (80, 2) if QUICK else (640, 8)
        turns.measure(floor, ten, million, each, slices, _say, found.setdefault("turns", {}))
        floor.stop()
        million.stop()
    if "statements" in chosen:
        found["statements"] = statements.counted(ten)
        _say(f"counted the statements of {len(found['statements']['turns'])} turns")
    ten.stop()


def _at_work(machine: Machine, chosen: list[str], found: dict[str, Any]) -> None:
    """The whole house with its workers, and a carrier and a mail server that take everything."""
    house = House(machine, "at_work").start()
    house.start_workers()
    parts: dict[str, Callable[[House, bool, Callable[[str], None]], dict[str, Any]]] = {
        "sizes": sizes.measure, "journeys": journeys.measure, "flood": flood.measure, "drain": drain.measure,
        "page": page.measure, "uploads": uploads.measure,
    }  # fmt: skip
    for name, measure in parts.items():
        if name in chosen:
            found[name] = measure(house, QUICK, _say)
    house.stop()


def _first_words(house: House) -> Path:
    """What our first turn says, for a floor that says as much."""
    document = ET.fromstring(closed_loop(house.port, [Call(house.port).incoming()]).first_body)  # noqa: S314 - ours
    says = [[say.get("voice"), say.get("language"), "".join(say.itertext())] for say in document.iter("Say")]
    path = house.machine.folder / "first_words.json"
    path.write_text(json.dumps(says))
    return path


def _here() -> dict[str, Any]:
    model = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "cores": os.cpu_count(),
        "processor": model[0].partition(":")[2].strip() if model else platform.machine(),
        "python": platform.python_version(),
        "load_before": os.getloadavg()[0],
    }


def _write(found: dict[str, Any]) -> None:
    (ROOT / "var").mkdir(mode=0o700, exist_ok=True)
    (ROOT / "var" / "bench.json").write_text(json.dumps(found, indent=1))


def _say(words: str) -> None:
    sys.stdout.write(f"[{time.monotonic() - _began:6.1f} s] {words}\n")
    sys.stdout.flush()


def _too_long(number: int, _frame: object) -> None:
    raise SystemExit(f"stopped by signal {number}: not done within {MAX_SECONDS // 60} minutes, or asked to end")


if __name__ == "__main__":
    main()
