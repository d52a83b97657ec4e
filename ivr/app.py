"""The web app put together: guards, channels, pages and commands. Nothing here decides anything."""

import contextlib
import sys
import time

from flask import Flask, Response, g, redirect, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from config import logs, stores, vault
from config.hotline import city
from config.logs import log, warn
from config.settings import settings
from ivr.channels import CHANNELS, twiml
from ivr.channels.voice import nothing_heard, trouble, trouble_saved
from ivr.commands import COMMANDS
from ivr.understanding import model
from ticketing.database import schema
from ticketing.web import PAGES

# Paths that carry a secret: their last part never reaches a log.
_SECRET_PATHS = ("/t/", "/recordings/", "/photos/")


def create_app() -> Flask:
    """The app, or SystemExit with one line for each reason why this machine must not serve the public."""
    logs.set_up()
    app = Flask("ivr", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=256_000, MAX_FORM_MEMORY_SIZE=256_000, SECRET_KEY=settings().secret_key)
    app.url_map.strict_slashes = app.url_map.merge_slashes = False  # nobody is led to a Host that only a request names
    city()  # a city file that is not whole stops us here, with its lines
    _reader()
    trouble(), trouble_saved(), nothing_heard(), twiml.recorded_by("crowded")  # now, so that they need nothing later
    for blueprint in (*CHANNELS, *PAGES):
        app.register_blueprint(blueprint)
    if not settings().production:
        app.add_url_rule("/simulator", "simulator", _to_simulator)
    app.add_url_rule("/", "home", _home)
    app.before_request(_begin)
    app.after_request(_finish)
    app.register_error_handler(Exception, _broken)
    for command in COMMANDS:
        app.cli.add_command(command)
    return app


def _reader() -> None:
    """The learned reader of texts, once for all processes that are forked from here."""
    try:
        model.load()
    except model.ModelError as fault:
        raise SystemExit(str(fault)) from fault


def refuse_if_unsafe() -> None:
    """In production: leave with one line for each reason not to serve. A database that is away is no reason."""
    problems = settings().problems()
    if settings().production and not problems:
        with contextlib.suppress(SQLAlchemyError):
            problems = vault.problems() + schema.unsafe()
        stores.disconnect()
    for problem in problems:
        sys.stderr.write(f"refusing to start: {problem}\n")
    if problems:
        raise SystemExit(1)


def _home() -> AnyResponse:
    return redirect("/simulator") if settings().simulated else Response(f"{city().number}\n", mimetype="text/plain")


def _to_simulator() -> AnyResponse:
    """The simulator is a process of its own, one port up, on the machine the visitor already talks to."""
    host = request.host.rsplit(":", 1)[0]
    query = request.query_string.decode("ascii", "ignore")
    return redirect(f"http://{host}:{settings().simulator_port}/simulator" + (f"?{query}" if query else ""))


def _begin() -> None:
    g.started = time.monotonic()


def _finish(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault(
        "Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )  # fmt: skip
    if settings().production:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.path not in ("/livez", "/readyz", "/metrics"):
        milliseconds = int((time.monotonic() - g.get("started", time.monotonic())) * 1000)
        log("request", method=request.method, path=_shown_path(), status=response.status_code, ms=milliseconds)
    return response


def _shown_path() -> str:
    for prefix in _SECRET_PATHS:
        if request.path.startswith(prefix):
            return prefix + "********"
    return request.path[:100]


def _broken(fault: Exception) -> Response | HTTPException:
    """No visitor sees a stack trace."""
    if isinstance(fault, HTTPException):
        return fault
    warn("request broke", path=_shown_path(), why=type(fault).__name__, exc_info=fault)
    sentences = [city().text(language, "page", "broken") for language in city().languages]
    return Response("\n".join(sentences) + "\n", 500, mimetype="text/plain")
