"""Whole calls, from the dial to the text in the carrier's hands, with real workers; and how long text and mail take
when there is little to do, and at ten times the usual load (usual: one call and one text in ten seconds).

Receipt and mail are held until the caller has sent the report (key 1 after the recording), so they are timed from
there; the mail also waits for the recording to be fetched.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from bench.callers import Caller, Crowd
from bench.carrier import Carrier
from bench.house import House
from bench.load import Clock, percentile, share

AT_ONCE, PACE, PATIENCE = 8, 2.0, 60.0


def measure(house: House, quick: bool, say: Callable[[str], None]) -> dict[str, Any]:
    return asyncio.run(_measure(house, quick, say))


async def _measure(house: House, quick: bool, say: Callable[[str], None]) -> dict[str, Any]:
    calls, seconds = (24, 8.0) if quick else (240, 60.0)
    async with Carrier().standing(house.machine.carrier_port, house.machine.mail_port) as carrier:
        found = {"whole": await _whole(house, carrier, calls)}
        say(f"whole calls: {found['whole']['per_second']}/s")
        for name, rate, texts in (("idle", 0.5, 0.5), ("ten times", 1.0, 1.0)):
            crowd = Crowd(house.port, PACE)
            crowd.tell_receipts(carrier)
            await crowd.arrive(rate, texts, seconds)
            await crowd.quiet()
            found[name] = await handed_over(house, carrier, crowd.callers)
            found[name]["load"] = f"{rate:g} calls/s and {texts:g} texts/s for {seconds:g} s"
            say(f"{name}: text {found[name]['text']}, mail {found[name]['mail']}")
    return found


async def _whole(house: House, carrier: Carrier, calls: int) -> dict[str, Any]:
    """Eight callers who answer at once, one call after the other."""
    crowd, clock = Crowd(house.port, 0.0), Clock()
    left = iter(range(calls))

    async def one_after_the_other() -> None:
        for _ in left:
            await crowd.call()

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
    answered, own, machine = clock.read()
    await until(lambda: all(caller.call.number in carrier.texts for caller in crowd.callers))
    told = [carrier.texts[caller.call.number] for caller in crowd.callers if caller.call.number in carrier.texts]
    first = min(caller.dialled for caller in crowd.callers)
    seconds = max(told, default=time.monotonic()) - first
    return {
        "calls": calls, "texts": len(told), "per_second": round(len(told) / seconds, 2),
        "calls_answered_per_second": round(calls / answered, 2), "failed": sum(not wait.good for wait in crowd.waits),
        "generator_share": share(own, machine),
    }  # fmt: skip


async def handed_over(house: House, carrier: Carrier, callers: list[Caller]) -> dict[str, Any]:
    """Seconds from the caller's key to the carrier's and the mail server's door, and from the ticket's opening."""
    query = "SELECT calls.sid, tickets.number FROM tickets JOIN calls ON calls.id = tickets.call_id"
    numbers = dict(house.query(query))

    def mail(caller: Caller) -> float | None:
        return carrier.mails.get(numbers.get(caller.call.sid, ""))

    def text(caller: Caller) -> float | None:
        return carrier.texts.get(caller.call.number)

    await until(lambda: all(text(caller) and mail(caller) for caller in callers))
    found: dict[str, Any] = {"calls": len(callers)}
    for name, when in (("text", text), ("mail", mail)):
        came = [(caller, moment) for caller in callers if (moment := when(caller)) is not None]
        waits = [moment - caller.sent for caller, moment in came]
        opened = [moment - caller.opened for caller, moment in came]
        found[name] = {**_seconds(waits), "count": len(waits), "from_opening": _seconds(opened)}
    return found


async def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    end = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < end:
        await asyncio.sleep(0.1)
    return met


def _seconds(values: list[float]) -> dict[str, float]:
    return {"p50": round(percentile(values, 0.5), 2), "p95": round(percentile(values, 0.95), 2)}
