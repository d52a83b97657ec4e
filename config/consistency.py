"""Checks across the city's files, which no single value can show: names meet, menus have no gaps, routing has no holes,
and every language is complete. Each finding is one sentence that begins with file and line."""

import itertools
import re
import string
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from config import clock
from config.city import Category, City, MenuEntry, Referral, Rule, Topic
from config.gsm7 import gsm7_length
from config.keywords import plain_words, squeezed
from config.source_lines import CsvFile, Keys, TomlFile

LABEL_MOST, SHORT_MOST, DO_MOST = 16, 14, 58  # GSM-7 characters in a text message
OPTIONS_MOST = 5  # that a caller can remember; one more while the city is flooded

_KEYED = ("priorities", "departments", "categories", "topics", "dangers", "kecamatan")

# Conversations a menu may lead to; categories that conversations name; menus that they ask, with what an option there
# (or in a menu further down) must lead to. A house test compares all three with the conversations.
TALKS = {"emergency", "report", "status", "information", "proposal"}
_CATEGORIES = {
    "lainnya": "takes what has no other category",
    "pesan-petugas": "takes messages for the officer",
    "usulan": "takes proposals",
    "masukan": "takes what callers say of a handled call",
    "darurat": "takes what somebody in danger writes",
}
# Kinds of danger that texts and callers are understood by.
_DANGERS = {
    **dict.fromkeys(
        ("fire", "gas", "electricity", "water", "medical", "accident", "crime", "home", "child", "self", "animal",
         "collapse"), "what people say is understood as one of them"
    ),
    "other": "it is what is said of any other danger",
}  # fmt: skip
_MENUS = {"root": "talk", "topic": "category", "information": "topic"}

# Sentences that config itself fills in or measures.
_VOICE = ("option", "greeting", "root_english")
_WORDS = (
    *(f"{name}_{n}" for name in ("month", "month_short") for n in range(1, 13)),
    *(f"weekday_{n}" for n in range(1, 8)),
    "digit_0",
    *(f"daypart_{name}" for name in ("morning", "midday", "afternoon", "night")),
    *(f"{name}_spoken" for name in ("date", "day", "time", "hour", "money")),
    *("time_spoken_early", "day_only", "date_short", "date_long", "time", "today", "tomorrow"),
    *("to", "kecamatan", "both_levels"),
)


