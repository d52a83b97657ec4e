"""`python -m config.lint`: would every sentence of the city fit its text message, and the ear of a caller?

Text messages are measured with the longest fill, menus and sentences in syllables and in seconds at five syllables a
second. Prints the figures and names the line of every problem; exit code 1 when there is one. The numbers V01 to V36
are those of docs/menu-rules.md; what only a walk through the menu shows is checked by `flask menu --check`.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from config import spoken
from config.city import City
from config.consistency import LABEL_MOST, OPTIONS_MOST, SHORT_MOST, placeholders
from config.gsm7 import SEGMENT, gsm7_length
from config.hotline import HERE, CityFileError, load
from config.source_lines import TomlFile
from config.spoken import seconds, syllables

FIRST_OPTION, ROOT, SUB_MENU, CHUNK, NOTICE, ANNOUNCED = 8.0, 26.0, 18.0, 25.0, 3.0, 11.0  # seconds
WORDS_MOST, GREETING_WORDS_MOST = 12, 6
MIN_ANNOUNCED = 3.0  # seconds that the frame of a notice must leave for what it says
# Sentences whose keys are the root's keys, said before or inside its menu.
AT_THE_ROOT = ("known_report", "known_report_done", "flood_notice")

# States of a matter that is over: said without a target date, and never before the menu.
OVER = {f"state_{name}" for name in ("resolved", "confirmed", "referred", "merged", "withdrawn")}

# What a caller must never hear, and how a language speaks of recording, the tone and the caller.
BANNED = {
    "id": ("salah", "tidak valid", "gagal", "error", "panggilan anda penting bagi kami"),
    "en": ("wrong", "invalid", "failed", "error", "your call is important to us"),
}
ADVERTS = {
    "id": ("wali kota", "walikota", "bangga", "unggul", "hebat", "ikuti kami", "unduh"),
    "en": ("mayor", "proud", "follow us", "download"),
}
RECORDED = {"id": "direkam", "en": "recorded"}
PURPOSE = {"id": r"direkam untuk \w+", "en": r"recorded (?:for|to) \w+"}
TONE = {"id": "setelah nada", "en": "after the tone"}
ADDRESSED = {"id": "bapak ibu", "en": "sir or madam"}

# The most that fills a place in a text message; labels, short names and states are measured as they are.
_FILL = {
    "number": 9, "other": 9, "date": 6, "date2": 6, "link": 31, "question": 36, "from": 5, "until": 5, "words": 110,
    "reason": 20, "area": 20, "level": 4, "count": 3,
}  # fmt: skip


@dataclass(frozen=True)
class Menu:
    """A menu as it is heard: how much there is to say, and when the end of its first option is heard."""

    language: str
    name: str
    options: int
    syllables: int
    first_seconds: float
    seconds: float
    most: float


@dataclass
class Report:
    problems: list[str] = field(default_factory=list)
    texts: list[tuple[str, str, int]] = field(default_factory=list)  # language, text, longest length
    menus: list[Menu] = field(default_factory=list)
    sentences: list[tuple[str, str, float, float]] = field(default_factory=list)  # language, id, seconds, limit
    longest: dict[str, dict[str, str]] = field(default_factory=dict)  # language, place in a sentence, what fills it


def examine(folder: Path = HERE) -> Report:
    """Everything measured and everything found in the files of one city."""
    report = Report()
    try:
        city = load(folder)
    except CityFileError as error:
        return Report(error.problems)
    for code in city.languages:
        file = TomlFile.read(folder / "texts" / f"{code}.toml", report.problems)
        report.longest[code] = _longest(city, code)
        report.problems += _texts(city, code, file, report)
        report.problems += _menus(city, code, file, report)
        for section in ("voice", "menu"):
            for id_, text in city.languages[code].sentences[section].items():
                where = f"{file.at(section, id_)}: [{section}] {id_}"
                report.problems += (f"{where} {finding}" for finding in _spoken(code, id_, text, city, report))
    return report


def _texts(city: City, code: str, file: TomlFile, report: Report) -> Iterator[str]:
    """Each text message in one GSM-7 segment with the longest fill."""
    fill = _FILL | {
        "category": max(LABEL_MOST, *(_length(category.label[code]) for category in city.categories.values())),
        "department": max(SHORT_MOST, *(_length(department.short) for department in city.departments.values())),
        "referral": max(LABEL_MOST, *(_length(referral.short[code]) for referral in city.referrals.values())),
        "status": max(_length(text) for id_, text in _words_of(city, code, "state_")),
        "do": max(_length(danger.do[code]) for danger in city.dangers.values()),
        "whom": max(_length(city.whom_to_call(key, code)) for key in city.referrals),
    }
    fill["status2"], fill["category2"] = fill["status"], fill["category"]
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


def _words_of(city: City, code: str, beginning: str) -> Iterator[tuple[str, str]]:
    words = city.languages[code].sentences["words"]
    return ((id_, text) for id_, text in words.items() if id_.startswith(beginning))


def _length(text: str) -> int:
    return gsm7_length(text) or 0


def _strange(text: str) -> str:
    return " ".join(sorted({character for character in text if gsm7_length(character) is None}))


def _menus(city: City, code: str, file: TomlFile, report: Report) -> Iterator[str]:
    """The root and every menu as they are heard: few options (V01), short enough (V04), keys in order (V03)."""
    voice = city.languages[code].sentences["voice"]
    usual = [entry for entry in city.menus["root"] if not entry.in_flood]
    root = [_option(city, code, entry.text, str(entry.digit)) for entry in usual]
    flooded = [_option(city, code, entry.text, str(entry.digit)) for entry in city.menus["root"] if entry.in_flood]
    officer = _option(city, code, "officer", "0")
    beginning = [voice["greeting"], root[0]]
    last = [officer, voice["or_say"]]
    heard = {"root": [*beginning, voice["root_english"], *root[1:], *last]}
    heard["root, flood"] = [*beginning, voice["root_english"], *root[1:], *flooded, *last]
    known = [option for entry, option in zip(usual, root, strict=True) if entry.talk != "status"]
    heard["root, own report"] = [
        *beginning,
        voice["root_english"],
        voice["known_report"],
        *known[1:],
        *flooded,
        officer,
    ]
    for name, entries in city.menus.items():
        if name != "root":
            options = [_option(city, code, entry.text, str(entry.digit)) for entry in entries]
            heard[name] = [voice[f"{name}_ask"], *options]
    heard["topic"].append(voice["or_say_matter"])
    for name, parts in heard.items():
        is_root = name.startswith("root")
        count = len(usual if is_root else city.menus[name])
        first, whole = (_filled(city, code, " ".join(said), report) for said in (parts[:2], parts))
        most = ROOT if is_root else SUB_MENU
        menu = Menu(code, name, count, syllables(code, whole), seconds(code, first), seconds(code, whole), most)
        report.menus.append(menu)
        where = f"{file.at('voice', 'greeting' if is_root else f'{name}_ask')}: menu {name}"
        yield from (f"{where} {finding}" for finding in _judged(menu))
        yield from (f"{where} {finding}" for finding in _options(city, code, " ".join(parts)))
        if name == "root, flood":  # one more, and the notice names it
            continue
        if name != "root, own report":  # there key 3 is named where the report is told
            yield from (f"{where} {finding}" for finding in _key_order(city, code, " ".join(parts)))
    yield from (f"{file.at('voice', 'greeting')}: the greeting {finding}" for finding in _greeting(city, code))


def _judged(menu: Menu) -> Iterator[str]:
    if menu.name.startswith("root") and menu.first_seconds > FIRST_OPTION:
        yield f"ends its first option after {menu.first_seconds:.1f} s, {FIRST_OPTION:g} s are the limit"
    if menu.seconds > menu.most:
        yield f"takes {menu.seconds:.1f} s, {menu.most:g} s are the limit"


def _greeting(city: City, code: str) -> Iterator[str]:
    """Nothing but who we are is said before the options (V36)."""
    text = city.text(code, "voice", "greeting")
    if len(_words(text)) > GREETING_WORDS_MOST:
        yield f"has {len(_words(text))} words, {GREETING_WORDS_MOST} are the limit: the options come first"


def _option(city: City, code: str, name: str, key: str) -> str:
    return city.text(code, "voice", "option").format(function=city.text(code, "menu", name), key=key)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_][\w'-]*", re.sub(r"\{\w+\}", "", text))


def _spoken(code: str, id_: str, text: str, city: City, report: Report) -> Iterator[str]:
    """What makes one sentence hard to hear."""
    plain = " ".join(re.findall(r"[\w{}]+", text.lower()))
    for word in (*BANNED.get(code, ()), *ADVERTS.get(code, ())):
        if re.search(rf"\b{word}\b", plain):
            yield f'says "{word}"'
    for sentence in re.split(r"[.?!|]", text):
        if len(_words(sentence)) > WORDS_MOST:
            yield f"has a sentence of {len(_words(sentence))} words, {WORDS_MOST} are the limit"
    if plain.count(ADDRESSED.get(code, "\0")) > 1:
        yield f'says "{ADDRESSED[code]}" more than once'
    if unknown := sorted(placeholders(text) - report.longest[code].keys()):
        yield f"has {{{unknown[0]}}}, whose longest fill is not known"
    yield from _keys(code, id_, text, city)
    yield from _notice(code, text)
    taken, most = seconds(code, _filled(city, code, text, report)), _limit(id_, text)
    report.sentences.append((code, id_, taken, most))
    if taken > most:
        yield f"takes {taken:.1f} s, {most:g} s are the limit"
    if id_ in ("notice", "flood_notice"):
        yield from _announcement(taken, text)


def _limit(id_: str, text: str) -> float:
    if id_ in ("notice", "flood_notice"):
        return ANNOUNCED - MIN_ANNOUNCED
    return SUB_MENU if re.search(r"\d\.", text) and "|" in text else CHUNK


def _announcement(taken: float, text: str) -> Iterator[str]:
    """A notice says its time, and leaves room for what it says (V23)."""
    if "{time}" not in text or "{words}" not in text:
        yield "must say {time} and {words}"
    if taken > ANNOUNCED - MIN_ANNOUNCED:
        yield f"leaves less than {MIN_ANNOUNCED:g} s for what is announced"


def _keys(code: str, id_: str, text: str, city: City) -> Iterator[str]:
    yield from _options(city, code, text)
    if id_ in AT_THE_ROOT:
        named = set(re.findall(rf"{re.escape(_press(city, code))} (\d)", text))
        if strange := named - {str(entry.digit) for entry in city.menus["root"]}:
            yield f"names key {min(strange)}, which the root does not have"
    else:
        yield from _key_order(city, code, text)


def _options(city: City, code: str, text: str) -> Iterator[str]:
    """The function before its key (V02), and a pause between options (V06)."""
    press, to = re.escape(_press(city, code)), city.text(code, "words", "to")
    chunks = [re.findall(rf"([^.?!]*?)\b{press} \d(?! {to} \d)", chunk, re.IGNORECASE) for chunk in text.split("|")]
    if any(len(options) > 1 for options in chunks):
        yield "has two options without a pause between them"
    if any(not before.strip().endswith(",") for options in chunks for before in options):
        yield f'names a key before its function (write "function, {_press(city, code)} 1")'


def _press(city: City, code: str) -> str:
    """The word for pressing a key, as the option template has it."""
    return city.text(code, "voice", "option").split("{function},")[-1].split("{key}")[0].strip()


def _key_order(city: City, code: str, text: str) -> Iterator[str]:
    """Keys ascend from 1 without gaps; 0 comes last (V03), 8 is the other language and stands anywhere; and there are
    no more than a caller can remember (V01)."""
    presses = "|".join(re.escape(_press(city, one)) for one in (code, city.other_language(code)))
    keys = re.findall(rf"\b(?:{presses}) (\d)(?! {city.text(code, 'words', 'to')} \d)", text, re.IGNORECASE)
    own = [int(key) for key in keys if key not in "08"]
    if own != list(range(1, len(own) + 1)):
        yield f"has keys {', '.join(map(str, own))}, which must ascend from 1 without gaps"
    if "0" in keys[:-1]:
        yield "names key 0 before the last option"
    if len(own) > OPTIONS_MOST:
        yield f"has {len(own)} options, at most {OPTIONS_MOST} can be remembered"


def _notice(code: str, text: str) -> Iterator[str]:
    """A recording is announced where there is one and nowhere else, with what it is for, and briefly (V26)."""
    clauses = [clause for clause in re.split(r"[.,?!|]", text.lower()) if RECORDED.get(code, "\0") in clause]
    speaks = TONE.get(code, "\0") in text.lower()
    if code in TONE and speaks != bool(clauses):
        yield "asks to speak without saying that it is recorded" if speaks else "speaks of recording without one"
    for clause in clauses:
        if code in PURPOSE and not re.search(PURPOSE[code], clause):
            yield "says that it records, and not what for"
        if seconds(code, clause) > NOTICE:
            yield f"takes {seconds(code, clause):.1f} s to say that it records, {NOTICE:g} s are the limit"


def _filled(city: City, code: str, text: str, report: Report) -> str:
    """`text` as it is said with the longest thing it can be filled with."""
    longest = report.longest[code]
    return spoken.figures(city, code, re.sub(r"\{(\w+)\}", lambda place: longest.get(place[1], ""), text))


def _longest(city: City, code: str) -> dict[str, str]:
    """What takes longest to say in each place; what the city writes itself is measured where it is written."""

    def slowest(texts: Iterable[str]) -> str:
        return max([*texts, ""], key=lambda text: syllables(code, text))

    days = [date(2026, month, 1) + timedelta(days=day) for month in range(1, 13) for day in range(20, 28)]
    departments = [department.name[code] for department in city.departments.values()]
    states = [text for _, text in _words_of(city, code, "say_")]
    areas = [city.area_name(code, key) for key in (*city.areas, *(area.key for area in city.kecamatan.values()))]
    digit = slowest([spoken.digits(code, str(n)) for n in range(10)])
    longest = {
        "area": slowest(areas),
        "place": slowest([name for referral in city.referrals.values() for name in referral.places]),
        "referral": slowest([referral.say[code] for referral in city.referrals.values()]),
        "date": slowest([spoken.date(city, code, day) for day in days]),
        "target": slowest([spoken.day_soon(city, code, day, day - timedelta(days=9)) for day in days]),
        "day": slowest([spoken.date(city, code, day) for day in days]),
        "daypart": slowest([text for _, text in _words_of(city, code, "daypart_")]),
        "department": slowest(departments),
        "state": slowest([state.format(department=slowest(departments)) for state in states]),
        "status": slowest([text for id_, text in _words_of(city, code, "state_") if id_ not in OVER]),
        "label": slowest([category.label[code] for category in city.categories.values()]),
        "category": slowest([category.spoken[code] for category in city.categories.values()]),
        "mobile": " ".join([digit] * 13),
        "digits": " ".join([digit] * 9),
        "count": spoken.cardinal(code, 999),
        "keys": f"1 {city.text(code, 'words', 'to')} 5",
        "words": "",
        "function": "",
        "key": "",
    }
    longest |= dict.fromkeys(("time", "from", "until"), "20.57")
    longest |= dict.fromkeys(("n1", "n2", "n3"), " ".join([digit] * 3))
    return longest | dict.fromkeys(("a", "b"), longest["area"])


def main() -> int:
    """Print what was measured and what was found."""
    report = examine()
    out = sys.stdout
    for code, id_, length in report.texts:
        out.write(f"{code}  {id_:14} {length:4} of {SEGMENT} characters\n")
    for menu in report.menus:
        out.write(
            f"{menu.language}  {menu.name:18} {menu.options} options, {menu.syllables:3} syllables, "
            f"first option after {menu.first_seconds:4.1f} s, whole {menu.seconds:4.1f} of {menu.most:g} s\n"
        )
    out.write("The sentences nearest to their limit:\n")
    for code, id_, taken, most in sorted(report.sentences, key=lambda one: one[3] - one[2]):
        out.write(f"{code}  {id_:24} {taken:4.1f} of {most:g} s\n")
    for problem in report.problems:
        out.write(f"{problem}\n")
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
