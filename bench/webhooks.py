"""Webhooks of a carrier, as bytes that are ready to go: signed before the clock runs."""

import itertools
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from ivr.simulator.network.wire import sign

ACCOUNT, TOKEN, HOTLINE = "AC" + "b" * 32, "bench-token-of-32-characters-....", "1500444"
_numbers = itertools.count(10_000_000)


def sid(kind: str) -> str:
    return kind + secrets.token_hex(16)


def new_number() -> str:
    """A mobile number that has never called."""
    return f"+62812{next(_numbers)}"


def known_number(contact: int) -> str:
    """The number of a planted contact."""
    return f"+62813{contact:08d}"


def post(port: int, path: str, fields: dict[str, str]) -> bytes:
    """One signed request. The proxy in front keeps its connections, so no Connection: close."""
    body = urlencode(fields)
    signature = sign(TOKEN, f"http://127.0.0.1:{port}{path}", fields.items())
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        f"X-Twilio-Signature: {signature}\r\n\r\n{body}"
    ).encode()


@dataclass
class Call:
    """One caller's call and the requests it makes, in order: rubbish, no place, a recording, send."""

    port: int
    number: str = field(default_factory=new_number)
    sid: str = field(default_factory=lambda: sid("CA"))
    recording: str = field(default_factory=lambda: sid("RE"))

    def incoming(self) -> bytes:
        return self._voice("incoming", CallStatus="ringing")

    def turn(self, number: int, **fields: str) -> bytes:
        return self._voice(f"turn/{number}", **fields)

    def report(self) -> Iterator[bytes]:
        """Turns 1 to 5: the menu, the topic, the place, the recording that opens the ticket, the key that sends it."""
        yield self.turn(1, Digits="2")
        yield self.turn(2, Digits="2")
        yield self.turn(3, Digits="*")
        yield self.recorded()
        yield self.turn(5, Digits="1")

    def recorded(self) -> bytes:
        return self.turn(
            4, RecordingSid=self.recording, RecordingDuration="9", Digits="#",
            RecordingUrl=f"http://127.0.0.1/2010-04-01/Accounts/{ACCOUNT}/Recordings/{self.recording}",
        )  # fmt: skip

    def recording_ready(self) -> bytes:
        return self._voice(
            "recording/4", RecordingSid=self.recording, RecordingStatus="completed", RecordingDuration="9"
        )

    def over(self) -> bytes:
        return self._voice("status", CallStatus="completed", CallDuration="30")

    def _voice(self, path: str, **fields: str) -> bytes:
        common = {
            "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "CallSid": self.sid, "CallStatus": "in-progress",
            "Called": HOTLINE, "Caller": self.number, "Direction": "inbound", "From": self.number, "To": HOTLINE,
        }  # fmt: skip
        return post(self.port, f"/voice/{path}", {**common, **fields})


def text(port: int) -> bytes:
    """A resident's text."""
    fields = {"AccountSid": ACCOUNT, "MessageSid": sid("SM"), "From": new_number(), "To": HOTLINE, "NumMedia": "0"}
    return post(port, "/sms/incoming", {**fields, "Body": "Kapan sampah di jalan kami diangkut?"})


def receipt(port: int, path: str, message: str, status: str, to: str) -> bytes:
    """The carrier tells how far one of our texts came."""
    fields = {"AccountSid": ACCOUNT, "MessageSid": message, "MessageStatus": status, "From": "BEKASI", "To": to}
    return post(port, path, fields)
