"""Words instead of a key, beside the options of real questions; what is no answer is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.understanding import spoken

YES_NO = {"1": "Benar", "2": "Bukan"}
IF = {"1": "If correct", "2": "If not"}
REVIEW = {"1": "Kirim sekarang", "2": "Dengarkan dulu", "3": "Rekam ulang"}
STATUS = {"1": "Ulangi", "2": "Sudah beres", "3": "Belum beres", "4": "Laporan lain", "5": "Menambah keterangan"}
ENGLISH = {
    "1": "To repeat",
    "2": "If it is fixed",
    "3": "If it is not fixed",
    "4": "For another report",
    "0": "For an officer",
}
LEVELS = {"1": "Kelurahan Jatiasih", "2": "Kecamatan Jatiasih", "3": "Bukan keduanya"}


@pytest.mark.parametrize(
    ("words", "offered", "key"),
    [
        ("ya", YES_NO, "1"),
        ("iya betul pak", YES_NO, "1"),
        ("bukan", YES_NO, "2"),
        ("bukan itu", YES_NO, "2"),
        ("ya bukan", YES_NO, "2"),
        ("yes", IF, "1"),
        ("no", IF, "2"),
        ("dua", YES_NO, "2"),
        ("tekan satu", YES_NO, "1"),
        ("nomor tiga", REVIEW, "3"),
        ("kirim aja", REVIEW, "1"),
        ("saya mau dengarkan dulu rekamannya", REVIEW, "2"),
        ("rekam ulang ya", REVIEW, "3"),
        ("belum beres", STATUS, "3"),
        ("sudah beres pak", STATUS, "2"),
        ("laporan lain", STATUS, "4"),
        ("fixed", ENGLISH, "2"),
        ("not fixed", ENGLISH, "3"),
        ("For an officer", ENGLISH, "0"),
        ("another report please", ENGLISH, "4"),
        ("kecamatan", LEVELS, "2"),
        ("bukan keduanya", LEVELS, "3"),
        ("petugas", REVIEW, "0"),
        ("kembali", REVIEW, "*"),
        ("cukup", REVIEW, "9"),
        ("bahasa inggris", REVIEW, "8"),
        ("ya", STATUS, ""),  # to five options a bare yes says nothing
        ("hmm", YES_NO, ""),
        ("lampu jalan mati di kranji", YES_NO, ""),
        ("", YES_NO, ""),
    ],
)
def test_the_key_that_is_meant(words: str, offered: dict[str, str], key: str) -> None:
    assert spoken.key(words, offered) == key


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("satu dua tiga empat lima enam tujuh delapan enam", "123456786"),
        ("123 456 786", "123456786"),
        ("nomor 123-456-786 pak", "123456786"),
        ("nol delapan satu dua 3456 7890", "081234567890"),
        ("tiga", "3"),
        ("laporan saya hilang", ""),
        ("tiga hari yang lalu", ""),
        ("", ""),
    ],
)
def test_digits_that_are_said(words: str, digits: str) -> None:
    assert spoken.digits(words) == digits


@pytest.mark.parametrize(
    ("words", "skips"), [("lewati", True), ("saya tidak tahu", True), ("kranji", False), ("", False)]
)
def test_whether_a_question_is_left_out(words: str, skips: bool) -> None:
    assert spoken.skips(words) is skips


@given(st.text(max_size=300))
def test_nothing_that_is_said_breaks_it(words: str) -> None:
    assert spoken.key(words, STATUS) in {*STATUS, *"0123456789*", ""}
    assert spoken.digits(words).isdecimal() or not spoken.digits(words)
    spoken.skips(words)
