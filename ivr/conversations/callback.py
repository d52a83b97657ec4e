"""Being called back: a window that is promised, kept as a task with the ticket it belongs to."""

from functools import partial
from typing import Any

from config.hotline import city
from ivr.conversations.message import CATEGORY
from ivr.conversations.parts import callback_window, wording
from ivr.conversations.parts.mobile_number import keyed
from ivr.prompts import Option
from ivr.talk import Talk
from ticketing.calls import callbacks
from ticketing.contacts import contacts
from ticketing.models import Contact
from ticketing.rules import numbers

OFFER = [Option("1", "this"), Option("2", "other")]


def callback(talk: Talk) -> None:
    department = talk.args.get("department")
    found = talk.look("window", partial(callback_window.window, department))
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
    callbacks.ask(
        talk.session,
        contact,
        key=f"{talk.call.sid}:callback:{talk.memory.chapter}",
        channel="voice",
        language=talk.language,
        by="caller",
        category=str(talk.args.get("category") or CATEGORY),
        department=str(talk.args.get("department") or city().category(CATEGORY).owner),
        call=talk.call,
        when=callback_window.read_window(found),
    )
