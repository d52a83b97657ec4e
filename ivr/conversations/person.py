"""A person: the duty officer's line, once a call; nobody there, or nobody configured, leads to a message."""

from config import clock
from config.hotline import city
from config.settings import settings
from ivr.talk import Talk
from ticketing import deadlines, terms


def person(talk: Talk) -> None:
    if not talk.first_visit("person"):
        talk.go("message")
    duty = talk.look("duty line", _duty_line)
    if not duty:
        talk.go("message")
    talk.say("to_officer")
    if talk.hand_over("officer", str(duty)) == "talked":
        talk.goodbye()
    talk.go("message")


def _duty_line() -> str | None:
    """The number that rings now, or None outside the hotline's hours."""
    number = settings().duty_phone or city().officer.duty_phone
    hours = deadlines.Hours.read(city().hours)
    return number if number and deadlines.is_open(hours, clock.now(), terms.calendar()) else None
