"""Refusals of the carrier's REST API, under its own error codes."""

import re

from ivr.simulator.network import whatsapp
from ivr.simulator.network.ledger import Message
from ivr.simulator.network.wire import bad_url

_MOBILE = re.compile(r"\+628\d{7,11}")
E164 = re.compile(r"\+[1-9]\d{7,14}")
_SENDER = re.compile(r"\+?\d{3,15}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
MEANINGS = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20422: "Invalid parameter",
    20429: "Too many requests",
    20500: "Internal server error",
    20503: "Service unavailable",
    21201: "No 'To' number specified",
    21205: "Url parameter is required, and must be valid",
    21211: "Invalid 'To' phone number",
    21212: "Invalid 'From' number",
    21220: "Call is not in progress. Cannot redirect.",
    21602: "Message body is required",
    21604: "'To' phone number is required",
    21609: "Invalid StatusCallback URL",
    21610: "Attempt to send to unsubscribed recipient",
    21614: "'To' number is not a valid mobile number",
    21656: "The Content Variables parameter is invalid",
    63007: "Could not find a channel with the specified From address",
    21617: "The concatenated message body exceeds the 1600 character limit",
    32018: "Twiml is longer than 4000 characters",
}


class RefusalError(Exception):
    def __init__(self, code: int, status: int = 400) -> None:
        super().__init__(code)
        self.code, self.status = code, status


def unsendable(message: Message, opted_out: set[str]) -> int:
    """Why the carrier refuses a text, as its error code; 0 when it takes it."""
    to, chat = whatsapp.number(message.to), whatsapp.is_address(message.to)
    landline = to.startswith("+62") and not _MOBILE.fullmatch(to) and not chat
    reasons = (
        (21604, not to),
        (21211, not E164.fullmatch(to)),
        (21614, landline),
        (63007, chat != whatsapp.is_address(message.from_)),
        (21212, not (E164 if chat else _SENDER).fullmatch(whatsapp.number(message.from_))),
        (21602, not message.body),
        (21617, len(message.body) > 1600),
        (21609, bool(message.callback) and bad_url(message.callback.partition("#")[0])),
        (21610, message.to in opted_out),
    )
    return next((code for code, applies in reasons if applies), 0)
