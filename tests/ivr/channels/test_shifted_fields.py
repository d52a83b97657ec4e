"""The carrier signs names and values run together, so a signature also fits fields whose borders were moved
(reliability.md 0.2). None of those that decide something gets in."""

from collections.abc import Iterator

import pytest
from people import House
from webhooks import Pairs, of_call, of_recording, of_text, sends

from ivr.channels.guard import CALL, RECORDED, TEXT
from ivr.simulator.network.wire import sign

FORMS = {
    "/voice/incoming": (of_call(), CALL.needed),
    "/voice/turn/2": (of_call(), CALL.needed),
    "/voice/recording/2": (of_recording("CA" + "b" * 32), RECORDED.needed),
    "/sms/incoming": (of_text("STATUS"), TEXT.needed),
}


def shifts(form: dict[str, str]) -> Iterator[tuple[str, Pairs]]:
    """Every way to move one border by one character, or to let one field swallow the next."""
    pairs = sorted(form.items())
    for at, (name, value) in enumerate(pairs):
        rest = pairs[:at] + pairs[at + 1 :]
        yield f"{name} shorter", [*rest, (name[:-1], name[-1] + value)]
        yield f"{name} longer", [*rest, (name + value[:1], value[1:])]
        if at + 1 < len(pairs):
            swallowed, eaten = pairs[at + 1]
            kept = [pair for pair in rest if pair[0] != swallowed]
            yield f"{name} swallows {swallowed}", [*kept, (name, value + swallowed + eaten)]


@pytest.mark.parametrize("path", FORMS)
def test_no_moved_border_gets_in(sqlite_house: House, path: str) -> None:
    form, needed = FORMS[path]
    fitting = 0
    for what, pairs in shifts(form):
        changed = {name for name in needed if dict(pairs).get(name) != form[name]}
        if not changed:
            continue
        fits = sign("t", path, pairs) == sign("t", path, form.items())
        fitting += fits
        told = sends(sqlite_house, path, pairs, signed=form.items())
        assert told.status_code == (400 if fits else 403), what
    assert fitting >= 6, "these are the dangerous ones: the signature fits"


@pytest.mark.parametrize("extra", [("From", "+1999"), ("CallSid", "CA" + "c" * 32), ("Digits", "1"), ("Body", "STOP")])
def test_nothing_can_be_added(sqlite_house: House, extra: tuple[str, str]) -> None:
    for path, (form, _) in FORMS.items():
        assert sends(sqlite_house, path, [*form.items(), extra], signed=form.items()).status_code == 403


def test_an_unknown_field_that_the_carrier_signed_does_no_harm(sqlite_house: House) -> None:
    form = of_call(SomethingNew="1", StirVerstat="TN-Validation-Passed-A", **{"": "nameless"})
    assert sends(sqlite_house, "/voice/incoming", form.items()).status_code == 200


def test_the_same_body_at_another_webhook_does_not_fit(sqlite_house: House) -> None:
    form = of_call()
    at_incoming = sign("test-token", sqlite_house.url + "/voice/incoming", form.items())
    told = sends(sqlite_house, "/voice/turn/1", form.items(), **{"X-Twilio-Signature": at_incoming})
    assert told.status_code == 403
