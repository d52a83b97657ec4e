"""A carrier that behaves badly does so exactly as told."""

import socket
import threading
import time
from pathlib import Path

import pytest
import requests
from factories import until

from ivr.simulator.carrier import Carrier
from ivr.simulator.network import faults as faults_module
from ivr.simulator.network import ledger
from ivr.simulator.network.ledger import KEEP, Ledger

from .script import ACCOUNT, NUMBER, SITI, TOKEN, Script


def send(carrier: Carrier, timeout: float = 60) -> requests.Response:
    url = f"{carrier.api_url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    form = {"To": SITI, "From": "BEKASI", "Body": "x", "StatusCallback": f"{carrier.app_url}/sms/status"}
    return requests.post(url, form, auth=(ACCOUNT, TOKEN), timeout=timeout)


def test_the_next_calls_fail_and_then_it_works(carrier: Carrier) -> None:
    carrier.faults.set({"rest_fail": 2, "rest_status": 429, "rest_code": 20429, "retry_after": 3})
    answers = [send(carrier) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 201]
    assert answers[0].headers["Retry-After"] == "3" and answers[0].json()["code"] == 20429
    assert len(carrier.ledger.messages) == 1


@pytest.mark.parametrize(("acts", "sent"), [(True, 1), (False, 0)])
def test_a_request_can_hang_after_or_instead_of_acting(carrier: Carrier, acts: bool, sent: int) -> None:
    carrier.faults.set({"rest_hang": 1, "hang_acts": acts})
    with pytest.raises(requests.Timeout):
        send(carrier, timeout=0.3)
    until(lambda: len(carrier.ledger.messages) == sent, "what was asked before it fell silent")
    carrier.faults.clear()
    assert send(carrier).status_code == 201


@pytest.mark.parametrize("concurrent", [False, True])
def test_every_webhook_comes_several_times_under_one_token(carrier: Carrier, script: Script, concurrent: bool) -> None:
    carrier.faults.set({"webhook_copies": 3, "webhook_concurrent": concurrent})
    script.answers["/voice/incoming"] = "<Gather/>"
    call = carrier.dial(SITI)
    copies = script.at("/voice/incoming")
    assert len(copies) == 3 and len({one.headers["I-Twilio-Idempotency-Token"] for one in copies}) == 1
    assert call.errors == []


def test_a_repeat_with_another_answer_is_noticed(carrier: Carrier, script: Script) -> None:
    carrier.faults.set({"webhook_copies": 2})
    script.answers["/voice/incoming"] = lambda form: f"<Gather numDigits='{len(script.asked)}'/>"
    assert "different answer" in str(carrier.dial(SITI).errors[0])


@pytest.mark.parametrize(
    ("callbacks", "statuses"),
    [
        ("in order", ["sent", "delivered"]),
        ("reversed", ["delivered", "sent"]),
        ("doubled", ["sent", "sent", "delivered", "delivered"]),
        ("dropped", []),
    ],
)
def test_status_callbacks(carrier: Carrier, script: Script, callbacks: str, statuses: list[str]) -> None:
    carrier.faults.set({"callbacks": callbacks})
    send(carrier)
    carrier.settle()
    assert [one.form["MessageStatus"] for one in script.at("/sms/status")] == statuses
    assert carrier.inbox(SITI)


def test_a_text_that_does_not_arrive(carrier: Carrier, script: Script) -> None:
    carrier.faults.set({"undelivered": {SITI: 30003}})
    send(carrier)
    carrier.settle()
    last = script.at("/sms/status")[-1].form
    assert (last["MessageStatus"], last["ErrorCode"]) == ("undelivered", "30003") and not carrier.inbox(SITI)


RECORD = "<Record action='/recorded' recordingStatusCallback='/kept'/>"


def test_media_is_missing_at_first(carrier: Carrier, script: Script) -> None:
    script.answers["/voice/incoming"] = RECORD
    carrier.dial(SITI).record(2)
    carrier.settle()
    carrier.faults.set({"media_missing": 1})
    url = script.at("/kept")[0].form["RecordingUrl"]
    assert [requests.get(url, auth=(ACCOUNT, TOKEN), timeout=60).status_code for _ in range(2)] == [404, 200]


@pytest.mark.parametrize(
    ("fault", "paths"),
    [
        ({"drop_record_action": True}, {"/kept"}),
        ({"drop_recording_callback": True}, {"/recorded"}),
        ({"callbacks": "dropped"}, {"/recorded"}),
    ],
)
def test_a_recording_whose_request_is_lost(
    carrier: Carrier, script: Script, fault: dict[str, object], paths: set[str]
) -> None:
    script.answers["/voice/incoming"] = RECORD
    carrier.faults.set(fault)
    carrier.dial(SITI).record(2)
    carrier.settle()
    assert {"/kept", "/recorded"} & set(script.paths) == paths
    assert [one.status for one in carrier.ledger.recordings.values()] == ["completed"]


