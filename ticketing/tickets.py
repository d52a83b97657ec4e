"""What can be done with a ticket: open, move, assign, refuse, note. Every change is an event, and every promise that a
change makes (to the department, to the resident) is a row of the same transaction. Nobody here commits."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock, stores, vault
from config.hotline import CITY_LANGUAGE, city
from ticketing import callers, history, lifecycle, news, outgoing, recordings, references, routing, terms
from ticketing.deadlines import Span
from ticketing.models import Call, Contact, Note, Recording, Ticket

HELD_FOR = timedelta(minutes=2)
URGED_AGAIN_AFTER = timedelta(days=1)
SMS02_AFTER = timedelta(hours=1)
WAIT_FOR_AUDIO = timedelta(minutes=2)
# PostgreSQL refuses some, some turn about what stands beside them; no person wrote any.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


class TicketError(Exception):
    """What was asked cannot be done with this ticket; the sentence says why."""


@dataclass(frozen=True)
class Report:
    """What a resident told us, whatever the channel. `key` is the same however often the report arrives."""

    key: str
    channel: str
    category: str
    language: str
    area: str | None = None
    place_words: str | None = None
    outside: str | None = None
    late: bool = False
    quiet: bool = False  # the reporter gets no texts, as after a callback that is told by a text of its own


def open_ticket(session: Session, report: Report, *, contact: Contact | None, call: Call | None, by: str) -> Ticket:
    """The ticket of this report, opened on first sight with its event, its delivery and the text to the resident.

    Delivery and text are held for two minutes, or until `release`.
    """
    known = session.scalar(select(Ticket).where(Ticket.report_key == report.key).with_for_update())
    if known is not None:
        return known
    for _ in range(5):
        ticket = _new(report, contact, call)
        if stores.insert_new(session, ticket):
            break
        # the same report at the same moment, or a number drawn twice
        known = session.scalar(select(Ticket).where(Ticket.report_key == report.key).with_for_update())
        if known is not None:
            return known
    else:
        raise TicketError("no free ticket number was found")
    why = {"rule": _routed(report, clock.now()).rule, "late": report.late, "outside": report.outside}
    history.record(
        session, ticket, "opened", by=by, before=None, why={name: value for name, value in why.items() if value}
    )
    if report.place_words:
        note(session, ticket, report.place_words, by=by, kind="place", quiet=True)
    if contact is not None and report.area:
        contact.last_area = report.area
    if call is not None and callers.repeats(session, call):
        _flag(session, ticket, by=by, why={"repeat": "third call in seven days"})
    until = clock.now() + HELD_FOR
    _deliver(session, ticket, held_until=until)
    news.received(session, ticket, held_until=until)
    return ticket


def find(session: Session, number: str, *, change: bool = False) -> Ticket:
    """The ticket with this number. Raises TicketError; `change` locks it until the transaction ends."""
    clean = references.clean(number)
    query = select(Ticket).where(Ticket.number == clean)
    ticket = session.scalar(query.with_for_update() if change else query) if clean else None
    if ticket is None:
        raise TicketError(f"there is no ticket {number}")
    return ticket


def move(
    session: Session,
    ticket: Ticket,
    to: str,
    *,
    by: str,
    note_text: str | None = None,
    owner: str | None = None,
    on: date | None = None,
    into: str | None = None,
) -> None:
    """Bring `ticket` into another state, as lifecycle.MOVES allows.

    `owner` is needed to refuse (the department whose it is) and to refer (a referral of hotline.toml); `on` is the day
    of scheduled work; `into` the ticket it is merged with. Raises TicketError.
    """
    if to not in lifecycle.MOVES:
        raise TicketError(f"{to} is no state; there are {', '.join(lifecycle.STATES)}")
    if to not in lifecycle.MOVES[ticket.state]:
        raise TicketError(f"a ticket that is {ticket.state} cannot become {to}")
    if to == lifecycle.REFUSED:
        _refuse(session, ticket, owner, by=by, note_text=note_text)
        return
    if to == lifecycle.SCHEDULED and on is not None and terms.closing(ticket.department, on) <= clock.now():
        raise TicketError(f"{on} is over already")
    why: dict[str, Any] = {}
    if to == lifecycle.REFERRED:
        why["to"] = _referral(owner)
    if to == lifecycle.MERGED:
        why["into"] = _merge(session, ticket, into)
    if to == lifecycle.SCHEDULED and on is not None:
        why["on"] = on.isoformat()
    _turn(session, ticket, to, by=by, action="moved", why=why, note_text=note_text)
    if to == lifecycle.SCHEDULED and on is not None:
        ticket.due_at = terms.closing(ticket.department, on)
    news.of_state(session, ticket, note_text, why)


def assign(session: Session, ticket: Ticket, department: str, *, by: str, note_text: str | None = None) -> None:
    """Give an open ticket to another department. The clock goes on: a resident does not wait longer for our sorting."""
    _known_department(department)
    if ticket.state in lifecycle.OVER:
        raise TicketError(f"a ticket that is {ticket.state} is not assigned; reopen it first")
    if department == ticket.department:
        raise TicketError(f"{department} has this ticket already")
    before, ticket.department = ticket.department, department
    ticket.revision += 1
    why = {"from": before, "to": department}
    _turn(session, ticket, ticket.state, by=by, action="assigned", why=why, note_text=note_text)
    _deliver(session, ticket)


def note(session: Session, ticket: Ticket, text: str, *, by: str, kind: str = "remark", quiet: bool = False) -> None:
    """Add words to a ticket. They live apart from the history, where erasure can reach them."""
    clean = " ".join(_CONTROL.sub(" ", text).split())[:2000]
    if not clean:
        raise TicketError("a note needs words")
    session.add(Note(ticket_id=ticket.id, by=by[: history.MOST_NAME], kind=kind, text=clean))
    if not quiet:
        history.record(session, ticket, "noted", by=by, before=ticket.state, why={"kind": kind})


def give_contact(session: Session, ticket: Ticket, contact: Contact, *, by: str) -> None:
    """The reporter named the mobile number that gets the news: send it the receipt."""
    ticket.contact, ticket.contact_id = contact, contact.id
    contact.last_area = ticket.area or contact.last_area
    history.record(session, ticket, "contact given", by=by, before=ticket.state, why={})
    news.received(session, ticket)


def add_recording(session: Session, ticket: Ticket, recording: Recording, *, by: str) -> None:
    """More words to a report: its department gets them too. Who was asked something has answered with it."""
    if recording.ticket_id is not None:
        return
    recordings.attach(session, ticket, recording, kind="remark")
    if ticket.state == lifecycle.WAITING:
        _turn(session, ticket, _before_waiting(session, ticket), by=by, action="answered", why={})
    else:
        history.record(session, ticket, "added", by=by, before=ticket.state, why={"what": "recording"})
    ticket.revision += 1
    _deliver(session, ticket)
    news.to_reporter(session, ticket, "SMS26")


def object_to(session: Session, ticket: Ticket, *, by: str) -> str:
    """The reporter says that it is not fixed: what is over is opened again, what is under way gets priority. Returns
    "reopened" or "escalated"."""
    if ticket.state in lifecycle.OVER:
        move(session, ticket, lifecycle.REOPENED, by=by)
        return "reopened"
    urge(session, ticket, by=by, why={"objection": "not fixed yet"})
    return "escalated"


def urge(session: Session, ticket: Ticket, *, by: str, why: dict[str, Any]) -> None:
    """Flag an open ticket and raise its priority, at most once a day; its department hears of it. Again on the same
    day it is only written down."""
    if ticket.flagged_at is not None and clock.now() - ticket.flagged_at < URGED_AGAIN_AFTER:
        history.record(session, ticket, "urged", by=by, before=ticket.state, why=why)
        return
    _flag(session, ticket, by=by, why=why)
    ticket.revision += 1
    _deliver(session, ticket)


def set_aside(session: Session, ticket: Ticket) -> None:
    """Nobody speaks in the recording: the call centre judges it, and no department is sent looking."""
    if ticket.department != routing.TRIAGE and ticket.state not in lifecycle.OVER:
        assign(session, ticket, routing.TRIAGE, by="hotline", note_text=_silent_words())


def release(session: Session, ticket: Ticket) -> None:
    """The resident is done reviewing: what was held goes out now; the report as soon as its recording is here."""
    audio_until = clock.now() + WAIT_FOR_AUDIO if recordings.awaited(session, ticket) else None
    outgoing.release(session, ticket, report_waits_until=audio_until)


def reached_department(session: Session, ticket: Ticket, department: str) -> None:
    """The department's mailbox or system took the report: "diteruskan"."""
    if ticket.department != department or ticket.state not in lifecycle.ON_ITS_WAY:
        return
    # A reopened ticket was told with its new date (SMS06), which this would only replace.
    late = clock.now() - ticket.created_at > SMS02_AFTER and ticket.state != lifecycle.REOPENED
    _turn(session, ticket, lifecycle.FORWARDED, by="hotline", action="forwarded", why={"to": department})
    if late:
        news.to_reporter(session, ticket, "SMS02")


