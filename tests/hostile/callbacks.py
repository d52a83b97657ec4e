"""Callbacks of a confused carrier about calls, recordings and texts: statuses nobody knows, steps in any order, codes
and lengths that are none, references that are not ours. All of it is signed."""

import random
from dataclasses import dataclass

from hostile.corpus import SEED

COUNT = 700
CALL = (
    "queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled", "exploded",
    "COMPLETED", "",
)  # fmt: skip
TEXT = (
    "queued", "accepted", "sending", "sent", "delivered", "undelivered", "failed", "read", "canceled", "received",
    "SENT",
)  # fmt: skip
RECORDING = ("completed", "absent", "in-progress", "failed", "Completed", "", "deleted")
ODD = (
    "", "0", "-1", "1e9", "99999999999999999999", "NaN", "null", "2099-01-01T00:00:00Z", "\0", "\x1b[2J", "＋１",
    "' OR 1=1 --",
)  # fmt: skip


@dataclass(frozen=True)
class Callback:
    """`ref` says which of our texts it pretends to be about: "real", "spoilt", or whatever stands there."""

    path: str
    fields: tuple[tuple[str, str], ...]
    ref: str = ""


def callbacks(seed: int = SEED, share: float = 1.0) -> list[Callback]:
    """`share` of COUNT different callbacks."""
    chance, found = random.Random(f"{seed} callbacks"), {}
    while len(found) < round(COUNT * share):
        made = chance.choice((_of_call, _of_recording, _of_text))(chance)
        found[made] = None
    return list(found)


def _odd(chance: random.Random) -> str:
    return chance.choice((*ODD, str(chance.randrange(-(10**6), 10**12)), "a" * chance.randrange(300)))


def _of_call(chance: random.Random) -> Callback:
    fields = {
        "CallStatus": chance.choice((*CALL, _odd(chance))),
        "CallDuration": _odd(chance),
        "Timestamp": _odd(chance),
        "SequenceNumber": _odd(chance),
        "ErrorCode": _odd(chance),
    }
    return Callback("/voice/status", tuple(fields.items()))


def _of_recording(chance: random.Random) -> Callback:
    fields = {
        "RecordingStatus": chance.choice((*RECORDING, _odd(chance))),
        "RecordingDuration": _odd(chance),
        "RecordingUrl": f"http://jahat.invalid/{_odd(chance)}",
        "RecordingChannels": _odd(chance),
        "ErrorCode": _odd(chance),
    }
    turn = chance.choice(("1", "3", "9999", "10000", "99999999999999999999", "0", "007"))
    return Callback(chance.choice((f"/voice/recording/{turn}", "/voice/fallback/recording")), tuple(fields.items()))


def _of_text(chance: random.Random) -> Callback:
    fields = {
        "MessageStatus": chance.choice((*TEXT, _odd(chance))),
        "ErrorCode": _odd(chance),
        "RawDlrDoneDate": _odd(chance),
    }
    return Callback("/sms/status", tuple(fields.items()), chance.choice(("real", "spoilt", "none", _odd(chance))))
