"""The caller wants a department itself: its line while it is open, else what can be done until it opens."""

from functools import partial
from typing import Any

from config import clock
from config.hotline import city
from ivr.conversations.parts import wording
from ivr.prompts import Option
from ivr.talk import Talk
from ticketing.rules import deadlines

CLOSED = [Option("1", "report"), Option("2", "callback")]


def department(talk: Talk) -> None:
    key, category = str(talk.args["department"]), talk.args.get("category")
    found = talk.look("department", partial(_found, key))
    if found["opens"]:
        if talk.choose("closed", partial(_closed, talk, key, found), CLOSED) == "report":
            talk.go("report", **({"category": category} if category else {}))
        talk.go("callback", department=key, category=category)
    if found["phone"] and talk.first_visit("department"):
        talk.say("to_department", department=wording.department(talk, key))
        if talk.hand_over("department", found["phone"], seconds=city().officer.ring_seconds) == "talked":
            talk.goal_met()
            talk.go("survey")
    talk.go("person")


def _closed(talk: Talk, key: str, found: dict[str, Any], slow: bool) -> None:
    talk.say("department_closed", slow=slow, department=wording.department(talk, key), **wording.opening(talk, found))


def _found(key: str) -> dict[str, Any]:
    """Its line, and when it opens if it is closed now."""
    now = clock.now()
    opens = deadlines.opening(key, now)
    return {
        "phone": city().department(key).phone,
        "opens": opens.isoformat() if opens > now else None,
        "asked": now.isoformat(),
    }
