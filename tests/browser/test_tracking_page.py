"""The page behind the link in a text, as a resident sees it on a cheap telephone and on a desk."""

import re
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
import requests
import time_machine
from factories import changing, moved, opened, seen, wib
from people import House, Resident
from playwright.sync_api import expect

from config.hotline import city
from ticketing import lifecycle, tickets
from ticketing.references import written

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
        moved(number, step, by="Budi", note_text="kabel putus, kata Pak Joko", **how.get(step, {}))
    return number


def test_every_state_has_a_way() -> None:
    assert tuple(WAYS) == lifecycle.STATES


@pytest.mark.parametrize("state", lifecycle.STATES)
def test_every_state_is_said_in_shape_and_word(sqlite_house: House, screens: Screens, state: str) -> None:
    number = brought(state)
    screen = screens()
    for width, language in product(WIDTHS, LANGUAGES):
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
    facts = screen.page.locator("dl")
    for words in ("Dinas Perhubungan", "Kayuringin Jaya", "Jawaban awal paling lambat", "Target selesai"):
        expect(facts).to_contain_text(words)
    expect(screen.page.locator(".steps .done")).to_have_count(1)
    expect(screen.page.locator(".steps .now")).to_contain_text("Diteruskan")
    expect(screen.page.locator(".steps .now")).to_contain_text("Dinas Perhubungan")
    expect(screen.page.locator(".steps .next")).to_have_text([re.compile("Sedang dikerjakan"), re.compile("Selesai")])


def test_nothing_personal_is_on_the_page(sqlite_house: House) -> None:
    for state in lifecycle.STATES:
        answer = requests.get(page_of(sqlite_house, brought(state)), timeout=5)
        for secret in ("Budi", "Tini", "Joko", "812", "1111", "recording", "caller", "hotline.toml"):
            assert secret not in answer.text, (state, secret)


def test_a_page_that_nobody_keeps_and_nobody_indexes(sqlite_house: House) -> None:
    for path, status in ((page_of(sqlite_house, opened()), 200), (f"{sqlite_house.url}/t/nosuchcd", 404)):
        answer = requests.get(path, timeout=5)
        assert answer.status_code == status
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "Set-Cookie" not in answer.headers
        assert not re.search(r"<script|<style| style=|@import|javascript:|\son\w+=", answer.text)


def test_the_look_of_the_page_is_kept_for_an_hour(sqlite_house: House) -> None:
    answer = requests.get(f"{sqlite_house.url}/static/public.css", timeout=5)
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
    order = ["Laporan", "Status", "Sedang dikerjakan", "Dinas Perhubungan", "Perjalanan laporan", "Butuh bantuan"]
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
    assert '<html lang="en">' in requests.get(page_of(sqlite_house, number), timeout=5).text
    assert '<html lang="en">' in requests.get(page_of(sqlite_house, number, "../xx"), timeout=5).text


def test_help_is_one_touch_away(sqlite_house: House, screens: Screens) -> None:
    screen = screens().opens(page_of(sqlite_house, opened()))
    expect(screen.page.locator("a[href='tel:1500444']")).to_have_text(re.compile("Telepon 1500-444"))
    expect(screen.page.locator("a[href='tel:112']")).to_have_text(re.compile("Darurat 112"))


def test_the_keyboard_reaches_everything_and_shows_where_it_is(sqlite_house: House, screens: Screens) -> None:
    screen = screens().opens(page_of(sqlite_house, opened()))
    for words in ("ID", "EN", "Muat ulang", "Telepon", "Darurat"):
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
        assert 'class="alert"' not in requests.get(page_of(sqlite_house, number), timeout=5).text


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
    assert "Kamis, 31 Januari 2030 pukul\u00a023.59" in requests.get(page_of(sqlite_house, number), timeout=5).text


def test_who_handles_it_now_and_where_it_went(sqlite_house: House, screens: Screens) -> None:
    number = brought(lifecycle.ACCEPTED)
    with changing(number) as (session, ticket):
        tickets.assign(session, ticket, "dbmsda", by="Budi")
    screen = screens().opens(page_of(sqlite_house, number)).is_well()
    expect(screen.page.locator("dl")).to_contain_text("Dinas Bina Marga dan Sumber Daya Air")
    expect(screen.page.locator(".steps .now")).to_contain_text("Dialihkan")
    expect(screen.page.locator(".steps .now")).to_contain_text("Dinas Bina Marga dan Sumber Daya Air")


def test_what_is_not_the_citys_names_who_to_ask(sqlite_house: House, screens: Screens) -> None:
    screen = screens().opens(page_of(sqlite_house, brought(lifecycle.REFERRED)))
    expect(screen.page.locator("dl")).to_contain_text(re.compile(r"PLN.*Kontak\s*123", re.DOTALL))
    number = opened(category="lampu-jalan")
    moved(number, "referred", owner="kai")
    assert "unconfirmed" not in requests.get(page_of(sqlite_house, number), timeout=5).text


def test_a_merged_report_names_the_other_one(sqlite_house: House, screens: Screens) -> None:
    number = brought(lifecycle.MERGED)
    screen = screens().opens(page_of(sqlite_house, number))
    expect(screen.page.locator("dl")).to_contain_text("Digabung dengan laporan")
    assert len(set(re.findall(r"\d{3}-\d{3}-\d{3}", screen.text))) == 2


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_link_is_met_kindly(sqlite_house: House, screens: Screens, width: int, language: str) -> None:
    screen = screens(width).opens(f"{sqlite_house.url}/t/nosuchcd?bahasa={language}", 404)
    screen.is_well(but="status of 404").is_accessible()
    expect(screen.page.locator("h1")).to_have_text(city().text(language, "page", "unknown_title"))
    expect(screen.page.locator("a[href='tel:1500444']")).to_be_visible()


@pytest.mark.parametrize("code", ["", "x", "a" * 5000, "%00", "%F0%9F%92%A5", "' OR 1=1", "..%2f..%2fetc"])
def test_whatever_the_link_says_nothing_breaks(sqlite_house: House, code: str) -> None:
    assert requests.get(f"{sqlite_house.url}/t/{code}", timeout=5).status_code == 404
