"""The page behind the link in a text: how far one ticket has come, and what its reporter may do about it. No sign-in,
no cookie, no script; whoever holds the link may look and write. A link that is none is met kindly, and counted."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from config import metrics, stores
from config.hotline import CITY_LANGUAGE, city
from ticketing.contacts import contacts, lookups
from ticketing.media import photos
from ticketing.models import Contact, Photo, Rating, Ticket
from ticketing.rules import references
from ticketing.web.residents import city_map, pages, progress

blueprint = Blueprint(
    "tracking", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
)


@blueprint.after_request
def private(response: Response) -> Response:
    """A ticket is never kept by anybody; the look of the page is, for an hour."""
    if request.endpoint == f"{blueprint.name}.static":
        response.headers["Cache-Control"] = "public, max-age=3600"
    return pages.private(response)


@blueprint.get("/t/<code>")
def track(code: str) -> Response:
    """One ticket for whoever holds its link; or the question how a call was."""
    if whole := references.tracking_code_before(code):
        return pages.go(url_for("tracking.track", code=whole, bahasa=request.args.get("bahasa")))
    with stores.reading() as session:
        found = lookups.by_link(session, code)
        if found is not None:
            return of(session, code, found)
    return unknown()


def of(session: Session, code: str, found: Ticket | Rating) -> Response:
    """The page of what the link belongs to."""
    language = language_of(session, found)
    if isinstance(found, Rating):
        return pages.show("call.html", language, form=pages.Form(code, language), score=found.score)
    shown = progress.of(session, language, found)
    return pages.show("track.html", language, ticket=shown, form=pages.Form(code, language))


@blueprint.get("/t/<code>/foto/<uuid:id_>", defaults={"size": ""})
@blueprint.get("/t/<code>/foto/<uuid:id_>/<any(kecil):size>")
def photo(code: str, id_: UUID, size: str) -> Response:
    """A proof of this ticket; nothing that a resident sent comes back this way."""
    with stores.reading() as session:
        ticket = lookups.by_link(session, code)
        if ticket is None:
            return unknown()
        found = session.get(Photo, id_)
        ours = isinstance(ticket, Ticket) and not city().category(ticket.category).confidential
        if ours and found is not None and found.ticket_id == ticket.id and found.kind == photos.PROOF:
            picture = photos.picture(found, thumb=bool(size))
            if picture is not None:
                named = {"Content-Disposition": 'inline; filename="foto.jpg"'}
                return Response(picture, mimetype="image/jpeg", headers=named)
    return pages.tell("photo_gone", "photo_gone_words", 404)


@blueprint.get("/peta.svg")
def map_sketch() -> Response:
    """What residents point at; the same for everybody."""
    answer = Response(city_map.drawn(), mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


def language_of(session: Session, found: Ticket | Rating) -> str:
    """The language that is asked for, else that of the report or of whoever was called."""
    if isinstance(found, Ticket):
        return pages.asked_language(found.language)
    contact = session.get(Contact, found.contact_id) if found.contact_id else None
    return pages.asked_language(contacts.language(contact, CITY_LANGUAGE))


def unknown() -> Response:
    """There is no such link: count it, and offer another way. Whoever opened too many of them is told to wait."""
    with stores.transaction() as session:
        stop = lookups.refused(session, pages.source(), lookups.LINK)
    if stop:
        metrics.add("look-up refused")
        return pages.tell("too_often", "too_often_link", 429)
    language = pages.asked_language()
    return pages.show("unknown.html", language, 404, form=pages.Form("", language))
