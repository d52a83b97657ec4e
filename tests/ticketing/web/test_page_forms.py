"""The forms of a ticket's page over HTTP: what each does, once; what is wrong with what was sent; hostile content."""

import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
import requests
import time_machine
from factories import caller, changing, moved, opened, rows, seen, texts, wib
from people import House
from PIL import Image
from sqlalchemy import func, select

from config import clock, stores
from config.hotline import city
from config.settings import settings
from ticketing.media import decoding, photos
from ticketing.models import Call, Callback, Note, Photo, Rating, Ticket
from ticketing.rules import lifecycle
from ticketing.rules.references import written
from ticketing.tickets import additions, moves, ratings, register
from ticketing.web.residents import forms, uploads

MONDAY = "2026-03-02 10:00"


@pytest.fixture(autouse=True)
def by_day() -> Iterator[None]:
    with time_machine.travel(wib(MONDAY), tick=True):
        yield


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


class Page:
    """A browser without script on the page of one link."""

    def __init__(self, house: House, code: str) -> None:
        self.base = f"{house.url}/t/{code}"

    @classmethod
    def of(cls, house: House, number: str) -> "Page":
        return cls(house, seen(number).tracking_code)

    def get(self, what: str = "") -> requests.Response:
        return requests.get(f"{self.base}/{what}" if what else self.base, timeout=60)

    def key(self, what: str) -> str:
        return re.search(r'name="kunci" value="([^"]+)"', self.get(what).text)[1]

    def sends(self, what: str, *, key: str = "", files: object = None, **fields: str) -> requests.Response:
        """Fill in the form and send it; stays where it leads to."""
        data = {"kunci": key or self.key(what), **{name.replace("__", "."): value for name, value in fields.items()}}
        return requests.post(f"{self.base}/{what}", data=data, files=files, timeout=60, allow_redirects=False)


def outcome(answer: requests.Response) -> str:
    assert answer.status_code == 303, answer.text[:3000]
    return re.search(r"/terkirim/(\w+)\?", answer.headers["Location"])[1]


def notes(number: str, kind: str = "added") -> list[str]:
    with stores.reading() as session:
        query = select(Note.text).where(Note.ticket_id == seen(number).id, Note.kind == kind).order_by(Note.at)
        return list(session.scalars(query))


def kept_photos(number: str) -> list[Photo]:
    with stores.reading() as session:
        return photos.of_ticket(session, register.find(session, number))


def actions(number: str) -> list[str]:
    with stores.reading() as session:
        return [event.action for event in register.find(session, number).events]


# -- what each form does -------------------------------------------------------------------------------------------


def test_words_and_photos_reach_the_department(house: House) -> None:
    number = opened()
    page = Page.of(house, number)
    files = [("foto", (name, picture(kind), "image/jpeg")) for name, kind in (("a.jpg", "JPEG"), ("b.png", "PNG"))]
    answer = page.sends("tambah", files=files, kata="Lubangnya\r\nmelebar.")
    assert outcome(answer) == "added"
    assert notes(number) == ["Lubangnya melebar."]
    assert [(photo.kind, photo.by) for photo in kept_photos(number)] == [("remark", "resident")] * 2
    assert actions(number)[-1] == "added"
    assert [text.template for text in texts(number)].count("SMS26") == 1
    done = requests.get(house.url + answer.headers["Location"], timeout=60)
    assert done.status_code == 200 and "diteruskan ke dinas" in done.text
    shown = page.get().text
    assert "Lubangnya" not in shown and "/foto/" not in shown, "the resident's own words and photos are not shown back"


def test_an_answer_makes_the_clock_go_on(sqlite_house: House) -> None:
    number = opened()
    moved(number, "forwarded")
    moved(number, "waiting", note_text="sebelah mana tiangnya")
    page = Page.of(sqlite_house, number)
    shown = page.get().text
    assert "Sebelah mana tiangnya?" in shown and "Jawab paling lambat" in shown
    assert "/belum" not in shown, "it is not the department who is waited for"
    assert outcome(page.sends("tambah", kata="Dekat masjid")) == "answered"
    assert seen(number).state == "accepted" and seen(number).paused_at is None
    assert "answered" in actions(number)


