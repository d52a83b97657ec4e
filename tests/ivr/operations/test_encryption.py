"""The stream of an encrypted backup: what breaks on either side of it is said, and nobody waits for ever."""

import io
import os

import pytest
from people import use
from pyrage import decrypt
from pyrage.x25519 import Identity

from ivr.operations import encryption


class FullDisk(io.BytesIO):
    def write(self, _: object) -> int:
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("size", [0, 1, 65_536, 3_000_000])
def test_what_goes_in_comes_out_for_each_key(size: int) -> None:
    keys, body, file = [Identity.generate() for _ in range(2)], os.urandom(size), io.BytesIO()
    use(BACKUP_RECIPIENTS=",".join(str(key.to_public()) for key in keys))
    with encryption.encrypted(file, encryption.recipients()) as into:
        into.write(body)
    for key in keys:
        assert decrypt(file.getvalue(), [key]) == body


@pytest.mark.parametrize("size", [10, 10_000_000])
def test_a_disk_that_is_full_is_said(size: int) -> None:
    with (
        pytest.raises(OSError, match="No space left"),
        encryption.encrypted(FullDisk(), [Identity.generate().to_public()]) as into,
    ):
        into.write(bytes(size))


def test_what_breaks_while_it_is_written_is_not_hidden() -> None:
    with (
        pytest.raises(ZeroDivisionError),
        encryption.encrypted(io.BytesIO(), [Identity.generate().to_public()]) as into,
    ):
        into.write(b"x" * 1_000_000)
        raise ZeroDivisionError
