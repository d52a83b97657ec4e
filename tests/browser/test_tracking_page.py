"""The page behind the link in a text, as a resident sees it on a cheap telephone and on a desk."""

import io
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import depth
import pytest
import requests
import time_machine
from factories import changing, moved, opened, seen, wib
from people import House, Resident
from PIL import Image
from playwright.sync_api import expect

from config import clock, stores
from config.hotline import city
from config.settings import ROOT
from ticketing.contacts import lookups
from ticketing.models import Call
from ticketing.rules import lifecycle
from ticketing.rules.references import written
from ticketing.tickets import additions, history, moves, ratings
from ticketing.web.residents import actions

from .conftest import Screens

pytestmark = pytest.mark.browser

WIDTHS = (320, 360, 1280)
LANGUAGES = ("id", "en")

# How a report comes into each state, and what that takes.
WAYS: dict[str, tuple[str, ...]] = {
    lifecycle.RECEIVED: (),
    lifecycle.FORWARDED: ("forwarded",),
    lifecycle.ACCEPTED: ("forwarded", "accepted"),
    lifecycle.IN_PROGRESS: ("forwarded", "accepted", "in_progress"),
    lifecycle.WAITING: ("forwarded", "waiting"),
    lifecycle.SCHEDULED: ("forwarded", "accepted", "scheduled"),
    lifecycle.RESOLVED: ("forwarded", "accepted", "in_progress", "resolved"),
    lifecycle.CONFIRMED: ("forwarded", "in_progress", "resolved", "confirmed"),
    lifecycle.REOPENED: ("forwarded", "in_progress", "resolved", "reopened"),
    lifecycle.REFUSED: ("forwarded", "refused"),
    lifecycle.REFERRED: ("forwarded", "referred"),
    lifecycle.MERGED: ("forwarded", "merged"),
    lifecycle.WITHDRAWN: ("forwarded", "withdrawn"),
}


def page_of(house: House, number: str, language: str = "") -> str:
    return f"{house.url}/t/{seen(number).tracking_code}" + (f"?bahasa={language}" if language else "")


def brought(state: str, **report: str) -> str:
    """A fresh report in this state; gives its number."""
    how = {
        lifecycle.REFUSED: {"owner": "dbmsda"},
        lifecycle.REFERRED: {"owner": "pln"},
        lifecycle.MERGED: {"into": opened("+6281299990000", "lampu-jalan")} if state == lifecycle.MERGED else {},
    }
    number = opened(category="lampu-jalan", area="kayuringinjaya", words="depan rumah Bu Tini", **report)
    for step in WAYS[state]:
        words = None if step == lifecycle.WAITING else "kabel putus, kata Pak Joko"  # a question is for the resident
        moved(number, step, by="Budi", note_text=words, **how.get(step, {}))
    return number


def test_every_state_has_a_way() -> None:
    assert tuple(WAYS) == lifecycle.STATES


@pytest.mark.parametrize("state", lifecycle.STATES)
def test_every_state_is_said_in_shape_and_word(sqlite_house: House, screens: Screens, state: str) -> None:
    number = brought(state)
    screen = screens()
    for width, language in depth.pairs(WIDTHS, LANGUAGES):
        screen.page.set_viewport_size({"width": width, "height": 740})
        screen.opens(page_of(sqlite_house, number, language)).is_well()
        words = city().text(language, "words", f"state_{state}")
        shown = screen.page.locator(".state")
        expect(shown.locator("svg")).to_be_visible()
        expect(shown).to_have_text(re.compile(rf"^\s*{re.escape(words)}\s*$", re.IGNORECASE))
        expect(screen.page.locator("html")).to_have_attribute("lang", language)
        expect(screen.page.locator("h1")).to_contain_text(written(number))
        assert city().category("lampu-jalan").name[language] in screen.text
        assert "None" not in screen.text and "{" not in screen.text
        if (width, language) in ((360, "id"), (1280, "en")):
            screen.is_accessible()


