"""The carrier's REST API, as far as the hotline uses it: texts, calls and recordings, in the shapes of the real one."""

import hmac
import json
import re
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from ivr.simulator.calls.call import LiveCall
from ivr.simulator.calls.events import Moved
from ivr.simulator.carrier import Carrier
from ivr.simulator.network import ledger
from ivr.simulator.network.fields import API
from ivr.simulator.network.wire import bad_url
from ivr.simulator.rest import media
from ivr.simulator.rest.book import Book
from ivr.simulator.rest.refusals import E164, MEANINGS, RefusalError, unsendable
from ivr.simulator.rest.shapes import Json

_CONTENT = re.compile(r"HX[0-9a-fA-F]{32}")


def rest(carrier: Carrier) -> Blueprint:
    api = Blueprint("rest", __name__, url_prefix=f"/{API}/Accounts/<account>")
    faults = carrier.faults

    @api.errorhandler(RefusalError)
    def refused(refusal: RefusalError) -> Response:
        words = MEANINGS.get(refusal.code, "Refused")
        more = f"https://www.twilio.com/docs/errors/{refusal.code}"
        answer = jsonify(code=refusal.code, message=words, more_info=more, status=refusal.status)
        answer.status_code = refusal.status
        if refusal.status == 429 and faults.retry_after is not None:
            answer.headers["Retry-After"] = str(faults.retry_after)
        return answer

    @api.url_value_preprocessor
    def account(_: str | None, values: dict[str, Any] | None) -> None:
        g.account = (values or {}).pop("account", "")

    @api.before_request
    def admit() -> None:
        given, known = request.authorization, f"{carrier.account_sid}:{carrier.auth_token}"
        good = given and hmac.compare_digest(f"{given.username}:{given.password}".encode(), known.encode())
        if not good or g.account != carrier.account_sid:
            raise RefusalError(20003, 401)
        if faults.take("rest_fail"):
            raise RefusalError(faults.rest_code, faults.rest_status)
        if faults.rest_hang and not faults.hang_acts and faults.take("rest_hang"):
            faults.released.wait(faults.hang_seconds)
            raise RefusalError(20503, 503)

    @api.after_request
    def hang(answer: Response) -> Response:
        if answer.status_code < 400 and faults.hang_acts and faults.take("rest_hang"):
            faults.released.wait(faults.hang_seconds)
        return answer

    book = Book(carrier)
    _texts(api, book)
    _calls(api, book)
    media.attachments(api, book)
    _recordings(api, book)
    return api


def _texts(api: Blueprint, book: Book) -> None:
    shelf = book.ledger.messages

    @api.post("/Messages.json")
    def send_message() -> tuple[Json, int]:
        form = request.form
        message = ledger.Message(
            ledger.new_sid("SM"),
            form.get("From", ""),
            form.get("To", ""),
            _body(),
            "outbound-api",
            "queued",
            callback=form.get("StatusCallback", ""),
            template="ContentSid" in form,
        )
        if code := unsendable(message, book.ledger.opted_out):
            raise RefusalError(code)
        answer = book.shape(message)
        book.carrier.deliver(message)
        return answer, 201

    @api.get("/Messages.json")
    def list_messages() -> Json:
        return book.listed("messages", {"To": "to", "From": "from_"}, "DateSent")

    @api.get("/Messages/<sid>.json")
    def one_message(sid: str) -> Json:
        return book.shape(book.find(shelf, sid))

    @api.post("/Messages/<sid>.json")
    def change_message(sid: str) -> Json:
        message = book.find(shelf, sid)
        if request.form.get("Body") == "":
            book.ledger.touch(message, body="")
        if request.form.get("Status") == "canceled":
            book.ledger.touch(message, status="canceled")
        return book.shape(message)

    @api.delete("/Messages/<sid>.json")
    def delete_message(sid: str) -> tuple[str, int]:
        book.ledger.remove(book.find(shelf, sid))
        return "", 204