def test_a_reason_that_was_written_later_is_no_question(sqlite_house: House) -> None:
    number = opened()
    moved(number, "forwarded", "waiting")
    with changing(number) as (session, ticket):
        moves.assign(session, ticket, "dbmsda", by="Budi", note_text="salah alamat, kata Pak Joko")
    assert "Joko" not in Page.of(sqlite_house, number).get().text


def test_a_place_in_every_way(sqlite_house: House) -> None:
    number = opened()
    page = Page.of(sqlite_house, number)
    assert outcome(page.sends("tempat", kelurahan="margahayu", jalan="Jl Mawar 3")) == "placed"
    assert seen(number).area == "margahayu" and notes(number, "place") == ["Jl Mawar 3"]
    assert outcome(page.sends("tempat", titik="https://maps.google.com/?q=-6.2383,106.9756")) == "placed"
    assert (seen(number).latitude, seen(number).longitude) == (-6.2383, 106.9756)
    assert outcome(page.sends("tempat", kelurahan="kranji")) == "placed"
    assert seen(number).area == "margahayu" and notes(number, "place")[-1] == city().areas["kranji"].spoken


def test_a_touch_on_the_sketch_is_shown_before_it_is_sent(sqlite_house: House) -> None:
    number = opened()
    page = Page.of(sqlite_house, number)
    key = page.key("tempat")
    shown = page.sends("tempat", key=key, jalan="depan masjid", peta__x="150", peta__y="200")
    assert shown.status_code == 200 and "Titik ini di sekitar" in shown.text and "depan masjid" in shown.text
    assert seen(number).latitude is None
    point = re.search(r'name="titik" value="([^"]+)"', shown.text)[1]
    area = re.search(r'<option value="(\w+)" selected', shown.text)[1]
    assert outcome(page.sends("tempat", key=key, jalan="depan masjid", titik=point, kelurahan=area)) == "placed"
    assert f"{seen(number).latitude}, {seen(number).longitude}" == point and seen(number).area == area


@pytest.mark.parametrize(
    ("state", "button"),
    [("resolved", "Belum beres"), ("confirmed", "Buka lagi laporan"), ("withdrawn", "Buka lagi laporan")],
)
def test_the_way_back_is_called_as_the_texts_call_it(sqlite_house: House, state: str, button: str) -> None:
    number = opened()
    moved(number, "forwarded", *(("resolved", "confirmed") if state == "confirmed" else (state,)))
    page = Page.of(sqlite_house, number).get().text
    assert re.search(r'href="[^"]+/belum[^"]*">.*?</svg> ([^<]+)</a>', page)[1] == button


@pytest.mark.parametrize("state", ["resolved", "confirmed", "withdrawn"])
def test_not_fixed_opens_it_again(sqlite_house: House, state: str) -> None:
    number = opened()
    moved(number, "forwarded", *(("resolved", "confirmed") if state == "confirmed" else (state,)))
    page = Page.of(sqlite_house, number)
    assert outcome(page.sends("belum", kata="Masih mati")) == "reopened"
    assert seen(number).state == "reopened" and notes(number) == ["Masih mati"]


def test_not_fixed_under_way_reminds(sqlite_house: House) -> None:
    number = opened()
    moved(number, "forwarded")
    page = Page.of(sqlite_house, number)
    assert outcome(page.sends("belum")) == "escalated"
    assert actions(number)[-1] == "urged" and seen(number).state == "forwarded"


