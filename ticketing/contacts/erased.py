"""The list of erased numbers, VAR_DIR/erased.jsonl: keyed hashes and times, never numbers. It is written before
anything is erased, and goes into every backup, so that whatever brings back what a number sent before is known for
that."""

import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from config import clock, vault
from config.settings import settings


def write_down(e164: str) -> None:
    """From now on this number is to be erased, whatever becomes of this process or this machine's database."""
    _append([{"at": clock.now().isoformat(), "hashes": vault.lookups(e164)}])


def since(e164: str | None, at: datetime) -> bool:
    """Whether this number was erased after that moment: what it sent then is not taken in again."""
    hashes = set(vault.lookups(e164)) if e164 else set()
    return any(hashes & set(entry["hashes"]) and datetime.fromisoformat(entry["at"]) > at for entry in entries())


def entries() -> list[dict[str, Any]]:
    """Who is on the list and since when, oldest first."""
    return _read(listed())


def listed() -> bytes:
    """The list as a backup takes it along; empty when nobody was ever erased."""
    path = _list()
    return path.read_bytes() if path.exists() else b""


def take_over(other: bytes) -> None:
    """Add what the list of a backup has beyond ours."""
    known = {json.dumps(entry) for entry in entries()}
    _append([entry for entry in _read(other) if json.dumps(entry) not in known])


def _read(text: bytes) -> list[dict[str, Any]]:
    """Every whole line; one that a crash cut short had no effect yet."""
    found = []
    for line in text.decode(errors="replace").splitlines():
        try:
            entry = json.loads(line)
            datetime.fromisoformat(entry["at"])
        except (ValueError, TypeError, KeyError):
            continue
        found.append({"at": entry["at"], "hashes": list(entry["hashes"])})
    return found


def _append(new: Sequence[object]) -> None:
    if not new:
        return
    path = _list()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = "".join(f"\n{json.dumps(entry)}" for entry in new) + "\n"  # a line cut short before stays alone
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(file, lines.encode())
        os.fsync(file)
    finally:
        os.close(file)


def _list() -> Path:
    return settings().var_dir / "erased.jsonl"
