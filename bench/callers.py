"""Callers and texters on their own clocks: each comes when its time has come, whether or not the house keeps up.

What is waited for is counted from the moment a request was due, so a generator that comes late counts against us, too.
"""

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from bench import webhooks
from bench.carrier import Carrier
from bench.load import APOLOGY, RENEWED_AFTER, parsed
from bench.webhooks import Call

SECONDS, RESTS = 20.0, 3.0  # gunicorn hangs up on a connection that rests for five


class Line(NamedTuple):
    """A connection that the proxy keeps."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    used: int
    rested_since: float


class Wait(NamedTuple):
    """One webhook: when it was due, how long the answer took from then, and whether it was one."""

    due: float
    seconds: float
    good: bool


@dataclass
class Caller:
    """What one caller lived through, in monotonic seconds."""

    call: Call
    dialled: float
    opened: float = 0.0
    sent: float = 0.0
    over: bool = False


@dataclass
class Crowd:
    """Everybody who calls and texts, over the kept connections of one proxy."""

    port: int
    pace: float
    callers: list[Caller] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    texts: list[float] = field(default_factory=list)
    _lines: list[Line] = field(default_factory=list)
    _tasks: set["asyncio.Task[Any]"] = field(default_factory=set)

    async def ask(self, request: bytes, due: float) -> float:
        """Send one request when it is due; gives that moment back."""
        await asyncio.sleep(max(due - time.monotonic(), 0))
        try:
            status, body = await asyncio.wait_for(self._exchange(request), SECONDS)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            status, body = 0, b""
        good = status in (200, 204) and APOLOGY not in body
        self.waits.append(Wait(due, time.monotonic() - due, good))
        return due

    async def call(self) -> Caller:
        """A whole report: eight webhooks, `pace` seconds apart. The recording is ready a moment after its turn."""
        call = Call(self.port)
        caller = Caller(call, dialled=time.monotonic())
        self.callers.append(caller)
        await self.ask(call.incoming(), caller.dialled)
        ready: asyncio.Task[Any] | None = None
        for number, request in enumerate(call.report(), 1):
            due = await self.ask(request, self._due(caller, number))
            if number == 4:
                caller.opened = due
                ready = self.spawn(self.ask(call.recording_ready(), time.monotonic()))
            if number == 5:
                caller.sent = due
        await self.ask(call.over(), self._due(caller, 6))
        if ready is not None:
            await ready
        caller.over = True
        return caller

    async def text(self) -> None:
        self.texts.append(time.monotonic())
        await self.ask(webhooks.text(self.port), self.texts[-1])

    def tell_receipts(self, carrier: Carrier) -> None:
        """From now on the carrier tells of each text that it was sent, and then that it arrived."""

        async def told(path: str, message: str, to: str) -> None:
            for status in ("sent", "delivered"):
                await asyncio.sleep(0.5)
                await self.ask(webhooks.receipt(self.port, path, message, status, to), time.monotonic())

        def tell(url: str, message: str, to: str) -> None:
            parts = urlsplit(url)
            self.spawn(told(f"{parts.path}?{parts.query}", message, to))

        carrier.tell_receipt = tell

    async def arrive(self, calls_a_second: float, texts_a_second: float, seconds: float) -> None:
        """Calls and texts at fixed moments; over when the time is, though the last of them go on."""
        began = time.monotonic()
        moments = [(at / calls_a_second, self.call) for at in range(round(calls_a_second * seconds))]
        moments += [(at / texts_a_second, self.text) for at in range(round(texts_a_second * seconds))]
        for moment, act in sorted(moments, key=lambda one: one[0]):
            await asyncio.sleep(max(began + moment - time.monotonic(), 0))
            self.spawn(act())
        await asyncio.sleep(max(began + seconds - time.monotonic(), 0))

    def spawn(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def quiet(self) -> None:
        """Wait until nobody waits for an answer."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def _due(self, caller: Caller, number: int) -> float:
        """The caller's next answer: on its clock, but never before ours."""
        return max(caller.dialled + number * self.pace, time.monotonic())

    async def _exchange(self, request: bytes) -> tuple[int, bytes]:
        line = await self._line()
        try:
            line.writer.write(request)
            head = await line.reader.readuntil(b"\r\n\r\n")
            status, _, length = parsed(head)
            body = await line.reader.readexactly(length)
        except BaseException:
            line.writer.close()
            raise
        if line.used + 1 >= RENEWED_AFTER or b"connection: close" in head.lower():
            line.writer.close()
        else:
            self._lines.append(line._replace(used=line.used + 1, rested_since=time.monotonic()))
        return status, body

    async def _line(self) -> Line:
        while self._lines:
            line = self._lines.pop()
            if time.monotonic() - line.rested_since < RESTS:
                return line
            line.writer.close()
        return Line(*await asyncio.open_connection("127.0.0.1", self.port), 0, 0.0)
