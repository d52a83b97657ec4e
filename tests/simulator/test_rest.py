"""The REST API, used through the real client."""

from collections.abc import Iterator

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from ivr.simulator.carrier import Carrier
from ivr.simulator.network import ledger

from .script import ACCOUNT, BUDI, LANDLINE, NUMBER, SITI, TOKEN, Script


@pytest.fixture
def client(carrier: Carrier, monkeypatch: pytest.MonkeyPatch) -> Client:
    for name in ("TWILIO_REGION", "TWILIO_EDGE", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    client = Client(ACCOUNT, TOKEN, http_client=TwilioHttpClient(timeout=60))
    client.api.base_url = carrier.api_url
    return client


def test_a_text_is_sent_reported_and_received(carrier: Carrier, script: Script, client: Client) -> None:
    sent = client.messages.create(
        to=SITI, from_="BEKASI", body="Laporan 123456786", status_callback=f"{carrier.app_url}/sms/status?row=7"
    )
    assert sent.status == "queued" and sent.sid.startswith("SM") and sent.date_created.tzinfo
    carrier.settle()
    receipts = script.at("/sms/status")
    assert [one.form["MessageStatus"] for one in receipts] == ["sent", "delivered"]
    assert all(one.signed and one.form["MessageSid"] == sent.sid for one in receipts)
    assert [message.body for message in carrier.inbox(SITI)] == ["Laporan 123456786"]
    assert client.messages(sent.sid).fetch().status == "delivered"


def test_a_text_can_be_redacted_and_deleted(carrier: Carrier, client: Client) -> None:
    sent = client.messages.create(to=SITI, from_="BEKASI", body="rahasia")
    assert client.messages(sent.sid).update(body="").body == ""
    assert client.messages(sent.sid).delete()
    with pytest.raises(TwilioRestException) as refused:
        client.messages(sent.sid).fetch()
    assert (refused.value.status, refused.value.code) == (404, 20404)


@pytest.mark.parametrize(
    ("to", "body", "sender", "callback", "code"),
    [
        (LANDLINE, "x", "BEKASI", "", 21614),
        ("081290001234", "x", "BEKASI", "", 21211),
        (NUMBER, "x", "BEKASI", "", 21211),
        ("anonymous", "x", "BEKASI", "", 21211),
        (SITI, "x" * 1601, "BEKASI", "", 21617),
        (SITI, "x", "KOTA BEKASI 1500", "", 21212),
        (SITI, "x", "BEKASI", "not a url", 21609),
        ("+6591234567", "x", "BEKASI", "", None),
    ],
)
def test_what_cannot_be_sent(client: Client, to: str, body: str, sender: str, callback: str, code: int | None) -> None:
    def send() -> None:
        client.messages.create(to=to, from_=sender, body=body, **({"status_callback": callback} if callback else {}))

    if code is None:
        send()
        return
    with pytest.raises(TwilioRestException) as refused:
        send()
    assert (refused.value.status, refused.value.code) == (400, code)


def test_who_texts_stop_gets_no_text_until_start(carrier: Carrier, script: Script, client: Client) -> None:
    assert carrier.text(SITI, " stop ").status == 200
    inbound = script.at("/sms/incoming")[0]
    assert inbound.signed
    assert {"From": SITI, "To": NUMBER, "Body": " stop ", "NumMedia": "0", "SmsStatus": "received"}.items() <= (
        inbound.form.items()
    )
    assert inbound.form["MessageSid"] == inbound.form["SmsSid"] == inbound.form["SmsMessageSid"]
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=SITI, from_="BEKASI", body="x")
    assert refused.value.code == 21610
    carrier.text(SITI, "MULAI")
    client.messages.create(to=SITI, from_="BEKASI", body="x")


def test_an_answer_to_a_text_is_delivered(carrier: Carrier, script: Script) -> None:
    script.answers["/sms/incoming"] = "<Message>Baik.</Message><Message><Body>Terima kasih.</Body></Message>"
    carrier.text(SITI, "CEK")
    carrier.settle()
    assert sorted(message.body for message in carrier.inbox(SITI)) == ["Baik.", "Terima kasih."]
    script.answers["/sms/incoming"] = "<Say>Halo"
    carrier.text(SITI, "CEK")
    assert carrier.errors[-1].code == 12100


def test_wrong_credentials(carrier: Carrier, client: Client) -> None:
    client.auth = (ACCOUNT, "wrong")
    with pytest.raises(TwilioRestException) as refused:
        client.messages("SM1").fetch()
    assert (refused.value.status, refused.value.code) == (401, 20003)


def test_lists_come_in_pages_and_by_their_filters(carrier: Carrier, client: Client) -> None:
    for number in range(5):
        client.messages.create(to=SITI if number % 2 else BUDI, from_="BEKASI", body=str(number))
    assert [message.body for message in client.messages.list(page_size=2)] == ["4", "3", "2", "1", "0"]
    assert [message.body for message in client.messages.list(to=SITI, page_size=1)] == ["3", "1"]
    today, tomorrow = ledger.now(), ledger.now().replace(year=ledger.now().year + 1)
    assert len(client.messages.list(date_sent=today.date())) == 5
    assert client.messages.list(date_sent_after=tomorrow) == []
    assert len(client.messages.list(date_sent_before=tomorrow, limit=3)) == 3


