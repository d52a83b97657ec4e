"""A wire that can be damaged: a TCP port of this machine, and behind it a server's port or unix socket.

Damage is per proxy and may change at any moment. Links that would go on with a hole in what they said are cut instead.
"""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Target = tuple[str, int] | str


@dataclass(frozen=True)
class Mode:
    """pass; delay (each piece towards the target by `seconds`); drop (nothing moves, new links are taken and left
    alone); cut (links are reset, new ones too); half (reset after `bytes` towards the client); swallow (nothing comes
    back)."""

    name: str = "pass"
    seconds: float = 0.0
    bytes: int = 0


MODES = ("pass", "delay", "drop", "cut", "half", "swallow")


def reset(wire: socket.socket) -> None:
    """Close with a RST instead of a goodbye, also under the hands of whoever waits for it."""
    with contextlib.suppress(OSError):
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        wire.shutdown(socket.SHUT_RD)  # wakes who reads, and says nothing to the other side
    wire.close()


class _Link:
    """A client's connection and ours to the target."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client, self.server = client, server
        self.given, self.holed, self.ended = 0, False, threading.Event()
        for wire in (client, server):
            if wire.family == socket.AF_INET:
                wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def cut(self) -> None:
        self.ended.set()
        reset(self.client)
        reset(self.server)


class Proxy:
    """Stands from its making until `close`, or until the process ends."""

    def __init__(self, target: Target) -> None:
        self.target, self.mode = target, Mode()
        self._changed = threading.Condition()
        self._links: set[_Link] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._listener.getsockname()[1]
        self._start(self._listen)

    def set(self, mode: str, *, seconds: float = 0.0, bytes: int = 0) -> None:
        """From now on the wire is like this."""
        if mode not in MODES:
            raise ValueError(f"{mode} is no mode; there are {', '.join(MODES)}")
        with self._changed:
            self.mode = Mode(mode, seconds, bytes)
            links = list(self._links)
            for link in links:
                link.given = 0
            self._changed.notify_all()
        for link in links:
            if mode == "cut" or (link.holed and mode != "swallow"):
                link.cut()

    def close(self) -> None:
        self.set("cut")
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _start(self, work: Callable[..., None], *given: Any) -> threading.Thread:
        thread = threading.Thread(target=work, args=given, daemon=True)
        thread.start()
        return thread

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._start(self._join, client)

    def _join(self, client: socket.socket) -> None:
        try:
            if self._moving().name == "cut":
                raise ConnectionError
            link = _Link(client, self._dial())
        except OSError:  # also when nobody listens behind us: the only way left to tell the client
            reset(client)
            return
        self._links.add(link)
        if self.mode.name == "cut":  # since we looked
            link.cut()
        upwards = self._start(self._pump, link, client, link.server)
        self._pump(link, link.server, client)
        upwards.join()
        self._links.discard(link)
        client.close()
        link.server.close()

    def _dial(self) -> socket.socket:
        wire = socket.socket(socket.AF_UNIX if isinstance(self.target, str) else socket.AF_INET)
        wire.connect(self.target)
        return wire

    def _moving(self) -> Mode:
        """How the wire is, as soon as anything moves on it."""
        with self._changed:
            self._changed.wait_for(lambda: self.mode.name != "drop")
            return self.mode

    def _pump(self, link: _Link, source: socket.socket, sink: socket.socket) -> None:
        try:
            while (chunk := source.recv(65536)) and not link.ended.is_set():
                self._carry(link, sink, chunk, self._moving())
            self._moving()
            if not link.ended.is_set():
                sink.shutdown(socket.SHUT_WR)
        except OSError:
            link.cut()

    def _carry(self, link: _Link, sink: socket.socket, chunk: bytes, mode: Mode) -> None:
        back = sink is link.client
        if mode.name == "delay" and not back:
            link.ended.wait(mode.seconds)
        if mode.name == "swallow" and back:
            link.holed = True
            if self.mode.name != "swallow":  # it was mended in this instant
                link.cut()
            return
        if mode.name == "half" and back:
            chunk = chunk[: mode.bytes - link.given]
            link.given += len(chunk)
        sink.sendall(chunk)
        if mode.name == "half" and back and link.given >= mode.bytes:
            link.cut()
