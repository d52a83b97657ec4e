"""A city that is not whole is refused with the line of every problem; its menus are in test_broken_menus.py."""

import re
from pathlib import Path

import pytest
from city_files import Broken, copied, edited, names_the_line, problems

BROKEN: dict[str, Broken] = {
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
    "callbacks that never fit": (
        "hotline.toml",
        "minutes = 60",
        "minutes = 900",
        0,
        "900 minutes do not fit between 7 and 21 o'clock",
    ),
    "callbacks by night": ("hotline.toml", "until_hour = 21", "until_hour = 7", -2, "do not fit between 7 and 7"),
    "nobody who verifies": (
        "hotline.toml",
        'verification = "inspektorat"',
        'verification = "inspektur"',
        0,
        "there is no department inspektur",
    ),
    "a warning that never comes": ("hotline.toml", "warn_at = 0.8", "warn_at = 1.0", 0, "loop warn_at"),
    "a superior without an address": (
        "hotline.toml",
        'superior = "sekretariat@bekasikota.invalid"',
        'superior = "sekretariat"',
        0,
        "departments dbmsda superior",
    ),
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
    "duty phone": ("hotline.toml", "duty_phones = []", 'duty_phones = ["021-555"]', 0, "officer duty_phones"),
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
    "keyword of two wishes": (
        "hotline.toml",
        'first = ["bantuan", ',
        'first = ["bantuan", "lapor", ',
        None,
        'keyword "lapor" is of help and of report',
    ),
    "keyword that is no word": ("hotline.toml", 'first = ["bantuan", ', 'first = ["!", ', None, '"!" has no letter'),
    "no word of danger": ("hotline.toml", "[keywords.emergency]", "[keywords.alarm]", None, "keywords emergency"),
    "word of two categories": (
        "hotline.toml",
        'words = [\n    "pohon tumbang", ',
        'words = [\n    "banjir", ',
        0,
        '"banjir" is a word of pohon-tumbang and of banjir',
    ),
    "spelling of two words": (
        "hotline.toml",
        'masih = ["msh", ',
        'masih = ["yg", ',
        0,
        '"yg" is a spelling of yang and of masih',
    ),
    "words of a language that is not": (
        "hotline.toml",
        "[keywords.speech.languages]",
        '[keywords.speech.languages]\njv = ["piye"]',
        0,
        "language jv must",
    ),
    "latitude": ("areas.csv", "-6.295", "south", 0, "areas jatirasa lat"),
    "landmark": ("landmarks.csv", "Wisma Asri,telukpucung", "Wisma Asri,teluk", 0, "landmark Wisma Asri is in teluk"),
    "sentence in one language": ("texts/en.toml", 'listen_intro = "', 'listen = "', None, "listen_intro is missing"),
    "placeholder": ("texts/en.toml", "{place} is outside", "It is outside", 0, "place_outside"),
    "lone brace": ("texts/en.toml", 'officer_missed = "No', 'officer_missed = "{No', 0, "officer_missed"),
    "night class": ("texts/en.toml", 'SMS01 = { night = "receipt"', 'SMS01 = { night = "reply"', 0, "night class"),
    "no emergency category": (
        "hotline.toml",
        "[categories.darurat]",
        "[categories.gawat]",
        None,
        "category darurat is",
    ),
    "month": ("texts/id.toml", 'month_8 = "Agustus"', "", None, "[words] month_8 is missing"),
    "code": ("texts/en.toml", 'code = "en"', 'code = "id"', 0, "the code of this language must be en"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_city_names_the_line(tmp_path: Path, name: str) -> None:
    names_the_line(tmp_path, BROKEN[name])


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
    folder = copied(tmp_path)
    (folder / "texts/su.toml").write_text(
        '[language]\ncode = "su"\nname = "Basa Sunda"\nvoice = "x"\n[voice]\noption = "x"\n'
    )
    found = problems(folder)
    assert any(
        re.match(r"su.toml line 5: \[voice\] greeting is missing; id.toml line \d+ has it", one) for one in found
    )
