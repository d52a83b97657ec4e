"""The way to a ticket without its link: its number and the last four digits of the reporter's telephone. Who is refused
gets the same answer in the same time, whatever was wrong; who is refused often has to wait."""

import time

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from config import measures, stores
from ticketing.contacts import disclosure, lookups
from ticketing.models import Ticket
from ticketing.rules import references
from ticketing.web import look

pages = Blueprint("finding", __name__)
pages.after_request(look.private)

LEAST_SECONDS = 0.6  # more than finding out ever takes: a refusal says nothing by its time


@pages.get("/t")
def ask() -> Response:
    """The form."""
    language = look.asked_language()
    return look.show("find.html", language, form=look.Form("", language))


@pages.post("/t")
def find() -> Response:
    """To the ticket, or the form again."""
    began = time.monotonic()
    if look.from_elsewhere():
        return look.tell("elsewhere", "elsewhere_words", 403)
    form = look.Form("", look.asked_language())
    try:
        form.values = {name: request.form.get(name, "")[:40] for name in ("nomor", "angka")}
    except RequestEntityTooLarge:
        return look.show("find.html", form.language, 413, form=form)
    number, digits = references.clean(form.values["nomor"]), form.values["angka"].strip()
    if number is None:
        form.errors["nomor"] = "number_wrong"
    if not (len(digits) == disclosure.LAST_DIGITS and digits.isascii() and digits.isdigit()):
        form.errors["angka"] = "digits_wrong"
    if number is not None and not form.errors:
        with stores.transaction() as session:
            stop = _stopped(session)
            found = None if stop else lookups.by_number(session, number, digits, look.source())
        if stop is not None:
            return stop
        if found is not None:
            return _to(found)
        form.errors["nomor"] = "no_match"
        time.sleep(max(0.0, LEAST_SECONDS - (time.monotonic() - began)))
    return look.show("find.html", form.language, 422, form=form)


def _stopped(session: Session) -> Response | None:
    stop = lookups.stopped(session, look.source(), lookups.NUMBER)
    if not stop:
        return None
    measures.add("look-ups paused" if stop == "all" else "look-up refused")
    return look.tell("too_often", "too_often_all" if stop == "all" else "too_often_number", 429)


def _to(ticket: Ticket) -> Response:
    where = url_for("tracking.track", code=ticket.tracking_code, bahasa=request.args.get("bahasa"))
    return look.go(where)
