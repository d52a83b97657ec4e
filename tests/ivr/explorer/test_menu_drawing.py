"""The drawing of the voice menu: every question once, every answer leads to a number that exists, and what callers hear
is there word for word."""

import json
import logging
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from people import use

from config import logs
from config.hotline import city
from config.settings import ROOT, settings
from ivr.commands.menu import menu_command
from ivr.explorer import as_svg, as_text, scenarios, tree
from ivr.explorer.tree import Node, Sentence, Tree

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def no_house(tmp_path: Path) -> Iterator[None]:
    use(DATABASE_URL="sqlite:////nowhere/hotline.db", REDIS_URL="unix:///nowhere", VAR_DIR=str(tmp_path))
    logs.set_up(logging.ERROR)
    yield
    logs.set_up()


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    before = dict(os.environ)
    use(DATABASE_URL="sqlite:////nowhere/hotline.db", VAR_DIR=str(tmp_path_factory.mktemp("var")))
    logs.set_up(logging.ERROR)
    found = tree.grow("id", scenarios.WORLDS[:1])
    os.environ.clear()
    os.environ.update(before)
    settings.cache_clear()
    return found


def test_every_question_stands_there_once_in_full(grown: Tree) -> None:
    lines = as_text.text(grown).splitlines()
    assert max(map(len, lines)) <= as_text.WIDTH
    numbers = [int(found[1]) for line in lines if (found := re.match(r" *(\d+) [A-Z]", line))]
    assert numbers == list(range(1, len(grown.nodes) + 1))
    joined = " ".join(" ".join(lines).split())
    for node in grown.nodes.values():
        assert all(as_text.said(sentence) in joined for sentence in node.sentences), node.title


def test_every_answer_leads_to_a_question_that_stands_there(grown: Tree) -> None:
    for node in grown.nodes.values():
        assert node.sentences or node.kind == "transfer", node.title
        assert node.ways or node.kind == tree.GOODBYE, node.title
        assert {key for way in node.ways for key in way.to} <= {*grown.nodes, tree.OTHER_LANGUAGE}
    root = grown.nodes[grown.root]
    assert root.number == 1
    leads = {label: way.to for way in root.ways for label in way.labels}
    assert leads["8"] == [tree.OTHER_LANGUAGE]
    assert {"1", "2", "3", "4", "5", "0"} <= leads.keys()


def test_what_is_said_is_written_as_it_is_in_the_texts(grown: Tree) -> None:
    voice = city().languages["id"].sentences["voice"]
    shown = {sentence.id: sentence.text for node in grown.nodes.values() for sentence in node.sentences}
    assert shown["greeting"] == voice["greeting"]
    assert shown["record"] == voice["record"]
    assert [sentence.text for sentence in grown.again] == [voice["retry_keys"], voice["slower"]]
    assert "+62" not in as_text.text(grown)


def test_the_picture_is_text_without_script(grown: Tree) -> None:
    drawn = as_svg.svg(grown)
    top = ET.fromstring(drawn)
    assert top.tag == f"{SVG}svg"
    assert [top[0].tag, top[1].tag] == [f"{SVG}title", f"{SVG}desc"]
    assert "script" not in drawn
    assert "href" not in drawn
    ids = [element.get("id") for element in top.iter() if element.get("id")]
    assert sorted(ids) == sorted({"title", "desc", *(f"n{node.number}" for node in grown.nodes.values())})
    text = " ".join(" ".join(part for part in top.itertext()).split())
    for node in grown.nodes.values():
        assert f"{node.number} {node.title}" in text
        assert all(f"[{sentence.id}]" in text for sentence in node.sentences)
    assert as_svg.svg(grown) == drawn


def test_no_line_of_the_picture_leaves_its_card(grown: Tree) -> None:
    top = ET.fromstring(as_svg.svg(grown))
    cards = [element for element in top.iter(f"{SVG}rect") if element.get("class") == "card"]
    inside = 0
    for text in top.iter(f"{SVG}text"):
        x, y = float(text.get("x", "")), float(text.get("y", ""))
        for card in cards:
            left, above = float(card.get("x", "")), float(card.get("y", ""))
            wide, high = float(card.get("width", "")), float(card.get("height", ""))
            if left <= x <= left + wide and above <= y <= above + high:
                inside += 1
                assert x + 5 * len("".join(text.itertext())) <= left + wide
    assert inside > len(cards)


@pytest.mark.parametrize(("language", "words"), [("id", "tekan 1."), ("en", "press 1.")])
def test_the_command_draws(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, grown: Tree, language: str, words: str
) -> None:
    monkeypatch.setattr(scenarios, "WORLDS", scenarios.WORLDS[:1])
    if language == grown.language:
        monkeypatch.setattr(tree, "grow", lambda language: grown)  # one walk is enough
    path = tmp_path / "menu.svg"
    run = CliRunner().invoke(menu_command, ["--language", language, "--svg", str(path)])
    assert (run.exit_code, run.stderr) == (0, "")
    assert re.fullmatch(rf"{path}: \d\d questions and goodbyes\n", run.stdout)
    assert ET.parse(path).getroot().tag == f"{SVG}svg"
    assert words in path.read_text()


def test_the_same_for_programs(grown: Tree) -> None:
    found = json.loads(json.dumps(as_text.fields(grown)))
    assert found["problems"] == []
    assert found["presses"]["emergency"] == 1
    numbers = [node["number"] for node in found["nodes"]]
    assert numbers == list(range(1, len(grown.nodes) + 1))
    assert {number for node in found["nodes"] for way in node["ways"] for number in way["to"]} <= set(numbers)
    assert any(way["changes_language"] for node in found["nodes"] for way in node["ways"])


@pytest.mark.parametrize(
    ("there", "always", "words"),
    [
        (["a", "b", "c"], True, ""),
        (["a", "b", "c"], False, "(sometimes) "),
        (["a"], True, "(only a) "),
        (["a", "b"], False, "(not c; sometimes) "),
    ],
)
def test_who_hears_what_not_everybody_hears(there: list[str], always: bool, words: str) -> None:
    node = Node(("report.place", "place_ask"), "Report: place", "words", worlds=["a", "b", "c"])
    assert as_text.remark(node, Sentence("any", "Halo.", always, there)) == words


def test_a_language_that_is_not_there_is_refused() -> None:
    run = CliRunner().invoke(menu_command, ["--language", "nl"])
    assert run.exit_code == 1
    assert run.stderr == "Error: there is no language nl; there are id, en\n"


def test_the_drawing_in_docs_is_not_behind(grown: Tree) -> None:
    """`make docs` draws it anew."""
    drawn = (ROOT / "docs" / "menu.svg").read_text()
    text = " ".join(" ".join(part for part in ET.fromstring(drawn).itertext()).split())
    for node in grown.nodes.values():
        for sentence in node.sentences:
            assert as_text.said(sentence) in text, "the voice menu has changed: make docs"
