"""Proposals of residents: make one, support one of the caller's neighbourhood or by its number, hear the answer."""

from functools import partial
from typing import Any, NoReturn

from config import clock, spoken
from config.hotline import CITY_LANGUAGE, city
from ivr.conversations.parts import menus, wording
from ivr.prompts import Option
from ivr.talk import Talk
from ticketing.contacts import callers, followers
from ticketing.rules import deadlines, lifecycle, references
from ticketing.tickets import news, proposals

WISHES = [Option("1", "new"), Option("2", "support"), Option("3", "answer")]
SUPPORT = [Option("1", "support"), Option("2", "another")]
ANSWER = [Option("1", "repeat"), Option("2", "another")]
MAX_REPEATS = 20


def proposal(talk: Talk) -> None:
    wish = talk.args.get("wish") or talk.choose("proposal", partial(menus.say, talk, "proposal_ask"), WISHES)
    if wish == "new":
        talk.go("report", category=news.PROPOSAL)
    if wish == "support":
        _support(talk)
    _answer(talk)


def _support(talk: Talk) -> NoReturn:
    """Those around the caller's last report first, then one by its number."""
    listed = [] if talk.args.get("by_number") else talk.look("listed", partial(_around, talk))
    if not talk.look("has a number", lambda: callers.seen(talk.call)):
        talk.say("support_hidden")
        talk.goodbye()
    for at, number in enumerate(listed, 1):
        _offer(talk, number, f"{at}")
    _offer(talk, menus.asked_number(talk, "proposal_number", proposals.find), "keyed")
    talk.go("proposal", wish="support", by_number=True)


def _offer(talk: Talk, number: str, at: str) -> None:
    """One proposal; comes back for another one."""
    found = talk.look(f"proposal {at}", partial(_facts, talk, number))
    if found["over"]:
        _say_over(talk, found)
        return
    if talk.choose(f"support {at}", partial(_question, talk, found), SUPPORT) == "another":
        return
    new, count = talk.once(f"supported {at}", partial(_supported, talk, number))
    talk.goal_met()
    talk.say("supported" if new else "supported_before", count=spoken.cardinal(talk.language, count))
    menus.another(talk)


def _question(talk: Talk, found: dict[str, Any], slow: bool) -> None:
    _name(talk, found, slow)
    talk.say("proposal_support", slow=slow, count=spoken.cardinal(talk.language, found["count"]))


def _name(talk: Talk, found: dict[str, Any], slow: bool = False) -> None:
    """Its area and the title a clerk gave it, else its number."""
    if found["title"]:
        if found["area"]:
            talk.say("proposal_in", slow=slow, area=city().area_name(talk.language, found["area"]))
        talk.read_out("title", f"{found['title']}.", CITY_LANGUAGE)
    else:
        first, second, third = (spoken.digits(talk.language, group) for group in references.threes(found["number"]))
        talk.say("proposal_named", slow=slow, n1=first, n2=second, n3=third)


def _say_over(talk: Talk, found: dict[str, Any]) -> None:
    """It was answered, or it ended without an answer of its own: withdrawn, merged, somebody else's."""
    talk.say("proposal_closed" if found["answer"] else "proposal_over")


def _answer(talk: Talk) -> NoReturn:
    """The caller's own proposals first, then one by its number."""
    own = [] if talk.args.get("by_number") else talk.look("own", partial(_own, talk))
    for at, number in enumerate(own, 1):
        _hear(talk, number, f"{at}")
    _hear(talk, menus.asked_number(talk, "proposal_number", proposals.find), "keyed")
    talk.go("proposal", wish="answer", by_number=True)


def _hear(talk: Talk, number: str, at: str) -> None:
    found = talk.look(f"answer {at}", partial(_facts, talk, number))
    for time in range(MAX_REPEATS):
        _name(talk, found)
        if found["answer"]:
            talk.say("answer_there")
            talk.read_out("answer", found["answer"], CITY_LANGUAGE)
        elif found["over"]:
            _say_over(talk, found)
        else:
            talk.say("answer_late" if found["late"] else "answer_waiting", date=wording.weekday(talk, found["due"]))
        talk.goal_met()
        question = partial(menus.say, talk, "answer_menu")
        wish = talk.choose(f"heard {at}.{time}", question, ANSWER, silence="enough", patience=1)
        if wish == "enough":
            talk.goodbye()
        if wish == "another":
            return


def _around(talk: Talk) -> list[str]:
    return proposals.listed(talk.session, callers.last_area(talk.session, talk.call))


def _own(talk: Talk) -> list[str]:
    return proposals.own(talk.session, talk.call)


def _facts(talk: Talk, number: str) -> dict[str, Any]:
    """Only what a clerk wrote for everybody, counts, and dates."""
    ticket = proposals.find(talk.session, number)
    return {
        "number": number,
        "area": ticket.area,
        "title": proposals.public_words(talk.session, ticket, "title"),
        "answer": proposals.public_words(talk.session, ticket, "answer"),
        "count": followers.voices(talk.session, ticket),
        "over": ticket.state in lifecycle.OVER,
        "due": deadlines.last_day(ticket.due_at).isoformat(),
        "late": ticket.due_at <= clock.now(),
    }


def _supported(talk: Talk, number: str) -> tuple[bool, int]:
    ticket = proposals.find(talk.session, number, change=True)
    if talk.contact is None:
        return False, followers.voices(talk.session, ticket)
    return proposals.support(talk.session, ticket, talk.contact)
