"""The offer to follow a declared incident: a thousand calls may be about one flood, so the caller may follow it with
one key instead of reporting it once more."""

from collections.abc import Callable
from functools import partial
from typing import Any

from config import spoken
from config.hotline import city
from ivr.conversations.parts import menus
from ivr.conversations.parts.mobile_number import mobile
from ivr.prompts import Option
from ivr.talk import Talk
from ticketing.contacts import contacts, followers
from ticketing.messages import announcements
from ticketing.rules import lifecycle, numbers
from ticketing.tickets import news, register

FOLLOW = [Option("1", "follow"), Option("2", "another")]


def offer_incident(
    talk: Talk, category: str, asked: str, area: Callable[[], str | None], *, but: str | None = None
) -> str | None:
    """Offer the newest incident that concerns this area, `but` not the one that was offered before. Gives the one that
    the caller declined; does not come back when the caller follows it."""
    found = talk.look(f"incident {asked}", lambda: _incident(talk, category, area(), but))
    if found is None:
        return but
    if talk.choose(f"follow {asked}", partial(_question, talk, category, found), FOLLOW) == "follow":
        _follow(talk, found["number"])
    return str(found["number"])


def _question(talk: Talk, category: str, found: dict[str, Any], slow: bool) -> None:
    talk.say(
        "incident_attended" if found["attended"] else "incident",
        slow=slow,
        count=spoken.cardinal(talk.language, found["count"]),
        category=city().category(category).spoken[talk.language],
        place=found["words"][talk.language],
    )


def _follow(talk: Talk, number: str) -> None:
    said = talk.once("follow", partial(_take_part, talk, number, None))
    talk.goal_met()
    if not said:
        found = mobile(talk)
        said = talk.once("follow by mobile", partial(_take_part, talk, number, found)) if found else None
    if said:
        talk.say(said)
    menus.another(talk)


def _incident(talk: Talk, category: str, area: str | None, but: str | None) -> dict[str, Any] | None:
    for found in announcements.incidents(talk.session, category, area):
        if found.ticket is not None and found.ticket.number != but:
            count = followers.voices(talk.session, found.ticket)
            attended = found.ticket.state == lifecycle.IN_PROGRESS
            return {"number": found.ticket.number, "count": count, "words": found.words, "attended": attended}
    return None


def _take_part(talk: Talk, number: str, mobile: numbers.Number | None) -> str | None:
    """Follow the incident's ticket. The sentence to say; None where no text can reach this number. A mobile that is
    named takes the place of the number that calls: one caller is counted once."""
    ticket = register.find(talk.session, number, change=True)
    contact = contacts.known(talk.session, mobile) if mobile else talk.contact
    if contact is None:
        return None
    if mobile and talk.contact is not None:
        followers.leave(talk.session, ticket, talk.contact)
    followers.follow(talk.session, ticket, contact)
    if not contact.sms:
        return None
    if contact.opted_out_at:
        return "sms_stopped"
    if ticket.contact_id != contact.id:
        news.to_follower(talk.session, ticket, contact, "SMS29", occasion="follows")
    return "following"
