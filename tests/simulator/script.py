"""A hotline that follows a script: paths answer with the TwiML a test gives them, and every request is kept."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask, Response, request
from twilio.request_validator import RequestValidator

ACCOUNT, TOKEN, NUMBER = "AC" + "0" * 32, "a-token-for-tests", "1500444"
SITI, BUDI, LANDLINE = "+6281290001234", "+6285711112222", "+622188401234"


@dataclass
class Asked:
    path: str
    form: dict[str, str]
    headers: dict[str, str]
    signed: bool
    method: str


@dataclass
class Script:
    """`answers[path]` is the inside of <Response>, a whole answer, or a function of the form that makes one."""

    answers: dict[str, str | Response | Callable[[dict[str, str]], str | Response]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def app(self) -> Flask:
        app = Flask("script")

        @app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
        @app.route("/<path:path>", methods=["GET", "POST"])
        def answer(path: str) -> Response:
            form = request.form.to_dict()
            signature = request.headers.get("X-Twilio-Signature", "")
            url = request.host_url.rstrip("/") + request.environ["REQUEST_URI"]
            signed = RequestValidator(TOKEN).validate(url, form, signature)
            with self.lock:
                self.asked.append(Asked("/" + path, form, dict(request.headers), signed, request.method))
            found = self.answers.get("/" + path, "")
            found = found(form) if not isinstance(found, str | Response) else found
            if isinstance(found, str):
                return Response(f"<?xml version='1.0'?><Response>{found}</Response>", mimetype="text/xml")
            return found

        return app

    def at(self, path: str) -> list[Asked]:
        return [one for one in self.asked if one.path == path]

    @property
    def paths(self) -> list[str]:
        return [one.path for one in self.asked]
