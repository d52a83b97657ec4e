"""Rules that no single file can keep: every webhook is guarded, every queue has its workers, every setting is written
down, the migrations are the models, and no sentence lives outside texts/ and templates."""

import ast
import configparser
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from people import House

from config.hotline import city
from config.settings import ROOT, Settings
from ivr.channels import CHANNELS
from ivr.channels.guard import Fields
from ivr.conversations import CONVERSATIONS
from ticketing import schema
from workers import outbox

OUR_CODE = [
    path
    for room in ("ivr/talk.py", "ivr/conversations", "ivr/channels", "ticketing", "workers")
    for path in ([ROOT / room] if room.endswith(".py") else sorted((ROOT / room).rglob("*.py")))
]


# -- webhooks ------------------------------------------------------------------------------------------------------


def test_every_webhook_is_guarded(sqlite_house: House) -> None:
    app, names = sqlite_house.app, {channel.name for channel in CHANNELS}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in names]
    posts = [rule for rule in rules if "POST" in (rule.methods or ())]
    assert len(posts) >= 11
    unguarded = [
        rule.rule for rule in posts if not isinstance(getattr(app.view_functions[rule.endpoint], "guarded", 0), Fields)
    ]
    assert unguarded == []
    others = {rule.rule for rule in rules if (rule.methods or set()) - {"POST", "OPTIONS"}}
    assert others == {"/voice/clips/<language>/<path:name>"}, "a channel answers nothing else without a signature"


def test_nothing_else_in_the_house_takes_a_post(sqlite_house: House) -> None:
    names = {channel.name for channel in CHANNELS}
    posts = {rule.endpoint for rule in sqlite_house.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert {endpoint for endpoint in posts if endpoint.partition(".")[0] not in names} == set()


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
    assert sorted(started) == sorted([*outbox.QUEUES, "sweep"])


def test_every_promise_goes_into_a_queue_that_exists() -> None:
    named = {
        keyword.value.value
        for path in OUR_CODE
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "promise"
        for keyword in call.keywords
        if keyword.arg == "queue" and isinstance(keyword.value, ast.Constant)
    }
    assert named == set(outbox.QUEUES)


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


SAYING = {"say": (0,), "finish": (0,), "digits": (1,), "words": (1,), "record": (1,), "line": (0,)}


def test_every_sentence_that_is_said_exists_in_every_language() -> None:
    asked: set[str] = set()
    for path in (ROOT / "ivr").rglob("*.py"):
        if "simulator" in path.parts:
            continue
        for call in ast.walk(ast.parse(path.read_text())):
            name = getattr(getattr(call, "func", None), "attr", "")
            for at in SAYING.get(name, ()):
                if isinstance(call, ast.Call) and len(call.args) > at:
                    value = call.args[at]
                    choices = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
                    asked |= {str(one.value) for one in choices if isinstance(one, ast.Constant)}
    assert {"greeting", "place_again", "record_again", "no_sound", "trouble", "mobile_ask"} <= asked
    for language in city().languages:
        missing = [id_ for id_ in sorted(asked) if not city().text(language, "voice", id_)]
        assert missing == []


def test_every_menu_can_be_asked_in_every_language() -> None:
    file = tomllib.loads((ROOT / "config/hotline.toml").read_text())
    for language in city().languages:
        for name in file["menus"]:
            assert city().text(language, "voice", f"{name}_ask")
            assert all(city().text(language, "menu", entry.text) for entry in city().menu(name))


def test_every_conversation_is_in_the_list() -> None:
    for name, conversation in CONVERSATIONS.items():
        assert conversation.__name__ == name
        assert conversation.__module__ == f"ivr.conversations.{name}"
