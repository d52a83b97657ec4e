"""News of a report, told by telephone to whom no text reaches. Until a key is pressed it says only that there is some:
an answering machine presses none, and whoever hears it later learns nothing. Then the reporter has the last word."""

from functools import partial
from typing import Any
from uuid import UUID

from config.hotline import CITY_LANGUAGE, city
from ivr.conversations import status
from ivr.conversations.parts import menus
from ivr.prompts import Option
from ivr.talk import Talk
from ticketing.contacts import disclosure
from ticketing.messages import receipts, texts
from ticketing.models import Message
from ticketing.rules import lifecycle
from ticketing.tickets import register

NOTHING, ENOUGH = "nothing", "enough"
LISTEN = [Option("1", "listen")]
ANNOUNCED = 2  # times; for who comes to the telephone slowly
# What may be answered, by whether the matter is said to be done: the sentence, and its keys in order.
MENUS = {
    True: ("news_resolved", (status.REPEAT, status.FIXED, status.UNFIXED)),
    False: ("news_repeat", (status.REPEAT,)),
}


def news(talk: Talk) -> None:
    if not _listens(talk):
        talk.finish("news_later")
    number = str(talk.args["number"])
    talk.once("told", partial(_told, talk))
    talk.goal_met()
    for time in range(status.MAX_REPEATS):
        found = talk.look(f"facts {time}", partial(_facts, talk, number))
        status.tell(talk, found)
        if found["state"] == lifecycle.WAITING:
            words, language = talk.look("question", partial(_question, talk))
            talk.say("news_question")
            talk.read_out("question", words, language)
            status.remark(talk, number, f"{time}", "record_remark")
        sentence, wishes = MENUS[found["state"] == lifecycle.RESOLVED]
        keys = [Option(str(digit), wish) for digit, wish in enumerate(wishes, 1)]
        wish = talk.choose(f"wish {time}", partial(menus.say, talk, sentence), keys, silence=ENOUGH, patience=1)
        if wish == status.UNFIXED:
            status.unfixed(talk, number, f"{time}")
        if wish == status.FIXED:
            status.fixed(talk, number, f"{time}")
        if wish != status.REPEAT:
            break
    talk.goodbye()


def _listens(talk: Talk) -> bool:
    """Somebody pressed 1: no machine does."""
    for time in range(1, ANNOUNCED + 1):
        question = partial(menus.say, talk, "news_there")
        if talk.choose(f"listen {time}", question, LISTEN, silence=NOTHING, keys_only=True) != NOTHING:
            return True
    return False


def _message(talk: Talk) -> Message:
    return talk.session.get_one(Message, UUID(str(talk.args["message"])))


def _told(talk: Talk) -> None:
    receipts.delivered(talk.session, _message(talk).id, sid=talk.call.sid, status="delivered", error=None)


def _facts(talk: Talk, number: str) -> dict[str, Any]:
    """As to the reporter, whose own telephone we rang."""
    return status.facts(register.find(talk.session, number), disclosure.OWN)


def _question(talk: Talk) -> tuple[str, str]:
    """What the officer wants to know, and the language of the words: a clerk's are those of the city."""
    given = texts.details_of(_message(talk))
    asked, usual = given.get("fills", {}).get("question"), city().text(given["language"], "words", "ask_details")
    if asked and asked != usual:
        return f"{asked}?", CITY_LANGUAGE
    return f"{city().text(talk.language, 'words', 'ask_details')}?", talk.language
