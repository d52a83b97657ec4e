"""Statistics of each question: where wrong keys, silence and key 0 come from, and how fast we answer."""

import re
from collections import Counter, defaultdict
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from ticketing.models import Call, Turn
from ticketing.statistics.counting import during, level, percentile, share

_NTH = re.compile(r" (?:keyed|\d+)(?:\.\d+)*$")


def nodes(session: Session, first: date, last: date) -> list[dict[str, Any]]:
    """How each question was answered, the most asked first. Its turns are the answers to it, in calls that are neither
    ghost nor prank; every rate is a share of them.

    wrong_key: a key or digits that mean nothing there, so that it was asked again (or an officer was tried). silence:
    nothing came, whether or not that means something there. back: * went back or repeated. language: 8. officer: 0.
    p50_ms, p95_ms: our own time until the reply. Keys typed ahead count at the question that was open when they came.
    """
    kinds: dict[str, ColumnElement[bool]] = {
        "wrong_key": and_(Turn.result == "missed", Turn.key != ""),
        "silence": Turn.key == "",
        "back": Turn.result == "back",
        "language": Turn.result == "language",
        "officer": Turn.result == "officer",
    }
    sums = [func.sum(case((condition, 1), else_=0)) for condition in kinds.values()]
    query = (
        select(Turn.node, Turn.milliseconds, func.count(), *sums)
        .join(Call, Call.id == Turn.call_id)
        .where(during(first, last), ~Call.ghost, ~Call.prank, Turn.node != "")
        .group_by(Turn.node, Turn.milliseconds)
    )
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    times: dict[str, Counter[int]] = defaultdict(Counter)
    for node, milliseconds, turns, *summed in session.execute(query):
        name = question(node)
        times[name][milliseconds] += turns
        counts[name].update({"turns": turns, **dict(zip(kinds, summed, strict=True))})
    found = [_node(name, counts[name], list(kinds), times[name]) for name in counts]
    return sorted(found, key=lambda row: (-row["turns"], row["node"]))


def question(node: str) -> str:
    """The question behind a node, whichever time it was asked: "status.wish 1.0" is "status.wish"."""
    return _NTH.sub("", node)


def _node(name: str, counts: Counter[str], kinds: list[str], times: Counter[int]) -> dict[str, Any]:
    rates = {f"{kind}_rate": share(counts[kind], counts["turns"]) for kind in kinds}
    return {
        "node": name,
        "turns": counts["turns"],
        **rates,
        "p50_ms": percentile(times, 0.5),
        "p95_ms": percentile(times, 0.95),
        "level": level(rates["wrong_key_rate"]),
    }
