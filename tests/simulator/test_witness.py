"""Whoever stands at the carrier is told of every request, also of one that failed and was repeated."""

from ivr.simulator.carrier import Carrier
from ivr.simulator.network.ledger import Call, Ledger, new_sid
from ivr.simulator.network.wire import Answer, Request

from .script import ACCOUNT, NUMBER, SITI, TOKEN


def test_a_witness_sees_each_attempt_under_one_token() -> None:
    seen: list[tuple[Request, Answer, float]] = []
    carrier = Carrier("http://127.0.0.1:1", ACCOUNT, TOKEN, NUMBER, witness=lambda *told: seen.append(told))
    carrier.wire.send("http://127.0.0.1:1/voice/incoming#rc=1&rp=ct", {"From": SITI})
    assert [asked.url for asked, _, _ in seen] == ["http://127.0.0.1:1/voice/incoming"] * 2
    assert len({asked.token for asked, _, _ in seen}) == 1
    assert all(answer.trouble and seconds >= 0 for _, answer, seconds in seen)


def test_a_log_keeps_as_many_entries_as_it_is_told() -> None:
    ledger = Ledger(keep=3)
    calls = [Call(new_sid("CA"), SITI, NUMBER, "inbound") for _ in range(5)]
    for call in calls:
        ledger.add(call)
    assert list(ledger.calls.values()) == calls[2:]
