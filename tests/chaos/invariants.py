"""The hotline's promises, I1 to I12 (but I10, which no history shows), as far as a history can show that they were
broken. Each yields a sentence for every break, beginning with the invariant.

Knows the lifecycle of a ticket and nothing else of the house, so that it cannot share the house's mistakes.
"""

from collections.abc import Iterator
from itertools import pairwise

from chaos import arrivals
from chaos.history import Line
from chaos.seen import Seen, copies, database_lost, doubled, explains_a_copy, grouped, lost, taken
from ticketing.rules import lifecycle

LIMIT_SECONDS = 5.0
RECOVERY_SECONDS = 120.0
MAX_ATTEMPTS, POISON_ATTEMPTS = 100, 5
ORDER_SECONDS = 1.0  # by which the clocks of two processes may differ

_TURNING = {"opened", "moved", "forwarded", "refused", "answered"}  # the actions that may change a ticket's state
_DISPATCH = {"email", "webhook"}
_RANK = {"promised": 0, "queued": 1, "accepted": 1, "scheduled": 1, "sending": 2, "sent": 3, "delivered": 4, "read": 5}
_FAILED = {"undelivered", "failed", "canceled"}


def nothing_accepted_is_lost(seen: Seen) -> Iterator[str]:
    yield from lost(seen)
    yield from (broken for broken in doubled(seen) if broken.startswith("I1"))
    accepted = {number for call in seen.accepted for number in seen.numbers(call)}
    for line in seen.of("told number"):
        if line["number"] not in seen.tickets and line["number"] not in accepted:
            yield f"I1 call {line['call']}: was told of {line['number']}, no such ticket"
    for line in seen.of("accepted"):
        owner = seen.tickets.get(line.get("number") or "", {}).get("call")
        if owner not in (None, line["call"]):
            yield f"I1 call {line['call']}: heard {line['number']}, which is the ticket of call {owner}"


def nothing_the_carrier_saw_is_lost(seen: Seen) -> Iterator[str]:
    calls = {row["sid"] for row in seen.of("call row")}
    texts = {row["sid"] for row in seen.of("message row") if row["inbound"]}
    for line in seen.of("carrier call"):
        connected = line.get("status") != "queued"  # those that out_of_order invents never are
        if line["sid"] not in calls and connected and line.get("direction", "inbound") == "inbound":
            yield f"I2 call {line['sid']} has no row"
    for sid in {line["sid"] for line in seen.of("carrier text in")} | {line["message"] for line in seen.of("texted")}:
        if sid not in texts:
            yield f"I2 text {sid} has no row"
    for line in seen.of("carrier recording"):
        row = seen.recorded.get(line["sid"])
        if row is None and line["seconds"] >= arrivals.MIN_SECONDS:
            yield f"I2 recording {line['sid']} has no row"
        elif row is not None and row["ticket"] is None and arrivals.speaks(line):
            yield f"I2 recording {line['sid']} belongs to no ticket"


def one_event_one_effect(seen: Seen) -> Iterator[str]:
    yield from (broken for broken in doubled(seen) if broken.startswith("I3"))
    for token, same in grouped(seen.of("webhook"), "token").items():
        good = [line for line in same if 200 <= line["status"] < 300 and line["valid"] and not line.get("degraded")]
        if len({(line["path"], line.get("digest")) for line in good}) > 1:
            yield f"I3 copies of delivery {token} got different answers"
    for call, reports in seen.accepted.items():
        for report, lines in reports.items():
            if len({line["number"] for line in lines if line.get("number")}) > 1:
                yield f"I3 call {call}: heard two numbers for report {report}"
    for number, lines in grouped(seen.of("accepted"), "number").items():
        if len({(line["call"], line["report"]) for line in lines}) > 1:
            yield f"I3 number {number} was given to two reports"
    dialled = {line["sid"] for line in seen.of("carrier call")}
    for row in seen.of("call row"):
        if dialled and row["sid"] not in dialled:
            yield f"I3 call row {row['sid']}: the carrier never had such a call"
    for what in ("call row", "recording row", "message row"):
        yield from (
            f"I3 {what} {sid} is there twice" for sid, rows in grouped(seen.of(what), "sid").items() if rows[1:]
        )
    yield from (
        f"I3 ticket {number} is there twice"
        for number, rows in grouped(seen.of("ticket"), "number").items()
        if rows[1:]
    )


