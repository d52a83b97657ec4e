"""Texts about a report there is: how it stands, something to add, whether it is fixed, how good it was."""

from functools import partial

from ivr.conversations.written import meant, pieces, reports
from ivr.talk import Talk
from ticketing.calls import callbacks
from ticketing.contacts import disclosure
from ticketing.messages import texts
from ticketing.models import Rating, Ticket
from ticketing.rules import lifecycle
from ticketing.tickets import additions, history, moves, news, ratings, register, verdicts
from ticketing.tickets.register import TicketError

DISPLEASED = "displeased"  # kind of a rating in words


def status(talk: Talk) -> None:
    talk.once("told", partial(_tell, talk))


def add_detail(talk: Talk) -> None:
    advises = talk.args["context"] == "asked_advice" and not pieces.brings(talk.session, talk.incoming)
    talk.once("add", partial(_advice if advises else _add, talk))


def not_fixed(talk: Talk) -> None:
    number = meant.report(talk, lifecycle.RESOLVED, survey=True)
    talk.once("object", partial(_object, talk, number))


def fixed(talk: Talk) -> None:
    number = meant.report(talk, lifecycle.RESOLVED, survey=True)
    talk.once("confirm", partial(_confirm, talk, number))


def rating(talk: Talk) -> None:
    """In figures; words that are no figure say that it is fixed, or that it is not, or are asked for a figure."""
    if talk.args["score"] is not None:
        talk.once("rate", partial(_rate, talk))
    elif talk.args["kind"]:
        (not_fixed if talk.args["kind"] == DISPLEASED else fixed)(talk)
    else:
        talk.once("ask", partial(_ask_for_figure, talk))


def withdraw(talk: Talk) -> None:
    """The resident needs a report no longer."""
    number = meant.report(talk, None, survey=False)
    talk.once("withdraw", partial(_withdraw, talk, number))


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
    """To the report that is named or quoted, or that an officer or our own question asks about; else to the one that
    its sender is making, or has under way."""
    ticket = _added_to(talk)
    if ticket is None:
        _nothing(talk)
    else:
        pieces.add(talk, ticket, asked=talk.args["context"] == "asked_place" and ticket.number == talk.args["about"])


def _added_to(talk: Talk) -> Ticket | None:
    named = meant.own(talk, talk.args["number"])
    if named is not None:
        return named
    at_hand = pieces.at_hand(talk.session, talk.incoming)
    asked = meant.own(talk, talk.args["about"])
    quotes = texts.quoted_ticket(talk.session, talk.incoming) is not None
    if asked is not None and not (quotes and at_hand):
        answers = talk.args["context"] != "asked_place" or at_hand is None
        if answers or pieces.says_where(talk.session, asked, talk.incoming.body or "", asked=True):
            return asked
    if at_hand is None and talk.contact is not None:
        at_hand = pieces.newest(talk.session, talk.contact)
    return meant.own(talk, at_hand.number) if at_hand is not None else None


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
        texts.tell(talk.session, talk.contact, "SMS38", language=talk.language, occasion=talk.occasion)
    else:
        reports.keep_opinion(talk)


def _withdraw(talk: Talk, number: str | None) -> None:
    ticket = meant.own(talk, number)
    if ticket is None or talk.contact is None:
        _nothing(talk)
        return
    talk.incoming.ticket_id = ticket.id
    if lifecycle.WITHDRAWN in lifecycle.MOVES[ticket.state]:
        moves.move(talk.session, ticket, lifecycle.WITHDRAWN, by="resident")
        news.to_reporter(talk.session, ticket, "SMS43", occasion=talk.occasion)
    else:
        news.to_asker(talk.session, talk.contact, ticket, disclosure.OWN, occasion=talk.occasion)


def _object(talk: Talk, number: str | None) -> None:
    """It is not fixed: the report that is meant, or that of the survey."""
    if talk.contact is None:
        return
    asked = ratings.open_for(talk.session, talk.contact)
    named = meant.own(talk, number)
    if named is None and asked is not None and asked.ticket_id is None:
        _call_was_no_help(talk, asked)
        return
    ticket = named or _of(talk, asked)
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


def _confirm(talk: Talk, number: str | None) -> None:
    """It is fixed. Of a report that is under way its department hears so, and goes on."""
    asked = ratings.open_for(talk.session, talk.contact) if talk.contact else None
    ticket = meant.own(talk, number) or _of(talk, asked)
    if ticket is None and asked is None:
        _nothing(talk)
        return
    if ticket is not None and ticket.state not in lifecycle.OVER:
        talk.incoming.ticket_id = ticket.id
        additions.add(talk.session, ticket, by="resident", words=talk.incoming.body or "")
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
    ticket = meant.own(talk, talk.args["number"]) or _of(talk, asked)
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


def _ask_for_figure(talk: Talk) -> None:
    texts.tell(talk.session, talk.contact, "SMS47", language=talk.language, occasion=talk.occasion)


def _thank(talk: Talk, ticket: Ticket | None) -> None:
    if ticket is not None:
        talk.incoming.ticket_id = ticket.id
        news.to_reporter(talk.session, ticket, "SMS24", occasion=talk.occasion)
    else:
        texts.tell(talk.session, talk.contact, "SMS24c", language=talk.language, occasion=talk.occasion)


def _nothing(talk: Talk) -> None:
    """There is no report that this could be about."""
    texts.tell(talk.session, talk.contact, "SMS08c", language=talk.language, occasion=talk.occasion)


def _of(talk: Talk, asked: Rating | None) -> Ticket | None:
    if asked is None or asked.ticket_id is None:
        return None
    return talk.session.get(Ticket, asked.ticket_id, with_for_update=True)


def _channel(talk: Talk) -> str:
    return talk.incoming.channel
