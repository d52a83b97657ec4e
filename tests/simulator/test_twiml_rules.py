"""The rules by which a call goes on, one by one, against a hotline that follows a script."""

from collections.abc import Callable

import pytest
from flask import Response

from ivr.simulator.calls import audio
from ivr.simulator.calls.call import LiveCall, NotNowError
from ivr.simulator.calls.speech import said
from ivr.simulator.calls.twiml import DocumentError, parse
from ivr.simulator.calls.verbs import collect
from ivr.simulator.carrier import Carrier

from .script import ACCOUNT, NUMBER, SITI, Script

VOICE = 'voice="Google.id-ID-Wavenet-A" language="id-ID"'


def say(text: str) -> str:
    return f"<Say {VOICE}>{text}</Say>"


# The first request


def test_the_first_request_carries_what_the_real_one_carries(carrier: Carrier, script: Script) -> None:
    carrier.dial(SITI)
    first = script.asked[0]
    assert first.path == "/voice/incoming" and first.signed
    expected = {"AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "From": SITI, "To": NUMBER, "Caller": SITI}
    expected |= {"Called": NUMBER, "CallStatus": "ringing", "Direction": "inbound", "FromCity": "", "FromCountry": "ID"}
    assert expected.items() <= first.form.items()
    assert first.form["CallSid"].startswith("CA") and len(first.form["CallSid"]) == 34
    assert first.headers["User-Agent"] == "TwilioProxy/1.1"
    assert first.headers["I-Twilio-Idempotency-Token"]


def test_a_call_that_ends_is_reported_to_the_number(carrier: Carrier, script: Script) -> None:
    script.answers["/voice/incoming"] = say("Selamat pagi.")
    call = carrier.dial(SITI)
    carrier.settle()
    assert call.state == "ended" and call.hears("selamat  PAGI")
    (status,) = script.at("/voice/status")
    assert status.signed
    assert {"CallStatus": "completed", "SequenceNumber": "0", "CallDuration": "1", "Duration": "1"}.items() <= (
        status.form.items()
    )


# Gather


@pytest.mark.parametrize(
    ("keys", "finish", "most", "result"),
    [
        ("1", "#", 1, ("1", "")),
        ("123", "#", 2, ("12", "")),
        ("12#", "#", 0, ("12", "#")),
        ("12", "#", 0, ("12", None)),
        ("#", "#", 0, ("", "#")),
        ("1#2", "", 3, ("1#2", "")),
        ("1#", "", 0, ("1#", None)),
        ("12*3", "*", 0, ("12", "*")),
        ("1#*", "*", 0, ("1#", "*")),
    ],
)
def test_digits_are_collected_until_a_rule_ends_them(
    keys: str, finish: str, most: int, result: tuple[str, str | None]
) -> None:
    assert collect("", keys, finish, most) == result


def gathered(attributes: str) -> str:
    return f'<Gather action="/next" {attributes}>{say("Tekan satu.")}</Gather><Redirect>/nothing</Redirect>'


Act = Callable[[LiveCall], None]


@pytest.mark.parametrize(
    ("attributes", "act", "path", "fields"),
    [
        ('numDigits="1"', lambda call: call.press("1"), "/next", {"Digits": "1", "FinishedOnKey": ""}),
        ('numDigits="1"', lambda call: call.press("#"), "/nothing", {}),
        ("", lambda call: call.press("12#"), "/next", {"Digits": "12", "FinishedOnKey": "#"}),
        ("", lambda call: (call.press("1"), call.press("2"), call.stay_silent()), "/next", {"Digits": "12"}),
        ("", lambda call: call.stay_silent(), "/nothing", {}),
        ('actionOnEmptyResult="true"', lambda call: call.stay_silent(), "/next", {"Digits": ""}),
        ('actionOnEmptyResult="true"', lambda call: call.press("#"), "/next", {"Digits": ""}),
        ('finishOnKey=""', lambda call: (call.press("1#"), call.stay_silent()), "/next", {"Digits": "1#"}),
        ('finishOnKey="*"', lambda call: call.press("5*"), "/next", {"Digits": "5", "FinishedOnKey": "*"}),
        (
            'input="speech" language="id-ID"',
            lambda call: (call.press("1"), call.speak("Kayuringin")),
            "/next",
            {"SpeechResult": "Kayuringin", "Confidence": "0.9000", "Language": "id-ID"},
        ),
        ('input="dtmf speech"', lambda call: (call.speak(" "), call.speak("dua")), "/next", {"SpeechResult": "dua"}),
        (
            'input="dtmf speech"',
            lambda call: (call.press("2"), call.speak("dua"), call.press("#")),
            "/next",
            {"Digits": "2"},
        ),
        ("", lambda call: (call.speak("tidak didengar"), call.stay_silent()), "/nothing", {}),
    ],
)
def test_gather(carrier: Carrier, script: Script, attributes: str, act: Act, path: str, fields: dict[str, str]) -> None:
    script.answers["/voice/incoming"] = gathered(attributes)
    call = carrier.dial(SITI)
    assert call.state == "gathering" and call.hears("Tekan satu") and call.status == "in-progress"
    act(call)
    asked = script.asked[1]
    assert asked.path == path and asked.form["CallStatus"] == "in-progress"
    assert fields.items() <= asked.form.items()
    assert not call.errors


def test_without_an_action_a_gather_asks_the_same_document_again(carrier: Carrier, script: Script) -> None:
    script.answers["/voice/incoming"] = "<Gather numDigits='1'/>"
    carrier.dial(SITI).press("1")
    assert script.paths[:2] == ["/voice/incoming"] * 2


def test_a_caller_who_hangs_up_in_a_gather_is_only_reported(carrier: Carrier, script: Script) -> None:
    script.answers["/voice/incoming"] = gathered("")
    call = carrier.dial(SITI)
    call.press("1")
    call.hang_up()
    carrier.settle()
    assert script.paths == ["/voice/incoming", "/voice/status"]
    with pytest.raises(NotNowError):
        call.press("1")
    call.hang_up()


def test_relative_addresses_start_at_the_current_document(carrier: Carrier, script: Script) -> None:
    script.answers["/voice/incoming"] = "<Redirect>../calls/7/turn?n=1</Redirect>"
    script.answers["/calls/7/turn"] = "<Gather action='turn?n=2' numDigits='1'/>"
    carrier.dial(SITI).press("1")
    assert script.paths == ["/voice/incoming", "/calls/7/turn", "/calls/7/turn"]
    assert all(one.signed for one in script.asked)


def test_get_puts_the_fields_in_the_query(carrier: Carrier, script: Script) -> None:
    script.answers["/voice/incoming"] = "<Gather action='/next?turn=2' method='GET' numDigits='1'/>"
    carrier.dial(SITI).press("1")
    assert script.asked[1].method == "GET" and script.asked[1].signed and not script.asked[1].form


# An impatient caller


def test_an_impatient_caller_can_leave_during_an_announcement(carrier: Carrier, script: Script) -> None:
    script.answers["/voice/incoming"] = say("Nomor laporan Anda.") + "<Redirect>/next</Redirect>"
    call = carrier.dial(SITI, patient=False)
    assert call.state == "speaking"
    call.press("1")
    assert call.state == "speaking" and len(script.asked) == 1
    call.hang_up()
    assert script.at("/next") == []

    listener = carrier.dial(SITI, patient=False)
    listener.listen()
    assert script.at("/next") and listener.state == "ended"


# Record

RECORD = '<Record action="/recorded" finishOnKey="#0" timeout="5" maxLength="120" recordingStatusCallback="/kept"/>'


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        (lambda call: call.record(7), {"Digits": "#", "RecordingDuration": "7", "CallStatus": "in-progress"}),
        (lambda call: call.record(7, ended_by="0"), {"Digits": "0", "RecordingDuration": "7"}),
        (lambda call: call.record(7, ended_by="silence"), {"Digits": "", "RecordingDuration": "12"}),
        (lambda call: call.record(300), {"RecordingDuration": "120"}),
        (lambda call: call.record(7, ended_by="5"), {"Digits": "", "RecordingDuration": "12"}),
        (lambda call: call.record(7, audio=audio.stand_in(3)), {"RecordingDuration": "3"}),
        (lambda call: call.stay_silent(), {"Digits": "", "RecordingDuration": "5"}),
        (lambda call: call.press("50"), {"Digits": "0", "RecordingDuration": "1"}),
        (
            lambda call: call.record(9, ended_by="hangup"),
            {"Digits": "hangup", "RecordingDuration": "9", "CallStatus": "completed"},
        ),
        (lambda call: call.hang_up(), {"Digits": "hangup", "RecordingDuration": "1", "CallStatus": "completed"}),
    ],
)
def test_record(carrier: Carrier, script: Script, act: Act, fields: dict[str, str]) -> None:
    script.answers |= {"/voice/incoming": say("Setelah nada.") + RECORD, "/recorded": "<Gather action='/next'/>"}
    call = carrier.dial(SITI)
    assert call.state == "recording"
    act(call)
    carrier.settle()
    action, kept = script.at("/recorded")[0].form, script.at("/kept")[0].form
    assert fields.items() <= action.items()
    assert action["RecordingUrl"].endswith("/Recordings/" + action["RecordingSid"])
    assert kept["RecordingStatus"] == "completed" and kept["RecordingSid"] == action["RecordingSid"]
    assert kept["RecordingDuration"] == action["RecordingDuration"] and kept["RecordingSource"] == "RecordVerb"
    assert call.state == ("ended" if "hangup" in action["Digits"] else "gathering")
    sound = carrier.ledger.media(kept["RecordingSid"])
    assert sound and round(audio.length(sound)) == int(action["RecordingDuration"])


