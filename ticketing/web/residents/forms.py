"""Forms of the page of a ticket: a resident adds words, photos or a place, says "not fixed", rates, asks for a call.

Each form is a page of its own that works without script or cookie. What is wrong is said beside it and nothing typed is
lost; the same form with the same content does its work once. What is cheap is asked first: the link, the key of the
form, how much was sent before; photos are decoded last.
"""

from collections.abc import Callable

from flask import Blueprint, Response, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from config import clock, stores
from config.hotline import city
from ticketing.calls import callbacks
from ticketing.contacts import lookups
from ticketing.media import photos
from ticketing.models import Message, Photo, Rating, Ticket
from ticketing.outgoing import links
from ticketing.rules import references
from ticketing.tickets import verdicts
from ticketing.web.residents import actions, city_map, dates, pages, progress, tracking
from ticketing.web.residents.submission import Sent, read
from ticketing.web.residents.uploads import Refused, Upload, room

forms = Blueprint("forms", __name__)
forms.after_request(pages.private)

PHOTOS_OF_A_TICKET = 12
SENT_AN_HOUR = 12  # more than a person has to say about one report
TEMPLATES = {
    "tambah": "add.html",
    "tempat": "place.html",
    "belum": "object.html",
    "lagi": "again.html",
    "nilai": "rate.html",
    "telepon": "callback.html",
}
_FAULTS = {"type": "photo_type", "size": "photo_large", "broken": "photo_broken"}
_FORM = f"/t/<code>/<any({', '.join(TEMPLATES)}):what>"


@forms.url_value_preprocessor
def whole(_endpoint: str | None, values: dict[str, str] | None) -> None:
    """A mark or a blank that stuck to the link is none of its code."""
    if values:
        values["code"] = references.tracking_code_before(values["code"]) or values["code"]


@forms.get(_FORM)
def ask(code: str, what: str) -> Response:
    """An empty form."""
    with stores.reading() as session:
        found = lookups.by_link(session, code)
        if found is not None:
            return _shown(session, found, what, pages.Form(code, tracking.language_of(session, found)))
    return tracking.unknown()


@forms.post(_FORM)
def send(code: str, what: str) -> Response:
    """Do what the form says, once, and go to what comes of it."""
    if pages.from_elsewhere():
        return pages.tell("elsewhere", "elsewhere_words", 403)
    with stores.reading() as session:
        found = lookups.by_link(session, code)
        form = pages.Form(code, tracking.language_of(session, found) if found else "")
    if found is None:
        return tracking.unknown()
    try:
        upload = Upload() if what == "tambah" else None
        typed = upload.typed if upload else request.form
        key = typed.get("kunci", "")
        if links.is_form_key(key, code, what):
            form.key = key
        else:
            form.errors["kunci"] = "form_again"
        sent = read(what, form, typed, of_call=isinstance(found, Rating))
        if upload:
            _take_photos(upload, found, sent)
    except RequestEntityTooLarge:
        return _wrong(what, form, Refused("kata", "words_long", 413))
    except Refused as fault:
        return _wrong(what, form, fault)
    if form.errors:
        return _wrong(what, form)
    return _written(form, lambda session, now: _answered(session, now, what, sent))


def _take_photos(upload: Upload, found: Ticket | Rating, sent: Sent) -> None:
    """The photos of a form that is right in all else and would be done, decoded. Raises Refused."""
    form = sent.form
    form.values["dipilih"] = "ya" if upload.photos_follow else ""  # a browser never fills them in again
    if not form.errors and upload.photos_follow and isinstance(found, Ticket):
        with room():
            sent.raws = upload.photos()
            with stores.reading() as session:
                if _before(session, "tambah", sent) or _stopped(session, found):
                    return
                if _too_many(session, found, sent):
                    raise Refused("foto", "photo_enough")
            try:
                sent.pictures = photos.all_remade(sent.raws)
            except photos.NotAPicture as fault:
                raise Refused("foto", _FAULTS.get(fault.reason, "photo_broken")) from fault
            except photos.Busy as fault:
                raise Refused("foto", "photo_busy", 503) from fault
    if not (sent.words or sent.raws or form.errors):
        form.errors["kata"] = "nothing_added"


def _wrong(what: str, form: pages.Form, fault: Refused | None = None) -> Response:
    """The form again, with all that was typed and what is wrong with it."""
    if fault:
        form.errors[fault.field] = fault.words
    with stores.reading() as session:
        found = lookups.by_link(session, form.code)
        if found is None:
            return pages.tell("unknown_title", "unknown", 404)
        answer = _shown(session, found, what, form, fault.status if fault else 422)
    if answer.status_code == 503:
        answer.headers["Retry-After"] = "30"
    return answer


@forms.get("/t/<code>/terkirim/<what>")
def done(code: str, what: str) -> Response:
    """What happens next, and when."""
    with stores.reading() as session:
        found = lookups.by_link(session, code)
        if found is not None:
            form = pages.Form(code, tracking.language_of(session, found))
            if isinstance(found, Rating):
                return pages.show("call_sent.html", form.language, form=form, number=actions.number_of(session, found))
            if what not in actions.OUTCOMES:
                return pages.go(form.page)
            shown = progress.of(session, form.language, found)
            return pages.show("sent.html", form.language, form=form, ticket=shown, outcome=what)
    return tracking.unknown()


