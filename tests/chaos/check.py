"""Checks a recorded history against what the hotline promises (invariants.py), and counts the figures of the run.

`python -m chaos.check FILE` prints both and exits with 1 when something was broken.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import quote

from chaos import arrivals
from chaos.history import History, Line
from chaos.invariants import INVARIANTS, LIMIT_SECONDS
from chaos.seen import Seen, copies, doubled, lost, taken


@dataclass
class Report:
    """The figures of a run, and every broken promise, each beginning with its invariant."""

    calls: int = 0
    calls_never_ended: int = 0
    accepted: int = 0
    lost: int = 0
    not_delivered: int = 0
    not_fetched: int = 0
    not_heard_of: int = 0
    not_told: int = 0
    not_read: int = 0
    left_open: int = 0
    doubled_tickets: int = 0
    late_tickets: int = 0
    texts: int = 0
    texts_doubled_receipts: int = 0
    texts_doubled_others: int = 0
    dispatches: int = 0
    dispatches_repeated: int = 0
    dead_letters: int = 0
    dead_for_nothing: int = 0
    webhooks: int = 0
    webhooks_over_5_s: int = 0
    webhooks_5xx: int = 0
    webhooks_unanswered: int = 0
    application_errors: int = 0
    faults: int = 0
    kills: int = 0
    recovery_seconds: float = 0.0
    violations: list[str] = field(default_factory=list)

    @property
    def table(self) -> str:
        figures = [(one.name.replace("_", " "), getattr(self, one.name)) for one in fields(self)[:-1]]
        lines = [f"{name:<24}{value:>10g}" for name, value in figures]
        return "\n".join([*lines, f"{'violations':<24}{len(self.violations):>10}", *self.violations])


def check_history(lines: Iterable[Line]) -> Report:
    """The figures of a history, and what in it breaks which invariant."""
    seen = Seen(lines)
    webhooks = seen.of("webhook")
    missing = {one.__name__: len(list(one(seen))) for one in arrivals.ARRIVALS}
    del missing[arrivals.wrong_clocks.__name__]
    return Report(
        calls=len(seen.of("dialled")),
        calls_never_ended=sum(not row["ended"] for row in seen.of("call row")),
        accepted=sum(len(reports) for reports in seen.accepted.values()),
        lost=len(list(lost(seen))),
        doubled_tickets=len(list(doubled(seen))),
        late_tickets=sum(bool(ticket["late"]) for ticket in seen.of("ticket")),
        texts=len(seen.of("carrier text out")),
        texts_doubled_receipts=sum(len(same) - 1 for _, sort, same in copies(seen) if sort == "receipt"),
        texts_doubled_others=sum(len(same) - 1 for _, sort, same in copies(seen) if sort != "receipt"),
        dispatches=len(taken(seen)),
        dispatches_repeated=sum(map(len, taken(seen).values())) - len(taken(seen)),
        dead_letters=sum(row["state"] == "dead" for row in seen.of("outbox")),
        webhooks=len(webhooks),
        webhooks_over_5_s=sum(line["seconds"] > LIMIT_SECONDS for line in webhooks),
        webhooks_5xx=sum(line["status"] >= 500 for line in webhooks),
        webhooks_unanswered=sum(line["status"] == 0 for line in webhooks),
        application_errors=len(seen.of("application error")),
        faults=sum(line["phase"] == "begin" for line in seen.of("fault")),
        kills=seen.kills,
        recovery_seconds=max((line["seconds"] or 0 for line in seen.of("drained")), default=0.0),
        violations=[broken for holds in INVARIANTS for broken in holds(seen)],
        **missing,
    )


def check_canaries(places: Iterable[Path | bytes], canaries: Iterable[str]) -> list[str]:
    """I10: where a canary is found, in files (a folder: all that is in it) or bytes, also as URLs and JSON spell it."""
    forms = [{one.encode(), quote(one).encode(), json.dumps(one)[1:-1].encode()} for one in canaries]
    found = []
    for name, content in _contents(places):
        hits = [number for number, spelled in enumerate(forms, 1) if any(form in content for form in spelled)]
        found += [f"I10 {name} holds canary {number}" for number in hits]
    return found


def _contents(places: Iterable[Path | bytes]) -> Iterator[tuple[str, bytes]]:
    for place in places:
        if isinstance(place, bytes):
            yield f"{len(place)} bytes", place
            continue
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file():
                yield str(path), path.read_bytes()


if __name__ == "__main__":
    found = check_history(History.read(Path(sys.argv[1])))
    print(found.table)
    sys.exit(1 if found.violations else 0)