def _new(report: Report, contact: Contact | None, call: Call | None) -> Ticket:
    moment = clock.now()
    routed = _routed(report, moment)
    code = references.new_tracking_code()
    category = city().category(report.category)
    return Ticket(
        number=references.new(),
        report_key=report.key,
        channel=report.channel,
        category=report.category,
        department=routed.department,
        area=report.area,
        priority=category.priority,
        quiet=report.quiet or category.confidential,
        state=lifecycle.RECEIVED,
        language=report.language,
        contact_id=contact.id if contact else None,
        contact=contact,
        call_id=call.id if call else None,
        created_at=moment,
        changed_at=moment,
        answer_due_at=terms.answer_due(report.category, routed.department, moment),
        due_at=terms.due(report.category, routed.department, moment),
        tracking_code=code,
        tracking_hash=vault.lookup(code),
    )


def _routed(report: Report, moment: datetime) -> routing.Routed:
    if report.outside:
        return routing.Routed("call-centre", f"outside the city ({report.outside}): the call centre refers it")
    return routing.route(city(), report.category, report.area, clock.local(moment).date())


def _refuse(session: Session, ticket: Ticket, owner: str | None, *, by: str, note_text: str | None) -> None:
    """A department can refuse only by naming whose it is; after the second refusal the call centre decides."""
    if not owner:
        raise TicketError("a ticket is refused only by naming the department that owns it")
    _known_department(owner)
    before = ticket.department
    if owner == before:
        raise TicketError(f"{owner} cannot name itself as the next owner")
    ticket.refusals += 1
    ticket.department = owner if ticket.refusals < 2 else "call-centre"
    ticket.revision += 1
    why = {"from": before, "named": owner, "to": ticket.department}
    _turn(session, ticket, lifecycle.REFUSED, by=by, action="refused", why=why, note_text=note_text)
    _deliver(session, ticket)


