"""The check is checked: a good evening passes, and each of these planted faults is found under the right invariant."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chaos.check import check_canaries, check_history
from chaos.history import KINDS, History, Line
from config.settings import ROOT

Edit = Callable[[list[Line]], list[Line]]


def line(what: str, **fields: Any) -> Line:
    assert KINDS[what] <= fields.keys(), what
    return {"at": 1000.0, "what": what, **fields}


def spoken(call: str, by: str = "app", seconds: float = 0.1) -> Line:
    return line("spoke", call=call, by=by, valid=True, seconds=seconds)


def answered(path: str, token: str, **more: Any) -> Line:
    given = {"status": 200, "seconds": 0.1, "valid": True, "digest": f"of {path} {token}", **more}
    return line("webhook", path=path, token=token, **given)


def ticket(number: str, call: str, state: str, *, nth: str = "1", late: bool = False) -> Line:
    more = {"department": "dlh" if number == "111" else "call-centre", "created": 1000.0, "confidential": False}
    return line("ticket", number=number, report_key=f"{call}:{nth}", call=call, state=state, late=late, **more)


def events(number: str, *changes: tuple[str, str | None, str]) -> list[Line]:
    return [
        {
            **line("event", ticket=number, position=nth, action=action, before=before, after=after),
            "at": 1000.0 + 60 * nth,
        }
        for nth, (action, before, after) in enumerate(changes, 1)
    ]


def row(id_: str, kind: str, state: str, key: str, to: str, **more: Any) -> Line:
    return line("outbox", id=id_, kind=kind, state=state, dedupe_key=key, destination=to, **{"attempts": 1, **more})


def text(id_: str, sort: str, ticket: str, state: str = "delivered") -> Line:
    key = f"sms:{ticket}:{sort}"
    return row(f"row of {id_}", "sms", state, key, "contact:1", message=id_, sms=sort, ticket=ticket)


def arrived(id_: str, sid: str, *numbers: str, to: str = "somebody") -> Line:
    return line(
        "carrier text out", sid=sid, to_hash=to, body_digest=f"words of {id_}", message=id_, numbers=list(numbers)
    )  # fmt: skip


def fault(name: str, **more: Any) -> list[Line]:
    return [line("fault", name=name, phase="begin"), line("fault", name=name, phase="end", **more)]


def refused(message: str, status: int, code: int) -> Line:
    return line("carrier refused", of="text", status=status, code=code, to_hash="somebody", message=message)


def recorded(sid: str, call: str, seconds: int, *, voice: bool = True) -> Line:
    return line("carrier recording", sid=sid, call=call, seconds=seconds, voice=voice, digest=f"sound of {sid}")


def kept(sid: str, ticket: str | None, seconds: int) -> Line:
    """The row of a recording, and its sound where a ticket needs it."""
    here = f"sound of {sid}" if ticket else None
    return line(
        "recording row", id=f"id of {sid}", sid=sid, ticket=ticket, seconds=seconds, fetched=bool(ticket), digest=here,
        current=True,
    )  # fmt: skip


def silent_report(number: str, call: str, nth: str, row_id: str) -> list[Line]:
    """Another ticket with all that belongs to it, of which the call centre heard."""
    return [
        ticket(number, call, "received", nth=nth), *events(number, RECEIVED),
        row(row_id, "email", "sent", f"email:{number}:call-centre:1", "department:call-centre", ticket=number),
        taken(f"<{row_id}@hotline.city>", number, "call-centre"),
    ]  # fmt: skip


def taken(
    key: str, number: str, department: str, answer: str = "ok", revision: int | None = None, recordings: Any = ()
) -> Line:
    return line(
        "department got", key=key, number=number, department=department, revision=revision, answered=answer,
        recordings=list(recordings), dated=1000.0,
    )  # fmt: skip


RECEIVED = ("opened", None, "received")
FORWARDED = ("forwarded", "received", "forwarded")
BEGUN = ("moved", "forwarded", "in_progress")


def a_good_evening() -> list[Line]:
    """One caller hears a number, one is recorded by the fallback, one is silent, one texts; a worker is killed."""
    return [
        line("dialled", call="CA1", from_hash="somebody"),
        spoken("CA1"),
        answered("/voice/incoming", "t1"),
        answered("/voice/turn/1", "t2"),
        answered("/voice/turn/1", "t2"),
        line("accepted", call="CA1", how="kept", report=1),
        line("fault", name="F4", phase="begin", detail="a worker is killed"),
        line("told number", call="CA1", number="111"),
        line("accepted", call="CA1", how="number", number="111", report=1),
        answered("/voice/status", "t3", status=503, valid=False),
        line("fault", name="F4", phase="end", kills=1),
        taken("<w1@hotline.city>", "111", "dlh", "refused"),
        taken("<w1@hotline.city>", "111", "dlh", "lost", recordings=["id of RE1"]),
        taken("<w1@hotline.city>", "111", "dlh", recordings=["id of RE1"]),
        line("dialled", call="CA2"),
        answered("/voice/incoming", "t4", status=0, valid=False, seconds=9.0),
        spoken("CA2", "fallback", 9.0),
        line("accepted", call="CA2", how="recorded", report=1),
        line("dialled", call="CA3"),
        spoken("CA3"),
        line("texted", message="SM9", answered=False),
        answered("/sms/incoming", "t5", status=503, valid=False),
        line("healed", at=1900.0),
        taken("w2", "222", "call-centre", revision=1, recordings=["id of RE2"]),
        line("drained", seconds=12.5),
        *(line("carrier call", sid=sid, direction="inbound") for sid in ("CA1", "CA2", "CA3")),
        line("carrier call", sid="CA4", direction="outbound-dial"),
        recorded("RE1", "CA1", 9),
        recorded("RE2", "CA2", 8),
        recorded("RE3", "CA3", 5, voice=False),
        recorded("RE4", "CA3", 1),
        line("carrier text in", sid="SM9", from_hash="asker", wants=True),
        arrived("m1", "SM1", "111"),
        arrived("m2", "SM2", "111"),
        arrived("m9a", "SM3", to="asker"),
        ticket("111", "CA1", "in_progress"),
        ticket("222", "CA2", "received", nth="fallback", late=True),
        *events("111", RECEIVED, ("noted", "received", "received"), FORWARDED, BEGUN),
        *events("222", RECEIVED),
        text("m1", "receipt", "111"),
        text("m2", "status", "111", "sent"),
        row("w1", "email", "sent", "email:id of 111:dlh:1", "department:dlh", attempts=3, ticket="111"),
        row("w2", "webhook", "sent", "webhook:id of 222:call-centre:1", "department:call-centre", ticket="222"),
        row("w3", "recording", "sent", "recording:RE1", "recording:1", ticket="111"),
        row("w4", "recording", "sent", "recording:RE2", "recording:2", ticket="222"),
        text("m9a", "other", "none"),
        row("w5", "sms", "pending", "sms:later", "contact:2", due=False, message="m3", sms="status", attempts=0),
        line("message row", id="m1", inbound=False, sid="SM1", status="delivered"),
        line("message moves", id="m1", statuses=["promised", "queued", "sent", "delivered"]),
        line("message row", id="m2", inbound=False, sid="SM2", status="sent"),
        line("message row", id="m3", inbound=False, sid=None, status="promised"),
        line("message row", id="m9", inbound=True, sid="SM9", status="understood", intent="status", created=1000.0),
        line("message row", id="m9a", inbound=False, sid="SM3", status="delivered"),
        *(line("call row", sid=sid, ended=True) for sid in ("CA1", "CA2", "CA3")),
        kept("RE1", "111", 9),
        kept("RE2", "222", 8),
        kept("RE3", None, 5),
    ]  # fmt: skip


def _fits(one: Line, what: str, wanted: Line) -> bool:
    return one["what"] == what and all(one.get(name) == value for name, value in wanted.items())


def without(what: str, **wanted: Any) -> Edit:
    return lambda lines: [one for one in lines if not _fits(one, what, wanted)]


def also(*lines: Line) -> Edit:
    return lambda before: [*before, *lines]


def put(what: str, wanted: Line, **changed: Any) -> Edit:
    """Every line that fits says something else."""
    return lambda lines: [{**one, **changed} if _fits(one, what, wanted) else one for one in lines]


def copied(what: str, wanted: Line, **changed: Any) -> Edit:
    """Every line that fits is there once more, with a difference."""
    return lambda lines: [*lines, *({**one, **changed} for one in lines if _fits(one, what, wanted))]


def history_of(number: str, *changes: tuple[str, str | None, str]) -> Edit:
    """Another history of this ticket, in the state of its last event."""
    return lambda lines: [
        *put("ticket", {"number": number}, state=changes[-1][2])(without("event", ticket=number)(lines)),
        *events(number, *changes),
    ]


def dead_report(nth: int, reason: str) -> list[Line]:
    """A ticket that no department got, and last the row that says why."""
    number = f"4{nth:02}"
    return [
        ticket(number, "CA3", "received", nth=f"x{nth}") | {"call": None}, *events(number, RECEIVED),
        row(f"q{nth}", "email", "dead", f"email:{number}:dlh:1", "department:dlh", reason=reason, ticket=number),
    ]  # fmt: skip


def unsent(nth: int, state: str, reason: str | None = None) -> list[Line]:
    """A caller who hears the number of a report and gets no text of it, whatever its row says."""
    number, call, id_ = f"5{nth:02}", f"CB{nth}", f"t{nth}"
    return [
        line("dialled", call=call, from_hash=f"caller {nth}"),
        line("accepted", call=call, how="number", report=1, number=number),
        spoken(call), line("call row", sid=call, ended=True), line("carrier call", sid=call, direction="inbound"),
        *silent_report(number, call, "1", f"q{nth}"),
        row(f"row of {id_}", "sms", state, f"sms:{number}", f"contact:c{nth}", reason=reason, message=id_,
            sms="receipt", ticket=number),
        line("message row", id=id_, inbound=False, sid=None, status="promised"),
    ]  # fmt: skip


def dead_text(reason: str, **more: Any) -> Edit:
    """The status text that waits is dead instead."""
    return put("outbox", {"message": "m3"}, state="dead", attempts=1, reason=reason, **more)


NO_KILL = put("fault", {"phase": "end"}, kills=0)

FAULTS: dict[str, tuple[str, list[Edit]]] = {
    # I1: nothing accepted is lost
    "a number was heard and its ticket is gone": (
        "I1",
        [without("ticket", number="111"), without("event", ticket="111")],
    ),
    "a recorded report became no ticket": ("I1", [without("ticket", number="222"), without("event", ticket="222")]),
    "a kept report became no ticket": ("I1", [also(line("accepted", call="CA3", how="kept", report=1))]),
    "the second of two reports became no ticket": (
        "I1",
        [also(line("accepted", call="CA1", how="kept", report=2))],
    ),
    "a number was told that is none": ("I1", [also(line("told number", call="CA3", number="999"))]),
    "a caller heard the number of somebody else": (
        "I1",
        [put("accepted", {"how": "number"}, call="CA3"), without("accepted", how="kept")],
    ),
    "a recording became two tickets": (
        "I1",
        [also(*silent_report("333", "CA2", "2", "w9"))],
    ),
    # I2: nothing the carrier saw is lost
    "a call has no row": ("I2", [without("call row", sid="CA3")]),
    "a text that was answered 503 has no row": ("I2", [without("message row", id="m9")]),
    "a text of the carrier's log has no row": ("I2", [also(line("carrier text in", sid="SM8"))]),
    "a text that a resident sent is in no log and has no row": (
        "I2",
        [also(line("texted", message="SM8", answered=True))],
    ),
    "a recording has no row": ("I2", [without("recording row", sid="RE3")]),
    "a recording of two seconds has no row": (
        "I2",
        [also(line("carrier recording", sid="RE5", call="CA3", seconds=2))],
    ),
    "a recording with a voice has no ticket": ("I2", [put("recording row", {"sid": "RE2"}, ticket=None)]),
    "a recording was never fetched": ("I2", [put("recording row", {"sid": "RE1"}, fetched=False, digest=None)]),
    "a recording was never fetched, and nobody promised to": (
        "I2",
        [without("outbox", id="w4"), put("recording row", {"sid": "RE2"}, fetched=False, digest=None)],
    ),
    "a recording is called fetched and is nowhere": ("I2", [put("recording row", {"sid": "RE1"}, digest=None)]),
    "a recording is called fetched and is another one": ("I2", [put("recording row", {"sid": "RE1"}, digest="other")]),
    "60 recordings were not fetched": (
        "I2",
        [also(*(recorded(f"RE1{nth}", "CA1", 9) for nth in range(60)),
              *({**kept(f"RE1{nth}", "111", 9), "fetched": False, "digest": None, "current": False}
                for nth in range(60)))],
    ),
    "60 recordings were erased before anybody fetched them": (
        "I2 I12",
        [also(*(recorded(f"RE1{nth}", "CA1", 9) for nth in range(60)),
              *({**kept(f"RE1{nth}", "111", 9), "fetched": False, "digest": None, "current": False}
                for nth in range(60)),
              *(row(f"r{nth}", "recording", "dead", f"recording:RE1{nth}", f"recording:1{nth}", ticket="111",
                    reason="the recording was erased") for nth in range(60)))],
    ),
    "a short recording with a voice became no ticket": ("I2", [put("carrier recording", {"sid": "RE3"}, voice=True)]),
    "a report came without the recording": ("I2", [put("department got", {"number": "222"}, recordings=[])]),
    "a report came with another one's recording": (
        "I2",
        [put("department got", {"number": "222"}, recordings=["id of RE1"])],
    ),
    "a text was never read": ("I2", [put("message row", {"id": "m9"}, status="received")]),
    "a text is called understood, as nothing": ("I2", [put("message row", {"id": "m9"}, intent=None)]),
    "a text is called understood and was never answered": (
        "I2",
        [without("carrier text out", sid="SM3"), without("outbox", message="m9a"), without("message row", id="m9a")],
    ),
    "a text was answered before it came only": ("I2", [put("carrier text out", {"sid": "SM3"}, at=900.0)]),
    "every text in is unread": (
        "I2",
        [put("message row", {"inbound": True}, status="received"),
         also(*(line("message row", id=f"u{nth}", inbound=True, sid=f"SM5{nth}", status="received")
                for nth in range(20)))],
    ),
    # I3: one event, one effect
    "copies of a turn differ": ("I3", [copied("webhook", {"token": "t2"}, digest="other words")]),
    "a report has two tickets": (
        "I3",
        [copied("ticket", {"number": "222"}, number="333"), also(*events("333", RECEIVED)),
         also(row("w9", "email", "sent", "email:333:dlh:1", "department:dlh", ticket="333"),
              taken("<w9@hotline.city>", "333", "dlh"))],
    ),
    "one report was told two numbers": (
        "I3",
        [also(line("accepted", call="CA2", how="number", number="222", report=1),
              line("accepted", call="CA2", how="number", number="333", report=1),
              *silent_report("333", "CA2", "2", "w9"), recorded("RE5", "CA2", 8, voice=False),
              kept("RE5", "333", 8))],
    ),
    "one number was given to two reports": (
        "I3",
        [also(line("accepted", call="CA1", how="number", number="111", report=2))],
    ),
    "a text came twice and was stored twice": ("I3", [copied("message row", {"id": "m9"}, id="m10")]),
    "a call has a row and never was": ("I3", [also(line("call row", sid="CA77", ended=True))]),
    "a call has two rows": ("I3", [copied("call row", {"sid": "CA2"})]),
    "a recording has two rows": ("I3", [copied("recording row", {"sid": "RE1"})]),
    "two tickets have one number": ("I3", [copied("ticket", {"number": "111"}, report_key="CA1:2", call=None)]),
    # I4: dispatch
    "a report was never received": ("I4", [without("department got", number="222")]),
    "a report was only ever refused": ("I4", [put("department got", {"number": "222"}, answered="refused")]),
    "a report came under a key that nobody promised": ("I4", [also(taken("w77", "222", "call-centre"))]),
    "a report came under two keys": (
        "I4",
        [copied("outbox", {"id": "w2"}, id="w8"), also(taken("w8", "222", "call-centre", revision=1))],
    ),
    "a report came under two keys, by mail and by post": (
        "I4",
        [copied("outbox", {"id": "w2"}, id="w8", kind="email", dedupe_key="email:id of 222:call-centre:1"),
         also(taken("<w8@hotline.city>", "222", "call-centre"))],
    ),
    "a report came to another department": ("I4", [put("department got", {"key": "w2"}, department="dlh")]),
    "a department read another ticket's number": ("I4", [put("department got", {"key": "w2"}, number="111")]),
    "40 reports were not delivered": (
        "I4 I12",
        [also(*(one for nth in range(40) for one in dead_report(nth, "the ticket is no longer this department's")))],
    ),
    "40 reports are called silent, and nobody listened": (
        "I4 I12",
        [also(*(one for nth in range(40) for one in dead_report(nth, "nobody speaks in the recording: for the desk")))],
    ),
    "40 reports were dropped and leave no trace": (
        "I4",
        [also(*(one for nth in range(40) for one in dead_report(nth, "")[:-1]))],
    ),
    "a ticket is over, and no officer ever said so": (
        "I4 I12",
        [without("department got", number="222"), history_of("222", RECEIVED, ("moved", "received", "resolved")),
         put("outbox", {"id": "w2"}, state="dead", reason="the ticket is no longer this department's")],
    ),
    "a letter about a ticket is not its report": (
        "I4",
        [put("outbox", {"id": "w2"}, kind="notice")],
    ),
    "nobody promised a ticket to a department": (
        "I4",
        [without("outbox", id="w2"), without("department got", number="222")],
    ),
    # I5: texts
    "a status text arrived twice": ("I5", [also(arrived("m2", "SM7"))]),
    "a status text arrived twice, as its worker was killed": (
        "I5",
        [put("fault", {"phase": "end"}, kills=9), also(arrived("m2", "SM7"))],
    ),
    "a receipt arrived twice without a kill": ("I5", [NO_KILL, also(arrived("m1", "SM7"))]),
    "a receipt arrived three times, with one kill": ("I5", [also(arrived("m1", "SM7"), arrived("m1", "SM8"))]),
    "one promise of a status text became two rows and two texts": (
        "I5",
        [copied("outbox", {"message": "m2"}, id="w8", message="m7"), also(arrived("m7", "SM7"))],
    ),
    "a text nobody promised": ("I5", [also(arrived("m7", "SM7"))]),
    "a text of an unknown row arrived twice": (
        "I5",
        [put("carrier text out", {"message": "m2"}, message=None),
         copied("carrier text out", {"sid": "SM2"}, sid="SM7")],
    ),
    "a text is marked sent and never was": ("I5", [without("carrier text out", sid="SM2")]),
    "100 texts were not sent": (
        "I5",
        [also(*(one for nth in range(100) for one in unsent(nth, "sent")))],
    ),
    "100 texts were put aside, whom nobody asked to": (
        "I5 I12",
        [also(*(one for nth in range(100) for one in unsent(nth, "dead", "the resident asked for no texts")))],
    ),
    "100 texts were never promised": (
        "I5",
        [also(*(one for nth in range(100) for one in unsent(nth, "dead")[:-2]))],
    ),
    "a text without a row": ("I5", [also(line("message row", id="m8", inbound=False, sid=None, status="promised"))]),
    "the receipt went to somebody else": ("I5", [put("carrier text out", {"to_hash": "somebody"}, to_hash="other")]),
    "the receipt names another ticket": ("I5", [put("carrier text out", {"to_hash": "somebody"}, numbers=["999"])]),
    "a receipt arrived twice, and a worker was killed at another time": (
        "I5",
        [put("fault", {"phase": "end"}, at=1010.0), also({**arrived("m1", "SM7"), "at": 1500.0}),
         put("carrier text out", {"sid": "SM1"}, at=1400.0)],
    ),
    "a receipt arrived twice, and it was only Valkey that was gone": (
        "I5", [NO_KILL, also(*fault("F9"), arrived("m1", "SM7"))],
    ),
    # I6: order
    "a ticket is dated an hour too late": ("I6", [put("ticket", {"number": "111"}, created=4600.0)]),
    "a ticket is older than its call": ("I6", [put("ticket", {"number": "111"}, created=900.0)]),
    "a ticket was made after its number was heard": ("I6", [put("ticket", {"number": "111"}, created=1100.0)]),
    "an event of the future": (
        "I6",
        [put("event", {"ticket": "222"}, at=4660.0)],
    ),
    "a text in is dated an hour too late": ("I6", [put("message row", {"id": "m9"}, created=4600.0)]),
    "a report is dated an hour too late": ("I6", [put("department got", {"number": "222"}, dated=4600.0)]),
    "a report is dated an hour too early": ("I6", [put("department got", {"number": "222"}, dated=-2600.0)]),
    "a clock was wrong, and not at that time": (
        "I6",
        [also(*({**one, "at": 1500.0} for one in fault("F25", ahead=3600.0))),
         put("department got", {"number": "222"}, dated=4600.0)],
    ),
    "a history has a gap": ("I6", [put("event", {"ticket": "111", "position": 4}, position=5)]),
    "a position is there twice": ("I6", [copied("event", {"ticket": "111", "action": "noted"})]),
    "a history begins at nought": (
        "I6",
        [put("event", {"ticket": "222"}, position=0)],
    ),
    "two events changed places": (
        "I6",
        [history_of("222", RECEIVED, ("noted", "received", "received"), ("urged", "received", "received")),
         put("event", {"ticket": "222", "action": "noted"}, position=3),
         put("event", {"ticket": "222", "action": "urged"}, position=2)],
    ),
    "a state went backwards": (
        "I6",
        [history_of("222", RECEIVED, FORWARDED, ("moved", "forwarded", "received"))],
    ),
    "a closed ticket went on without being reopened": (
        "I6",
        [history_of("222", RECEIVED, ("moved", "received", "withdrawn"), ("moved", "withdrawn", "in_progress"))],
    ),
    "a remark changed the state": ("I6", [history_of("222", RECEIVED, ("noted", "received", "forwarded"))]),
    "a ticket began in the middle": ("I6", [history_of("222", ("opened", None, "forwarded"))]),
    "a receipt took a text backwards": (
        "I6",
        [put("message moves", {}, statuses=["promised", "delivered", "sent", "delivered"])],
    ),
    "a receipt that came late took a text backwards": (
        "I6",
        [also(line("message moves", id="m2", statuses=["sent", "queued", "sent"]))],
    ),
    "a text failed in two ways": (
        "I6",
        [also(line("message moves", id="m3", statuses=["failed", "canceled"])),
         put("message row", {"id": "m3"}, status="canceled")],
    ),
    "a text that failed was delivered": ("I6", [put("message moves", {}, statuses=["promised", "failed"])]),
    "a text that arrived was undelivered in the end": ("I6", [put("message row", {"id": "m1"}, status="undelivered")]),
    # I7: audit
    "the last change was not written down": ("I7", [without("event", ticket="111", position=4)]),
    "a change in between was not written down": (
        "I7",
        [history_of("222", RECEIVED, ("moved", "forwarded", "in_progress"))],
    ),
    "a ticket without a history": ("I7", [without("event", ticket="222")]),
    "a change was written down twice": ("I7", [history_of("222", RECEIVED, FORWARDED, FORWARDED)]),
    "a history of no ticket": ("I7", [also(*events("999", RECEIVED))]),
    "a state was changed behind the history's back": ("I7", [put("ticket", {"number": "222"}, state="resolved")]),
    # I8: the phone always speaks
    "a caller heard the carrier's own error": ("I8", [also(line("application error", call="CA3"))]),
    "nobody spoke at all": ("I8", [without("spoke", call="CA3")]),
    "a step was answered by nobody": ("I8", [put("spoke", {"call": "CA3"}, by="nobody", valid=False)]),
    "the fallback's document was not valid": ("I8", [put("spoke", {"call": "CA2"}, valid=False)]),
    "the app spoke after more than five seconds": ("I8", [put("spoke", {"call": "CA3"}, seconds=5.3)]),
    "a turn took more than five seconds": ("I8", [put("webhook", {"token": "t2"}, seconds=6.1)]),
    "a turn was answered 500": ("I8", [put("webhook", {"token": "t1"}, status=500, valid=False)]),
    "a turn was answered with no document": ("I8", [put("webhook", {"token": "t1"}, valid=False)]),
    # I9: recovery
    "it took too long until nothing was due": ("I9", [put("drained", {}, seconds=121)]),
    "something stayed due": ("I9", [put("drained", {}, seconds=None)]),
    "it was healed and nobody saw it at rest": ("I9", [without("drained")]),
    "it was at rest before it was healed only": ("I9", [also(line("healed"))]),
    # I11: bounded
    "a row was tried without end": ("I11", [put("outbox", {"id": "w1"}, attempts=101)]),
    "a poisoned row was not put aside": (
        "I11",
        [put("outbox", {"id": "w4"}, destination="poison:1", state="pending", due=False, attempts=5,
             reason="our fault: KeyError")],
    ),
    "an attempt was not counted": ("I11", [put("outbox", {"id": "w1"}, attempts=0)]),
    # I12: convergence
    "50 rows are due and pending": (
        "I12",
        [also(*(row(f"d{nth}", "sms", "pending", f"sms:{nth}", "contact:3", due=True, attempts=3, sms="status",
                    reason="carrier 500, code 20500") for nth in range(50)))],
    ),
    "50 rows are due, and nobody ever tried them": (
        "I12",
        [also(*(row(f"d{nth}", "rescue", "pending", f"rescue:{nth}", f"call:{nth}", due=True, attempts=0,
                    reason="whatever") for nth in range(50)))],
    ),
    "a recording waits for a time that nobody gave it": (
        "I12",
        [put("outbox", {"id": "w4"}, state="pending", due=False, reason="no answer: Timeout")],
    ),
    "a mail waits for a time that nobody gave it": (
        "I12",
        [also(row("w8", "email", "pending", "email:222:2", "department:call-centre", due=False, attempts=2,
                  ticket="222", reason="mail server says 451"))],
    ),
    "a text waits, for no reason of the list": ("I12", [put("outbox", {"id": "w5"}, reason="I do not feel like it")]),
    "a text is unknown, and nothing happened to it": (
        "I12",
        [put("outbox", {"message": "m3"}, state="unknown", reason="no answer: Timeout", created=1500.0)],
    ),
    "a text is unknown, and another one was not answered": (
        "I12",
        [also(refused("m77", 0, 0)),
         put("outbox", {"message": "m3"}, state="unknown", reason="no answer: Timeout", created=1500.0)],
    ),
    "a text was never confirmed, and nothing happened to it": (
        "I12",
        [dead_text("unknown: the carrier never confirmed it, and a status text is not sent twice", created=1500.0)],
    ),
    "a text was never confirmed, after Valkey was flushed": (
        "I12",
        [dead_text("unknown: the carrier never confirmed it, and a status text is not sent twice", created=1500.0),
         also(*({**one, "at": 1510.0} for one in fault("F9")))],
    ),
    "a text was refused, and the carrier never did": ("I12", [dead_text("carrier 400, code 21614")]),
    "a text was refused, and the carrier refused another one": (
        "I12",
        [dead_text("carrier 400, code 21614"), also(refused("m1", 400, 21614))],
    ),
    "a text was refused, and the carrier said something else": (
        "I12",
        [dead_text("carrier 400, code 21614"), also(refused("m3", 503, 20503))],
    ),
    "a text was not delivered, and the carrier delivered it": (
        "I12",
        [dead_text("the carrier says undelivered"), also(arrived("m3", "SM8"),
                                                         line("carrier text end", sid="SM8", status="delivered"))],
    ),
    "a text was replaced by none": ("I12", [dead_text("replaced by a later state", ticket="222")]),
    "two texts replaced each other": (
        "I12",
        [dead_text("replaced by a later state", ticket="222"),
         also(row("w8", "sms", "dead", "sms:8", "contact:2", message="m1", sms="status", ticket="222",
                  reason="replaced by a later state"))],
    ),
    "a receipt made way for a callback that nobody promised": (
        "I12",
        [dead_text("replaced by the promise of a callback", created=1500.0, finished=1500.0)],
    ),
    "a text gave up before its time": ("I12", [dead_text("gave up")]),
    "a recording was erased, and nobody asked for it": (
        "I12",
        [put("outbox", {"id": "w4"}, state="dead", reason="the recording was erased")],
    ),
    "a row killed its workers, and none was killed": (
        "I12",
        [put("outbox", {"id": "w4"}, state="dead", reason="the worker died during the call, again and again")],
    ),
    "a row broke our code": ("I12", [put("outbox", {"id": "w4"}, state="dead", reason="broke 5 times: KeyError")]),
    "a letter was put aside, for its owner changed, and never did": (
        "I12",
        [also(row("w8", "email", "dead", "email:222:2", "department:call-centre", ticket="222",
                  reason="the ticket is no longer this department's"))],
    ),
    "a row that is due stayed behind": ("I12", [put("outbox", {"id": "w5"}, due=True)]),
    "a row that does not say when it is due stayed behind": ("I12", [put("outbox", {"id": "w5"}, due=None)]),
    "a row stayed leased": ("I12", [put("outbox", {"id": "w4"}, state="leased")]),
    "a row stayed unknown without a reason": (
        "I12", [put("outbox", {"id": "w4"}, state="unknown", due=False, reason=None)],
    ),
    "a dead letter without a reason": ("I12", [put("outbox", {"id": "w4"}, state="dead", reason=None)]),
}  # fmt: skip

ALLOWED: dict[str, list[Edit]] = {
    "nothing": [],
    "a receipt once more for a kill between request and commit": [also(arrived("m1", "SM7"))],
    "kills that were told at the beginning of a fault": [
        NO_KILL, put("fault", {"phase": "begin"}, kills=1), also(arrived("m1", "SM7")),
    ],
    "the same report to a department again, under its key": [copied("department got", {"number": "222"})],
    "an apology, and then the real answer to a copy": [
        copied("webhook", {"token": "t2"}, digest="an apology", degraded=True)
    ],
    "a copy that was refused": [copied("webhook", {"token": "t2"}, digest="go away", status=403, valid=False)],
    "a receipt once more, as the database was gone": [NO_KILL, also(*fault("F14"), arrived("m1", "SM7"))],
    "a receipt once more, as everything was killed": [NO_KILL, also(*fault("F32", kills=1), arrived("m1", "SM7"))],
    "an officer ended a ticket before its department had it": [
        without("department got", number="222"), history_of("222", RECEIVED, ("moved", "received", "resolved")),
        put("outbox", {"id": "w2"}, state="dead", reason="the ticket is no longer this department's"),
        also(line("officer moved", ticket="222", to="resolved")),
    ],
    "a ticket that went on to its owner of today": [
        also(row("w8", "email", "dead", "email:222:dlh:1", "department:dlh", ticket="222",
                 reason="the ticket is no longer this department's")),
    ],
    "a recording in which nobody speaks, for the call centre": [
        put("carrier recording", {"sid": "RE2"}, voice=False),
        also(row("w8", "email", "dead", "email:222:dlh:1", "department:dlh", ticket="222",
                 reason="nobody speaks in the recording: for the call centre to judge")),
    ],
    "a confidential report, which comes without its recording": [
        put("department got", {"number": "222"}, recordings=[]), put("ticket", {"number": "222"}, confidential=True),
    ],
    "a recording that was made again": [
        also(recorded("RE5", "CA1", 7), {**kept("RE5", "111", 7), "current": False}),
    ],
    "a status text that the carrier refused for good": [
        dead_text("carrier 400, code 21614"), also(refused("m3", 400, 21614)),
    ],
    "a status text of which nobody knows, for the carrier never answered": [
        dead_text("unknown: the carrier never confirmed it, and a status text is not sent twice", created=1500.0),
        also(refused("m3", 0, 0)),
    ],
    "a status text of which nobody knows, for the database was gone": [
        dead_text("unknown: the carrier never confirmed it, and a status text is not sent twice", created=1500.0),
        also(*({**one, "at": 1510.0} for one in fault("F15"))),
    ],
    "who stopped our texts gets none": [
        put("outbox", {"message": "m1"}, state="dead", reason="carrier 400, code 21610"),
        also(refused("m1", 400, 21610)), without("carrier text out", to_hash="somebody"),
        put("outbox", {"message": "m2"}, state="dead", reason="the resident asked for no texts"),
    ],
    "a status text that a later one replaced": [
        dead_text("replaced by a later state", ticket="111", destination="contact:1"),
    ],
    "a receipt that made way for the promise of a callback": [
        dead_text("replaced by the promise of a callback", created=1500.0, finished=1500.0),
        also(row("w8", "sms", "sent", "sms:8:SMS15:promised", "contact:2", message="m1", sms="other", created=1500.1)),
    ],
    "a text that the carrier could not deliver": [
        dead_text("the carrier says undelivered"),
        also(arrived("m3", "SM8"), line("carrier text end", sid="SM8", status="undelivered")),
    ],
    "a poisoned row": [also(row("p1", "riddle", "dead", "poison:1", "poison:1", reason="broke 5 times: KeyError"))],
    "a row that killed its workers": [
        also(*fault("F32", kills=5), row("p1", "news", "dead", "news:1", "followers:1",
                                         reason="the worker died during the call, again and again")),
    ],
    "a clock that was known to be an hour ahead": [
        also(*fault("F25", ahead=3600.0)), put("department got", {"number": "222"}, dated=4600.0),
        put("event", {"ticket": "111", "position": 1}, at=4603.0),
    ],
    "a call that nobody took": [
        also(row("v1", "call", "dead", "call:1", "contact:9", message="m8", sms="status",
                 reason="nobody took the call: for the desk"),
             line("message row", id="m8", inbound=False, sid=None, status="promised"),
             line("carrier call", sid="CA5", direction="outbound-api")),
    ],
    "a scenario that is not brought to its end": [
        without("healed"), without("drained"), without("department got", number="222"),
        put("outbox", {"id": "w2"}, state="pending", due=False, reason="mail server says 451"),
    ],
    "a slow fallback, for the app was dead": [put("spoke", {"call": "CA2"}, seconds=14.0)],
    "two reports in one call": [
        also(line("accepted", call="CA1", how="kept", report=2), *silent_report("333", "CA1", "2", "w9")),
    ],
    "a report recorded twice in one call, one late ticket": [
        also(line("accepted", call="CA2", how="recorded", report=2)),
    ],
    "a second report whose caller hung up after recording it": [
        also(*silent_report("333", "CA1", "2", "w9"), kept("RE5", "333", 8)),
    ],
    "a caller who hung up after recording": [
        also(*silent_report("333", "CA3", "1", "w9")),
    ],
    "a ticket that goes all the way": [
        history_of("222", RECEIVED, ("assigned", "received", "received"), FORWARDED,
                   ("moved", "forwarded", "waiting"), ("answered", "waiting", "in_progress"),
                   ("moved", "in_progress", "scheduled"), ("moved", "scheduled", "scheduled"),
                   ("moved", "scheduled", "resolved"), ("moved", "resolved", "reopened"),
                   ("refused", "reopened", "refused"), ("forwarded", "refused", "forwarded")),
    ],
    "clocks of two processes that differ a little": [put("event", {"ticket": "111", "position": 3}, at=1119.5)],
    "receipts that say the same twice, and that it was read": [
        put("message moves", {}, statuses=["promised", "queued", "accepted", "sent", "sent", "delivered", "read"]),
        put("message row", {"id": "m1"}, status="read"),
    ],
    "what is just in time": [
        put("spoke", {"call": "CA3"}, seconds=5.0), put("webhook", {"token": "t2"}, seconds=5.0),
        put("drained", {}, seconds=120), put("outbox", {"id": "w1"}, attempts=100),
    ],
    "a text that the carrier never delivered": [
        put("message moves", {}, statuses=["promised", "sent"]), put("message row", {"id": "m1"}, status="undelivered"),
    ],
    "a recording that may be silence alone": [put("carrier recording", {"sid": "RE3"}, seconds=6)],
    "a carrier that kept no log of calls": [without("carrier call")],
    "a call that was never connected": [also(line("carrier call", sid="CA9", direction="inbound", status="queued"))],
    "the number of a report of another day": [also(line("told number", call="CA3", number="222"))],
    "a ticket of no call": [put("ticket", {"number": "222"}, call=None), without("accepted", call="CA2")],
    "the log of a carrier that does not name our rows": [
        put("carrier text out", {}, message=None), without("carrier text out", sid="SM2"),
    ],
}  # fmt: skip


def planted(edits: list[Edit]) -> list[str]:
    lines = a_good_evening()
    for edit in edits:
        before, lines = lines, edit(lines)
        assert lines != before, "this edit changes nothing"
    return check_history(lines).violations


def test_the_figures_of_a_good_evening() -> None:
    report = check_history(a_good_evening())
    assert report.violations == []
    assert (report.calls, report.accepted, report.lost, report.doubled_tickets, report.late_tickets) == (3, 2, 0, 0, 1)
    assert (report.texts, report.texts_doubled_receipts, report.texts_doubled_others) == (3, 0, 0)
    assert (report.dispatches, report.dispatches_repeated, report.dead_letters) == (2, 1, 0)
    assert (report.not_delivered, report.not_fetched, report.not_heard_of, report.not_told) == (0, 0, 0, 0)
    assert (report.not_read, report.left_open, report.dead_for_nothing) == (0, 0, 0)
    assert (report.webhooks, report.webhooks_over_5_s, report.webhooks_5xx, report.webhooks_unanswered) == (6, 1, 2, 1)
    assert (report.application_errors, report.faults, report.kills, report.recovery_seconds) == (0, 1, 1, 12.5)


@pytest.mark.parametrize("edits", ALLOWED.values(), ids=ALLOWED)
def test_what_may_happen_passes(edits: list[Edit]) -> None:
    assert planted(edits) == []


@pytest.mark.parametrize(("invariant", "edits"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_found_under_its_invariant(invariant: str, edits: list[Edit]) -> None:
    assert {broken.partition(" ")[0] for broken in planted(edits)} == set(invariant.split())


@pytest.mark.parametrize(
    ("edits", "figure", "count"),
    [
        ([without("ticket")], "lost", 2),
        ([also(*(line("accepted", call="CA9", how="kept", report=nth) for nth in range(3)))], "lost", 3),
        ([copied("ticket", {"number": "222"}, number="333")], "doubled_tickets", 1),
        (FAULTS["40 reports were dropped and leave no trace"][1], "not_delivered", 40),
        (FAULTS["60 recordings were not fetched"][1], "not_fetched", 60),
        (FAULTS["a report came without the recording"][1], "not_heard_of", 1),
        (FAULTS["100 texts were not sent"][1], "not_told", 100),
        (FAULTS["every text in is unread"][1], "not_read", 21),
        (FAULTS["50 rows are due and pending"][1], "left_open", 50),
        (FAULTS["40 reports were not delivered"][1], "dead_for_nothing", 40),
        ([also(arrived("m1", "SM7"))], "texts_doubled_receipts", 1),
        ([also(arrived("m2", "SM7"), arrived("m2", "SM8"))], "texts_doubled_others", 2),
        ([copied("department got", {"number": "222"})], "dispatches_repeated", 2),
        ([also(line("application error", call="CA3"))], "application_errors", 1),
        ([put("call row", {"sid": "CA3"}, ended=False)], "calls_never_ended", 1),
        ([also(line("drained", seconds=40))], "recovery_seconds", 40),
        ([also(line("fault", name="F3", phase="begin", kills=2))], "kills", 3),
        ([put("fault", {"phase": "begin"}, kills=1)], "kills", 1),
    ],
)
def test_what_went_wrong_is_counted(edits: list[Edit], figure: str, count: float) -> None:
    lines = a_good_evening()
    for edit in edits:
        lines = edit(lines)
    assert getattr(check_history(lines), figure) == count


def test_the_order_in_which_a_dump_lists_its_rows_does_not_matter() -> None:
    evening = a_good_evening()
    rest = next(nth for nth, one in enumerate(evening) if one["what"] == "drained") + 1
    assert check_history([*evening[:rest], *reversed(evening[rest:])]).violations == []


def test_an_empty_history_has_nothing_to_show() -> None:
    report = check_history([])
    assert (report.accepted, report.violations) == (0, [])


# -- the file ------------------------------------------------------------------------------------------------------


def test_many_threads_write_whole_lines(tmp_path: Path) -> None:
    history = History(tmp_path / "history.jsonl")
    writers = [
        threading.Thread(target=lambda name=name: [history.note("dialled", call=f"{name}.{nth}") for nth in range(50)])
        for name in range(8)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    history.close()
    lines = History.read(history.path)
    assert {one["call"] for one in lines} == {f"{name}.{nth}" for name in range(8) for nth in range(50)}
    assert all(one["at"] > 1_000_000_000 and one["what"] == "dialled" for one in lines)


def test_a_history_goes_on_where_another_process_left_it(tmp_path: Path) -> None:
    for call in ("CA1", "CA2"):
        history = History(tmp_path / "history.jsonl")
        history.note("dialled", call=call)
        history.close()
    assert [one["call"] for one in History.read(history.path)] == ["CA1", "CA2"]


@pytest.mark.parametrize(
    ("what", "fields", "lacks"),
    [("dialed", {"call": "CA1"}, "a kind that is known"), ("spoke", {"call": "CA1", "by": "app"}, "seconds, valid")],
)
def test_a_line_that_says_too_little_is_refused(tmp_path: Path, what: str, fields: Line, lacks: str) -> None:
    history = History(tmp_path / "history.jsonl")
    with pytest.raises(ValueError, match=lacks):
        history.note(what, **fields)
    history.close()
    assert History.read(history.path) == []


# -- the command ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("edits", "code"), [([], 0), (FAULTS["a call has no row"][1], 1)])
def test_the_command_prints_the_figures_and_says_whether_all_is_well(
    tmp_path: Path, edits: list[Edit], code: int
) -> None:
    lines = a_good_evening()
    for edit in edits:
        lines = edit(lines)
    path = tmp_path / "history.jsonl"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in lines), encoding="utf-8")
    command = [sys.executable, "-m", "chaos.check", str(path)]
    done = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": "tests"}, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert "recovery seconds              12.5" in done.stdout
    assert ("I2 call CA3 has no row" in done.stdout) == bool(code)


# -- canaries ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "caller +6281200001111 said",
        "GET /lacak?from=%2B6281200001111 HTTP/1.1",
        '{"name": "Ibu Kenari \\"Ceria\\""}',
        "Ibu%20Kenari%20%22Ceria%22",
    ],
)
def test_a_canary_is_found_in_files_folders_and_bytes_however_it_is_spelled(tmp_path: Path, content: str) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "web.log").write_text(content, encoding="utf-8")
    canaries = ["+6281200001111", 'Ibu Kenari "Ceria"']
    assert len(check_canaries([tmp_path], canaries)) == 1
    assert len(check_canaries([tmp_path / "logs" / "web.log", content.encode()], canaries)) == 2
    (found,) = check_canaries([content.encode()], canaries)
    assert found.startswith("I10 ")
    assert not any(canary in found for canary in canaries), "a finding does not spread what it found"


def test_no_canary_is_found_where_none_is(tmp_path: Path) -> None:
    (tmp_path / "web.log").write_text("caller +62812*****11", encoding="utf-8")
    assert check_canaries([tmp_path, b"", b"\x00\xff"], ["+6281200001111"]) == []
