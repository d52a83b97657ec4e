"""An alarm, told to the duty team by telephone: what is reported and where, again and again until key 1 is pressed. An
answering machine presses none."""

from functools import partial
from typing import Any

from config.hotline import CITY_LANGUAGE, city
from ivr.conversations.parts import menus
from ivr.prompts import Option
from ivr.talk import Talk
from ticketing.calls import alarms
from ticketing.tickets import history, register

REPEATS = 5
TOLD = 3  # reports that are read out; the letter has all
WORDS_MOST = 200  # characters of what the resident said
HEARD, AGAIN = "heard", "again"
KEYS = [Option("1", HEARD), *(Option(key, AGAIN) for key in "023456789*#")]


def alarm(talk: Talk) -> None:
    found = talk.look("unheard", partial(_unheard, talk))
    if not found:
        talk.finish("alarm_over")
    for time in range(1, REPEATS + 1):
        if talk.choose(f"heard {time}", partial(_say, talk, found), KEYS, silence=AGAIN, keys_only=True) == HEARD:
            talk.once("heard", partial(_hear, talk, found))
            talk.finish("alarm_heard")
    talk.finish("alarm_next")


def _unheard(talk: Talk) -> list[dict[str, Any]]:
    waiting = alarms.unheard(talk.session)
    return [
        {
            "number": ticket.number,
            "area": city().area_name(CITY_LANGUAGE, ticket.area) if ticket.area else "",
            "words": " ".join(history.words_of(talk.session, ticket).split())[:WORDS_MOST],
        }
        for ticket in waiting
    ]


def _say(talk: Talk, found: list[dict[str, Any]], slow: bool) -> None:
    talk.say("alarm_count", slow=slow, count=str(len(found)))
    for one in found[:TOLD]:
        if one["words"]:
            talk.read_out("alarm_words", str(one["words"]), CITY_LANGUAGE)
        if one["area"]:
            talk.say("alarm_place", slow=slow, area=str(one["area"]))
        else:
            talk.say("alarm_no_place", slow=slow)
    menus.say(talk, "alarm_ask", slow)


def _hear(talk: Talk, found: list[dict[str, Any]]) -> None:
    alarms.hear(talk.session, [register.find(talk.session, str(one["number"]), change=True) for one in found])
