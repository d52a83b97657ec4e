"""The tree of the voice menu as an SVG: the root on top, under it one panel for each of its keys. Real text in the
fonts of the reader's system, no script."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ivr.explorer import as_text
from ivr.explorer.tree import GOODBYE, Node, Tree, Way

COLUMNS, COLUMN, MARGIN, INDENT, PAD, TOP = 2, 620, 24, 22, 12, 66
SIZE, LEADING, SMALL = 13.0, 19, 11.0
STYLE = """
text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Liberation Sans',sans-serif;fill:#1f2933}
.h{font-size:22px;font-weight:700}.t{font-weight:700}.k{font-weight:700;fill:#fff}.w{fill:#52606d;font-style:italic}
.i{font-size:11px;fill:#7b8794}.l{fill:#1d4e89}.card{fill:#fff;stroke:#cbd2d9}.tree{fill:none;stroke:#9aa5b1}
"""
COLOURS = ("#334e68", "#ba2525", "#1d4e89", "#0c6b58", "#8a4b08", "#5f2c82", "#8c1f5b", "#3f4f00", "#30525c")
# Widths of characters as parts of the font size, a little wider than common fonts are; all others count as 0.62.
KINDS = {"key": "a key", "digits": "a number", "recording": "a recording", "transfer": "a call", GOODBYE: "the end"}
_NARROW, _CAPITAL, _WIDE = " ijl.,:;|'!()[]ft/r-", "ABCDEFGHKNOPQRSTUVXYZw", "mMW@%"
_WIDTHS = dict.fromkeys(_NARROW, 0.35) | dict.fromkeys(_CAPITAL, 0.76) | dict.fromkeys(_WIDE, 0.98)

Word = tuple[str, str]  # what is written, and its class in STYLE


@dataclass
class _Page:
    """Elements in the order in which they are painted."""

    tree: Tree
    colour: str = COLOURS[0]
    found: list[ET.Element] = field(default_factory=list)

    def add(self, tag: str, **given: object) -> ET.Element:
        element = ET.Element(tag, {name.rstrip("_").replace("_", "-"): f"{value}" for name, value in given.items()})
        self.found.append(element)
        return element

    def words(self, x: float, y: float, words: Sequence[Word]) -> None:
        """One line of text; a piece for each class in it."""
        line = self.add("text", x=f"{x:g}", y=f"{y:g}")
        piece: ET.Element | None = None
        for word, kind in words:
            if piece is not None and piece.get("class", "") == kind:
                piece.text = f"{piece.text} {word}"
            else:
                if piece is not None:
                    piece.tail = " "
                piece = ET.SubElement(line, "tspan", {"class": kind} if kind else {})
                piece.text = word


def svg(tree: Tree) -> str:
    """The whole drawing."""
    width = COLUMNS * COLUMN + (COLUMNS + 1) * MARGIN
    page = _Page(tree)
    page.words(MARGIN, 44, [(as_text.heading(tree), "h")])
    root = tree.nodes[tree.root]
    heights = [
        _card(page, root, MARGIN, TOP, COLUMN) + MARGIN,
        _rules(page, COLUMN + 2 * MARGIN, TOP + 21, COLUMN) + MARGIN,
    ]
    for at, key in enumerate(root.children):
        column = heights.index(min(heights))
        page.colour = COLOURS[1 + at % (len(COLOURS) - 1)]
        heights[column] = _panel(page, tree.nodes[key], MARGIN + column * (COLUMN + MARGIN), heights[column]) + MARGIN
    return _document(page, width, max(heights))


def _document(page: _Page, width: float, height: float) -> str:
    size = {"width": f"{width:g}", "height": f"{height:g}", "viewBox": f"0 0 {width:g} {height:g}"}
    labelled = {"role": "img", "aria-labelledby": "title desc", "xmlns": "http://www.w3.org/2000/svg"}
    top = ET.Element("svg", {**labelled, **size})
    ET.SubElement(top, "title", id="title").text = as_text.heading(page.tree)
    ET.SubElement(top, "desc", id="desc").text = _described(page.tree)
    ET.SubElement(top, "style").text = STYLE
    ET.SubElement(top, "rect", {"width": "100%", "height": "100%", "fill": "#f5f7fa"})
    top.extend(page.found)
    return re.sub(r"(?<=>)(?=<(?:text|rect|path|g|a|style|title|desc)\b)", "\n", ET.tostring(top, "unicode")) + "\n"


def _described(tree: Tree) -> str:
    root = tree.nodes[tree.root]
    leads = [f"{', '.join(way.labels)} leads to {as_text.target(tree, root, way.to[0])}" for way in root.ways]
    return f"{len(tree.nodes)} questions and goodbyes. At the root {'; '.join(leads)}. {as_text.RULES[0]}"


def _rules(page: _Page, x: float, top: float, width: float) -> float:
    """What holds everywhere."""
    lines = [*as_text.RULES, *(f"Not understood: {as_text.said(sentence)}" for sentence in page.tree.again)]
    lines += [f"The fewest key presses to each goal: {as_text.goals(page.tree)}."]
    for line in lines:
        for words in _wrapped([(word, "w") for word in line.split()], width):
            page.words(x, top, words)
            top += LEADING
        top += 5
    return top - LEADING


def _panel(page: _Page, node: Node, x: float, top: float) -> float:
    at = len(page.found)
    bottom = _branch(page, node, x + PAD, top + PAD, COLUMN - 2 * PAD)
    back = ET.Element("rect", {"x": f"{x:g}", "y": f"{top:g}", "width": f"{COLUMN}", "height": f"{bottom - top:g}"})
    back.attrib |= {"rx": "8", "fill": page.colour, "fill-opacity": "0.08"}
    page.found.insert(at, back)
    return bottom


def _branch(page: _Page, node: Node, x: float, top: float, width: float) -> float:
    """A card, and under it, further in, those that follow from it."""
    bottom = _card(page, node, x, top, width) + PAD
    first, last = bottom - PAD, 0.0
    lines = page.add("path", class_="tree")
    strokes = []
    for key in node.children:
        last = bottom + 16
        strokes.append(f"M{x + 9:g} {last:g}h{INDENT - 9}")
        bottom = _branch(page, page.tree.nodes[key], x + INDENT, bottom, width - INDENT)
    if strokes:
        lines.set("d", f"M{x + 9:g} {first:g}V{last:g}{''.join(strokes)}")
    else:
        page.found.remove(lines)
    return bottom


def _card(page: _Page, node: Node, x: float, top: float, width: float) -> float:
    """One node in full."""
    box = page.add("rect", id=f"n{node.number}", class_="card", x=f"{x:g}", y=f"{top:g}", width=f"{width:g}", rx=6)
    bar = page.add("rect", x=f"{x:g}", y=f"{top:g}", width=5, rx=2, fill=page.colour)
    y, inner, room = top + 21, x + 16, width - 28
    title = [*_words(f"{node.number} {node.title}", "t"), *_words(as_text.only(page.tree, node), "w")]
    for words in _wrapped([*title, *_words(_waiting(node), "i")], room):
        page.words(inner, y, words)
        y += LEADING
    for sentence in node.sentences:
        words = [*_words(as_text.remark(node, sentence), "w"), *_words(sentence.text), (f"[{sentence.id}]", "i")]
        for line in _wrapped(words, room):
            page.words(inner, y, line)
            y += LEADING
    y += 5 if node.ways else 0
    for way in node.ways:
        y = _way(page, node, way, inner, y, room)
    for shape in (box, bar):
        shape.set("height", f"{y - top - 8:g}")
    return y - 8


def _waiting(node: Node) -> str:
    return f"· {KINDS.get(node.kind, node.kind)}"


def _way(page: _Page, node: Node, way: Way, x: float, y: float, width: float) -> float:
    """Keys as on a telephone, everything else in words, and where it leads."""
    keys = [label for label in way.labels if len(label) == 1]
    for at, key in enumerate(keys):
        page.add("rect", x=f"{x + at * 22:g}", y=f"{y - 13:g}", width=18, height=17, rx=4, fill=page.colour)
        page.words(x + at * 22 + 5.5, y, [(key, "k")])
    indent = len(keys) * 22
    others = ", ".join(label for label in way.labels if len(label) > 1)
    words = [*_words(others, "w"), ("→", ""), *_targets(page, node, way)]
    for line in _wrapped(words, width - indent):
        page.words(x + indent, y, line)
        y += LEADING
    return y


def _targets(page: _Page, node: Node, way: Way) -> Iterator[Word]:
    for at, key in enumerate(way.to):
        if at:
            yield "or", ""
        yield from _words(as_text.target(page.tree, node, key), "l")


def _words(text: str, kind: str = "") -> list[Word]:
    return [(word, kind) for word in text.split()]


def _wrapped(words: Sequence[Word], width: float) -> Iterator[list[Word]]:
    """Lines that are not wider than `width`."""
    line: list[Word] = []
    taken = 0.0
    for word, kind in words:
        size = SMALL if kind == "i" else SIZE
        wide = sum(_WIDTHS.get(character, 0.62) for character in f"{word} ") * size * (1.06 if kind == "t" else 1)
        if line and taken + wide > width:
            yield line
            line, taken = [], 0.0
        line.append((word, kind))
        taken += wide
    if line:
        yield line
