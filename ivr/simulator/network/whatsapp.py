"""WhatsApp as the carrier treats it, apart from SMS: addresses, the day in which words are free, what comes with
them."""

from datetime import timedelta

from ivr.simulator.network.ledger import Ledger, Message, now

PREFIX = "whatsapp:"
WINDOW = timedelta(hours=24)
NOT_THERE, TEMPLATE_ONLY = 63003, 63016
_MAGIC = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG": "image/png",
    b"RIFF": "image/webp",
    b"GIF8": "image/gif",
    b"OggS": "audio/ogg",
    b"%PDF": "application/pdf",
}


def is_address(address: str) -> bool:
    return address.startswith(PREFIX)


def number(address: str) -> str:
    """The telephone number in an address of either channel."""
    return address.removeprefix(PREFIX)


def failure(ledger: Ledger, message: Message, strangers: list[str]) -> int | None:
    """Why a message does not arrive: nobody there has WhatsApp, or it is free form and the day for that is over."""
    if number(message.to) in strangers:
        return NOT_THERE
    since = now() - WINDOW
    wrote = any(
        one.from_ == message.to and one.direction == "inbound" and one.created > since
        for one in ledger.listed("messages")
    )
    return None if message.template or wrote else TEMPLATE_ONLY


def content_type(raw: bytes) -> str:
    """What the carrier says that a file is."""
    return next((kind for magic, kind in _MAGIC.items() if raw.startswith(magic)), "application/octet-stream")
