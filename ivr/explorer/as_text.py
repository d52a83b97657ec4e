"""The tree of the voice menu as text for a terminal: each question once in full, indented under the one it is nearest
to; wherever else it is led to, its number stands."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from config.hotline import city
from ivr.explorer.tree import OTHER_LANGUAGE, Key, Node, Sentence, Tree

WIDTH, STEP = 100, 3
RULES = (
    "At every question: 0 a person, * one question back (at the root: once more), 8 the other language, 9 the end once "
    "the matter is settled. # ends a number; 0 and # end a recording. Whoever hangs up after speaking has reported.",
    "Silence or another key: the keys alone, then the whole question slowly, then a person; a call in which nothing "
    "was ever heard ends.",
    "A | is a pause of half a second, {braces} are filled in, [brackets] hold the id of a sentence in config/texts/.",
)


def text(tree: Tree) -> str:
    """The whole tree, at most 100 characters wide."""
    lines = [heading(tree), "", *(line for rule in RULES for line in _wrapped(rule, 0))]
    lines += [line for sentence in tree.again for line in _wrapped(said(sentence), 1)]
    lines += ["", *_branch(tree, tree.nodes[tree.root], 0), *_presses(tree)]
    return "\n".join(lines) + "\n"


def fields(tree: Tree) -> dict[str, Any]:
    """The same for programs: nodes by number, in the order of the text."""
    nodes = sorted(tree.nodes.values(), key=lambda node: node.number)
    return {
        "language": tree.language,
        "worlds": tree.worlds,
        "nodes": [_fields(tree, node) for node in nodes],
        "presses": tree.presses,
        "problems": tree.problems,
    }


def _fields(tree: Tree, node: Node) -> dict[str, Any]:
    ways = [
        {
            "answers": way.labels,
            "to": [tree.nodes[key].number for key in way.to if key != OTHER_LANGUAGE],
            "changes_language": OTHER_LANGUAGE in way.to,
        }
        for way in node.ways
    ]
    return {
        "number": node.number,
        "title": node.title,
        "node": node.key[0],
        "kind": node.kind,
        "worlds": node.worlds,
        "sentences": [vars(sentence) for sentence in node.sentences],
        "ways": ways,
    }


def heading(tree: Tree) -> str:
    return f"What callers of {city().number} hear: {city().languages[tree.language].name}"


def remark(node: Node, sentence: Sentence) -> str:
    """Who hears a sentence that not everybody hears."""
    some = [*_among(sentence.worlds, node.worlds), *([] if sentence.always else ["sometimes"])]
    return f"({'; '.join(some)}) " if some else ""


def said(sentence: Sentence) -> str:
    return f"{sentence.text} [{sentence.id}]"


def target(tree: Tree, node: Node, key: Key) -> str:
    """Where an answer leads: to a node that follows, or to one that stands elsewhere."""
    if key == OTHER_LANGUAGE:
        return f"the same in {city().languages[city().other_language(tree.language)].name}"
    there = tree.nodes[key]
    return f"{'' if key in node.children else 'see '}{there.number} {there.title}"


def goals(tree: Tree) -> str:
    """The fewest presses to each goal, in one line."""
    return ", ".join(f"{goal.replace('_', ' ')} {presses}" for goal, presses in sorted(tree.presses.items()))


def _branch(tree: Tree, node: Node, depth: int) -> Iterator[str]:
    yield from _wrapped(f"{node.number} {node.title}{only(tree, node)}", depth)
    for sentence in node.sentences:
        yield from _wrapped(f"{remark(node, sentence)}{said(sentence)}", depth + 1)
    for way in node.ways:
        leads = " or ".join(target(tree, node, key) for key in way.to)
        yield from _wrapped(f"{', '.join(way.labels)} -> {leads}", depth + 1)
    yield ""
    for key in node.children:
        yield from _branch(tree, tree.nodes[key], depth + 1)


def only(tree: Tree, node: Node) -> str:
    """In which worlds there is a node that is not in all of them."""
    return "".join(f" ({some})" for some in _among(node.worlds, tree.worlds))


def _among(some: Sequence[str], worlds: Sequence[str]) -> list[str]:
    """Some of these worlds, by those that are fewer: these or the others."""
    others = [world for world in worlds if world not in some]
    if not others:
        return []
    return [f"only {', '.join(some)}" if len(some) <= len(others) else f"not {', '.join(others)}"]


def _presses(tree: Tree) -> Iterator[str]:
    yield "The fewest key presses to each goal, every question answered:"
    yield from _wrapped(goals(tree), 1)


def _wrapped(line: str, depth: int) -> list[str]:
    lead = " " * STEP * depth
    return textwrap.wrap(line, WIDTH, initial_indent=lead, subsequent_indent=lead + "  ")
