"""A backup: one .tar of the database, the sealed recordings and photos, the list of erasures, where the history of each
ticket ends, and a manifest that says what must be in it; encrypted (encryption.py), without exception in production.

It is written whole or not at all, and holds no key: without DATA_KEYS and LOOKUP_KEY it is of no use to anybody. The
files are copied after the database, so every one that a row names is there. Restoring checks everything before it
changes anything. Who was erased, before the backup or since, is erased again before the house opens; no other file is
deleted.
"""

import base64
import hashlib
import io
import json
import os
import re
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from config import clock, stores, vault
from config.logs import warn
from config.settings import settings
from ivr.operations import encryption
from ticketing.contacts import erased
from ticketing.database import dumps, heads, schema
from ticketing.database.dumps import Counts, DumpError
from ticketing.models import Beat
from ticketing.privacy import erasure

BEAT = "backup"
DATABASE, MANIFEST, ERASED = "database", "manifest.json", "erased.jsonl"
_SEALED = re.compile(r"(?:recordings/[0-9a-f]{2}/[0-9a-f]{32}|photos/[0-9a-f]{2}/[0-9a-f]{32}(?:-small)?)\.sealed")
_PLACE = "backup.manifest.check"


@dataclass(frozen=True)
class Manifest:
    """What is in a backup. `sealed` and `found_by` tell whether the keys of a house are those of the backup."""

    made_at: str
    kind: str
    migration: str
    counts: Counts
    files: dict[str, str]
    sealed: str
    found_by: str

    @property
    def recordings(self) -> int:
        return sum(name.startswith("recordings/") for name in self.files)

    @property
    def sealed_files(self) -> list[str]:
        return sorted(name for name in self.files if _SEALED.fullmatch(name))


def make(folder: Path) -> tuple[Path, Manifest]:
    """Back the house up into `folder`, while it works."""
    to = encryption.recipients()
    if settings().production and not to:
        raise DumpError("BACKUP_RECIPIENTS is missing: production makes no backup in the clear")
    migration = _migration()
    moment = clock.now()
    path = folder / f"hotline-{moment:%Y%m%dT%H%M%SZ}.tar{'.age' if to else ''}"
    if migration == schema.head():
        heads.write()  # before the database, which has all of it then, and perhaps more
    with (
        _whole(path) as file,
        encryption.encrypted(file, to) if to else nullcontext(file) as into,
        tarfile.open(fileobj=into, mode="w|") as tar,
    ):
        with tempfile.TemporaryDirectory(dir=settings().var_dir) as spare:
            counts = dumps.dump(Path(spare) / DATABASE)
            files = {DATABASE: _add(tar, DATABASE, (Path(spare) / DATABASE).open("rb"))}
        files |= _add_sealed(tar)
        if heads.path().exists():
            files[heads.NAME] = _add(tar, heads.NAME, heads.path().open("rb"))
        files[ERASED] = _add(tar, ERASED, io.BytesIO(erased.listed()))
        manifest = Manifest(
            made_at=moment.isoformat(timespec="seconds"),
            kind=_kind(),
            migration=migration,
            counts=counts,
            files=files,
            sealed=base64.b64encode(vault.seal(b"backup", _PLACE)).decode(),
            found_by=vault.lookup(_PLACE),
        )
        _add(tar, MANIFEST, io.BytesIO(json.dumps(asdict(manifest), indent=1).encode()))
    _note()
    return path, manifest


def restore(path: Path, *, replace: bool, identity: Path | None = None) -> Manifest:
    """Make this house what it was in the backup. `replace`: although it holds something already; `identity`: the file
    with the key of an encrypted one."""
    with encryption.opened(path, identity) as file, _opened(file, path.name) as tar:
        manifest = _read(tar)
        _refuse_unfit(manifest, replace=replace)
        _refuse_broken(tar, manifest)
        stores.disconnect()
        settings().var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=settings().var_dir) as spare:
            _write(tar, DATABASE, Path(spare) / DATABASE)
            for name in manifest.sealed_files:
                _write(tar, name, settings().var_dir / name)
            dumps.load(Path(spare) / DATABASE, manifest.counts)
        if heads.NAME in manifest.files:
            _write(tar, heads.NAME, heads.path())
        else:  # made before there were heads: those of later events are not its own
            heads.path().unlink(missing_ok=True)
        _erase_again(_content(tar, ERASED).read() if ERASED in manifest.files else b"")
    return manifest


