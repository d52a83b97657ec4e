"""`flask explain`: JSON lines in, one JSON line out for each, whatever the line is."""

import json
from typing import Any

import pytest
from people import House


def explained(house: House, kind: str, *given: Any) -> list[dict[str, Any]]:
    """One answer for each of `given`; a str is a line as it is typed, anything else is written as JSON."""
    lines = [one if isinstance(one, str) else json.dumps(one) for one in given]
    told = house.flask("explain", kind, given="\n".join(lines) + "\n").splitlines()
    assert len(told) == len(lines), told
    return [json.loads(line) for line in told]


def test_numbers(sqlite_house: House) -> None:
    table = {
        "0812-3456-7890": ("+6281234567890", "mobile", True),
        "+62 21 8895 0001": ("+622188950001", "fixed", False),
        "1500444": (None, "hotline_itself", False),
        "1500-444": (None, "hotline_itself", False),
        "112": (None, "emergency", False),
        "anonymous": (None, "withheld", False),
        "": (None, "withheld", False),
        "+6591234567": ("+6591234567", "foreign", False),
        "halo": (None, "invalid", False),
    }
    for answer, expected in zip(
        explained(sqlite_house, "number", *map(json.dumps, table)), table.values(), strict=True
    ):
        assert (answer["e164"], answer["kind"], answer["sms"]) == expected
        assert answer["why"]


def test_a_premium_number(sqlite_house: House) -> None:
    (answer,) = explained(sqlite_house, "number", '"08091234567"')
    assert (answer["kind"], answer["sms"]) == ("premium", False)


def test_places(sqlite_house: House) -> None:
    table = {
        "kayuringin": ("match", "Bekasi Selatan", "Kayuringinjaya"),
        "kecamatan bekasi utara": ("match", "Bekasi Utara", None),
        "bojong": ("ambiguous", None, None),
        "tambun": ("outside", None, None),
        "di sana": ("none", None, None),
        "\U0001f642": ("none", None, None),
    }
    for answer, expected in zip(explained(sqlite_house, "place", *map(json.dumps, table)), table.values(), strict=True):
        assert (answer["result"], answer["kecamatan"], answer["kelurahan"]) == expected


def test_deadlines(sqlite_house: House) -> None:
    office = "Mon-Thu 07:30-16:00; Fri 07:30-16:30"
    asked = {"start": "2026-11-23T10:00", "amount": 2, "unit": "working_days", "hours": office}
    around = {**asked, "hours": "24x7", "unit": "hours", "pauses": [["2026-11-23T11:00", "2026-11-23T12:00"]]}
    whole, paused = explained(sqlite_house, "deadline", asked, around)
    assert whole["due"].startswith("2026-11-25T16:00"), "at closing time of the last of them"
    assert paused["due"].startswith("2026-11-23T13:00")


def test_routes(sqlite_house: House) -> None:
    lamp, rubbish, unknown = explained(
        sqlite_house,
        "route",
        {"category": "lampu-jalan", "area": "kayuringin jaya", "at": "2026-11-23T10:00"},
        {"category": "sampah", "area": None},
        {"category": "no-such-thing", "at": "2026-11-23T10:00:00+07:00"},
    )
    assert lamp["department"] == "dishub"
    assert rubbish["department"] == "dlh"
    assert unknown["department"] == "call-centre"
    assert all(answer["rule"] and answer["due"] for answer in (lamp, rubbish, unknown))


