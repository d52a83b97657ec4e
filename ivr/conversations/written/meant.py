"""The report that somebody means who names none, or names it by its number, its matter, or the text that is quoted. Who
may mean several is asked which."""

from functools import partial

from sqlalchemy import or_, select

from config.hotline import city
from ivr.talk import Talk
from ticketing.calls import callbacks
from ticketing.contacts import contacts
from ticketing.messages import texts
from ticketing.models import Ticket
from ticketing.rules import lifecycle, references
from ticketing.tickets import ratings, register
from ticketing.tickets.register import TicketError

MAX_OPEN = 20  # reports of one number that are looked at
MIN_NAMED = 0.4  # how likely a category is that was named


def report(talk: Talk, state: str | None, *, survey: bool) -> str | None:
    """The report that somebody means: named by its number, quoted, or the only one that fits; else they are asked. None
    where there is none, or where a `survey` is answered, which knows its report."""
    if talk.args["number"]:
        return str(talk.args["number"])
    if survey and talk.look("the survey is answered", partial(_answers_survey, talk)):
        return None
    fitting = talk.look("fitting", partial(_fitting, talk, state))
    if len(fitting) < 2:
        return str(fitting[0]) if fitting else None
    talk.once("which", partial(_ask_which, talk, fitting))
    return references.clean(talk.next_text("which"))


def _answers_survey(talk: Talk) -> bool:
    if talk.contact is None or texts.quoted_ticket(talk.session, talk.incoming) is not None:
        return False
    return ratings.open_for(talk.session, talk.contact) is not None


def _fitting(talk: Talk, state: str | None) -> list[str]:
    """This number's reports that are in `state`, or else under way, the newest first; of several those whose matter was
    named, or the one that is quoted."""
    if talk.contact is None:
        return []
    quoted = texts.quoted_ticket(talk.session, talk.incoming)
    mine = talk.session.scalars(
        select(Ticket)
        .where(Ticket.contact_id == talk.contact.id, Ticket.category != callbacks.MESSAGE)
        .where(or_(Ticket.state == state, Ticket.state.not_in(lifecycle.OVER)))
        .order_by(Ticket.changed_at.desc())
        .limit(MAX_OPEN)
    ).all()
    if quoted is not None and quoted in mine:
        return [quoted.number]
    first = [ticket for ticket in mine if ticket.state == state] or mine
    named = {category for category, share in talk.args["categories"] if share >= MIN_NAMED}
    return [ticket.number for ticket in first if ticket.category in named] or [ticket.number for ticket in first]


def _ask_which(talk: Talk, fitting: list[str]) -> None:
    names = [city().category(register.find(talk.session, number).category) for number in fitting[:2]]
    language = contacts.language(talk.contact, talk.language)
    texts.tell(
        talk.session, talk.contact, "SMS42", language=talk.language, occasion=talk.occasion, number=fitting[0],
        other=fitting[1], category=names[0].label[language], category2=names[1].label[language],
    )  # fmt: skip


def own(talk: Talk, number: str | None) -> Ticket | None:
    """The locked ticket with this number, if it is this number's own."""
    if not number or talk.contact is None:
        return None
    try:
        ticket = register.find(talk.session, number, change=True)
    except TicketError:
        return None
    return ticket if ticket.contact_id == talk.contact.id else None
