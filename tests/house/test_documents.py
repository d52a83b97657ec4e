"""Checks of what is written about the code: every path, module and function that a document names is there, the trees
of docs/house.md are the folders, and every module says what it is for."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from config.hotline import city
from config.settings import ROOT
from ticketing.models.base import Base

ROOMS = ("config", "ticketing", "workers", "ivr")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SUFFIXES = "py|toml|csv|conf|yml|xml|html|css|js|md|svg|png|service|socket|target|timer"
# Named like something of ours, but a host, a question, a folder that a city makes, and files that a newcomer writes.
NOT_OURS = {
    *("hotline.bekasikota.go.id", "report.topic", "config/clips", "config/clips/"),
    *("workers/senders/chat.py", "tests/workers/senders/test_chat.py"),
}


# -- modules -------------------------------------------------------------------------------------------------------


def shipped() -> list[Path]:
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))] + [
        ROOT / "wsgi.py",
        ROOT / "gunicorn.conf.py",
    ]


def riddles(paths: list[Path]) -> Iterator[str]:
    """Modules that do not say in a plain sentence what they are for; an empty __init__ needs no sentence."""
    for path in paths:
        source = path.read_text()
        said = ast.get_docstring(ast.parse(source))
        if said is None:
            if source.strip():
                yield f"{path.name} says nothing"
        elif re.match(r"(What|Who|Whoever|How|Where|When|Why)\b", said):
            yield f"{path.name}: {said.splitlines()[0]}"


def test_every_module_says_plainly_what_it_is_for() -> None:
    assert len(shipped()) > 200
    assert list(riddles(shipped())) == []


def test_the_check_for_modules_finds_a_riddle(tmp_path: Path) -> None:
    planted = {"riddle": '"""What leaves us."""\n', "silent": "x = 1\n", "empty": "", "good": '"""Whole texts."""\n'}
    for name, source in planted.items():
        (tmp_path / f"{name}.py").write_text(source)
    paths = [tmp_path / f"{name}.py" for name in planted]
    assert list(riddles(paths)) == ["riddle.py: What leaves us.", "silent.py says nothing"]


# -- paths ---------------------------------------------------------------------------------------------------------


@cache
def ours() -> frozenset[str]:
    """Every file and folder of the house, by its whole path and by each shorter end of it."""
    kept = [ROOT / name for name in (*ROOMS, "tests", "bench", "deploy", "docs")]
    paths = [path for top in kept for path in (top, *top.rglob("*")) if "__pycache__" not in path.parts]
    paths += [path for path in ROOT.iterdir() if path.is_file()]
    ends = set[str]()
    for path in paths:
        parts = path.relative_to(ROOT).parts
        ends |= {"/".join(parts[start:]) + "/" * path.is_dir() for start in range(len(parts))}
    return frozenset(ends)


@cache
def modules() -> dict[str, list[Path]]:
    """Each module and room by its dotted name and by each shorter end of it."""
    by_end: dict[str, list[Path]] = {}
    for path in shipped():
        parts = path.relative_to(ROOT).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        for start in range(len(parts)):
            by_end.setdefault(".".join(parts[start:]), []).append(path)
    return by_end


@cache
def names(path: Path) -> frozenset[str]:
    """What a module defines, imports, or lies beside it when it is the __init__ of a room."""
    found = {beside.stem for beside in path.parent.iterdir()} if path.name == "__init__.py" else set[str]()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(one.asname or one.name).partition(".")[0] for one in node.names}
    return frozenset(found)


@cache
def columns() -> frozenset[str]:
    return frozenset(f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns)


def missing(text: str, beside: Path = ROOT) -> Iterator[str]:
    """The paths, modules, functions and columns that a document names and that are not there."""
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in link and not (beside / link).exists():
            yield link
    text = re.sub(r"\]\([^)]*\)", "]", text)
    for path in re.findall(rf"(?<![\w/.:<>$*-])\.?[\w-][\w./-]*\.(?:{SUFFIXES})(?![\w/<*-])", text):
        first, _, rest = path.partition("/")
        if path not in ours() | NOT_OURS and (rest == "" or f"{first}/" in ours()):
            yield path
    for written in set(re.findall(r"`([^`\n]+)`", text)) - NOT_OURS:
        if re.fullmatch(r"[\w-]+(/[\w-]+)*/?", written) and "/" in written:
            first = written.partition("/")[0]
            there = {written, f"{written}/", f"{written}.py"} & ours()
            if f"{first}/" in ours() and not there:
                yield written
        elif named := re.fullmatch(r"([a-z_]\w*(?:\.\w+)+)(?:\(.*\))?", written):
            yield from _unknown(named[1])
    for module in re.findall(r"python -m ((?:config|ticketing|workers|ivr)[\w.]*)", text):
        if module not in modules():
            yield f"python -m {module}"


def _unknown(name: str) -> Iterator[str]:
    """A dotted name that begins with a module of ours must end with one, with something that the module has, or be a
    column of a table."""
    if re.search(rf"\.(?:{SUFFIXES}|log)$", name) or name in modules() or name in columns():
        return
    module, _, last = name.rpartition(".")
    if name.partition(".")[0] in modules() and not any(last in names(path) for path in modules().get(module, [])):
        yield name


def test_every_path_that_a_document_names_is_there() -> None:
    assert len(DOCUMENTS) > 20
    wrong = {path.relative_to(ROOT).as_posix(): list(missing(path.read_text(), path.parent)) for path in DOCUMENTS}
    assert {document: paths for document, paths in wrong.items() if paths} == {}


def test_the_check_for_paths_finds_each_way_of_naming_one() -> None:
    right = (
        "`channels/turns` and `ticketing/rules/`, `changes.deliver`, lifecycle.py, `config.clock.now()`, [x](docs/)."
    )
    assert list(missing(right)) == []
    wrong = (
        "[see](docs/house.txt), ticketing/callbook.py and `knowing.py`; `channels/calls`, `ticketing/rules/terms`, "
        "`tickets._deliver`, `ticketing.rules.terms`; `python -m ivr.walk`"
    )
    assert sorted(missing(wrong)) == [
        "channels/calls",
        "docs/house.txt",
        "knowing.py",
        "python -m ivr.walk",
        "ticketing.rules.terms",
        "ticketing/callbook.py",
        "ticketing/rules/terms",
        "tickets._deliver",
    ]


# -- the first change ----------------------------------------------------------------------------------------------

# What docs/first-change.md says stands in a file: how it is written there.
STANDS_IN = {
    "[[menus.money]]": ("config/hotline.toml", "[[menus.money]]"),
    "`info_topics`": ("config/texts/id.toml", "info_topics = {"),
    "`TOPICS`": ("tests/stories/test_information_by_phone.py", "TOPICS = {"),
    "[[routing]]": ("config/hotline.toml", "[[routing]]"),
    "`owner`": ("config/hotline.toml", "owner = "),
    '"disdamkar"': ("config/hotline.toml", 'owner = "disdamkar"'),
    "`Department`": ("config/city.py", "class Department("),
    "`Sender`": ("workers/kinds.py", "class Sender("),
    "`SENDERS`": ("workers/kinds.py", "SENDERS: "),
    "`KINDS`": ("ticketing/outgoing/kinds.py", "KINDS = {"),
    "`ROWS`": ("tests/ticketing/outgoing/test_kinds.py", "ROWS = {"),
    "`deliver`": ("ticketing/tickets/changes.py", "def deliver("),
    'kind = "webhook" if ': ("ticketing/tickets/changes.py", 'kind = "webhook" if '),
    "report.ready(session, work)": ("workers/senders/report.py", "def ready(session: Session, work: Work)"),
    "report.arrived(": ("workers/senders/report.py", "def arrived("),
    "`standing`": ("tests/workers/pretenders.py", "def standing("),
}


def test_what_a_newcomer_is_led_to_stands_there() -> None:
    page = (ROOT / "docs/first-change.md").read_text()
    for named, (path, written) in STANDS_IN.items():
        assert named in page and path in page, f"the page no longer names {named} of {path}"
        assert written in (ROOT / path).read_text(), f"{path} has no {written}"


def test_a_menu_has_no_more_room_than_the_page_says() -> None:
    """The page puts its topic under another menu, because that of the topics is full."""
    assert len(city().menu("information")) == 5
    assert [entry.digit for entry in city().menu("money")] == [1, 2]


# -- the trees of docs/house.md ------------------------------------------------------------------------------------


def tree(text: str) -> set[str]:
    """The paths that the trees of a document draw: lines that are set in, a folder above what lies in it."""
    drawn, above = set[str](), list[tuple[int, str]]()
    for block in re.findall(r"```tree\n(.*?)```", text, re.S):
        above = []
        for line in block.splitlines():
            at = len(line) - len(line.lstrip())
            named = re.match(r"\s*((?:[\w.-]+/?)(?: [\w-]+\.py)*)(?:  |$)", line)
            assert named, f"no line of a tree: {line}"
            above = [(depth, folder) for depth, folder in above if depth < at]
            before = "".join(folder for _, folder in above)
            for name in named[1].split():
                drawn.add(before + name)
                if name.endswith("/"):
                    above.append((at, name))
    return drawn


def lying(drawn: set[str]) -> set[str]:
    """The files and folders that the trees must draw: everything beside what they draw."""
    opened = {"/".join(path.rstrip("/").split("/")[:-1]) for path in drawn} - {""}
    return {
        path.relative_to(ROOT).as_posix() + "/" * path.is_dir()
        for folder in opened
        for path in (ROOT / folder).iterdir()
        if path.suffix == ".py" or (path.is_dir() and path.name != "__pycache__")
        if path.name != "__init__.py" or path.relative_to(ROOT).as_posix() in drawn
    }


def test_the_trees_are_the_folders() -> None:
    drawn = tree((ROOT / "docs/house.md").read_text())
    assert {f"{room}/" for room in ROOMS} <= drawn
    code = {path for path in drawn if path.endswith((".py", "/")) and path.rstrip("/") not in ROOMS}
    assert sorted(code - lying(drawn)) == [], "the trees draw what is not there"
    assert sorted(lying(drawn) - code) == [], "the trees leave out what is there"


def test_the_contracts_that_are_listed_are_those_that_are_held() -> None:
    held = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    listed = re.search(r"## What may import what\n(.*?)\n## ", (ROOT / "docs/house.md").read_text(), re.S)
    assert listed
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", listed[1], re.M)
    assert rows[1:] == [contract["name"] for contract in held]
    assert len(rows[1:]) == 15, "the number is written in words in docs/house.md and CHANGELOG.md"


def test_the_check_for_trees_reads_one() -> None:
    drawn = tree("```tree\nivr/          the resident's side\n  talk.py     engine\n  parts/\n    a.py b.py  two\n```")
    assert drawn == {"ivr/", "ivr/talk.py", "ivr/parts/", "ivr/parts/a.py", "ivr/parts/b.py"}
