"""The closed list of reasons for which something may end unsent, wait, or stay unknown, and for each what must have
happened, as others saw it, for the reason to be true. A reason that is not here is a fault of the house."""

import re
from collections.abc import Callable

from chaos.history import Line
from chaos.seen import CARRIER, CLOCK_SECONDS, DATABASE, KILLS, Seen
from ticketing.rules import lifecycle

PERMANENT = {21211, 21214, 21217, 21610, 21612, 21614}  # what the carrier says of a number that never gets a text
LEASE_SECONDS = 90.0  # so long after a fault its traces are still found: a lease, and the sweep that frees it
DEPARTMENT, POISON = "department:", "poison:"
MOST_DEATHS = 5

Evidence = Callable[[Seen, Line, "re.Match[str]"], bool]


def explained(seen: Seen, row: Line) -> bool:
    """Whether this dead row has a reason of the list, and something that happened bears it out."""
    if row["destination"].startswith(POISON):
        return True
    reason = row.get("reason") or ""
    for pattern, kinds, evidence in _DEAD:
        if row["kind"] in kinds and (match := re.fullmatch(pattern, reason)):
            return evidence(seen, row, match)
    return False


def may_wait(row: Line) -> bool:
    """Whether this row may wait for a later time when all is well: a text that has its hour, a call that is made again.
    Whatever goes to a department or comes from the carrier has no such time."""
    if row["destination"].startswith(POISON):
        return True
    reason = row.get("reason") or ""
    return row["kind"] in _TEXTS and (not reason or any(re.fullmatch(one, reason) for one in _WAITING))


def in_doubt(seen: Seen, row: Line) -> bool:
    """Whether a fault explains that nobody knows what became of this text: the carrier never answered for it, or a
    worker or the database was gone while it was being sent."""
    if row["destination"].startswith(POISON):
        return True
    unanswered = any(line["status"] == 0 or line["status"] >= 500 for line in seen.refusals(row.get("message")))
    return unanswered or seen.struck(KILLS | DATABASE | CARRIER, row.get("created"), row.get("finished"), LEASE_SECONDS)


def refused_for_good(seen: Seen, to_hash: str | None) -> bool:
    """The carrier said of this number that it never gets a text."""
    return any(line["to_hash"] == to_hash and line["code"] in PERMANENT for line in seen.of("carrier refused"))


def _refused(seen: Seen, row: Line, match: "re.Match[str]") -> bool:
    said = (int(match[1]), int(match[2]) if match[2].isdigit() else None)
    return said in {(line["status"], line["code"]) for line in seen.refusals(row.get("message"))}


def _carrier_says(seen: Seen, row: Line, match: "re.Match[str]") -> bool:
    sids = {line["sid"] for line in seen.of("carrier text out") if line.get("message") == row.get("message")}
    return any(line["sid"] in sids and line["status"] == match[1] for line in seen.of("carrier text end"))


def _stopped(seen: Seen, row: Line, _: "re.Match[str]") -> bool:
    """Who wants no texts said so to the carrier, which then refused one to this contact."""
    same = [one for one in seen.texts.values() if one["destination"] == row["destination"]]
    return any(line["code"] == 21610 for one in same for line in seen.refusals(one["message"]))


def _replaced(seen: Seen, row: Line, _: "re.Match[str]") -> bool:
    """Another text of the same sort about the same ticket to the same contact took its place, and was not replaced
    itself; whether that one went is asked of it."""
    return any(
        one["id"] != row["id"] and not (one.get("reason") or "").startswith("replaced")
        for one in seen.texts_about.get((row.get("ticket"), row["destination"]), ())
        if one.get("sms") != "receipt"
    )


def _called_back(seen: Seen, row: Line, _: "re.Match[str]") -> bool:
    """The promise of a callback went to the same contact in the same moment."""
    return any(
        one["destination"] == row["destination"]
        and one["dedupe_key"].endswith(":promised")
        and abs((one.get("created") or 0.0) - (row.get("finished") or 0.0)) <= CLOCK_SECONDS
        for one in seen.texts.values()
    )


def _moved_on(seen: Seen, row: Line, _: "re.Match[str]") -> bool:
    """The ticket is over, by the word of an officer, or its owner of today has it."""
    number = row.get("ticket") or ""
    ticket = seen.tickets.get(number)
    if ticket is None:
        return False
    ended = {line["ticket"] for line in seen.of("officer moved") if line["to"] in lifecycle.OVER}
    if ticket["state"] in lifecycle.OVER and number in ended:
        return True
    owner, was = ticket.get("department"), row["destination"].removeprefix(DEPARTMENT)
    return owner != was and any(line["number"] == number and line["department"] == owner for line in seen.reports)


def _silent(seen: Seen, row: Line, _: "re.Match[str]") -> bool:
    """Nobody speaks in what the carrier recorded, by the ear of who was there."""
    sids = {one["sid"] for one in seen.recorded.values() if one["ticket"] == row.get("ticket")}
    heard = [line for line in seen.of("carrier recording") if line["sid"] in sids]
    return bool(heard) and any(line.get("voice") is False for line in heard)


def _unknown(seen: Seen, row: Line, _: "re.Match[str]") -> bool:
    return in_doubt(seen, row)


def _died(seen: Seen, row: Line, _: "re.Match[str]") -> bool:
    return seen.kills >= MOST_DEATHS and seen.struck(KILLS, row.get("created"), row.get("finished"), LEASE_SECONDS)


def _called(seen: Seen, row: Line, _: "re.Match[str]") -> bool:
    """The carrier made outbound calls at all."""
    return any(line.get("direction") == "outbound-api" for line in seen.of("carrier call"))


_TEXTS, _REPORTS = {"sms", "call"}, {"email", "webhook"}
_EVERY = _TEXTS | _REPORTS | {"recording", "photo", "news", "alert", "notice", "alarm", "rescue"}
_WAITING = ("the next try has its time", "dialled: told once somebody presses 1", "another call to this number .*")
_DEAD: tuple[tuple[str, set[str], Evidence], ...] = (
    (r"carrier (\d+), code (\w+)", _TEXTS, _refused),
    (r"the carrier says (undelivered|failed|canceled)", _TEXTS, _carrier_says),
    ("the resident asked for no texts", _TEXTS, _stopped),
    ("replaced by a later state", _TEXTS, _replaced),
    ("replaced by the promise of a callback", _TEXTS, _called_back),
    ("unknown: the carrier never confirmed it, .*|unknown twice", _TEXTS, _unknown),
    ("nobody took the call: for the desk", {"call"}, _called),
    ("the ticket is no longer this department's", _REPORTS | {"notice"}, _moved_on),
    ("nobody speaks in the recording: .*", _REPORTS, _silent),
    ("nobody pressed 1", {"alarm"}, _called),
    ("the worker died during the call, again and again", _EVERY, _died),
)
