"""A report or a proposal by text. It is a ticket from its first text on; only the place is asked for, once, and the
report leaves without it after a while. An emergency is told to ring 112 and goes to the duty team at once."""

from dataclasses import asdict, replace
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from config import clock
from config.hotline import city
from ivr.conversations.written import danger, pieces
from ivr.talk import Talk
from ivr.understanding import intents
from ticketing.calls import alarms
from ticketing.contacts import followers
from ticketing.messages import announcements, drawer, texts
from ticketing.models import Announcement, Message, Ticket
from ticketing.rules import lifecycle, routing
from ticketing.tickets import additions, intake, moves, news

SAME_WITHIN = timedelta(hours=24)  # the same words again in this time are the same report
MAX_COMPARED = 20
_REPORTS = ("report", "other_city", "proposal", "emergency")


def report(talk: Talk) -> None:
    if talk.look("nothing is said", partial(_says_nothing, talk)):
        talk.once("help", partial(_help, talk))
        return
    talk.once("open", partial(_opened, talk))


def emergency(talk: Talk) -> None:
    talk.once("alarm", partial(_alarm, talk))


def keep_opinion(talk: Talk) -> None:
    """What somebody thinks of us is read by an officer, and opens no report of a department."""
    message = talk.incoming
    report = intake.Report(
        key=f"text:{message.id}", channel=message.channel, category="masukan", language=talk.language,
        words=message.body or "", written=True, receipt="",
    )  # fmt: skip
    message.ticket_id = intake.open_ticket(talk.session, report, contact=talk.contact, call=None, by="resident").id
    texts.tell(talk.session, talk.contact, "SMS38", language=talk.language, occasion=talk.occasion)


def of_drawer(talk: Talk, intent: str) -> dict[str, Any]:
    """With what a conversation begins whose words lie in the drawer: its sender said what they mean."""
    return dict(talk.look("drawer", partial(_drawn, talk, intent)))


def _drawn(talk: Talk, intent: str) -> dict[str, Any]:
    words = "\n".join(message.body for message in drawer.of(talk.session, talk.contact) if message.body)
    found = intents.read_as(intent, words, language=talk.language)  # type: ignore[arg-type]
    return {**asdict(found), "context": "none", "about": None}


def _says_nothing(talk: Talk) -> bool:
    """The word for reporting and nothing to report."""
    details = texts.details_of(talk.incoming)
    return not talk.args["words"] and not details.get("place") and not additions.photos_of(talk.session, talk.incoming)


def _help(talk: Talk) -> None:
    texts.tell(talk.session, talk.contact, "SMS10", language=talk.language, occasion=talk.occasion)


def _opened(talk: Talk) -> None:
    """A new ticket, unless it is the same report again."""
    message = talk.incoming
    same = _same_report(talk, message)
    if same is not None:
        additions.attach_photos(talk.session, same, message, kind="remark")
        pieces.tell_again(talk, same)
        return
    given = _report(talk, message)
    incident = _incident(talk, given)
    if incident is not None:
        given = replace(given, receipt="", held=False)
    ticket = _open(talk, given)
    if incident is not None and incident.ticket is not None:
        _join(talk, ticket, incident.ticket)


def _open(talk: Talk, report: intake.Report) -> Ticket:
    """The ticket of what was just written, with the pictures that came along."""
    ticket = intake.open_ticket(talk.session, report, contact=talk.contact, call=None, by="resident")
    talk.incoming.ticket_id = ticket.id
    drawn = drawer.of(talk.session, talk.contact)
    for message in (*drawn, talk.incoming):
        additions.attach_photos(talk.session, ticket, message, kind="report")
    drawer.take_out(drawn, ticket_id=ticket.id)
    return ticket