def placeholders(text: str) -> set[str]:
    """The {names} in `text`; ValueError where a brace stands alone."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def check(city: City, main: TomlFile, areas: CsvFile, landmarks: CsvFile) -> Iterator[str]:
    """Everything wrong between the parts of a city whose values are all well formed."""
    keys = [referral.get("key") for referral in main.data.get("referrals", [])]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            yield f"{main.at('referrals', index, 'key')}: referral {key} is defined twice"
    yield from _check_callbacks(city, main)
    yield from _check_loop(city, main)
    yield from _check_keywords(city, main)
    yield from _check_words(city, main)
    yield from _check_names(city, main)
    yield from _check_categories(city, main)
    yield from _check_routing(city, main)
    yield from _check_menus(city, main)
    yield from _check_topics(city, main)
    yield from _check_areas(city, main, areas, landmarks)


def check_shapes(main: TomlFile, texts: dict[str, TomlFile]) -> Iterator[str]:
    """That what is put together before its values are checked is made of tables at all."""
    yield from _tables(
        main, "city", "emergency", ("city", "name"), "priorities", "departments", "categories", "topics", "dangers"
    )
    yield from _tables(main, "kecamatan", *((part, key) for part in _KEYED for key in main.table(part)))
    referrals = main.data.get("referrals", [])
    if not isinstance(referrals, list) or not all(isinstance(referral, dict) for referral in referrals):
        yield f"{main.at('referrals')}: referrals must be tables, each beginning with [[referrals]]"
    for file in texts.values():
        yield from _tables(file, *file.data, *(("sms", id_) for id_ in file.table("sms")))


def _tables(file: TomlFile, *wanted: str | tuple[str, ...]) -> Iterator[str]:
    for keys in (want if isinstance(want, tuple) else (want,) for want in wanted):
        if not isinstance(file.value(*keys), dict):
            yield f"{file.at(*keys)}: {_dotted(keys)} must be a table"


def check_columns(file: CsvFile, columns: tuple[str, ...], key: str) -> Iterator[str]:
    """Missing columns, cells too many, and a key that is missing or used twice."""
    seen: dict[str, str] = {}
    for column in columns:
        if file.rows and column not in file.rows[0]:
            yield f"{file.name} line 1: column {column} is missing"
    for index, row in enumerate(file.rows):
        name = row.get(key, "")
        if not name or "extra" in row:
            yield f"{file.at(index)}: the row has no {key} or more cells than the header"
        elif name in seen:
            yield f"{file.at(index)}: {key} {name} is already used at {seen[name]}"
        seen[name] = file.at(index)


def check_sentences(texts: dict[str, TomlFile]) -> Iterator[str]:
    """A language is one complete file: every sentence of one is in all, with the same placeholders and night class."""
    if not texts:
        yield "texts line 1: there is no language file"
        return
    sentences = {code: dict(_sentences(file)) for code, file in texts.items()}
    everything = {keys: code for code in reversed(texts) for keys in sentences[code]}
    for code, file in texts.items():
        if file.data.get("language", {}).get("code") != code:
            yield f"{file.at('language', 'code')}: the code of this language must be {code}"
        for keys in (*(("voice", id_) for id_ in _VOICE), *(("words", id_) for id_ in _WORDS)):
            if keys not in sentences[code]:
                yield f"{file.at(keys[0])}: [{keys[0]}] {keys[1]} is missing"
        for keys, owner in everything.items():
            section, id_ = keys
            if keys in sentences[code]:
                yield from _same(file, texts[owner], section, id_)
            else:
                yield f"{file.at(section)}: [{section}] {id_} is missing; {texts[owner].at(*keys)} has it"


def _sentences(file: TomlFile) -> Iterator[tuple[tuple[str, str], Any]]:
    for section, texts in file.data.items():
        if section != "language" and isinstance(texts, dict):
            yield from (((section, id_), text) for id_, text in texts.items())


def _same(file: TomlFile, other: TomlFile, section: str, id_: str) -> Iterator[str]:
    ours, theirs = file.data[section][id_], other.data[section][id_]
    where, there = f"{file.at(section, id_)}: [{section}] {id_}", other.at(section, id_)
    try:
        if difference := _open_places(ours) ^ _open_places(theirs):
            yield f"{where} and {there} differ in {', '.join(f'{{{name}}}' for name in sorted(difference))}"
    except ValueError as error:
        yield f"{where} or {there}: {error}"
    if isinstance(ours, dict) and isinstance(theirs, dict) and ours.get("night") != theirs.get("night"):
        yield f"{where} has another night class than {there}"


def _open_places(text: object) -> set[str]:
    """Placeholders that the hotline fills in; those of the city itself may be used or not."""
    given = text.get("text", "") if isinstance(text, dict) else text
    return placeholders(str(given)) - {"city", "hotline", "hotline_spoken", "emergency", "emergency_spoken"}


def _check_callbacks(city: City, main: TomlFile) -> Iterator[str]:
    """A window fits into the day, and one try comes after the other."""
    rules = city.callbacks
    if rules.minutes > (rules.until_hour - rules.from_hour) * 60:
        where = main.at("callbacks", "minutes")
        yield f"{where}: {rules.minutes} minutes do not fit between {rules.from_hour} and {rules.until_hour} o'clock"
    if list(rules.attempts_after) != sorted(set(rules.attempts_after)):
        yield f"{main.at('callbacks', 'attempts_after')}: callbacks.attempts_after must ascend"


def _check_loop(city: City, main: TomlFile) -> Iterator[str]:
    """Who looks once more at what was not fixed is a department."""
    if city.loop.verification not in city.departments:
        yield f"{main.at('loop', 'verification')}: there is no department {city.loop.verification}"


def _check_keywords(city: City, main: TomlFile) -> Iterator[str]:
    """A word stands for one wish only; STOP, MULAI and danger have words; a text shows a language that there is."""
    seen: dict[tuple[str, ...], str] = {}
    for name, wish in city.keywords.wishes().items():
        for word in wish.own:
            if (other := seen.setdefault(_as_compared(word), name)) != name:
                yield f'{main.at("keywords", name)}: keyword "{word}" is of {name} and of {other}'
        yield from _check_readable(
            main, ("keywords", name), [text for part in wish.model_dump().values() for text in part]
        )
    for name in ("stop", "start"):
        if not city.keywords.wishes()[name].alone:
            yield f"{main.at('keywords', name, 'alone')}: {name} needs a word"
    if not city.keywords.emergency.within:
        yield f"{main.at('keywords', 'emergency', 'within')}: emergency needs a word"
    meant: dict[str, str] = {}
    for word, others in city.keywords.speech.same.items():
        for other in others:
            if (first := meant.setdefault(squeezed(other), word)) != word:
                yield f'{main.at("keywords", "speech", "same", word)}: "{other}" is a spelling of {first} and of {word}'
    for language in city.keywords.speech.languages.keys() ^ city.languages.keys():
        yield f"{main.at('keywords', 'speech', 'languages')}: language {language} must have words, and a file in texts/"


def _as_compared(word: str) -> tuple[str, ...]:
    return tuple(map(squeezed, plain_words(word)))


def _check_readable(main: TomlFile, keys: Keys, texts: list[str]) -> Iterator[str]:
    for text in texts:
        if not plain_words(text):
            yield f'{main.at(*keys)}: "{text}" has no letter by which it could be known'


def _check_words(city: City, main: TomlFile) -> Iterator[str]:
    """A word speaks for one category, for one topic, and for one of those who are responsible where the city is not."""
    named: dict[str, Mapping[str, Category | Topic | Referral]] = {
        "categories": city.categories, "topics": city.topics, "referrals": city.referrals
    }  # fmt: skip
    for part, those in named.items():
        seen: dict[tuple[str, ...], str] = {}
        for nth, (key, one) in enumerate(those.items()):
            place: Keys = (part, nth if part == "referrals" else key, "words")
            yield from _check_readable(main, place, list(one.words))
            for word in one.words:
                if (other := seen.setdefault(_as_compared(word), key)) != key:
                    yield f'{main.at(*place)}: "{word}" is a word of {key} and of {other}'


def _check_names(city: City, main: TomlFile) -> Iterator[str]:
    """Every name has every language, and what goes into a text message fits it."""
    named: list[tuple[Keys, dict[str, str]]] = [(("name",), city.name)]
    named += [(("departments", key, "name"), department.name) for key, department in city.departments.items()]
    for key, category in city.categories.items():
        named += [(("categories", key, part), getattr(category, part)) for part in ("name", "label", "spoken")]
    for index, referral in enumerate(city.referrals.values()):
        named += [(("referrals", index, part), getattr(referral, part)) for part in ("name", "short", "say")]
    named += [(("dangers", key, "do"), danger.do) for key, danger in city.dangers.items()]
    for keys, names in named:
        where = main.at("city", *keys) if keys == ("name",) else main.at(*keys)
        for language in city.languages.keys() - names.keys():
            yield f"{where}: {_dotted(keys)} has no {language}"
        for language in names.keys() - city.languages.keys():
            yield f"{where}: {_dotted(keys)} has {language}, but texts/ has no such language"
        most = {"label": LABEL_MOST, "short": LABEL_MOST, "do": DO_MOST}.get(str(keys[-1]), 0)
        for text in names.values() if most else ():
            yield from _fits(where, keys, text, most)
    for key, department in city.departments.items():
        keys = ("departments", key, "short")
        yield from _fits(main.at(*keys), keys, department.short, SHORT_MOST)


def _fits(where: str, keys: Keys, text: str, most: int) -> Iterator[str]:
    length = gsm7_length(text)
    if length is None:
        yield f'{where}: {_dotted(keys)} "{text}" has a character that is not GSM-7'
    elif not 0 < length <= most:
        yield f'{where}: {_dotted(keys)} "{text}" has {length} characters, at most {most} fit'


def _dotted(keys: Keys) -> str:
    return ".".join(str(key) for key in keys)


def _check_categories(city: City, main: TomlFile) -> Iterator[str]:
    for kind, use in _DANGERS.items():
        if kind not in city.dangers:
            yield f"{main.at('dangers')}: kind of danger {kind} is missing; {use}"
    if "call-centre" not in city.departments:
        yield f"{main.at('departments')}: department call-centre is missing; it takes what cannot be routed"
    for key, use in _CATEGORIES.items():
        if key not in city.categories:
            yield f"{main.at('categories')}: category {key} is missing; it {use}"
    for key, category in city.categories.items():
        if category.confidential and not category.readers:
            where = main.at("categories", key, "confidential")
            yield f"{where}: category {key} is confidential, so it must name its readers"
        if category.danger and category.danger not in city.dangers:
            where = main.at("categories", key, "danger")
            yield f"{where}: category {key} names danger {category.danger}, which is not defined"
        if category.priority not in city.priorities:
            where = main.at("categories", key, "priority")
            yield f"{where}: category {key} names priority {category.priority}, which is not defined"
        if category.owner is None:
            yield from _check_cover(city, key, main.at("categories", key))
        elif category.owner not in city.departments:
            where = main.at("categories", key, "owner")
            yield f"{where}: category {key} names department {category.owner}, which is not defined"


def _check_cover(city: City, key: str, where: str) -> Iterator[str]:
    """A category without an owner needs whole-city rules that leave no day out from the first on, today included."""
    rules = [rule for rule in city.routing if rule.category == key and not _narrow(rule)]
    rules.sort(key=lambda rule: rule.valid_from)
    if not any(rule.holds(clock.local(clock.now()).date()) for rule in rules):
        yield f"{where}: category {key} has neither an owner nor a routing rule for the whole city today"
    for earlier, later in itertools.pairwise(rules):
        if earlier.valid_until and later.valid_from > earlier.valid_until + timedelta(days=1):
            yield f"{where}: category {key} has no department between {earlier.valid_until} and {later.valid_from}"
    if rules and rules[-1].valid_until:
        yield f"{where}: category {key} has no department after {rules[-1].valid_until}"


def _narrow(rule: Rule) -> set[tuple[str, str]]:
    """The areas a rule is limited to; empty for the whole city."""
    return {("kelurahan", key) for key in rule.kelurahan} | {("kecamatan", name) for name in rule.kecamatan}


def _check_routing(city: City, main: TomlFile) -> Iterator[str]:
    for index, rule in enumerate(city.routing):
        names = {
            "category": {rule.category} - city.categories.keys(),
            "department": {rule.department} - city.departments.keys(),
            "kelurahan": set(rule.kelurahan) - city.areas.keys(),
            "kecamatan": set(rule.kecamatan) - city.kecamatan.keys(),
        }
        for part, unknown in names.items():
            for name in sorted(unknown):
                where = main.at("routing", index, part)
                yield f"{where}: the routing of category {rule.category} names {part} {name}, which is not defined"
        if rule.valid_until and rule.valid_until < rule.valid_from:
            where = main.at("routing", index, "valid_until")
            yield f"{where}: the routing of category {rule.category} ends before it begins"
        for earlier in city.routing[:index]:
            if _meet(earlier, rule):
                where = main.at("routing", index, "valid_from")
                yield (
                    f"{where}: the routing of category {rule.category} to {rule.department} overlaps that "
                    f"to {earlier.department} from {earlier.valid_from}"
                )


def _meet(one: Rule, other: Rule) -> bool:
    """Whether both claim the same report: category, a day, and a common area or both the whole city."""
    days = one.valid_from <= (other.valid_until or date.max) and other.valid_from <= (one.valid_until or date.max)
    places = _narrow(one) & _narrow(other) or _narrow(one) == _narrow(other)
    return one.category == other.category and days and bool(places)


def _check_menus(city: City, main: TomlFile) -> Iterator[str]:
    for menu in _MENUS:
        if not city.menus.get(menu):
            yield f"{main.at('menus')}: menu {menu} is missing; every call needs it"
    if (first := next(iter(city.menus.get("root", ())), None)) and first.talk != "emergency":
        yield f"{main.at('menus', 'root', 0, 'talk')}: key 1 of the root is the emergency, always"
    goals = {name: goal for menu, goal in _MENUS.items() for name in (menu, *_asked_from(city, menu))}
    for menu, entries in city.menus.items():
        usual = [entry for entry in entries if not entry.in_flood]
        if len(usual) > OPTIONS_MOST or len(entries) > OPTIONS_MOST + 1:
            where = main.at("menus", menu, len(entries) - 1)
            yield f"{where}: menu {menu} has {len(entries)} options, at most {OPTIONS_MOST} can be remembered"
        if usual != list(entries[: len(usual)]):
            yield f"{main.at('menus', menu)}: what menu {menu} has only in a flood comes last"
        if menu != "root":
            yield from _check_sentence(city, main.at("menus", menu), "voice", f"{menu}_ask")
        if menu in _asked_from(city, menu):
            yield f"{main.at('menus', menu)}: menu {menu} leads back to itself"
        for index, entry in enumerate(entries):
            where = main.at("menus", menu, index, "digit")
            if entry.digit in [before.digit for before in entries[:index]]:
                yield f"{where}: menu {menu} has digit {entry.digit} twice"
            elif entry.digit != index + 1:
                yield f"{where}: menu {menu} must have digit {index + 1} here, digits ascend without gaps"
            yield from _check_entry(city, main, (menu, index), entry)
            yield from _check_goal(main.at("menus", menu, index), menu, entry, goals.get(menu))


def _check_goal(where: str, menu: str, entry: MenuEntry, wanted: str | None) -> Iterator[str]:
    """An option leads to one thing, and to what the conversation that asks its menu can use."""
    found = [name for name in ("category", "ask", "topic", "talk") if getattr(entry, name) is not None]
    straight = menu == "root" and entry.talk == "report"  # to the report of one matter
    if straight and found == ["category", "talk"]:
        return
    if len(found) != 1:
        yield f"{where}: option {entry.digit} of menu {menu} needs one of category, ask, topic and talk"
    elif wanted and found != [wanted] and (found != ["ask"] or menu == "root"):
        yield f"{where}: option {entry.digit} of menu {menu} has {found[0]}, it needs {wanted}"


def _check_entry(city: City, main: TomlFile, at: tuple[str, int], entry: MenuEntry) -> Iterator[str]:
    menu = at[0]
    if entry.talk is not None and entry.talk not in TALKS:
        where = main.at("menus", *at, "talk")
        yield f"{where}: menu {menu} names talk {entry.talk}; there are {', '.join(sorted(TALKS))}"
    if entry.topic is not None and entry.topic not in city.topics:
        yield f"{main.at('menus', *at, 'topic')}: menu {menu} names topic {entry.topic}, which is not defined"
    if entry.category is not None and entry.category not in city.categories:
        where = main.at("menus", *at, "category")
        yield f"{where}: menu {menu} names category {entry.category}, which is not defined"
    if entry.ask is not None and entry.ask not in city.menus:
        yield f"{main.at('menus', *at, 'ask')}: menu {menu} asks menu {entry.ask}, which is not defined"
    yield from _check_sentence(city, main.at("menus", *at, "text"), "menu", entry.text)


def _asked_from(city: City, menu: str) -> set[str]:
    """Every menu that `menu` can lead to."""
    found: set[str] = set()
    waiting = [menu]
    while waiting:
        asked = {entry.ask for entry in city.menus.get(waiting.pop(), ()) if entry.ask} - found
        found |= asked
        waiting += asked
    return found


def _check_topics(city: City, main: TomlFile) -> Iterator[str]:
    for key, topic in city.topics.items():
        where = main.at("topics", key)
        for section in ("voice", "sms"):
            yield from _check_sentence(city, where, section, f"info_{key}")
        named = (("department", topic.department, city.departments), ("category", topic.category, city.categories))
        for part, name, known in named:
            if name is not None and name not in known:
                yield f"{main.at('topics', key, part)}: topic {key} names {part} {name}, which is not defined"
        if topic.until and topic.as_of and topic.until < topic.as_of:
            yield f"{main.at('topics', key, 'until')}: topic {key} ends before it is true"


def _check_sentence(city: City, where: str, section: str, id_: str) -> Iterator[str]:
    for code, language in city.languages.items():
        if id_ not in dict(language.sentences).get(section, {}):  # type: ignore[call-overload]
            yield f"{where}: text {id_} is missing in [{section}] of {code}.toml"


def _check_areas(city: City, main: TomlFile, areas: CsvFile, landmarks: CsvFile) -> Iterator[str]:
    for index, area in enumerate(city.areas.values()):
        if area.kecamatan not in city.kecamatan:
            yield f"{areas.at(index)}: {area.key} is in kecamatan {area.kecamatan}, which hotline.toml does not define"
        if not area.kelurahan or not re.fullmatch("[a-z0-9]+", area.key):
            yield f"{areas.at(index)}: {area.key} needs a name, and a key of small letters and digits"
    for name in city.kecamatan.keys() - {area.kecamatan for area in city.areas.values()}:
        yield f"{main.at('kecamatan', name)}: kecamatan {name} has no kelurahan in areas.csv"
    keys = city.areas.keys() | {area.key for area in city.kecamatan.values()}
    for index, landmark in enumerate(city.landmarks):
        if landmark.area not in keys:
            yield f"{landmarks.at(index)}: landmark {landmark.name} is in {landmark.area}, which is not defined"
