"""Requests that the carrier did not sign as they are: borders between fields moved, fields doubled, added, renamed, the
address written in another way, the signature spoilt, made with another key or for another address. Whoever makes them
has seen one real request and knows no key."""

import base64
import hashlib
import hmac
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from people import ACCOUNT, TOKEN

from hostile.attacked import FORM, Pairs, encoded, of_call, of_text, signed
from hostile.corpus import SEED

COUNT = 1000
SID, RECORDING = "CA" + "e" * 32, "RE" + "e" * 32
_OF_RECORDING = {
    "AccountSid": ACCOUNT,
    "CallSid": SID,
    "RecordingDuration": "9",
    "RecordingSid": RECORDING,
    "RecordingStatus": "completed",
    "RecordingUrl": f"https://api.invalid/{RECORDING}",
}
REAL = {
    "/voice/incoming": of_call(SID, From="+628137720001"),
    "/voice/turn/3": of_call(SID, Digits="1", From="+628137720001"),
    "/voice/status": of_call(SID, CallStatus="completed"),
    "/voice/recording/3": _OF_RECORDING,
    "/voice/fallback": of_call(SID, ErrorCode="11200"),
    "/voice/fallback/saved": of_call(SID, RecordingSid=RECORDING, RecordingDuration="9"),
    "/voice/fallback/recording": _OF_RECORDING,
    f"/voice/officer/{SID}": of_call(SID),
    f"/voice/officer/{SID}/key": of_call(SID, Digits="1"),
    "/sms/incoming": of_text("STOP", "+628137720001", MessageSid="SM" + "e" * 32),
    "/sms/status?ref=abc": {"AccountSid": ACCOUNT, "MessageSid": "SM" + "e" * 32, "MessageStatus": "delivered"},
}
_RECORDED = {"CallSid", "RecordingSid", "RecordingStatus", "RecordingDuration"}
_OF_TEXT = {"MessageSid", "From", "Body", "MessageStatus"}
# What each webhook reads: as long as this stays as it was signed, nothing was forged.
_READS = {
    "incoming": {"CallSid", "From"},
    "turn": {"CallSid", "From", "CallStatus", "Digits"},
    "status": {"CallSid", "CallStatus"},
    "recording": _RECORDED,
    "fallback": {"CallSid", "From", "RecordingSid", "RecordingDuration", "RecordingStatus"},
    "officer": {"Digits"},
}


@dataclass
class Forgery:
    """One request; `real` is what the carrier had signed."""

    what: str
    path: str
    pairs: Pairs
    real: Pairs
    signature: str
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def harmless(self) -> bool:
        """It means what the carrier signed, to us."""
        if self.path not in REAL:
            return False
        channel, place = self.path.split("/")[1:3]
        read = {"AccountSid"} | (_OF_TEXT if channel == "sms" else _READS.get(place, set()))
        meant = [sorted(pair for pair in pairs if pair[0] in read) for pairs in (self.pairs, self.real)]
        return meant[0] == meant[1]

    @property
    def body(self) -> bytes:
        return encoded(self.pairs)

    @property
    def all_headers(self) -> dict[str, str]:
        return {"Content-Type": FORM, "X-Twilio-Signature": self.signature, **self.headers}

    @property
    def key(self) -> tuple[str, ...]:
        return (self.method, self.path, self.body.decode(), self.signature, str(self.headers))


Chance = random.Random
Spoil = Callable[[Forgery, Chance], None]


def forgeries(url: str, seed: int = SEED, share: float = 1.0) -> list[Forgery]:
    """`share` of COUNT different forgeries against the house at `url`, every kind in turn."""
    chance, found = Chance(f"{seed} forgeries"), {}
    for one in _made(url, chance):
        found[one.key] = one
        if len(found) >= round(COUNT * share):
            return list(found.values())
    raise AssertionError


def _made(url: str, chance: Chance) -> Iterator[Forgery]:
    while True:
        for spoil in (_shift, _swallow, _double, _add, _rename, _change, _readdress, _garble, _rekey, _resign, _turn):
            path = chance.choice(list(REAL))
            pairs = list(REAL[path].items())
            one = Forgery(spoil.__name__[1:], path, list(pairs), pairs, signed(TOKEN, url + path, pairs))
            if spoil is _resign:
                one.signature = signed(TOKEN, _other_address(url, path, chance), pairs)
            spoil(one, chance)
            if not one.harmless or spoil in (_garble, _rekey, _resign, _turn):
                yield one


def _at(one: Forgery, chance: Chance) -> int:
    return chance.randrange(len(one.pairs))


def _shift(one: Forgery, chance: Chance) -> None:
    """A border between name and value, one to three characters on: the signature still fits."""
    at, by = _at(one, chance), chance.choice((-3, -2, -1, 1, 2, 3))
    name, value = one.pairs[at]
    together, border = name + value, len(name) + by
    one.pairs[at] = (together[:border], together[border:])


