"""The carrier's signature against published vectors and against the real helper."""

import pytest
from twilio.request_validator import RequestValidator

from ivr.simulator.network.wire import bad_url, sign

URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FIELDS = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
]
SHA = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"


@pytest.mark.parametrize(
    ("url", "fields", "signature"),
    [
        (URL, FIELDS, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL, FIELDS[::-1], "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL.replace(".com/", ".com:443/"), FIELDS, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (URL.replace("https", "http").replace(".com/", ".com:80/"), FIELDS, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        (URL.replace("https", "http").replace(".com/", ".com:1234/"), FIELDS, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
        (
            URL,
            [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")],
            "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
        ),
        (f"{URL}&bodySHA256={SHA}", [], "a9nBmqA0ju/hNViExpshrM61xv4="),
        (URL, [], "zYQTYrRWXE7LtzbG4PfP7/bkkGo="),
        (
            "https://ivr.bekasi.example/voice/menu?step=2",
            [("CallSid", "CA" + "0" * 32), ("Digits", "1"), ("ForwardedFrom", ""), ("CallerName", "Ibu Siti – Bekasi")],
            "p3DOqlHCGBBHYZjiRVK+YQTO64w=",
        ),
    ],
)
def test_a_signature_is_the_published_one(url: str, fields: list[tuple[str, str]], signature: str) -> None:
    assert sign("12345", url, fields) == signature


def test_the_real_helper_accepts_ours() -> None:
    assert RequestValidator("12345").validate(URL, dict(FIELDS), sign("12345", URL, FIELDS))


@pytest.mark.parametrize(
    ("url", "bad"),
    [
        ("https://hotline.example/voice?turn=2", False),
        ("http://127.0.0.1:8000/voice", False),
        ("", True),
        ("/voice", True),
        ("ftp://hotline.example/", True),
        ("https://hot_line.example/", True),
        ("https://hotline.example/a b", True),
        ("https://hotline.example:port/", True),
        ("https://hotline.example/é", True),
    ],
)
def test_only_a_whole_http_address_is_a_webhook(url: str, bad: bool) -> None:
    assert bad_url(url) is bad
