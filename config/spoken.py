"""Numbers, dates, times and money as a voice says them: in words, so that no synthesiser reads 0 as a letter or an
English 26 in an Indonesian sentence; and how long a sentence takes. Figures of one digit stay (keys, 1 1 2): every
voice reads those right."""

import re
from collections.abc import Iterable
from datetime import date as Date  # noqa: N812 - this module has a function of that name
from datetime import datetime

from num2words import num2words

from config import clock
from config.city import City

SYLLABLES_A_SECOND, PAUSE = 5, 0.5
_SPELLED = r"\b(?:[A-Z]{2,3}|[B-DF-HJ-NP-TV-Z]{4,8})\b"
_MONEY = r"\bRp\.? ?(?P<money>\d{1,3}(?:\.\d{3})+|\d+)\b"
_DECIMAL = r"\b(?P<decimal>\d[\d.]*,\d+)\b"  # stays: a voice knows the word for the comma
_CLOCK = r"\b(?P<hour>[01]?\d|2[0-3]|24(?=.00))[.:](?P<minute>[0-5]\d)\b"
_PHONE = r"\b(?P<phone>0\d{1,3}(?:[- ]\d{3,4}){1,3})\b"
_NUMBER = r"\b(?P<number>\d{1,3}(?:\.\d{3})+|\d{2,})\b"
_FIGURES = re.compile("|".join((_MONEY, _DECIMAL, _CLOCK, _PHONE, _NUMBER)))
_LONGEST_NUMBER = 4  # digits; what is longer without points is read digit by digit, as is what begins with 0


def cardinal(language: str, number: int) -> str:
    """dua puluh enam; twenty six."""
    return _plain(num2words(number, lang=language))


def digits(language: str, text: str) -> str:
    """Digit by digit: nol delapan satu dua."""
    return " ".join(cardinal(language, int(digit)) for digit in text if digit.isdecimal())


def groups(language: str, texts: Iterable[str]) -> str:
    """Digits in groups, one breath each: satu dua tiga, empat lima enam."""
    return ", ".join(digits(language, text) for text in texts)


def date(city: City, language: str, on: Date) -> str:
    """Kamis, dua puluh enam November; Thursday, the twenty sixth of November."""
    weekday = city.text(language, "words", f"weekday_{on.isoweekday()}")
    return city.text(language, "words", "date_spoken").format(weekday=weekday, day=day(city, language, on))


def day(city: City, language: str, on: Date) -> str:
    """dua puluh enam November; the twenty sixth of November."""
    month = city.text(language, "words", f"month_{on.month}")
    return city.text(language, "words", "day_spoken").format(day=_day(city, language, on), month=month)


def day_soon(city: City, language: str, on: Date, today: Date) -> str:
    """As short as it is clear: Kamis in the coming week, tanggal dua puluh enam in the coming four, else the date."""
    ahead = (on - today).days
    if 0 <= ahead < 7:
        return city.text(language, "words", f"weekday_{on.isoweekday()}")
    if 0 <= ahead < 28:
        return city.text(language, "words", "day_only").format(day=_day(city, language, on))
    return day(city, language, on)


def time(city: City, language: str, moment: datetime) -> str:
    """empat belas lewat tiga puluh; fourteen thirty. On the city's clock, of 24 hours."""
    there = clock.local(moment)
    return _clock(city, language, there.hour, there.minute)


def money(city: City, language: str, rupiah: int) -> str:
    """satu juta lima ratus ribu rupiah."""
    return city.text(language, "words", "money_spoken").format(amount=cardinal(language, rupiah))


def figures(city: City, language: str, text: str) -> str:
    """A written sentence with its figures in words: clock times, rupiah, numbers; long numbers digit by digit, and our
    own ones as the city says them, so that nobody hears of a hundred and twelve."""

    def say(found: re.Match[str]) -> str:
        if found["money"]:
            return money(city, language, int(found["money"].replace(".", "")))
        if found["decimal"]:
            return found["decimal"]
        if found["hour"]:
            return _clock(city, language, int(found["hour"]), int(found["minute"]))
        if found["phone"]:
            return groups(language, re.split("[- ]", found["phone"]))
        number = found["number"]
        by_digit = number.startswith("0") or ("." not in number and len(number) > _LONGEST_NUMBER)
        return digits(language, number) if by_digit else cardinal(language, int(number.replace(".", "")))

    ours = {city.number: city.spoken_number, city.emergency.number: city.emergency.spoken_number}
    for written, as_said in ours.items():
        text = re.sub(rf"(?<![\d.,-]){re.escape(written)}(?![\d-]|[.,]\d)", as_said, text)
    return _FIGURES.sub(say, text)


def seconds(language: str, text: str) -> float:
    """How long `text` takes to say, its pauses included."""
    return syllables(language, text) / SYLLABLES_A_SECOND + text.count("|") * PAUSE


def syllables(language: str, text: str) -> int:
    """An estimate from the vowels; a figure counts as two, and short forms in capitals are spelled letter by letter."""
    spelled = re.findall(_SPELLED, text)
    words = re.findall(r"[a-z]+", re.sub(_SPELLED, " ", text).lower())
    if language == "id":
        count = sum(len(re.findall("ai|au|oi|[aeiou]", word)) for word in words)
    else:
        count = sum(max(1, len(re.findall("[aeiouy]+", re.sub("(?<!l)e$", "", word)))) for word in words)
    return count + sum(map(len, spelled)) + 2 * len(re.findall(r"\d", text))


def _clock(city: City, language: str, hour: int, minute: int) -> str:
    form = "time_spoken" if minute > 9 else "time_spoken_early" if minute else "hour_spoken"
    words = {"hour": cardinal(language, hour), "minute": cardinal(language, minute)}
    return city.text(language, "words", form).format(**words)


def _day(city: City, language: str, on: Date) -> str:
    return _plain(num2words(on.day, lang=language, to=city.languages[language].days))


def _plain(words: str) -> str:
    return words.replace(",", "").replace("-", " ")