def _swallow(one: Forgery, chance: Chance) -> None:
    """One field becomes the end of the one before it in the order of the signature."""
    one.pairs.sort()
    at = chance.randrange(len(one.pairs) - 1)
    name, value = one.pairs[at]
    one.pairs[at : at + 2] = [(name, value + "".join(one.pairs[at + 1]))]


def _double(one: Forgery, chance: Chance) -> None:
    name, value = one.pairs[_at(one, chance)]
    one.pairs.insert(chance.randrange(len(one.pairs) + 1), (name, chance.choice((value, "", value + "1", ACCOUNT))))


def _add(one: Forgery, chance: Chance) -> None:
    name = chance.choice(("Digits", "SpeechResult", "RecordingUrl", "Body", "DialBridged", "", "&", "From ", "x"))
    one.pairs.insert(chance.randrange(len(one.pairs) + 1), (name, str(chance.randrange(10**6))))


def _rename(one: Forgery, chance: Chance) -> None:
    at = _at(one, chance)
    name, value = one.pairs[at]
    others = (name.lower(), name.upper(), name + " ", name + "\0", "\ufeff" + name, name + "[]", f"a[{name}]")
    one.pairs[at] = (chance.choice(others), value)


def _change(one: Forgery, chance: Chance) -> None:
    at = _at(one, chance)
    name, value = one.pairs[at]
    letter = chance.choice("0123456789abcdefxyz+ \0\r\n")
    where = chance.randrange(len(value) + 1)
    others = (value + letter, value[:where] + letter + value[where + 1 :], value[::-1], "")
    one.pairs[at] = (name, chance.choice(others))


def _readdress(one: Forgery, chance: Chance) -> None:
    path = one.path
    at = chance.randrange(1, len(path.partition("?")[0]))
    quoted = path[:at] + f"%{ord(path[at]):02x}" + path[at + 1 :]
    before, after = ("/.", "/x/..", "/%2e"), ("?", "?x=1", "&x=1", "/", "%00", ";v=1", "%20")
    longer = path + chance.choice(after) + str(chance.randrange(99))
    one.path = chance.choice((quoted, chance.choice(before) + path, longer, path.upper()))


def _garble(one: Forgery, chance: Chance) -> None:
    """What is left when a signature is copied badly, or written in another way."""
    raw, good = base64.b64decode(one.signature), one.signature
    at = chance.randrange(len(good) - 2)
    one.signature = chance.choice(
        (
            good[:at] + chance.choice("AZaz09+/") * 2 + good[at + 2 :],
            good[:at],
            good[::-1],
            good.swapcase(),
            raw.hex(),
            base64.b64encode(raw[:at]).decode(),
            base64.b64encode(hashlib.sha1(raw).digest()).decode(),
            f"{good}, {good}",
            f'"{good}"',
            good + "=" * (at + 1),
            "=" * (at + 1),
            chance.choice(("", "null", "undefined", "sha1=", "Basic ")) + str(chance.randrange(10**9)),
            "A" * chance.randrange(200, 4000),
            good.encode().decode("latin-1") + "\xe9" * (at + 1),
        )
    )
    if one.signature == good:
        one.signature = ""


def _rekey(one: Forgery, chance: Chance) -> None:
    """Signed well, with a key that is not ours."""
    text = one.path + "".join(name + value for name, value in sorted(one.pairs))
    keys = ("", ACCOUNT, TOKEN[:-1], TOKEN + "0", TOKEN.upper(), TOKEN + ",old", str(chance.random()))
    way = chance.choice((hashlib.sha1, hashlib.sha256, hashlib.md5))
    url = chance.choice(("", "http://127.0.0.1", "https://127.0.0.1:443"))
    one.signature = base64.b64encode(
        hmac.new(chance.choice(keys).encode(), (url + text).encode(), way).digest()
    ).decode()


def _resign(one: Forgery, chance: Chance) -> None:
    """Signed by the carrier, for somebody else's address; a header claims to be them."""
    names = ("X-Forwarded-Host", "X-Forwarded-Proto", "Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL")
    values = ("jahat.invalid", "https", "host=jahat.invalid;proto=https", f"h{chance.random()}")
    one.headers = {chance.choice(names): chance.choice(values)}


def _other_address(url: str, path: str, chance: Chance) -> str:
    host = url.removeprefix("http://")
    other = chance.choice([one for one in REAL if one != path])
    return chance.choice(
        (
            f"https://{host}{path}",
            f"http://jahat.invalid{path}",
            f"http://user:pass@{host}{path}",
            f"http://{host}.jahat.invalid{path}",
            f"http://{host}{other}",
            f"http://{host}/{path}",
            f"http://{host}{path}#x",
            f"HTTP://{host}{path}",
            f"//{host}{path}",
            path,
            f"http://localhost:{host.rpartition(':')[2]}{path}",
        )
    )


def _turn(one: Forgery, chance: Chance) -> None:
    """The real request by another method, or with a claim of one."""
    one.method = chance.choice(("GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW"))
    one.headers = {"X-HTTP-Method-Override": chance.choice(("POST", "PUT")), "X-Nr": str(chance.randrange(10**5))}