def test_messages(sqlite_house: House) -> None:
    given = [
        ("LAPOR lampu mati di kayuringin", "none", "report", None, "Kayuringinjaya", "id", "SMS01"),
        ("lapor lampu mati di gang mawar", "none", "report", None, None, "id", "SMS13"),
        ("lapor jalan rusak di tambun", "none", "other_city", None, None, "id", "SMS36"),
        ("cek 123456786", "none", "status", "123456786", None, "id", "SMS07"),
        ("gmn lap sy", "none", "status", None, None, "id", "SMS08"),
        ("cek 123456789", "none", "status", None, None, "id", "SMS09"),
        ("5", "survey_open", "rating", None, None, "id", "SMS24"),
        ("belum", "survey_open", "not_fixed", None, None, "id", "SMS06"),
        ("sudah", "survey_open", "fixed", None, None, "id", "SMS24"),
        ("Jl Mawar, kecamatan jatiasih", "asked_place", "add_detail", None, "Jatiasih", "id", "SMS26"),
        ("agen", "none", "want_person", None, None, "id", "SMS15"),
        ("batal", "none", "cancel_callback", None, None, "id", "SMS27"),
        ("STOP", "none", "stop", None, None, "id", "SMS11"),
        ("mulai", "none", "start", None, None, "id", "SMS12"),
        ("help", "none", "help", None, None, "en", "SMS10"),
        ("tolong", "none", "help", None, None, "id", "SMS25"),
        ("ada kebakaran di kranji", "none", "emergency", None, "Kranji", "id", "SMS20"),
        ("usul taman bermain", "none", "proposal", None, None, "id", "SMS22"),
        ("info ktp", "none", "info", None, None, "id", "info_registry"),
        ("info", "none", "info", None, None, "id", "info_topics"),
        ("english", "none", "language_en", None, None, "en", "SMS10"),
        ("indonesia", "none", "language_id", None, None, "id", "SMS10"),
        ("halo", "none", "noise", None, None, "id", "SMS40"),
    ]
    asked = [{"text": text, "context": context} for text, context, *_ in given]
    for (text, _, *expected), told in zip(given, explained(sqlite_house, "message", *asked), strict=True):
        names = ["intent", "number", "place", "language", "answer"]
        assert list(told) == [*names, "confidence", "second", "categories", "danger", "asks"]
        assert [told[name] for name in names] == expected, text
        assert 0 <= told["confidence"] <= 1 and told["second"] != told["intent"]
        assert (told["danger"] == "sure") == (told["intent"] == "emergency") and not told["asks"]


GARBAGE = {
    "number": ["{", "1", "null", "[]", '{"a": 1}', "true", '"' + "\\u0000" * 3 + "x", "NaN", "1e999"],
    "place": ["{", "1", "null", "[]", "kayuringin", "'kayuringin'"],
    "deadline": [
        "{}", '"x"', "[]", '{"start": "x"}',
        '{"start": "2026-02-30T10:00", "amount": 1, "unit": "days", "hours": "24x7"}',
        '{"start": "2026-11-23T10:00", "amount": 1e400, "unit": "days", "hours": "24x7"}',
        '{"start": "2026-11-23T10:00", "amount": -1, "unit": "weeks", "hours": "24x7"}',
        '{"start": "2026-11-23T10:00", "amount": 1, "unit": "hours", "hours": "Mon-Foo 25:00-26:00"}',
        '{"start": "2026-11-23T10:00", "amount": 999999999999, "unit": "working_days", "hours": "Mon 08:00-09:00"}',
        '{"start": "2026-11-23T10:00", "amount": 1, "unit": "hours", "hours": "24x7", "pauses": 7}',
        '{"start": "9999-12-31T23:00", "amount": 5, "unit": "days", "hours": "24x7"}',
    ],
    "message": ["{", "1", "null", '"cek"', "{}", '{"text": 1}', '{"text": "cek", "context": "asked"}',
                '{"text": "cek", "context": null}', '{"context": "none"}'],
    "route": ["{}", '"x"', '{"category": 1}', '{"category": "sampah", "at": "yesterday"}', '{"category": "sampah"}x',
              '{"category": "sampah", "area": "di sana"}', '{"category": "sampah", "at": "9999-12-31T23:59"}'],
}  # fmt: skip
GOOD = {
    "number": '"0812-3456-7890"',
    "place": '"kranji"',
    "deadline": '{"start": "2026-11-23T10:00", "amount": 1, "unit": "days", "hours": "24x7"}',
    "route": '{"category": "sampah"}',
    "message": '{"text": "cek"}',
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_a_line_that_cannot_be_read_says_why_and_the_next_one_still_works(sqlite_house: House, kind: str) -> None:
    lines = [line for bad in GARBAGE[kind] for line in (bad, GOOD[kind])]
    answers = explained(sqlite_house, kind, *lines)
    for line, answer in zip(lines[::2], answers[::2], strict=True):
        assert list(answer) == ["error"] and answer["error"], line
    assert all("error" not in answer for answer in answers[1::2])


@pytest.mark.parametrize("kind", GOOD)
def test_deep_nesting_and_control_characters_are_only_bad_lines(sqlite_house: House, kind: str) -> None:
    deep, control, good = explained(sqlite_house, kind, "[" * 100_000, "\x01\x02\u202e", GOOD[kind])
    assert "error" in deep and "error" in control
    assert "error" not in good


def test_empty_lines_are_not_answered(sqlite_house: House) -> None:
    assert sqlite_house.flask("explain", "place", given='\n  \n"kranji"\n\n').count("\n") == 1


def test_indonesian_letters_come_out_as_they_are(sqlite_house: House) -> None:
    assert "\\u" not in sqlite_house.flask("explain", "place", given='"caf\u00e9 \u2713"\n')
