"""What can be done with a ticket: open, move, assign, refuse, note, and what its reporter says of how it ended. Every
change is an event, and every promise that a change makes (to the department, to the resident) is a row of the same
transaction. Nobody here commits."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock, stores, vault
from config.gsm7 import gsm7, gsm7_length
from config.hotline import CITY_LANGUAGE, city
from ticketing.contacts import callers
from ticketing.media import recordings
from ticketing.models import Call, Contact, Note, Recording, Ticket
from ticketing.outgoing import notices, promises
from ticketing.rules import deadlines, lifecycle, references, routing
from ticketing.tickets import changes, history, news

HELD_FOR = timedelta(minutes=2)
DRAFT_FOR = timedelta(hours=1)  # a written report waits so long for its place, then it leaves without
URGED_AGAIN_AFTER = timedelta(days=1)
SMS02_AFTER = timedelta(hours=1)
WAIT_FOR_AUDIO = timedelta(minutes=2)
REASON_MOST = 20  # septets of a reason for a delay, as config/lint.py measures the text
DELAY, PUBLIC = "delay", "public"  # kinds of notes: why it is late; what its page shows as the latest word
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
    written: bool = False  # and so sent: there is nothing to review
    held: bool = False  # something is missing that was asked for: it leaves when that is here, or after a while
    point: tuple[float, float] | None = None
    words: str | None = None  # what it is about, of a report that was written
    receipt: str = "SMS01"  # the text that answers it
    quiet: bool = False  # the reporter gets no texts, as after a callback that is told by a text of its own
    again: str | None = None  # the number of the report that this one takes up once more


def open_ticket(
    session: Session,
    report: Report,
    *,
    contact: Contact | None,
    call: Call | None,
    by: str,
) -> Ticket:
    """The ticket of this report, opened on first sight with its event, its delivery and the text to the resident.

    Delivery and text are held for two minutes, or until `release`. A report that was written
    goes at once, or as soon as its place is known.
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
    why["again"] = report.again
    history.record(
        session, ticket, "opened", by=by, before=None, why={name: value for name, value in why.items() if value}
    )
    for kind, words in (("words", report.words), ("place", report.place_words)):
        if has_words(words):
            note(session, ticket, str(words), by=by, kind=kind, quiet=True)
    if report.again:  # what was said then is found there
        before = city().text(CITY_LANGUAGE, "mail", "again").format(number=references.written(report.again))
        note(session, ticket, before, by="hotline", quiet=True)
    if contact is not None and report.area:
        contact.last_area = report.area
    if call is not None and callers.repeats(session, call):
        changes.flag(session, ticket, by=by, why={"repeat": "third call in seven days"})
    _send_out(session, ticket, report)
    return ticket


def _send_out(session: Session, ticket: Ticket, report: Report) -> None:
    """A caller may still review what was recorded; who writes has sent it, and it waits only for what is missing."""
    if not report.written:
        until = clock.now() + HELD_FOR
        changes.deliver(session, ticket, held_until=until)
        news.received(session, ticket, held_until=until)
        return
    changes.deliver(session, ticket, held_until=clock.now() + DRAFT_FOR if report.held else None)
    if report.receipt:
        news.received(session, ticket, template=report.receipt, outside=report.outside)


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
    if to == lifecycle.REOPENED:
        _reopen(session, ticket, by=by, note_text=note_text)
        return
    if to == lifecycle.REFUSED:
        _refuse(session, ticket, owner, by=by, note_text=note_text)
        return
    if to == lifecycle.SCHEDULED and on is not None and deadlines.closing(ticket.department, on) <= clock.now():
        raise TicketError(f"{on} is over already")
    why: dict[str, Any] = {}
    if to == lifecycle.REFERRED:
        why["to"] = _referral(owner)
    if to == lifecycle.MERGED:
        why["into"] = _merge(session, ticket, into)
    if to == lifecycle.SCHEDULED and on is not None:
        why |= {"on": on.isoformat(), "due": ticket.due_at.isoformat()}
    if to == lifecycle.RESOLVED:
        why["promised"] = changes.first_date(session, ticket).isoformat()
    _turn(session, ticket, to, by=by, action="moved", why=why, note_text=note_text)
    if to == lifecycle.SCHEDULED and on is not None:
        changes.promise_date(ticket, deadlines.closing(ticket.department, on))
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
    changes.deliver(session, ticket)