def test_a_stand_in_is_heard_and_silence_is_silent() -> None:
    assert max(audio.stand_in(2)[44:]) > 0 and audio.length(audio.stand_in(2)) == 2
    assert not any(audio.silent(2)[44:])
    with pytest.raises(ValueError, match="WAV"):
        audio.length(b"not a sound")


# Dial

DIAL = '<Dial action="/dialled" timeout="20"><Number url="/whisper">+62215550001</Number></Dial>'
ASK = "<Gather numDigits='1' action='/accepted'><Say>Tekan satu.</Say></Gather><Hangup/>"


@pytest.mark.parametrize(
    ("act", "status", "bridged"),
    [
        (lambda call: (call.officer_answers(), call.officer_hangs_up()), "completed", "true"),
        (lambda call: call.officer_answers(""), "completed", "false"),
        (lambda call: call.officer_answers("2"), "completed", "false"),
        (lambda call: call.officer_declines(), "busy", "false"),
        (lambda call: call.officer_no_answer(), "no-answer", "false"),
        (lambda call: call.stay_silent(), "no-answer", "false"),
    ],
)
def test_dial(carrier: Carrier, script: Script, act: Act, status: str, bridged: str) -> None:
    script.answers |= {"/voice/incoming": DIAL, "/whisper": ASK, "/dialled": "<Gather/>"}
    script.answers["/accepted"] = lambda form: "" if form["Digits"] == "1" else "<Hangup/>"
    call = carrier.dial(SITI)
    assert call.state == "dialing" and call.waiting["targets"] == ["+62215550001"]
    act(call)
    form = script.at("/dialled")[0].form
    assert (form["DialCallStatus"], form["DialBridged"]) == (status, bridged)
    assert call.state == "gathering" and form["CallSid"] == call.sid
    for asked in script.at("/whisper"):
        assert asked.form["ParentCallSid"] == call.sid and asked.form["Direction"] == "outbound-dial"
        assert asked.form["CallSid"] == form["DialCallSid"] and asked.form["CallStatus"] == "in-progress"


