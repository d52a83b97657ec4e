"""Rules that no single file can keep: every webhook is guarded, every queue has its workers, every setting is written
down, the migrations are the models, and no sentence lives outside texts/ and templates."""

import ast
import configparser
import dataclasses
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from people import House

from config import consistency
from config.hotline import city
from config.settings import ROOT, Settings
from ivr.channels import CHANNELS, aggregator
from ivr.channels.guard import Fields
from ivr.conversations import CONVERSATIONS
from ticketing.database import schema
from ticketing.messages import announcements
from ticketing.outgoing import kinds
from ticketing.rules import lifecycle, routing
from ticketing.tickets import news
from ticketing.web.residents import actions
from workers import outbox
from workers.kinds import SENDERS, Sender

OUR_CODE = [
    path
    for room in ("ivr/talk.py", "ivr/conversations", "ivr/channels", "ticketing", "workers")
    for path in ([ROOT / room] if room.endswith(".py") else sorted((ROOT / room).rglob("*.py")))
]


# -- webhooks ------------------------------------------------------------------------------------------------------


def _is_guarded(view: Any) -> bool:
    """By the carrier's signature and a schema of its fields, or by the aggregator's signature."""
    guard = getattr(view, "guarded", None)
    return isinstance(guard, Fields) or guard is aggregator.signed


def test_every_webhook_is_guarded(sqlite_house: House) -> None:
    app, names = sqlite_house.app, {channel.name for channel in CHANNELS}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in names]
    posts = [rule for rule in rules if "POST" in (rule.methods or ())]
    assert len(posts) >= 11
    unguarded = [rule.rule for rule in posts if not _is_guarded(app.view_functions[rule.endpoint])]
    assert unguarded == []
    others = {rule.rule for rule in rules if (rule.methods or set()) - {"POST", "OPTIONS"}}
    assert others == {"/voice/clips/<language>/<path:name>"}, "a channel answers nothing else without a signature"


def test_nothing_else_in_the_house_takes_a_post(sqlite_house: House) -> None:
    names = {channel.name for channel in CHANNELS}
    posts = {rule.endpoint for rule in sqlite_house.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    from_residents = {"forms.send", "finding.find"}  # whoever holds the link of a ticket, or proves that it is theirs
    assert {endpoint for endpoint in posts if endpoint.partition(".")[0] not in names} == from_residents


# -- texts ---------------------------------------------------------------------------------------------------------


def answering(paths: list[Path]) -> set[str]:
    """The files that say what is told from here on answers a text."""
    return {
        path.name
        for path in paths
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and called(call.func) == "answering"
    }


def test_only_who_reads_a_text_says_that_it_is_being_answered(tmp_path: Path) -> None:
    """Whatever is told meanwhile passes by STOP and the night, so one place decides when that is, and one more where a
    cry for help was heard."""
    assert answering([path for room in ("workers", "ivr", "ticketing") for path in (ROOT / room).rglob("*.py")]) == {
        "chats.py",
        "alarms.py",
    }
    planted = tmp_path / "planted.py"
    planted.write_text("texts.answering(session, message)\n")
    assert answering([planted]) == {"planted.py"}


# -- queues --------------------------------------------------------------------------------------------------------


def programs() -> dict[str, str]:
    """The commands of processes.conf."""
    parser = configparser.RawConfigParser()
    parser.read(ROOT / "processes.conf")
    return {
        name.partition(":")[2]: parser[name]["command"] for name in parser.sections() if name.startswith("program:")
    }


def test_every_queue_is_listened_to_and_every_worker_listens_to_one() -> None:
    started = [found[1] for command in programs().values() if (found := re.search(r"-m workers (\S+)$", command))]
    assert sorted(started) == sorted(outbox.QUEUES)


def unfit_kinds(lines: Iterable[tuple[str, kinds.Kind]], modules: Iterable[tuple[str, Sender]]) -> list[str]:
    """What is wrong with the kinds of rows: each has one line, one module and a queue that workers listen to."""
    lines, modules = list(lines), list(modules)
    named, kept = Counter(name for name, _ in lines), Counter(name for name, _ in modules)
    keepers = Counter(str(getattr(module, "__name__", "")) for _, module in modules)
    return [
        *(
            f"{name}: {named[name]} lines, {kept[name]} modules"
            for name in sorted(named | kept)
            if named[name] != 1 or kept[name] != 1
        ),
        *(f"{module} keeps {count} kinds" for module, count in sorted(keepers.items()) if count != 1),
        *(f"{name}: no worker listens to {kind.queue}" for name, kind in lines if kind.queue not in outbox.QUEUES),
        *(f"nothing waits in {queue}" for queue in outbox.QUEUES if queue not in {kind.queue for _, kind in lines}),
    ]


def test_every_kind_of_row_has_one_line_one_module_and_a_queue_that_exists() -> None:
    assert len(kinds.KINDS) >= 10
    assert unfit_kinds(kinds.KINDS.items(), SENDERS.items()) == []
    assert kinds.KINDS["alert"].budget == announcements.LONGEST


def test_every_promise_names_a_kind_that_exists() -> None:
    named = {
        call.args[1].value
        for path in OUR_CODE
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "promises.promise"
        if isinstance(call.args[1], ast.Constant)
    }
    assert {"recording", "photo", "news", "rescue"} <= named <= kinds.KINDS.keys()


def test_the_check_of_kinds_finds_each_fault() -> None:
    lines, modules = list(kinds.KINDS.items()), list(SENDERS.items())
    sms, sender = kinds.KINDS["sms"], SENDERS["sms"]
    assert unfit_kinds(lines[1:], modules) == ["sms: 0 lines, 1 modules"]
    assert unfit_kinds(lines, modules[1:]) == ["sms: 1 lines, 0 modules"]
    assert unfit_kinds([*lines, ("sms", sms)], modules) == ["sms: 2 lines, 1 modules"]
    assert unfit_kinds([*lines, ("fax", sms)], [*modules, ("fax", sender)]) == ["workers.senders.sms keeps 2 kinds"]
    pigeon = dataclasses.replace(sms, queue="pigeons")
    assert unfit_kinds([("sms", pigeon), *lines[1:]], modules) == ["sms: no worker listens to pigeons"]
    no_texts = [
        (name, dataclasses.replace(kind, queue="dispatch")) for name, kind in lines if kind.queue != "recordings"
    ]
    assert "nothing waits in texts" in unfit_kinds(no_texts, modules)


# -- settings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["docs/running.md", ".env.example"])
def test_every_setting_is_written_down(name: str) -> None:
    path = ROOT / name
    written = set(re.findall(r"\b[A-Z][A-Z0-9_]+\b", path.read_text() if path.exists() else ""))
    missing = sorted({field.upper() for field in Settings.model_fields} - written)
    assert missing == [], f"{name} does not name {', '.join(missing)}"


def test_the_example_names_no_setting_that_does_not_exist() -> None:
    set_there = re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.M)
    assert sorted(set(set_there) - {field.upper() for field in Settings.model_fields}) == []