# -- making --------------------------------------------------------------------------------------------------------


def _migration() -> str:
    try:
        found = schema.current()
    except SQLAlchemyError as fault:
        raise DumpError(f"the database cannot be reached: {type(fault).__name__}") from fault
    if found is None:
        raise DumpError("there is nothing to back up: the database was never migrated")
    return found


@contextmanager
def _whole(path: Path) -> Iterator[Any]:
    """A file for our eyes only, that is there in the end or not at all."""
    fresh = path.with_suffix(".new")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123 - born 0600
            yield file
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _add(tar: tarfile.TarFile, name: str, source: Any) -> str:
    """Put the file in; gives its digest."""
    with source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = source.seek(0, os.SEEK_END), 0o600, int(clock.now().timestamp())
        source.seek(0)
        tar.addfile(entry, source)
    return digest


def _add_sealed(tar: tarfile.TarFile) -> dict[str, str]:
    files = {}
    for folder in erasure.KEPT:
        for path in sorted((settings().var_dir / folder).glob("*/*.sealed")):
            name = str(path.relative_to(settings().var_dir))
            try:
                content = path.read_bytes()
            except FileNotFoundError:  # its time was over while we copied
                continue
            files[name] = _add(tar, name, io.BytesIO(content))
    return files


def _note() -> None:
    """Remember when the last backup was made, for those who watch over it."""
    try:
        with stores.transaction() as session:
            session.merge(Beat(name=BEAT, at=stores.database_now(session)))
    except SQLAlchemyError as fault:
        warn("backup not noted", why=type(fault).__name__)


def _kind() -> str:
    return "SQLite" if stores.is_sqlite() else "PostgreSQL"


# -- restoring -----------------------------------------------------------------------------------------------------


@contextmanager
def _opened(file: Any, name: str) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(fileobj=file, mode="r:") as tar:
            yield tar
    except tarfile.TarError as fault:
        raise DumpError(f"{name} is no whole backup: {fault}") from fault


def _read(tar: tarfile.TarFile) -> Manifest:
    try:
        return Manifest(**json.loads(_content(tar, MANIFEST).read()))
    except (KeyError, TypeError, ValueError) as fault:
        raise DumpError("it is no whole backup: the manifest is missing or cannot be read") from fault


def _refuse_unfit(manifest: Manifest, *, replace: bool) -> None:
    if manifest.kind != _kind():
        raise DumpError(f"it is a backup of {manifest.kind}, and DATABASE_URL names {_kind()}")
    if manifest.migration > schema.head():
        raise DumpError(
            f"it is at migration {manifest.migration}, newer than this release, which ends at {schema.head()}"
        )
    try:
        vault.unseal(base64.b64decode(manifest.sealed), _PLACE)
    except (vault.SealBroken, ValueError) as fault:
        raise DumpError("DATA_KEYS is not that of the backup: nothing in it could be read") from fault
    if manifest.found_by not in vault.lookups(_PLACE):
        raise DumpError("LOOKUP_KEY is not that of the backup: nobody in it would be found again")
    rows = 0 if replace else sum(count for table, count in dumps.held().items() if table != "alembic_version")
    if rows:
        raise DumpError(f"the database is not empty ({rows} rows): --replace gives them up")


def _refuse_broken(tar: tarfile.TarFile, manifest: Manifest) -> None:
    names = [member.name for member in tar.getmembers()]
    if sorted(names) != sorted([*manifest.files, MANIFEST]):
        raise DumpError("it is no whole backup: the manifest names other files")
    for name, digest in manifest.files.items():
        if name not in (DATABASE, ERASED, heads.NAME) and not _SEALED.fullmatch(name):
            raise DumpError("it is no backup of ours: it holds other files")
        if hashlib.file_digest(_content(tar, name), "sha256").hexdigest() != digest:
            raise DumpError(f"{name} was changed since the backup was made")


def _erase_again(since_then: bytes) -> None:
    """The database knows nothing of erasures after the backup; the two lists together do."""
    erased.take_over(since_then)
    if erased.listed():
        schema.migrate()  # a backup of an older release
        erasure.erase_again()


def _content(tar: tarfile.TarFile, name: str) -> Any:
    content = tar.extractfile(name)
    if content is None:
        raise DumpError(f"it is no backup of ours: {name} is no file")
    return content


def _write(tar: tarfile.TarFile, name: str, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _whole(path) as file, _content(tar, name) as content:
        while piece := content.read(1 << 20):
            file.write(piece)