def _report(talk: Talk, message: Message) -> intake.Report:
    told, details = talk.args, texts.details_of(message)
    category = city().category(news.PROPOSAL if talk.memory.name == "proposal" else told["category"] or "").key
    place = additions.place_with(_with_point(talk, message), str(told["place_words"]))
    area = told["area"] or place.area
    outside = told["referral"] or (None if area else told["outside"] or place.outside)
    asks = not (area or outside or place.point) and category != news.PROPOSAL
    asks = asks and not city().category(category).confidential and talk.contact is not None
    private = city().danger(city().category(category).danger or "other").private
    return intake.Report(
        key=f"text:{message.id}",
        channel=message.channel,
        category=category,
        language=talk.language,
        area=area,
        place_words=details.get("address") or None,
        outside=outside,
        late=bool(details.get("late")),
        written=True,
        held=asks,
        point=place.point,
        words=told["words"] or message.body or None,
        receipt=_receipt(private=private, told=told, outside=outside, asks=asks),
        danger=intents.peril(told["words"] or message.body or "") if private else "",
    )


def _receipt(*, private: bool, told: dict[str, Any], outside: str | None, asks: bool) -> str:
    if private:
        return "SMS50"
    if told["referral"]:
        return "SMS45"
    return "SMS36" if outside else "SMS13" if asks else "SMS01"


def _with_point(talk: Talk, message: Message) -> Message:
    """The text that brought a point on the map: this one, or one in the drawer."""
    brought = (one for one in (message, *drawer.of(talk.session, talk.contact)) if texts.details_of(one).get("place"))
    return next(brought, message)


def _same_report(talk: Talk, message: Message) -> Ticket | None:
    """The report of these very words that this number made a while ago, if it is open and the words say no other place:
    a finger that slipped, somebody who waits, or a machine that answers us."""
    if talk.contact is None or not message.body:
        return None
    earlier = talk.session.scalars(
        select(Message)
        .where(
            Message.contact_id == talk.contact.id,
            Message.inbound,
            Message.id != message.id,
            Message.intent.in_(_REPORTS),
            Message.ticket_id.is_not(None),
            Message.created_at > clock.now() - SAME_WITHIN,
        )
        .order_by(Message.created_at.desc())
        .limit(MAX_COMPARED)
    )
    same = next((one for one in earlier if one.body == message.body), None)
    ticket = talk.session.get(Ticket, same.ticket_id, with_for_update=True) if same else None
    if ticket is None or ticket.state in lifecycle.OVER - {lifecycle.MERGED}:
        return None
    told = talk.args
    elsewhere = pieces.is_elsewhere(talk.session, ticket, message, area=told["area"], outside=told["outside"])
    return None if elsewhere else ticket


def _incident(talk: Talk, given: intake.Report) -> Announcement | None:
    """A declared incident that this report is one more voice of."""
    if given.area is None:
        return None
    found = announcements.incidents(talk.session, given.category, given.area)
    return next((one for one in found if one.ticket is not None), None)


def _join(talk: Talk, ticket: Ticket, incident: Ticket) -> None:
    """The report stands behind the incident: its reporter is told so (SMS19), and kept informed of that one."""
    moves.move(talk.session, ticket, lifecycle.MERGED, by="hotline", into=incident.number)
    if talk.contact is not None and incident.contact_id != talk.contact.id:
        followers.follow(talk.session, incident, talk.contact)


def _alarm(talk: Talk) -> None:
    """To the duty team with the highest priority; another text of the same half hour belongs to the same alarm."""
    message = talk.incoming
    told: dict[str, Any] = talk.args
    place = additions.place_with(message)
    place = replace(place, area=told["area"] or place.area)
    kind = intents.peril(message.body or "")
    going_on = alarms.going_on(talk.session, talk.contact)
    if going_on is not None:
        message.ticket_id = going_on.id
        additions.attach_photos(talk.session, going_on, message, kind="remark")
        additions.add(talk.session, going_on, by="resident", words=message.body or "", place=place, told=False)
        alarms.sound(talk.session, going_on)  # it may have been written down before anybody called it danger
        danger.tell(talk, going_on, message.body or "")
        return
    given = intake.Report(
        key=f"text:{message.id}",
        channel=message.channel,
        category=routing.EMERGENCY,
        language=talk.language,
        area=place.area,
        point=place.point,
        words=told["words"] or message.body or None,
        late=bool(texts.details_of(message).get("late")),
        written=True,
        receipt="SMS20",
        danger=kind,
        quiet=city().danger(kind).private,
    )
    alarms.sound(talk.session, _open(talk, given))
