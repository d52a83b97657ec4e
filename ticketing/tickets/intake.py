"""Opens tickets: a report becomes one, is held while its reporter reviews it, leaves, and reaches its department.

The promises that a report makes (to the department, to the resident) are rows of the same transaction. Nobody here
commits.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock, stores, vault
from config.hotline import CITY_LANGUAGE, city
from ticketing.contacts import callers
from ticketing.media import recordings
from ticketing.models import Call, Contact, Ticket
from ticketing.outgoing import promises
from ticketing.rules import deadlines, holds, lifecycle, references, routing
from ticketing.tickets import changes, history, moves, news
from ticketing.tickets.register import TicketError

HELD_FOR = timedelta(minutes=2)
SMS02_AFTER = timedelta(hours=1)
WAIT_FOR_AUDIO = timedelta(minutes=2)


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
    danger: str = ""  # the kind of danger that this text speaks of
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
        if history.has_words(words):
            history.note(session, ticket, str(words), by=by, kind=kind, quiet=True)
    if report.again:  # what was said then is found there
        before = city().text(CITY_LANGUAGE, "mail", "again").format(number=references.written(report.again))
        history.note(session, ticket, before, by="hotline", quiet=True)
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
    waits = report.held and holds.PLACE.holds(priority=ticket.priority)
    changes.deliver(session, ticket, held_until=clock.now() + holds.PLACE.period if waits else None)
    if report.receipt:
        news.received(session, ticket, template=report.receipt, outside=report.outside, danger=report.danger)


def give_contact(session: Session, ticket: Ticket, contact: Contact, *, by: str) -> None:
    """The reporter named the mobile number that gets the news: send it the receipt."""
    ticket.contact, ticket.contact_id = contact, contact.id
    contact.last_area = ticket.area or contact.last_area
    history.record(session, ticket, "contact given", by=by, before=ticket.state, why={})
    news.received(session, ticket)


def route_again(session: Session, ticket: Ticket, *, by: str) -> None:
    """Place or matter is known by now: a report that has not left yet goes to whoever owns the matter there, and
    waits there for what is still missing."""
    routed = routing.route(city(), ticket.category, ticket.area, clock.local(clock.now()).date())
    if routed.department != ticket.department:
        waits = promises.held_until(session, ticket, ticket.department)
        moves.assign(session, ticket, routed.department, by=by, held_until=waits)


def name_matter(session: Session, ticket: Ticket, category: str, *, by: str) -> None:
    """The matter is known by now: a report that no department has seen gets its owner, urgency and dates by it."""
    before, named = ticket.category, city().category(category)
    ticket.category, ticket.priority = category, min(ticket.priority, named.priority)
    ticket.quiet = ticket.quiet or named.confidential
    history.record(session, ticket, "named", by=by, before=ticket.state, why={"from": before, "to": category})
    route_again(session, ticket, by=by)
    ticket.answer_due_at = deadlines.answer_due(category, ticket.department, ticket.created_at)
    changes.promise_date(ticket, deadlines.due(category, ticket.department, ticket.created_at))
    if named.confidential or not holds.PLACE.holds(priority=ticket.priority):
        release(session, ticket)


def set_aside(session: Session, ticket: Ticket) -> None:
    """Nobody speaks in the recording: the call centre judges it, and no department is sent looking."""
    if ticket.department != routing.TRIAGE and ticket.state not in lifecycle.OVER:
        moves.assign(session, ticket, routing.TRIAGE, by="hotline", note_text=_silent_words())


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


def _silent_words() -> str:
    return city().text(CITY_LANGUAGE, "mail", "silent")
