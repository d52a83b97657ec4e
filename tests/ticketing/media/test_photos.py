"""Pictures from outside: what each becomes, where it lies, and who sees it."""

import io
import subprocess
import sys
import zlib
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import requests
import time_machine
from factories import changing, make_due, opened, rows, seen, wib
from people import House
from PIL import Image
from snapshots import BEKASI, camera, chunk, drawing, file, huge_png, photo
from sqlalchemy import select

from config import stores
from config.settings import settings
from ticketing.media import photos, pictures
from ticketing.models import Event, Photo
from ticketing.outgoing import links
from ticketing.privacy import erasure
from ticketing.tickets import additions, history


def read(raw: bytes) -> Image.Image:
    return Image.open(io.BytesIO(raw))


# -- the picture ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *[("JPEG", mode) for mode in ("RGB", "L", "CMYK")],
        *[("PNG", mode) for mode in ("RGB", "L", "1", "P", "RGBA", "LA", "I;16")],
        *[("WEBP", mode) for mode in ("RGB", "RGBA")],
    ],
)
def test_every_format_becomes_a_jpeg_that_looks_the_same(kind: str, mode: str) -> None:
    made = pictures.remade(file(drawing(mode=mode), kind))
    kept, thumb = read(made.picture), read(made.thumb)
    assert (
        (kept.format, kept.mode, kept.size) == ("JPEG", "RGB", (900, 600)) == ("JPEG", "RGB", (made.width, made.height))
    )
    assert (thumb.format, thumb.size) == ("JPEG", (480, 320))
    plain = pictures.remade(file(drawing()))
    assert pictures.alike(made.fingerprint, plain.fingerprint, bits=8)


@pytest.mark.parametrize(
    ("size", "kept"), [((4000, 3000), (1600, 1200)), ((300, 5000), (96, 1600)), ((20, 20), (20, 20))]
)
def test_it_is_never_larger_than_a_screen_needs(size: tuple[int, int], kept: tuple[int, int]) -> None:
    made = pictures.remade(file(drawing(size)))
    assert read(made.picture).size == kept
    assert max(read(made.thumb).size) <= 480


