"""The telephone in the browser and its JSON endpoints: call, text, answer as the officer, read the departments' mail.

Every change needs a Content-Type that no foreign page can send without asking first; the page itself runs no script
and no style but its own files.
"""

import base64
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.exceptions import BadRequest, HTTPException, UnsupportedMediaType
from werkzeug.wrappers import Response as AnyResponse

from config.hotline import city
from ivr.simulator.calls import audio
from ivr.simulator.calls.call import LiveCall, NotNowError
from ivr.simulator.carrier import Carrier
from ivr.simulator.network import whatsapp
from ivr.simulator.page import operators, views
from ivr.simulator.page.views import Json

_MAILS, _TEXTS = 50, 100
_PROFILE = "Simulator"  # how WhatsApp names whoever writes from the page
_SHOWN = ("image/jpeg", "image/png", "image/webp")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_MAIL_POLICY = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page(carrier: Carrier) -> Blueprint:
    pages = Blueprint(
        "simulator", __name__, template_folder="templates", static_folder="static", static_url_path="/simulator/static"
    )
    _guards(pages)
    _documents(pages, carrier)
    _calls(pages, carrier)
    _others(pages, carrier)
    return pages


def _guards(pages: Blueprint) -> None:
    @pages.before_request
    def no_foreign_page() -> None:
        if request.method == "POST" and request.mimetype not in ("application/json", "audio/wav"):
            raise UnsupportedMediaType

    @pages.after_request
    def strict(answer: Response) -> Response:
        answer.headers.setdefault("Content-Security-Policy", _POLICY)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["Cache-Control"] = "no-cache"
        return answer

    @pages.errorhandler(NotNowError)
    @pages.errorhandler(operators.CommandError)
    @pages.errorhandler(ValueError)
    def refused(error: Exception) -> tuple[Json, int]:
        return {"error": str(error).partition("\n")[0]}, 409

    @pages.errorhandler(HTTPException)
    def unusable(error: HTTPException) -> tuple[Json, int]:
        return {"error": error.description or error.name}, error.code or 500


def _documents(pages: Blueprint, carrier: Carrier) -> None:
    @pages.get("/")
    def home() -> AnyResponse:
        return redirect("/simulator")

    @pages.get("/simulator")
    def telephone() -> str:
        language = "en" if request.args.get("lang") == "en" else "id"

        def either(indonesian: str, english: str) -> str:
            return english if language == "en" else indonesian

        departments = {key: one.name[language] for key, one in city().departments.items()}
        categories = {key: one.name[language] for key, one in city().categories.items()}
        return render_template(
            "simulator.html",
            t=either,
            language=language,
            number=city().number,
            city=city().name[language],
            departments=departments,
            categories=categories,
        )

    @pages.get("/simulator/mails/<sid>")
    def mail(sid: str) -> Response:
        """A mail's HTML as the department sees it, unable to run or load anything."""
        found = carrier.ledger.mails.get(sid) or abort(404)
        return Response(found.html, headers={"Content-Security-Policy": _MAIL_POLICY}, mimetype="text/html")

    @pages.get("/simulator/photos/<sid>")
    def photo(sid: str) -> Response:
        """A picture that somebody sent; what is none is not shown."""
        found, raw = carrier.ledger.attachments.get(sid), carrier.ledger.media(sid)
        if found is None or raw is None or found.content_type not in _SHOWN:
            abort(404)
        return Response(raw, mimetype=found.content_type)

    @pages.get("/simulator/api/state")
    def state() -> Json:
        """Everything that can change without the page's doing."""
        number, call = request.args.get("number", ""), carrier.live(request.args.get("call", ""))
        texts = [one for one in carrier.ledger.listed("messages") if _on_screen(number, one)]
        ringing = carrier.ringing(number)
        return {
            "call": views.of_call(call) if call else None,
            "ringing": views.of_call(ringing[0]) if ringing else None,
            "texts": [views.of_text(one) for one in reversed(texts[:_TEXTS])],
            "mails": [views.of_mail(one) for one in carrier.ledger.listed("mails")[:_MAILS]],
        }