def test_a_caller_who_leaves_while_it_rings_or_in_the_conversation(carrier: Carrier, script: Script) -> None:
    script.answers["/voice/incoming"] = DIAL.replace(' url="/whisper"', "")
    ringing = carrier.dial(SITI)
    ringing.hang_up()
    talking = carrier.dial(SITI)
    talking.officer_answers()
    assert talking.bridged
    talking.hang_up()
    carrier.settle()
    forms = [one.form for one in script.at("/dialled")]
    assert [form["DialCallStatus"] for form in forms] == ["canceled", "completed"]
    assert {form["CallStatus"] for form in forms} == {"completed"}
    assert len(script.at("/voice/status")) == 2


def test_a_leg_reports_its_own_progress(carrier: Carrier, script: Script) -> None:
    events = "initiated ringing answered completed"
    script.answers["/voice/incoming"] = (
        f'<Dial><Number statusCallback="/leg" statusCallbackEvent="{events}">+62215550001</Number></Dial>'
    )
    call = carrier.dial(SITI)
    call.officer_answers()
    call.officer_hangs_up()
    carrier.settle()
    assert [one.form["CallStatus"] for one in script.at("/leg")] == ["initiated", "ringing", "in-progress", "completed"]
    assert [one.form["SequenceNumber"] for one in script.at("/leg")] == ["0", "1", "2", "3"]
    assert call.state == "ended" and not call.errors


