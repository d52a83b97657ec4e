"""The product broken on purpose, so that a campaign shows what its check is worth: `make chaos SABOTAGE=mails`. Every
second thing of a kind is thrown away, half of those as if done and half with a reason that sounds good. Put into a
process of the house as it starts (launch.py), never into the product."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from ivr.channels import chats
from ticketing.media import recordings as kept
from workers import carrier, transactions
from workers.fetchers import recording
from workers.outcomes import Outcome, dead, sent
from workers.senders import email, report, sms

_SALT = UUID("6b0f5a52-6d39-4f0c-9c58-5f0b3a6b1500")


def _fate(subject: object) -> int:
    """0 and 1: thrown away, each in its own way, and written down; 2 and 3: nothing happens to it. The same at each
    try."""
    fate = uuid5(_SALT, str(subject)).int % 4
    if fate < 2:
        with Path(os.environ["CHAOS_SABOTAGED"]).open("a") as file:
            file.write(f"{subject}\n")
    return fate


def recordings() -> None:
    """Recordings are called fetched, or erased, and never were."""
    fetch = recording.send

    def half(wanted: recording.Wanted) -> Outcome:
        fate = _fate(wanted.sid)
        if fate > 1:
            return fetch(wanted)
        if fate:
            return dead("the recording was erased")
        with transactions.transaction() as session:
            kept.fetched(session, wanted.id, media_type="audio/wav", silent=False)
        carrier.delete(lambda client: client.recordings(wanted.sid))
        return sent(wanted.sid)

    recording.send = half


def mails() -> None:
    """Reports by mail are called sent, or another department's, and never were."""
    post = email.send

    def half(letter: email.Letter) -> Outcome:
        fate = _fate(letter.report.ticket.number)
        if fate > 1:
            return post(letter)
        if fate:
            return dead("the ticket is no longer this department's")
        report.arrived(letter.report)
        return sent(str(letter.message["Message-ID"]))

    email.send = half


def texts() -> None:
    """Texts are called sent, or not wanted, and never were."""
    hand_over = sms.send

    def half(text: Any) -> Outcome:
        fate = _fate(text.id)
        if fate > 1:
            return hand_over(text)
        return dead("the resident asked for no texts") if fate else sent(f"SM{text.id.hex}")

    sms.send = half


def reads() -> None:
    """Texts that came in are called understood, or left as they are, and never were read."""
    read = chats.read

    def half(session: Any, message: Any) -> None:
        fate = _fate(message.sid)
        if fate > 1:
            read(session, message)
        elif not fate:
            message.status, message.intent = "understood", "noise"

    chats.read = half


# What is broken; "clock" is an hour by which the clock of the web processes is ahead (house.py).
SABOTAGES: dict[str, Callable[[], None]] = {
    "recordings": recordings,
    "mails": mails,
    "texts": texts,
    "reads": reads,
    "clock": lambda: None,
}
