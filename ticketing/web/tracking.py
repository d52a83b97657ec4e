"""The page behind the link in a text: category, state and dates of one ticket. No sign-in, no script,
nothing personal."""

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup, escape
from sqlalchemy import select

from config import clock, stores, vault
from config.city import Section
from config.hotline import city
from ticketing import history
from ticketing.models import Ticket
from ticketing.web.progress import Progress

pages = Blueprint("tracking", __name__, template_folder="templates", static_folder="static", static_url_path="/static")

MOST_CODE = 16


class _Words:
    """The sentences of one language, as the templates ask for them."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, id_: str, section: Section = "page", **fills: str) -> Markup:
        return escape(city().text(self.language, section, id_)).format(**fills)


@pages.get("/t", defaults={"code": ""})
@pages.get("/t/<code>")
def track(code: str) -> tuple[str, int]:
    """One ticket for whoever holds its link. `?bahasa=en` changes the language."""
    with stores.reading() as session:
        ticket = session.scalar(select(Ticket).where(Ticket.tracking_hash.in_(vault.lookups(code[:MOST_CODE]))))
        if ticket is None:
            return _page("unknown.html", _language(next(iter(city().languages)))), 404
        language = _language(ticket.language)
        parent = session.get_one(Ticket, ticket.merged_into_id) if ticket.merged_into_id else None
        progress = Progress(language, ticket, history.of(session, ticket), parent)
        return _page("track.html", language, ticket=progress), 200


def _page(template: str, language: str, **shown: Progress) -> str:
    return render_template(
        template,
        words=_Words(language),
        language=language,
        languages=city().languages,
        city=city(),
        loaded=city().clock_time(language, clock.now()),
        **shown,
    )


def _language(default: str) -> str:
    asked = request.args.get("bahasa", "")
    return asked if asked in city().languages else default


@pages.after_request
def private(response: Response) -> Response:
    """A ticket is never kept by anybody on the way; the look of the page is, for an hour."""
    looks = request.endpoint == f"{pages.name}.static"
    response.headers["Cache-Control"] = "public, max-age=3600" if looks else "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
