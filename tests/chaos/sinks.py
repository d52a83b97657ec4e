"""The departments' side of the wire: a mail server for all of them and an HTTP server for those with a system of their
own. Both write down every report that reached them, and behave towards each department as they are told.

What is written down is written before the answer leaves: "ok", "refused", or "lost" when the report was taken and no
answer will tell.
"""

import asyncio
import contextlib
import email
import json
import logging
import re
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.utils import parsedate_to_datetime
from functools import partial
from http.client import parse_headers
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from ports import free_port

from chaos.history import History
from chaos.proxy import reset
from config.hotline import city
from ticketing.outgoing import links

_RECORDING = re.compile(r"/recordings/([A-Za-z0-9_.-]+)")
MOODS = {  # and what is written down of a report
    "ok": "ok",
    "slow": "ok",  # answers after `seconds`
    "trickle": "ok",  # answers byte by byte, one in `seconds`
    "slam": "ok",  # answers, and resets the connection at once
    "refuse": "refused",  # with `status`
    "hang": "lost",  # takes the report and never answers
    "lie": "lost",  # takes the report and resets the connection instead of an answer
}


@dataclass(frozen=True)
class Mood:
    name: str = "ok"
    seconds: float = 0.0
    status: int = 0

    @property
    def answered(self) -> str:
        return MOODS[self.name]


class _Departments:
    """How each department's system behaves; all are well until told otherwise."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._moods: dict[str, Mood] = {}
        self._changed = threading.Condition()

    def be(self, department: str, mood: str, *, seconds: float = 1.0, status: int = 0) -> None:
        """From now on this department's side is `mood`, one of MOODS. Who hangs on it is let go."""
        if mood not in MOODS:
            raise ValueError(f"{mood} is no mood; there are {', '.join(MOODS)}")
        with self._changed:
            self._moods[department] = Mood(mood, seconds, status)
            self._changed.notify_all()

    def all_well(self) -> None:
        with self._changed:
            self._moods.clear()
            self._changed.notify_all()

    def mood(self, department: str) -> Mood:
        return self._moods.get(department, Mood())

    def _got(
        self,
        department: str,
        mood: Mood,
        *,
        key: str,
        number: str,
        revision: int | None,
        words: str,
        dated: float | None,
    ) -> None:
        signed = links._timed("recording")  # also of a clock that is ahead, whose links open later
        heard = {str(links._uuid(partial(signed.loads, token))) for token in _RECORDING.findall(words)}
        self._history.note(
            "department got",
            key=key,
            number=number,
            department=department,
            revision=revision,
            answered=mood.answered,
            recordings=sorted(heard),
            dated=dated,
        )

    def _wait(self, department: str, mood: Mood, seconds: float | None = None) -> None:
        """So long, or until the department is told to be otherwise."""
        with self._changed:
            self._changed.wait_for(lambda: self._moods.get(department, None) is not mood, seconds)


class Mailboxes(_Departments):
    """Every department's mailbox, at smtp://127.0.0.1:`port`."""

    def __init__(self, history: History) -> None:
        super().__init__(history)
        self.port = free_port()
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # it tells every hang-up as an error
        self._server = Controller(self, hostname="127.0.0.1", port=self.port)
        self._server.start()

    def close(self) -> None:
        self._server.stop()

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        mail: Message = email.message_from_bytes(envelope.content or b"")  # type: ignore[arg-type]
        department = _department(envelope.rcpt_tos[0])
        mood = self.mood(department)
        key, number = str(mail["Message-ID"]), str(mail["X-Ticket"])
        dated = parsedate_to_datetime(str(mail["Date"])).timestamp() if mail["Date"] else None
        self._got(department, mood, key=key, number=number, revision=None, words=_words(mail), dated=dated)
        return await self._answer(server, mood)

    async def _answer(self, server: SMTP, mood: Mood) -> str:
        wire: asyncio.Transport = server.transport  # type: ignore[assignment]
        if mood.name == "slow":
            await asyncio.sleep(mood.seconds)
        if mood.name == "trickle":
            for letter in b"250 kep":
                wire.write(bytes([letter]))
                await asyncio.sleep(mood.seconds)
            return "t"
        if mood.name in ("slam", "lie", "hang"):
            if mood.name == "slam":
                await server.push("250 kept")
            if mood.name != "hang":
                wire.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                wire.abort()
            await asyncio.Event().wait()  # until the other side is gone, which ends this
        return f"{mood.status or 451} not now" if mood.name == "refuse" else "250 kept"


class Systems(_Departments):
    """Every department's own system, at `url`/<department>."""

    def __init__(self, history: History) -> None:
        super().__init__(history)
        sink = self

        class Handler(StreamRequestHandler):
            def handle(self) -> None:
                department = self.rfile.readline().decode().split()[1].strip("/").partition("?")[0]
                headers = parse_headers(self.rfile)
                told = json.loads(self.rfile.read(int(headers["Content-Length"])))["data"]
                mood = sink.mood(department)
                dated = headers["webhook-timestamp"]
                sink._got(
                    department,
                    mood,
                    key=headers["webhook-id"],
                    number=told["number"],
                    revision=told["revision"],
                    words=json.dumps(told),
                    dated=float(dated) if dated else None,
                )
                for piece in sink._answer(department, mood):
                    self.wfile.write(piece)
                if mood.name in ("slam", "lie"):
                    reset(self.connection)

        class Server(ThreadingTCPServer):
            daemon_threads, block_on_close, request_queue_size = True, False, 128

            def handle_error(self, *_: Any) -> None:
                """Whoever hung up on us meant to."""

            def shutdown_request(self, request: Any) -> None:
                with contextlib.suppress(OSError):
                    super().shutdown_request(request)

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.all_well()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, department: str, mood: Mood) -> Iterator[bytes]:
        status = (mood.status or 503) if mood.name == "refuse" else 204
        answer = f"HTTP/1.1 {status} Whatever\r\nContent-Length: 0\r\n\r\n".encode()
        if mood.name == "hang":
            self._wait(department, mood)
        if mood.name == "slow":
            self._wait(department, mood, mood.seconds)
        if mood.name == "trickle":
            for letter in answer:
                yield bytes([letter])
                self._wait(department, mood, mood.seconds)
        elif mood.name not in ("hang", "lie"):
            yield answer


def _words(mail: Message) -> str:
    """What can be read in a letter."""
    parts = [part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()]
    return "\n".join(part.decode("utf-8", "replace") for part in parts if isinstance(part, bytes))


def _department(address: str) -> str:
    return next((key for key, one in city().departments.items() if one.email == address), address)