def test_from_the_text_to_the_page(sqlite_house: House, screens: Screens) -> None:
    """What a resident was texted opens the report that was made in the call."""
    ani = Resident(sqlite_house).dials().presses("2", "1", "2").says("kayuringin jaya").presses("1").talks()
    ani.presses("1").hangs_up()
    sqlite_house.work()
    code = re.search(r"http://lacak\.test/t/(\w+)", ani.inbox[0]).group(1)
    screen = screens().opens(f"{sqlite_house.url}/t/{code}").is_well()
    expect(screen.page.locator(".intro")).to_contain_text("Kayuringin Jaya")
    facts = screen.page.locator("dl")
    for words in ("Dinas Perhubungan", "Jawaban awal paling lambat", "Target selesai"):
        expect(facts).to_contain_text(words)
    expect(screen.page.locator(".steps .done")).to_have_count(1)
    expect(screen.page.locator(".steps .now")).to_contain_text("Diteruskan")
    expect(screen.page.locator(".steps .now")).to_contain_text("Dinas Perhubungan")
    expect(screen.page.locator(".steps .next")).to_have_text([re.compile("Sedang dikerjakan"), re.compile("Selesai")])


def test_nothing_personal_is_on_the_page(sqlite_house: House) -> None:
    for state in lifecycle.STATES:
        answer = requests.get(page_of(sqlite_house, brought(state)), timeout=60)
        shown = re.sub(
            r"[0-9]{3}-[0-9]{3}-[0-9]{3}|[0-9]{9}|/t/\w+", "", answer.text
        )  # drawn by chance, as 763-971-812
        for secret in ("Budi", "Tini", "Joko", "812", "1111", "recording", "caller", "hotline.toml"):
            assert secret not in shown, (state, secret)


def test_a_page_that_nobody_keeps_and_nobody_indexes(sqlite_house: House) -> None:
    for path, status in ((page_of(sqlite_house, opened()), 200), (f"{sqlite_house.url}/t/nosuchcd", 404)):
        answer = requests.get(path, timeout=60)
        assert answer.status_code == status
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "Set-Cookie" not in answer.headers
        assert not re.search(r"<script|<style| style=|@import|javascript:|\son\w+=", answer.text)
        assert (
            answer.headers["Referrer-Policy"] == "no-referrer" and answer.headers["X-Content-Type-Options"] == "nosniff"
        )


def test_the_look_of_the_page_is_kept_for_an_hour(sqlite_house: House) -> None:
    answer = requests.get(f"{sqlite_house.url}/static/public.css", timeout=60)
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert not re.search(r"url\(|@import|@font-face|var\(", answer.text)


def test_the_page_is_light(sqlite_house: House, screens: Screens) -> None:
    number = brought(lifecycle.RESOLVED)
    for _ in range(5):  # a long story
        moved(number, "reopened", "forwarded", "accepted", "in_progress", "resolved")
    screen = screens().opens(page_of(sqlite_house, number)).is_well()
    assert 4_000 < screen.weight <= 50_000
    expect(screen.page.locator(".steps li")).to_have_count(30)


def test_it_needs_no_script(sqlite_house: House, screens: Screens) -> None:
    screen = screens(java_script_enabled=False).opens(page_of(sqlite_house, brought(lifecycle.ACCEPTED)))
    assert "Ditugaskan" in screen.text
    screen.page.click("text=EN")
    expect(screen.page.locator(".state")).to_contain_text("Assigned")
    screen.page.click("text=Reload")
    expect(screen.page.locator(".state")).to_contain_text("Assigned")


def test_it_is_whole_without_its_style(sqlite_house: House, screens: Screens) -> None:
    """Where the stylesheet never arrives, the order of the words still makes sense."""
    screen = screens()
    screen.page.route("**/*.css", lambda route: route.abort())
    screen.opens(page_of(sqlite_house, brought(lifecycle.IN_PROGRESS)))
    order = ["Laporan", "Status", "Sedang dikerjakan", "Dinas Perhubungan", "Yang dapat", "Perjalanan", "Butuh bantuan"]
    places = [screen.text.index(words) for words in order]
    assert places == sorted(places)


def test_the_language_is_changed_and_the_link_stays(sqlite_house: House, screens: Screens) -> None:
    number = opened()
    screen = screens().opens(page_of(sqlite_house, number))
    languages = screen.page.locator(".languages a")
    expect(languages).to_have_text([re.compile("ID"), re.compile("EN")])
    expect(languages.nth(0)).to_have_attribute("aria-current", "true")
    languages.nth(1).click()
    expect(screen.page.locator("h1")).to_have_text(f"Report {written(number)}")
    assert screen.page.url == page_of(sqlite_house, number, "en")
    languages.nth(0).click()
    expect(screen.page.locator("h1")).to_have_text(f"Laporan {written(number)}")


