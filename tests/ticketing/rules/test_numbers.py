"""Every spelling of a number that a carrier, a telephone or a keypad may give. All numbers are invented."""

import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ticketing.rules.numbers import Number, mask, read, same, spoken_groups

MOBILE = "+628120001234"
TWELVE = "+6281200012345"
FIXED = "+622188961234"


@pytest.mark.parametrize(
    "raw",
    [
        "08120001234",
        "8120001234",
        "628120001234",
        "+628120001234",
        "+62 0812-000-1234",
        "+62 (0)812 000 1234",
        "(0812) 0001234",
        "0812.000.1234",
        "0812/000/1234",
        "0812 000\u00a01234",
        "\u202a+62 812\u2011000\u20111234\u202c",
        "00628120001234",
        "0062 0812 000 1234",
        "001 62 812 000 1234",
        "007628120001234",
        "008628120001234",
        "009628120001234",
        "0628120001234",
        "+62628120001234",
        "+08120001234",
        "+00628120001234",
        "sip:08120001234@pbx.invalid;user=phone",
        "sip:+628120001234@pbx.invalid:5060",
        "sips:%2B628120001234@pbx.invalid",
        "sip:+628120001234;npdi@pbx.invalid",
        "SIP:628120001234@PBX.INVALID",
        '"Ibu Contoh" <sip:08120001234@pbx.invalid>;tag=1',
        "tel:+62-812-000-1234",
        "tel:0812-000-1234;phone-context=+62",
        "whatsapp:+628120001234",
        "０８１２０００１２３４",
        "＋６２ ８１２ ０００ １２３４",
        "٠٨١٢٠٠٠١٢٣٤",
        "  08120001234\n",
    ],
)
def test_a_mobile_number_in_every_spelling(raw):
    assert read(raw) == Number(MOBILE, "mobile", sms=True)


@pytest.mark.parametrize(
    ("raw", "e164"),
    [
        ("62812000123", "+62812000123"),  # eleven digits: passes for a fixed line in 0628 when read as national
        ("062812000123", "+62812000123"),
        ("081200012345", TWELVE),
        ("0812000123456", "+62812000123456"),
        ("0895 0000 1234", "+6289500001234"),
    ],
)
def test_mobile_numbers_of_every_length(raw, e164):
    assert read(raw) == Number(e164, "mobile", sms=True)


@pytest.mark.parametrize(
    ("raw", "e164"),
    [
        ("021 88961234", FIXED),
        ("(021) 8896 1234", FIXED),
        ("+62 21 8896 1234", FIXED),
        ("622188961234", FIXED),
        ("02188961234", FIXED),
        ("2188961234", FIXED),
        ("0062 21 8896 1234", FIXED),
        ("+62021 88961234", FIXED),
        ("8896-1234", FIXED),
        ("88961234", FIXED),
        ("22961234", "+622122961234"),  # not Bandung, which is 022
        ("0251 8000123", "+622518000123"),
    ],
)
def test_fixed_lines_get_no_sms(raw, e164):
    assert read(raw) == Number(e164, "fixed", sms=False)


@pytest.mark.parametrize(
    "raw",
    [
        "1500444",
        "1500-444",
        "1 500 444",
        "+621500444",
        "621500444",
        "0062 1500444",
        "00162 1500444",
        "01500444",
        "0211500444",
        "(021) 1500-444",
        "+62211500444",
        "62211500444",
        "211500444",
        "+62 021 1500444",
        "+1500444",
        "sip:1500444@pbx.invalid",
        "sip:+62211500444@pbx.invalid",
        "tel:1500444",
        "１５００４４４",
    ],
)
def test_the_hotline_is_never_a_resident(raw):
    assert read(raw) == Number(None, "hotline_itself")


def test_another_hotline_can_be_ours():
    assert read("021-1500123", hotline="+62 1500-123").kind == "hotline_itself"
    assert read("1500444", hotline="1500123") == Number("+621500444", "premium")
    assert read("08120001234", hotline="").kind == "mobile"


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "  ",
        "anonymous",
        "Anonymous",
        "UNKNOWN",
        "Restricted",
        "private",
        "Unavailable",
        "Private Number",
        "+266696687",
        "266696687",
        "+7378742833",
        "+2562533",
        "+8656696",
        "+86282452253",
        "sip:+266696687@pbx.invalid",
        "sip:anonymous@anonymous.invalid",
        '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=x',
        "tel:anonymous",
    ],
)
def test_withheld(raw):
    assert read(raw) == Number(None, "withheld")


@pytest.mark.parametrize("raw", ["110", "112", "113", "118", "119", "1-1-2", "+62112", "sip:112@pbx.invalid"])
def test_emergency(raw):
    assert read(raw) == Number(None, "emergency")


