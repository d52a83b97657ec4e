"""A message for the officer, with the time by which somebody calls back; kept as a ticket of the call centre."""

from datetime import timedelta
from functools import partial

from config import clock
from config.hotline import city
from ivr.conversations.kept import keep
from ivr.talk import Talk
from ticketing import tickets

CATEGORY = "pesan-petugas"


def message(talk: Talk) -> None:
    if not talk.first_visit("message"):
        talk.goodbye()
    talk.say("officer_missed")
    details = {"nth": "message", "category": CATEGORY}
    take = talk.record("message", "record_message", keep=details) or talk.record(
        "message again", "record_again", keep=details
    )
    if take is None:
        if not talk.memory["touched"]:
            talk.finish("no_sound")
        talk.goodbye()
    number = str(talk.once("keep", partial(keep, talk.session, talk.call, details, take, talk.memory)))
    talk.once("send", lambda: tickets.release(talk.session, tickets.find(talk.session, number, change=True)))
    until = talk.look("promised", partial(_call_back_time, talk))
    if until:
        talk.finish("message_saved", time=until)
    talk.finish("message_kept")


def _call_back_time(talk: Talk) -> str | None:
    """When somebody calls back at the latest; nobody can call a hidden number."""
    if talk.contact is None:
        return None
    return city().clock_time(talk.language, clock.now() + timedelta(minutes=city().officer.callback_minutes))
