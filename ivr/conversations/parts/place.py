"""The question for the place: the area of the last report, or a kelurahan that is said and confirmed. Two tries, *
skips, and a caller who has only keys (or whose voice is not understood) goes on to the recording all the same."""

from functools import partial
from typing import Any

from config.hotline import city
from ivr.conversations.parts import menus
from ivr.prompts import Option
from ivr.talk import Talk
from ticketing.contacts import callers
from ticketing.rules import places

WHICH = [Option("1", "first"), Option("2", "second"), Option("3", "neither")]
OUTSIDE = [Option("1", "report"), Option("2", "another")]


def place(talk: Talk, *, told: dict[str, Any]) -> dict[str, Any]:
    """The details of a report that say where: area, the words that were said, and whose it is outside the city. What
    was `told` with the matter is not asked again."""
    said = str(told.get("words", ""))
    if told.get("area"):
        return {"area": told["area"], "words": said}
    if told.get("unsettled") and (details := _settled(talk, 0, talk.look("found 0", partial(_recognised, said)))):
        return {**details, "words": said}
    last = talk.look("last area", lambda: callers.last_area(talk.session, talk.call))
    if last and talk.yes("same place", lambda slow: talk.say("place_last", slow=slow, area=_name(talk, last))):
        return {"area": last, "words": said}
    words, understood = said, False
    for attempt in (1, 2):
        heard = talk.words(
            f"place {attempt}",
            "place_ask" if attempt == 1 else "place_other" if understood else "place_again",
            hints=_hints(),
        )
        if heard is None:
            break
        words = heard or words
        found = talk.look(f"found {attempt}", partial(_recognised, heard))
        details = _settled(talk, attempt, found)
        if details is not None:
            return {**details, "words": words}
        understood = found["result"] != "none"
    talk.say("place_skipped")
    return {"words": words}


def _settled(talk: Talk, attempt: int, found: dict[str, Any]) -> dict[str, Any] | None:
    """What the caller confirms of what was recognised; None when it was something else."""
    if found["result"] == "match":
        area = found["areas"][0]
        right = talk.yes(f"right {attempt}", lambda slow: talk.say("place_confirm", slow=slow, area=_name(talk, area)))
        return {"area": area} if right else None
    if found["result"] == "ambiguous":
        first, second = found["areas"]
        names: dict[str, Any] = {"a": _name(talk, first), "b": _name(talk, second)}
        if second == city().kecamatan_key(first):  # they are called the same
            names["a"] = talk.text("kelurahan", "words", name=city().area(first).spoken)
        asked = partial(menus.say, talk, "place_which", **names)
        which = talk.choose(f"which {attempt}", asked, WHICH, confirm=True)
        return {"first": {"area": first}, "second": {"area": second}}.get(which)
    if found["result"] == "outside":
        referral = city().referrals[found["outside"]]

        def question(slow: bool) -> None:
            place, words = referral.short[talk.language], referral.say[talk.language]
            talk.say("place_outside", slow=slow, place=place, referral=words)

        wish = talk.choose(f"outside {attempt}", question, OUTSIDE, silence="report")
        return {"outside": found["outside"]} if wish == "report" else None
    return None


def _recognised(heard: str) -> dict[str, Any]:
    found = places.recognise(heard)
    areas = [found.area] if found.result == "match" else list(found.candidates[:2])
    doubted = found.result == "ambiguous" and len(areas) == 1  # one place is read back whether we are sure or not
    return {"result": "match" if doubted else found.result, "areas": areas, "outside": found.outside}


def _name(talk: Talk, area: str) -> str:
    return city().area_name(talk.language, area)


def _hints() -> list[str]:
    return [area.spoken for area in (*city().areas.values(), *city().kecamatan.values())]
