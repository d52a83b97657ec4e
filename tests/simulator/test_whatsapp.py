"""The carrier carries WhatsApp and what comes with it: fields, media, the day of free form, receipts."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
import time_machine
from people import use
from snapshots import photo
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from ivr.simulator.app import serving
from ivr.simulator.carrier import Carrier
from ivr.simulator.network.ledger import Ledger

from .script import ACCOUNT, BUDI, LANDLINE, NUMBER, SITI, TOKEN, Script

CHAT, OURS = f"whatsapp:{SITI}", "whatsapp:+622150010445"
TEMPLATE = "HX" + "a" * 32


@pytest.fixture
def client(carrier: Carrier) -> Iterator[Client]:
    client = Client(ACCOUNT, TOKEN, http_client=TwilioHttpClient(timeout=60), environment={})
    client.api.base_url = carrier.api_url
    yield client


def form(script: Script) -> dict[str, str]:
    asked = script.at("/sms/incoming")[-1]
    assert asked.signed
    return asked.form


def test_a_message_says_who_wrote_and_how(carrier: Carrier, script: Script) -> None:
    assert carrier.text(CHAT, "halo", profile="Ibu Siti – Bekasi").status == 200
    got = form(script)
    assert (got["From"], got["To"], got["Body"]) == (CHAT, OURS, "halo")
    assert (got["ProfileName"], got["WaId"], got["MessageType"]) == ("Ibu Siti – Bekasi", SITI[1:], "text")
    assert got["NumMedia"] == "0"
    assert "FromCountry" not in got
    assert "Latitude" not in got
    assert "ButtonText" not in got


def test_the_house_is_written_to_at_the_number_that_is_set(script: Script, tmp_path: Path) -> None:
    with serving(script.app()) as url:
        use(PUBLIC_URL=url, WHATSAPP_SENDER="+622150010499", VAR_DIR=str(tmp_path), TWILIO_ACCOUNT_SID=ACCOUNT)
        use(TWILIO_AUTH_TOKEN=TOKEN, HOTLINE_NUMBER=NUMBER)
        carrier = Carrier.configured()
        carrier.text(CHAT, "halo")
        assert form(script)["To"] == "whatsapp:+622150010499"
        carrier.text(SITI, "halo")
        assert form(script)["To"] == NUMBER
        carrier.close()
    assert (tmp_path / "simulator" / "ledger.json").exists()


def test_a_button_and_a_place(carrier: Carrier, script: Script) -> None:
    carrier.text(CHAT, "", button="BELUM")
    got = form(script)
    assert (got["Body"], got["ButtonText"], got["ButtonPayload"], got["MessageType"]) == (
        "BELUM",
        "BELUM",
        "BELUM",
        "button",
    )
    carrier.text(CHAT, "", place=(-6.24827, 106.99241), address="Jl. Ahmad Yani")
    got = form(script)
    assert (got["Latitude"], got["Longitude"], got["Address"]) == ("-6.24827", "106.99241", "Jl. Ahmad Yani")
    assert got["MessageType"] == "location"


def test_an_sms_stays_as_it_was(carrier: Carrier, script: Script) -> None:
    carrier.text(SITI, "halo")
    got = form(script)
    assert got["NumMedia"] == "0"
    assert got["FromCountry"] == "ID"
    assert not {"ProfileName", "WaId", "MessageType"} & got.keys()


@pytest.mark.parametrize("from_", [CHAT, SITI])
def test_pictures_are_fetched_where_the_carrier_keeps_them(
    carrier: Carrier, script: Script, client: Client, from_: str
) -> None:
    raw = [photo(), b"%PDF-1.7"]
    carrier.text(from_, "ini", media=raw)
    got = form(script)
    assert got["MessageSid"].startswith("MM")
    assert (got["NumMedia"], got["MediaContentType0"], got["MediaContentType1"]) == (
        "2",
        "image/jpeg",
        "application/pdf",
    )
    assert client.messages(got["MessageSid"]).fetch().num_media == "2"
    for at in range(2):
        url = got[f"MediaUrl{at}"]
        assert requests.get(url, timeout=60).status_code == 401
        redirected = requests.get(url, auth=(ACCOUNT, TOKEN), timeout=60, allow_redirects=False)
        assert redirected.status_code == 307
        kept = requests.get(redirected.headers["Location"], timeout=60)
        assert (kept.content, kept.headers["Content-Type"]) == (raw[at], got[f"MediaContentType{at}"])
    listed = client.messages(got["MessageSid"]).media.list()
    assert {one.sid for one in listed} == {got[f"MediaUrl{at}"].rpartition("/")[2] for at in range(2)}
    assert {one.content_type for one in listed} == {"image/jpeg", "application/pdf"}


def test_a_picture_can_be_deleted_once(carrier: Carrier, script: Script, client: Client) -> None:
    carrier.text(CHAT, "", media=[photo()])
    message, url = form(script)["MessageSid"], form(script)["MediaUrl0"]
    media = client.messages(message).media(url.rpartition("/")[2])
    store = requests.get(url, auth=(ACCOUNT, TOKEN), timeout=60, allow_redirects=False).headers["Location"]
    assert media.fetch().parent_sid == message
    with pytest.raises(TwilioRestException):
        client.messages("MM" + "0" * 32).media(url.rpartition("/")[2]).delete()
    assert media.delete()
    assert requests.get(store, timeout=60).status_code == 404
    assert requests.get(url, auth=(ACCOUNT, TOKEN), timeout=60).status_code == 404
    with pytest.raises(TwilioRestException) as refused:
        media.delete()
    assert refused.value.status == 404


def test_pictures_outlive_a_restart(tmp_path: Path) -> None:
    first = Carrier("http://127.0.0.1:9", ACCOUNT, TOKEN, "1500444", home=tmp_path)
    first.text(CHAT, "", media=[photo()], place=(-6.2, 107.0))
    first.close()
    again = Ledger(tmp_path)
    (message,) = again.listed("messages")
    assert again.media(message.attachments[0]) == photo()
    assert message.place == "-6.2, 107.0"
    old = json.loads((tmp_path / "ledger.json").read_text())
    del old["attachments"]
    for row in old["messages"]:
        del row["attachments"], row["template"], row["place"]
    (tmp_path / "ledger.json").write_text(json.dumps(old))
    assert [one.attachments for one in Ledger(tmp_path).listed("messages")] == [[]], "as it was written before"


def send(client: Client, to: str = CHAT, from_: str = OURS, **what: str) -> str:
    return str(client.messages.create(to=to, from_=from_, **what).sid)


def test_within_a_day_words_are_free_and_are_read(carrier: Carrier, script: Script, client: Client) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 2, tzinfo=UTC), tick=True) as watch:
        carrier.text(CHAT, "halo")
        sid = send(client, body="Laporan diterima", status_callback=f"{carrier.app_url}/sms/status")
        carrier.settle()
        receipts = script.at("/sms/status")
        assert [one.form["MessageStatus"] for one in receipts] == ["sent", "delivered", "read"]
        assert {one.form["To"] for one in receipts} == {CHAT}
        assert client.messages(sid).fetch().status == "read"
        assert [one.body for one in carrier.inbox(CHAT)] == ["Laporan diterima"]
        assert carrier.inbox(SITI) == [], "another channel"
        watch.shift(timedelta(hours=23, minutes=50))
        assert ended(carrier, client, send(client, body="x")) == ("read", None)
        watch.shift(timedelta(minutes=20))
        assert ended(carrier, client, send(client, body="x")) == ("failed", 63016)


def ended(carrier: Carrier, client: Client, sid: str) -> tuple[str, int | None]:
    carrier.settle()
    found = client.messages(sid).fetch()
    return str(found.status), found.error_code


def test_a_template_goes_at_any_time(carrier: Carrier, script: Script, client: Client) -> None:
    sid = send(client, body="Laporan selesai")
    assert ended(carrier, client, sid) == ("failed", 63016)
    variables = json.dumps({"1": "123456786"})
    sid = send(client, content_sid=TEMPLATE, content_variables=variables)
    assert ended(carrier, client, sid) == ("read", None)
    assert [one.body for one in carrier.inbox(CHAT)] == [f"[{TEMPLATE}] {variables}"]


def test_who_has_no_whatsapp(carrier: Carrier, script: Script, client: Client) -> None:
    carrier.faults.set({"not_on_whatsapp": [BUDI]})
    callback = f"{carrier.app_url}/sms/status"
    sid = send(client, f"whatsapp:{BUDI}", content_sid=TEMPLATE, content_variables="{}", status_callback=callback)
    assert ended(carrier, client, sid) == ("failed", 63003)
    assert [(one.form["MessageStatus"], one.form["ErrorCode"]) for one in script.at("/sms/status")] == [
        ("failed", "63003")
    ]
    assert carrier.inbox(f"whatsapp:{BUDI}") == []
    with pytest.raises(ValueError, match="not_on_whatsapp"):
        carrier.faults.set({"not_on_whatsapp": [1]})
    carrier.faults.clear()
    assert carrier.faults.not_on_whatsapp == []


@pytest.mark.parametrize(
    ("to", "from_", "what", "code"),
    [
        (CHAT, "BEKASI", {"body": "x"}, 63007),
        (SITI, OURS, {"body": "x"}, 63007),
        (CHAT, "whatsapp:BEKASI", {"body": "x"}, 21212),
        ("whatsapp:0812", OURS, {"body": "x"}, 21211),
        (CHAT, OURS, {"body": "x" * 1601}, 21617),
        (CHAT, OURS, {"content_sid": "HX1"}, 21656),
        (CHAT, OURS, {"content_sid": TEMPLATE, "content_variables": "[1]"}, 21656),
        (CHAT, OURS, {"content_sid": TEMPLATE, "content_variables": "{"}, 21656),
        (LANDLINE, "BEKASI", {"body": "x"}, 21614),
        (f"whatsapp:{LANDLINE}", OURS, {"content_sid": TEMPLATE}, None),
    ],
)
def test_what_cannot_be_sent(client: Client, to: str, from_: str, what: dict[str, str], code: int | None) -> None:
    if code is None:
        assert send(client, to, from_, **what)
        return
    with pytest.raises(TwilioRestException) as refused:
        send(client, to, from_, **what)
    assert refused.value.code == code


def test_stop_by_whatsapp_is_the_hotline_s_business(carrier: Carrier, script: Script, client: Client) -> None:
    carrier.text(CHAT, "STOP")
    assert ended(carrier, client, send(client, body="Baik")) == ("read", None)
    carrier.text(SITI, "STOP")
    with pytest.raises(TwilioRestException) as refused:
        send(client, SITI, "BEKASI", body="x")
    assert refused.value.code == 21610
