"""Telephone numbers: read what a carrier, a telephone or a keypad gives, classify, mask, compare, read back.

The only user of `phonenumbers`. It knows how Bekasi writes numbers (area 021, calls to 1500-444) and refuses to guess
at letters; it never raises, because its input comes from outside. What is not a resident's number has no `e164`.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal
from urllib.parse import unquote

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

Kind = Literal["mobile", "fixed", "hotline_itself", "emergency", "withheld", "foreign", "premium", "invalid"]

HOTLINE = "1500444"
INDONESIA = 62
_JAKARTA = "021"
_LONGEST_INPUT = 256
_WHY: dict[Kind, str] = {
    "mobile": "An Indonesian mobile number: it can receive SMS.",
    "fixed": "An Indonesian fixed line: it cannot receive SMS.",
    "hotline_itself": "The hotline's own number: no resident calls from it.",
    "emergency": "An Indonesian emergency number: no resident calls from it.",
    "withheld": "The caller's number is withheld.",
    "foreign": "A valid number outside Indonesia: we send it no SMS.",
    "premium": "An Indonesian number that is neither mobile nor fixed: call centre, toll-free, premium or satellite.",
    "invalid": "Not a telephone number that could be called.",
}
_WITHHELD_WORDS = frozenset(
    {"", "anonymous", "unknown", "restricted", "private", "unavailable", "withheld", "blocked", "no caller id"}
    | {"private number", "unknown number", "nomor pribadi"}
)
# What Twilio sends for ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE, spelled on a telephone's keys.
_WITHHELD_CODES = frozenset({"266696687", "7378742833", "2562533", "8656696", "86282452253"})
# 118 is the ambulance's old number; it is still dialled.
_EMERGENCY = re.compile(r"\+?(?:62)?(?:110|112|113|118|119)")
_URI = re.compile(r"(?:[^<]*<)?(?:sips?|tel|whatsapp):([^@;:>?]*)")
_BETWEEN_DIGITS = re.compile(r"[\s().\-/]+")
# 62812345678 and 062812345678 would pass for a fixed line in area 0628, where no number is that long.
_MOBILE_BEHIND_62 = re.compile(r"\+?0{0,2}(?:62)+0?(8[1-9][0-9]{7,10})")
_SATELLITE = "+62868"
_FIXED_OR_MOBILE: dict[int, Kind] = {PhoneNumberType.MOBILE: "mobile", PhoneNumberType.FIXED_LINE: "fixed"}


@dataclass(frozen=True)
class Number:
    """What we make of a telephone number: `e164` is None where nobody has it, `sms` says whether a text arrives."""

    e164: str | None
    kind: Kind
    sms: bool = False

    @property
    def why(self) -> str:
        """One sentence for whoever asks why the number is treated as it is."""
        return _WHY[self.kind]


def read(raw: str | None, hotline: str = HOTLINE) -> Number:
    """The number behind any spelling: 08.., 62.., +62.., 0062.., eight digits of area 021, SIP and tel addresses."""
    if raw is not None and len(raw) > _LONGEST_INPUT:
        return Number(None, "invalid")
    text = _caller(raw or "")
    digits = _BETWEEN_DIGITS.sub("", text)
    if text in _WITHHELD_WORDS or digits.removeprefix("+") in _WITHHELD_CODES:
        return Number(None, "withheld")
    if not re.fullmatch(r"\+?[0-9]+", digits):
        return Number(None, "invalid")
    if _own(hotline).fullmatch(digits):
        return Number(None, "hotline_itself")
    if _EMERGENCY.fullmatch(digits):
        return Number(None, "emergency")
    return next(filter(None, map(_valid, _readings(digits))), Number(None, "invalid"))


def mask(e164: str | None) -> str:
    """`+62812****7788` for logs and pages; at least four digits are hidden, all of them where we cannot parse."""
    if e164 is None:
        return "-"
    try:
        number = phonenumbers.parse(e164)
    except NumberParseException:
        return "****"
    # Of the number as it was given: parsing may add an area code (+261), and then more would be shown than hidden.
    digits = re.sub("[^0-9]", "", e164).removeprefix(str(number.country_code))
    last = min(4, max(0, len(digits) - 4))
    first = min(3, len(digits) - 4 - last)
    return f"+{number.country_code}{digits[: max(0, first)]}****{digits[len(digits) - last :]}"


def same(a: str, b: str) -> bool:
    """Whether two spellings reach the same telephone. What has no E.164 is the same as nothing, not even itself."""
    one = read(a).e164
    return one is not None and one == read(b).e164


def spoken_groups(e164: str) -> list[str]:
    """Digits to read back, four at a time, in national form (0812..): `["0 8 1 2", "3 4 5 6", "7 8 9 0"]`.

    A single last digit joins the group before it. A foreign number keeps its country code.
    """
    digits = re.sub(f"^{INDONESIA}", "0", e164.removeprefix("+"))
    groups = [digits[at : at + 4] for at in range(0, len(digits), 4)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = ["".join(groups[-2:])]
    return [" ".join(group) for group in groups]


def _caller(raw: str) -> str:
    """The caller's part of `raw` in plain lower case: ASCII digits, no invisible marks, no address around it."""
    text = "".join(map(_plain, unicodedata.normalize("NFKC", raw))).strip().casefold()
    address = _URI.match(text)
    return unquote(address[1]).strip() if address else text


def _plain(character: str) -> str:
    """Any script's digit as ASCII, any dash as "-", nothing for the direction marks that copied numbers carry."""
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    return {"Cf": "", "Pd": "-"}.get(unicodedata.category(character), character)


@cache
def _own(hotline: str) -> re.Pattern[str]:
    """Every way to dial `hotline`: bare, behind area 021, from abroad. As a UAN and as a fixed line it is "valid"."""
    bare = re.sub(r"^(?:62)?0?(?:21)?(?=[0-9]{6})", "", re.sub(r"[^0-9]", "", hotline))
    return re.compile(rf"\+?(?:(?:00[1789]?)?62)?0?(?:21)?{bare}" if bare else r"(?!)")


def _readings(digits: str) -> Iterator[str]:
    """What `digits` may stand for, likeliest first, as `phonenumbers` wants it."""
    if mobile := _MOBILE_BEHIND_62.fullmatch(digits):
        yield f"+{INDONESIA}{mobile[1]}"
    elif re.match(r"\+[1-9]", digits):
        yield digits
    else:
        digits = digits.removeprefix("+")
        # 001, 007, 008 and 009 are Indonesian carriers' ways out of the country; 00 is everybody's.
        if re.match("00[1789]", digits):
            yield f"+{digits[3:]}"
        if digits.startswith("00"):
            yield f"+{digits[2:]}"
        if re.match("62[0-9]{7}", digits):
            yield f"+{digits}"
        elif re.fullmatch("[2-9][0-9]{7}", digits):
            yield _JAKARTA + digits
        else:
            yield digits


def _valid(reading: str) -> Number | None:
    try:
        number = phonenumbers.parse(reading, "ID")
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if number.country_code != INDONESIA:
        return Number(e164, "foreign")
    kind = _FIXED_OR_MOBILE.get(phonenumbers.number_type(number), "premium")
    if e164.startswith(_SATELLITE):
        kind = "premium"
    return Number(e164, kind, sms=kind == "mobile")