@pytest.mark.parametrize(
    ("raw", "e164"),
    [
        ("1500123", "+621500123"),  # call centre (UAN)
        ("+621500123", "+621500123"),
        ("0807 1 000 123", "+628071000123"),  # call centre (UAN)
        ("0809 1 000 123", "+628091000123"),  # premium rate
        ("0800 1 000 123", "+628001000123"),  # toll-free
        ("0804 1 000 123", "+628041000123"),  # shared cost
        ("0868 1000 123", "+628681000123"),  # satellite
        ("62868 1000 123", "+628681000123"),
    ],
)
def test_indonesian_but_nobodys_telephone(raw, e164):
    assert read(raw) == Number(e164, "premium", sms=False)


@pytest.mark.parametrize(
    ("raw", "e164"),
    [
        ("+14155550123", "+14155550123"),
        ("0014155550123", "+14155550123"),
        ("001 65 8123 0000", "+6581230000"),
        ("+65 8123 0000", "+6581230000"),
        ("whatsapp:+60120001234", "+60120001234"),
    ],
)
def test_foreign(raw, e164):
    assert read(raw) == Number(e164, "foreign", sms=False)


@pytest.mark.parametrize(
    "raw",
    [
        "client:petugas_017",
        "client:08120001234",
        "sip:petugas@pbx.invalid",
        "0812",
        "0812000",
        "12345678",
        "911",
        "+62",
        "+",
        "-",
        "()",
        "08120001234 ext 5",
        "0812-DOCTOR-1",
        "0812x",
        "0812\x0000123",
        "\ud800",
        "+٠",
        "½",
        "081200012345678",
        "+6281200012345678",
        "9" * 10_000,
        "0" * 256,
        "+" * 256,
        "nomor saya 08120001234",
    ],
)
def test_invalid(raw):
    assert read(raw) == Number(None, "invalid")


@given(st.one_of(st.text(), st.text("+0123456789 -().;:@<>siptel%", max_size=40), st.text(st.characters())))
@example("sip:%ff\ud800@x")
@settings(max_examples=300, deadline=None)
def test_reading_never_raises_and_is_settled(raw):
    number = read(raw)
    assert number.why.endswith(".")
    assert number.sms == (number.kind == "mobile")
    if number.e164:
        assert read(number.e164) == number
        assert mask(number.e164).startswith("+")
        assert len(set(spoken_groups(number.e164))) >= 1
    else:
        assert number.kind in {"hotline_itself", "emergency", "withheld", "invalid"}


@given(st.integers(1_000_000, 999_999_999), st.sampled_from(["0", "62", "+62", "0062", "00162", "sip:0", "tel:+62"]))
@settings(deadline=None)
def test_spelling_does_not_change_a_mobile_number(rest, start):
    assert read(f"{start}812{rest}").e164 == f"+62812{rest}"


@pytest.mark.parametrize(
    ("e164", "masked"),
    [
        ("+6281200017788", "+62812****7788"),
        ("+62812000123", "+628****0123"),
        (FIXED, "+6221****1234"),
        ("+621500123", "+62****123"),
        ("+14155550123", "+141****0123"),
        ("anonymous", "****"),
        ("08120001234", "****"),
        ("", "****"),
        (None, "-"),
    ],
)
def test_mask(e164, masked):
    assert mask(e164) == masked


@given(st.from_regex(r"\+[1-9][0-9]{7,14}", fullmatch=True))
@example("+2612000000")
@settings(deadline=None)
def test_mask_hides_at_least_four_digits(e164):
    assert sum(c.isdigit() for c in mask(e164)) <= len(e164) - 1 - 4


def test_same():
    assert same("0812-000-1234", "+628120001234")
    assert not same("08120001234", "08120001235")
    assert not same("anonymous", "anonymous")


@pytest.mark.parametrize(
    ("e164", "groups"),
    [
        (TWELVE, ["0 8 1 2", "0 0 0 1", "2 3 4 5"]),
        (MOBILE, ["0 8 1 2", "0 0 0 1", "2 3 4"]),
        ("+62812000123456", ["0 8 1 2", "0 0 0 1", "2 3 4 5 6"]),
        ("+6581230000", ["6 5 8 1", "2 3 0 0", "0 0"]),
    ],
)
def test_spoken_groups(e164, groups):
    assert spoken_groups(e164) == groups


def test_importing_brings_no_place_or_carrier_tables():
    heavy = "{m for m in sys.modules if m.startswith('phonenumbers') and ('geo' in m or 'carrier' in m)}"
    subprocess.run([sys.executable, "-c", f"import sys, ticketing.rules.numbers; assert not {heavy}"], check=True)