def test_a_thumb_is_small_even_of_noise() -> None:
    made = pictures.remade(file(Image.effect_noise((2000, 2000), 120).convert("RGB"), quality=95))
    assert len(made.thumb) <= 40_000
    read(made.thumb).load()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_else_that_a_file_carries_is_kept(kind: str) -> None:
    raw = photo(place=BEKASI, kind=kind)
    assert b"Siti Aminah" in raw
    made = pictures.remade(raw)
    for kept in (made.picture, made.thumb):
        assert not any(word in kept for word in (b"Siti", b"Exif", b"GPS", b"ICC_PROFILE", b"http://ns.adobe.com"))
        assert not read(kept).getexif()
        assert set(read(kept).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_comments_profiles_and_what_stands_behind_the_picture_are_gone() -> None:
    raw = file(drawing(), comment=b"rahasia Siti", icc_profile=b"profil Siti" * 20) + b"<script>Siti</script>"
    made = pictures.remade(raw)
    assert b"Siti" in raw
    assert b"Siti" not in made.picture + made.thumb


@pytest.mark.parametrize("turned", range(1, 9))
def test_it_stands_upright(turned: int) -> None:
    """The eight ways of holding a camera: each file looks as it was meant, the dark corner at the upper left."""
    upright = Image.new("RGB", (80, 40), "white")
    upright.paste("black", (0, 0, 20, 10))
    turns = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the turn that undoes it
    lying = upright.transpose(Image.Transpose(turns[turned])) if turned in turns else upright
    made = read(pictures.remade(file(lying, quality=95, exif=camera(turned=turned))).picture)
    assert made.size == (80, 40)
    dark = [made.convert("L").getpixel(corner) < 100 for corner in ((5, 3), (75, 3), (5, 36), (75, 36))]
    assert dark == [True, False, False, False]


@pytest.mark.parametrize("place", [BEKASI, (6.5, -106.9), (0.0, 0.0)])
def test_where_the_camera_was(place: tuple[float, float]) -> None:
    assert pictures.remade(photo(place=place)).place == pytest.approx(place, abs=1e-5)


@pytest.mark.parametrize(
    "gps",
    [
        {},
        {1: "S", 2: (6, 14, 53)},
        {1: "S", 2: (600, 14, 53), 3: "E", 4: (106, 0, 0)},
        {1: "S", 2: (6, 14), 3: "E", 4: (106, 0, 0)},
    ],
)
def test_a_place_that_makes_no_sense_spoils_no_picture(gps: dict[int, object]) -> None:
    written = Image.Exif()
    written.get_ifd(0x8825).update(gps)
    raw = file(drawing(), exif=written)
    assert pictures.remade(raw).place is None


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_broken_exif_spoils_no_picture() -> None:
    raw = file(drawing(), exif=b"Exif\0\0" + b"II*\0\xff\xff\xff\x7f" + b"\xff" * 60)
    assert pictures.remade(raw).width == 900


JPEG = file(drawing())


@pytest.mark.filterwarnings("ignore:Image size")
@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "type"),
        (b"<html><script>alert(1)</script>", "type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "type"),
        (b"%PDF-1.7\n" + JPEG, "type"),
        (b"GIF89a" + JPEG, "type"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 500, "type"),
        (b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 500, "type"),
        (b"BM" + b"\0" * 500, "type"),
        (b"\xff\xd8\xff" + b"<html>" * 100, "broken"),
        (b"\x89PNG\r\n\x1a\n" + JPEG, "broken"),
        (b"RIFF\x24\0\0\0WEBP" + b"\0" * 500, "broken"),
        (JPEG[: len(JPEG) // 2], "broken"),
        (file(drawing(), "PNG")[:-300], "broken"),
        (JPEG + b"\0" * 10_000_000, "size"),
        (huge_png(20_000, 20_000), "size"),
        (huge_png(11_000, 11_000), "size"),
        (huge_png(7_100, 7_100), "size"),
        (huge_png(2**31 - 1, 2**31 - 1), "size"),
        (huge_png(600, 400), "broken"),
    ],
)
def test_what_is_no_picture(raw: bytes, reason: str) -> None:
    with pytest.raises(photos.NotAPicture) as fault:
        pictures.remade(raw)
    assert fault.value.reason == reason


@pytest.mark.parametrize("kind", ["MPO", "PNG", "WEBP"])
def test_of_several_pictures_in_a_file_the_first_counts(kind: str) -> None:
    raw = file(drawing(), kind, save_all=True, append_images=[drawing(seed=2), drawing(seed=3)])
    assert pictures.alike(pictures.remade(raw).fingerprint, pictures.remade(file(drawing())).fingerprint)


@pytest.mark.parametrize("size", [(1, 1), (1, 20_000), (30_000, 1)])
def test_a_line_and_a_dot_are_pictures_too(size: tuple[int, int]) -> None:
    made = pictures.remade(file(Image.new("RGB", size, "red"), "PNG"))
    assert min(made.width, made.height) == 1


@pytest.mark.parametrize("name", [b"zTXt", b"iCCP", b"iTXt"])
def test_what_hides_beside_the_pixels_is_not_unpacked(name: bytes) -> None:
    raw, hidden = file(drawing(), "PNG"), zlib.compress(b"\0" * 200_000_000)
    inside = b"a\0\1\0\0\0" + hidden if name == b"iTXt" else b"a\0\0" + hidden
    with pytest.raises(photos.NotAPicture, match="broken"):
        pictures.remade(raw[:33] + chunk(name, inside) + raw[33:])


def test_a_picture_that_is_something_else_too_is_only_a_picture_afterwards() -> None:
    """A file that a browser would run and a camera could have made."""
    raw = file(drawing(), comment=b"<script>alert(1)</script>") + b"PK\x03\x04%PDF-1.7 <?php"
    made = pictures.remade(raw)
    assert not any(word in made.picture for word in (b"<script", b"PK\x03\x04", b"%PDF", b"<?php"))


def test_bytes_that_were_made_up_never_do_more_than_be_refused() -> None:
    for at in range(0, len(JPEG), 97):
        try:
            pictures.remade(JPEG[:at] + b"\xff\x00\x80\x7f" + JPEG[at + 4 :])
        except photos.NotAPicture as fault:
            assert fault.reason in ("type", "broken", "size")


def test_how_it_looks_is_known_again() -> None:
    first = pictures.remade(file(drawing()))
    again = pictures.remade(file(drawing((500, 333)), "WEBP", quality=60))
    other = pictures.remade(file(drawing(seed=2)))
    assert pictures.alike(first.fingerprint, again.fingerprint)
    assert not pictures.alike(first.fingerprint, other.fingerprint)
    assert len(first.fingerprint) == 16
    plain = pictures.remade(file(Image.new("RGB", (90, 80), "grey")))
    assert plain.fingerprint == "", "a wall looks like any other wall"


# -- where it lies -------------------------------------------------------------------------------------------------


def added(number: str, raw: bytes, kind: str = photos.REMARK) -> Photo:
    with changing(number) as (session, ticket):
        return additions.keep_upload(session, ticket, raw, by="resident", kind=kind)


def files() -> list[Path]:
    return sorted(path for path in (settings().var_dir / "photos").rglob("*") if path.is_file())


def test_it_lies_sealed_and_opens_for_its_row_alone(house: House) -> None:
    number = opened()
    one, other = added(number, photo()), added(number, photo(seed=2))
    assert len(files()) == 4
    assert all(path.stat().st_mode & 0o077 == 0 and b"JFIF" not in path.read_bytes() for path in files())
    assert read(photos.picture(one) or b"").size == (one.width, one.height) == (900, 600)
    assert read(photos.picture(one, thumb=True) or b"").size == (480, 320)
    with stores.reading() as session:
        assert [kept.id for kept in photos.of_ticket(session, seen(number))] == [one.id, other.id]
        assert photos.of_ticket(session, seen(number), (photos.PROOF,)) == []


def test_what_is_removed_is_gone(sqlite_house: House) -> None:
    number = opened()
    row = added(number, photo())
    with stores.transaction() as session:
        kept = session.get_one(Photo, row.id)
        photos.give_up(session, kept)
    for _ in range(2):
        erasure.remove_files([row.id])
    assert files() == []
    with stores.reading() as session:
        kept = session.get_one(Photo, row.id)
        assert kept.removed_at is not None
        assert photos.picture(kept) is None
        assert photos.of_ticket(session, seen(number)) == []


def test_what_is_no_picture_leaves_no_row(sqlite_house: House) -> None:
    number = opened()
    with pytest.raises(photos.NotAPicture):
        added(number, b"<html>")
    with stores.reading() as session:
        assert session.scalars(select(Photo)).all() == []
    assert files() == []


def test_the_place_of_the_camera_is_the_ticket_s_when_it_has_none(sqlite_house: House) -> None:
    number = opened(category="jalan")
    added(number, photo(place=BEKASI))
    ticket = seen(number)
    assert (ticket.latitude, ticket.longitude) == pytest.approx(BEKASI, abs=1e-5)
    assert ticket.area == "margajaya"
    added(number, photo(seed=2, place=(-6.3, 106.95)))
    assert seen(number).latitude == ticket.latitude, "the first word counts"


@pytest.mark.parametrize(
    ("kind", "place"), [(photos.PROOF, BEKASI), (photos.REMARK, (-6.9, 107.6)), (photos.REMARK, (0.0, 0.0))]
)
def test_a_place_elsewhere_and_a_department_s_place_move_no_ticket(
    sqlite_house: House, kind: str, place: tuple[float, float]
) -> None:
    number = opened()
    added(number, photo(place=place), kind)
    assert (seen(number).latitude, seen(number).area) == (None, None)


# -- proofs --------------------------------------------------------------------------------------------------------


def proofs_of(number: str) -> list[Event]:
    with stores.reading() as session:
        return [event for event in history.of(session, seen(number)) if event.action == "proof added"]


def test_a_department_proves_what_it_did(sqlite_house: House, tmp_path: Path) -> None:
    number = opened()
    shot = tmp_path / "selesai.jpg"
    shot.write_bytes(photo(place=BEKASI))
    sqlite_house.flask("tickets", "photo", number, str(shot), "--by", "Budi")
    (event,) = proofs_of(number)
    assert (event.by, event.why) == ("Budi", {})
    with stores.reading() as session:
        (kept,) = photos.of_ticket(session, seen(number), (photos.PROOF,))
        assert kept.by == "Budi"
    shot.write_bytes(b"%PDF-1.7")
    assert "selesai.jpg cannot be kept as a photo: type" in sqlite_house.refused(
        "tickets", "photo", number, str(shot), "--by", "Budi"
    )


def test_a_proof_that_was_shown_before_is_noticed(house: House) -> None:
    first, second, third = (opened(key=str(at)) for at in range(3))
    added(first, photo(), photos.PROOF)
    added(second, file(drawing((450, 300)), "WEBP"), photos.PROOF)
    added(third, photo(seed=5), photos.PROOF)
    assert [event.why for number in (first, second, third) for event in proofs_of(number)] == [
        {},
        {"photo": f"like {first}"},
        {},
    ]


def test_a_proof_is_not_compared_with_its_own_ticket_nor_with_residents(sqlite_house: House) -> None:
    first, second = opened(key="1"), opened(key="2")
    added(first, photo(), photos.PROOF)
    added(first, photo(), photos.PROOF)
    added(second, photo(seed=9))
    added(first, photo(seed=9), photos.PROOF)
    assert [event.why for event in proofs_of(first)] == [{}, {}, {}]


# -- who sees it ---------------------------------------------------------------------------------------------------


def asked(link: str) -> requests.Response:
    answer = requests.get(link, timeout=60)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "Set-Cookie" not in answer.headers
    return answer


def test_the_department_sees_it_for_a_while(sqlite_house: House) -> None:
    with time_machine.travel(wib("2026-03-02 09:00"), tick=False) as watch:
        row = added(opened(), photo())
        link = links.photo(row.id)
        answer = asked(link)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
        assert answer.content == photos.picture(row)
        watch.shift(timedelta(days=15))
        answer = asked(link)
    assert answer.status_code == 404
    assert "Tautan foto ini tidak berlaku lagi." in answer.text


def test_a_link_that_is_not_ours_opens_nothing(sqlite_house: House) -> None:
    row = added(opened(), photo())
    base, token = links.photo(row.id).rsplit("/", 1)
    recording = links.recording(row.id).rsplit("/", 1)[1]
    for wrong in (
        token[:-1],
        token + "x",
        recording,
        "x",
        "%00",
        "..%2f..%2fetc",
        links.photo(uuid4()).rsplit("/", 1)[1],
    ):
        assert requests.get(f"{base}/{wrong}", timeout=60).status_code == 404


def test_one_that_is_not_here(sqlite_house: House) -> None:
    number = opened()
    with changing(number) as (session, ticket):
        row = Photo(ticket_id=ticket.id, source="carrier:x", by="resident")
        session.add(row)
    assert asked(links.photo(row.id)).status_code == 503
    with stores.transaction() as session:
        photos.refuse(session.get_one(Photo, row.id), "type")
    answer = asked(links.photo(row.id))
    assert (answer.status_code, "bukan foto" in answer.text) == (404, True)


def test_the_mail_has_links_to_photos_the_point_and_the_reporters_words(sqlite_house: House) -> None:
    number = opened(category="jalan", held=True)
    with changing(number) as (session, ticket):
        additions.keep_upload(session, ticket, photo(place=BEKASI), by="resident", kind=photos.REPORT)
        session.add(Photo(ticket_id=ticket.id, source="carrier:y", by="resident", kind=photos.REMARK))
        history.note(session, ticket, "Lubang dalam", by="resident", kind="words", quiet=True)
        history.note(session, ticket, "Sudah dua motor jatuh", by="resident", kind="added", quiet=True)
    make_due(*rows(number, kind="email"))
    sqlite_house.work()
    mail = sqlite_house.mails()[-1]
    for text in (mail.text, mail.html):
        assert text.count("/photos/") == 2
        for words in ("Ditulis pelapor", "Lubang dalam", "Tambahan dari pelapor", "Sudah dua motor jatuh"):
            assert words in text
        assert "-6.24827, 106.99241" in text
        assert "Tautan foto berlaku sampai" in text
    link = next(word for word in mail.text.split() if "/photos/" in word)
    assert asked(link).status_code == 200


def test_a_confidential_report_shows_no_photo_and_no_point(sqlite_house: House) -> None:
    number = opened(category="keluhan-petugas", held=True)
    added(number, photo(place=BEKASI), photos.REPORT)
    make_due(*rows(number, kind="email"))
    sqlite_house.work()
    (mail,) = sqlite_house.mails()
    assert "/photos/" not in mail.text + mail.html
    assert "106.99" not in mail.text + mail.html


def test_who_makes_no_picture_does_not_carry_the_library() -> None:
    code = "import sys, ivr.app, workers.jobs, workers.kinds; print([name for name in sys.modules if name == 'PIL'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