def test_who_spoke_english_reads_english_and_nonsense_is_ignored(sqlite_house: House) -> None:
    number = opened(language="en")
    assert '<html lang="en">' in requests.get(page_of(sqlite_house, number), timeout=60).text
    assert '<html lang="en">' in requests.get(page_of(sqlite_house, number, "../xx"), timeout=60).text


def test_help_is_one_touch_away(sqlite_house: House, screens: Screens) -> None:
    screen = screens().opens(page_of(sqlite_house, opened()))
    expect(screen.page.locator("a[href='tel:1500444']")).to_have_text(re.compile("Telepon 1500-444"))
    expect(screen.page.locator("a[href='tel:112']")).to_have_text(re.compile("Darurat 112"))


def test_the_keyboard_reaches_everything_and_shows_where_it_is(sqlite_house: House, screens: Screens) -> None:
    screen = screens().opens(page_of(sqlite_house, opened()))
    for words in (
        "ID",
        "EN",
        "Tambah foto",
        "Tunjukkan",
        "Minta ditelepon",
        "Belum",
        "Muat ulang",
        "Telepon",
        "Darurat",
    ):
        screen.page.keyboard.press("Tab")
        focused = screen.page.locator(":focus")
        expect(focused).to_contain_text(words)
        expect(focused).to_have_css("outline-style", "solid")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_past_its_target_says_so_first(
    sqlite_house: House, screens: Screens, width: int, language: str
) -> None:
    number = brought(lifecycle.IN_PROGRESS)
    with time_machine.travel(seen(number).due_at + timedelta(minutes=5), tick=True):
        screen = screens(width).opens(page_of(sqlite_house, number, language)).is_well().is_accessible()
        expect(screen.page.locator("main p").first).to_have_text(city().text(language, "page", "overdue"))
        expect(screen.page.locator(".alert svg")).to_be_visible()


def test_a_late_first_answer_is_said_too(sqlite_house: House, screens: Screens) -> None:
    number = brought(lifecycle.FORWARDED)
    with time_machine.travel(seen(number).answer_due_at + timedelta(minutes=5), tick=True):
        screen = screens().opens(page_of(sqlite_house, number))
        expect(screen.page.locator(".alert")).to_have_text(city().text("id", "page", "overdue_answer"))
        moved(number, "accepted")
        screen.page.click("text=Muat ulang")
        expect(screen.page.locator(".state")).to_contain_text("Ditugaskan")
        expect(screen.page.locator(".alert")).to_have_count(0)
        expect(screen.page.locator("dl")).not_to_contain_text("Jawaban awal")


@pytest.mark.parametrize("state", [lifecycle.RESOLVED, lifecycle.WAITING])
def test_what_is_over_or_waits_for_the_resident_is_not_late(sqlite_house: House, state: str) -> None:
    number = brought(state)
    with time_machine.travel(seen(number).due_at + timedelta(days=30), tick=True):
        assert 'class="alert"' not in requests.get(page_of(sqlite_house, number), timeout=60).text


def test_dates_are_those_of_the_city(sqlite_house: House, screens: Screens) -> None:
    """A Thursday evening in Jakarta; office hours count from Friday morning."""
    with time_machine.travel(wib("2026-11-26 18:05"), tick=False):
        number = opened(category="lampu-jalan")
    with time_machine.travel(wib("2026-11-26 19:00"), tick=False):
        screen = screens().opens(page_of(sqlite_house, number))
        expect(screen.page.locator("dl")).to_contain_text("Kamis, 26 November 2026 pukul 18.05")
        expect(screen.page.locator(".updated")).to_contain_text("Diperbarui Kamis, 26 November 2026 pukul 18.05")
        expect(screen.page.locator(".updated")).to_contain_text("dibuka pukul 19.00")
        screen.page.click("text=EN")
        expect(screen.page.locator("dl")).to_contain_text("Thursday, 26 November 2026 at 18:05")


