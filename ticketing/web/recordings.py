"""A recording behind a signed link that ends: played with seeking, never cached, never indexed, every play logged."""

from uuid import UUID

from flask import Blueprint, Response, request

from config import stores
from config.hotline import city
from config.logs import log
from ticketing.media import recordings
from ticketing.models import Recording
from ticketing.outgoing import links, promises

pages = Blueprint("recordings", __name__)


@pages.get("/recordings/<token>")
def play(token: str) -> Response:
    """The audio, whole or the asked range; 404 for a link that is not ours or has ended, 503 while it is fetched."""
    recording_id = links.read_recording(token)
    row = _row(recording_id) if recording_id else None
    if recording_id is None or row is None or row.removed_at:
        return _words("recording_unknown", 404)
    audio = recordings.audio(recording_id)
    if audio is None:
        lost = _fetch_given_up(row)
        return _words("recording_lost", 404) if lost else _words("recording_pending", 503, {"Retry-After": "10"})
    log("recording played", recording=str(recording_id), part=bool(request.range))
    response = Response(audio, mimetype=row.media_type or "audio/wav")
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Disposition"] = "inline"
    return response.make_conditional(request.environ, accept_ranges=True, complete_length=len(audio))  # type: ignore[return-value]


@pages.after_request
def private(response: Response) -> Response:
    """A voice is never kept by anybody on the way."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _row(recording_id: UUID) -> Recording | None:
    with stores.reading() as session:
        return session.get(Recording, recording_id)


def _fetch_given_up(row: Recording) -> bool:
    with stores.reading() as session:
        return promises.given_up(session, f"recording:{row.sid}")


def _words(id_: str, status: int, headers: dict[str, str] | None = None) -> Response:
    lines = [city().text(language, "page", id_) for language in city().languages]
    return Response("\n".join(lines) + "\n", status, headers=headers, mimetype="text/plain")
