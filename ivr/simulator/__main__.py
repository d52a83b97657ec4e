"""`python -m ivr.simulator`: the carrier as a process of its own, with a port for HTTP and one for mail.

It refuses to run in production.
"""

import argparse
import signal
import socket
import sys
from urllib.parse import urlsplit

from werkzeug.serving import make_server

from config.settings import settings
from ivr.simulator.app import Quiet, create_app
from ivr.simulator.carrier import Carrier
from ivr.simulator.mailbox import listening


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m ivr.simulator", description=__doc__)
    options.add_argument("--host", default="127.0.0.1", help="where to listen (default: this machine only)")
    host, here = options.parse_args().host, settings()
    if here.production:
        sys.exit("The simulator does not run in production.")
    web = _bound(host, here.simulator_port)
    carrier = Carrier.configured()
    mail = urlsplit(here.smtp_url).port or here.port + 2
    try:
        listening(carrier.ledger, host, mail)
    except OSError as error:
        sys.exit(f"The simulator cannot listen for mail on {host}:{mail}: {error.strerror or error}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.stdout.write(f"simulator: http://{host}:{here.simulator_port}/simulator, mail on port {mail}\n")
    sys.stdout.flush()
    try:
        make_server(
            host, here.simulator_port, create_app(carrier), threaded=True, request_handler=Quiet, fd=web.fileno()
        ).serve_forever(0.1)
    except KeyboardInterrupt:
        pass
    finally:
        carrier.close()


def _bound(host: str, port: int) -> socket.socket:
    """A listening socket; the process ends with one line when the port is taken."""
    web = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    web.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        web.bind((host, port))
        web.listen(128)
    except OSError as error:
        sys.exit(f"The simulator cannot listen on {host}:{port}: {error.strerror}. Another PORT moves it.")
    return web


if __name__ == "__main__":
    main()