# What Twilio refuses or warns about


def xml(body: str | bytes, kind: str = "text/xml", status: int = 200) -> Response:
    return Response(body, status, mimetype=kind)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (xml("", status=500), 11217),
        (xml("", status=403), 11217),
        (xml("<Response>"), 12100),
        (xml(" <Response/>"), 12100),
        (xml("<Answer/>"), 12100),
        (xml("<Response><Say>a & b</Say></Response>"), 12100),
        (xml("{}", "application/json"), 12300),
        (xml("<Response>" + " " * 66_000 + "</Response>"), 11750),
        ("<Redirect>ht tp://rubbish</Redirect>", 11100),
        ("<Redirect></Redirect>", 11100),
        ("<Gather action='ftp://x/' numDigits='1' actionOnEmptyResult='true'/>", 11100),
    ],
)
def test_a_document_that_cannot_be_used_leads_to_the_fallback(
    carrier: Carrier, script: Script, answer: str | Response, code: int
) -> None:
    script.answers |= {"/voice/incoming": answer, "/voice/fallback": say("Layanan sedang terganggu.")}
    call = carrier.dial(SITI)
    if call.state == "gathering":
        call.stay_silent()
    asked = script.at("/voice/fallback")[0]
    assert asked.signed and asked.form["ErrorCode"] == str(code) and asked.form["ErrorUrl"]
    assert [trouble.code for trouble in call.errors] == [code]
    assert call.hears("sedang terganggu")


def test_without_a_fallback_the_caller_hears_an_apology(carrier: Carrier, script: Script) -> None:
    script.answers |= {"/voice/incoming": xml("", status=500), "/voice/fallback": xml("", status=500)}
    call = carrier.dial(SITI)
    assert call.state == "ended" and call.hears("application error")
    assert [trouble.code for trouble in call.errors] == [11217, 11217]


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<Shout>Halo</Shout>", 12200),
        ("<Say pitch='low'>Halo</Say>", 12200),
        ("<Gather numDigits='none'/>", 12200),
        ("<Gather finishOnKey='*#'/>", 12200),
        ("<Gather method='PUT'/>", 13312),
        ("<Record timeout='soon'/>", 13611),
        ("<Gather actionOnEmptyResult='yes'/>", 13338),
        ("<Gather><Record/></Gather>", 12200),
        ("<Enqueue>petugas</Enqueue>", 12200),
        ("<Dial><Conference>ruang</Conference></Dial>", 12200),
        ("<Say></Say>", 13520),
        (f"<Say {VOICE}>{'a' * 4600}</Say>", 13521),
        ("<Say language='id-ID'>Halo</Say>", 13520),
        ("<Say voice='Polly.Joanna' language='id-ID'>Halo</Say>", 13520),
        ("<Say voice='Google.id-ID-Neural2-A' language='id-ID'>Halo</Say>", 13520),
        ("<Say voice='Google.en-US-Wavenet-F' language='id-ID'>Halo</Say>", 13520),
        ("<Hangup>loose</Hangup>", 12200),
    ],
)
def test_what_twilio_warns_about_is_noted(inside: str, code: int) -> None:
    assert [trouble.code for trouble in parse(f"<Response>{inside}</Response>".encode()).troubles] == [code]