# -- the database --------------------------------------------------------------------------------------------------


def test_there_is_one_newest_migration() -> None:
    script = ScriptDirectory(str(Path(schema.__file__).parent / "migrations"))
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_the_migrations_are_the_models(house: House) -> None:
    assert schema.current() == schema.head()
    schema.compare()


# -- sentences -----------------------------------------------------------------------------------------------------


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """Every text in the code that is not a docstring."""
    tree = ast.parse(path.read_text())
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    doc = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in doc:
            yield node.lineno, node.value


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{2,}", text.lower()))


def said_in(language: str) -> set[str]:
    """Every word of a language file."""
    file = tomllib.loads((ROOT / f"config/texts/{language}.toml").read_text())
    return {word for section in file.values() for text in section.values() for word in words(str(text))}


def test_no_sentence_is_outside_the_texts() -> None:
    indonesian = said_in("id") - said_in("en")
    assert {"laporan", "silakan", "sudah", "kami"} <= indonesian
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text[:60]}"
        for path in OUR_CODE
        for line, text in literals(path)
        if len(words(text) & indonesian) >= 4
    ]
    assert found == []


def test_the_check_for_sentences_finds_one(tmp_path: Path) -> None:
    path = tmp_path / "planted.py"
    path.write_text('"""Laporan sudah kami terima."""\nx = "Laporan sudah kami terima"\n')
    assert [line for line, text in literals(path) if len(words(text) & (said_in("id") - said_in("en"))) >= 4] == [2]


# Where a sentence of [voice] is named: the function, and which of its arguments it is.
SAYING = {
    "say": 0, "finish": 0, "digits": 1, "words": 1, "record": 1, "line": 0, "asked_number": 1, "remark": 3,
    "_instead": 1, "recorded_by": 0,
}  # fmt: skip
KEYED = ("ask", "again", "confirm")  # the sentences about a number that is keyed


