"""Sealing what is personal: keys in the forms people have them, places that bind, nothing opens by accident."""

import base64
import os
import secrets

import pytest
from people import use

from config import vault
from config.vault import SealBroken

RAW = bytes(range(32))
STANDARD = base64.b64encode(b"\xfb\xff" * 16).decode()  # has + and /
PLACE = "contacts.phone.1"


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", os.environ.copy())
    with_keys(f"1:{base64.urlsafe_b64encode(RAW).decode()}")
    yield
    monkeypatch.undo()
    use()


def with_keys(keys: str, lookup: str = "lookup-key") -> None:
    use(DATA_KEYS=keys, LOOKUP_KEY=lookup)


@pytest.mark.parametrize(
    "plain", [b"", b"+6281200001111", "jalan Ir. H. Juanda № 5 🕌".encode(), secrets.token_bytes(100_000)]
)
def test_what_is_sealed_opens_again(plain: bytes) -> None:
    sealed = vault.seal(plain, PLACE)
    assert len(sealed) == len(plain) + 29
    assert plain not in sealed or not plain
    assert vault.unseal(sealed, PLACE) == plain


@pytest.mark.parametrize("place", ["contacts.phone.2", "contacts.name.1", "calls.phone.1", "contacts.phone.1 ", ""])
def test_it_does_not_open_anywhere_else(place: str) -> None:
    with pytest.raises(SealBroken):
        vault.unseal(vault.seal(b"x", PLACE), place)


def test_no_byte_can_be_changed_cut_or_added() -> None:
    sealed = vault.seal(b"+6281200001111", PLACE)
    broken = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in range(len(sealed))]
    broken += [sealed[:length] for length in range(len(sealed))] + [sealed + b"\0"]
    for one in broken:
        with pytest.raises(SealBroken):
            vault.unseal(one, PLACE)


@pytest.mark.parametrize(
    "key",
    [
        RAW.hex(),
        base64.b64encode(RAW).decode(),
        base64.urlsafe_b64encode(RAW).decode().rstrip("="),
        STANDARD,
        STANDARD.replace("+", "-").replace("/", "_"),
    ],
)
def test_keys_come_in_the_forms_that_tools_print(key: str) -> None:
    for keys in (f"7:{key}", key, f" 7:{key} , "):
        with_keys(keys)
        assert vault.unseal(vault.seal(b"x", PLACE), PLACE) == b"x"


@pytest.mark.parametrize("keys", ["1:short", "1:" + "A" * 43 + "!", "0:" + "A" * 43, "256:" + "A" * 43, ",", "1:", "x"])
def test_a_key_that_is_none_is_refused(keys: str) -> None:
    with_keys(keys)
    with pytest.raises(ValueError, match="DATA_KEYS"):
        vault.seal(b"x", PLACE)


def test_two_keys_under_one_name_are_refused() -> None:
    with_keys(f"1:{'A' * 43},1:{'B' * 42}A")
    with pytest.raises(ValueError, match="differ"):
        vault.seal(b"x", PLACE)


def test_the_lookup_hash_is_keyed_and_finds_by_the_old_key_too() -> None:
    before = vault.lookup("+6281200001111")
    with_keys(RAW.hex(), "new-key, lookup-key")
    assert vault.lookup("+6281200001111") != before
    assert vault.lookups("+6281200001111")[1] == before
    with_keys(RAW.hex(), "new-key")
    assert before not in vault.lookups("+6281200001111")