def _calls(api: Blueprint, book: Book) -> None:
    carrier, shelf = book.carrier, book.ledger.calls

    @api.post("/Calls.json")
    def place_call() -> tuple[Json, int]:
        form, where = request.form, _where()
        if not E164.fullmatch(form.get("To", "")):
            raise RefusalError(21211 if form.get("To") else 21201)
        entry = ledger.Call(ledger.new_sid("CA"), form.get("From", ""), form["To"], "outbound-api")
        answer = book.shape(entry)
        call = LiveCall(
            carrier,
            entry,
            fallback_url=form.get("FallbackUrl", ""),
            status_url=form.get("StatusCallback", ""),
            status_events=frozenset(form.getlist("StatusCallbackEvent") or ["completed"]),
        )
        carrier.connect(call)
        call.start(where)
        return answer, 201

    @api.get("/Calls.json")
    def list_calls() -> Json:
        names = {"To": "to", "From": "from_", "Status": "status", "ParentCallSid": "parent"}
        return book.listed("calls", names, "StartTime")

    @api.get("/Calls/<sid>.json")
    def one_call(sid: str) -> Json:
        return book.shape(book.find(shelf, sid))

    @api.post("/Calls/<sid>.json")
    def change_call(sid: str) -> Json:
        """Acts after the answer: the webhook that asks for it may be the one this call is waiting for."""
        entry, call = book.find(shelf, sid), carrier.live(sid)
        if not call or entry.ended:
            raise RefusalError(21220)
        if request.form.get("Status") in ("completed", "canceled"):
            carrier.later(sid, call.hang_up)
        else:
            where = _where()
            carrier.later(sid, lambda: call.move(where))
        return book.shape(entry)

    @api.delete("/Calls/<sid>.json")
    def delete_call(sid: str) -> tuple[str, int]:
        book.ledger.remove(book.find(shelf, sid))
        return "", 204


def _recordings(api: Blueprint, book: Book) -> None:
    shelf = book.ledger.recordings

    @api.get("/Recordings.json")
    def list_recordings() -> Json:
        return book.listed("recordings", {"CallSid": "call_sid"}, "DateCreated")

    @api.get("/Calls/<sid>/Recordings.json")
    def list_recordings_of(sid: str) -> Json:
        return book.page("recordings", [one for one in book.ledger.listed("recordings") if one.call_sid == sid])

    @api.get("/Recordings/<sid>.json")
    def one_recording(sid: str) -> Json:
        return book.shape(book.find(shelf, sid))

    @api.delete("/Recordings/<sid>.json")
    def delete_recording(sid: str) -> tuple[str, int]:
        book.ledger.remove(book.find(shelf, sid))
        return "", 204

    @api.get("/Recordings/<sid>")
    @api.get("/Recordings/<sid>.wav")
    def media(sid: str) -> Response:
        """The audio as WAV. An .mp3 is not found: a false one would sound silent to whoever measures it."""
        sound, ready = book.ledger.media(sid), book.find(shelf, sid).status == "completed"
        if not sound or not ready or book.carrier.faults.take("media_missing"):
            raise RefusalError(20404, 404)
        if request.args.get("RequestedChannels", "1") != "1":
            raise RefusalError(20422)
        return Response(sound, mimetype="audio/x-wav")


def _body() -> str:
    """The words of a message; a template's are known only by its name and what fills it."""
    form = request.form
    if "ContentSid" not in form:
        return form.get("Body", "")
    filled = form.get("ContentVariables", "{}")
    try:
        good = _CONTENT.fullmatch(form["ContentSid"]) and isinstance(json.loads(filled), dict)
    except ValueError:
        good = None
    if not good:
        raise RefusalError(21656)
    return f"[{form['ContentSid']}] {filled}"


def _where() -> Moved:
    """The document that a request names for a call."""
    url, inline = request.form.get("Url", ""), request.form.get("Twiml", "")
    if len(inline) > 4000:
        raise RefusalError(32018)
    if not inline and bad_url(url):
        raise RefusalError(21205)
    return Moved(url, request.form.get("Method", "POST"), inline)
