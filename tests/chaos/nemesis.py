"""Breaks things: picks faults from the seed, two at a time, and writes down when each begins and ends. FAULTS names
them as the fault matrix does."""

import contextlib
import random
import threading
from collections.abc import Iterator

import psutil
import psycopg
from redis.exceptions import RedisError

from chaos import other_faults, process_faults, store_faults
from chaos.broken import Broken, Fault, Skipped
from chaos.history import History
from chaos.house import House
from chaos.load import Load

FAULTS: dict[str, Fault] = {
    "F1": process_faults.web_child_killed,
    "F2": process_faults.web_down,
    "F3": process_faults.horse_killed,
    "F4": process_faults.worker_killed,
    "F4b": process_faults.sweeper_frozen,
    "F5": process_faults.taking_worker_killed,
    "F6": process_faults.rolling_stop,
    "F8": store_faults.valkey_killed,
    "F9": store_faults.valkey_flushed,
    "F10": store_faults.valkey_full,
    "F11": store_faults.valkey_read_only,
    "F12": store_faults.valkey_hangs,
    "F13": store_faults.back_end_killed,
    "F14": store_faults.postgres_down,
    "F15": store_faults.link_broken,
    "F15b": store_faults.postgres_hangs,
    "F16": store_faults.tables_locked,
    "F17": store_faults.connections_used_up,
    "F18": store_faults.one_ticket_at_once,
    "F19": store_faults.disk_full,
    "F21": other_faults.carrier_refuses,
    "F21b": other_faults.carrier_hangs,
    "F22": other_faults.callbacks_disturbed,
    "F23": other_faults.copies,
    "F24": other_faults.out_of_order,
    "F25": process_faults.clock_jumps,
    "F26": other_faults.department_slow,
    "F27": other_faults.department_down,
    "F28": other_faults.department_lies,
    "F29": other_faults.poison,
    "F31": process_faults.deploy,
    "F32": process_faults.everything_killed,
}
# What a fault lays hands on, and needs to be whole otherwise: two at a time have nothing in common here.
MEANS = {
    "web": {"F1", "F2", "F31", "F32"},
    "workers": {"F3", "F4", "F4b", "F5", "F6", "F25", "F31", "F32"},
    "valkey": {"F8", "F9", "F10", "F11", "F12", "F32"},
    "postgres": {"F13", "F14", "F15", "F15b", "F16", "F17", "F18", "F29", "F32"},
    "carrier": {"F21", "F21b", "F22", "F23", "F24"},
    "departments": {"F26", "F27", "F28"},
    "disk": {"F19"},
}


class Nemesis:
    """Picks faults from the seed, two at a time, from `start` to `stop`."""

    def __init__(self, house: House, load: Load, history: History, seed: int, names: list[str]) -> None:
        self.house, self.load, self.chance = house, load, random.Random(f"{seed}:nemesis")
        self.history, self.names = history, names
        self.counts = dict.fromkeys(names, 0)
        self.skipped: dict[str, str] = {}
        self.broken: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="nemesis", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Mend what is broken now, and break nothing more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(60)

    def had_them_all(self) -> bool:
        """Every fault was there once."""
        return all(self.counts[name] or name in self.skipped for name in self.names)

    def _work(self) -> None:
        for pair in self._pairs():
            if self._stop.wait(self.chance.uniform(0.5, 1.5)):
                return
            self.house.is_whole(20)
            hands = [threading.Thread(target=self._inflict, args=(name, self.chance.random())) for name in pair]
            for hand in hands:
                hand.start()
                if self._stop.wait(self.chance.uniform(0, 1.5)):
                    break
            for hand in hands:
                if hand.ident:
                    hand.join()

    def _pairs(self) -> Iterator[list[str]]:
        """Every fault once in an order of chance, each with the next that leaves it what it needs; then all again."""
        while True:
            left = [name for name in self.chance.sample(self.names, len(self.names)) if name not in self.skipped]
            if not left:
                return
            while left:
                one = left.pop(0)
                other = next((name for name in left if not any({one, name} <= same for same in MEANS.values())), None)
                if other:
                    left.remove(other)
                yield [one, other] if other else [one]

    def _inflict(self, name: str, seed: float) -> None:
        at = Broken(self.house, self.load, random.Random(seed))
        fault = FAULTS[name](at)
        self.history.note("fault", name=name, phase="begin", detail=FAULTS[name].__name__)
        try:
            with contextlib.closing(fault):
                for seconds in fault:
                    if self._stop.wait(seconds):
                        break
            self.counts[name] += 1
        except Skipped as why:
            self.skipped[name] = str(why)
        except (psycopg.Error, RedisError, psutil.Error, OSError) as why:
            self.broken.append(f"{name}: {why!r}")
        self.history.note("fault", name=name, phase="end", kills=at.kills, ahead=at.ahead)
