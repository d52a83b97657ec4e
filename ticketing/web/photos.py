"""A photo behind a signed link that ends: for the department that has the report, never cached, never indexed, every
look logged."""

from uuid import UUID

from flask import Blueprint, Response

from config import stores
from config.hotline import city
from config.logs import log
from ticketing.media import photos
from ticketing.models import Photo
from ticketing.outgoing import links

pages = Blueprint("photos", __name__)


@pages.get("/photos/<token>")
def show(token: str) -> Response:
    """The picture; 404 for a link that is not ours or has ended and for what is not kept, 503 while it is fetched."""
    photo_id = links.read_photo(token)
    row = _row(photo_id) if photo_id else None
    if row is None or row.removed_at:
        return _words("photo_unknown", 404)
    picture = photos.picture(row)
    if picture is None:
        return _words("photo_lost", 404) if row.unusable else _words("photo_pending", 503, {"Retry-After": "10"})
    log("photo seen", photo=str(row.id))
    return Response(picture, mimetype="image/jpeg", headers={"Content-Disposition": "inline"})


@pages.after_request
def private(response: Response) -> Response:
    """A picture is never kept by anybody on the way."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _row(photo_id: UUID) -> Photo | None:
    with stores.reading() as session:
        return session.get(Photo, photo_id)


def _words(id_: str, status: int, headers: dict[str, str] | None = None) -> Response:
    lines = [city().text(language, "page", id_) for language in city().languages]
    return Response("\n".join(lines) + "\n", status, headers=headers, mimetype="text/plain")