def test_a_day_that_ends_at_midnight_is_still_that_day(sqlite_house: House) -> None:
    number = brought(lifecycle.IN_PROGRESS)
    with changing(number) as (_, ticket):
        ticket.due_at = datetime(2030, 1, 31, 17, tzinfo=UTC)
    assert "Kamis, 31 Januari 2030 pukul\u00a023.59" in requests.get(page_of(sqlite_house, number), timeout=60).text


def test_who_handles_it_now_and_where_it_went(sqlite_house: House, screens: Screens) -> None:
    number = brought(lifecycle.ACCEPTED)
    with changing(number) as (session, ticket):
        moves.assign(session, ticket, "dbmsda", by="Budi")
    screen = screens().opens(page_of(sqlite_house, number)).is_well()
    expect(screen.page.locator("dl")).to_contain_text("Dinas Bina Marga dan Sumber Daya Air")
    expect(screen.page.locator(".steps .now")).to_contain_text("Dialihkan")
    expect(screen.page.locator(".steps .now")).to_contain_text("Dinas Bina Marga dan Sumber Daya Air")


def test_what_is_not_the_citys_names_who_to_ask(sqlite_house: House, screens: Screens) -> None:
    screen = screens().opens(page_of(sqlite_house, brought(lifecycle.REFERRED)))
    expect(screen.page.locator("dl")).to_contain_text(re.compile(r"PLN.*Kontak\s*123", re.DOTALL))
    number = opened(category="lampu-jalan")
    moved(number, "referred", owner="kai")
    assert "unconfirmed" not in requests.get(page_of(sqlite_house, number), timeout=60).text


def test_a_merged_report_shows_how_far_the_other_one_is(sqlite_house: House, screens: Screens) -> None:
    number = brought(lifecycle.MERGED)
    screen = screens().opens(page_of(sqlite_house, number))
    expect(screen.page.locator("dl")).to_contain_text("Digabung dengan laporan")
    assert len(set(re.findall(r"\d{3}-\d{3}-\d{3}", screen.text))) == 2
    expect(screen.page.locator(".steps")).to_have_count(2)
    expect(screen.page.locator(".steps").nth(1).locator(".now")).to_contain_text("Diterima")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_link_is_met_kindly(sqlite_house: House, screens: Screens, width: int, language: str) -> None:
    screen = screens(width).opens(f"{sqlite_house.url}/t/nosuchcd?bahasa={language}", 404)
    screen.is_well(but="status of 404").is_accessible()
    expect(screen.page.locator("h1")).to_have_text(city().text(language, "page", "unknown_title"))
    expect(screen.page.locator("a[href='tel:1500444']")).to_be_visible()


@pytest.mark.parametrize("code", ["x", "a" * 5000, "%00", "%F0%9F%92%A5", "' OR 1=1", "..%2f..%2fetc"])
def test_whatever_the_link_says_nothing_breaks(sqlite_house: House, code: str) -> None:
    assert requests.get(f"{sqlite_house.url}/t/{code}", timeout=60).status_code == 404


# -- what the resident may do --------------------------------------------------------------------------------------


def photographed(number: str, kind: str = "proof") -> None:
    out = io.BytesIO()
    Image.effect_noise((1600, 1200), 90).save(out, "JPEG")  # as heavy as a photo gets
    with changing(number) as (session, ticket):
        additions.keep_upload(session, ticket, out.getvalue(), by="Budi", kind=kind)


# The forms with the state in which each is offered.
FORMS = {
    "tambah": lifecycle.IN_PROGRESS,
    "tempat": lifecycle.IN_PROGRESS,
    "telepon": lifecycle.IN_PROGRESS,
    "belum": lifecycle.RESOLVED,
    "nilai": lifecycle.RESOLVED,
    "lagi": lifecycle.CONFIRMED,
}


def form_of(house: House, number: str, what: str, language: str) -> str:
    return f"{house.url}/t/{seen(number).tracking_code}/{what}?bahasa={language}"


@pytest.mark.parametrize("what", FORMS)
def test_every_form_is_well_everywhere(sqlite_house: House, screens: Screens, what: str) -> None:
    number = brought(FORMS[what])
    later = clock.now() + timedelta(days=20 if what == "lagi" else 0)
    with time_machine.travel(later, tick=True):
        for width, language in depth.pairs(WIDTHS, LANGUAGES):
            screen = screens(width).opens(form_of(sqlite_house, number, what, language)).is_well()
            if width > 320:
                screen.is_accessible()
            expect(screen.page.locator("html")).to_have_attribute("lang", language)
            assert "None" not in screen.text and "{" not in screen.text