def said(path: Path) -> Iterator[str]:
    """Every sentence of [voice] that this module says by name."""
    for call in ast.walk(ast.parse(path.read_text())):
        if isinstance(call, ast.Call):
            name, args = called(call.func), call.args
            if name == "partial" and called(args[0]) == "say":  # partial(menus.say, talk, "review")
                name, args = "say", args[2:]
            if name in SAYING:
                until = None if name == "finish" else SAYING[name] + 1
                yield from (text for arg in args[SAYING[name] : until] for text in constants(arg))
            if name == "keyed":
                yield from (f"{base}_{part}" for base in constants(args[1]) for part in KEYED)


def called(function: ast.expr) -> str:
    return getattr(function, "attr", "") or getattr(function, "id", "")


def constants(value: ast.expr) -> set[str]:
    if isinstance(value, ast.IfExp):
        return constants(value.body) | constants(value.orelse)
    return {value.value} if isinstance(value, ast.Constant) and isinstance(value.value, str) else set()


OUR_VOICE = [path for path in sorted((ROOT / "ivr").rglob("*.py")) if "simulator" not in path.parts]


def test_every_state_has_its_words_in_every_language() -> None:
    for language in city().languages.values():
        for state in lifecycle.STATES:
            assert language.sentences["words"][f"state_{state}"]
            assert language.sentences["words"][f"say_{state}"]
            assert language.sentences["page"][f"about_{state}"]


def test_every_text_that_is_looked_up_by_name_exists() -> None:
    named = set[tuple[str, str]]()
    for room in ("config", "ticketing", "workers", "ivr"):
        for path in (ROOT / room).rglob("*.py"):
            for call in ast.walk(ast.parse(path.read_text())):
                if isinstance(call, ast.Call) and called(call.func) == "text" and len(call.args) == 3:
                    named |= {(section, id_) for section in constants(call.args[1]) for id_ in constants(call.args[2])}
    assert {("words", "to"), ("words", "money_spoken"), ("mail", "silent"), ("voice", "option")} <= named
    for language in city().languages.values():
        assert [name for name in sorted(named) if name[1] not in language.sentences.get(name[0], {})] == []


def test_every_sentence_that_is_said_exists_in_every_language() -> None:
    asked = {id_ for path in OUR_VOICE for id_ in said(path)}
    one_of_each_kind = {
        "greeting", "place_again", "no_sound", "trouble", "officer_whisper", "mobile_ask", "callback_confirm", "review",
        "info_menu_department", "info_menu", "status_number", "record_unfixed", "record_again", "officers_closed",
    }  # fmt: skip
    assert one_of_each_kind <= asked
    for language in city().languages:
        assert sorted(asked - city().languages[language].sentences["voice"].keys()) == []


def test_every_sentence_is_given_what_it_says() -> None:
    """Where the fills are written out; a place left open would break the call."""
    asked = [(id_, given) for path in OUR_VOICE for id_, given in filled(path)]
    assert ("place_last", {"area"}) in asked
    assert ("department_closed", None) in asked
    for language in city().languages.values():
        for id_, given in asked:
            places = consistency.placeholders(language.sentences["voice"][id_])
            assert given is None or places <= given, f"{id_} of {language.code}.toml is given {given}, it says {places}"


def filled(path: Path) -> Iterator[tuple[str, set[str] | None]]:
    """The sentences that are said by name, with the names of their fills; None where those are put together."""
    for call in ast.walk(ast.parse(path.read_text())):
        if isinstance(call, ast.Call):
            name, args = called(call.func), call.args
            if name == "partial" and called(args[0]) == "say":
                name, args = "say", args[2:]
            names = {keyword.arg for keyword in call.keywords}
            if name in ("say", "line") and args:
                given = None if None in names else {str(one) for one in names} - {"slow", "foreign"}
                yield from ((id_, given) for id_ in constants(args[0]))


def test_the_check_for_what_is_said_finds_each_way_of_saying_it(tmp_path: Path) -> None:
    path = tmp_path / "planted.py"
    path.write_text(
        'talk.say("a" if x else "b")\ntalk.finish("c", "d", time="no")\npartial(menus.say, talk, "e", time="no")\n'
        'partial(_exists, talk, "no")\nkeyed(talk, "f", wants_sms=True)\ntalk.digits(f"no {n}", "g", most=9)\n'
    )
    assert sorted(said(path)) == ["a", "b", "c", "d", "e", "f_again", "f_ask", "f_confirm", "g"]


