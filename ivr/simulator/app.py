"""The carrier's own web server: its REST API, what it is told to do badly, and the telephone in the browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from ivr.simulator.carrier import Carrier
from ivr.simulator.page.page import page
from ivr.simulator.rest import media
from ivr.simulator.rest.api import rest


def create_app(carrier: Carrier) -> Flask:
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 20_000_000  # ten minutes of microphone
    app.register_blueprint(rest(carrier))
    app.register_blueprint(media.store(carrier))
    app.register_blueprint(page(carrier))
    return app


class Quiet(WSGIRequestHandler):
    """Logs no request: they carry numbers."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def serving(app: Flask, port: int = 0, poll: float = 0.02) -> Iterator[str]:
    """Serve on the loopback while the block runs, and look every `poll` seconds whether it ended; gives the address."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, args=(poll,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