@pytest.mark.parametrize("what", ["tambah", "tempat", "nilai"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fault_is_said_first_and_has_the_focus(
    sqlite_house: House, screens: Screens, what: str, language: str
) -> None:
    """Also with scripts off."""
    number = brought(FORMS[what])
    for width, scripts in depth.pairs(WIDTHS, (True, False)):
        screen = screens(width, java_script_enabled=scripts).opens(form_of(sqlite_house, number, what, language))
        if what == "tempat":
            screen.page.fill("#jalan", "x" * 400)
            screen.page.fill("#titik", "di rumah")
        screen.page.click("main button[type=submit]")
        expect(screen.page.locator(".summary")).to_be_focused()
        expect(screen.page.locator("main .summary h2")).to_have_text(city().text(language, "page", "errors"))
        assert screen.page.title().startswith(city().text(language, "page", "error"))
        if what == "tempat":
            assert screen.page.input_value("#jalan") == "x" * 400 and screen.page.input_value("#titik") == "di rumah"
        if scripts:
            screen.is_well(but="status of 422")
            if width > 320:
                screen.is_accessible()


@pytest.mark.parametrize("outcome", actions.OUTCOMES)
def test_every_confirmation_says_what_happens_next(sqlite_house: House, screens: Screens, outcome: str) -> None:
    number = brought(lifecycle.IN_PROGRESS)
    for width, language in depth.pairs((360, 1280), LANGUAGES):
        screen = screens(width).opens(form_of(sqlite_house, number, f"terkirim/{outcome}", language)).is_well()
        screen.is_accessible()
        expect(screen.page.locator("h1")).to_have_text(city().text(language, "page", f"sent_{outcome}"))
        expect(screen.page.locator("main")).to_contain_text(city().text(language, "page", f"next_{outcome}"))
        assert "None" not in screen.text


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_look_up_in_a_browser(sqlite_house: House, screens: Screens, width: int, language: str) -> None:
    number = brought(lifecycle.IN_PROGRESS)
    screen = screens(width).opens(f"{sqlite_house.url}/t?bahasa={language}").is_well().is_accessible()
    screen.page.fill("#nomor", written(number))
    screen.page.fill("#angka", "9999")
    screen.page.click("main button[type=submit]")
    expect(screen.page.locator(".summary")).to_be_focused()
    screen.is_well(but="status of 422").is_accessible()
    assert screen.page.input_value("#nomor") == written(number)
    screen.page.fill("#angka", "1111")
    screen.page.click("main button[type=submit]")
    expect(screen.page.locator("h1")).to_contain_text(written(number))
    expect(screen.page.locator("html")).to_have_attribute("lang", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_that_only_say_something(sqlite_house: House, screens: Screens, language: str) -> None:
    code = seen(opened()).tracking_code
    with stores.transaction() as session:
        for nth in range(lookups.OF_ALL):
            lookups.failed(session, f"source:{nth}", lookups.NUMBER)
    for width in WIDTHS:
        screen = screens(width).opens(f"{sqlite_house.url}/t?bahasa={language}")
        screen.page.fill("#nomor", seen(opened()).number)
        screen.page.fill("#angka", "9999")
        screen.page.click("main button[type=submit]")
        expect(screen.page.locator("h1")).to_have_text(city().text(language, "page", "too_often"))
        screen.is_well(but="status of 429").is_accessible()
        gone = f"{sqlite_house.url}/t/{code}/foto/{uuid4()}?bahasa={language}"
        screens(width).opens(gone, 404).is_well(but="status of 404").is_accessible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_rated_call_in_a_browser(sqlite_house: House, screens: Screens, language: str) -> None:
    with stores.transaction() as session:
        call = Call(sid=f"CA{uuid4().hex}", caller_kind="mobile", status="completed")
        session.add(call)
        session.flush()
        code = ratings.ask(session, None, call=call).code
    for width in WIDTHS:
        screen = screens(width).opens(f"{sqlite_house.url}/t/{code}?bahasa={language}").is_well().is_accessible()
        if width == WIDTHS[0]:
            screen.page.click("main button[type=submit]")
            screen.is_well(but="status of 422")
        screen.page.click("label[for=nilai-2]")
        screen.page.click("label[for=beres-belum]")
        screen.page.click("main button[type=submit]")
        expect(screen.page.locator("h1")).to_have_text(city().text(language, "page", "call_thanks"))
        screen.is_accessible()


def test_a_whole_loop_with_scripts_off(sqlite_house: House, screens: Screens) -> None:
    number = brought(lifecycle.RESOLVED)
    page = screens(320, java_script_enabled=False).opens(page_of(sqlite_house, number)).page
    page.click("a:has-text('Belum beres')")
    page.fill("#kata", "lampu kiri masih mati")
    page.click("text=Buka lagi laporan")
    expect(page.locator("h1")).to_have_text("Laporan dibuka kembali")
    page.reload()
    page.click("text=Lihat laporan")
    expect(page.locator(".state")).to_contain_text("Dibuka kembali")
    page.click("text=Tunjukkan tempatnya")
    assert not page.locator("#here").is_visible()
    page.locator("#peta").click(position={"x": 150, "y": 200})
    expect(page.locator("main .state")).to_contain_text("Titik ini di sekitar")
    page.click("main button[type=submit]")
    expect(page.locator("h1")).to_have_text("Tempatnya sudah kami catat")
    assert seen(number).latitude is not None
    moved(number, "in_progress", "resolved")
    page.click("text=Lihat laporan")
    page.click("text=Sudah, beri nilai")
    page.click("label[for=nilai-4]")
    page.click("text=Kirim nilai")
    page.click("text=Lihat laporan")
    expect(page.locator(".state")).to_contain_text("Selesai, dipastikan")


def test_the_keyboard_on_the_sketch_is_sent_to_the_list(sqlite_house: House, screens: Screens) -> None:
    number = brought(lifecycle.IN_PROGRESS)
    page = screens().opens(form_of(sqlite_house, number, "tempat", "id")).page
    page.locator("#peta").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#peta-fault")).to_contain_text(city().text("id", "page", "map_missed"))
    page.fill("#jalan", "Jl Mawar")
    page.keyboard.press("Enter")  # the button of the form, not the sketch
    expect(page.locator("h1")).to_have_text("Tempatnya sudah kami catat")


def test_my_position_fills_in_the_point(sqlite_house: House, screens: Screens) -> None:
    number = brought(lifecycle.IN_PROGRESS)
    screen = screens(geolocation={"latitude": -6.2383, "longitude": 106.9756}, permissions=["geolocation"])
    screen.opens(form_of(sqlite_house, number, "tempat", "id"))
    screen.page.click("#here")
    expect(screen.page.locator("#titik")).to_have_value("-6.23830, 106.97560")
    expect(screen.page.locator("#here-said")).to_have_text("Posisi sudah diisi.")
    screen.is_well()
    screen.page.click("main button[type=submit]")
    expect(screen.page.locator("h1")).to_have_text("Tempatnya sudah kami catat")
    assert (seen(number).latitude, seen(number).longitude) == (-6.2383, 106.9756)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_date_is_said_with_the_old_one_and_why(
    sqlite_house: House, screens: Screens, width: int, language: str
) -> None:
    number = brought(lifecycle.IN_PROGRESS)
    with changing(number) as (session, ticket):
        ticket.late_at, ticket.due_at = wib("2030-01-10 16:00"), wib("2030-01-31 16:00")
        history.note(session, ticket, "menunggu tiang", by="Budi", kind=history.DELAY)
    screen = screens(width).opens(page_of(sqlite_house, number, language)).is_well().is_accessible()
    alert = screen.page.locator("main p").first
    for words in {"id": ("10 Januari 2030", "31 Januari 2030"), "en": ("10 January", "31 January")}[language]:
        expect(alert).to_contain_text(words)
    expect(alert).to_contain_text("Menunggu tiang")


def test_the_departments_latest_word_and_its_proofs(sqlite_house: House, screens: Screens) -> None:
    number = brought(lifecycle.RESOLVED)
    with changing(number) as (session, ticket):
        history.note(session, ticket, "Kabar lama", by="Budi", kind=history.PUBLIC)
        history.note(session, ticket, "Lampu diganti. Info 0812-3456-7890 <b>Budi</b>", by="Budi", kind=history.PUBLIC)
    photographed(number)
    for width in WIDTHS:
        screen = screens(width).opens(page_of(sqlite_house, number)).is_well().is_accessible()
        expect(screen.page.locator("blockquote")).to_have_text("Lampu diganti. Info … <b>Budi</b>")
        assert "0812" not in screen.text and "Kabar lama" not in screen.text
        small = screen.page.locator(".photos img")
        small.scroll_into_view_if_needed()
        expect(small).to_have_js_property("complete", True)
        assert small.evaluate("one => one.naturalWidth") > 100
    (photo,) = [answer for answer in screen.answers if "/foto/" in answer.url]
    assert len(photo.body()) <= 40_000


@pytest.mark.parametrize(
    ("state", "label"),
    [
        (lifecycle.WAITING, "reply_by"),
        (lifecycle.SCHEDULED, "due"),
        (lifecycle.RESOLVED, "closes_on"),
        (lifecycle.CONFIRMED, "reopens_until"),
        (lifecycle.REFERRED, "ended"),
        (lifecycle.MERGED, "due"),
        (lifecycle.WITHDRAWN, "ended"),
        (lifecycle.REFUSED, "due"),
        (lifecycle.REOPENED, "due"),
    ],
)
def test_every_state_has_a_date(sqlite_house: House, state: str, label: str) -> None:
    page = requests.get(page_of(sqlite_house, brought(state)), timeout=60).text
    fact = re.search(rf"<dt>{city().text('id', 'page', label)}</dt><dd>([^<]+)", page)
    assert fact and re.search(r"\w+, \d+ \w+ 20\d\d", fact[1])


def test_what_silence_never_closes_does_not_say_when(sqlite_house: House) -> None:
    loud = next(key for key, category in city().categories.items() if not category.closes_by_silence)
    number = opened(category=loud)
    moved(number, "forwarded", "resolved")
    page = requests.get(page_of(sqlite_house, number), timeout=60).text
    assert city().text("id", "page", "closes_on") not in page
    assert city().text("id", "page", "ended") in page


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "baru saja"),
        (1, "1 menit"),
        (59, "59 menit"),
        (60, "1 jam"),
        (1439, "23 jam"),
        (1440, "1 hari"),
        (9999, "6 hari"),
    ],
)
def test_how_long_ago(sqlite_house: House, minutes: int, words: str) -> None:
    number = opened()
    with time_machine.travel(seen(number).changed_at + timedelta(minutes=minutes, seconds=1), tick=False):
        assert f"({words}" in requests.get(page_of(sqlite_house, number), timeout=60).text


