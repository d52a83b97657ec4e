"""A message for the officer, with the window in which somebody calls back; kept as a ticket of the call centre."""

from functools import partial
from typing import Any

from ivr.conversations.parts import callback_window, wording
from ivr.conversations.parts.kept import keep
from ivr.talk import Talk
from ticketing.tickets import intake, register

CATEGORY = "pesan-petugas"


def message(talk: Talk) -> None:
    if not talk.first_visit("message"):
        talk.goodbye()
    if not talk.args.get("told"):
        talk.say("officer_missed")
    details = {"nth": "message", "category": CATEGORY}
    take = talk.record("message", "record_message", keep=details) or talk.record(
        "message again", "record_again", keep=details
    )
    if take is None:
        if not talk.memory.touched:
            talk.finish("no_sound")
        talk.goodbye()
    number = str(talk.once("keep", partial(keep, talk.session, talk.call, details, take, talk.memory)))
    found = talk.once("promise", partial(_promise, talk, number))
    talk.once("send", lambda: intake.release(talk.session, register.find(talk.session, number, change=True)))
    talk.goal_met()
    if found:
        talk.finish("message_saved", **wording.window(talk, found))
    talk.finish("message_kept")


def _promise(talk: Talk, number: str) -> dict[str, Any] | None:
    """When somebody calls back; nobody can call a hidden number."""
    if talk.contact is None:
        return None
    found = callback_window.window()
    ticket = register.find(talk.session, number, change=True)
    key = f"{talk.call.sid}:message"
    callback_window.promise(talk, ticket, talk.contact, found, key=key, department=ticket.department)
    return found
