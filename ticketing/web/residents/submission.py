"""Submissions of residents: what was typed and chosen, understood and checked before anything is written. Every fault
is a sentence beside its field."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from config.hotline import city
from ticketing.media import photos
from ticketing.rules import places, points
from ticketing.tickets import additions
from ticketing.web.residents import city_map, pages

MAX_WORDS, MAX_PLACE = 1000, 300
Typed = Mapping[str, str]


@dataclass
class Sent:
    """What came with a form."""

    form: pages.Form
    words: str = ""
    place: additions.Place | None = None
    pointed: bool = False  # the sketch was touched: show what that means before it is sent
    raws: Sequence[bytes] = ()  # the photos as they came
    pictures: list[photos.Remade] = field(default_factory=list)
    score: int | None = None
    solved: bool | None = None

    def digest(self, what: str) -> str:
        """The same only for the same form with the same content."""
        content = hashlib.sha256(f"{self.form.key}\0{what}\0{self.words}\0{self.place}\0{self.score}".encode())
        for raw in self.raws:
            content.update(hashlib.sha256(raw).digest())
        return content.hexdigest()


def read(what: str, form: pages.Form, typed: Typed, *, of_call: bool) -> Sent:
    """Understand the form of this name; what is wrong with it is in its errors."""
    sent = Sent(form, words=_text(form, typed, "kata", MAX_WORDS))
    if what == "tempat":
        _read_place(sent, typed)
    elif what == "nilai":
        _read_rating(sent, typed, of_call=of_call)
    return sent


def _text(form: pages.Form, typed: Typed, name: str, most: int) -> str:
    """What was typed; nothing where no letter of it is visible."""
    words = typed.get(name, "").replace("\r\n", "\n")
    form.values[name] = words
    if len(words) > most:
        form.errors[name] = "words_long"
    return words.strip() if any(one.isprintable() and not one.isspace() for one in words) else ""


def _read_place(sent: Sent, typed: Typed) -> None:
    """A kelurahan of the list, words, a point: any of them. The point of the sketch is a proposal first."""
    form = sent.form
    words, area = _text(form, typed, "jalan", MAX_PLACE), typed.get("kelurahan", "")
    area = area if area in city().areas else ""
    point = points.read(_text(form, typed, "titik", points.MOST))
    if form.values["titik"].strip() and point is None:
        form.errors["titik"] = "point_unread"
    touched = "peta.x" in typed
    if touched:
        point = city_map.point(typed.get("peta.x", ""), typed.get("peta.y", ""))
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


def _read_rating(sent: Sent, typed: Typed, *, of_call: bool) -> None:
    score = typed.get("nilai", "")
    sent.form.values["nilai"] = score if score in tuple("12345") else ""
    if sent.form.values["nilai"]:
        sent.score = int(score)
    else:
        sent.form.errors["nilai"] = "score_missing"
    if of_call:
        answer = typed.get("beres", "")
        sent.form.values["beres"] = answer if answer in ("ya", "belum") else ""
        sent.solved = {"ya": True, "belum": False}.get(answer)
