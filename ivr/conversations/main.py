"""The root: what the city has to tell, who we are, the emergency key first, then what can be done here."""

from datetime import datetime
from functools import partial
from typing import Any, NoReturn

from config import clock
from config.city import MenuEntry
from config.hotline import city
from ivr.conversations import status
from ivr.conversations.parts import menus, own_words, wording
from ivr.prompts import Option
from ivr.talk import Talk
from ticketing.contacts import disclosure
from ticketing.messages import announcements
from ticketing.tickets import register

OFFICER = [Option("0", "officer", "officer")]


def main(talk: Talk) -> None:
    again = talk.args.get("again")
    told, flooded = _announced(talk, again=bool(again))
    known = talk.look("known report", partial(_known_report, talk))
    if told:
        talk.say(told["id"], time=wording.time(talk, told["at"]), words=told["words"][talk.language])
    if not again:
        began = talk.look("began", lambda: clock.now().isoformat())
        talk.say("greeting", daypart=city().daypart(talk.language, datetime.fromisoformat(began)))
    entries = menus.entries("root", flooded=flooded)
    chosen = talk.choose_or_tell("root", partial(_menu, talk, known, entries), menus.options(entries), own_words.wish)
    if isinstance(chosen, dict):
        _go_where_told(talk, chosen, known)
    entry = entries[int(chosen) - 1]
    name = str(entry.talk)
    if entry.category:
        talk.go(name, category=entry.category)
    if name == "information" and told and told["id"] == "flood_notice":
        talk.go(name, topic="flood")  # the notice promises the details behind this key
    if name == "status" and known:
        talk.go(name, first=known["number"])
    talk.go(name)


def _go_where_told(talk: Talk, told: dict[str, Any], known: dict[str, Any] | None) -> NoReturn:
    """To what the caller said in own words, once it was read back; else the menu once more."""
    if not own_words.agreed(talk, "heard", told):
        talk.go("main", again=True)
    name, given = str(told["talk"]), {key: value for key, value in told.items() if key != "talk"}
    if name == "status" and known:
        given["first"] = known["number"]
    talk.go(name, **given)


def _menu(talk: Talk, known: dict[str, Any] | None, entries: tuple[MenuEntry, ...], slow: bool) -> None:
    """Emergency, the other language, the caller's own report where there is news of one, then everything else."""
    first, *rest = menus.options(entries)
    talk.say_options([first], slow=slow)
    talk.say("root_english", slow=slow, foreign=True)
    if known:
        _say_known(talk, known, slow)
        rest = [option for option in rest if option.name != "root_status"]  # its key was just named
    talk.say_options([*rest, *OFFICER], slow=slow)
    if talk.hears("root") and not known:
        talk.say("or_say", slow=slow)


def _say_known(talk: Talk, known: dict[str, Any], slow: bool) -> None:
    fills: dict[str, Any] = {
        "label": city().category(known["category"]).label[talk.language],
        "status": city().text(talk.language, "words", f"state_{known['state']}"),
    }
    if known["due"]:
        talk.say("known_report", slow=slow, **fills, target=wording.near(talk, known["due"], known["today"]))
    else:
        talk.say("known_report_done", slow=slow, **fills)


def _announced(talk: Talk, *, again: bool) -> tuple[dict[str, Any] | None, bool]:
    """What this caller hears first, if this is the beginning; and whether a flood is one key."""
    if again:
        return None, bool(talk.look("flood mode", lambda: announcements.flood(talk.session) is not None))
    found = talk.once("announcements", partial(_announcement, talk))
    return found["told"], bool(found["flooded"])


def _announcement(talk: Talk) -> dict[str, Any]:
    """The call remembers what it told, so that the next one within half an hour does not."""
    found, flooded = announcements.before_menu(talk.session, talk.call)
    if found is None:
        return {"told": None, "flooded": flooded}
    talk.call.announcement_id = found.id
    id_ = "flood_notice" if found.kind == "flood" else "notice"
    told = {"id": id_, "at": found.starts_at.isoformat(), "words": found.words}
    return {"told": told, "flooded": flooded}


def _known_report(talk: Talk) -> dict[str, Any] | None:
    number = disclosure.recent(talk.session, talk.call)
    return status.facts(register.find(talk.session, number), disclosure.OWN) if number else None
