"""The load: eight connections that each ask again as soon as they were answered, and what that says in figures.

One thread without a framework, over keep-alive connections as a proxy in front would hold them; each is replaced after
a hundred requests, so that they spread over the web processes. Requests are made before the clock runs.
"""

import resource
import selectors
import socket
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CONNECTIONS, RENEWED_AFTER, SECONDS = 8, 100, 20.0
APOLOGY = b"/voice/fallback/saved"  # in what a house says that could not do its work


@dataclass
class Run:
    """What came of a load."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    failed: Counter[int] = field(default_factory=Counter)
    again: list[bytes] = field(default_factory=list)  # the requests that failed
    own_cpu: float = 0.0
    machine_cpu: float = 0.0
    first_body: bytes = b""

    def add(self, other: "Run") -> None:
        self.seconds += other.seconds
        self.latencies += other.latencies
        self.failed += other.failed
        self.own_cpu += other.own_cpu
        self.machine_cpu += other.machine_cpu

    def figures(self) -> dict[str, Any]:
        return {
            "requests": len(self.latencies),
            "per_second": round(len(self.latencies) / max(self.seconds, 1e-9), 1),
            **milliseconds(self.latencies),
            "failed": self.failed.total(),
            "generator_share": share(self.own_cpu, self.machine_cpu),
        }


class Clock:
    """Wall time, our own CPU seconds and those of the whole machine since it was made."""

    def __init__(self) -> None:
        self.began, self.own, self.machine = time.monotonic(), _own_cpu(), _machine_cpu()

    def read(self) -> tuple[float, float, float]:
        return time.monotonic() - self.began, _own_cpu() - self.own, _machine_cpu() - self.machine


def closed_loop(port: int, requests: Sequence[bytes], connections: int = CONNECTIONS) -> Run:
    """Every request once, as fast as the answers come."""
    run, clock = Run(), Clock()
    waiting = iter(requests)
    with selectors.DefaultSelector() as selector:
        for _ in range(min(connections, len(requests))):
            _Line(port, selector, run).ask(next(waiting, None))
        while selector.get_map():
            ready = selector.select(SECONDS)
            if not ready:
                raise RuntimeError(f"no answer within {SECONDS:g} s")
            for key, _ in ready:
                if key.data.heard():
                    key.data.ask(next(waiting, None))
    run.seconds, run.own_cpu, run.machine_cpu = clock.read()
    return run


class _Line:
    """One connection of the load."""

    def __init__(self, port: int, selector: selectors.BaseSelector, run: Run) -> None:
        self.port, self.selector, self.run = port, selector, run
        self.socket: socket.socket | None = None
        self.asked, self.heard_bytes, self.request = 0, b"", b""

    def ask(self, request: bytes | None) -> None:
        if self.socket is not None and (request is None or self.asked >= RENEWED_AFTER):
            self.selector.unregister(self.socket)
            self.socket.close()
            self.socket, self.asked = None, 0
        if request is None:
            return
        self.began = time.perf_counter()
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.selector.register(self.socket, selectors.EVENT_READ, self)
        self.asked += 1
        self.heard_bytes, self.request = b"", request
        self.socket.sendall(request)

    def heard(self) -> bool:
        """Read on; True when the answer is complete."""
        assert self.socket is not None
        piece = self.socket.recv(65536)
        self.heard_bytes += piece
        status, body, length = parsed(self.heard_bytes)
        if piece and len(body) < length:
            return False
        self.run.latencies.append(time.perf_counter() - self.began)
        if status not in (200, 204) or APOLOGY in body or not piece:
            self.run.failed[status] += 1
            self.run.again.append(self.request)
        self.run.first_body = self.run.first_body or body
        if not piece:
            self.asked = RENEWED_AFTER
        return True


def parsed(answer: bytes) -> tuple[int, bytes, int]:
    """Status, what is here of the body, and how long the body will be (infinite while the head is not complete)."""
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return 0, b"", 1 << 60
    length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
    return int(head[9:12]), body, int(length or 0)


def percentile(values: Sequence[float], part: float) -> float:
    """The nearest value that so much of all does not exceed; 0 when there is none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)] if ordered else 0.0


def milliseconds(values: Sequence[float], *parts: float) -> dict[str, float]:
    return {f"p{part * 100:g}": round(percentile(values, part) * 1000, 1) for part in parts or (0.5, 0.95, 0.99)}


def share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "?"


def _own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _machine_cpu() -> float:
    """Seconds that any core was busy."""
    fields = [int(value) for value in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / 100