# What browsers of ten years ago do not know. Some of it is fine with a fallback; none of it is needed here.
TOO_NEW = (
    r"display:\s*(?:inline-)?grid|grid-|(?:^|[;{\s])(?:row-|column-)?gap:|:(?:is|where|has|focus-visible|focus-within)\b|\bclamp\(|"
    r"\b(?:min|max)\(|aspect-ratio|(?:^|[;{\s])inset|(?:margin|padding|border)-(?:inline|block)|var\(|--\w|position:\s*sticky|"
    r"object-fit|color-mix|oklch|@(?:layer|container|supports|property)|accent-color|\bdvh\b|scroll-behavior|place-|#[0-9a-f]{8}\b|"
    r"rgb\([^)]*/|text-wrap|:not\([^)]*,|&"
)


def test_the_style_is_as_old_as_the_telephones() -> None:
    style = re.sub(r"/\*.*?\*/", "", (ROOT / "ticketing/web/residents/static/public.css").read_text(), flags=re.DOTALL)
    assert re.findall(TOO_NEW, style) == []
    for modern in (
        "display: grid",
        "x{gap: 1px}",
        ":is(a)",
        "min(1px, 2px)",
        "margin-inline: 1px",
        "var(--a)",
        "#12345678",
    ):
        assert re.search(TOO_NEW, modern), modern
    for flex in re.findall(r"[{;] *((?:display: )?flex[^;]*);", style):
        assert f"-webkit-{flex.replace('display: ', '')}" in style, flex
