"""Submissions of residents: what was typed, chosen and attached, understood and checked before anything is written.
Every fault is a sentence beside its field."""

import hashlib
from dataclasses import dataclass, field

from flask import request

from config.hotline import city
from ticketing.media import photos
from ticketing.rules import places, points
from ticketing.tickets import additions
from ticketing.web.residents import city_map, pages

MAX_WORDS, MAX_PLACE = 1000, 300
MAX_PHOTOS, PHOTO_BYTES = 3, 8_000_000
_FAULTS = {"type": "photo_type", "size": "photo_large", "broken": "photo_broken"}


@dataclass
class Sent:
    """What came with a form."""

    form: pages.Form
    words: str = ""
    place: additions.Place | None = None
    pointed: bool = False  # the sketch was touched: show what that means before it is sent
    pictures: list[photos.Remade] = field(default_factory=list)
    score: int | None = None
    solved: bool | None = None

    def digest(self, what: str) -> str:
        """The same only for the same form with the same content."""
        content = hashlib.sha256(f"{self.form.key}\0{what}\0{self.words}\0{self.place}\0{self.score}".encode())
        for picture in self.pictures:
            content.update(picture.picture)
        return content.hexdigest()


def read(what: str, form: pages.Form, *, of_call: bool) -> Sent:
    """Understand the form of this name; what is wrong with it is in its errors."""
    sent = Sent(form, words=_text(form, "kata", MAX_WORDS))
    if what == "tambah":
        _read_photos(sent)
        if not (sent.words or sent.pictures or form.errors):
            form.errors["kata"] = "nothing_added"
    elif what == "tempat":
        _read_place(sent)
    elif what == "nilai":
        _read_rating(sent, of_call=of_call)
    return sent


def _text(form: pages.Form, name: str, most: int) -> str:
    """What was typed; nothing where no letter of it is visible."""
    typed = request.form.get(name, "").replace("\r\n", "\n")
    form.values[name] = typed
    if len(typed) > most:
        form.errors[name] = "words_long"
    return typed.strip() if any(one.isprintable() and not one.isspace() for one in typed) else ""


def _read_photos(sent: Sent) -> None:
    """The pictures, made anew at once: what is none is refused before anything is written."""
    files = [file for file in request.files.getlist("foto") if file.filename]
    sent.form.values["dipilih"] = "ya" if files else ""  # a browser never fills them in again
    if len(files) > MAX_PHOTOS:
        sent.form.errors["foto"] = "photo_many"
        return
    for file in files:
        raw = file.stream.read(PHOTO_BYTES + 1)
        if len(raw) > PHOTO_BYTES:
            sent.form.errors["foto"] = "photo_large"
            return
        try:
            sent.pictures.append(photos.remade(raw))
        except photos.NotAPicture as fault:
            sent.form.errors["foto"] = _FAULTS.get(str(fault), "photo_broken")
            return


def _read_place(sent: Sent) -> None:
    """A kelurahan of the list, words, a point: any of them. The point of the sketch is a proposal first."""
    form = sent.form
    words, area = _text(form, "jalan", MAX_PLACE), request.form.get("kelurahan", "")
    area = area if area in city().areas else ""
    point = points.read(_text(form, "titik", points.MOST))
    if form.values["titik"].strip() and point is None:
        form.errors["titik"] = "point_unread"
    touched = "peta.x" in request.form
    if touched:
        point = city_map.point(request.form.get("peta.x", ""), request.form.get("peta.y", ""))
        form.errors.pop("titik", None)
        if point is None:
            form.errors["peta"] = "map_missed"
    nearest = places.nearest(point) if point else None
    if point is not None and nearest is None:
        form.errors["peta" if touched else "titik"] = "point_outside"
    elif point is not None and touched:
        form.values["titik"], sent.pointed, area = f"{point[0]}, {point[1]}", True, nearest or area
    form.values["kelurahan"] = area
    form.values["dekat"] = nearest or ""
    if not (words or area or point or form.errors):
        form.errors["kelurahan"] = "nothing_placed"
    found = additions.read_place(words, point)
    sent.place = additions.Place(words, area or found.area, point, found.outside)


def _read_rating(sent: Sent, *, of_call: bool) -> None:
    score = request.form.get("nilai", "")
    sent.form.values["nilai"] = score if score in tuple("12345") else ""
    if sent.form.values["nilai"]:
        sent.score = int(score)
    else:
        sent.form.errors["nilai"] = "score_missing"
    if of_call:
        answer = request.form.get("beres", "")
        sent.form.values["beres"] = answer if answer in ("ya", "belum") else ""
        sent.solved = {"ya": True, "belum": False}.get(answer)
