"""Walking through the menus of hotline.toml, and the short questions that end a matter."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from config.city import MenuEntry
from config.hotline import city
from ivr.prompts import Option
from ivr.talk import Talk
from ticketing.models import Ticket
from ticketing.rules import references
from ticketing.tickets.register import TicketError

SILENT = "silent"
TOLD = "topic"  # the menu whose answer most callers would rather say
Hear = Callable[[str], dict[str, Any] | None]


def entries(menu: str, *, flooded: bool = False) -> tuple[MenuEntry, ...]:
    """The entries of a menu; some stand there only while the city has a flood notice out."""
    return tuple(entry for entry in city().menu(menu) if flooded or not entry.in_flood)


def options(entries: tuple[MenuEntry, ...]) -> list[Option]:
    """The keys of a menu; what one means is its digit."""
    return [Option(str(entry.digit), str(entry.digit), entry.text) for entry in entries]


def through(
    talk: Talk, menu: str, *, may_be_silent: tuple[str, ...] = (), hear: Hear | None = None
) -> MenuEntry | dict[str, Any] | None:
    """The entry that the caller comes to, asking one menu more where one leads to another; what `hear` makes of own
    words. None for silence at a menu that `may_be_silent`."""
    while True:
        entries = city().menu(menu)
        silence = SILENT if menu in may_be_silent else None
        question = partial(_menu, talk, menu)
        chosen = talk.choose_or_tell(menu, question, options(entries), hear or (lambda _: None), silence=silence)
        if chosen == SILENT:
            return None
        if isinstance(chosen, dict):
            return chosen
        entry = next(entry for entry in entries if str(entry.digit) == chosen)
        if entry.ask is None:
            return entry
        menu = entry.ask


def say(talk: Talk, id_: str, slow: bool, **fills: Any) -> None:
    """One sentence as a question: what `choose` and `yes` want."""
    talk.say(id_, slow=slow, **fills)


def asked_number(talk: Talk, ask: str, find: Callable[[Session, str], Ticket]) -> str:
    """The nine digits of a ticket that `find` finds, keyed or said; three tries, then a person. * goes to the root. A
    wrong digit is caught by the check digit before anything is looked up."""
    for attempt in (1, 2, 3):
        keyed = talk.digits(f"number {attempt}", ask if attempt == 1 else "status_again", most=9)
        if keyed is None:
            talk.go("main", again=True)
        number = references.clean(keyed) if keyed else None
        if number and talk.look(f"known {attempt}", partial(_exists, talk, find, number)):
            return number
    talk.go("person")


def _exists(talk: Talk, find: Callable[[Session, str], Ticket], number: str) -> bool:
    try:
        find(talk.session, number)
    except TicketError:
        return False
    return True


def another(talk: Talk) -> None:
    """The matter is settled: one more report, an officer, or goodbye."""
    question = partial(say, talk, "another")
    if talk.choose("another", question, [Option("1", "report")], silence="enough") == "report":
        talk.go("report")
    talk.goodbye()


def _menu(talk: Talk, menu: str, slow: bool) -> None:
    talk.say(f"{menu}_ask", slow=slow)
    talk.say_options(options(city().menu(menu)), slow=slow)
    if menu == TOLD and talk.hears(menu):
        talk.say("or_say_matter", slow=slow)
