"""Being called back: a window that is promised, kept as a task with the ticket it belongs to."""

from datetime import datetime
from functools import partial
from typing import Any

from config import clock
from config.hotline import CITY_LANGUAGE, city
from ivr.conversations import promised, wording
from ivr.conversations.message import CATEGORY
from ivr.conversations.mobile import keyed
from ivr.prompts import Option
from ivr.talk import Talk
from ticketing import contacts, numbers, tickets
from ticketing.models import Contact

OFFER = [Option("1", "this"), Option("2", "other")]


def callback(talk: Talk) -> None:
    department = talk.args.get("department")
    found = talk.look("window", partial(promised.window, department))
    here = talk.look("has a number", lambda: talk.contact is not None)
    offer = partial(_offer, talk, found)
    number = None
    if not here or talk.choose("offer", offer, OFFER) == "other":
        number = keyed(talk, "callback", wants_sms=False)
        if number is None:
            talk.go("message")
    talk.once("promise", partial(_promise, talk, found, number))
    talk.goal_met()
    talk.finish("callback_saved", **wording.window(talk, found))


def _offer(talk: Talk, found: dict[str, Any], slow: bool) -> None:
    talk.say("callback_offer", slow=slow, **wording.window(talk, found))


def _promise(talk: Talk, found: dict[str, Any], number: numbers.Number | None) -> None:
    """A ticket that says who is to be called and when, and the promise itself."""
    contact: Contact | None = contacts.known(talk.session, number) if number else talk.contact
    if contact is None:
        return
    report = tickets.Report(
        key=f"{talk.call.sid}:callback:{talk.memory['chapter']}",
        channel="voice",
        category=str(talk.args.get("category") or CATEGORY),
        language=talk.language,
        quiet=True,  # the promise has a text of its own
    )
    ticket = tickets.open_ticket(talk.session, report, contact=contact, call=talk.call, by="caller")
    department = str(talk.args.get("department") or city().category(CATEGORY).owner)
    promised.promise(talk, ticket, contact, found, key=report.key, department=department)
    tickets.note(talk.session, ticket, _written(found), by="caller", kind="callback", quiet=True)
    tickets.release(talk.session, ticket)


def _written(found: dict[str, Any]) -> str:
    """The window as the department reads it."""
    day = clock.local(datetime.fromisoformat(found["from"])).date()
    fills = {name: wording.written_time(CITY_LANGUAGE, found[name]) for name in ("from", "until")}
    text = city().text(CITY_LANGUAGE, "mail", "callback_window")
    return text.format(day=city().long_date(CITY_LANGUAGE, day), **fills)
