"""Calls, texts and mails as the page gets them: plain data for JSON."""

from dataclasses import asdict
from typing import Any

from ivr.simulator.calls.call import LiveCall
from ivr.simulator.network import whatsapp
from ivr.simulator.network.ledger import Mail, Message

Json = dict[str, Any]


def of_call(call: LiveCall) -> Json:
    """`step` grows with every document, so that a key meant for an earlier prompt is known as late; `turn` grows with
    everything that happens, so that the newer of two views is known.
    """
    return {
        "sid": call.sid,
        "state": call.state,
        "from": call.from_,
        "to": call.to,
        "direction": call.direction,
        "step": call.requests,
        "turn": call.turns,
        "lines": [asdict(line) for line in call.lines],
        "waiting": call.waiting,
        "bridged": call.bridged,
        "officer": [line.text for line in call.officer_lines if line.text],
        "errors": [str(trouble) for trouble in call.errors],
        "unreachable": any(trouble.code in (11200, 11205, 11206) for trouble in call.errors),
    }


def of_text(message: Message) -> Json:
    return {
        "sid": message.sid,
        "body": message.body,
        "incoming": message.direction != "inbound",
        "sender": whatsapp.number(message.from_),
        "whatsapp": whatsapp.is_address(message.from_),
        "photos": [f"/simulator/photos/{sid}" for sid in message.attachments],
        "place": message.place,
        "status": message.status,
        "at": message.created.isoformat(),
    }


def of_mail(mail: Mail) -> Json:
    return {
        "sid": mail.sid,
        "to": mail.to,
        "subject": mail.subject,
        "text": mail.text[:8000],
        "html": bool(mail.html),
        "number": mail.number,
        "at": mail.created.isoformat(),
    }
