"""The start of tests of the way into a department's own system: its secrets, and the newest promise to it."""

from factories import changing, make_due, rows
from people import House

from config import clock
from ticketing.media import recordings
from ticketing.models import Outbox
from ticketing.tickets import additions

NEW, OLD = "whsec_" + "bmV3".ljust(40, "A"), "whsec_" + "b2xk".ljust(40, "A")
PHONE = "+6281299887766"


def delivery(number: str) -> Outbox:
    return rows(number, kind="webhook")[-1]


def state(number: str) -> tuple[str, str | None]:
    now = delivery(number)
    return now.state, now.last_error


def again(house: House, number: str) -> tuple[str, str | None]:
    make_due(delivery(number))
    house.work()
    return state(number)


def add_recording(number: str) -> None:
    """The reporter called again and said more."""
    with changing(number) as (session, ticket):
        made = recordings.noted(session, sid="RE" + "7" * 32, call=None, turn=1, seconds=5, completed=True)
        made.fetched_at = clock.now()
        additions.add_recording(session, ticket, made, by="caller")
