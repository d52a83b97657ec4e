"""A recorded history (history.py), and what more than one invariant asks of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from chaos.history import Line


class Seen:
    """The lines of a history by kind, and what is asked of them more than once."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.lines = list(lines)
        self._kinds = grouped(self.lines, "what")
        self.tickets = {ticket["number"]: ticket for ticket in self.of("ticket")}
        self.of_call = grouped(self.of("ticket"), "call")
        self.recorded = {row["sid"]: row for row in self.of("recording row")}
        self.outbox = {row["id"]: row for row in self.of("outbox")}
        self.texts = {row["message"]: row for row in self.of("outbox") if row.get("message")}
        self.accepted = {call: grouped(same, "report") for call, same in grouped(self.of("accepted"), "call").items()}

    def of(self, what: str) -> list[Line]:
        return self._kinds.get(what, [])

    def numbers(self, call: str) -> set[str]:
        """The ticket numbers that were heard in acknowledgements of this call."""
        return {
            line["number"] for lines in self.accepted.get(call, {}).values() for line in lines if line.get("number")
        }


def grouped(lines: Iterable[Line], name: str) -> dict[str, list[Line]]:
    """Lines by the value of one field; those that have none are left out."""
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.get(name) is not None:
            groups[line[name]].append(line)
    return dict(groups)


def lost(seen: Seen) -> Iterator[str]:
    """Every report that was acknowledged and has no ticket. All that is recorded by the apology or the fallback in
    one call becomes one ticket."""
    for call, reports in seen.accepted.items():
        heard = seen.numbers(call)
        yield from (
            f"I1 call {call}: number {one} was heard, no such ticket" for one in sorted(heard - set(seen.tickets))
        )
        silent = [[line["how"] for line in lines] for lines in reports.values() if not any(map(_number, lines))]
        needed = sum("kept" in how for how in silent) + any("kept" not in how for how in silent)
        rest = [ticket for ticket in seen.of_call.get(call, []) if ticket["number"] not in heard]
        yield from [f"I1 call {call}: a report was acknowledged, no ticket is left for it"] * (needed - len(rest))


def _number(line: Line) -> str | None:
    return line.get("number")


def doubled(seen: Seen) -> Iterator[str]:
    """Every ticket too many: of the same report, or one that nobody acknowledged and that has no recording of its own
    beside others in its call."""
    for key, same in grouped(seen.of("ticket"), "report_key").items():
        yield from [f"I3 report {key} has another ticket"] * (len(same) - 1)
    spoken = {row["ticket"] for row in seen.of("recording row")}
    for call, tickets in seen.of_call.items():
        reports = len({ticket["report_key"] for ticket in tickets})
        recorded = sum(ticket["number"] in spoken for ticket in tickets)
        most = max(1, recorded, len(seen.accepted.get(call, {})))
        yield from [f"I1 call {call} has a ticket too many"] * (reports - most)


def taken(seen: Seen) -> dict[str, list[Line]]:
    """What departments took, by outbox row: its id is the webhook-id and begins the Message-ID."""
    by_row: dict[str, list[Line]] = defaultdict(list)
    for line in seen.of("department got"):
        if line["answered"] != "refused":
            by_row[line["key"].strip("<>").partition("@")[0]].append(line)
    return by_row


def copies(seen: Seen) -> Iterator[tuple[str, str, int]]:
    """Every promise of a text that the carrier accepted more than once: name, sort, how many too many."""
    sorts: dict[str, list[str]] = defaultdict(list)
    for line in seen.of("carrier text out"):
        row = seen.texts.get(line.get("message") or "", {})
        name = row.get("dedupe_key") or line.get("message") or f"{line['to_hash']} {line['body_digest']}"
        sorts[name].append(row.get("sms") or "other")
    for name, same in sorts.items():
        if same[1:]:
            yield name, same[0], len(same) - 1


_LOST = {"back_end_killed", "postgres_down", "link_broken", "postgres_hangs", "tables_locked", "connections_used_up"}


def database_lost(seen: Seen) -> int:
    """How often a worker could not write down what it had just sent: a receipt may then be sent once more."""
    return sum(line["phase"] == "begin" and line["name"] in _LOST for line in seen.of("fault"))


def kills(seen: Seen) -> int:
    """A fault may say its kills when it begins, when it ends, or both times."""
    begun, total = Counter[str](), 0
    for line in seen.of("fault"):
        told = line.get("kills") or 0
        if line["phase"] == "begin":
            total += begun.pop(line["name"], 0)
            begun[line["name"]] = told
        else:
            total += max(told, begun.pop(line["name"], 0))
    return total + begun.total()
