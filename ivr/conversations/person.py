"""A person: the duty officer's line, once a call. Nobody there, or outside the hours: a callback or a message. A number
from which only silence comes leaves its message first."""

from collections.abc import Callable
from typing import Any

from config import clock
from config.hotline import city
from ivr.conversations.parts import wording
from ivr.prompts import Option
from ivr.talk import Talk
from ticketing.calls import alarms
from ticketing.contacts import callers
from ticketing.outgoing import spending
from ticketing.rules import deadlines, working_time

CHOICE = [Option("1", "callback"), Option("2", "message")]


def person(talk: Talk) -> None:
    if not talk.first_visit("person") or talk.look("haunts", lambda: callers.is_nuisance(talk.session, talk.contact)):
        talk.go("message")
    line = talk.look("duty line", _duty_line)
    if line["opens"]:
        _instead(talk, "officers_closed", lambda: wording.opening(talk, line))
    spent = talk.look("spent", lambda: spending.officer_calls_are_over(talk.session))
    if line["number"] and not spent:
        talk.say("to_officer")
        ended = talk.hand_over("officer", line["number"], seconds=city().officer.ring_seconds)
        if ended == "talked":
            talk.goal_met()
            talk.go("survey")
        _instead(talk, "officers_busy" if ended == "busy" else "officer_missed")
    _instead(talk, "officer_missed")


def _instead(talk: Talk, why: str, fills: Callable[[], dict[str, Any]] = dict) -> None:
    """Why there is nobody now, and what there is instead; silence leaves a message."""

    def question(slow: bool) -> None:
        talk.say(why, slow=slow, **fills())
        talk.say("officer_choice", slow=slow)

    talk.go(talk.choose("instead", question, CHOICE, silence="message"), told=True)


def _duty_line() -> dict[str, Any]:
    """The number that rings now, and when officers are there again if they are not."""
    now = clock.now()
    opens = working_time.next_opening(working_time.Hours.read(city().hours), now, deadlines.calendar())
    return {
        "number": next(iter(alarms.duty_phones()), ""),
        "opens": opens.isoformat() if opens > now else None,
        "asked": now.isoformat(),
    }
