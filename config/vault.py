"""Keeps what is personal unreadable at rest, and findable without being readable.

Values are sealed with AES-256-GCM and bound to the table, column and row they belong to, so a sealed value copied
to another row does not open there. Telephone numbers and tracking codes are found again by a keyed hash.
DATA_KEYS is `id:key,id:key` (id 1 to 255, key 32 bytes in base64 or hex): the first seals, all of them open.
LOOKUP_KEY may be `new,old` while it is rotated.
"""

import base64
import hashlib
import hmac
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.settings import settings


class SealBroken(Exception):
    """A sealed value was changed, moved to another row, or its key is no longer in DATA_KEYS."""


def seal(plain: bytes, place: str) -> bytes:
    """`plain` sealed for `place` ("table.column.row id")."""
    key_id, cipher = next(iter(_ciphers(settings().data_keys).items()))
    nonce = os.urandom(12)
    return bytes([key_id]) + nonce + cipher.encrypt(nonce, plain, place.encode())


def unseal(sealed: bytes, place: str) -> bytes:
    """The value that was sealed for exactly this `place`. Raises SealBroken."""
    cipher = _ciphers(settings().data_keys).get(sealed[0]) if sealed else None
    if cipher is None:
        raise SealBroken(f"no key for {place}")
    try:
        return cipher.decrypt(sealed[1:13], sealed[13:], place.encode())
    except (InvalidTag, ValueError) as broken:  # ValueError: too short to be sealed at all
        raise SealBroken(place) from broken


def is_newest(sealed: bytes) -> bool:
    """Whether the key that seals now sealed this."""
    return sealed[:1] == bytes([next(iter(_ciphers(settings().data_keys)))])


def problems() -> list[str]:
    """Why nothing can be sealed with these keys; empty when it can."""
    try:
        seal(b"", "start")
    except ValueError as fault:
        return [str(fault)]
    return []


def lookup(value: str) -> str:
    """The keyed hash under which `value` is stored from now on."""
    return lookups(value)[0]


def lookups(value: str) -> list[str]:
    """Every keyed hash under which `value` may be stored, newest key first."""
    return [
        hmac.new(key.strip().encode(), value.encode(), hashlib.sha256).hexdigest()
        for key in settings().lookup_key.split(",")
        if key.strip()
    ]


@cache
def _ciphers(data_keys: str) -> dict[int, AESGCM]:
    found: dict[int, AESGCM] = {}
    for part in filter(None, (piece.strip() for piece in data_keys.split(","))):
        name, _, key = part.rpartition(":")
        raw = _raw(key)
        key_id = int(name) if name.isdecimal() else hashlib.sha256(raw).digest()[0] or 1  # a key may name itself
        if len(raw) != 32 or not 1 <= key_id <= 255 or key_id in found:
            raise ValueError("DATA_KEYS must be id:key pairs, ids from 1 to 255 that differ, keys of 32 bytes")
        found[key_id] = AESGCM(raw)
    if not found:
        raise ValueError("DATA_KEYS is missing")
    return found


def _raw(key: str) -> bytes:
    """A key as openssl prints it (-hex) or in either base64 alphabet."""
    try:
        if len(key) == 64:
            return bytes.fromhex(key)
        return base64.b64decode(key.translate(str.maketrans("-_", "+/")) + "=" * (-len(key) % 4), validate=True)
    except ValueError:
        return b""
