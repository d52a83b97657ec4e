"""Settings of gunicorn for the web app: two processes, a graceful stop, nothing personal in its logs. Of the 32 threads
for webhooks ten do work at a time (the rooms of ivr/channels/guard.py), the others wait for a moment or turn away;
pages have threads of their own (ivr/reception.py)."""

import sys

from config import clock, metrics
from config.settings import settings
from ticketing.rules import deadlines

bind = settings().listen.split(",")
workers = 2
preload_app = True  # imported once; nothing connects at import
worker_class = "ivr.reception.Reception"
threads = 32
graceful_timeout = 30
timeout = 30
keepalive = 5
accesslog = None  # the app writes one masked line for each request
control_socket_disable = True
limit_request_line = 4094


def post_fork(_server: object, _worker: object) -> None:
    """A thread that comes back from the database gets its turn sooner: most of an answer is waiting for one."""
    sys.setswitchinterval(0.001)
    clock.follow_database()


def on_starting(_server: object) -> None:
    """Before the first worker."""
    metrics.begin()
    deadlines.calendar()(clock.local(clock.now()).date())  # loads the holidays once, not inside the first report
