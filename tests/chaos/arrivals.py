"""What must have arrived somewhere once nothing is broken any more and time went by: reports, recordings, texts out and
texts in. Each is compared with what others saw (the callers, the carrier, the departments), never with what the house
says of itself alone. Each function yields a sentence for every one that is missing, beginning with its invariant."""

from collections.abc import Iterator

from chaos import reasons
from chaos.history import Line
from chaos.seen import CLOCK_SECONDS, Seen
from ticketing.rules import lifecycle

MIN_SECONDS, SURELY_HEARD_SECONDS = 2, 6  # a shorter recording is nothing; a longer one is not silence alone
WEBHOOK_SECONDS = 15.0  # the carrier waits no longer, and a text is read within
DATED_SECONDS = 60.0  # from making a letter to its arrival


def not_delivered(seen: Seen) -> Iterator[str]:
    """I4: a ticket of which neither a department nor a person ever heard. What an officer ended needs no department."""
    reached = {line["number"] for line in seen.reports}
    ended = {line["ticket"] for line in seen.of("officer moved") if line["to"] in lifecycle.OVER}
    heard = {line["number"] for line in seen.of("accepted") if line.get("number")}
    for number in sorted(heard | seen.tickets.keys()):
        over = number in ended and seen.tickets.get(number, {}).get("state") in lifecycle.OVER
        if number not in reached and not over:
            yield f"I4 ticket {number}: no department got it, no person was told"


def not_fetched(seen: Seen) -> Iterator[str]:
    """I2: a recording of a ticket whose sound is not under our roof, as the carrier made it."""
    for line in seen.of("carrier recording"):
        row = seen.recorded.get(line["sid"])
        if row is None or row["ticket"] is None or line["seconds"] < MIN_SECONDS:
            continue
        if not row["fetched"]:
            yield f"I2 recording {line['sid']} of ticket {row['ticket']} was never fetched"
        elif row.get("digest") != line.get("digest"):
            what = "is not what was said" if row.get("digest") else "is nowhere"
            yield f"I2 recording {line['sid']} of ticket {row['ticket']} is called fetched, and {what}"


def not_heard_of(seen: Seen) -> Iterator[str]:
    """I2: a recording with a voice that no department can listen to: no report of its ticket says where it is."""
    told: dict[str, set[str]] = {}
    for line in seen.reports:
        told.setdefault(line["number"], set()).update(line.get("recordings", ()))
    for line in seen.of("carrier recording"):
        row = seen.recorded.get(line["sid"], {})
        ticket = seen.tickets.get(row.get("ticket") or "", {})
        if not ticket or not speaks(line) or not row.get("current", True) or ticket.get("confidential"):
            continue
        if ticket["number"] in told and row.get("id") not in told[ticket["number"]]:
            yield f"I2 recording {line['sid']}: ticket {ticket['number']} came without it"


def speaks(line: Line) -> bool:
    """Whether somebody is heard in a recording of the carrier's; as far as its length says, where nobody listened."""
    return bool(line["seconds"] >= MIN_SECONDS and line.get("voice", line["seconds"] > SURELY_HEARD_SECONDS))


def not_told(seen: Seen) -> Iterator[str]:
    """I5: who heard a number and never got it by text, and a text that no row carries."""
    callers = {line["call"]: line.get("from_hash") for line in seen.of("dialled")}
    told = {(line["to_hash"], number) for line in seen.of("carrier text out") for number in line.get("numbers", ())}
    by_ticket: dict[str, list[Line]] = {}
    for row in seen.texts.values():
        by_ticket.setdefault(row.get("ticket") or "", []).append(row)
    for call, number in sorted({(line["call"], line["number"]) for line in seen.of("accepted") if line.get("number")}):
        caller = callers.get(call)
        if caller is None or (caller, number) in told or reasons.refused_for_good(seen, caller):
            continue
        rows = by_ticket.get(number, [])
        if not any(row["state"] == "dead" and reasons.explained(seen, row) for row in rows):
            names = ", ".join(str(row["message"]) for row in rows) or "none"
            yield f"I5 call {call}: heard number {number} and got no text of it; promised: {names}"
    for row in seen.of("message row"):
        if not row["inbound"] and row["id"] not in seen.texts:
            yield f"I5 text {row['id']} was written and promised to nobody"


