"""Numbers, dates, times and money in words, as a caller hears them; and how long it takes to say a sentence."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import spoken
from config.clock import CITY_ZONE
from config.hotline import city


@pytest.mark.parametrize(
    ("number", "indonesian", "english"),
    [
        (0, "nol", "zero"),
        (1, "satu", "one"),
        (10, "sepuluh", "ten"),
        (11, "sebelas", "eleven"),
        (12, "dua belas", "twelve"),
        (20, "dua puluh", "twenty"),
        (26, "dua puluh enam", "twenty six"),
        (100, "seratus", "one hundred"),
        (101, "seratus satu", "one hundred and one"),
        (512, "lima ratus dua belas", "five hundred and twelve"),
        (1000, "seribu", "one thousand"),
        (1001, "seribu satu", "one thousand and one"),
        (1_500_000, "satu juta lima ratus ribu", "one million five hundred thousand"),
    ],
)
def test_a_number(number: int, indonesian: str, english: str) -> None:
    assert (spoken.cardinal("id", number), spoken.cardinal("en", number)) == (indonesian, english)


@pytest.mark.parametrize(
    ("text", "indonesian", "english"),
    [
        ("0", "nol", "zero"),
        ("007", "nol nol tujuh", "zero zero seven"),
        ("0812", "nol delapan satu dua", "zero eight one two"),
        (
            "123456786",
            "satu dua tiga empat lima enam tujuh delapan enam",
            "one two three four five six seven eight six",
        ),
        ("0812-34", "nol delapan satu dua tiga empat", "zero eight one two three four"),
        ("", "", ""),
    ],
)
def test_digit_by_digit(text: str, indonesian: str, english: str) -> None:
    assert (spoken.digits("id", text), spoken.digits("en", text)) == (indonesian, english)


def test_groups_have_a_breath_between_them() -> None:
    assert spoken.groups("id", ["0812", "345", "0"]) == "nol delapan satu dua, tiga empat lima, nol"
    assert spoken.groups("en", ["0812", "345", "0"]) == "zero eight one two, three four five, zero"


@pytest.mark.parametrize(
    ("on", "indonesian", "english"),
    [
        (date(2026, 1, 1), "Kamis, satu Januari", "Thursday, the first of January"),
        (date(2026, 2, 3), "Selasa, tiga Februari", "Tuesday, the third of February"),
        (date(2026, 8, 17), "Senin, tujuh belas Agustus", "Monday, the seventeenth of August"),
        (date(2026, 11, 20), "Jumat, dua puluh November", "Friday, the twentieth of November"),
        (date(2026, 11, 26), "Kamis, dua puluh enam November", "Thursday, the twenty sixth of November"),
        (date(2026, 12, 31), "Kamis, tiga puluh satu Desember", "Thursday, the thirty first of December"),
        (date(2028, 2, 29), "Selasa, dua puluh sembilan Februari", "Tuesday, the twenty ninth of February"),
    ],
)
def test_a_date(on: date, indonesian: str, english: str) -> None:
    assert spoken.date(city(), "id", on) == indonesian
    assert spoken.date(city(), "en", on) == english
    assert spoken.day(city(), "id", on) == indonesian.partition(", ")[2]
    assert spoken.day(city(), "en", on) == english.partition(", ")[2]


TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("ahead", "indonesian", "english"),
    [
        (-1, "dua puluh tiga November", "the twenty third of November"),
        (0, "Selasa", "Tuesday"),
        (6, "Senin", "Monday"),
        (7, "tanggal satu", "the first"),
        (27, "tanggal dua puluh satu", "the twenty first"),
        (28, "dua puluh dua Desember", "the twenty second of December"),
        (400, "dua puluh sembilan Desember", "the twenty ninth of December"),
    ],
)
def test_a_date_is_as_short_as_it_is_clear(ahead: int, indonesian: str, english: str) -> None:
    on = TUESDAY + timedelta(days=ahead)
    assert spoken.day_soon(city(), "id", on, TUESDAY) == indonesian
    assert spoken.day_soon(city(), "en", on, TUESDAY) == english


@pytest.mark.parametrize(
    ("at", "indonesian", "english"),
    [
        ("00:00", "nol", "zero hundred"),
        ("00:01", "nol lewat satu", "zero oh one"),
        ("07:00", "tujuh", "seven hundred"),
        ("07:09", "tujuh lewat sembilan", "seven oh nine"),
        ("07:10", "tujuh lewat sepuluh", "seven ten"),
        ("12:00", "dua belas", "twelve hundred"),
        ("14:30", "empat belas lewat tiga puluh", "fourteen thirty"),
        ("20:05", "dua puluh lewat lima", "twenty oh five"),
        ("23:59", "dua puluh tiga lewat lima puluh sembilan", "twenty three fifty nine"),
    ],
)
def test_a_time_on_the_city_s_clock(at: str, indonesian: str, english: str) -> None:
    """Also when it is told in another zone, and whether it was written with a point or a colon."""
    moment = datetime.fromisoformat(f"2026-11-26T{at}:00").replace(tzinfo=CITY_ZONE)
    for told in (moment, moment.astimezone(), moment + timedelta(seconds=59)):
        assert (spoken.time(city(), "id", told), spoken.time(city(), "en", told)) == (indonesian, english)
    for written in (at, at.replace(":", "."), at.removeprefix("0")):
        assert spoken.figures(city(), "id", f"pukul {written}.") == f"pukul {indonesian}."
        assert spoken.figures(city(), "en", f"at {written}.") == f"at {english}."


@pytest.mark.parametrize(
    ("rupiah", "written", "indonesian", "english"),
    [
        (0, "Rp 0", "nol rupiah", "zero rupiah"),
        (500, "Rp500", "lima ratus rupiah", "five hundred rupiah"),
        (1000, "Rp 1.000", "seribu rupiah", "one thousand rupiah"),
        (25_000, "Rp. 25.000", "dua puluh lima ribu rupiah", "twenty five thousand rupiah"),
        (1_500_000, "Rp 1.500.000", "satu juta lima ratus ribu rupiah", "one million five hundred thousand rupiah"),
        (1_500_000, "Rp1500000", "satu juta lima ratus ribu rupiah", "one million five hundred thousand rupiah"),
        (100_000_000, "Rp 100.000.000", "seratus juta rupiah", "one hundred million rupiah"),
    ],
)
def test_money(rupiah: int, written: str, indonesian: str, english: str) -> None:
    assert spoken.money(city(), "id", rupiah) == indonesian
    assert spoken.money(city(), "en", rupiah) == english
    assert spoken.figures(city(), "id", f"Dendanya {written}.") == f"Dendanya {indonesian}."
    assert spoken.figures(city(), "en", f"The fine is {written}.") == f"The fine is {english}."


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Kali Bekasi 512 sentimeter.", "Kali Bekasi lima ratus dua belas sentimeter."),
        ("Buka 24 jam.", "Buka dua puluh empat jam."),
        ("Pukul 07.30 sampai 16.00.", "Pukul tujuh lewat tiga puluh sampai enam belas."),
        ("Buka sampai 24.00.", "Buka sampai dua puluh empat."),
        ("7.30-16.00", "tujuh lewat tiga puluh-enam belas"),
        ("Target 26 November 2026", "Target dua puluh enam November dua ribu dua puluh enam"),
        ("1.234.567 warga", "satu juta dua ratus tiga puluh empat ribu lima ratus enam puluh tujuh warga"),
        ("RT 05/RW 012", "RT nol lima/RW nol satu dua"),
        ("Jasa Marga 14080", "Jasa Marga satu empat nol delapan nol"),
        ("HP 081234567890", "HP nol delapan satu dua tiga empat lima enam tujuh delapan sembilan nol"),
        ("HP 0812-3456-7890", "HP nol delapan satu dua, tiga empat lima enam, tujuh delapan sembilan nol"),
        ("Telepon 021 8895 0001.", "Telepon nol dua satu, delapan delapan sembilan lima, nol nol nol satu."),
        ("WA 0899-0015-777", "WA nol delapan sembilan sembilan, nol nol satu lima, tujuh tujuh tujuh"),
        # as the city says its own numbers, whoever writes them
        ("Hubungi 112.", "Hubungi 1 1 2."),
        ("Hubungi 112, gratis", "Hubungi 1 1 2, gratis"),
        ("112.000 warga", "seratus dua belas ribu warga"),
        ("Telepon 1500-444", "Telepon seribu lima ratus 4 4 4"),
        # these stay
        ("Tekan 1 sampai 5. 5 berarti sangat puas.", "Tekan 1 sampai 5. 5 berarti sangat puas."),
        ("Hubungi 1 1 2", "Hubungi 1 1 2"),
        ("Tinggi air 2,35 meter", "Tinggi air 2,35 meter"),
        ("Hujan 12,5 mm", "Hujan 12,5 mm"),
        ("P2C dan A1B22", "P2C dan A1B22"),
        ("{count} warga | {n1}", "{count} warga | {n1}"),
        ("", ""),
    ],
)  # fmt: skip
def test_figures_in_a_sentence(written: str, said: str) -> None:
    assert spoken.figures(city(), "id", written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("The river is at 512 cm.", "The river is at five hundred and twelve cm."),
        ("Open 24 hours, from 07.30 to 16:00.", "Open twenty four hours, from seven thirty to sixteen hundred."),
        ("12.345 residents", "twelve thousand three hundred and forty five residents"),
        ("Dial 112.", "Dial 1 1 2."),
        ("Call 0812-3456-7890", "Call zero eight one two, three four five six, seven eight nine zero"),
        ("Press 1 to 5.", "Press 1 to 5."),
    ],
)
def test_figures_in_an_english_sentence(written: str, said: str) -> None:
    assert spoken.figures(city(), "en", written) == said


@given(st.text(st.sampled_from("0123456789.,:-RpABab |{}\n")) | st.text(), st.sampled_from(["id", "en"]))
def test_whatever_is_written_can_be_said(text: str, language: str) -> None:
    said = spoken.figures(city(), language, text)
    assert spoken.seconds(language, said) >= 0
    assert said == text or any(character.isdecimal() for character in text)


@given(st.integers(10, 10**12).filter(lambda number: str(number) != city().emergency.number))
def test_a_number_of_more_than_one_digit_leaves_no_figure(number: int) -> None:
    for language in city().languages:
        said = spoken.figures(city(), language, f"({number})")
        assert not any(character.isdecimal() for character in said)


@pytest.mark.parametrize(
    ("language", "text", "syllables"),
    [
        ("id", "Keadaan darurat", 7),
        ("id", "sampai", 2),
        ("id", "nol", 1),
        ("id", "tekan 1", 4),
        ("id", "KTP, KK, dan akta", 3 + 2 + 1 + 2),
        ("id", "BPJS", 4),
        ("id", "DPMPTSP", 7),
        ("id", "OSS", 3),
        ("id", "RT 05", 2 + 4),
        ("id", "Disdukcapil", 4),
        ("id", "Rabu | Kamis", 4),
        ("id", "", 0),
        ("en", "Please press 1", 1 + 1 + 2),
        ("en", "table", 2),
        ("en", "the rhythm", 2),
        ("en", "Emergency", 4),
        ("en", "ID card", 2 + 1),
        ("en", "twenty six", 3),
    ],
)
def test_syllables(language: str, text: str, syllables: int) -> None:
    assert spoken.syllables(language, text) == syllables


@pytest.mark.parametrize(
    ("language", "text", "seconds"),
    [
        ("id", "Ya, tekan 1. | Tidak, tekan 2.", (1 + 4 + 2 + 4) / 5 + 0.5),
        ("id", "KTP | KTP |", 6 / 5 + 1),
        ("en", "Yes, press 1. | No, press 2.", (1 + 3 + 1 + 3) / 5 + 0.5),
        ("id", "", 0),
    ],
)
def test_seconds_are_five_syllables_and_pauses_of_a_half(language: str, text: str, seconds: float) -> None:
    assert spoken.seconds(language, text) == pytest.approx(seconds)
