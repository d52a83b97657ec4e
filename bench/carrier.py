"""A light carrier and mail server in the generator's own process: takes texts, gives recordings, tells receipts, and
writes down when everything came. In the shapes of ivr/simulator, with none of its rules."""

import asyncio
import email
import json
import time
from collections.abc import Callable
from contextlib import asynccontextmanager, suppress
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.smtp import SMTP

from bench.webhooks import ACCOUNT, sid
from ivr.simulator.calls import audio

API = f"/2010-04-01/Accounts/{ACCOUNT}"
_PHRASES = {200: "OK", 201: "Created", 204: "No Content", 404: "Not Found"}
Told = Callable[[str, str, str], None]


class Carrier:
    """When which text (by number) and which mail (by ticket) was handed over; monotonic seconds."""

    def __init__(self) -> None:
        self.texts: dict[str, float] = {}
        self.mails: dict[str, float] = {}
        self.doubled = 0
        self.tell_receipt: Told | None = None

    @asynccontextmanager
    async def standing(self, port: int, mail_port: int) -> Any:
        web = await asyncio.start_server(self._serve, "127.0.0.1", port)
        post = await asyncio.get_running_loop().create_server(
            lambda: SMTP(self, hostname="bench", loop=asyncio.get_running_loop()), "127.0.0.1", mail_port
        )
        try:
            yield self
        finally:
            web.close()
            post.close()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        ticket = str(email.message_from_bytes(envelope.content[:4000])["X-Ticket"])
        self.mails.setdefault(ticket, time.monotonic())
        return "250 OK"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = head.lower().partition("content-length:")[2].partition("\r\n")[0]
                body = await reader.readexactly(int(length or 0))
                method, path, _ = head.split(" ", 2)
                status, kind, answer = self._answer(method, urlsplit(path).path, body)
                writer.write(
                    f"HTTP/1.1 {status} {_PHRASES[status]}\r\nContent-Type: {kind}\r\n"
                    f"Content-Length: {len(answer)}\r\n\r\n".encode()
                    + answer
                )
                await writer.drain()
        writer.close()

    def _answer(self, method: str, path: str, body: bytes) -> tuple[int, str, bytes]:
        if (method, path) == ("POST", f"{API}/Messages.json"):
            return 201, "application/json", json.dumps(self._take(parse_qs(body.decode()))).encode()
        if method == "GET" and path.startswith(f"{API}/Recordings/RE"):
            return 200, "audio/x-wav", _voice()
        if method == "DELETE":
            return 204, "application/json", b""
        if method == "GET" and path.removeprefix(f"{API}/") in ("Messages.json", "Calls.json", "Recordings.json"):
            name = path.rpartition("/")[2].partition(".")[0].lower()
            uris = dict.fromkeys(("next_page_uri", "previous_page_uri"))
            page = {name: [], "page": 0, "page_size": 50, "start": 0, "end": 0, "uri": path, "first_page_uri": path}
            return 200, "application/json", json.dumps({**page, **uris}).encode()
        return 404, "application/json", json.dumps({"code": 20404, "message": "none", "status": 404}).encode()

    def _take(self, form: dict[str, list[str]]) -> dict[str, Any]:
        message, to = sid("SM"), form["To"][0]
        self.doubled += to in self.texts
        self.texts.setdefault(to, time.monotonic())
        if self.tell_receipt is not None and "StatusCallback" in form:
            self.tell_receipt(form["StatusCallback"][0], message, to)
        now = "Mon, 02 Mar 2026 02:00:00 +0000"
        return {
            "sid": message, "account_sid": ACCOUNT, "api_version": "2010-04-01", "date_created": now,
            "date_updated": now, "price": None, "price_unit": "USD", "uri": f"{API}/Messages/{message}.json",
            "subresource_uris": {}, "from": form["From"][0], "to": to, "body": form["Body"][0], "status": "queued",
            "direction": "outbound-api", "num_segments": "1", "num_media": "0", "messaging_service_sid": None,
            "error_code": None, "error_message": None, "date_sent": None,
        }  # fmt: skip


@cache
def _voice() -> bytes:
    return audio.stand_in(9)
