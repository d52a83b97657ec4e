"""Measures what the processes weigh, and how long a web process takes to be there."""

import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.house import House
from bench.load import closed_loop
from bench.webhooks import Call
from config.settings import ROOT

IMPORTS = 5


def measure(house: House, quick: bool, say: Callable[[str], None]) -> dict[str, Any]:
    closed_loop(house.port, [Call(house.port).incoming() for _ in range(200)])  # nobody weighs an unused process
    imports = 2 if quick else IMPORTS
    found = {
        "memory": memory(house), "import_seconds": _wall(house, imports), "import_self_ms": _imports(house),
        "rest_client_loaded": "twilio.rest" in _modules(house),
    }  # fmt: skip
    say(f"memory {found['memory']}, import of wsgi {found['import_seconds']} s")
    return found


def memory(house: House) -> dict[str, dict[str, float]]:
    """Megabytes of each process: its own and its part of what is shared (PSS), and all it can see (RSS)."""
    found = {f"web {at}": _weight(pid) for at, pid in enumerate(house.web_processes(), 1)}
    for process, what in house.machine.processes.items():
        if what.endswith(f"-{house.name}"):
            found[what.removesuffix(f"-{house.name}").replace("web", "gunicorn itself")] = _weight(process.pid)
    return found


def _weight(pid: int) -> dict[str, float]:
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    sizes = {name.lower(): int(size) for name, size in re.findall(r"^(Rss|Pss):\s+(\d+) kB", told, re.MULTILINE)}
    return {name: round(size / 1024, 1) for name, size in sizes.items()}


def _wall(house: House, times: int) -> float:
    taken = []
    for _ in range(times):
        began = time.monotonic()
        _python(house, "-c", "import wsgi")
        taken.append(time.monotonic() - began)
    return round(statistics.median(taken), 2)


def _imports(house: House) -> int:
    """The cumulative time that Python gives for wsgi, in milliseconds."""
    told = _python(house, "-X", "importtime", "-c", "import wsgi").stderr
    return round(int(re.findall(r"\|\s+(\d+) \| wsgi$", told, re.MULTILINE)[-1]) / 1000)


def _modules(house: House) -> list[str]:
    return list(json.loads(_python(house, "-c", "import wsgi, sys, json; print(json.dumps(list(sys.modules)))").stdout))


def _python(house: House, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, *words]
    return subprocess.run(
        command, cwd=ROOT, env=house.environment, capture_output=True, text=True, timeout=60, check=True
    )