def _referral(key: str | None) -> str:
    if key is None or key not in city().referrals:
        raise TicketError(f"name whose it is: one of {', '.join(city().referrals)}")
    return key


def _merge(session: Session, ticket: Ticket, number: str | None) -> str:
    target = find(session, number or "")
    if target.id == ticket.id or target.state == lifecycle.MERGED:
        raise TicketError("a ticket is merged into another one that is itself not merged")
    ticket.merged_into_id = target.id
    return target.number


def _turn(
    session: Session,
    ticket: Ticket,
    to: str,
    *,
    by: str,
    action: str,
    why: dict[str, Any],
    note_text: str | None = None,
) -> None:
    before, moment = ticket.state, clock.now()
    if note_text:
        note(session, ticket, note_text, by=by, kind="reason", quiet=True)
    ticket.state, ticket.changed_at = to, moment
    ticket.closed_at = moment if to in lifecycle.CLOSED else None
    history.record(session, ticket, action, by=by, before=before, why=why)
    if to == lifecycle.REOPENED:
        ticket.revision += 1
        ticket.merged_into_id = None
        ticket.due_at = terms.due(ticket.category, ticket.department, moment, priority=ticket.priority)
        _deliver(session, ticket)
    elif before in lifecycle.PAUSED or to in lifecycle.PAUSED:
        _stop_or_start_clock(session, ticket, moment)


def _stop_or_start_clock(session: Session, ticket: Ticket, moment: datetime) -> None:
    """While the resident is asked something the clock stands still; afterwards the deadline moves by what was lost."""
    if ticket.state in lifecycle.PAUSED:
        ticket.paused_at = ticket.paused_at or moment
        return
    start, since = ticket.created_at, None
    pauses: list[Span] = []
    for event in history.of(session, ticket):
        if event.after == lifecycle.REOPENED:
            start, pauses = event.at, []
        if event.after in lifecycle.PAUSED:
            since = since or event.at
        elif since:
            pauses.append((since, event.at))
            since = None
    ticket.paused_at = None
    ticket.due_at = terms.due(ticket.category, ticket.department, start, pauses, priority=ticket.priority)


def _flag(session: Session, ticket: Ticket, *, by: str, why: dict[str, Any]) -> None:
    """Mark a ticket that needs a look, one priority higher; its dates come nearer, never later."""
    before, moment = ticket.priority, clock.now()
    ticket.priority = routing.more_urgent(city(), before)
    ticket.flagged_at = moment
    if ticket.paused_at is None:
        sooner = terms.answer_due(ticket.category, ticket.department, moment, priority=ticket.priority)
        ticket.answer_due_at = min(ticket.answer_due_at, sooner)
        due = terms.due(ticket.category, ticket.department, moment, priority=ticket.priority)
        ticket.due_at = min(ticket.due_at, due)
    why = {**why, "priority": f"{before} -> {ticket.priority}"}
    history.record(session, ticket, "urged", by=by, before=ticket.state, why=why)


def _before_waiting(session: Session, ticket: Ticket) -> str:
    """What the ticket was before the resident was asked something."""
    asked = [event for event in history.of(session, ticket) if event.after == lifecycle.WAITING]
    before = asked[-1].before if asked else None
    return before if before in lifecycle.MOVES[lifecycle.WAITING] else lifecycle.ACCEPTED


def _deliver(session: Session, ticket: Ticket, *, held_until: datetime | None = None) -> None:
    """One row per (ticket, destination, revision)."""
    kind = "webhook" if city().department(ticket.department).webhook else "email"
    outgoing.promise(
        session,
        kind=kind,
        queue="dispatch",
        destination=f"{outgoing.DEPARTMENT}{ticket.department}",
        key=f"{kind}:{ticket.id}:{ticket.department}:{ticket.revision}",
        subject=ticket.id,
        ticket=ticket,
        not_before=held_until,
        held=held_until is not None,
    )


def _silent_words() -> str:
    return city().text(CITY_LANGUAGE, "mail", "silent")


def _known_department(key: str) -> None:
    if key not in city().departments:
        raise TicketError(f"there is no department {key}; there are {', '.join(city().departments)}")
