"""Only what the carrier signed comes in, and a signature alone is not enough. A wrong one costs us nothing: the
database of these tests cannot be reached, and a right signature shows that it would have been asked."""

import json

import pytest
import requests
from people import ACCOUNT, OLD_TOKEN, TOKEN, House, use
from webhooks import FORM, encoded, of_call, of_receipt, of_recording, of_text, sends, status_of_raw_path

from ivr.channels.guard import _KNOWN
from ivr.simulator.network.wire import sign

SID = "CA" + "a" * 32
WEBHOOKS = {
    "/voice/incoming": of_call(SID),
    "/voice/turn/3": of_call(SID, Digits="1"),
    "/voice/status": of_call(SID, CallStatus="completed"),
    "/voice/recording/3": of_recording(SID),
    f"/voice/officer/{SID}": of_call(),
    f"/voice/officer/{SID}/key": of_call(Digits="1"),
    "/voice/fallback": of_call(SID),
    "/voice/fallback/saved": of_call(SID, RecordingSid="RE" + "a" * 32, RecordingDuration="9"),
    "/voice/fallback/recording": of_recording(SID),
    "/sms/incoming": of_text(),
    "/sms/status?ref=abc": of_receipt("sent"),
}


@pytest.fixture
def unreachable(sqlite_house: House) -> House:
    """A house whose database cannot be reached: whoever asks it gets no proper answer."""
    use(DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/none")
    return sqlite_house


def test_every_webhook_is_in_this_table(sqlite_house: House) -> None:
    adapter = sqlite_house.app.url_map.bind("localhost")
    here = {adapter.match(path.partition("?")[0], method="POST")[0] for path in WEBHOOKS}
    rules = sqlite_house.app.url_map.iter_rules()
    assert here == {rule.endpoint for rule in rules if "POST" in rule.methods and rule.endpoint[:3] in ("voi", "sms")}


def test_a_right_signature_would_have_asked_the_database(unreachable: House) -> None:
    assert "sistem sedang terganggu" in sends(unreachable, "/voice/incoming", of_call().items()).text
    assert sends(unreachable, "/sms/incoming", of_text().items()).status_code == 503


@pytest.mark.parametrize("path", WEBHOOKS)
def test_a_wrong_signature_is_refused_before_the_database(unreachable: House, path: str) -> None:
    pairs = list(WEBHOOKS[path].items())
    good = sign(TOKEN, unreachable.url + path, pairs)
    refused: list[str | bytes | None] = [
        None, "", "x", good[:-1], good.lower(), good + "=", f"{good},{good}", "A" * 28, "A" * 257, "A" * 9000,
        b"\xff\xfe\xfd", "tanda \u00e9".encode(), "\u2713".encode(), sign("other", unreachable.url + path, pairs),
        sign("", unreachable.url + path, pairs), sign(TOKEN, unreachable.url + "/", pairs),
        sign(TOKEN, unreachable.url + path), sign(f"{TOKEN},{OLD_TOKEN}", unreachable.url + path, pairs),
    ]  # fmt: skip
    for signature in refused:
        headers = {"Content-Type": FORM} | ({} if signature is None else {"X-Twilio-Signature": signature})
        told = requests.post(unreachable.url + path, encoded(pairs), headers=headers, timeout=60)
        assert told.status_code == 403, signature


def test_while_the_token_is_rotated_both_sign(sqlite_house: House) -> None:
    for token in (TOKEN, OLD_TOKEN):
        assert sends(sqlite_house, "/voice/incoming", of_call().items(), token=token).status_code == 200
    use(TWILIO_AUTH_TOKEN=TOKEN)
    assert sends(sqlite_house, "/voice/incoming", of_call().items(), token=OLD_TOKEN).status_code == 403


FORGED = [
    {"Host": "evil.example"},
    {"Host": "x:99999"},
    {"Host": "[::1"},
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Proto": "https", "X-Forwarded-Port": "443"},
    {"X-Forwarded-For": "1.2.3.4", "X-Real-IP": "1.2.3.4"},
    {"X-Forwarded-Prefix": "/elsewhere"},
    {"Forwarded": "host=evil.example;proto=https"},
    {"X-Original-URL": "/voice/fallback", "X-Rewrite-URL": "/voice/fallback"},
    {"X-HTTP-Method-Override": "GET"},
]


@pytest.mark.parametrize("headers", FORGED, ids=lambda headers: next(iter(headers.items())))
def test_forged_headers_change_nothing(sqlite_house: House, headers: dict[str, str]) -> None:
    form = of_call()
    plain = sends(sqlite_house, "/voice/incoming", form.items())
    told = sends(sqlite_house, "/voice/incoming", form.items(), **headers)
    assert (told.status_code, told.text) == (200, plain.text)
    assert "evil" not in told.text
    host = headers.get("Host") or headers.get("X-Forwarded-Host") or "evil.example"
    signature = sign(TOKEN, f"http://{host}/voice/incoming", form.items())
    wrong = sends(sqlite_house, "/voice/incoming", form.items(), **headers, **{"X-Twilio-Signature": signature})
    assert wrong.status_code == 403


def test_the_signature_is_over_the_public_address(sqlite_house: House) -> None:
    """Behind a proxy that serves us under a path, the carrier signs that path and must be sent back to it."""
    use(PUBLIC_URL="https://warga.example/hotline/")
    form = of_call()
    assert sends(sqlite_house, "/voice/incoming", form.items()).status_code == 403
    signature = sign(TOKEN, "https://warga.example/hotline/voice/incoming", form.items())
    told = sends(sqlite_house, "/voice/incoming", form.items(), **{"X-Twilio-Signature": signature})
    assert told.status_code == 200
    assert 'action="/hotline/voice/turn/1#' in told.text


@pytest.mark.parametrize(
    "query",
    ["?ref=a%2Fb%20c", "?ref=%41bc", "?ref=%e2%9c%93", "?ref=%E2%9C%93", "?ref=a+b&x", "?ref=%", "?a=1&a=1"],
)
def test_path_and_query_count_exactly_as_they_are_written(sqlite_house: House, query: str) -> None:
    path = f"/sms/status{query}"
    assert status_of_raw_path(sqlite_house, path, of_receipt("sent")) == 204
    tidied = path.replace("%41", "A").replace("%e2", "%E2").replace("+", "%20")
    if tidied != path:
        assert status_of_raw_path(sqlite_house, path, of_receipt("sent"), signed_path=tidied) == 403
    assert status_of_raw_path(sqlite_house, path, of_receipt("sent"), signed_path=path + "&ref=x") == 403


@pytest.mark.parametrize("path", WEBHOOKS)
def test_a_doubled_field_is_refused_although_the_signature_fits(sqlite_house: House, path: str) -> None:
    pairs = list(WEBHOOKS[path].items())
    for name, value in pairs:
        if name in _KNOWN:
            assert sends(sqlite_house, path, [*pairs, *[(name, value)] * 3], signed=pairs).status_code == 400, name
            assert sends(sqlite_house, path, [*pairs, (name, value + "1")]).status_code == 400, name


@pytest.mark.parametrize("path", WEBHOOKS)
def test_a_missing_or_foreign_field_is_refused(sqlite_house: House, path: str) -> None:
    form = WEBHOOKS[path]
    foreign = {"AccountSid": "AC" + "9" * 32} | {
        name: value for name in ("CallSid", "MessageSid", "RecordingSid") if name in form
        for value in [form[name][:-1] + "\u0661"]
    }  # fmt: skip
    for name, value in foreign.items():
        assert sends(sqlite_house, path, {**form, name: value}.items()).status_code == 400, name
        shorter = {key: kept for key, kept in form.items() if key != name}
        if not (name == "RecordingSid" and "saved" in path):
            assert sends(sqlite_house, path, shorter.items()).status_code == 400, name
    assert sends(sqlite_house, path, {**form, "AccountSid": ""}.items()).status_code == 400


@pytest.mark.parametrize("path", WEBHOOKS)
def test_only_post_is_served(unreachable: House, path: str) -> None:
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE"):
        url = unreachable.url + path
        headers = {"X-Twilio-Signature": sign(TOKEN, url)}
        assert requests.request(method, url, headers=headers, timeout=60).status_code == 405


PARTS = "multipart/form-data; boundary=x"
BODIES = {
    "json": (json.dumps(of_call()).encode(), "application/json"),
    "json that is none": (b'{"a":', "application/json"),
    "multipart": (b'--x\r\nContent-Disposition: form-data; name="From"\r\n\r\n+62\r\n--x--\r\n', PARTS),
    "multipart without boundary": (b"--x", "multipart/form-data"),
    "multipart cut off": (b'--x\r\nContent-Disposition: form-data; name="', PARTS),
    "many parts": (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 3000 + b"--x--", PARTS),
    "huge": (b"Body=" + b"a" * 300_000, FORM),
    "many fields": (b"&".join(b"a%d=1" % n for n in range(20_000)), FORM),
    "not utf-8": (b"From=%ff%fe&Body=\xff\xfe", FORM),
    "surrogate": (b"From=%ed%a0%80", FORM),
    "nothing": (b"", FORM),
    "no type": (b"From=1", ""),
    "odd charset": (b"From=1", FORM + "; charset=utf-7"),
    "xml": (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "text/xml"),
    "names only": (b"&&&===&From&=x", FORM),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_no_body_breaks_us(unreachable: House, name: str) -> None:
    body, kind = BODIES[name]
    for path in ("/voice/incoming", "/voice/turn/3", "/sms/incoming", "/voice/recording/1?bodySHA256=abc"):
        told = sends(unreachable, path, body=body, **{"Content-Type": kind})
        assert told.status_code in ((400, 403, 413) if kind.startswith(FORM) else (415,)), path


@pytest.mark.parametrize("path", ["/voice/turn/0", "/voice/turn/99999999999999999999", "/voice/recording/99999999999"])
def test_no_turn_number_breaks_us(sqlite_house: House, path: str) -> None:
    form = of_recording(SID) | of_call(SID)
    assert sends(sqlite_house, path, form.items()).status_code in (200, 204)


@pytest.mark.parametrize(
    "path", ["/voice/turn/-1", "/voice/turn/x", "/voice/turn/1e3", "/voice/turn/", "/voice/turn/\u0661x"]
)
def test_what_is_no_turn_is_not_there(sqlite_house: House, path: str) -> None:
    assert sends(sqlite_house, path, of_call().items()).status_code == 404


def test_a_clip_that_is_not_there_is_not_found(sqlite_house: House) -> None:
    for path in ("/voice/clips/id/nothing.wav", "/voice/clips/xx/a.wav", "/voice/clips/id/..%2f..%2fhotline.toml"):
        assert requests.get(sqlite_house.url + path, timeout=60).status_code == 404


def test_the_account_is_ours(sqlite_house: House) -> None:
    assert sends(sqlite_house, "/voice/incoming", of_call(AccountSid=ACCOUNT).items()).status_code == 200