def test_a_call_is_placed_answered_and_reported(carrier: Carrier, script: Script, client: Client) -> None:
    script.answers["/voice/back"] = "<Gather action='/next'><Say>Ini 1500444.</Say></Gather>"
    placed = client.calls.create(
        to=SITI,
        from_="+622150010444",
        url=f"{carrier.app_url}/voice/back",
        status_callback=f"{carrier.app_url}/leg",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )
    assert placed.direction == "outbound-api"
    (call,) = carrier.ringing(SITI)
    call.answer()
    assert call.hears("Ini 1500444") and carrier.ringing(SITI) == []
    assert script.at("/voice/back")[0].form["Direction"] == "outbound-api"
    call.hang_up()
    carrier.settle()
    assert [one.form["CallStatus"] for one in script.at("/leg")] == ["initiated", "ringing", "in-progress", "completed"]
    found = client.calls(placed.sid).fetch()
    assert found.status == "completed" and found.end_time and int(found.duration) > 0


def test_a_call_that_nobody_takes(carrier: Carrier, script: Script, client: Client) -> None:
    client.calls.create(to=SITI, from_="+622150010444", twiml="<Response/>", status_callback=f"{carrier.app_url}/leg")
    carrier.ringing(SITI)[0].leave_unanswered()
    carrier.settle()
    assert script.at("/leg")[0].form["CallStatus"] == "no-answer"
    assert [call.status for call in client.calls.list(status="no-answer")] == ["no-answer"]


def test_a_call_that_is_taken_back(carrier: Carrier, script: Script, client: Client) -> None:
    placed = client.calls.create(to=SITI, from_="+622150010444", twiml="<Response><Shout/></Response>")
    client.calls(placed.sid).update(status="canceled")
    carrier.settle()
    assert client.calls(placed.sid).fetch().status == "canceled" and not carrier.ringing(SITI)


def test_a_live_call_is_moved_and_ended(carrier: Carrier, script: Script, client: Client) -> None:
    script.answers["/voice/incoming"] = "<Gather action='/next' actionOnEmptyResult='true'/>"
    script.answers["/elsewhere"] = "<Gather><Say>Dipindahkan.</Say></Gather>"
    call = carrier.dial(SITI)
    client.calls(call.sid).update(url=f"{carrier.app_url}/elsewhere")
    carrier.settle()
    assert call.hears("Dipindahkan") and not script.at("/next")
    client.calls(call.sid).update(twiml="<Response><Gather><Say>Sekali lagi.</Say></Gather></Response>")
    carrier.settle()
    assert call.hears("Sekali lagi")
    client.calls(call.sid).update(status="completed")
    carrier.settle()
    assert call.state == "ended" and call.status == "completed"
    with pytest.raises(TwilioRestException) as refused:
        client.calls(call.sid).update(status="completed")
    assert refused.value.code == 21220


def test_a_webhook_may_move_the_very_call_it_answers(carrier: Carrier, script: Script, client: Client) -> None:
    def answer(form: dict[str, str]) -> str:
        client.calls(form["CallSid"]).update(url=f"{carrier.app_url}/elsewhere")
        return "<Gather/>"

    script.answers |= {"/voice/incoming": answer, "/elsewhere": "<Gather><Say>Di sini.</Say></Gather>"}
    call = carrier.dial(SITI)
    carrier.settle()
    assert call.hears("Di sini", ever=True) and call.state == "gathering"


@pytest.fixture
def recorded(carrier: Carrier, script: Script) -> Iterator[str]:
    script.answers["/voice/incoming"] = "<Record action='/recorded'/>"
    carrier.dial(SITI).record(3)
    carrier.settle()
    yield script.at("/recorded")[0].form["RecordingSid"]


def test_a_recording_is_fetched_and_deleted(carrier: Carrier, client: Client, recorded: str) -> None:
    found = client.recordings(recorded).fetch()
    assert (found.status, found.duration, found.channels) == ("completed", "3", 1)
    assert [one.sid for one in client.recordings.list(call_sid=found.call_sid)] == [recorded]
    for ending in ("", ".wav"):
        media = client.request("GET", found.media_url + ending)
        assert media.status_code == 200
    assert client.recordings(recorded).delete()
    assert client.request("GET", found.media_url).status_code == 404
    assert client.recordings.list() == []


def test_media_needs_credentials_and_one_channel(carrier: Carrier, client: Client, recorded: str) -> None:
    url = client.recordings(recorded).fetch().media_url
    assert client.request("GET", url + ".wav?RequestedChannels=2").status_code == 400
    assert client.request("GET", url, auth=("x", "y")).status_code == 401
    assert client.request("GET", url + ".mp3").status_code == 404
