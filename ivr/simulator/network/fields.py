"""The form fields of every kind of webhook, as observed from the real carrier; empty ones are sent too."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime

from ivr.simulator.network import whatsapp
from ivr.simulator.network.ledger import Call, Message, Recording, now

API = "2010-04-01"
Fields = dict[str, str]
Place = tuple[float, float]  # latitude and longitude


def date(moment: datetime) -> str:
    """RFC 2822, `Thu, 24 Aug 2023 05:01:45 +0000`."""
    return format_datetime(moment)


def _places(*sides: tuple[str, str]) -> Fields:
    """Where each side is; abroad and for hidden numbers nothing is known, and in Indonesia only the country."""
    return {
        f"{side}{part}": "ID" if part == "Country" and number.startswith(("+62", "1500")) else ""
        for side, number in sides
        for part in ("City", "State", "Zip", "Country")
    }


def of_call(account_sid: str, call: Call, status: str) -> Fields:
    parent = {"ParentCallSid": call.parent} if call.parent else {}
    return {
        "CallSid": call.sid,
        "AccountSid": account_sid,
        "ApiVersion": API,
        "From": call.from_,
        "To": call.to,
        "Caller": call.from_,
        "Called": call.to,
        "CallStatus": status,
        "Direction": call.direction,
        **parent,
        **_places(("From", call.from_), ("To", call.to), ("Caller", call.from_), ("Called", call.to)),
    }


def of_progress(sequence: int) -> Fields:
    return {
        "Timestamp": date(now()),
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(sequence),
    }


def of_recording(recording: Recording, url: str) -> Fields:
    return {
        "RecordingSid": recording.sid,
        "RecordingUrl": url,
        "RecordingStatus": recording.status,
        "RecordingDuration": str(recording.duration),
        "RecordingChannels": "1",
        "RecordingStartTime": date(recording.created),
        "RecordingSource": "RecordVerb",
        "RecordingTrack": "inbound",
    }


def _of_message(account_sid: str, message: Message) -> Fields:
    return {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "AccountSid": account_sid,
        "ApiVersion": API,
        "From": message.from_,
        "To": message.to,
    }


def of_text(account_sid: str, message: Message, media: Sequence[tuple[str, str]] = ()) -> Fields:
    """`media` are addresses and types of what came with it."""
    enclosed: Fields = {}
    for at, (url, kind) in enumerate(media):
        enclosed |= {f"MediaUrl{at}": url, f"MediaContentType{at}": kind}
    return {
        **_of_message(account_sid, message),
        "SmsMessageSid": message.sid,
        "SmsStatus": "received",
        "Body": message.body,
        "NumMedia": str(len(media)),
        **enclosed,
        "NumSegments": str(segments(message.body)),
        "ReferralNumMedia": "0",
        **({} if whatsapp.is_address(message.from_) else _places(("From", message.from_), ("To", message.to))),
    }


def of_whatsapp(message: Message, *, kind: str, profile: str, place: Place | None, address: str, button: str) -> Fields:
    """What comes with WhatsApp beside the fields of every text."""
    location = {}
    if place is not None:
        location = {"Latitude": f"{place[0]}", "Longitude": f"{place[1]}", "Address": address}
    pressed = {"ButtonText": button, "ButtonPayload": button} if button else {}
    return {
        "ProfileName": profile,
        "WaId": whatsapp.number(message.from_).lstrip("+"),
        "MessageType": "location" if place is not None else "button" if button else kind,
        "ChannelPrefix": "whatsapp",
        **location,
        **pressed,
    }


def of_receipt(account_sid: str, message: Message, status: str, code: int | None) -> Fields:
    error = {"ErrorCode": str(code)} if code else {}
    return {**_of_message(account_sid, message), "MessageStatus": status, "SmsStatus": status, **error}


_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = frozenset("^{}\\[~]|€\f")


def segments(body: str) -> int:
    """Parts of a text: 160 GSM-7 characters or 153 in each of several, else 70 or 67 of UCS-2."""
    if set(body) <= _GSM | _GSM_DOUBLE:
        size, single, part = len(body) + sum(char in _GSM_DOUBLE for char in body), 160, 153
    else:
        size, single, part = len(body.encode("utf-16-be")) // 2, 70, 67
    return 1 if size <= single else -(-size // part)
