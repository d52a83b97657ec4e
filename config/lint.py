"""`python -m config.lint`: would every sentence of the city fit its text message, and the ear of a caller?

Text messages are measured with the longest fill, menus in seconds at five syllables a second. Prints both and names the
line of every problem; exit code 1 when there is one.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from config.consistency import LABEL_MOST, SHORT_MOST, placeholders
from config.gsm7 import SEGMENT, gsm7_length
from config.hotline import HERE, City, CityFileError, load
from config.lines import TomlFile

SYLLABLES_A_SECOND, PAUSE = 5, 0.5
FIRST_OPTION, ROOT, SUB_MENU, CHUNK, NOTICE = 8.0, 26.0, 18.0, 25.0, 3.0  # seconds
WORDS_MOST = 12
ROOT_PARTS = ("greeting", "root_emergency", "root_english", "root_options")

# What a caller must never hear, and how a language speaks of recording, the tone and the caller.
BANNED = {
    "id": ("salah", "tidak valid", "gagal", "error", "panggilan anda penting bagi kami"),
    "en": ("wrong", "invalid", "failed", "error", "your call is important to us"),
}
RECORDED = {"id": "direkam", "en": "recorded"}
TONE = {"id": "setelah nada", "en": "after the tone"}
ADDRESSED = {"id": "bapak ibu", "en": "sir or madam"}

# The most that fills a place in a text message; labels and short names are measured as they are.
_FILL = {"number": 9, "other": 9, "date": 6, "link": 31, "question": 36}


@dataclass
class Report:
    problems: list[str] = field(default_factory=list)
    texts: list[tuple[str, str, int]] = field(default_factory=list)  # language, text, longest length
    menus: list[tuple[str, str, float]] = field(default_factory=list)  # language, menu, seconds


def examine(folder: Path = HERE) -> Report:
    """Everything measured and everything found in the files of one city."""
    report = Report()
    try:
        city = load(folder)
    except CityFileError as error:
        return Report(error.problems)
    for code in city.languages:
        file = TomlFile.read(folder / "texts" / f"{code}.toml", report.problems)
        report.problems += _texts(city, code, file, report)
        report.problems += _menus(city, code, file, report)
        for section in ("voice", "menu"):
            for id_, text in city.languages[code].sentences[section].items():
                where = f"{file.at(section, id_)}: [{section}] {id_}"
                report.problems += (f"{where} {finding}" for finding in _spoken(code, text, city))
    return report


def seconds(language: str, text: str) -> float:
    """How long `text` takes to say, its pauses included."""
    return syllables(language, text) / SYLLABLES_A_SECOND + text.count("|") * PAUSE


def syllables(language: str, text: str) -> int:
    """An estimate from the vowels; every digit counts as two."""
    words = re.findall(r"[a-z]+", text.lower())
    if language == "id":
        count = sum(len(re.findall("ai|au|oi|[aeiou]", word)) for word in words)
    else:
        count = sum(max(1, len(re.findall("[aeiouy]+", re.sub("(?<!l)e$", "", word)))) for word in words)
    return count + 2 * len(re.findall(r"\d", text))


def _texts(city: City, code: str, file: TomlFile, report: Report) -> Iterator[str]:
    """Each text message in one GSM-7 segment with the longest fill."""
    labels = [category.label[code] for category in city.categories.values()]
    shorts = [department.short for department in city.departments.values()]
    referrals = [referral.short[code] for referral in city.referrals.values()]
    fill = _FILL | {
        "category": max(LABEL_MOST, *map(_length, labels)),
        "department": max(SHORT_MOST, *map(_length, shorts)),
        "referral": max(LABEL_MOST, *map(_length, referrals)),
    }
    for id_, text in city.languages[code].sentences["sms"].items():
        where = f"{file.at('sms', id_)}: [sms] {id_}"
        if unknown := sorted(placeholders(text) - fill.keys()):
            yield f"{where} has {{{unknown[0]}}}, whose longest fill is not known"
            continue
        if city.number not in text:  # a lost sender name must still show who wrote
            yield f"{where} does not say {city.number}"
        length = gsm7_length(text.format(**{name: "x" * most for name, most in fill.items()}))
        if length is None:
            yield f"{where} has a character that is not GSM-7: {_strange(text)}"
        else:
            report.texts.append((code, id_, length))
            if length > SEGMENT:
                yield f"{where} has {length} characters with the longest fill, {SEGMENT} fit"


def _length(text: str) -> int:
    return gsm7_length(text) or 0


def _strange(text: str) -> str:
    return " ".join(sorted({character for character in text if gsm7_length(character) is None}))


def _menus(city: City, code: str, file: TomlFile, report: Report) -> Iterator[str]:
    """The root and every menu as they are heard: short enough, and their keys in order."""
    voice = city.languages[code].sentences["voice"]
    root = " | ".join(voice[part] for part in ROOT_PARTS)
    first = " | ".join(voice[part] for part in ROOT_PARTS[:2])
    where = f"{file.at('voice', 'greeting')}: the root menu"
    if (taken := _filled_seconds(city, code, first)) > FIRST_OPTION:
        yield f"{where} ends its first option after {taken:.1f} s, {FIRST_OPTION:g} s are the limit"
    if (finding := _key_order(city, code, root)) is not None:
        yield f"{where} {finding}"
    heard = {"root": (root, ROOT, "greeting")}
    for menu, entries in city.menus.items():
        option, labels = voice["option"], city.languages[code].sentences["menu"]
        options = [option.format(function=labels[entry.text], key=entry.digit) for entry in entries]
        heard[menu] = (" | ".join((voice[f"{menu}_ask"], *options)), SUB_MENU, f"{menu}_ask")
    for menu, (text, most, id_) in heard.items():
        taken = _filled_seconds(city, code, text)
        report.menus.append((code, menu, taken))
        if taken > most:
            yield f"{file.at('voice', id_)}: menu {menu} takes {taken:.1f} s, {most:g} s are the limit"


def _spoken(code: str, text: str, city: City) -> Iterator[str]:
    """What makes one sentence hard to hear."""
    plain = " ".join(re.findall(r"[\w{}]+", text.lower()))
    for word in BANNED.get(code, ()):
        if re.search(rf"\b{word}\b", plain):
            yield f'says "{word}"'
    for sentence in re.split(r"[.?!|]", text):
        words = re.findall(r"[^\W\d_][\w'-]*", re.sub(r"\{\w+\}", "", sentence))
        if len(words) > WORDS_MOST:
            yield f"has a sentence of {len(words)} words, {WORDS_MOST} are the limit"
    if plain.count(ADDRESSED.get(code, "\0")) > 1:
        yield f'says "{ADDRESSED[code]}" more than once'
    yield from _keys(code, text, city)
    yield from _notice(code, text)
    most = SUB_MENU if re.search(r"\d\.", text) and "|" in text else CHUNK
    if (taken := _filled_seconds(city, code, text)) > most:
        yield f"takes {taken:.1f} s, {most:g} s are the limit"


def _keys(code: str, text: str, city: City) -> Iterator[str]:
    """The function before its key, a pause between options, keys in order."""
    press = re.escape(_press(city, code))
    for chunk in text.split("|"):
        options = re.findall(rf"([^.?!]*?)\b{press} \d", chunk, re.IGNORECASE)
        if len(options) > 1:
            yield "has two options without a pause between them"
        if any(not before.strip().endswith(",") for before in options):
            yield f'names a key before its function (write "function, {_press(city, code)} 1")'
    starts_late = text == city.text(code, "voice", "root_options")  # judged with the whole root
    if not starts_late and (finding := _key_order(city, code, text)) is not None:
        yield finding


def _press(city: City, code: str) -> str:
    """The word for pressing a key, as the option template has it."""
    return city.text(code, "voice", "option").split("{function},")[-1].split("{key}")[0].strip()


def _key_order(city: City, code: str, text: str) -> str | None:
    """Keys ascend from 1 without gaps; 0 comes last; 8 is the other language and stands anywhere."""
    keys = re.findall(rf"\b(?:{_press(city, code)}|{_press(city, city.other_language(code))}) (\d)", text)
    own = [int(key) for key in keys if key not in "08"]
    if own != list(range(1, len(own) + 1)):
        return f"has keys {', '.join(map(str, own))}, which must ascend from 1 without gaps"
    return "names key 0 before the last option" if "0" in keys[:-1] else None


def _notice(code: str, text: str) -> Iterator[str]:
    """A recording is announced where there is one and nowhere else, and briefly."""
    clauses = [clause for clause in re.split(r"[.,?!|]", text.lower()) if RECORDED.get(code, "\0") in clause]
    speaks = TONE.get(code, "\0") in text.lower()
    if code in TONE and speaks != bool(clauses):
        yield "asks to speak without saying that it is recorded" if speaks else "speaks of recording without one"
    for clause in clauses:
        if seconds(code, clause) > NOTICE:
            yield f"takes {seconds(code, clause):.1f} s to say that it records, {NOTICE:g} s are the limit"


def _filled_seconds(city: City, code: str, text: str) -> float:
    """`text` with the longest thing it can be filled with."""
    digits = max((city.text(code, "words", f"digit_{n}") for n in range(10)), key=lambda word: syllables(code, word))
    areas = [city.area_name(code, key) for key in (*city.areas, *(area.key for area in city.kecamatan.values()))]
    months = [city.spoken_date(code, date(2026, month, day)) for month in range(1, 13) for day in range(21, 28)]
    outside = [name for referral in city.referrals.values() for name in referral.places] or [""]
    dayparts = [city.text(code, "words", f"daypart_{part}") for part in ("morning", "midday", "afternoon", "night")]
    longest = {
        "area": _slowest(code, areas),
        "place": _slowest(code, outside),
        "referral": _slowest(code, [referral.say[code] for referral in city.referrals.values()] or [""]),
        "date": _slowest(code, months),
        "daypart": _slowest(code, dayparts),
        "mobile": " ".join([digits] * 13),
        "time": "23.59",
        "keys": f"1 {city.text(code, 'words', 'to')} 5",
    }
    longest |= {name: " ".join([digits] * 3) for name in ("n1", "n2", "n3")}
    longest |= dict.fromkeys(("a", "b"), longest["area"])
    return seconds(code, re.sub(r"\{(\w+)\}", lambda place: longest.get(place[1], ""), text))


def _slowest(code: str, texts: list[str]) -> str:
    return max(texts, key=lambda text: syllables(code, text))


def main() -> int:
    """Print what was measured and what was found."""
    report = examine()
    out = sys.stdout
    for code, id_, length in report.texts:
        out.write(f"{code}  {id_:8} {length:4} of {SEGMENT} characters\n")
    for code, menu, taken in report.menus:
        out.write(f"{code}  {menu:8} {taken:4.1f} s\n")
    for problem in report.problems:
        out.write(f"{problem}\n")
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
