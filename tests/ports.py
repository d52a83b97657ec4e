"""Ports of the loopback that nobody else takes between the moment they are chosen and the moment they are used."""

import contextlib
import random
import socket
from pathlib import Path

FROM = 20_000
_claims: list[contextlib.ExitStack] = []  # kept open


def free_port(count: int = 1) -> int:
    """The first of so many consecutive ports, this process's until it ends. They lie below those that the kernel hands
    out by itself, and other test processes see by a name in the abstract namespace that they are claimed."""
    lowest_of_the_kernel = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        first = random.randrange(FROM, max(lowest_of_the_kernel, FROM + 10_000) - count)
        with contextlib.suppress(OSError), contextlib.ExitStack() as taken, contextlib.ExitStack() as probes:
            for port in range(first, first + count):
                claim = taken.enter_context(socket.socket(socket.AF_UNIX))
                claim.bind(f"\0hotline-tests-port-{port}")
                probes.enter_context(socket.socket()).bind(("127.0.0.1", port))
            _claims.append(taken.pop_all())
            return first