def _on_screen(number: str, message: Any) -> bool:
    """A text that this telephone sent, or that has reached it, on either channel."""
    sent = whatsapp.number(message.from_) == number
    return bool(sent or (whatsapp.number(message.to) == number and message.status in ("delivered", "read")))


def _calls(pages: Blueprint, carrier: Carrier) -> None:
    acts: dict[str, Callable[[LiveCall, Json], None]] = {
        "press": lambda call, given: call.press(str(given.get("keys", ""))),
        "speak": lambda call, given: call.speak(str(given.get("text", ""))[:500]),
        "silence": lambda call, _: call.stay_silent(),
        "listen": lambda call, _: call.listen(),
        "hangup": lambda call, _: call.hang_up(),
        "record": lambda call, given: call.record(
            min(max(float(given.get("seconds", 0)), 0), 600), ended_by=str(given.get("ended_by", "#"))
        ),
        "answer": lambda call, _: call.answer(),
        "decline": lambda call, _: call.leave_unanswered("busy"),
        "officer-answers": lambda call, given: call.officer_answers(str(given.get("keys", ""))),
        "officer-declines": lambda call, _: call.officer_declines(),
        "officer-no-answer": lambda call, _: call.officer_no_answer(),
        "officer-hangs-up": lambda call, _: call.officer_hangs_up(),
    }

    def live(sid: str) -> LiveCall:
        return carrier.live(sid) or abort(404)

    @pages.post("/simulator/api/calls")
    def dial() -> Json:
        number = str(_given().get("from", "")).strip()
        if not number or len(number) > 40 or not number.isprintable():
            raise BadRequest("no number to call from")
        return views.of_call(carrier.dial(number, patient=False))

    @pages.post("/simulator/api/calls/<sid>/<act>")
    def act(sid: str, act: str) -> Json:
        call = live(sid)
        if act not in acts:
            abort(404)
        acts[act](call, _given())
        return views.of_call(call)

    @pages.post("/simulator/api/calls/<sid>/recording")
    def recording(sid: str) -> Json:
        """What the microphone heard, as a WAV."""
        call, sound = live(sid), request.get_data()
        call.record(audio.length(sound), ended_by=request.args.get("ended_by", "#"), audio=sound)
        return views.of_call(call)

    @pages.get("/simulator/api/calls/<sid>/sounds/<int:at>")
    def sound(sid: str, at: int) -> Response:
        """What <Play> plays, fetched on the page's behalf."""
        lines = live(sid).lines
        if at >= len(lines) or not lines[at].url:
            abort(404)
        answer = live(sid).fetch_sound(lines[at].url)
        return Response(answer.body, 502 if answer.trouble else 200, mimetype=answer.content_type or "audio/wav")


def _others(pages: Blueprint, carrier: Carrier) -> None:
    @pages.post("/simulator/api/texts")
    def text() -> Json:
        given = _given()
        from_ = whatsapp.PREFIX * bool(given.get("whatsapp")) + str(given.get("from", ""))
        photo = base64.b64decode(str(given.get("photo", "")), validate=True)
        place = given.get("place")
        answer = carrier.text(
            from_,
            str(given.get("body", ""))[:1600],
            media=[photo] if photo else [],
            place=(float(str(place[0])), float(str(place[1]))) if isinstance(place, list) and len(place) == 2 else None,
            profile=_PROFILE,
        )
        return {"error": str(answer.trouble) if answer.trouble else ""}

    @pages.get("/simulator/api/tickets/<number>")
    def ticket(number: str) -> Any:
        return operators.show(number)

    @pages.post("/simulator/api/tickets/<number>")
    def move(number: str) -> Any:
        given = {name: str(value) for name, value in _given().items()}
        return operators.move(
            number, given.get("state", ""), note=given.get("note", ""), to=given.get("to", ""), on=given.get("on", "")
        )

    @pages.get("/simulator/api/faults")
    def faults() -> Json:
        return carrier.faults.as_dict()

    @pages.post("/simulator/api/faults")
    def set_faults() -> Json:
        """Change the named faults; an empty object lifts them all."""
        given = _given()
        carrier.faults.set(given) if given else carrier.faults.clear()
        return carrier.faults.as_dict()


def _given() -> Json:
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise BadRequest("a JSON object is expected")
    return given
