"""Every sentence fits its text message and the ear of a caller; the lint finds those that do not."""

import shutil
from pathlib import Path

import pytest

from config import lint
from config.gsm7 import gsm7_length
from config.hotline import HERE, city


def test_the_shipped_sentences_pass() -> None:
    report = lint.examine()
    assert report.problems == []
    assert {code for code, _, _ in report.texts} == {code for code, _, _ in report.menus} == {"id", "en"}
    assert max(length for _, _, length in report.texts) <= 160


def test_what_the_city_says_of_itself_is_filled_in_once() -> None:
    assert city().text("id", "voice", "greeting") == "Selamat {daypart}, Layanan Warga Kota Bekasi."
    assert "1 1 2, gratis" in city().text("id", "voice", "emergency")
    assert city().text("en", "voice", "root_english") == "Untuk bahasa Indonesia, tekan 8."


def test_a_receipt_goes_out_at_night_and_a_status_waits() -> None:
    assert city().sms_class("SMS01") == "receipt"
    assert city().sms_class("SMS03") == "status"
    assert city().sms_class("") is None


@pytest.mark.parametrize(
    ("text", "length"),
    [("", 0), ("abc", 3), ("Rp 5 @ ñ", 8), ("{}[]~|^\\€", 18), ("’", None), ("🙂", None), ("a\n", 2)],
)
def test_gsm7_counts_extension_characters_twice(text: str, length: int | None) -> None:
    assert gsm7_length(text) == length


@pytest.mark.parametrize(("text", "syllables"), [("Keadaan darurat", 7), ("sampai", 2), ("nol", 1), ("tekan 1", 4)])
def test_syllables_are_counted_from_vowels(text: str, syllables: int) -> None:
    assert lint.syllables("id", text) == syllables


HEARD_BADLY = {
    "banned word": ('slower = "', 'slower = "Nomor salah. ', 'says "salah"'),
    "long sentence": (
        'slower = "',
        'slower = "Satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas dua belas tiga. ',
        "has a sentence of 14 words",
    ),
    "addressed twice": ('listen_intro = "', 'listen_intro = "Bapak Ibu, silakan. ', "more than once"),
    "key before function": ("Ya, tekan 1.", "Tekan 1 untuk ya.", "names a key before its function"),
    "no pause": ("Ya, tekan 1. |", "Ya, tekan 1.", "two options without a pause"),
    "keys with a gap": ("Rekam ulang, tekan 3.", "Rekam ulang, tekan 4.", "must ascend from 1"),
    "officer first": (
        "Laporan lain, tekan 1. | Berbicara dengan petugas, tekan 0.",
        "Berbicara dengan petugas, tekan 0. | Laporan lain, tekan 1.",
        "names key 0 before the last option",
    ),
    "recording not announced": ("Suara direkam untuk pesan ini. ", "", "without saying that it is recorded"),
    "recording announced elsewhere": ('slower = "', 'slower = "Suara direkam. ', "speaks of recording without one"),
    "notice too long": (
        "Suara direkam untuk pesan ini",
        "Suara Bapak Ibu direkam untuk keperluan penanganan pesan ini",
        "to say that it records",
    ),
    "greeting too long": (
        'greeting = "',
        'greeting = "Selamat datang di kota kita yang maju dan sejahtera. Bersama kita pasti bisa. ',
        "the root menu ends its first option after",
    ),
    "option too long": (
        'topic_other = "',
        'topic_other = "Segala sesuatu yang belum disebutkan dalam pilihan sebelum ini tadi itu juga ',
        "has a sentence of 13 words",
    ),
    "text message too long": (
        'Pantau: {link} {hotline}" }    # reopened',
        'Pantau di tautan ini: {link} {hotline}" } #',
        "160 fit",
    ),
    "not GSM-7": ("Mohon maaf, laporan", "Mohon maaf — laporan", "not GSM-7: —"),
    "sender unknown": (
        "{hotline}: laporan {number} diteruskan",
        "Laporan {number} diteruskan",
        "does not say 1500-444",
    ),
    "fill unknown": ("{hotline}: laporan {number} diteruskan", "{hotline}: {nomor} diteruskan", "{nomor}"),
}


@pytest.mark.parametrize("name", HEARD_BADLY)
def test_the_lint_names_the_line(tmp_path: Path, name: str) -> None:
    before, after, expected = HEARD_BADLY[name]
    folder = tmp_path / "config"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    path = folder / "texts/id.toml"
    text = path.read_text()
    assert before in text
    line = text[: text.index(before)].count("\n") + 1
    path.write_text(text.replace(before, after, 1))
    if "{nomor}" in after:  # the languages must agree in placeholders before sentences are judged
        other = folder / "texts/en.toml"
        other.write_text(other.read_text().replace("{hotline}: report {number} was", "{hotline}: {nomor} was"))
    found = lint.examine(folder).problems
    assert any(problem.startswith(f"id.toml line {line}") and expected in problem for problem in found), found


def test_a_menu_that_takes_too_long_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    path = folder / "texts/id.toml"
    path.write_text(
        path.read_text().replace(
            'topic_ask = "', 'topic_ask = "Sebutkan permasalahan yang ingin disampaikan kepada petugas. '
        )
    )
    found = lint.examine(folder).problems
    assert len(found) == 1 and "menu topic takes 18." in found[0], found


def test_the_command_prints_what_it_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert lint.main() == 0
    printed = capsys.readouterr().out
    assert "id  SMS01     152 of 160 characters" in printed
    assert "en  topic" in printed