def note(session: Session, ticket: Ticket, text: str, *, by: str, kind: str = "remark", quiet: bool = False) -> None:
    """Add words to a ticket. They live apart from the history, where erasure can reach them."""
    clean = _readable(text)
    if not clean:
        raise TicketError("a note needs words")
    session.add(Note(ticket_id=ticket.id, by=by[: history.MOST_NAME], kind=kind, text=clean))
    if not quiet:
        history.record(session, ticket, "noted", by=by, before=ticket.state, why={"kind": kind})


def has_words(text: str | None) -> bool:
    """Whether there is anything in `text` that a person can read."""
    return bool(_readable(text or ""))


def _readable(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())[:2000]


def give_contact(session: Session, ticket: Ticket, contact: Contact, *, by: str) -> None:
    """The reporter named the mobile number that gets the news: send it the receipt."""
    ticket.contact, ticket.contact_id = contact, contact.id
    contact.last_area = ticket.area or contact.last_area
    history.record(session, ticket, "contact given", by=by, before=ticket.state, why={})
    news.received(session, ticket)


def add_recording(session: Session, ticket: Ticket, recording: Recording, *, by: str) -> None:
    """More words to a report: its department gets them too."""
    if recording.ticket_id is not None:
        return
    recordings.attach(session, ticket, recording, kind="remark")
    added(session, ticket, by=by, what="recording")
    news.to_reporter(session, ticket, "SMS26")


def added(session: Session, ticket: Ticket, *, by: str, what: str) -> None:
    """The resident added something: the department gets it, with the report where that has not left. Who was asked
    something has answered with it, and the clock goes on."""
    if ticket.state == lifecycle.WAITING:
        changes.turn(session, ticket, changes.before_waiting(session, ticket), by=by, action="answered", why={})
    else:
        history.record(session, ticket, "added", by=by, before=ticket.state, why={"what": what})
    if not promises.held(session, ticket, ticket.department):
        ticket.revision += 1
        changes.deliver(session, ticket)


def unanswered(session: Session, ticket: Ticket) -> None:
    """The resident did not answer in time: the clock goes on, and the department hears that there is no answer."""
    note(session, ticket, city().text(CITY_LANGUAGE, "mail", "no_answer"), by="hotline", quiet=True)
    changes.turn(session, ticket, changes.before_waiting(session, ticket), by="hotline", action="unanswered", why={})
    ticket.revision += 1
    changes.deliver(session, ticket)


def delay(session: Session, ticket: Ticket, reason: str, *, by: str, on: date | None = None) -> None:
    """The department says why it takes longer, and to which day: the resident is told both at once. Without a day the
    reason waits until the date has passed. Not longer than the rule's own time again; more than that is scheduled."""
    if ticket.state in lifecycle.OVER or ticket.paused_at is not None:
        raise TicketError(f"a ticket that is {ticket.state} is not late")
    length = gsm7_length(reason)
    if length is None or length > REASON_MOST:
        raise TicketError(
            f"a reason has at most {REASON_MOST} characters that a text can say, as in {gsm7(reason, REASON_MOST)!r}"
        )
    note(session, ticket, reason, by=by, kind=DELAY, quiet=on is not None)
    if on is None:
        return
    new, old, now = deadlines.closing(ticket.department, on), ticket.due_at, clock.now()
    latest = deadlines.last_day(deadlines.renewed(ticket.category, ticket.department, now, priority=ticket.priority))
    if new <= max(now, old) or on > latest:
        raise TicketError(
            f"another date lies between {deadlines.last_day(max(now, old))} and {latest}; later work is scheduled"
        )
    changes.promise_date(ticket, new)
    why = {"due": old.isoformat(), "new": new.isoformat(), "reason": "told"}
    history.record(session, ticket, changes.DELAYED, by=by, before=ticket.state, why=why)
    news.late(session, ticket, reason, occasion="delayed")