def every_department_got_it_once(seen: Seen) -> Iterator[str]:
    got = taken(seen)
    rows = [row for row in seen.of("outbox") if row["kind"] in _DISPATCH]
    for row in rows:
        if row["state"] == "sent" and row["id"] not in got:
            yield f"I4 row {row['id']} is marked sent, {row['destination']} never took it"
    for id_, lines in got.items():
        row = seen.outbox.get(id_)
        if row is None:
            yield f"I4 {lines[0]['department']} got {id_}, which nobody promised"
        elif {(line["number"], line["department"]) for line in lines} != {_addressed(row)}:
            yield f"I4 row {id_} came to another department, or about another ticket"
    for promise, same in grouped(
        ({**row, "promise": row["dedupe_key"].partition(":")[2]} for row in rows), "promise"
    ).items():
        if sum(row["id"] in got for row in same) > 1:
            yield f"I4 {promise} was taken under two keys"
    sent_for = {row.get("ticket") for row in rows}
    yield from (
        f"I4 ticket {number} was never promised to a department" for number in seen.tickets if number not in sent_for
    )


def _addressed(row: Line) -> tuple[str, str]:
    return row["ticket"], row["destination"].removeprefix("department:")


def no_text_is_sent_twice(seen: Seen) -> Iterator[str]:
    receipts = 0
    for name, sort, same in copies(seen):
        receipts += len(same) - 1 if sort == "receipt" else 0
        if sort != "receipt" or not explains_a_copy(seen, same):
            yield f"I5 text {name} was accepted {len(same)} times"
    if receipts > seen.kills + database_lost(seen):
        yield f"I5 receipts were accepted {receipts} times too often, with {seen.kills} kills"
    log = {line.get("message") for line in seen.of("carrier text out")}
    yield from (f"I5 text {one} was promised by nobody" for one in sorted(filter(None, log - seen.texts.keys())))
    if None in log:  # a log that does not say whose texts it has shows no missing one
        return
    for message, row in seen.texts.items():
        if row["kind"] == "sms" and row["state"] in ("sent", "delivered") and message not in log:
            yield f"I5 text {message} is marked {row['state']}, the carrier never got it"


def nothing_goes_backwards(seen: Seen) -> Iterator[str]:
    for number, events in grouped(seen.of("event"), "ticket").items():
        at = [{**event, "at": seen.by_the_right_clock(event["at"])} for event in _in_order(events)]
        yield from (f"I6 ticket {number}: {why}" for why in _out_of_order(at))
    status = {row["id"]: row["status"] for row in seen.of("message row")}
    for line in seen.of("message moves"):
        moves = [*line["statuses"], status.get(line["id"])]
        yield from (
            f"I6 text {line['id']} went from {one} to {next_}"
            for one, next_ in pairwise(filter(None, moves))
            if _goes_back(one, next_)
        )


def _in_order(events: list[Line]) -> list[Line]:
    return sorted(events, key=lambda event: int(event["position"]))


def _out_of_order(events: list[Line]) -> Iterator[str]:
    positions = [event["position"] for event in events]
    if positions != list(range(1, len(events) + 1)):
        yield f"events are numbered {positions}"
    first = events[0]
    if (first["action"], first["before"], first["after"]) != ("opened", None, lifecycle.RECEIVED):
        yield f"began as {first['action']}, {first['after']}"
    for one, next_ in pairwise(events):
        if next_["at"] < one["at"] - ORDER_SECONDS:
            yield f"event {next_['position']} is older than the one before it"
    for event in events[1:]:
        before, after = event["before"], event["after"]
        turns = event["action"] in _TURNING and after in lifecycle.MOVES.get(before, ())
        if before != after and not turns:
            yield f"{event['action']} took it from {before} to {after}"


def _goes_back(one: str, next_: str) -> bool:
    if one == next_:
        return False
    if next_ in _FAILED:
        return one in _FAILED or one in ("delivered", "read")
    return one in _FAILED or _RANK.get(next_, -1) < _RANK.get(one, -1)


