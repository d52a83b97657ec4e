"""Measures how fast workers hand over ten thousand texts that are due, next to how fast the same workers run jobs of RQ
that do nothing."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from bench import plant
from bench.carrier import Carrier
from bench.house import House
from bench.journeys import until
from workers import doorbell

MAX_SECONDS = 120.0
NOTHING = "time.monotonic"  # what a job calls that does nothing


def measure(house: House, quick: bool, say: Callable[[str], None]) -> dict[str, Any]:
    return asyncio.run(_measure(house, quick, say))


async def _measure(house: House, quick: bool, say: Callable[[str], None]) -> dict[str, Any]:
    texts, jobs = (300, 100) if quick else (10_000, 2_000)
    async with Carrier().standing(house.machine.carrier_port, house.machine.mail_port) as carrier:
        began = time.monotonic()
        await asyncio.to_thread(plant.due_texts, house, texts)
        say(f"planted {texts} due texts in {time.monotonic() - began:.0f} s")
        with house.ours():
            began = time.monotonic()
            doorbell.ring("texts")
        await until(lambda: len(carrier.texts) >= texts, MAX_SECONDS)
        seconds = (max(carrier.texts.values()) if len(carrier.texts) >= texts else time.monotonic()) - began
        house.query("DELETE FROM outbox WHERE state = 'pending' AND dedupe_key LIKE 'due:%' RETURNING 1")
    found = {
        "due": texts, "texts": len(carrier.texts), "doubled": carrier.doubled, "seconds": round(seconds, 1),
        "per_second": round(len(carrier.texts) / seconds, 1), "noop_per_second": await _nothing(house, jobs),
    }  # fmt: skip
    say(f"drained {found['texts']} texts at {found['per_second']}/s; no-op jobs {found['noop_per_second']}/s")
    return found


async def _nothing(house: House, jobs: int) -> float:
    """Jobs that do nothing, on the queue and the workers of the texts."""
    queue = Queue("texts", connection=Redis.from_url(house.environment["REDIS_URL"]), serializer=JSONSerializer)
    await until(lambda: queue.count == 0)
    queue.enqueue_many([Queue.prepare_data(NOTHING, result_ttl=0) for _ in range(jobs)])
    began = time.monotonic()
    await until(lambda: queue.count == 0)
    return round((jobs - queue.count) / (time.monotonic() - began), 1)