def test_long_after_its_end_there_is_a_new_report(sqlite_house: House) -> None:
    number = opened()
    moved(number, "forwarded", "resolved", "confirmed")
    page = Page.of(sqlite_house, number)
    with time_machine.travel(clock.now() + timedelta(days=15), tick=True):
        assert "Lapor lagi" in page.get().text
        assert page.sends("belum", key="A" * 16).headers["Location"].startswith("/t/")
        key = page.key("lagi")
        first, again = page.sends("lagi", key=key), page.sends("lagi", key=key)
        assert outcome(first) == "again" and first.headers["Location"] == again.headers["Location"]
        assert seen(number).tracking_code not in first.headers["Location"]
        new = requests.get(sqlite_house.url + first.headers["Location"], timeout=60)
        assert "Laporan baru sudah dibuat" in new.text and written(number) not in new.text
    with stores.reading() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == 2


def test_a_rating_closes_what_was_resolved(sqlite_house: House) -> None:
    number = opened()
    moved(number, "forwarded", "resolved")
    page = Page.of(sqlite_house, number)
    assert outcome(page.sends("nilai", nilai="4")) == "confirmed"
    assert seen(number).state == "confirmed" and "4 dari 5" in page.get().text
    assert outcome(page.sends("nilai", nilai="2")) == "rated"
    assert "2 dari 5" in page.get().text
    with stores.reading() as session:
        assert [(one.score, one.channel) for one in session.scalars(select(Rating))] == [(2, "page")]


def test_a_call_is_promised_once(sqlite_house: House) -> None:
    number = opened()
    page = Page.of(sqlite_house, number)
    key = page.key("telepon")
    window = unescape(re.search(r"<strong>(.* sampai .*)</strong>", page.get("telepon").text)[1])
    assert outcome(page.sends("telepon", key=key)) == outcome(page.sends("telepon", key=key)) == "promised"
    done = unescape(page.get("terkirim/promised").text)
    assert window.partition(", pukul")[0] in done and "sampai" in done
    assert page.get("telepon").url == page.base + "?bahasa=id", "one promise is enough"
    with stores.reading() as session:
        assert session.scalar(select(func.count()).select_from(Callback)) == 1


def test_who_left_no_number_is_not_offered_a_call(sqlite_house: House) -> None:
    number = opened()
    with changing(number) as (_, ticket):
        ticket.contact = ticket.contact_id = None
    page = Page.of(sqlite_house, number)
    assert "Minta ditelepon" not in page.get().text
    assert "/terkirim/" not in page.sends("telepon", key="A" * 16).headers["Location"]


# -- the page of a rated call --------------------------------------------------------------------------------------


def rated_call() -> str:
    """Somebody is asked how a call was; gives the code of the page."""
    with stores.transaction() as session:
        call = Call(sid=f"CA{uuid4().hex}", caller_kind="mobile", status="completed", contact=caller(session))
        session.add(call)
        session.flush()
        return str(ratings.ask(session, call.contact, call=call).code)


def test_a_call_is_rated(sqlite_house: House) -> None:
    page = Page(sqlite_house, rated_call())
    assert "Bagaimana panggilan tadi?" in page.get().text
    assert outcome(page.sends("nilai", key=page.key(""), nilai="5", beres="ya")) == "rated"
    assert "nilainya sudah kami simpan" in page.get().text
    with stores.reading() as session:
        (rating,) = session.scalars(select(Rating))
        assert (rating.score, rating.solved, rating.channel) == (5, True, "page")
        assert session.scalar(select(func.count()).select_from(Ticket)) == 0


def test_what_a_call_did_not_solve_becomes_a_report_once(sqlite_house: House) -> None:
    page = Page(sqlite_house, rated_call())
    key = page.key("")
    for words in ("Tagihan saya salah", "Tagihan saya salah", "Ada lagi"):
        assert outcome(page.sends("nilai", key=key, nilai="2", beres="belum", kata=words)) == "rated"
    (found,) = sqlite_house.tickets()
    assert notes(found["number"], "words") == ["Tagihan saya salah"] and notes(found["number"]) == ["Ada lagi"]
    assert written(found["number"]) in page.get("terkirim/rated").text


