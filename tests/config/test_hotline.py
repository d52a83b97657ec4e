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
    "too many options in the root": (
        "hotline.toml",
        "\n[[menus.topic]]",
        '\n[[menus.root]]\ndigit = 6\ntext = "root_status"\ntalk = "status"\n\n[[menus.topic]]',
        0,
        "menu root has 6 options, at most 5 can be remembered",
    ),
    "option to nowhere": (
        "hotline.toml",
        'text = "topic_other"\nask = "other"',
        'text = "topic_other"',
        -2,
        "option 5 of menu topic needs one of category, ask, topic and talk",
    ),
    "option to two things": (
        "hotline.toml",
        'text = "topic_other"\nask = "other"',
        'text = "topic_other"\nask = "other"\ncategory = "lainnya"',
        -2,
        "option 5 of menu topic needs one of category, ask, topic and talk",
    ),
    "option to an unknown talk": (
        "hotline.toml",
        'talk = "proposal"',
        'talk = "proposals"',
        0,
        "menu root names talk proposals; there are emergency, information, proposal, report, status",
    ),
    "option to a talk that no menu may lead to": (
        "hotline.toml",
        'talk = "proposal"',
        'talk = "survey"',
        0,
        "menu root names talk survey",
    ),
    "option to an unknown topic": (
        "hotline.toml",
        'topic = "tax"',
        'topic = "taxes"',
        0,
        "menu money names topic taxes, which is not defined",
    ),
    "option of the root that reports at once": (
        "hotline.toml",
        'digit = 5\ntext = "root_proposal"\ntalk = "proposal"',
        'digit = 5\ntext = "root_proposal"\ncategory = "usulan"',
        -1,
        "option 5 of menu root has category, it needs talk",
    ),
    "option of the root that asks a menu": (
        "hotline.toml",
        'digit = 5\ntext = "root_proposal"\ntalk = "proposal"',
        'digit = 5\ntext = "root_proposal"\nask = "topic"',
        -1,
        "option 5 of menu root has ask, it needs talk",
    ),
    "option among the topics that informs": (
        "hotline.toml",
        'text = "roads_lights"\ncategory = "lampu-jalan"',
        'text = "roads_lights"\ntopic = "tax"',
        -2,
        "option 2 of menu roads has topic, it needs category",
    ),
    "option of the information that reports": (
        "hotline.toml",
        'topic = "tax"',
        'category = "lainnya"',
        -3,
        "option 1 of menu money has category, it needs topic",
    ),
    "key 1 of the root": (
        "hotline.toml",
        'digit = 1    # always the emergency\ntext = "root_emergency"\ntalk = "emergency"',
        'digit = 1\ntext = "root_emergency"\ntalk = "report"',
        2,
        "key 1 of the root is the emergency, always",
    ),
    "menu that leads back to itself": (
        "hotline.toml",
        'text = "roads_damage"\ncategory = "jalan-rusak"',
        'text = "roads_damage"\nask = "topic"',
        None,
        "menu topic leads back to itself",
    ),
    "menu that asks itself": (
        "hotline.toml",
        'topic = "tax"',
        'ask = "money"',
        -3,
        "menu money leads back to itself",
    ),
    "menu without its question": (
        "hotline.toml",
        "\n[[menus.money]]\ndigit = 1",
        "\n[[menus.costs]]\ndigit = 1",
        0,
        "text costs_ask is missing in [voice] of id.toml",
    ),
    "topic without its texts": (
        "hotline.toml",
        "[topics.health]",
        "[topics.water]\n\n[topics.health]",
        0,
        "text info_water is missing in [sms] of en.toml",
    ),
    "department of a topic": (
        "hotline.toml",
        'department = "bapenda"',
        'department = "bapendax"',
        0,
        "topic tax names department bapendax, which is not defined",
    ),
    "category of a topic": (
        "hotline.toml",
        'department = "dinkes"\ncategory = "kesehatan"',
        'department = "dinkes"\ncategory = "sehat"',
        1,
        "topic health names category sehat, which is not defined",
    ),
    "topic that ends before it is true": (
        "hotline.toml",
        "as_of = 2026-11-01\nuntil = 2027-04-30",
        "as_of = 2026-11-01\nuntil = 2026-10-31",
        1,
        "topic offices ends before it is true",
    ),
    "department without a contact": (
        "hotline.toml",
        'short = "Dishub"\nemail = "dishub@bekasikota.invalid"\n',
        'short = "Dishub"\n',
        -2,
        "departments dishub email: Field required",
    ),
    "line of a department": (
        "hotline.toml",
        'email = "dishub@bekasikota.invalid"',
        'email = "dishub@bekasikota.invalid"\nphone = "021-8895"',
        1,
        "departments dishub phone",
    ),
    "confidential without readers": (
        "hotline.toml",
        'readers = ["inspektur"]',
        "readers = []",
        -1,
        "category keluhan-petugas is confidential, so it must name its readers",
    ),
    "confidential without a word about readers": (
        "hotline.toml",
        'readers = ["konselor-dp3a"]',
        "",
        -1,
        "category kekerasan-rumah is confidential, so it must name its readers",
    ),
    "category that conversations need": (
        "hotline.toml",
        "[categories.masukan]",
        "[categories.pendapat]",
        None,
        "category masukan is missing; it takes what callers say of a handled call",
    ),
    "text of a root option": (
        "hotline.toml",
        'text = "root_status"',
        'text = "root_state"',
        0,
        "text root_state is missing in [menu] of id.toml",
    ),
    "callbacks that never fit": (
        "hotline.toml",
        "minutes = 60",
        "minutes = 900",
        0,
        "900 minutes do not fit between 7 and 21 o'clock",
    ),
    "callbacks by night": ("hotline.toml", "until_hour = 21", "until_hour = 7", -2, "do not fit between 7 and 7"),
    "tries in disorder": ("hotline.toml", "[0, 10, 30]", "[0, 30, 10]", 0, "callbacks.attempts_after must ascend"),
    "no tries": ("hotline.toml", "[0, 10, 30]", "[]", 0, "callbacks attempts_after"),
    "emergency desk": ("hotline.toml", 'desk_phone = ""', 'desk_phone = "112"', 0, "emergency desk_phone"),
    "emergency that rings too long": (
        "hotline.toml",
        'desk_phone = ""\nring_seconds = 20',
        'desk_phone = ""\nring_seconds = 21',
        1,
        "emergency ring_seconds",
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


@pytest.mark.parametrize("menu", ["root", "topic", "information"])
def test_a_menu_that_every_call_needs_is_missed(tmp_path: Path, menu: str) -> None:
    folder, _ = edited(tmp_path, "hotline.toml", "ring_seconds = 20", "ring_seconds = 20")
    path = folder / "hotline.toml"
    path.write_text(path.read_text().replace(f"[[menus.{menu}]]", "[[menus.elsewhere]]"))
    found = [problem for problem in problems(folder) if f"menu {menu} is missing; every call needs it" in problem]
    assert len(found) == 1
    assert re.match(r"hotline.toml line \d+: ", found[0])


def test_without_any_menu_the_city_is_refused_and_not_half_loaded(tmp_path: Path) -> None:
    folder, _ = edited(tmp_path, "hotline.toml", "ring_seconds = 20", "ring_seconds = 20")
    path = folder / "hotline.toml"
    path.write_text(re.sub(r"\[\[menus\.\w+\]\]\n(?:.+\n)+", "", path.read_text()))
    assert any("menus: Field required" in problem for problem in problems(folder))


@pytest.mark.parametrize("id_", ["root_report", "topic_ask", "info_tax"])
def test_a_text_that_is_missing_in_every_language_is_missed(tmp_path: Path, id_: str) -> None:
    """The languages agree, so only what the city names shows it."""
    folder, _ = edited(tmp_path, "hotline.toml", "ring_seconds = 20", "ring_seconds = 20")
    for path in (folder / "texts").glob("*.toml"):
        path.write_text(re.sub(rf"^{id_} = .*\n", "", path.read_text(), flags=re.M))
    found = problems(folder)
    assert len(found) == 2 * (2 if id_ == "info_tax" else 1)
    assert all(re.match(rf"hotline.toml line \d+: text {id_} is missing in", problem) for problem in found)


def test_the_emergency_stays_key_1_whatever_comes_first_in_the_file(tmp_path: Path) -> None:
    first = '[[menus.root]]\ndigit = 1    # always the emergency\ntext = "root_emergency"\ntalk = "emergency"\n\n'
    folder, _ = edited(tmp_path, "hotline.toml", first, "")
    found = "\n".join(problems(folder))
    assert "key 1 of the root is the emergency, always" in found
    assert "menu root must have digit 1 here" in found


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
