"""The row of a call, found or begun and ended; and what its recordings become: the ticket of a report, of a message or
of an opinion, opened by its first kept recording, or a remark on a ticket there is.

Conversations come here while the caller is on the line, callbacks when only they arrive, the reconciliation when
neither did; all under the same keys, so it does not matter who comes first or how often.
"""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from config import clock, stores
from config.hotline import CITY_LANGUAGE, city
from config.logs import log
from config.settings import settings
from ticketing.calls import callbacks, dropped, surveys
from ticketing.calls.memory import Memory, remembered
from ticketing.contacts import contacts
from ticketing.media import recordings
from ticketing.models import Call, Recording, Ticket, Turn
from ticketing.outgoing import notices, promises
from ticketing.rules import lifecycle, numbers, routing
from ticketing.tickets import additions, history, intake, moves, register

Details = dict[str, Any]

ENDED = {"completed", "busy", "failed", "no-answer", "canceled"}
LATE: Details = {"nth": "fallback", "category": "lainnya", "late": "yes"}
LATE_TURN = 10_000
MIN_SECONDS = 2
# Made once: each turn of each call asks the second one.
_LOCKED = select(Call).where(Call.sid == bindparam("sid")).options(joinedload(Call.contact)).with_for_update(of=Call)
_WITH_TURN = (
    select(Call, Turn)
    .outerjoin(Turn, and_(Turn.call_id == Call.id, Turn.number == bindparam("number")))
    .where(Call.sid == bindparam("sid"))
    .options(joinedload(Call.contact))
    .with_for_update(of=Call)
)
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


def find_or_begin(
    session: Session, sid: str, *, from_: str | None, status: str = "", menu: str | None = None,
    started_at: datetime | None = None,
) -> Call:  # fmt: skip
    """The locked row of this call, made on first sight."""
    call: Call | None = session.scalar(_LOCKED, {"sid": sid})
    return call or begin(session, sid, from_=from_, status=status, menu=menu, started_at=started_at)[0]


def begin(
    session: Session, sid: str, *, from_: str | None, status: str = "", menu: str | None = None,
    started_at: datetime | None = None,
) -> tuple[Call, bool]:  # fmt: skip
    """The locked row of a call that was not there a moment ago; False when somebody else made it meanwhile."""
    caller = numbers.read(from_, hotline=settings().hotline_number)
    contact = contacts.known(session, caller)
    new = Call(
        sid=sid,
        contact_id=contact.id if contact else None,
        caller_kind=caller.kind,
        menu=menu,
        status=_UNPRINTABLE.sub("", status)[:20],
        started_at=started_at or clock.now(),
    )
    if stores.insert_new(session, new):
        set_committed_value(new, "contact", contact)
        return new, True
    return session.scalars(_LOCKED, {"sid": sid}).one(), False


def find_with_turn(session: Session, sid: str, number: int) -> tuple[Call, Turn | None] | None:
    """The locked row of this call, and what was answered to its turn `number`, in one question.

    Who waited for the lock sees the call as it is now, and the turns as they were before it waited.
    """
    found = session.execute(_WITH_TURN, {"sid": sid, "number": number}).first()
    return (found[0], found[1]) if found else None


def ended(session: Session, call: Call, status: str, *, at: datetime | None = None) -> bool:
    """The carrier says the call is over: keep what was recorded, let go what was held. False when that is no news."""
    if status not in ENDED or call.ended_at is not None:
        return False
    call.status, call.ended_at = status, at or clock.now()
    memory = remembered(call)
    pending = select(Recording).where(Recording.call_id == call.id, Recording.ticket_id.is_(None))
    for recording in session.scalars(pending):
        keep_if_due(session, call, recording)
    for ticket in session.scalars(select(Ticket).where(Ticket.call_id == call.id)):
        intake.release(session, ticket)
        note_goal(call, "report")  # who hung up after the recording has reported all the same
    if memory is not None:
        surveys.ask_later(session, call, memory)
        dropped.ended(session, call, memory)
    log("call ended", call=call.sid, status=status, node=memory.node if memory else "", ghost=call.ghost)
    return True


def note_goal(call: Call, goal: str) -> None:
    """The first thing the caller came for and got; an emergency is the goal whatever came before it."""
    if goal and call.goal != goal and (call.goal is None or goal == "emergency"):
        call.goal, call.goal_at = goal, clock.now()
        if goal == "emergency":
            log("emergency", call=call.sid)


