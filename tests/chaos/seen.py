"""A recorded history (history.py), and what more than one invariant asks of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from chaos.history import Line

# The faults (nemesis.py) after which something may be done once more, or be in doubt: workers gone between request and
# commit, a database that could not take what was done, a carrier that did not answer.
KILLS = {"F3", "F4", "F5", "F32"}
DATABASE = {"F13", "F14", "F15", "F15b", "F16", "F17", "F32"}
CARRIER = {"F21", "F21b"}
CLOCK_SECONDS = 10.0  # by which clocks, and those who write down, may differ
SENT_SECONDS = 10.0  # a worker waits so long for the carrier, and what it sent is there before


@dataclass
class Struck:
    """One fault, from its beginning to its end; `kills` of workers, `ahead` the seconds by which a clock was wrong."""

    name: str
    begin: float
    end: float
    kills: int = 0
    ahead: float = 0.0


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
        self._refusals = grouped(self.of("carrier refused"), "message")
        self.accepted = {call: grouped(same, "report") for call, same in grouped(self.of("accepted"), "call").items()}

    def of(self, what: str) -> list[Line]:
        return self._kinds.get(what, [])

    def refusals(self, message: str | None) -> list[Line]:
        """What the carrier refused of this text, or left unanswered."""
        return self._refusals.get(message or "", [])

    @cached_property
    def reports(self) -> list[Line]:
        """What departments took of reports; other letters about a ticket are no report."""
        letters = {row["id"] for row in self.of("outbox") if row["kind"] not in ("email", "webhook")}
        got = [line for line in self.of("department got") if line["answered"] != "refused"]
        return [line for line in got if row_of(line) not in letters]

    @cached_property
    def texts_about(self) -> dict[tuple[str | None, str], list[Line]]:
        """The rows of texts by ticket and contact."""
        found: dict[tuple[str | None, str], list[Line]] = defaultdict(list)
        for row in self.texts.values():
            found[row.get("ticket"), row["destination"]].append(row)
        return dict(found)

    @cached_property
    def faults(self) -> list[Struck]:
        """Each with its end; one that never ended lasts until the last line. A fault may say its kills when it begins,
        when it ends, or both times."""
        found, open_ = [], dict[str, Struck]()
        last = max((line["at"] for line in self.lines), default=0.0)
        for line in self.of("fault"):
            kills = line.get("kills") or 0
            if line["phase"] == "begin" or line["name"] not in open_:
                struck = Struck(line["name"], line["at"], last, kills, line.get("ahead") or 0.0)
                open_[line["name"]] = struck
                found.append(struck)
            if line["phase"] == "end":
                struck = open_.pop(line["name"])
                struck.end, struck.kills = line["at"], max(struck.kills, kills)
                struck.ahead = line.get("ahead") or struck.ahead
        return found

    @property
    def kills(self) -> int:
        return sum(fault.kills for fault in self.faults)

    def struck(self, names: Set[str], begin: float | None, end: float | None, after: float = 0.0) -> bool:
        """Whether one of these faults fell between two moments, or left its traces there for so many seconds."""
        return any(
            fault.name in names
            and (end is None or fault.begin <= end)
            and (begin is None or fault.end + after >= begin)
            for fault in self.faults
        )

    def by_the_right_clock(self, moment: float) -> float:
        """What the time really was, of a moment that a process wrote down while its clock was known to be wrong."""
        for fault in self.faults:
            if fault.ahead and fault.begin - CLOCK_SECONDS <= moment - fault.ahead <= fault.end + 2 * CLOCK_SECONDS:
                return moment - fault.ahead
        return moment

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
    """What departments took, by outbox row."""
    by_row: dict[str, list[Line]] = defaultdict(list)
    for line in seen.of("department got"):
        if line["answered"] != "refused":
            by_row[row_of(line)].append(line)
    return by_row


def row_of(line: Line) -> str:
    """The outbox row that a department got: its id is the webhook-id and begins the Message-ID."""
    return str(line["key"]).strip("<>").partition("@")[0]


def copies(seen: Seen) -> Iterator[tuple[str, str, list[Line]]]:
    """Every promise of a text that the carrier accepted more than once: name, sort, and all that it accepted."""
    accepted: dict[str, list[Line]] = defaultdict(list)
    sorts: dict[str, str] = {}
    for line in seen.of("carrier text out"):
        row = seen.texts.get(line.get("message") or "", {})
        name = row.get("dedupe_key") or line.get("message") or f"{line['to_hash']} {line['body_digest']}"
        accepted[name].append(line)
        sorts.setdefault(name, row.get("sms") or "other")
    for name, same in accepted.items():
        if same[1:]:
            yield name, sorts[name], same


def database_lost(seen: Seen) -> int:
    """How often a worker could not write down what it had just sent: a receipt may then be sent once more."""
    return sum(fault.name in DATABASE for fault in seen.faults)


def explains_a_copy(seen: Seen, accepted: list[Line]) -> bool:
    """Whether a worker was killed, or the database gone, before each copy of a text and after the one before it."""
    kills = {fault.name for fault in seen.faults if fault.kills}
    return all(
        seen.struck((KILLS & kills) | DATABASE, one["at"], next_["at"], SENT_SECONDS)
        for one, next_ in pairwise(sorted(accepted, key=lambda line: float(line["at"])))
    )
