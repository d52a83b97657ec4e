"""The question for a mobile number, asked of callers from a landline, from abroad or with a hidden number. Two tries, *
skips."""

from functools import partial

from config import spoken
from ivr.talk import Talk
from ticketing.rules import numbers


def mobile(talk: Talk) -> numbers.Number | None:
    """The mobile number that was keyed and confirmed; asked for once in a call."""
    known = talk.look("mobile", lambda: talk.memory.mobile)
    found = numbers.read(str(known)) if known else keyed(talk, "mobile", wants_sms=True)
    if found is not None:
        talk.memory.mobile = found.e164
    return found


def keyed(talk: Talk, name: str, *, wants_sms: bool) -> numbers.Number | None:
    """A telephone number, keyed and read back in groups of four; the sentences are <name>_ask, _again and _confirm."""
    for attempt in (1, 2):
        ask = f"{name}_ask" if attempt == 1 else f"{name}_again"
        digits = talk.digits(f"{name} {attempt}", ask, most=16, read_back=False)
        if digits is None:
            return None
        number = numbers.read(digits)
        reachable = number.sms if wants_sms else number.kind in ("mobile", "fixed")
        if not reachable or number.e164 is None:
            continue
        if talk.yes(f"{name} right {attempt}", partial(_confirm, talk, name, number.e164)):
            return number
    return None


def _confirm(talk: Talk, name: str, e164: str, slow: bool) -> None:
    groups = spoken.groups(talk.language, numbers.spoken_groups(e164))
    talk.say(f"{name}_confirm", slow=slow, mobile=groups)
