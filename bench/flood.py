"""A flood night: five calls and five texts a second for five minutes, then twice that for one. Everything arrives at
its own time, whether or not the house keeps up."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from bench import sizes
from bench.callers import Caller, Crowd
from bench.carrier import Carrier
from bench.house import House
from bench.journeys import until
from bench.load import Clock, milliseconds, percentile, share

PACE, PATIENCE = 3.0, 120.0
_WAITING = "SELECT count(*) FROM outbox WHERE state IN ('pending', 'unknown', 'leased') AND not_before <= now()"


def measure(house: House, quick: bool, say: Callable[[str], None]) -> dict[str, Any]:
    return asyncio.run(_measure(house, quick, say))


async def _measure(house: House, quick: bool, say: Callable[[str], None]) -> dict[str, Any]:
    async with Carrier().standing(house.machine.carrier_port, house.machine.mail_port) as carrier:
        crowd, found = Crowd(house.port, PACE), dict[str, Any]()
        crowd.tell_receipts(carrier)
        spans = (("flood", 5.0, 15.0 if quick else 300.0), ("overload", 10.0, 5.0 if quick else 60.0))
        for name, rate, seconds in spans:
            clock = Clock()
            await crowd.arrive(rate, rate, seconds)
            took, own, machine = clock.read()
            found[name] = {
                "load": f"{rate:g} calls/s and {rate:g} texts/s for {seconds:g} s", "from": clock.began,
                "seconds": round(took), "generator_share": share(own, machine),
            }  # fmt: skip
            say(f"{name}: {sum(caller.over for caller in crowd.callers)} of {len(crowd.callers)} calls are over")
        found["memory"] = sizes.memory(house)
        last = time.monotonic()
        await crowd.quiet()
        await until(lambda: _all_told(carrier, crowd.callers) and house.query(_WAITING) == [(0,)], PATIENCE)
        found["drained_after"] = round(time.monotonic() - last, 1)
        kept, received = _kept(house)
        for name, end in (("flood", found["overload"]["from"]), ("overload", float("inf"))):
            found[name] |= _figures(carrier, crowd, found[name].pop("from"), end, kept, received)
            say(f"{name}: {found[name]}")
        found["doubled_texts"] = carrier.doubled
    return found


def _figures(
    carrier: Carrier, crowd: Crowd, begin: float, end: float, kept: set[str], received: float
) -> dict[str, Any]:
    """Of what was due between two moments."""
    waits = [wait for wait in crowd.waits if begin <= wait.due < end]
    seconds = [wait.seconds for wait in waits]
    callers = [caller for caller in crowd.callers if begin <= caller.dialled < end]
    told = [carrier.texts.get(caller.call.number, float("inf")) - caller.sent for caller in callers]
    texts = [moment for moment in crowd.texts if begin <= moment < end]
    return {
        "webhooks": len(waits), "failed": sum(not wait.good for wait in waits), **milliseconds(seconds),
        "max": round(max(seconds, default=0) * 1000, 1),
        "within_2s": round(100 * sum(one <= 2 for one in seconds) / max(len(seconds), 1), 2),
        "calls": len(callers), "calls_lost": sum(caller.call.sid not in kept for caller in callers),
        "texts": len(texts), "texts_lost": max(round(len(crowd.texts) - received), 0) if end == float("inf") else 0,
        "texts_out": sum(one < float("inf") for one in told), "text_p50": round(percentile(told, 0.5), 2),
        "text_p95": round(percentile(told, 0.95), 2),
    }  # fmt: skip


def _all_told(carrier: Carrier, callers: list[Caller]) -> bool:
    return all(caller.call.number in carrier.texts for caller in callers)


def _kept(house: House) -> tuple[set[str], int]:
    """Calls that have their ticket, and how many texts of this flood came in."""
    calls = house.query("SELECT calls.sid FROM tickets JOIN calls ON calls.id = tickets.call_id")
    ((texts,),) = house.query("SELECT count(*) FROM messages WHERE inbound")
    return {sid for (sid,) in calls}, texts
