"""The voice menu as a tree, grown from walks of callers who listen: each question once, with what is said before it,
what may be answered, and where that leads."""

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from config.hotline import city
from ivr.explorer import scenarios, walker
from ivr.explorer.scenarios import World
from ivr.explorer.walker import State, Walk
from ivr.prompts import Line

TO_THE_END = 60  # answers; no way is that long
ROOT, GOODBYE = "main", "goodbye"

Key = tuple[str, str]
OTHER_LANGUAGE: Key = ("", "")  # where a key leads that only changes the language


@dataclass
class Sentence:
    """One sentence of a node. `always`: whoever comes there hears it, in these worlds at least."""

    id: str
    text: str
    always: bool = True
    worlds: list[str] = field(default_factory=list)


@dataclass
class Way:
    """What may be answered, and where that leads: mostly to one node."""

    labels: list[str]
    to: list[Key]


@dataclass
class Node:
    """A question (`kind` as in Wants) or a goodbye. `children` are the nodes that are nearest from here."""

    key: Key
    title: str
    kind: str
    number: int = 0
    sentences: list[Sentence] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    children: list[Key] = field(default_factory=list)
    worlds: list[str] = field(default_factory=list)


@dataclass
class Tree:
    """All that callers hear in one language, merged from several worlds; `again` where nothing was understood."""

    language: str
    worlds: list[str]
    nodes: dict[Key, Node]
    root: Key
    again: list[Sentence]
    presses: dict[str, int]
    problems: list[str]


def grow(language: str, some: Sequence[World] | None = None) -> Tree:
    """Walk through some worlds, by default all there are, and make one tree of what was heard."""
    some = some or scenarios.WORLDS
    walks = [walker.walk(world, language, depth=TO_THE_END, everything=False) for world in some]
    root = _key(walks[0].states[0])
    nodes = _nodes(walks, root)
    for node in nodes.values():
        node.ways = _ways(node, walks)
    _add_last_resorts(nodes, walks)
    _arrange(nodes, root)
    presses: dict[str, int] = {}
    for found in walks:
        for goal, count in walker.presses_to_goals(found).items():
            presses[goal] = min(count, presses.get(goal, count))
    problems = [problem for found in walks for problem in found.problems]
    return Tree(language, [world.name for world in some], nodes, root, _again(walks[0]), presses, problems)


def _nodes(walks: Sequence[Walk], root: Key) -> dict[Key, Node]:
    """Every question with what is said before it, put together from all the ways to it."""
    heard: dict[Key, list[tuple[str, Sequence[Line]]]] = {}
    nodes: dict[Key, Node] = {}
    for found in walks:
        for state in _drawn(found):
            key = _key(state)
            node = nodes.setdefault(key, Node(key, _title(key), state.wants.kind if state.wants else GOODBYE))
            if key != root or state is found.states[0]:  # who comes back to the root is not greeted again
                heard.setdefault(key, []).append((found.world.name, state.lines))
            if found.world.name not in node.worlds:
                node.worlds.append(found.world.name)
    for key, node in nodes.items():
        node.sentences = _merged(heard.get(key, []), walks[0].language)
    return nodes


def _merged(heard: Sequence[tuple[str, Sequence[Line]]], language: str) -> list[Sentence]:
    """The sentences of all the ways to a question, in the order in which they are said."""
    order: list[str] = []
    found: dict[str, Sentence] = {}
    for world, lines in heard:
        at = 0
        for line in lines:
            if line.id not in found:
                order.insert(at, line.id)
                found[line.id] = Sentence(line.id, _text(line, language))
            if world not in found[line.id].worlds:
                found[line.id].worlds.append(world)
            at = order.index(line.id) + 1
    for sentence in found.values():
        there = [lines for world, lines in heard if world in sentence.worlds]
        sentence.always = all(any(line.id == sentence.id for line in lines) for lines in there)
    return [found[id_] for id_ in order]


