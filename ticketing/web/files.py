"""A recording or a photo behind a signed link that ends, for the department that has the report: the recording played
with seeking. Never cached, never indexed, every look and every play logged."""

from typing import TypeVar
from uuid import UUID

from flask import Blueprint, Response, request

from config import stores
from config.hotline import city
from config.logs import log
from ticketing.media import photos
from ticketing.media import recordings as sounds
from ticketing.models import Photo, Recording
from ticketing.outgoing import links, promises

Kept = TypeVar("Kept", Photo, Recording)
recordings = Blueprint("recordings", __name__)
pictures = Blueprint("photos", __name__)


@recordings.get("/recordings/<token>")
def play(token: str) -> Response:
    """The audio, whole or the asked range; 404 for a link that is not ours or has ended, 503 while it is fetched."""
    recording_id = links.read_recording(token)
    row = _row(Recording, recording_id)
    if recording_id is None or row is None or row.removed_at:
        return _words("recording_unknown", 404)
    audio = sounds.audio(recording_id)
    if audio is None:
        lost = row.lost_at is not None or _fetch_given_up(row)
        return _words("recording_lost", 404) if lost else _words("recording_pending", 503, {"Retry-After": "10"})
    log("recording played", recording=str(recording_id), part=bool(request.range))
    response = Response(audio, mimetype=row.media_type or "audio/wav")
    response.headers["Accept-Ranges"] = "bytes"
    kind = "mp3" if row.media_type == "audio/mpeg" else "wav"
    response.headers["Content-Disposition"] = f'inline; filename="rekaman.{kind}"'
    return response.make_conditional(request.environ, accept_ranges=True, complete_length=len(audio))  # type: ignore[return-value]


@pictures.get("/photos/<token>")
def show(token: str) -> Response:
    """The picture; 404 for a link that is not ours or has ended and for what is not kept, 503 while it is fetched."""
    row = _row(Photo, links.read_photo(token))
    if row is None or row.removed_at:
        return _words("photo_unknown", 404)
    picture = photos.picture(row)
    if picture is None:
        return _words("photo_lost", 404) if row.unusable else _words("photo_pending", 503, {"Retry-After": "10"})
    log("photo seen", photo=str(row.id))
    return Response(picture, mimetype="image/jpeg", headers={"Content-Disposition": 'inline; filename="foto.jpg"'})


@recordings.after_request
@pictures.after_request
def private(response: Response) -> Response:
    """A voice or a picture is never kept by anybody on the way."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _row(table: type[Kept], row_id: UUID | None) -> Kept | None:
    with stores.reading() as session:
        return session.get(table, row_id) if row_id else None


def _fetch_given_up(row: Recording) -> bool:
    with stores.reading() as session:
        return promises.given_up(session, f"recording:{row.sid}")


def _words(id_: str, status: int, headers: dict[str, str] | None = None) -> Response:
    lines = [city().text(language, "page", id_) for language in city().languages]
    return Response("\n".join(lines) + "\n", status, headers=headers, mimetype="text/plain")
