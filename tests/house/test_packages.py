"""The packages of the house: pinned by hashes, refused with another, audited honestly, under licences we may use."""

import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from config.settings import ROOT

SETS = ("", "-dev", "-model", "-tools")
NOT_LOCKED = {"docopt"}  # of the command of num2words alone, and without a wheel (Makefile)
OF_VENV = {"pip", "setuptools"}  # what `python -m venv` brings along


def ci(name: str) -> ModuleType:
    """A script of .ci/ as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f".ci/{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def lock(of: str) -> str:
    return (ROOT / f"requirements{of}.lock").read_text()


def unhashed(text: str) -> Iterator[str]:
    """The lines of a lock that a package could come through without a hash: everything but `name==version` that is
    followed by a SHA-256."""
    for entry in re.sub(r"\\\n", "", re.sub(r"^ *#.*\n", "", text, flags=re.M)).splitlines():
        if entry and not re.fullmatch(r"[\w.-]+==[\w.]+( ;[^#]*?)?( +--hash=sha256:[0-9a-f]{64})+", entry):
            yield entry


def packages(text: str) -> dict[str, Requirement]:
    """What a lock, or a list of requirements, pins."""
    lines = re.findall(r"^[A-Za-z][\w.-]*(?:\[\w+\])?==[^\\\n]+", text, re.M)
    return {canonicalize_name(one.name): one for one in map(Requirement, lines)}


def here(locked: dict[str, Requirement]) -> dict[str, str]:
    """The versions that a lock pins for this system."""
    apply = {name: one for name, one in locked.items() if one.marker is None or one.marker.evaluate()}
    return {name: str(one.specifier).removeprefix("==") for name, one in apply.items()}


# -- hashes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", SETS)
def test_every_locked_package_has_a_hash(of: str) -> None:
    assert list(unhashed(lock(of))) == []


@pytest.mark.parametrize(
    "planted",
    ["six==1.17.0", "six>=1.0 --hash=sha256:" + 64 * "0", "six==1.17.0 --hash=md5:" + 32 * "0", "-e .",
     "--index-url https://example.org", "six @ https://example.org/six.whl --hash=sha256:" + 64 * "0"],
)  # fmt: skip
def test_the_check_for_hashes_finds_each_way_around_them(planted: str) -> None:
    assert list(unhashed(f"# why\n{planted}\n    # via x\n")) == [planted]


@pytest.mark.parametrize("of", SETS)
def test_every_requirement_is_locked_at_its_version(of: str) -> None:
    """Who changes requirements*.txt and forgets `make lock` installs something else."""
    asked = packages((ROOT / f"requirements{of}.txt").read_text())
    locked = packages(lock(of))
    assert asked
    assert {name: str(one.specifier) for name, one in asked.items()} == {
        name: str(locked[name].specifier) if name in locked else "not locked: make lock" for name in asked
    }


@pytest.mark.parametrize("of", ["-dev", "-model"])
def test_what_the_hotline_runs_on_is_the_same_in_every_lock(of: str) -> None:
    more = packages(lock(of))
    assert {name: str(more[name]) for name in packages(lock(""))} == {
        name: str(one) for name, one in packages(lock("")).items()
    }


def test_what_is_installed_is_what_is_locked() -> None:
    locked = here(packages(lock("-dev")))
    assert {name: importlib.metadata.version(name) for name in locked} == locked


def test_every_package_finds_what_it_needs() -> None:
    """Locks are installed without a look at what a package needs, so a lock must hold all of it."""
    locked = here(packages(lock("-dev")))
    needed = set[str]()
    for name in locked:
        for line in importlib.metadata.requires(name) or ():
            one = Requirement(line)
            if one.marker is None or one.marker.evaluate({"extra": ""}):
                needed.add(canonicalize_name(one.name))
    assert needed - set(locked) == NOT_LOCKED


def test_a_virtual_environment_has_nothing_else() -> None:
    known = {name for of in ("", "-dev", "-model") for name in packages(lock(of))} | OF_VENV
    assert {canonicalize_name(one.name) for one in importlib.metadata.distributions()} - known == set()


@pytest.mark.parametrize("right", [True, False])
def test_a_package_with_another_hash_is_refused(tmp_path: Path, right: bool) -> None:
    """The rule of the Makefile, with a lock of one package that lies on the disk."""
    wheel = tmp_path / "mango-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("mango.py", "")
        packed.writestr("mango-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: mango\nVersion: 1.0\n")
        packed.writestr("mango-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        packed.writestr("mango-1.0.dist-info/RECORD", "")
    digest = sha256(wheel.read_bytes() if right else b"what somebody else put there").hexdigest()
    (tmp_path / "requirements.lock").write_text(f"mango==1.0 \\\n    --hash=sha256:{digest}\n")
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv/python").touch()
    (tmp_path / ".venv/bin").symlink_to(Path(sys.executable).parent)
    put = {"PIP_TARGET": str(tmp_path / "put"), "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}
    done = subprocess.run(
        ["make", ".venv/installed"],
        cwd=tmp_path,
        env={**os.environ, **put},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) == right, done.stderr
    assert (tmp_path / "put/mango.py").exists() == right
    assert ("DO NOT MATCH THE HASHES" in done.stderr) != right


# -- licences ------------------------------------------------------------------------------------------------------

# What a city may run and pass on beside a program under Apache-2.0. LGPL and MPL: as libraries, unchanged.
FREE = (
    r"0?BSD|MIT|Apache|PSF|Python Software Foundation|Python-2\.0|ISC|Zlib|CC0|MPL|Mozilla|Lesser General Public|LGPL"
)
# Say it in a field that lists of what runs do not read ("BSD-derived"), and in a file alone ("MIT License").
NO_CLASSIFIER = {"supervisor", "pyrage"}


def licence(name: str) -> str:
    about = importlib.metadata.metadata(name)
    kinds = [line for line in about.get_all("Classifier") or () if line.startswith("License ::")]
    return about.get("License-Expression") or "; ".join(kinds) or about.get("License") or in_its_file(name)


def in_its_file(name: str) -> str:
    """The first line of the file that the package names as its licence."""
    named = set(importlib.metadata.metadata(name).get_all("License-File") or ())
    texts = [file.read_text() for file in importlib.metadata.files(name) or () if file.name in named]
    return texts[0].strip().partition("\n")[0] if texts else "none"


def test_every_package_that_runs_has_a_licence_that_a_city_may_use() -> None:
    found = {name: licence(name) for name in here(packages(lock("")))}
    odd = {name: said for name, said in found.items() if not re.search(FREE, said) or re.search(r"\bA?GPL", said)}
    assert odd == {}


def test_the_oddities_of_licences_are_told() -> None:
    told = (ROOT / "docs/security.md").read_text()
    weak = {name for name in here(packages(lock(""))) if re.search("LGPL|MPL|Mozilla|Lesser", licence(name))}
    assert {"psycopg", "num2words", "certifi"} <= weak
    assert [name for name in sorted(weak | NO_CLASSIFIER) if f"`{name}`" not in told] == []


# -- audit ---------------------------------------------------------------------------------------------------------

FINE = {"name": "six", "version": "1.17.0", "vulns": []}
HURT = {"name": "six", "version": "1.17.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.18.0"]}]}
PASSED_OVER = {"name": "six", "skip_reason": "Dependency not found on PyPI and could not be audited: six (1.17.0)"}
DOWN = "Traceback\nrequests.exceptions.ConnectionError: HTTPSConnectionPool(host='advice')"


@pytest.mark.parametrize(
    ("pypi", "osv", "code", "line"),
    [
        ([FINE], None, 0, "No known vulnerability in 2 packages, says pypi."),
        ([HURT], None, 1, "six 1.17.0: PYSEC-1, mended in 1.18.0"),
        ([HURT, PASSED_OVER], None, 1, "six 1.17.0: PYSEC-1, mended in 1.18.0"),
        (DOWN, [FINE], 0, "No known vulnerability in 2 packages, says osv."),
        ([PASSED_OVER], [HURT], 1, "six 1.17.0: PYSEC-1, mended in 1.18.0"),
        ([PASSED_OVER, FINE], DOWN, 3,
         "NOT AUDITED, so whether a package is vulnerable is unknown. pypi: knows nothing of 2 of 4 packages; "
         "osv: requests.exceptions.ConnectionError."),
        (DOWN, DOWN, 3,
         "NOT AUDITED, so whether a package is vulnerable is unknown. pypi: requests.exceptions.ConnectionError; "
         "osv: requests.exceptions.ConnectionError."),
    ],
)  # fmt: skip
def test_an_audit_never_takes_silence_for_good_news(
    capsys: pytest.CaptureFixture[str], pypi: Any, osv: Any, code: int, line: str
) -> None:
    """pip-audit says "No known vulnerabilities found" and ends with 0 for packages that its service does not know."""
    answers = {"pypi": pypi, "osv": osv}

    def asked(words: list[Any], **_: Any) -> subprocess.CompletedProcess[str]:
        said = answers[words[words.index("--vulnerability-service") + 1]]
        if isinstance(said, str):
            return subprocess.CompletedProcess(words, 1, "", said)
        return subprocess.CompletedProcess(words, 0, json.dumps({"dependencies": said, "fixes": []}), "")

    with patch("subprocess.run", asked):
        assert ci("audit").main() == code
    assert capsys.readouterr().out.splitlines()[-1] == line


def test_the_audit_looks_at_every_lock() -> None:
    assert {name for names in ci("audit").TOGETHER for name in names} == {f"requirements{of}.lock" for of in SETS}


# -- what runs -----------------------------------------------------------------------------------------------------


def test_the_list_of_what_runs_has_every_package_and_is_the_same_each_time(tmp_path: Path) -> None:
    made = ROOT / "var/sbom.cdx.json"
    before = []
    for _ in range(2):
        subprocess.run(["make", "sbom"], cwd=ROOT, check=True, capture_output=True)
        before.append(made.read_text())
    assert before[0] == before[1]
    parts = {canonicalize_name(part["name"]): part for part in json.loads(before[0])["components"]}
    assert {name: part["version"] for name, part in parts.items()} == here(packages(lock("")))
    assert [name for name, part in parts.items() if not part["externalReferences"][0]["hashes"]] == []
    assert {name for name, part in parts.items() if not part.get("licenses")} <= NO_CLASSIFIER
    assert str(ROOT) not in before[0]


def test_the_list_of_what_runs_reads_the_hashes_of_a_lock() -> None:
    found = ci("sbom").locked(lock(""))
    assert set(found) == set(packages(lock("")))
    assert all(hashes for hashes in found.values())
    assert sum(map(len, found.values())) == lock("").count("--hash=sha256:")