def named_somewhere() -> set[str]:
    """Every name that the code or a template could mean a text by."""
    found: set[str] = set()
    for room in (ROOT / name for name in ("config", "ticketing", "workers", "ivr")):
        code = (path for path in room.rglob("*.py") if path.name != "consistency.py")
        found |= {text for path in code for _, text in literals(path)}
        found |= {word for path in room.rglob("templates/*.*") for word in re.findall(r"\w+", path.read_text())}
    return found


def families() -> dict[str, str]:
    """Texts whose names are put together from what the city or a table of the code names."""
    topics, menus, states = map("|".join, (city().topics, city().menus, lifecycle.STATES))
    return {
        "voice": rf"({menus})_ask|info_({topics})|(mobile|callback)_({'|'.join(KEYED)})",
        "sms": rf"info_({topics})|SMS\d\db",  # one way, by messages.body
        "menu": "|".join(entry.text for entries in city().menus.values() for entry in entries),
        "words": rf"(month|month_short|weekday)_\d+|daypart_\w+|(state|say)_({states})",
        "page": rf"about_({states})|step_(done|now|next)|score_[1-5]|(sent|next)_({'|'.join(actions.OUTCOMES)})",
        "mail": "-",
    }


def test_no_text_is_there_for_nobody() -> None:
    named = named_somewhere()
    assert {"goodbye", "SMS28", "officer", "intro"} <= named
    assert "a_text_that_nobody_says" not in named
    for section, family in families().items():
        for language in city().languages.values():
            dead = [id_ for id_ in language.sentences[section] if id_ not in named and not re.fullmatch(family, id_)]
            assert dead == [], f"[{section}] of {language.code}.toml"


def test_a_sentence_that_is_said_by_a_variable_is_named_where_voices_are() -> None:
    """What no check above can follow is a name in the rooms that speak; anything else is dead."""
    named = {text for path in (*OUR_VOICE, ROOT / "ticketing/tickets/moves.py") for _, text in literals(path)}
    asked = {id_ for path in OUR_VOICE for id_ in said(path)}
    ids = city().languages["id"].sentences["voice"]
    left = [id_ for id_ in ids if id_ not in asked and not re.fullmatch(families()["voice"], id_)]
    assert [id_ for id_ in left if id_ not in named] == []
    assert len(left) < 24, left


# -- what a conversation remembers ---------------------------------------------------------------------------------

OF_A_DICT = {"get", "pop", "popitem", "update", "setdefault", "items", "keys", "values", "copy"}
AROUND_A_TYPE = {"loads", "dumps", "dict", "vars", "getattr", "setattr", "hasattr"}