@pytest.mark.parametrize("what", ["tambah", "tempat", "belum", "lagi", "telepon"])
def test_a_call_has_no_other_form(sqlite_house: House, what: str) -> None:
    page = Page(sqlite_house, rated_call())
    assert "Bagaimana panggilan tadi?" in page.get(what).text
    assert page.sends(what, key="A" * 16, kata="x", titik="-6.2383, 106.9756").status_code == 303
    assert sqlite_house.tickets() == []


# -- once ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["tambah", "tempat", "belum", "nilai", "telepon"])
def test_the_same_form_sent_many_times_at_once_works_once(house: House, what: str) -> None:
    number = opened()
    moved(number, "forwarded", "resolved")
    page = Page.of(house, number)
    fields = {
        "tambah": {"kata": "masih gelap"}, "tempat": {"jalan": "Jl Mawar"}, "belum": {"kata": "masih gelap"},
        "nilai": {"nilai": "3"}, "telepon": {},
    }[what]  # fmt: skip
    key, before = page.key(what), len(actions(number))
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: page.sends(what, key=key, **fields), range(6)))
    assert len({outcome(answer) for answer in answers}) == 1
    assert len(actions(number)) == before + (what != "telepon")
    with stores.reading() as session:
        assert (session.scalar(select(func.count()).select_from(Callback)) or 0) == (what == "telepon")


def test_the_same_form_with_other_words_is_not_lost(sqlite_house: House) -> None:
    """Back, another sentence, send again: the browser shows the old form."""
    number = opened()
    page = Page.of(sqlite_house, number)
    key = page.key("tambah")
    for words in ("satu", "dua", "satu"):
        assert outcome(page.sends("tambah", key=key, kata=words)) == "added"
    assert notes(number) == ["satu", "dua"]


def test_a_form_without_its_key_is_shown_again_with_all_that_was_typed(sqlite_house: House) -> None:
    number = opened()
    page = Page.of(sqlite_house, number)
    for key in ("kurang", "A" * 16, "x" * 200, "<script>alert(1)</script>", "\0" * 16, ".x.", "é" * 20):
        answer = page.sends("tambah", key=key, kata="kata-kata saya")
        assert answer.status_code == 422 and "kata-kata saya" in answer.text and key not in answer.text
    assert notes(number) == []
    fresh = re.search(r'name="kunci" value="([^"]+)"', answer.text)[1]
    assert outcome(page.sends("tambah", key=fresh, kata="kata-kata saya")) == "added"


@pytest.fixture
def undecoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """No picture is decoded meanwhile."""
    monkeypatch.setattr(decoding, "_run", lambda *_: pytest.fail("a picture was decoded"))


@pytest.mark.usefixtures("undecoded")
@pytest.mark.parametrize("what", ["tambah", "tempat", "belum", "nilai", "telepon"])
def test_the_key_of_another_page_or_form_opens_none(sqlite_house: House, what: str) -> None:
    number, other = opened(), opened("+6281200002222")
    moved(number, "forwarded", "resolved")
    page, before = Page.of(sqlite_house, number), actions(number)
    forms_of = {"tambah": "belum"}
    for key in (
        Page.of(sqlite_house, other).key("tambah"),
        page.key(forms_of.get(what, "tambah")),
        page.key(what)[:-1],
    ):
        files = [("foto", ("a.png", picture("PNG"), "image/png"))] if what == "tambah" else None
        answer = page.sends(what, key=key, files=files, kata="kata-kata saya", jalan="Jl Mawar", nilai="3")
        assert answer.status_code == 422
        assert city().text("id", "page", "form_again").partition(":")[0] in unescape(answer.text)
        assert what in ("telepon", "nilai", "tempat") or "kata-kata saya" in answer.text
    assert actions(number) == before


