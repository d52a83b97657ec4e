"""Files that came with messages: the carrier's REST API names them, and sends to where they are kept."""

from flask import Blueprint, Response

from ivr.simulator.carrier import Carrier
from ivr.simulator.network.ledger import Attachment
from ivr.simulator.rest.book import Book
from ivr.simulator.rest.refusals import RefusalError
from ivr.simulator.rest.shapes import Json


def attachments(api: Blueprint, book: Book) -> None:
    """What came with messages, in the REST API."""
    shelf = book.ledger.attachments

    def of(message: str, sid: str) -> Attachment:
        found = book.find(shelf, sid)
        if found.message_sid != message:
            raise RefusalError(20404, 404)
        return found

    @api.get("/Messages/<message>/Media.json")
    def list_attachments(message: str) -> Json:
        of_it = [one for one in book.ledger.listed("attachments") if one.message_sid == message]
        return book.page("media_list", of_it)

    @api.get("/Messages/<message>/Media/<sid>.json")
    def one_attachment(message: str, sid: str) -> Json:
        return book.shape(of(message, sid))

    @api.delete("/Messages/<message>/Media/<sid>.json")
    def delete_attachment(message: str, sid: str) -> tuple[str, int]:
        book.ledger.remove(of(message, sid))
        return "", 204

    @api.get("/Messages/<message>/Media/<sid>")
    def attachment(message: str, sid: str) -> Response:
        """Sends to where it is kept, as the real one does."""
        found = of(message, sid)
        if book.carrier.faults.take("media_missing"):
            raise RefusalError(20404, 404)
        return Response(status=307, headers={"Location": f"{book.carrier.api_url}/media/{found.sid}"})


def store(carrier: Carrier) -> Blueprint:
    """Where the carrier keeps what came with messages: no account, no password, and an address nobody can guess."""
    pages = Blueprint("media", __name__)

    @pages.get("/media/<sid>")
    def one(sid: str) -> Response:
        kept, raw = carrier.ledger.attachments.get(sid), carrier.ledger.media(sid)
        if kept is None or raw is None:
            return Response(status=404)
        return Response(raw, mimetype=kept.content_type)

    return pages
