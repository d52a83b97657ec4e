"""Words of conversations for dates, times and states: what was looked up is remembered as ISO text and keys, and
becomes words only here, in the language of the moment."""

import re
from datetime import date, datetime
from typing import Any

from config import clock, spoken
from config.hotline import city
from ivr.talk import Talk


def weekday(talk: Talk, iso: str) -> str:
    """Kamis, dua puluh enam November."""
    return spoken.date(city(), talk.language, date.fromisoformat(iso))


def day(talk: Talk, iso: str) -> str:
    """dua puluh enam November."""
    return spoken.day(city(), talk.language, date.fromisoformat(iso))


def near(talk: Talk, iso: str, today: str) -> str:
    """Kamis, tanggal dua puluh enam, or the date: as short as it is clear on the day `today`."""
    return spoken.day_soon(city(), talk.language, date.fromisoformat(iso), date.fromisoformat(today))


def time(talk: Talk, iso: str) -> str:
    """empat belas lewat tiga puluh."""
    return spoken.time(city(), talk.language, datetime.fromisoformat(iso))


def written_time(language: str, iso: str) -> str:
    """14.30, as texts write it."""
    return city().clock_time(language, datetime.fromisoformat(iso))


def soon(talk: Talk, iso: str, asked: str) -> str:
    """hari ini, besok, or the date; both moments are ISO texts, the second one is when the caller asked."""
    there, here = (clock.local(datetime.fromisoformat(one)).date() for one in (iso, asked))
    name = {0: "today", 1: "tomorrow"}.get((there - here).days)
    return city().text(talk.language, "words", name) if name else spoken.date(city(), talk.language, there)


def window(talk: Talk, found: dict[str, Any]) -> dict[str, Any]:
    """The fills of a callback's promise: on which day, between which times."""
    return {
        "day": soon(talk, found["from"], found["asked"]),
        "from": time(talk, found["from"]),
        "until": time(talk, found["until"]),
    }


def opening(talk: Talk, found: dict[str, Any]) -> dict[str, Any]:
    """The fills of "open again on this day, at this time"."""
    return {"day": soon(talk, found["opens"], found["asked"]), "time": time(talk, found["opens"])}


def department(talk: Talk, key: str) -> str:
    """Its name; the hotline's own number in it as callers say it."""
    return city().department(key).name[talk.language].replace(city().number, city().spoken_number)


def do_now(talk: Talk, kind: str) -> None:
    """What to do now in a danger of this kind; telephone numbers in it digit by digit."""
    words = re.sub(r"\d+", lambda number: " ".join(number[0]), city().danger(kind).do[talk.language])
    talk.read_out("do_now", words, talk.language)


def state(talk: Talk, facts: dict[str, Any]) -> str:
    """sedang dikerjakan Dinas Perhubungan."""
    name = department(talk, facts["department"])
    return city().text(talk.language, "words", f"say_{facts['state']}").format(department=name)
