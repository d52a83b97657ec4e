"""The web app for gunicorn, and for the flask command."""

from ivr.app import create_app

app = create_app()