def _text(line: Line, language: str) -> str:
    """What is said, with its variables open."""
    written = city().languages[language].sentences["voice"].get(line.id, "")
    return written if "{" in written else line.text or "(the recording)"


def _ways(node: Node, walks: Sequence[Walk]) -> list[Way]:
    """What may be answered. Being asked again is no way; what leads to the same is said together."""
    leads: dict[str, list[Key]] = {}
    for found in walks:
        here = {state.id for state in _drawn(found) if _key(state) == node.key}
        for edge in found.edges:
            target = found.states[edge.target]
            if edge.source in here and not target.error:
                key = _key(target) if target.language == found.language else OTHER_LANGUAGE
                to = leads.setdefault(_label(edge.action.name), [])
                to += [] if key in to else [key]
    ways: list[Way] = []
    for label in sorted(leads, key=_rank):
        same = next((way for way in ways if way.to == leads[label]), None)
        if same:
            same.labels.append(label)
        else:
            ways.append(Way([label], leads[label]))
    return ways


def _add_last_resorts(nodes: dict[Key, Node], walks: Sequence[Walk]) -> None:
    """What only those hear who answer nothing at all, however often they are asked: drawn once, where it is nearest."""
    led_to = {key for node in nodes.values() for way in node.ways for key in way.to}
    for found in walks:
        for edge in found.edges:
            source, key = found.states[edge.source], _key(found.states[edge.target])
            if source.error and key in nodes and key not in led_to:
                led_to.add(key)
                asked = next(node for name, node in nodes.items() if name[0] == _name(source))
                asked.ways.append(Way(["silence to the end"], [key]))


def _arrange(nodes: dict[Key, Node], root: Key) -> None:
    """Every node becomes a child of the one from which it is nearest, and gets its number."""
    waiting, seen = deque([root]), {root, OTHER_LANGUAGE}
    while waiting:
        node = nodes[waiting.popleft()]
        for key in (key for way in node.ways for key in way.to):
            if key not in seen:
                seen.add(key)
                node.children.append(key)
                waiting.append(key)
    to_number = [root]
    for number in range(1, len(seen)):
        node = nodes[to_number[0]]
        node.number, to_number[:1] = number, node.children


def _again(found: Walk) -> list[Sentence]:
    """What is said at the root only because nothing was understood."""
    root, *_ = found.states
    usual = {line.id for line in root.lines}
    errors = [state for state in found.states if state.error and state.node == root.node]
    lines = {line.id: line for state in errors for line in state.lines if line.id not in usual}
    return [Sentence(id_, _text(line, found.language)) for id_, line in lines.items()]


def _drawn(found: Walk) -> list[State]:
    return [state for state in found.states if state.language == found.language and not state.error]


def _key(state: State) -> Key:
    """A question is the same where the same sentence asks it; a goodbye wherever it is said."""
    asking = [line.id for line in state.lines if not line.id.startswith("option_")]
    return _name(state) if state.wants else GOODBYE, asking[-1] if asking else ""


def _name(state: State) -> str:
    """The question without the count of its repetitions."""
    return re.sub(r"[ .]\d+(\.\d+)*", "", state.node)


def _title(key: Key) -> str:
    """In plain words: the conversation, and the sentence that asks."""
    conversation = key[0].partition(".")[0]
    if conversation == ROOT:
        return "Root"
    asking = re.sub(rf"^{conversation}_?|_?ask$", "", key[1]).replace("_", " ")
    return conversation.capitalize() + (f": {asking}" if asking else "")


def _label(name: str) -> str:
    """An action as a drawing says it: a key alone, words without an example."""
    plain = name.partition(" (")[0]
    if plain == scenarios.SILENCE:
        return "silence"
    return plain.removeprefix("press ") if len(plain) == len("press 1") else plain


def _rank(label: str) -> int:
    """Keys first, as a menu says them; then silence, then the rest as it comes."""
    order = [*"1234567890*#", "silence"]
    return order.index(label) if label in order else len(order)