def test_a_key_outlives_the_secret_that_signed_it_while_that_is_kept(sqlite_house: House) -> None:
    page = Page.of(sqlite_house, opened())
    old, fresh = settings().secret_key, "another-secret-that-is-long-enough-0123456789"
    key = page.key("tambah")
    sqlite_house.set(SECRET_KEY=f"{fresh},{old}")
    assert outcome(page.sends("tambah", key=key, kata="satu")) == "added"
    newer = page.key("tambah")
    sqlite_house.set(SECRET_KEY=fresh)
    assert page.sends("tambah", key=key, kata="dua").status_code == 422
    assert outcome(page.sends("tambah", key=newer, kata="tiga")) == "added"


def test_the_same_photos_sent_again_are_kept_once_and_decoded_once(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = opened()
    page = Page.of(sqlite_house, number)
    key, files = page.key("tambah"), [("foto", ("a.png", picture("PNG"), "image/png"))]
    assert outcome(page.sends("tambah", key=key, files=files)) == "added"
    monkeypatch.setattr(decoding, "_run", lambda *_: pytest.fail("decoded again"))
    assert outcome(page.sends("tambah", key=key, files=files)) == "added"
    assert len(kept_photos(number)) == 1


@pytest.mark.usefixtures("undecoded")
def test_what_would_not_be_kept_is_not_decoded(sqlite_house: House) -> None:
    number = opened()
    page = Page.of(sqlite_house, number)
    for nth in range(forms.SENT_AN_HOUR):
        page.sends("tambah", kata=f"nomor {nth}")
    files = [("foto", ("a.png", picture("PNG"), "image/png"))]
    assert page.sends("tambah", files=files).status_code == 429
    many = files * 4
    assert "paling banyak tiga" in page.sends("tambah", files=many).text


@pytest.mark.usefixtures("undecoded")
@pytest.mark.parametrize("language", ["id", "en"])
def test_where_no_room_is_left_for_photos_nothing_typed_is_lost(sqlite_house: House, language: str) -> None:
    number = opened()
    page, files = Page.of(sqlite_house, number), [("foto", ("a.png", picture("PNG"), "image/png"))]
    key = page.key("tambah")
    with uploads.room(), uploads.room(), uploads.room():
        data = {"kunci": key, "kata": "kata-kata saya"}
        full = requests.post(f"{page.base}/tambah?bahasa={language}", data=data, files=files, timeout=60)
        assert (full.status_code, full.headers["Retry-After"]) == (503, "30")
        assert city().text(language, "page", "photo_busy") in unescape(full.text)
        assert "kata-kata saya" in full.text and key in full.text
        assert outcome(page.sends("tambah", kata="tanpa foto")) == "added", "words alone need no room"
    assert notes(number) == ["tanpa foto"]


@pytest.mark.parametrize(
    ("raised", "status", "fault"),
    [(decoding.Busy(), 503, "photo_busy"), (decoding._Died(), 422, "photo_broken")],
)
def test_a_child_that_dies_refuses_the_photo_alone(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch, raised: Exception, status: int, fault: str
) -> None:
    number = opened()
    page, files = Page.of(sqlite_house, number), [("foto", ("a.png", picture("PNG"), "image/png"))]

    def dies(*_: int) -> None:
        raise raised

    with monkeypatch.context() as broken:
        broken.setattr(decoding, "_run", dies)
        answer = page.sends("tambah", files=files, kata="kata-kata saya")
        assert answer.status_code == status and "kata-kata saya" in answer.text
        assert city().text("id", "page", fault) in unescape(answer.text)
    assert outcome(page.sends("tambah", files=files, kata="kata-kata saya")) == "added"


@pytest.mark.parametrize("end", [".", ")", "%20", "%3C", ",%20Terima%20kasih"])
def test_a_form_behind_a_link_to_which_something_stuck_is_the_form(sqlite_house: House, end: str) -> None:
    number = opened()
    page, stuck = Page.of(sqlite_house, number), Page(sqlite_house, seen(number).tracking_code + end)
    assert outcome(stuck.sends("tambah", key=stuck.key("tambah"), kata="satu")) == "added"
    assert outcome(stuck.sends("tambah", key=page.key("tambah"), kata="dua")) == "added"
    assert notes(number) == ["satu", "dua"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"--x", b"--x--", b"--x\r\n", b"--x\r\n\r\n\r\n--x--", b"no form at all" * 1000,
        b"--x\r\nA: b\r\n\r\nc\r\n--x--",
        b'--x\r\nContent-Disposition: form-data; name="foto"; filename="a.png"\r\n\r\nfirst\r\n--x--',
        b'--x\r\nContent-Disposition: form-data; name="kunci"\r\n\r\n\xff\xfe\r\n--x--',
        b'--x\r\nContent-Disposition: form-data\r\n\r\nnameless\r\n--x--',
        b'--x\r\nContent-Disposition: form-data; name="kunci"\r\n\r\n' + b"k" * 200_000,
        b"\r\n".join([b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb'] * 100),
        b'--x\r\nContent-Disposition: form-data; name="kata"\r\n\r\n' + b"k" * 300_000 + b"\r\n--x--",
        b"--x\r\nA: " + b"a" * 300_000,
    ],
)  # fmt: skip
@pytest.mark.usefixtures("undecoded")
def test_a_body_that_is_no_form_gets_our_page(sqlite_house: House, body: bytes) -> None:
    page = Page.of(sqlite_house, opened())
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data", "multipart/form-data; boundary=\xe9"):
        answer = requests.post(f"{page.base}/tambah", data=body, headers={"Content-Type": kind}, timeout=60)
        assert answer.status_code in (413, 422) and "Ada yang perlu diperbaiki" in answer.text


def test_too_much_within_an_hour_waits(sqlite_house: House) -> None:
    page = Page.of(sqlite_house, opened())
    for nth in range(forms.SENT_AN_HOUR):
        assert outcome(page.sends("tambah", kata=f"nomor {nth}")) == "added"
    refused = page.sends("tambah", kata="satu lagi")
    assert refused.status_code == 429 and "1500-444" in refused.text
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=True):
        assert outcome(page.sends("tambah", kata="satu lagi")) == "added"


# -- what is wrong -------------------------------------------------------------------------------------------------

LONG = "panjang " * 200


@pytest.mark.parametrize(
    ("what", "fields", "fault"),
    [
        ("tambah", {}, "nothing_added"),
        ("tambah", {"kata": " \u200e\u202e\0\n"}, "nothing_added"),
        ("tambah", {"kata": LONG}, "words_long"),
        ("tempat", {}, "nothing_placed"),
        ("tempat", {"kelurahan": "atlantis"}, "nothing_placed"),
        ("tempat", {"titik": "rumah saya"}, "point_unread"),
        ("tempat", {"titik": "https://maps.app.goo.gl/AbCd"}, "point_unread"),
        ("tempat", {"titik": "-7.2575, 112.7521"}, "point_outside"),
        ("tempat", {"titik": "geo:0,0"}, "point_outside"),
        ("tempat", {"peta__x": "0", "peta__y": "0"}, "map_missed"),
        ("tempat", {"peta__x": "1e9", "peta__y": "-3"}, "map_missed"),
        ("tempat", {"peta__x": "280", "peta__y": "440"}, "point_outside"),
        ("tempat", {"jalan": LONG}, "words_long"),
        ("nilai", {}, "score_missing"),
        ("nilai", {"nilai": "0"}, "score_missing"),
        ("nilai", {"nilai": "6"}, "score_missing"),
        ("nilai", {"nilai": "٣"}, "score_missing"),
        ("nilai", {"nilai": "5; DROP TABLE tickets"}, "score_missing"),
        ("belum", {"kata": LONG}, "words_long"),
    ],
)
def test_what_is_wrong_is_said_first_and_nothing_typed_is_lost(
    sqlite_house: House, what: str, fields: dict[str, str], fault: str
) -> None:
    number = opened()
    moved(number, "forwarded", "resolved")
    before = actions(number)
    answer = Page.of(sqlite_house, number).sends(what, **fields)
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert "<title>Kesalahan: " in page and 'class="summary"' in page
    assert page.count(city().text("id", "page", fault).partition("{")[0]) == 2, "in the summary and at its field"
    target = re.search(r'class="summary".*?href="#(\w+)"', page, re.DOTALL)[1]
    assert f'id="{target}"' in page
    for value in fields.values():
        assert value.strip("\0\n \u200e\u202e").split(";")[0] in page or what in ("nilai", "tempat")
    assert actions(number) == before


@pytest.mark.parametrize(
    ("raw", "name", "fault"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.svg", "photo_type"),
        (b"<html><script>alert(1)</script>", "a.jpg", "photo_type"),
        (b"%PDF-1.7", "a.pdf", "photo_type"),
        (b"\xff\xd8\xff\xe0 nothing follows", "a.jpg", "photo_broken"),
        (b"", "a.jpg", ""),
        (b"\xff\xd8\xff" + b"0" * 8_000_001, "a.jpg", "photo_large"),
    ],
)
def test_what_is_no_photo_is_refused(sqlite_house: House, raw: bytes, name: str, fault: str) -> None:
    number = opened()
    answer = Page.of(sqlite_house, number).sends(
        "tambah", kata="lihat foto", files=[("foto", (name, raw, "image/jpeg"))]
    )
    assert answer.status_code == 422 and "lihat foto" in answer.text
    assert "perlu dipilih lagi" in answer.text
    if fault:
        assert city().text("id", "page", fault) in unescape(answer.text)
    assert kept_photos(number) == [] and notes(number) == []


def test_four_photos_are_too_many_and_so_are_thirteen(sqlite_house: House) -> None:
    number = opened()
    page = Page.of(sqlite_house, number)

    def send(count: int) -> requests.Response:
        size = iter(range(40, 100))
        files = [("foto", (f"{nth}.jpg", picture(size=(next(size), 40)), "image/jpeg")) for nth in range(count)]
        return page.sends("tambah", files=files)

    assert "paling banyak tiga" in send(4).text
    for _ in range(4):
        assert outcome(send(3)) == "added"
    assert "sudah punya banyak foto" in send(1).text
    assert len(kept_photos(number)) == 12


def test_an_upload_without_end_gets_our_page(sqlite_house: House) -> None:
    page = Page.of(sqlite_house, opened())
    for what, size in (("tambah", uploads.ALL_BYTES + 1_000_000), ("belum", 300_000)):
        answer = page.sends(what, kata="x", files=[("foto", ("a.jpg", b"\xff\xd8\xff" + b"0" * size, "image/jpeg"))])
        assert answer.status_code == 413
        assert "Ada yang perlu diperbaiki" in answer.text
    answer = requests.post(f"{sqlite_house.url}/t", data={"nomor": "9" * 300_000}, timeout=60)
    assert answer.status_code == 413 and "Cari laporan" in answer.text


HOSTILE = (
    "<script>alert(1)</script>",
    "</textarea><img src=x onerror=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    '=HYPERLINK("http://x")',
    "'; DROP TABLE tickets; --",
    "\u202e\u2066gnillac\0\x07",
    "😀" * 200,
    "%s%n${7*7}",
    "\udbff".encode("utf-8", "replace").decode(),
    "{hotline} {0} {x.__class__}",
)


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_only_words(sqlite_house: House, words: str) -> None:
    number = opened()
    page = Page.of(sqlite_house, number)
    back = page.sends("tempat", titik=words, jalan=words)
    assert back.status_code == 422
    for raw in ("<script>alert", "<img src=x"):
        assert raw not in back.text
    assert "49" not in re.findall(r"value=\"[^\"]*\"", back.text)
    assert outcome(page.sends("tambah", kata=words)) == "added"
    assert outcome(page.sends("belum", kata=words)) == "escalated"
    assert page.get().status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "path",
    [
        "nosuchcd/tambah",
        "nosuchcd/terkirim/added",
        "x/foto/00000000-0000-0000-0000-000000000000",
        "' OR 1=1/belum",
        "%00/nilai",
        "{code}/hapus",
        "{code}/foto/1",
        "{code}/foto/../../etc/passwd",
        "{code}/foto/00000000-0000-0000-0000-000000000000",
        "{code}/foto/00000000-0000-0000-0000-000000000000/besar",
        "a" * 3000 + "/tambah",
    ],
)
def test_what_does_not_exist_is_not_found(sqlite_house: House, method: str, path: str) -> None:
    code = seen(opened()).tracking_code
    answer = requests.request(method, f"{sqlite_house.url}/t/{path.format(code=code)}", timeout=60)
    assert answer.status_code in (404, 405)