def not_read(seen: Seen) -> Iterator[str]:
    """I2: a text that came in and was never read, or that was to be answered and never was."""
    for row in seen.of("message row"):
        if row["inbound"] and (
            row["status"] == "received" or (row["status"] == "understood" and not row.get("intent"))
        ):
            yield f"I2 text {row['sid']} was never read"
    answers: dict[str, float] = {}
    for line in seen.of("carrier text out"):
        answers[line["to_hash"]] = max(line["at"], answers.get(line["to_hash"], 0.0))
    came = {line["message"]: line["at"] for line in reversed(seen.of("texted"))}
    for line in seen.of("carrier text in"):
        asker, since = line.get("from_hash"), came.get(line["sid"], 0.0) - WEBHOOK_SECONDS
        if line.get("wants") and answers.get(asker, -1.0) < since and not reasons.refused_for_good(seen, asker):
            yield f"I2 text {line['sid']} was never answered"


def left_open(seen: Seen) -> Iterator[str]:
    """I12: a row that is due and was not done, or that waits for a time which nobody gave it."""
    for row in seen.of("outbox"):
        if row["state"] not in ("pending", "unknown"):
            continue
        if row.get("due") is not False:
            yield f"I12 row {row['id']} ({row['kind']}) is due and still {row['state']}: {row.get('reason')}"
        elif row["state"] == "unknown" and not reasons.in_doubt(seen, row):
            yield f"I12 row {row['id']} ({row['kind']}) is unknown, which no fault explains: {row.get('reason')}"
        elif row["state"] == "pending" and not reasons.may_wait(row):
            yield f"I12 row {row['id']} ({row['kind']}) still waits: {row.get('reason')}"


def dead_for_nothing(seen: Seen) -> Iterator[str]:
    """I12: a dead letter whose reason is none of the list, or which nothing that happened explains."""
    for row in seen.of("outbox"):
        if row["state"] == "dead" and not reasons.explained(seen, row):
            about = f"{row['kind']} of {row.get('message') or row.get('ticket') or row['dedupe_key']}"
            yield f"I12 row {row['id']} ({about}) is dead, which nothing explains: {row.get('reason')}"


def wrong_clocks(seen: Seen) -> Iterator[str]:
    """I6: a moment in the database or in a letter that cannot be, by the clock of those who were there."""
    last = max((line["at"] for line in seen.lines if line["what"] != "event"), default=0.0)
    dialled = {line["call"]: line["at"] for line in seen.of("dialled")}
    heard = {line["number"]: line["at"] for line in seen.of("accepted") if line.get("number")}
    for ticket in seen.tickets.values():
        begin, end = dialled.get(ticket["call"], 0.0), heard.get(ticket["number"], last)
        yield from _beside(seen, f"ticket {ticket['number']}", ticket.get("created"), begin, end)
    for event in seen.of("event"):
        begin = dialled.get(seen.tickets.get(event["ticket"], {}).get("call") or "", 0.0)
        yield from _beside(seen, f"event {event['position']} of {event['ticket']}", event["at"], begin, last)
    texted = {line["message"]: line["at"] for line in seen.of("texted")}
    for row in seen.of("message row"):
        yield from _beside(seen, f"text {row['sid']}", row.get("created"), 0.0, texted.get(row["sid"] or "", last))
    for line in seen.reports:
        at = line["at"]
        yield from _beside(seen, f"report {line['key']}", line.get("dated"), at - DATED_SECONDS, at)


def _beside(seen: Seen, what: str, moment: float | None, begin: float, end: float) -> Iterator[str]:
    if moment is None:
        return
    right = seen.by_the_right_clock(moment)
    if not begin - CLOCK_SECONDS <= right <= end + CLOCK_SECONDS:
        off = right - end if right > end else right - begin
        yield f"I6 {what} is dated {off:+.0f} s off"


ARRIVALS = (
    not_delivered,
    not_fetched,
    not_heard_of,
    not_told,
    not_read,
    left_open,
    dead_for_nothing,
    wrong_clocks,
)
