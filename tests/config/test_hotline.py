"""The shipped city is whole, and a city that is not is refused with the line of every problem."""

import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config.hotline import HERE, City, CityFileError, city, joined, load


def edited(tmp_path: Path, file: str, before: str, after: str) -> tuple[Path, int]:
    """A copy of the city with one place changed, and the line of that change."""
    folder = tmp_path / "config"
    folder.mkdir()
    for name in ("hotline.toml", "areas.csv", "landmarks.csv"):
        shutil.copy(HERE / name, folder / name)
    shutil.copytree(HERE / "texts", folder / "texts")
    text = (folder / file).read_text()
    assert before in text
    (folder / file).write_text(text.replace(before, after, 1))
    shared = len(before) - len(before.lstrip("\n"))
    return folder, text[: text.index(before) + shared].count("\n") + 1


def problems(folder: Path) -> list[str]:
    with pytest.raises(CityFileError) as refused:
        load(folder)
    return refused.value.problems


BROKEN = {
    "department of a category": (
        "hotline.toml",
        'owner = "dbmsda"',
        'owner = "dbmsdax"',
        0,
        "category jalan-rusak names department dbmsdax, which is not defined",
    ),
    "department of a rule": (
        "hotline.toml",
        'department = "dishub"',
        'department = "dishubx"',
        0,
        "the routing of category lampu-jalan names department dishubx, which is not defined",
    ),
    "category of a rule": (
        "hotline.toml",
        'category = "air-bersih"\n',
        'category = "air"\n',
        0,
        "the routing of category air names category air, which is not defined",
    ),
    "kelurahan of a rule": ("hotline.toml", 'kelurahan = ["telukpucung"', 'kelurahan = ["teluk"', 0, "kelurahan teluk"),
    "category of a menu": (
        "hotline.toml",
        'text = "topic_rubbish"\ncategory = "sampah"',
        'text = "topic_rubbish"\ncategory = "sampa"',
        1,
        "menu topic names category sampa, which is not defined",
    ),
    "menu that is asked": (
        "hotline.toml",
        'ask = "roads"',
        'ask = "road"',
        0,
        "menu topic asks menu road, which is not defined",
    ),
    "digit twice": (
        "hotline.toml",
        'digit = 2\ntext = "topic_rubbish"',
        'digit = 1\ntext = "topic_rubbish"',
        0,
        "menu topic has digit 1 twice",
    ),
    "digit left out": (
        "hotline.toml",
        'digit = 3\ntext = "topic_water"',
        'digit = 6\ntext = "topic_water"',
        0,
        "menu topic must have digit 3 here",
    ),
    "too many options": (
        "hotline.toml",
        "\n[[menus.roads]]",
        '\n[[menus.topic]]\ndigit = 6\ntext = "topic_other"\ncategory = "lainnya"\n\n[[menus.roads]]',
        0,
        "menu topic has 6 options, at most 5 can be remembered",
    ),
    "option to nowhere": (
        "hotline.toml",
        'text = "topic_other"\ncategory = "lainnya"',
        'text = "topic_other"',
        -2,
        "option 5 of menu topic needs either a category or a menu to ask",
    ),
    "text of an option": (
        "hotline.toml",
        'text = "topic_other"',
        'text = "topic_more"',
        0,
        "text topic_more is missing in [menu] of id.toml",
    ),
    "short name too long": (
        "hotline.toml",
        'short = "Dishub"',
        'short = "Dinas Perhubungan"',
        0,
        'departments.dishub.short "Dinas Perhubungan" has 17 characters, at most 14 fit',
    ),
    "label not GSM-7": (
        "hotline.toml",
        'label = { id = "sampah"',
        'label = { id = "sampah’"',
        0,
        'categories.sampah.label "sampah’" has a character that is not GSM-7',
    ),
    "name in one language": (
        "hotline.toml",
        'name = { id = "Dinas Perhubungan", en = "Transport Agency" }',
        'name = { id = "Dinas Perhubungan" }',
        0,
        "departments.dishub.name has no en",
    ),
    "hours": ("hotline.toml", 'office_hours = "Mon-Thu 07:30', 'office_hours = "Mon-Thu 7.30', 0, "office_hours"),
    "mail address": (
        "hotline.toml",
        'email = "dishub@bekasikota.invalid"',
        'email = "dishub bekasikota"',
        0,
        "departments dishub email",
    ),
    "duty phone": ("hotline.toml", 'duty_phone = ""', 'duty_phone = "021-555"', 0, "officer duty_phone"),
    "unit": ("hotline.toml", 'due = { amount = 2, unit = "hours" }', 'due = { amount = 2, unit = "weeks" }', 0, "P1"),
    "unknown setting": ("hotline.toml", "ring_seconds = 20", "ring_second = 20", 0, "officer ring_second"),
    "priority": ("hotline.toml", 'priority = "P1"', 'priority = "P0"', 0, "category banjir names priority P0"),
    "rule ends before it begins": (
        "hotline.toml",
        "valid_until = 2024-12-31",
        "valid_until = 2016-12-31",
        0,
        "the routing of category lampu-jalan ends before it begins",
    ),
    "rules overlap": (
        "hotline.toml",
        "valid_from = 2025-01-01",
        "valid_from = 2024-06-01",
        0,
        "the routing of category lampu-jalan to dishub overlaps that to dbmsda from 2017-01-01",
    ),
    "referral twice": ("hotline.toml", 'key = "kai"', 'key = "pln"', 0, "referral pln is defined twice"),
    "no date": ("hotline.toml", "valid_from = 2025-01-01", 'valid_from = "soon"', 0, "routing 1 valid_from"),
    "no table": (
        "hotline.toml",
        'variants = [] }\n"Bantargebang" = {',
        'variants = [] }\n"Bantargebang" = "x" # {',
        1,
        "table",
    ),
    "name without languages": (
        "hotline.toml",
        'name = { id = "Kota Bekasi", en = "Bekasi City" }',
        "name = 5",
        0,
        "table",
    ),
    "bad TOML": ("hotline.toml", "silence_seconds = 5", "silence_seconds = five", 0, ""),
    "kelurahan twice": (
        "areas.csv",
        "jatirasa,Jatiasih,Jatirasa",
        "jatiasih,Jatiasih,Jatirasa",
        0,
        "key jatiasih is already used at areas.csv line",
    ),
    "kecamatan": ("areas.csv", "jatirasa,Jatiasih,", "jatirasa,Jatiasi,", 0, "jatirasa is in kecamatan Jatiasi"),
    "latitude": ("areas.csv", "-6.295", "south", 0, "areas jatirasa lat"),
    "landmark": ("landmarks.csv", "Wisma Asri,telukpucung", "Wisma Asri,teluk", 0, "landmark Wisma Asri is in teluk"),
    "sentence in one language": ("texts/en.toml", 'listen_intro = "', 'listen = "', None, "listen_intro is missing"),
    "placeholder": ("texts/en.toml", "{place} is outside", "It is outside", 0, "place_outside"),
    "lone brace": ("texts/en.toml", 'officer_missed = "No', 'officer_missed = "{No', 0, "officer_missed"),
    "night class": ("texts/en.toml", 'SMS01 = { night = "receipt"', 'SMS01 = { night = "reply"', 0, "night class"),
    "month": ("texts/id.toml", 'month_8 = "Agustus"', "", None, "[words] month_8 is missing"),
    "code": ("texts/en.toml", 'code = "en"', 'code = "id"', 0, "the code of this language must be en"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_city_names_the_line(tmp_path: Path, name: str) -> None:
    file, before, after, further, expected = BROKEN[name]
    folder, line = edited(tmp_path, file, before, after)
    found = problems(folder)
    matching = [problem for problem in found if expected in problem]
    assert matching, found
    assert re.match(r"\w+\.(toml|csv) line \d+: ", matching[0])
    if further is not None:
        assert f"{Path(file).name} line {line + further}: " in "".join(matching)


def test_a_hole_between_rules_is_found(tmp_path: Path) -> None:
    folder, _ = edited(tmp_path, "hotline.toml", "valid_from = 2025-01-01", "valid_from = 2025-02-01")
    assert "category lampu-jalan has no department between 2024-12-31 and 2025-02-01" in problems(folder)[0]


def test_a_category_needs_somebody_today(tmp_path: Path) -> None:
    folder, _ = edited(
        tmp_path, "hotline.toml", "valid_from = 2025-01-01", "valid_from = 2025-01-01\nvalid_until = 2025-12-31"
    )
    found = "\n".join(problems(folder))
    assert "category lampu-jalan has neither an owner nor a routing rule for the whole city today" in found
    assert "category lampu-jalan has no department after 2025-12-31" in found


def test_all_problems_are_listed_not_only_the_first(tmp_path: Path) -> None:
    folder, _ = edited(tmp_path, "hotline.toml", 'owner = "dlh"', 'owner = "dlx"')
    path = folder / "hotline.toml"
    path.write_text(path.read_text().replace('short = "BPBD"', 'short = "Penanggulangan Bencana"'))
    (folder / "texts/en.toml").write_text((folder / "texts/en.toml").read_text().replace("listen_intro", "intro"))
    assert len(problems(folder)) == 4


def test_a_missing_file_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    assert any("hotline.toml line 1: cannot be read" in problem for problem in problems(tmp_path))


def test_a_third_language_must_be_complete(tmp_path: Path) -> None:
    folder, _ = edited(tmp_path, "hotline.toml", "ring_seconds = 20", "ring_seconds = 20")
    (folder / "texts/su.toml").write_text(
        '[language]\ncode = "su"\nname = "Basa Sunda"\nvoice = "x"\n[voice]\noption = "x"\n'
    )
    found = problems(folder)
    assert any(
        re.match(r"su.toml line 5: \[voice\] greeting is missing; id.toml line \d+ has it", one) for one in found
    )


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


def test_dates_times_and_digits_are_said_as_people_say_them(bekasi: City) -> None:
    day = date(2026, 11, 26)
    moment = datetime(2026, 11, 26, 7, 5, tzinfo=UTC)
    assert bekasi.spoken_date("id", day) == "Kamis, 26 November"
    assert bekasi.long_date("en", day) == "Thursday, 26 November 2026"
    assert bekasi.short_date("id", date(2026, 8, 17)) == "17 Agu"
    assert (bekasi.clock_time("id", moment), bekasi.clock_time("en", moment)) == ("14.05", "14:05")
    assert bekasi.digits("id", "081") == "nol delapan satu"


@pytest.mark.parametrize(
    ("hour", "part"),
    [(3, "malam"), (4, "pagi"), (10, "pagi"), (11, "siang"), (15, "sore"), (18, "malam"), (23, "malam")],
)
def test_the_greeting_follows_the_city_clock(bekasi: City, hour: int, part: str) -> None:
    assert bekasi.daypart("id", datetime(2026, 11, 26, (hour - 7) % 24, 30, tzinfo=UTC)) == part


@pytest.mark.parametrize(
    ("body", "wish"),
    [
        ("STOP", "stop"),
        (" stop. ", "stop"),
        ("Batal langganan", "stop"),
        ("mulai!", "start"),
        ("stop dulu", None),
        ("", None),
    ],
)
def test_only_a_keyword_alone_is_a_wish(bekasi: City, body: str, wish: str | None) -> None:
    assert bekasi.keyword(body) == wish
