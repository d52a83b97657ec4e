"""Explains what the software makes of something, and why: one JSON line in, one JSON line out. For operators and for
tests of the rules; nothing is stored."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from config import clock
from config.hotline import city
from config.settings import settings
from ivr.understanding import intents
from ticketing.rules import deadlines, numbers, places, routing, working_time


class CannotExplain(ValueError):
    """The line is not what this kind of question looks like; the sentence says why."""


def line(kind: str, text: str) -> str:
    """The answer to one line; a line that cannot be read is answered with {"error": why}."""
    try:
        given = json.loads(text)
        answer = KINDS[kind](given)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as fault:
        why = f"{fault} is missing" if isinstance(fault, KeyError) else str(fault) or type(fault).__name__
        answer = {"error": why}
    return json.dumps(answer)  # in ASCII: what was asked may hold what a terminal acts on


def _number(given: Any) -> dict[str, Any]:
    found = numbers.read(_text(given), hotline=settings().hotline_number)
    return {"e164": found.e164, "kind": found.kind, "sms": found.sms, "why": found.why}


def _place(given: Any) -> dict[str, Any]:
    found = places.recognise(_text(given))
    return {"result": found.result, "kecamatan": found.kecamatan, "kelurahan": found.kelurahan, "why": found.why}


def _deadline(given: Any) -> dict[str, Any]:
    return dict(working_time.explain(_fields(given), is_holiday=deadlines.calendar()))


def _route(given: Any) -> dict[str, Any]:
    asked = _fields(given)
    category, at = _text(asked["category"]), _moment(asked.get("at"))
    area = _area(asked.get("area"))
    routed = routing.route(city(), category, area, clock.local(at).date())
    known = category if category in city().categories else "lainnya"
    due = deadlines.due(known, routed.department, at)
    return {"department": routed.department, "rule": routed.rule, "due": due.isoformat(timespec="seconds")}


def _message(given: Any) -> dict[str, Any]:
    asked = _fields(given)
    context = _text(asked.get("context", "none"))
    if context not in intents.CONTEXTS:
        raise CannotExplain(f"context must be one of {', '.join(intents.CONTEXTS)}")
    found = intents.read(_text(asked["text"]), context)
    area = city().area(found.area) if found.area else None
    return {
        "intent": found.intent,
        "number": found.number,
        "place": (area.kelurahan or area.kecamatan) if area else None,
        "language": found.language,
        "answer": intents.answer(found),
        "confidence": round(found.confidence, 3),
        "second": found.second,
        "categories": dict(found.categories),
        "danger": found.danger,
        "asks": found.asks,
    }


def _area(given: Any) -> str | None:
    if given in (None, ""):
        return None
    name = _text(given)
    if name in city().areas:
        return name
    found = places.recognise(name)
    if found.area is None:
        raise CannotExplain(f"{name} is no kelurahan or kecamatan of the city")
    return found.area


def _moment(given: Any) -> datetime:
    """An ISO time; without a zone it is the city's wall clock, without anything it is now."""
    if given in (None, ""):
        return clock.now()
    moment = datetime.fromisoformat(_text(given))
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.CITY_ZONE)


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise CannotExplain("a JSON string is expected")
    return given


def _fields(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise CannotExplain("a JSON object is expected")
    return given


KINDS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "number": _number,
    "place": _place,
    "deadline": _deadline,
    "route": _route,
    "message": _message,
}