def route_again(session: Session, ticket: Ticket, *, by: str) -> None:
    """The place is known by now: a report that has not left yet goes to whoever owns the matter there."""
    routed = routing.route(city(), ticket.category, ticket.area, clock.local(clock.now()).date())
    if routed.department != ticket.department:
        assign(session, ticket, routed.department, by=by)


def urge(session: Session, ticket: Ticket, *, by: str, why: dict[str, Any]) -> None:
    """Flag an open ticket and raise its priority, at most once a day; its department hears of it. Again on the same
    day it is only written down."""
    if ticket.flagged_at is not None and clock.now() - ticket.flagged_at < URGED_AGAIN_AFTER:
        history.record(session, ticket, "urged", by=by, before=ticket.state, why=why)
        return
    changes.flag(session, ticket, by=by, why=why)
    ticket.revision += 1
    changes.deliver(session, ticket)


def set_aside(session: Session, ticket: Ticket) -> None:
    """Nobody speaks in the recording: the call centre judges it, and no department is sent looking."""
    if ticket.department != routing.TRIAGE and ticket.state not in lifecycle.OVER:
        assign(session, ticket, routing.TRIAGE, by="hotline", note_text=_silent_words())


def release(session: Session, ticket: Ticket) -> None:
    """The resident is done reviewing: what was held goes out now; the report as soon as its recording is here."""
    audio_until = clock.now() + WAIT_FOR_AUDIO if recordings.awaited(session, ticket) else None
    promises.release(session, ticket, report_waits_until=audio_until)


def reached_department(session: Session, ticket: Ticket, department: str) -> None:
    """The department's mailbox or system took the report: "diteruskan"."""
    if ticket.department != department or ticket.state not in lifecycle.ON_ITS_WAY:
        return
    # A reopened ticket was told with its new date (SMS06), which this would only replace.
    late = clock.now() - ticket.created_at > SMS02_AFTER and ticket.state != lifecycle.REOPENED
    changes.turn(session, ticket, lifecycle.FORWARDED, by="hotline", action="forwarded", why={"to": department})
    if late:
        news.to_reporter(session, ticket, "SMS02")


def _new(report: Report, contact: Contact | None, call: Call | None) -> Ticket:
    moment = clock.now()
    routed = _routed(report, moment)
    code = references.new_tracking_code()
    category = city().category(report.category)
    opened = Ticket(
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
        latitude=report.point[0] if report.point else None,
        longitude=report.point[1] if report.point else None,
        answer_due_at=deadlines.answer_due(report.category, routed.department, moment),
        tracking_code=code,
        tracking_hash=vault.lookup(code),
    )
    changes.promise_date(opened, deadlines.due(report.category, routed.department, moment))
    return opened


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
    changes.deliver(session, ticket)


def _reopen(session: Session, ticket: Ticket, *, by: str, note_text: str | None) -> None:
    """Back to its owner, and whoever stands above it is told. What was not fixed twice is looked at by another office,
    which both are told."""
    owner, undone = ticket.department, ticket.state in lifecycle.DONE
    verifies = undone and ticket.reopenings > 0
    why: dict[str, Any] = {}
    if verifies:
        verification = city().loop.verification
        ticket.department = verification if owner != verification else routing.TRIAGE
        why = {"verification": True, "from": owner}
        asked = city().text(CITY_LANGUAGE, "mail", "to_verify")
        note(
            session,
            ticket,
            asked.format(department=city().department(owner).name[CITY_LANGUAGE]),
            by="hotline",
            quiet=True,
        )
    _turn(session, ticket, lifecycle.REOPENED, by=by, action="moved", why=why, note_text=note_text)
    news.of_state(session, ticket, note_text, why)
    if undone:
        what = notices.VERIFICATION if verifies else notices.REOPENED
        notices.promise(session, ticket, what, department=owner, mark=ticket.revision)


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
    """A change by a person, who may say why in words."""
    if note_text:
        note(session, ticket, note_text, by=by, kind="reason", quiet=True)
    changes.turn(session, ticket, to, by=by, action=action, why=why)


def _silent_words() -> str:
    return city().text(CITY_LANGUAGE, "mail", "silent")


def _known_department(key: str) -> None:
    if key not in city().departments:
        raise TicketError(f"there is no department {key}; there are {', '.join(city().departments)}")
