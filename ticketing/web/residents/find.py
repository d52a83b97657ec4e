"""The way to a ticket without its link: its number and the last four digits of the reporter's telephone. Who is refused
gets the same answer in the same time, whatever was wrong; an address where much was wrong is told so."""

import time

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge

from config import metrics, stores
from ticketing.contacts import disclosure, lookups
from ticketing.models import Ticket
from ticketing.rules import references
from ticketing.web.residents import pages

blueprint = Blueprint("finding", __name__)
blueprint.after_request(pages.private)

MIN_SECONDS = 0.6  # more than finding out ever takes: a refusal says nothing by its time


@blueprint.get("/t")
def ask() -> Response:
    """The form."""
    language = pages.asked_language()
    return pages.show("find.html", language, form=pages.Form("", language))


@blueprint.post("/t")
def find() -> Response:
    """To the ticket, or the form again."""
    began = time.monotonic()
    if pages.from_elsewhere():
        return pages.tell("elsewhere", "elsewhere_words", 403)
    form = pages.Form("", pages.asked_language())
    try:
        form.values = {name: request.form.get(name, "")[:40] for name in ("nomor", "angka")}
    except RequestEntityTooLarge:
        return pages.show("find.html", form.language, 413, form=form)
    number, digits = references.clean(form.values["nomor"]), form.values["angka"].strip()
    if number is None:
        form.errors["nomor"] = "number_wrong"
    if not (len(digits) == disclosure.LAST_DIGITS and digits.isascii() and digits.isdigit()):
        form.errors["angka"] = "digits_wrong"
    if number is not None and not form.errors:
        with stores.transaction() as session:
            found = lookups.by_number(session, number, digits)
            stop = lookups.refused(session, pages.source(), lookups.NUMBER) if found is None else ""
        if found is not None:
            return _to(found)
        time.sleep(max(0.0, MIN_SECONDS - (time.monotonic() - began)))
        if stop:
            return _too_often(stop)
        form.errors["nomor"] = "no_match"
    return pages.show("find.html", form.language, 422, form=form)


def _too_often(stop: lookups.Stop) -> Response:
    metrics.add("look-ups paused" if stop == "all" else "look-up refused")
    return pages.tell("too_often", "too_often_all" if stop == "all" else "too_often_number", 429)


def _to(ticket: Ticket) -> Response:
    where = url_for("tracking.track", code=ticket.tracking_code, bahasa=request.args.get("bahasa"))
    return pages.go(where)