def test_a_form_from_another_site_is_refused(sqlite_house: House) -> None:
    number = opened()
    page = Page.of(sqlite_house, number)
    key = page.key("tambah")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://jahat.invalid"}):
        answer = requests.post(f"{page.base}/tambah", data={"kunci": key, "kata": "x"}, headers=headers, timeout=60)
        assert answer.status_code == 403 and "bukan" not in answer.headers
    assert notes(number) == []


def test_a_form_that_came_too_late_leads_to_the_page(sqlite_house: House) -> None:
    """The ticket changed while the page lay open."""
    number = opened()
    moved(number, "forwarded", "resolved")
    page = Page.of(sqlite_house, number)
    key = page.key("nilai")
    moved(number, "reopened")
    answer = page.sends("nilai", key=key, nilai="5")
    assert answer.status_code == 303 and "/terkirim/" not in answer.headers["Location"]
    assert seen(number).state == lifecycle.REOPENED


# -- photos --------------------------------------------------------------------------------------------------------


def test_proofs_are_shown_to_who_holds_the_link_and_nobody_else(sqlite_house: House) -> None:
    number, other, secret = opened(), opened("+6281200002222"), opened(category="keluhan-petugas")
    ids = {}
    for which in (number, other, secret):
        with changing(which) as (session, ticket):
            ids[which] = additions.keep_upload(session, ticket, picture(), by="Budi", kind="proof").id
    with changing(number) as (session, ticket):
        own = additions.keep_upload(session, ticket, picture("PNG"), by="resident").id
    page = Page.of(sqlite_house, number)
    shown = page.get().text
    assert f"/foto/{ids[number]}/kecil" in shown and str(own) not in shown
    assert 'alt="Foto 1 dari' in shown and 'loading="lazy"' in shown
    for size in ("", "/kecil"):
        answer = page.get(f"foto/{ids[number]}{size}")
        assert answer.headers["Content-Type"] == "image/jpeg" and answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store" and answer.content[:2] == b"\xff\xd8"
        assert not size or len(answer.content) <= 40_000
    assert page.get(f"foto/{own}").status_code == page.get(f"foto/{ids[other]}").status_code == 404
    hidden = Page.of(sqlite_house, secret)
    assert "/foto/" not in hidden.get().text and hidden.get(f"foto/{ids[secret]}").status_code == 404
    with changing(number) as (session, ticket):
        photos.give_up(session, session.get_one(Photo, ids[number]))
    assert page.get(f"foto/{ids[number]}").status_code == 404 and "/foto/" not in page.get().text


def test_what_is_sent_goes_out_with_the_next_round(sqlite_house: House) -> None:
    number = opened()
    sqlite_house.work()
    Page.of(sqlite_house, number).sends("tambah", kata="Lubangnya melebar")
    assert any(row.state == "pending" and row.kind == "email" for row in rows(number))
    sqlite_house.work()
    assert "Lubangnya melebar" in sqlite_house.mails()[-1].text