def test_a_recording_may_be_reported_before_its_action(carrier: Carrier, script: Script) -> None:
    script.answers["/voice/incoming"] = RECORD
    carrier.faults.set({"callbacks": "reversed"})
    carrier.dial(SITI).record(2)
    assert script.paths[1:3] == ["/kept", "/recorded"]


def test_a_caller_leaves_while_the_hotline_thinks(carrier: Carrier, script: Script) -> None:
    script.answers["/voice/incoming"] = "<Gather action='/slow' numDigits='1'/>"

    def slow(form: dict[str, str]) -> str:
        live = carrier.live(form["CallSid"])
        assert live
        live.hang_up()
        return "<Redirect>/never</Redirect>"

    script.answers["/slow"] = slow
    call = carrier.dial(SITI)
    call.press("1")
    carrier.settle()
    assert call.state == "ended" and not script.at("/never") and len(script.at("/voice/status")) == 1
    script.answers["/voice/incoming"] = slow
    assert carrier.dial(SITI).status == "no-answer" and not script.at("/never")


def test_retries_follow_the_overrides_of_the_address(carrier: Carrier, script: Script) -> None:
    script.answers["/x"] = lambda form: script.app().response_class(status=503)
    for fragment, tries in (("", 1), ("#rc=2&rp=5xx", 3), ("#rc=2&rp=ct", 1), ("#rc=1&rp=all", 2)):
        script.asked.clear()
        carrier.wire.send(f"{carrier.app_url}/x{fragment}", {"a": "b"})
        assert len(script.asked) == tries and all(one.signed for one in script.asked)


def test_a_slow_hotline_is_given_up(carrier: Carrier, script: Script) -> None:
    script.answers["/x"] = lambda form: time.sleep(3) or ""
    answer = carrier.wire.send(f"{carrier.app_url}/x#rt=100", {})
    assert answer.trouble and answer.trouble.code == 11200


@pytest.mark.parametrize("came", [b"", b"<Resp", b"<Response/>"])
def test_half_an_answer_is_none(carrier: Carrier, came: bytes) -> None:
    """A web process that is killed between its headers and the end of its document."""

    def answer() -> None:
        taken, _ = listener.accept()
        with taken:
            taken.recv(10_000)
            taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 11\r\n\r\n" + came)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=answer, daemon=True).start()
        got = carrier.wire.send(f"http://127.0.0.1:{listener.getsockname()[1]}/voice/incoming", {})
    if came == b"<Response/>":
        assert (got.status, got.body, got.trouble) == (200, came, None)
    else:
        assert got.status == 0 and got.trouble and got.trouble.code == 11206


@pytest.mark.parametrize("wanted", [{"nothing": 1}, {"rest_fail": "2"}, {"callbacks": "mixed"}, {"rest_fail": True}])
def test_an_unknown_fault_is_refused(wanted: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wanted))):
        faults_module.Faults().set(wanted)


def test_a_restart_forgets_nothing(tmp_path: Path, script: Script) -> None:
    first = Carrier("http://127.0.0.1:9", ACCOUNT, TOKEN, NUMBER, home=tmp_path)
    first.ledger.add(ledger.Message("SM1", "BEKASI", SITI, "Halo", "outbound-api", "delivered"))
    first.ledger.add(ledger.Call("CA1", SITI, NUMBER, "inbound", "in-progress"))
    first.ledger.add(ledger.Recording("RE1", "CA1", 2, "completed"))
    first.ledger.keep_media("RE1", b"RIFF")
    first.ledger.opted_out.add(SITI)
    first.close()

    second = Carrier("http://127.0.0.1:9", ACCOUNT, TOKEN, NUMBER, home=tmp_path)
    assert second.inbox(SITI)[0].body == "Halo" and second.ledger.media("RE1") == b"RIFF"
    assert second.ledger.opted_out == {SITI}
    assert second.ledger.calls["CA1"].status == "failed"


def test_nothing_is_written_after_the_last_save(tmp_path: Path) -> None:
    book = Ledger(tmp_path)
    book.add(ledger.Recording("RE1", "CA1", 2, "completed"))
    waiting = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    book.save()
    (tmp_path / "ledger.json").unlink()
    for thread in waiting:
        thread.join()
    assert waiting and not list(tmp_path.iterdir())


def test_only_the_last_entries_are_kept(tmp_path: Path) -> None:
    book = Ledger(tmp_path)
    for number in range(KEEP + 2):
        book.add(ledger.Recording(f"RE{number}", "CA", 1))
        book.keep_media(f"RE{number}", b"x")
    assert len(book.recordings) == KEEP and "RE1" not in book.recordings
    assert len(list(tmp_path.glob("*.wav"))) == KEEP
    book.save()
