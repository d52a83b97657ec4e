"""Requests per second and waiting time of single turns, ours and the floor's in alternating slices."""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from bench import plant
from bench.house import House
from bench.load import Run, closed_loop
from bench.webhooks import Call, known_number

STATUS_KEY, TRIES = "3", 3
Prepare = Callable[[House, int], list[bytes]]
_callers = count()


def measure(
    floor: House, ten: House, million: House, each: int, slices: int, say: Callable[[str], None], found: dict[str, Any]
) -> None:
    """Every kind of turn, next to the floor that was measured in between. What cannot be measured says so."""
    kinds: list[tuple[str, Prepare, list[House]]] = [
        ("a first turn, new caller", first_turn, [ten]),
        ("a first turn, known caller", known_caller, [ten]),
        ("b menu turn", menu_turn, [ten]),
        ("c turn that opens a ticket", ticket_turn, [ten]),
        ("d status of the own report", status_turn, [ten, million]),
        ("d status by number", number_turn, [ten, million]),
    ]
    warm(floor, first_turn(floor, 300))
    for name, prepare, houses in kinds:
        try:
            runs = _side_by_side(floor, houses, prepare, each, slices)
        except (RuntimeError, OSError) as fault:
            found[name] = {"error": str(fault)}
            say(f"{name}: {fault}")
            continue
        for house, own, base in runs:
            key = name if len(houses) == 1 else f"{name}, {house.name}"
            ratio = round(own.figures()["per_second"] / base.figures()["per_second"], 2)
            found[key] = {**own.figures(), "floor": base.figures(), "ratio": ratio, "bytes": len(own.first_body),
                          "floor_bytes": len(base.first_body)}  # fmt: skip
            say(f"{key}: {own.figures()['per_second']}/s, {ratio} of the floor's {base.figures()['per_second']}/s")


def warm(house: House, requests: Sequence[bytes]) -> None:
    """What leads to the turn. What failed is asked again: the same turn does its work once."""
    for _ in range(TRIES):
        run = closed_loop(house.port, requests)
        if not run.failed:
            return
        requests = run.again
    raise RuntimeError(f"{house.name} fails {dict(run.failed)} of what leads to the turn")


def first_turn(house: House, each: int) -> list[bytes]:
    return [Call(house.port).incoming() for _ in range(each)]


def known_caller(house: House, each: int) -> list[bytes]:
    return [_known(house).incoming() for _ in range(each)]


def menu_turn(house: House, each: int) -> list[bytes]:
    calls = [Call(house.port) for _ in range(each)]
    warm(house, [call.incoming() for call in calls])
    return [call.turn(1, Digits="2") for call in calls]


def ticket_turn(house: House, each: int) -> list[bytes]:
    """The recording that is worth keeping opens the ticket."""
    calls = [Call(house.port) for _ in range(each)]
    steps = [[call.incoming(), *call.report()] for call in calls]
    for at in range(4):
        warm(house, [requests[at] for requests in steps])
    return [requests[4] for requests in steps]


def status_turn(house: House, each: int) -> list[bytes]:
    """A known caller presses the key and hears of the newest open report."""
    calls = [_known(house) for _ in range(each)]
    warm(house, [call.incoming() for call in calls])
    return [call.turn(1, Digits=STATUS_KEY) for call in calls]


def number_turn(house: House, each: int) -> list[bytes]:
    """Somebody who never called keys the nine digits of a report."""
    calls, numbers = [Call(house.port) for _ in range(each)], [plant.open_number(at) for at in range(each)]
    warm(house, [call.incoming() for call in calls])
    warm(house, [call.turn(1, Digits=STATUS_KEY) for call in calls])
    return [call.turn(2, Digits=number) for call, number in zip(calls, numbers, strict=True)]


def _known(house: House) -> Call:
    return Call(house.port, known_number(next(_callers) % plant.CALLERS))


def _side_by_side(
    floor: House, houses: list[House], prepare: Prepare, each: int, slices: int
) -> list[tuple[House, Run, Run]]:
    """A slice of the floor, a slice of each house, and again."""
    ready = {house.name: prepare(house, each) for house in houses}
    base, runs = Run(), {house.name: Run() for house in houses}
    size = each // slices
    for at in range(slices):
        base.add(closed_loop(floor.port, first_turn(floor, size)))
        for house in houses:
            runs[house.name].add(closed_loop(house.port, ready[house.name][at * size : (at + 1) * size]))
    return [(house, runs[house.name], base) for house in houses]
