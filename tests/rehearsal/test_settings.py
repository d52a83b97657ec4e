"""The list of settings in docs/running.md starts a production house, and each of its first lines is needed."""

import re
import secrets
from collections.abc import Iterator

import pytest
from people import use
from pyrage.x25519 import Identity

from config.settings import ROOT, Settings, settings
from ivr.app import refuse_if_unsafe
from rehearsal import document

REQUIRED, OTHERS = document.settings()
# What a city writes in the place of the words in capitals, with the longest host that the page names.
MADE = {
    "https://HOST": "https://hotline.bekasikota.go.id", "SHORT/": "lacak.bekasikota.go.id/",
    "HEX": secrets.token_hex(32), "1:BASE64": "1:" + "A" * 43, "ACCOUNT": "AC" + "1" * 32, "TOKEN": "t" * 32,
    "NAME": "BEKASI", "NUMBER": "+622150010444",
    "smtp://USER:PASSWORD@MAILHOST:587": "smtp://hotline:secret@mail.bekasikota.go.id:587",
    "1500444@DOMAIN": "1500444@bekasikota.go.id", "KEY,KEY": str(Identity.generate().to_public()),
}  # fmt: skip


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A machine that was told nothing but the list."""
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, written in {**REQUIRED, **OTHERS}.items():
        monkeypatch.setenv(name, MADE.get(written, written))
    yield monkeypatch
    monkeypatch.undo()
    use()


def test_the_list_starts_a_production_house(machine: pytest.MonkeyPatch) -> None:
    use()
    assert settings().production
    assert settings().problems() == []
    refuse_if_unsafe()


@pytest.mark.parametrize("name", REQUIRED)
def test_production_does_not_start_without_a_line_of_the_first_block(machine: pytest.MonkeyPatch, name: str) -> None:
    machine.delenv(name)
    use()
    if name == "HOTLINE_ENV":
        assert not settings().production
    else:
        (problem,) = settings().problems()
        assert problem.startswith(name)


@pytest.mark.parametrize("name", OTHERS)
def test_production_starts_without_a_line_of_the_second_block(machine: pytest.MonkeyPatch, name: str) -> None:
    machine.delenv(name)
    use()
    assert settings().problems() == []


def test_the_first_block_is_what_the_table_marks() -> None:
    marked = re.findall(r"(?m)^\| `(\w+)` \|.*\| P \| [^|]* \| [^|]* \|$", document.PAGE.read_text())
    assert set(marked) == set(REQUIRED)


def test_the_readme_names_every_line() -> None:
    production = re.search(r"\n## Production\n(.*?)\n## ", (ROOT / "README.md").read_text(), re.S)
    assert production
    assert {*REQUIRED, *OTHERS} - set(re.findall(r"[A-Z][A-Z_]+", production[1])) == set()
