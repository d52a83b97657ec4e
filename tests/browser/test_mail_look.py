"""The report in the department's mailbox, as a mail program would show it."""

import re
from pathlib import Path

import pytest
from factories import opened, seen
from people import House, Resident
from playwright.sync_api import expect

from config.hotline import city
from ticketing.rules.references import written

from .conftest import Screens
from .screen import Screen

pytestmark = pytest.mark.browser

# A mail is shown inside a page that has its own landmarks.
LANDMARKS = ("region", "landmark-one-main")
STRANGE = "depan <b>warung</b> & 'toko' \"Bu Tini\" <script>alert(1)</script>"


def mailed(house: House, **report: str) -> tuple[str, str]:
    """A report without a recording, and its mail as HTML and as text."""
    opened(category="lampu-jalan", **report)
    house.work()
    (mail,) = house.mails()
    return mail.html, mail.text


def shown(screen: Screen, html: str, folder: Path) -> Screen:
    """Mail programs show HTML without a server; nothing in it may ask for one."""
    path = folder / "mail.html"
    path.write_text(html, "utf-8")
    screen.page.goto(path.as_uri())
    assert screen.asked == [path.as_uri()]
    assert screen.said == []
    screen.fits()
    return screen.is_accessible(but=LANDMARKS)


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_a_report_with_a_recording(sqlite_house: House, screens: Screens, tmp_path: Path, width: int) -> None:
    ani = Resident(sqlite_house).dials().presses("2", "1", "2").says("kayuringin jaya").presses("1").talks()
    ani.presses("1").hangs_up()
    sqlite_house.work()
    (mail,) = sqlite_house.mails()
    screen = shown(screens(width), mail.html, tmp_path)
    number = written(ani.ticket_number)
    expect(screen.page).to_have_title(mail.subject)
    expect(screen.page.locator("html")).to_have_attribute("lang", "id")
    expect(screen.page.locator("h1")).to_have_text("Lampu jalan mati")
    for words in (number, "Dinas Perhubungan", "Kayuringin Jaya", "Jawaban awal paling lambat", "Target selesai"):
        assert words in screen.text and words in mail.text, words
    link = re.search(r"http\S+/recordings/\S+", mail.text).group()
    expect(screen.page.get_by_role("link", name="Dengarkan rekaman")).to_have_attribute("href", link)
    assert len(screen.page.locator("a").all()) == 1


def test_one_click_plays_the_recording_and_it_can_be_sought(sqlite_house: House, screens: Screens) -> None:
    """The browser's own player, under our content policy."""
    ani = Resident(sqlite_house).dials().presses("2", "1", "2", "*").talks(8).presses("1").hangs_up()
    sqlite_house.work()
    (mail,) = sqlite_house.mails()
    assert ani.call.errors == []
    screen = screens()
    screen.page.goto(re.search(r"http\S+/recordings/\S+", mail.text).group())
    player = screen.page.locator("video, audio")
    expect(player).to_have_js_property("duration", 8)
    player.evaluate("one => new Promise(done => { one.onseeked = done; one.currentTime = 6.5 })")
    assert player.evaluate("one => one.currentTime") >= 6.5
    assert player.evaluate("one => one.error") is None
    assert screen.said == []


def test_what_a_resident_said_stays_text(sqlite_house: House, screens: Screens, tmp_path: Path) -> None:
    html, text = mailed(sqlite_house, words=STRANGE)
    screen = shown(screens(), html, tmp_path)
    assert STRANGE in screen.text and STRANGE in text
    assert "<script" not in html
    assert "Laporan ini tanpa rekaman suara." in screen.text
    assert screen.page.locator("a").count() == 0


def test_a_report_without_a_place(sqlite_house: House, screens: Screens, tmp_path: Path) -> None:
    html, text = mailed(sqlite_house)
    assert "tempat belum diketahui" in shown(screens(), html, tmp_path).text
    assert "tempat belum diketahui" in text
    assert "None" not in html + text


def test_every_word_comes_from_the_files_of_the_city(
    sqlite_house: House, screens: Screens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With other sentences, other values and no city name, nothing of ours is left in the mail."""
    sentences = city().languages["id"].sentences["mail"]
    for id_ in sentences:
        monkeypatch.setitem(sentences, id_, "@")
    html, text = mailed(sqlite_house, area="kayuringinjaya")
    body = shown(screens(), html, tmp_path).text
    values = {"Lampu jalan mati", "Kayuringin Jaya", "P3", "P2", "P1", "·", written(seen(_number(text)).number)}
    for value in sorted(values, key=len, reverse=True):
        body, text = body.replace(value, ""), text.replace(value, "")
    dates = r"(Senin|Selasa|Rabu|Kamis|Jumat|Sabtu|Minggu), \d+ \w+ \d{4}, \d\d\.\d\d"
    for words in (body, text):
        assert set(re.sub(dates, "", words)) <= set("@:- \r\n\t\xa0"), words


def _number(text: str) -> str:
    return re.search(r"\d{3}-\d{3}-\d{3}", text).group().replace("-", "")