def read_by_key(path: Path) -> Iterator[int]:
    """The lines that reach past the fields of a memory, for its keys or its text."""
    tree = ast.parse(path.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lines = set[int]()
    for scope in (tree, *functions):
        named = {"memory", *(_memories(scope) if scope is not tree else ())}
        lines |= {node.lineno for node in ast.walk(scope) if isinstance(node, ast.expr) and _reaches(node, named)}
    yield from sorted(lines)


def _memories(function: ast.AST) -> Iterator[str]:
    """The names that are given a memory here."""
    for node in ast.walk(function):
        if isinstance(node, ast.arg) and node.annotation and re.search(r"\bMemory\b", ast.unparse(node.annotation)):
            yield node.arg
        if isinstance(node, ast.Assign) and _is_memory(node.value, set()):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _is_memory(value: ast.expr, named: set[str]) -> bool:
    if isinstance(value, ast.BoolOp):
        return any(_is_memory(one, named) for one in value.values)
    if isinstance(value, ast.Call):
        return called(value.func) in ("remembered", "Memory")
    return getattr(value, "attr", "") == "memory" or getattr(value, "id", "") in named


def _reaches(node: ast.expr, named: set[str]) -> bool:
    if isinstance(node, ast.Subscript):
        return _is_memory(node.value, named)
    if isinstance(node, ast.Dict):
        return any(key is None and _is_memory(value, named) for key, value in zip(node.keys, node.values, strict=True))
    if isinstance(node, ast.Compare):
        tests = zip(node.ops, node.comparators, strict=True)
        return any(isinstance(test, ast.In | ast.NotIn) and _is_memory(value, named) for test, value in tests)
    if isinstance(node, ast.Call) and called(node.func) in AROUND_A_TYPE:
        return any(_is_memory(value, named) for value in node.args)
    method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in OF_A_DICT
    return method and _is_memory(node.func.value, named)  # type: ignore[attr-defined]


def test_nobody_reads_a_memory_by_its_keys() -> None:
    its_own = ROOT / "ticketing/calls/memory.py"
    code = [path for room in ("config", "ticketing", "workers", "ivr", "bench") for path in (ROOT / room).rglob("*.py")]
    assert its_own in code
    found = [f"{path.relative_to(ROOT)}:{line}" for path in code if path != its_own for line in read_by_key(path)]
    assert found == []


@pytest.mark.parametrize(
    "fault",
    [
        'memory["turn"]', 'talk.memory["turn"] = 1', 'talk.memory.get("node")', 'remembered(call).get("node")',
        '(remembered(call) or Memory())["node"]', 'about.pop("turn")', 'given["turn"]', '{**about, "turn": 1}',
        '"turn" in about', "json.loads(call.memory)", 'getattr(given, "turn")',
    ],
)  # fmt: skip
def test_the_check_for_keys_of_a_memory_finds_each_way(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "planted.py"
    fine = ("details['turn']", "call.memory = about.written()", "about.visits[0]", "given.counts.get('report')")
    lines = ("def planted(given: Memory | None) -> None:", "about = remembered(call)", *fine, fault)
    path.write_text("\n    ".join(lines))
    assert list(read_by_key(path)) == [7]


# -- tools of tests ------------------------------------------------------------------------------------------------

ROOMS = ("config", "ticketing", "workers", "ivr")
FOR_TESTS = {"unittest", "mock", "pytest", "time_machine", "hypothesis"}


def imported(path: Path) -> set[str]:
    """The packages that this module imports, wherever in it."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = [name.name for node in nodes if isinstance(node, ast.Import) for name in node.names]
    names += [str(node.module) for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    return {name.partition(".")[0] for name in names}


def test_nothing_that_is_shipped_imports_a_tool_of_tests() -> None:
    """What an explorer must change is handed in: `clock.frozen`, `settings_with`, `answer_turn(render=...)`."""
    paths = [ROOT / "wsgi.py", *(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))]
    assert len(paths) > 150
    assert [
        (str(path.relative_to(ROOT)), imported(path) & FOR_TESTS) for path in paths if imported(path) & FOR_TESTS
    ] == []


@pytest.mark.parametrize(
    "planted",
    ["import unittest.mock", "from unittest.mock import patch", "def f():\n    from unittest import mock as m"],
)
def test_the_check_for_tools_of_tests_finds_one(tmp_path: Path, planted: str) -> None:
    path = tmp_path / "planted.py"
    path.write_text(f"import os\n{planted}\n")
    assert imported(path) & FOR_TESTS == {"unittest"}


# -- conversations -------------------------------------------------------------------------------------------------


def test_every_menu_can_be_asked_in_every_language() -> None:
    file = tomllib.loads((ROOT / "config/hotline.toml").read_text())
    assert {"root", "topic", "other", "information"} <= set(file["menus"])
    for language in city().languages:
        for name in file["menus"]:
            assert city().text(language, "voice", "greeting" if name == "root" else f"{name}_ask")
            assert all(city().text(language, "menu", entry.text) for entry in city().menu(name))


def test_every_conversation_is_in_the_list() -> None:
    for name, conversation in CONVERSATIONS.items():
        assert conversation.__name__ == name
        assert conversation.__module__ == f"ivr.conversations.{name}"


# Conversations that no menu may lead to, and what does.
LED_TO_BY = {
    "main": "the beginning of a call, and * at a first question",
    "person": "key 0 everywhere",
    "message": "nobody could be reached",
    "callback": "nobody could be reached, or a department is closed",
    "survey": "a talk that is over",
    "department": "information, which names the department",
    "news": "a call of ours to somebody whom no text reaches",
    "alarm": "a call of ours to the duty team about danger",
}


def test_menus_may_lead_to_every_other_conversation() -> None:
    """config/ may not look into ivr/, so its list of talks is written down there and compared here."""
    assert set(CONVERSATIONS) - consistency.TALKS == set(LED_TO_BY)
    assert set(CONVERSATIONS) >= consistency.TALKS
    used = {entry.talk for entries in city().menus.values() for entry in entries if entry.talk}
    assert used == consistency.TALKS, "a conversation that no menu leads to"


def test_categories_and_menus_that_conversations_name_are_those_that_the_city_must_have() -> None:
    paths = [
        *sorted((ROOT / "ivr/conversations").glob("*.py")),
        *sorted((ROOT / "ivr/conversations/parts").glob("*.py")),
        ROOT / "ivr/understanding/intents.py",
    ]
    named = {text for path in paths for _, text in literals(path)} | {news.PROPOSAL, routing.EMERGENCY}
    assert set(city().categories) & named == set(consistency._CATEGORIES)
    assert set(consistency._MENUS) <= named
