"""The web app for gunicorn, and for the flask command."""

import click

from config import clock
from ivr.app import create_app, refuse_if_unsafe

app = create_app()

if click.get_current_context(silent=True) is None:  # not under a flask command, which may be the doctor
    refuse_if_unsafe()
else:
    clock.follow_database()  # as every process of the hotline; those of gunicorn do so themselves