def keep(session: Session, call: Call, details: Details, recording: Recording, language: str) -> Ticket:
    """Open the ticket of this recording, or give the open one its new audio."""
    if "remark" in details:
        ticket = register.find(session, details["remark"], change=True)
        additions.add_recording(session, ticket, recording, by="caller")
        return ticket
    report = intake.Report(
        key=f"{call.sid}:{details['nth']}",
        channel="voice",
        category=details["category"],
        language=language,
        area=details.get("area"),
        place_words=details.get("words"),
        outside=details.get("outside"),
        late=bool(details.get("late")),
        quiet=bool(details.get("quiet")),
    )
    ticket = intake.open_ticket(session, report, contact=call.contact, call=call, by="caller")
    again = recordings.current(session, ticket) is not None
    recordings.attach(session, ticket, recording)
    if again and ticket.state not in lifecycle.OVER and promises.has_left(session, ticket, ticket.department):
        additions.added(session, ticket, by="caller", what="recording")
    dropped.was_heard(session, call, ticket)
    if recording.lost_at is not None:  # the carrier said so before there was a ticket
        recording.lost_at = None
        lost(session, recording.id, why="the carrier has no such recording")
    return ticket


def lost(session: Session, recording_id: UUID, *, why: str) -> None:
    """Nobody will hear this recording: the call centre gets the report, and the caller is called back. A department
    that was sent its link hears that nothing is behind it."""
    of = session.scalar(select(Recording.ticket_id).where(Recording.id == recording_id))
    ticket = session.get(Ticket, of, with_for_update=True) if of else None
    recording = session.get_one(Recording, recording_id, with_for_update=True)
    if recording.fetched_at or recording.lost_at or recording.removed_at:
        return
    recording.lost_at = clock.now()
    promises.end(session, f"recording:{recording.sid}", why)
    superseded = recording.kind == "report" and not recording.current
    if ticket is None or superseded or ticket.state in lifecycle.OVER:
        return
    history.record(session, ticket, "recording lost", by="hotline", before=ticket.state, why={"why": why})
    words, had = city().text(CITY_LANGUAGE, "mail", "lost"), ticket.department
    if had != routing.TRIAGE and promises.has_left(session, ticket, had):
        notices.promise(session, ticket, notices.LOST, department=had, mark=recording.id)
    if had != routing.TRIAGE and recording.kind == "report":
        moves.assign(session, ticket, routing.TRIAGE, by="hotline", note_text=words)
    else:
        history.note(session, ticket, words, by="hotline")
    _call_back(session, ticket, recording)


def _call_back(session: Session, ticket: Ticket, recording: Recording) -> None:
    """Whoever told of something that must not be known at home is called by a person who knows that, not by promise."""
    if ticket.contact is not None and not city().category(ticket.category).confidential:
        callbacks.promise(
            session, ticket, ticket.contact, callbacks.window(clock.now()), key=f"{recording.sid}:lost",
            department=routing.TRIAGE, topic=ticket.category, language=ticket.language,
        )  # fmt: skip


def keep_if_due(session: Session, call: Call, recording: Recording) -> None:
    """A recording whose next turn never came becomes its report all the same, once nobody can re-record it and it is
    not what silence alone leaves behind (the carrier's callback does not say what ended it). A short one whose turn
    did come was judged there."""
    memory = remembered(call) or Memory()
    details = memory.keeps.get(str(recording.turn))
    if details is None or recording.ticket_id is not None or recording.seconds < MIN_SECONDS:
        return
    surely_heard = recording.seconds > city().recording.silence_seconds + 1
    judged = memory.turn >= recording.turn
    if surely_heard or (call.ended_at is not None and not judged):
        keep(session, call, details, recording, memory.language)


def keep_late(session: Session, call: Call, recording: Recording, *, imported: bool = False) -> Ticket | None:
    """What was recorded while we could not answer: once more the report that was just being made, else a late one of
    its own. `imported` ones are late whatever they are. None for what nobody can have spoken in."""
    if recording.seconds < MIN_SECONDS or recording.ticket_id is not None:
        return None
    memory = remembered(call) or Memory()
    details = {**(_unfinished(session, call, memory) or LATE), **({"late": "yes"} if imported else {})}
    return keep(session, call, details, recording, memory.language)


def _unfinished(session: Session, call: Call, memory: Memory) -> Details | None:
    """What this call was recording, or the report that has its ticket but whose number the caller has not heard."""
    asked = memory.keeps.get(str(memory.turn + 1))
    if asked is not None:
        return asked
    nth = memory.counts.get("report")
    if nth is None or nth == memory.told:
        return None
    known = session.scalar(select(Ticket.id).where(Ticket.report_key == f"{call.sid}:{nth}"))
    return {"nth": str(nth), "category": LATE["category"]} if known else None
