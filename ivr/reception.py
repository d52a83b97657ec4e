"""Takes requests in for gunicorn: the telephone first, and no thread for anybody who keeps us waiting.

gunicorn's own threads wait for what a client has not sent yet, so that a few dozen half requests would be all of them.
Here the loop that watches all connections takes in what comes, and a thread gets a request whose head and body are
whole. Of a body that is larger than any form the first part is here by then; the rest of it only an upload that has a
place may read. Webhooks have threads of their own, which no page can take. A connection on which part of a body was
left unread is closed, and the answer says so: what followed would be taken for the next request.

It builds on the inner workings of the one version of gunicorn that requirements.txt names.
"""

import contextlib
import errno
import re
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

TELEPHONE = re.compile(rb"[A-Z]+ /(?:voice|sms|livez|readyz|metrics)\b")  # all others are pages
PAGE_THREADS = 6  # with the ten places of ivr/channels/guard.py as many as one process has connections to the database
WHOLE_BYTES = 256_000  # of a body; as the app takes for a form
HEAD_BYTES = 65_536
SECONDS = 10.0  # to send a request in, to take an answer, to go on with an upload
LINGER_SECONDS = 3.0  # in which who was refused may send on and read the answer
MOST_PENDING, MOST_LEAVING = 400, 200  # of more the oldest goes; open files are limited
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)


class Connection(TConn):  # type: ignore[misc]
    """A connection, and what has come of its next request."""

    def __init__(self, reception: "Reception", client: socket.socket, address: Any, server: Any) -> None:
        super().__init__(reception.cfg, client, address, server)
        self.reception, self.ended, self.told_to_go_on = reception, False, False
        self._needed = 0  # bytes, as far as is known
        super().init()

    def init(self) -> None:
        """A thread has it now, for which nothing takes longer than this."""
        self.sock.settimeout(SECONDS)

    def take_in(self) -> None:
        """What has come meanwhile."""
        self.sock.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            try:
                piece = self.sock.recv(65_536)
            except ConnectionError:
                piece = b""
            self.ended = not piece
            self._buffer.seek(0, 2)
            self._buffer.write(piece)

    def whole(self) -> bool:
        """Whether a thread can work on it without waiting for anybody. What breaks the rules is left to gunicorn's own
        reading of it, which has the last word on everything here."""
        size = self._buffer.getbuffer().nbytes
        if self.ended or size < self._needed:
            return self.ended
        raw = self._buffer.getvalue()
        head, end, body = raw.partition(b"\r\n\r\n")
        if not end:
            return len(raw) > HEAD_BYTES
        head += b"\r\n"
        if _CHUNKED.search(head):
            here = body.endswith(b"0\r\n\r\n") or len(body) >= WHOLE_BYTES
        else:
            length = _LENGTH.search(head)
            self._needed = len(head) + 2 + min(int(length[1]) if length else 0, WHOLE_BYTES)
            here = size >= self._needed
        if not here and not self.told_to_go_on and _EXPECTS.search(head):
            self.told_to_go_on = True
            with contextlib.suppress(OSError):
                self.sock.send(_CONTINUE)
        return here

    def for_telephone(self) -> bool:
        """Whether it is a webhook. Where chunks end is not known here, so what comes in them waits with the pages."""
        head = self._buffer.getvalue().partition(b"\r\n\r\n")[0]
        return bool(TELEPHONE.match(head)) and not _CHUNKED.search(head + b"\r\n")

    def expect_next(self) -> None:
        """What comes from now on belongs to another request."""
        self.told_to_go_on, self._needed = False, 0

    def close(self, graceful: bool = False) -> None:
        """Not by gunicorn's patient way, for which its loop waits."""
        if graceful:
            self.reception.see_off(self)
        else:
            super().close()

    @property
    def _buffer(self) -> Any:
        return self.parser.unreader.buf


class Reception(ThreadWorker):  # type: ignore[misc]
    """The worker class of gunicorn.conf.py."""

    def init_process(self) -> None:
        self.pages = ThreadPoolExecutor(PAGE_THREADS)
        self.leaving: deque[Connection] = deque()
        super().init_process()

    def load_wsgi(self) -> None:
        super().load_wsgi()
        self.wsgi: Callable[..., Iterable[bytes]] = honest(self.wsgi)

    def accept(self, listener: socket.socket) -> None:
        try:
            client, address = listener.accept()
        except OSError as fault:  # the other process was quicker, or the client is gone again
            if fault.errno in (errno.EMFILE, errno.ENFILE):
                self._give_up_oldest()
            return
        self.nr_conns += 1
        self.enqueue_req(Connection(self, client, address, listener.getsockname()))

    def enqueue_req(self, conn: Connection) -> None:
        """To a thread if it is whole, else to the loop."""
        if not conn.whole():
            conn.take_in()
        if conn.whole():
            self._give(conn)
            return
        if len(self.pending_conns) >= MOST_PENDING:
            self._give_up_oldest()
        conn.timeout = time.monotonic() + SECONDS
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def on_pending_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        if conn not in self.pending_conns:  # given up, after the loop had noticed that something came
            return
        conn.take_in()
        if conn.whole():
            self.poller.unregister(client)
            self.pending_conns.remove(conn)
            self._give(conn)

    def _give(self, conn: Connection) -> None:
        threads = self.tpool if conn.for_telephone() else self.pages
        conn.expect_next()
        done = threads.submit(self.handle, conn)
        done.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

    def _give_up_oldest(self) -> None:
        """The half request that has been coming for longest."""
        if self.pending_conns:
            self.pending_conns[0].timeout = 0
            self.murder_pending()

    def see_off(self, conn: Connection) -> None:
        """Let the answer arrive: say that nothing more comes, and throw away what is still sent for a while. Closed at
        once, with bytes unread, the kernel would take the answer back."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            conn.close()
            return
        if len(self.leaving) >= MOST_LEAVING:
            self._let_go(self.leaving[0])
        conn.timeout = time.monotonic() + LINGER_SECONDS
        self.leaving.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self._throw_away, conn))

    def murder_pending(self) -> None:
        super().murder_pending()
        while self.leaving and self.leaving[0].timeout < time.monotonic():
            self._let_go(self.leaving[0])

    def _throw_away(self, conn: Connection, client: socket.socket) -> None:
        if conn not in self.leaving:
            return
        try:
            if client.recv(1_000_000):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._let_go(conn)

    def _let_go(self, conn: Connection) -> None:
        self.leaving.remove(conn)
        self.poller.unregister(conn.sock)
        conn.close()


def honest(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The app, whose answer says that the connection closes where it left part of a body unread."""

    def answered(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer = app(environ, start_response)
        reader = environ["wsgi.input"].reader
        if getattr(reader, "length", 0) or getattr(reader, "parser", None):
            start_response.__self__.force_close()
        return answer

    return answered
