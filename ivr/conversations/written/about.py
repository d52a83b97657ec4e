"""Texts about a report there is: how it stands, something to add, whether it is fixed, how good it was."""

from functools import partial

from sqlalchemy import select

from ivr.talk import Talk
from ticketing.calls import callbacks
from ticketing.contacts import disclosure
from ticketing.messages import texts
from ticketing.models import Rating, Ticket
from ticketing.rules import lifecycle
from ticketing.tickets import additions, history, intake, news, ratings, register, verdicts
from ticketing.tickets.register import TicketError


def status(talk: Talk) -> None:
    talk.once("told", partial(_tell, talk))


def add_detail(talk: Talk) -> None:
    talk.once("add", partial(_advice if talk.args["context"] == "asked_advice" else _add, talk))


def not_fixed(talk: Talk) -> None:
    talk.once("object", partial(_object, talk))


def fixed(talk: Talk) -> None:
    talk.once("confirm", partial(_confirm, talk))


def rating(talk: Talk) -> None:
    talk.once("rate", partial(_rate, talk))


def _tell(talk: Talk) -> None:
    if talk.contact is None:
        return
    session, contact, message = talk.session, talk.contact, talk.incoming
    number = talk.args["number"]
    if number is None and talk.args["words"]:  # digits that are no number of ours
        texts.tell(session, contact, "SMS09", language=talk.language, occasion=talk.occasion)
    elif number is None:
        news.list_to_asker(session, contact, disclosure.listed_for(session, contact), occasion=talk.occasion)
    else:
        try:
            ticket = register.find(session, str(number))
        except TicketError:
            texts.tell(session, contact, "SMS09", language=talk.language, occasion=talk.occasion)
            return
        message.ticket_id = ticket.id
        level = disclosure.level_of(session, contact, ticket)
        news.to_asker(session, contact, ticket, level, occasion=talk.occasion)


def _add(talk: Talk) -> None:
    """To the report that an officer asks about, the one that is named, or the newest one."""
    message = talk.incoming
    ticket = _own(talk, talk.args["about"] or talk.args["number"]) or _newest(talk, over=False)
    if ticket is None:
        _nothing(talk)
        return
    message.ticket_id = ticket.id
    place = additions.place_with(message)
    photos = additions.attach_photos(talk.session, ticket, message, kind="remark")
    additions.add(talk.session, ticket, by="resident", words=message.body or "", place=place, photos=photos > 0)


def _advice(talk: Talk) -> None:
    """What somebody says after a rating is read by an officer, and opens nothing."""
    message, number = talk.incoming, talk.args["about"]
    body = message.body or ""
    if not history.has_words(body):
        return
    if number:
        ticket = register.find(talk.session, str(number), change=True)
        message.ticket_id = ticket.id
        history.note(talk.session, ticket, body, by="resident", kind="advice")
    else:
        report = intake.Report(
            key=f"text:{message.id}", channel=message.channel, category="masukan", language=talk.language,
            words=body, written=True, receipt="",
        )  # fmt: skip
        message.ticket_id = intake.open_ticket(talk.session, report, contact=talk.contact, call=None, by="resident").id
    texts.tell(talk.session, talk.contact, "SMS38", language=talk.language, occasion=talk.occasion)


def _object(talk: Talk) -> None:
    """It is not fixed: the report that is named, that of the survey, else the newest resolved or open one."""
    if talk.contact is None:
        return
    asked = ratings.open_for(talk.session, talk.contact)
    named = _own(talk, talk.args["number"])
    if named is None and asked is not None and asked.ticket_id is None:
        _call_was_no_help(talk, asked)
        return
    ticket = named or _of(talk, asked) or _newest(talk, over=True) or _newest(talk, over=False)
    if ticket is None:
        _nothing(talk)
        return
    talk.incoming.ticket_id = ticket.id
    body = talk.incoming.body or ""
    words = body if len(body.split()) > 1 else ""  # a bare "belum" says no more than the act itself
    verdict = verdicts.not_fixed(talk.session, ticket, by="resident", channel=_channel(talk), words=words)
    if verdict.outcome == "escalated":
        news.to_reporter(talk.session, ticket, "SMS37", occasion=talk.occasion)


def _call_was_no_help(talk: Talk, asked: Rating) -> None:
    """Who says that a call solved nothing is called back."""
    contact = talk.contact
    ratings.answer(
        talk.session, None, rating=asked, contact=contact, score=None, solved=False, channel=_channel(talk)
    )  # fmt: skip
    if contact is not None:
        callbacks.ask(
            talk.session, contact, key=f"{talk.occasion}:callback", channel=_channel(talk), language=talk.language,
            by="resident",
        )  # fmt: skip


def _confirm(talk: Talk) -> None:
    asked = ratings.open_for(talk.session, talk.contact) if talk.contact else None
    ticket = _own(talk, talk.args["number"]) or _of(talk, asked)
    if ticket is None and asked is None:
        _nothing(talk)
        return
    ratings.answer(
        talk.session, ticket, rating=asked if ticket is None or _of(talk, asked) is ticket else None,
        contact=talk.contact, score=None, solved=True, channel=_channel(talk),
    )  # fmt: skip
    if ticket is not None and ticket.state == lifecycle.RESOLVED:
        verdicts.confirm(talk.session, ticket, by="resident")
    _thank(talk, ticket)


def _rate(talk: Talk) -> None:
    asked = ratings.open_for(talk.session, talk.contact) if talk.contact else None
    ticket = _own(talk, talk.args["number"]) or _of(talk, asked)
    score = int(talk.args["score"])
    if ticket is not None:
        verdicts.rated(talk.session, ticket, score=score, by="resident", channel=_channel(talk))
    elif asked is not None:
        ratings.answer(
            talk.session, None, rating=asked, contact=talk.contact, score=score, solved=None, channel=_channel(talk)
        )
    else:
        _nothing(talk)
        return
    _thank(talk, ticket)


def _thank(talk: Talk, ticket: Ticket | None) -> None:
    if ticket is not None:
        talk.incoming.ticket_id = ticket.id
        news.to_reporter(talk.session, ticket, "SMS24", occasion=talk.occasion)
    else:
        texts.tell(talk.session, talk.contact, "SMS24c", language=talk.language, occasion=talk.occasion)


def _nothing(talk: Talk) -> None:
    """There is no report that this could be about."""
    texts.tell(talk.session, talk.contact, "SMS08c", language=talk.language, occasion=talk.occasion)


def _own(talk: Talk, number: str | None) -> Ticket | None:
    """The locked ticket with this number, if it is this number's own."""
    if not number or talk.contact is None:
        return None
    try:
        ticket = register.find(talk.session, number, change=True)
    except TicketError:
        return None
    return ticket if ticket.contact_id == talk.contact.id else None


def _of(talk: Talk, asked: Rating | None) -> Ticket | None:
    if asked is None or asked.ticket_id is None:
        return None
    return talk.session.get(Ticket, asked.ticket_id, with_for_update=True)


def _newest(talk: Talk, *, over: bool) -> Ticket | None:
    """This number's newest report that is resolved, or else under way."""
    if talk.contact is None:
        return None
    state = Ticket.state == lifecycle.RESOLVED if over else Ticket.state.not_in(lifecycle.OVER)
    query = select(Ticket).where(Ticket.contact_id == talk.contact.id, state, Ticket.category != callbacks.MESSAGE)
    found: Ticket | None = talk.session.scalar(
        query.order_by(Ticket.changed_at.desc()).limit(1).with_for_update(of=Ticket)
    )
    return found


def _channel(talk: Talk) -> str:
    return talk.incoming.channel
