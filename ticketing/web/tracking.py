"""The page behind the link in a text: category, state and dates of one ticket. No sign-in, no script,
nothing personal."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Blueprint, Response, render_template, request
from sqlalchemy import select

from config import clock, stores, vault
from config.hotline import Section, city
from ticketing import lifecycle
from ticketing.models import Event, Ticket
from ticketing.references import written

pages = Blueprint("tracking", __name__, template_folder="templates", static_folder="static", static_url_path="/static")

MOST_CODE = 16


@pages.get("/t/<code>")
def track(code: str) -> tuple[str, int]:
    """One ticket for whoever holds its link. `?bahasa=en` changes the language."""
    with stores.reading() as session:
        ticket = session.scalar(select(Ticket).where(Ticket.tracking_hash.in_(vault.lookups(code[:MOST_CODE]))))
        if ticket is None:
            language = _language("id")
            return render_template("unknown.html", words=_words(language), language=language), 404
        events = session.scalars(select(Event).where(Event.ticket_id == ticket.id).order_by(Event.position)).all()
        language = _language(ticket.language)
        return render_template("track.html", words=_words(language), **_shown(ticket, list(events), language)), 200


def _shown(ticket: Ticket, events: list[Event], language: str) -> dict[str, object]:
    late = ticket.state not in lifecycle.OVER and clock.now() > ticket.due_at
    return {
        "language": language,
        "other": city().other_language(language),
        "number": written(ticket.number),
        "category": city().category(ticket.category).name[language],
        "department": city().department(ticket.department).name[language],
        "area": city().area_name(language, ticket.area) if ticket.area else None,
        "state": ticket.state,
        "over": ticket.state in lifecycle.OVER,
        "late": late,
        "answer_by": _day(language, ticket.answer_due_at) if ticket.state in lifecycle.ON_ITS_WAY else None,
        "due": _day(language, ticket.due_at),
        "steps": [
            {"state": event.after, "when": _when(language, event)}
            for event in events
            if event.after and event.after != event.before
        ],
        "updated": {
            "date": city().long_date(language, clock.local(ticket.changed_at).date()),
            "time": city().clock_time(language, ticket.changed_at),
        },
    }


def _day(language: str, due: datetime) -> str:
    last_moment = clock.local(due - timedelta(seconds=1))
    return city().long_date(language, last_moment.date())


def _when(language: str, event: Event) -> str:
    return f"{city().long_date(language, clock.local(event.at).date())}, {city().clock_time(language, event.at)}"


def _language(default: str) -> str:
    asked = request.args.get("bahasa", "")
    return asked if asked in city().languages else default


def _words(language: str) -> Callable[..., str]:
    def words(id_: str, section: Section = "page", **fills: str) -> str:
        return city().text(language, section, id_).format(**fills)

    return words


@pages.after_request
def private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