def test_a_document_type_is_refused() -> None:
    with pytest.raises(DocumentError, match="12100"):
        parse(b"<!DOCTYPE r [<!ENTITY a 'b'>]><Response/>")


def test_speech_is_read_with_its_markup() -> None:
    inside = (
        '<prosody rate="80%"><s>Tekan satu.</s><break time="500ms"/>Nomor '
        '<say-as interpret-as="digits">123</say-as> <sub alias="Kota Bekasi">KB</sub></prosody>'
    )
    document = parse(f"<Response>{say(inside)}</Response>".encode())
    line = said(document.root[0])
    assert not document.troubles
    assert line.text == "Tekan satu. Nomor 1 2 3 Kota Bekasi"
    assert line.parts == ("Tekan satu.", "Nomor 1 2 3 Kota Bekasi") and line.rate == 0.8


def test_other_kinds_of_answer(carrier: Carrier, script: Script) -> None:
    script.answers["/voice/incoming"] = xml("Layanan tutup.", "text/plain")
    assert carrier.dial(SITI).hears("Layanan tutup.")
    script.answers["/voice/incoming"] = xml(audio.silent(1), "audio/x-wav")
    assert carrier.dial(SITI).heard[0].kind == "play"
    script.answers |= {"/voice/incoming": "<Play>/clip.wav</Play>", "/clip.wav": xml("gone", status=404)}
    assert [trouble.code for trouble in carrier.dial(SITI).errors] == [11217]


def test_a_rejected_call_was_never_answered(carrier: Carrier, script: Script) -> None:
    script.answers["/voice/incoming"] = "<Reject reason='busy'/>"
    call = carrier.dial(SITI)
    carrier.settle()
    assert call.status == "busy" and script.at("/voice/status")[0].form["CallStatus"] == "busy"


def test_a_call_in_circles_is_ended(carrier: Carrier, script: Script) -> None:
    script.answers["/voice/incoming"] = "<Redirect>/voice/incoming</Redirect>"
    call = carrier.dial(SITI)
    assert call.state == "ended" and "circles" in str(call.errors[-1])


def test_a_moved_webhook_loses_its_fields(carrier: Carrier, script: Script) -> None:
    script.answers["/voice/incoming"] = Response(status=301, headers={"Location": "/voice/incoming2"})
    carrier.dial(SITI)
    moved = script.at("/voice/incoming2")[0]
    assert moved.method == "GET" and moved.signed and not moved.form


def test_nobody_is_there(script: Script) -> None:
    call = Carrier("http://127.0.0.1:9", ACCOUNT, "token", NUMBER).dial(SITI)
    assert call.state == "ended" and [trouble.code for trouble in call.errors] == [11205, 11205]


def test_a_transcript_tells_the_call(carrier: Carrier, script: Script) -> None:
    script.answers |= {"/voice/incoming": gathered('numDigits="1"'), "/next": say("Baik.")}
    call = carrier.dial(SITI)
    call.press("1")
    assert call.transcript() == "  Tekan satu.  [id-ID]\n> caller presses 1\n  Baik.  [id-ID]"
    assert not call.hears("Tekan satu") and call.hears("Tekan satu", ever=True)