def every_change_is_written_once(seen: Seen) -> Iterator[str]:
    histories = grouped(seen.of("event"), "ticket")
    for number, ticket in seen.tickets.items():
        events = _in_order(histories.pop(number, []))
        last = events[-1]["after"] if events else None
        if last != ticket["state"]:
            yield f"I7 ticket {number} is {ticket['state']}, its last event says {last}"
        for one, next_ in pairwise(events):
            if next_["before"] != one["after"]:
                twice = _change(one) == _change(next_)
                why = "is written twice" if twice else f"does not begin where {one['position']} ended"
                yield f"I7 ticket {number}: event {next_['position']} {why}"
    yield from (f"I7 events of {number}, which is no ticket" for number in histories)


def _change(event: Line) -> tuple[str, str, str]:
    return event["action"], event["before"], event["after"]


def the_phone_always_speaks(seen: Seen) -> Iterator[str]:
    yield from (f"I8 call {line['call']}: application error" for line in seen.of("application error"))
    spoken = grouped(seen.of("spoke"), "call")
    failed = {line["call"] for line in seen.of("application error")}
    for line in seen.of("dialled"):
        if line["call"] not in spoken and line["call"] not in failed:
            yield f"I8 call {line['call']}: nobody spoke"
    for line in seen.of("spoke"):
        if line["by"] == "nobody" or not line["valid"]:
            yield f"I8 call {line['call']}: a step was answered by {line['by']}, valid: {line['valid']}"
        elif line["by"] == "app" and line["seconds"] > LIMIT_SECONDS:
            yield f"I8 call {line['call']}: the app spoke after {line['seconds']:.1f} s"
    for line in seen.of("webhook"):
        answered = 200 <= line["status"] < 300 or line["status"] >= 500
        if not answered or not _speaks(line["path"]):
            continue
        if line["status"] >= 500 or not line["valid"]:
            yield f"I8 {line['path']} was answered {line['status']}, valid: {line['valid']}"
        elif line["seconds"] > LIMIT_SECONDS:
            yield f"I8 {line['path']} took {line['seconds']:.1f} s"


def _speaks(path: str) -> bool:
    """A caller waits for the answer; everything else that the carrier tells may come again."""
    return path in ("/voice/incoming", "/voice/fallback", "/voice/fallback/saved") or path.startswith("/voice/turn/")


def it_recovers_by_itself(seen: Seen) -> Iterator[str]:
    healed = False
    for line in seen.lines:
        healed = (healed or line["what"] == "healed") and line["what"] != "drained"
        if line["what"] == "drained" and (line["seconds"] is None or line["seconds"] > RECOVERY_SECONDS):
            yield f"I9 it took {line['seconds']} s until nothing was due"
    if healed:
        yield "I9 after the last fault it never came to rest"


def attempts_are_bounded(seen: Seen) -> Iterator[str]:
    for row in seen.of("outbox"):
        poison = (row.get("reason") or "").startswith("our fault")
        if row["attempts"] > MAX_ATTEMPTS or (poison and row["attempts"] >= POISON_ATTEMPTS):
            yield f"I11 row {row['id']} was tried {row['attempts']} times: {row.get('reason')}"
        if row["attempts"] < 1 and row["state"] in ("leased", "sent"):
            yield f"I11 row {row['id']} is {row['state']} and counts no attempt"


def everything_comes_to_an_end(seen: Seen) -> Iterator[str]:
    for row in seen.of("outbox"):
        waits = row["state"] == "pending" and row.get("due") is False
        open_ = row["state"] in ("pending", "unknown", "dead") and not row.get("reason") and not waits
        if open_ or row["state"] == "leased":
            yield f"I12 row {row['id']} ({row['kind']}) is {row['state']}, reason: {row.get('reason')}"


def everything_arrives(seen: Seen) -> Iterator[str]:
    """Of a campaign, after which everything was mended and given its time (arrivals.py)."""
    for missing in arrivals.ARRIVALS if seen.of("healed") else ():
        yield from missing(seen)


INVARIANTS = (
    nothing_accepted_is_lost,
    nothing_the_carrier_saw_is_lost,
    one_event_one_effect,
    every_department_got_it_once,
    no_text_is_sent_twice,
    nothing_goes_backwards,
    every_change_is_written_once,
    the_phone_always_speaks,
    it_recovers_by_itself,
    attempts_are_bounded,
    everything_comes_to_an_end,
    everything_arrives,
)
