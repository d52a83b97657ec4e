"""Others at the far end of a wire who behave worse than the carrier in a box can: a mail server with moods, a web
server that answers anything, and a department's own system that need not answer at all."""

import asyncio
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.client import parse_headers
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseServer, StreamRequestHandler, ThreadingTCPServer
from typing import Any

from aiosmtpd.controller import Controller
from ports import free_port


@dataclass
class PostOffice:
    """Keeps every mail that it was given, also those it then refused; answers come from the lists, then 250. What is
    an event among `data` is waited for, and then the connection is gone without an answer. `to` are the addresses of
    each mail that was kept."""

    sender: list[str] = field(default_factory=list)
    recipient: list[str] = field(default_factory=list)
    data: list[str | threading.Event] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)
    port: int = 0

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        answer = self.sender.pop(0) if self.sender else "250 fine"
        if answer.startswith("2"):
            envelope.mail_from, envelope.mail_options = address, options
        return answer

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        answer = self.recipient.pop(0) if self.recipient else "250 fine"
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(message_from_bytes(envelope.content, _class=EmailMessage, policy=default))
        self.to.append(list(envelope.rcpt_tos))
        answer = self.data.pop(0) if self.data else "250 kept"
        if isinstance(answer, str):
            return answer
        while not answer.is_set():
            await asyncio.sleep(0.02)
        server.transport.abort()
        return "250 too late"


@contextmanager
def post_office(**moods: Any) -> Iterator[PostOffice]:
    office = PostOffice(**moods, port=free_port())
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


@contextmanager
def serving(server: BaseServer) -> Iterator[None]:
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Web:
    """One answer to everything, `posted` to every POST if that is given, and those of `bodies` to who asks for that
    name; `asked` is what was asked for, `logins` who asked."""

    status: int = 200
    kind: str = "text/html"
    body: bytes = b""
    posted: bytes | None = None
    bodies: dict[str, bytes] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    url: str = ""


@contextmanager
def web(**what: Any) -> Iterator[Web]:
    answer = Web(**what)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer.asked.append(f"{self.command} {self.path.partition('?')[0]}")
            answer.logins.append(self.headers.get("Authorization", ""))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            special = answer.posted if self.command == "POST" else None
            name = self.path.partition("?")[0].rpartition("/")[2].removesuffix(".json")
            body = answer.bodies.get(name, answer.body) if special is None else special
            self.send_response(answer.status if special is None else 201)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_DELETE = do_GET  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    answer.url = f"http://127.0.0.1:{server.server_port}"
    with serving(server):
        yield answer


CHATTER = "stack trace of somebody else"


def says(status: int, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(CHATTER)}", "", CHATTER]).encode()


@dataclass
class Got:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def report(self) -> dict[str, Any]:
        return dict(json.loads(self.body)["data"])


Answer = bytes | Callable[["System", Callable[[bytes], object]], None]


@dataclass
class System:
    """A department's own system. Answers with what is in `answers`, then with 204; keeps everything it was sent."""

    answers: list[Answer] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    woken: threading.Event = field(default_factory=threading.Event)
    left_alone: threading.Event = field(default_factory=threading.Event)
    url: str = ""


@contextmanager
def standing(tls: ssl.SSLContext | None = None) -> Iterator[System]:
    system = System()

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            path = self.rfile.readline().decode().split()[1]
            headers = parse_headers(self.rfile)
            system.got.append(Got(path, dict(headers), self.rfile.read(int(headers["Content-Length"]))))
            answer = system.answers.pop(0) if system.answers else says(204)
            if isinstance(answer, bytes):
                self.wfile.write(answer)
            else:
                answer(system, self.wfile.write)

    class Server(ThreadingTCPServer):
        daemon_threads, block_on_close = True, False

        def get_request(self) -> Any:
            wire, address = super().get_request()
            return (tls.wrap_socket(wire, server_side=True) if tls else wire), address

        def handle_error(self, *_: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    system.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}/laporan?dari=1500444"
    with serving(server):
        try:
            yield system
        finally:
            system.woken.set()
