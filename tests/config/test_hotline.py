"""The shipped city is whole, and what it answers about places, dates and times, words and what is confidential."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from city_files import edited

from config.city import City, joined
from config.hotline import city, load
from config.keywords import plain_words, squeezed


@pytest.fixture(scope="module")
def bekasi() -> City:
    return city()


def test_the_city_has_its_twelve_kecamatan_and_fifty_six_kelurahan(bekasi: City) -> None:
    assert (len(bekasi.kecamatan), len(bekasi.areas)) == (12, 56)
    assert all(-6.5 < (area.lat or 0) < -6.1 and 106.8 < (area.lon or 0) < 107.1 for area in bekasi.areas.values())
    assert all(area.key == joined(area.kelurahan or "") for area in bekasi.areas.values())


def test_a_demonstration_never_mails_the_city(bekasi: City) -> None:
    assert all(department.email.endswith(".invalid") for department in bekasi.departments.values())


def test_a_kelurahan_is_found_by_any_spelling_of_its_name(bekasi: City) -> None:
    for text in ("Kayuringinjaya", "kayuringin jaya", "KAYU RINGIN"):
        found = bekasi.area_named(text)
        assert found is not None and found.key == "kayuringinjaya"
    assert bekasi.area_named("marga") is None
    assert bekasi.area_named("") is None


def test_a_name_of_both_levels_says_both(bekasi: City) -> None:
    assert bekasi.area_name("id", "jatiasih") == "Jatiasih, Kecamatan Jatiasih"
    assert bekasi.area_name("id", "kec-pondokgede") == "Kecamatan Pondok Gede"
    assert bekasi.area_name("en", "telukpucung") == "Teluk Pucung"


def test_dates_and_times_are_written_as_people_write_them(bekasi: City) -> None:
    day = date(2026, 11, 26)
    moment = datetime(2026, 11, 26, 7, 5, tzinfo=UTC)
    assert bekasi.long_date("id", day) == "Kamis, 26 November 2026"
    assert bekasi.long_date("en", day) == "Thursday, 26 November 2026"
    assert bekasi.short_date("id", date(2026, 8, 17)) == "17 Agu"
    assert (bekasi.clock_time("id", moment), bekasi.clock_time("en", moment)) == ("14.05", "14:05")


def test_what_is_confidential_has_its_readers_and_a_neutral_label(bekasi: City) -> None:
    confidential = {key: category for key, category in bekasi.categories.items() if category.confidential}
    assert set(confidential) == {"keluhan-petugas", "kekerasan-rumah"}
    assert all(category.readers for category in confidential.values())
    assert {category.label["id"] for category in confidential.values()} == {"khusus"}


def test_a_kecamatan_is_around_its_kelurahan_and_around_itself(bekasi: City) -> None:
    assert bekasi.kecamatan_key("kranji") == "kec-bekasibarat"
    assert bekasi.kecamatan_key("kec-bekasibarat") == "kec-bekasibarat"
    assert bekasi.kecamatan_key("nowhere") == "nowhere"


def test_the_mark_changes_with_every_file_of_the_city(bekasi: City, tmp_path: Path) -> None:
    folder, _ = edited(tmp_path, "texts/en.toml", "Please press", "Kindly press")
    assert len({bekasi.mark, load(folder).mark}) == 2


@pytest.mark.parametrize(
    ("hour", "part"),
    [(3, "malam"), (4, "pagi"), (10, "pagi"), (11, "siang"), (15, "sore"), (18, "malam"), (23, "malam")],
)
def test_the_greeting_follows_the_city_clock(bekasi: City, hour: int, part: str) -> None:
    assert bekasi.daypart("id", datetime(2026, 11, 26, (hour - 7) % 24, 30, tzinfo=UTC)) == part


def test_words_are_compared_without_what_people_type_differently() -> None:
    assert plain_words("Cék, 123-456!") == ("cek", "123", "456")
    assert plain_words("bo'ong # hari") == ("boong", "#", "hari")
    assert plain_words("...") == ()
    assert squeezed("tolooong") == squeezed("tolong")


def test_an_emergency_is_never_closed_by_silence(bekasi: City) -> None:
    assert [key for key, category in bekasi.categories.items() if not category.closes_by_silence] == ["darurat"]
    assert bekasi.categories["darurat"].priority == "P1"


def test_what_residents_report_and_ask_has_words(bekasi: City) -> None:
    offered = {entry.category for menu in bekasi.menus.values() for entry in menu if entry.category} - {"lainnya"}
    assert all(bekasi.categories[key].words for key in offered)
    assert all(topic.words for topic in bekasi.topics.values())