def _written(form: pages.Form, act: Callable[[Session, Ticket | Rating], Response]) -> Response:
    """Do it in one transaction with the ticket locked."""
    with stores.transaction() as session:
        found = lookups.by_link(session, form.code, change=True)
        return act(session, found) if found is not None else pages.tell("unknown_title", "unknown", 404)


def _answered(session: Session, found: Ticket | Rating, what: str, sent: Sent) -> Response:
    form = sent.form
    if isinstance(found, Ticket) and _too_many(session, found, sent):  # others may have come meanwhile
        form.errors["foto"] = "photo_enough"
        return _shown(session, found, what, form, 422)
    if sent.pointed:
        return _shown(session, found, what, form)
    if isinstance(found, Rating):
        if what == "nilai":
            actions.rate_call(session, found, sent)
        return _to(form, "rated")
    return _once(session, found, what, sent)


def _once(session: Session, ticket: Ticket, what: str, sent: Sent) -> Response:
    """What was sent is remembered with the outcome it had; the same again has the same outcome and does nothing."""
    before = _before(session, what, sent)
    if before is not None:
        return _followed(session, ticket, sent, str(before.intent))
    if what not in progress.of(session, sent.form.language, ticket).can:
        return pages.go(sent.form.page)
    if _stopped(session, ticket) or len(sent.pictures) < len(sent.raws):  # it was when they came
        return pages.tell("too_often", "too_often_form", 429, sent.form.language)
    outcome = actions.ACTS[what](session, ticket, sent)
    session.add(
        Message(
            inbound=True,
            sid=_sid(what, sent),
            ticket_id=ticket.id,
            channel=actions.CHANNEL,
            status="read",
            intent=outcome,
            created_at=clock.now(),
        )
    )
    return _followed(session, ticket, sent, outcome)


def _too_many(session: Session, ticket: Ticket, sent: Sent) -> bool:
    if not sent.raws:
        return False
    kept = select(func.count()).select_from(Photo).where(Photo.ticket_id == ticket.id, Photo.kind != photos.PROOF)
    return (session.scalar(kept) or 0) + len(sent.raws) > PHOTOS_OF_A_TICKET


def _sid(what: str, sent: Sent) -> str:
    return f"{actions.CHANNEL}:{sent.digest(what)}"


def _before(session: Session, what: str, sent: Sent) -> Message | None:
    """The same form with the same content, sent before."""
    found: Message | None = session.scalar(select(Message).where(Message.sid == _sid(what, sent)))
    return found


def _stopped(session: Session, ticket: Ticket) -> bool:
    """Whether enough was sent to this ticket within the hour."""
    sent_here = select(func.count()).select_from(Message).where(Message.channel == actions.CHANNEL)
    lately = sent_here.where(Message.ticket_id == ticket.id, Message.created_at > clock.now() - lookups.WITHIN)
    return (session.scalar(lately) or 0) >= SENT_AN_HOUR


def _shown(session: Session, found: Ticket | Rating, what: str, form: pages.Form, status: int = 200) -> Response:
    """The form; the page itself where there is nothing to say any more."""
    if isinstance(found, Rating):
        if what != "nilai":
            return pages.go(form.page)
        return pages.show("call.html", form.language, status, form=form, score=found.score)
    shown = progress.of(session, form.language, found)
    if what not in shown.can:
        return pages.go(form.page)
    page = pages.show(
        TEMPLATES[what],
        form.language,
        status,
        form=form,
        ticket=shown,
        kecamatan=_areas() if what == "tempat" else {},
        near=city().area_name(form.language, near) if (near := form.values.get("dekat")) else "",
        window=dates.window(form.language, *callbacks.window(clock.now())) if what == "telepon" else "",
        map_size=(city_map.WIDTH, city_map.height()),
    )
    if what == "tempat":
        page.headers["Content-Security-Policy"] = pages.SCRIPTED
    return page


def _areas() -> dict[str, list[tuple[str, str]]]:
    """Every kelurahan by its kecamatan, as people look for them."""
    found: dict[str, list[tuple[str, str]]] = {}
    for area in sorted(city().areas.values(), key=lambda area: (area.kecamatan, area.kelurahan or "")):
        found.setdefault(area.kecamatan, []).append((area.key, area.spoken))
    return found


def _to(form: pages.Form, outcome: str) -> Response:
    where = url_for("forms.done", code=form.code, what=outcome, bahasa=form.language)
    return pages.go(where)


def _followed(session: Session, ticket: Ticket, sent: Sent, outcome: str) -> Response:
    """What happens next; a report that was made again has a page of its own."""
    if outcome != "again":
        return _to(sent.form, outcome)
    new = verdicts.report_again(session, ticket, by=actions.BY, channel=actions.CHANNEL)
    return _to(pages.Form(new.tracking_code, sent.form.language), "again")
