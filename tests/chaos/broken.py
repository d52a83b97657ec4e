"""The means that a fault may lay hands on. A fault is a generator: it breaks something, yields for how many seconds it
stays broken, and mends it after that, whatever happened meanwhile."""

import random
import signal
from collections.abc import Callable, Generator

import psutil

from chaos.house import House
from chaos.load import Load
from chaos.servers import Kept, send

WORKERS = ("texts", "mail", "dispatch", "recordings")


class Skipped(Exception):
    """This fault cannot be made on this machine; the text says why."""


class Broken:
    """What a fault may lay hands on; and what it tells: how many processes it killed that may have been at work, by how
    many seconds it set a clock ahead."""

    def __init__(self, house: House, load: Load, chance: random.Random) -> None:
        self.house, self.load, self.chance = house, load, chance
        self.kills, self.ahead = 0, 0.0
        self.carrier_faults = house.carrier.faults

    def workers(self) -> list[Kept]:
        return [one for queue in WORKERS for one in self.house.keeper.named(queue)]

    def horses(self) -> list[psutil.Process]:
        """What RQ forked for a job."""
        return [horse for worker in self.workers() for horse in worker.children()]

    def one(self, begin: str) -> Kept:
        return self.chance.choice(self.house.keeper.named(begin))

    def kill(self, processes: list[psutil.Process]) -> None:
        self.kills += send(processes, signal.SIGKILL)


Fault = Callable[[Broken], Generator[float, None, None]]
