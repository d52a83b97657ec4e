"""Backups as files that this machine cannot open: age (https://age-encryption.org) to the keys of BACKUP_RECIPIENTS,
whose other halves are kept elsewhere. Streams, so that no copy in the clear lies beside them. Raises DumpError, a
sentence.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Self

from pyrage import DecryptError, IdentityError, RecipientError, decrypt_io, encrypt_io
from pyrage.x25519 import Identity, Recipient

from config.settings import settings
from ticketing.database.dumps import DumpError

_MAGIC = b"age-encryption.org/v1\n"


def recipients() -> list[Recipient]:
    """Who can open the backups; nobody set: nothing is encrypted."""
    try:
        return [Recipient.from_str(key.strip()) for key in settings().backup_recipients.split(",") if key.strip()]
    except RecipientError as fault:  # what is set may be a secret by mistake
        raise DumpError("BACKUP_RECIPIENTS holds something else than public keys of age (age1...)") from fault


@contextmanager
def encrypted(file: Any, to: list[Recipient]) -> Iterator[Any]:
    """A file to write to, whose bytes arrive in `file` encrypted."""
    coming, going = os.pipe()
    with ThreadPoolExecutor(1) as beside:
        done = beside.submit(_encrypt, coming, file, to)
        try:
            with os.fdopen(going, "wb") as into:
                yield into
        except BrokenPipeError:  # because encrypting broke, which says why
            done.result()
            raise
        done.result()


def _encrypt(coming: int, file: Any, to: list[Recipient]) -> None:
    with os.fdopen(coming, "rb") as clear, _Written(file) as into:
        encrypt_io(clear, into, to)


class _Written:
    """A file whose faults are raised at the end of the block: pyrage wraps them, and says nothing of one in its last
    write, which would leave a backup without its end."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._fault: OSError | None = None

    def write(self, piece: bytes) -> int:
        try:
            return int(self._file.write(piece))
        except OSError as fault:
            self._fault = fault
            raise

    def flush(self) -> None:
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._fault:
            raise self._fault


@contextmanager
def opened(path: Path, identity: Path | None) -> Iterator[Any]:
    """The backup in the clear, with the keys that the file `identity` holds, once all of it was found to be as it was
    made. One that was not encrypted is given as it is."""
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            file.seek(0)
            yield file
            return
        if identity is None:
            raise DumpError(f"{path.name} is encrypted: --identity names the file with the key")
        file.seek(0)
        settings().var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryFile(dir=settings().var_dir) as clear:  # it has no name
            try:
                with _Written(clear) as into:
                    decrypt_io(file, into, _identities(identity))
            except (DecryptError, OSError) as fault:
                if isinstance(fault, OSError) and fault.errno:  # the disk's; pyrage's own has none
                    raise
                raise DumpError(f"{path.name} is not whole, or not for this key: {fault}") from fault
            clear.seek(0)
            yield clear


def _identities(path: Path) -> list[Identity]:
    lines = [line.strip() for line in path.read_text(errors="replace").splitlines()]
    try:
        found = [Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except IdentityError as fault:
        raise DumpError(f"{path.name} holds something else than keys of age (AGE-SECRET-KEY-1...)") from fault
    if not found:
        raise DumpError(f"{path.name} holds no key")
    return found
