"""The root: what the city has to tell, who we are, the emergency key first, then what can be done here."""

from functools import partial
from typing import Any

from config import clock
from config.hotline import city
from ivr.conversations import status
from ivr.conversations.parts import menus, wording
from ivr.prompts import Option
from ivr.talk import Talk
from ticketing.contacts import disclosure
from ticketing.messages import announcements
from ticketing.tickets import register

OFFICER = [Option("0", "officer", "officer")]


def main(talk: Talk) -> None:
    again = talk.args.get("again")
    told = None if again else talk.once("announcement", partial(_announcement, talk))
    known = talk.look("known report", partial(_known_report, talk))
    if told:
        talk.say(told["id"], time=wording.time(talk, told["at"]), words=told["words"][talk.language])
    if not again:
        talk.say("greeting", daypart=talk.look("daypart", lambda: city().daypart(talk.language, clock.now())))
    chosen = talk.choose("root", partial(_menu, talk, known), menus.options(city().menu("root")))
    name = str(city().menu("root")[int(chosen) - 1].talk)
    if name == "information" and told and told["id"] == "flood_notice":
        talk.go(name, topic="flood")  # the notice promises the details behind this key
    if name == "status" and known:
        talk.go(name, first=known["number"])
    talk.go(name)


def _menu(talk: Talk, known: dict[str, Any] | None, slow: bool) -> None:
    """Emergency, the other language, the caller's own report where there is news of one, then everything else."""
    first, *rest = menus.options(city().menu("root"))
    talk.say_options([first], slow=slow)
    talk.say("root_english", slow=slow, foreign=True)
    if known:
        _say_known(talk, known, slow)
        rest = [option for option in rest if option.name != "root_status"]  # its key was just named
    talk.say_options([*rest, *OFFICER], slow=slow)


def _say_known(talk: Talk, known: dict[str, Any], slow: bool) -> None:
    fills: dict[str, Any] = {
        "label": city().category(known["category"]).label[talk.language],
        "status": city().text(talk.language, "words", f"state_{known['state']}"),
    }
    if known["due"]:
        talk.say("known_report", slow=slow, **fills, target=wording.near(talk, known["due"], known["today"]))
    else:
        talk.say("known_report_done", slow=slow, **fills)


def _announcement(talk: Talk) -> dict[str, Any] | None:
    """What this caller hears first; the call remembers it, so that the next one within half an hour does not."""
    found = announcements.before_menu(talk.session, talk.call)
    if found is None:
        return None
    talk.call.announcement_id = found.id
    id_ = "flood_notice" if found.kind == "flood" else "notice"
    return {"id": id_, "at": found.starts_at.isoformat(), "words": found.words}


def _known_report(talk: Talk) -> dict[str, Any] | None:
    number = disclosure.recent(talk.session, talk.call)
    return status.facts(register.find(talk.session, number), disclosure.OWN) if number else None
