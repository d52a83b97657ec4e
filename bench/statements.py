"""SQL statements and round trips of one turn: the app in this process, a warm connection, and a wire between it and the
database that counts how often something was sent and waited for. Runs as a process of its own and prints JSON."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, make_url

from bench.house import House
from bench.webhooks import Call, known_number
from config.settings import ROOT

WARM_CALLS = 12  # the driver prepares what it saw five times


class Wire:
    """Carries bytes both ways between PostgreSQL and us, and counts the round trips."""

    def __init__(self, server: str) -> None:
        self.folder, self.server, self.trips = tempfile.mkdtemp(prefix="hotline-wire-"), server, 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(f"{self.folder}/{Path(server).name}")
        self.listener.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            ours, _ = self.listener.accept()
            theirs = socket.socket(socket.AF_UNIX)
            theirs.connect(self.server)
            threading.Thread(target=self._carry, args=(ours, theirs, False), daemon=True).start()
            threading.Thread(target=self._carry, args=(theirs, ours, True), daemon=True).start()
            self.asking = False

    def _carry(self, source: socket.socket, target: socket.socket, answer: bool) -> None:
        while piece := source.recv(65536):
            if answer:
                self.asking = False
            elif not self.asking:
                self.asking = True
                self.trips += 1
            target.sendall(piece)
        target.close()


def turns(port: int, caller: str) -> Iterator[tuple[str, bytes]]:
    """What is counted, with the turns that lead there."""
    call = Call(port)
    requests = iter(call.report())
    yield "a first turn, new caller", call.incoming()
    yield "b menu turn", next(requests)
    yield "", next(requests)
    yield "place skipped", next(requests)
    yield "c turn that opens a ticket", next(requests)
    yield "recording is ready", call.recording_ready()
    yield "report sent, number told", next(requests)
    yield "call ended", call.over()
    again = Call(port, caller)
    yield "a first turn, known caller", again.incoming()
    yield "d status of the own report", again.turn(1, Digits="3")


def counted(house: House) -> dict[str, Any]:
    """What a process of its own counts in this house."""
    run = subprocess.run(
        [sys.executable, "-m", "bench.statements"],
        cwd=ROOT, env=house.environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if run.returncode:
        raise RuntimeError(run.stderr[-3000:])
    return dict(json.loads(run.stdout))


def main() -> None:
    address = make_url(os.environ["DATABASE_URL"])
    wire = Wire(f"{address.query['host']}/.s.PGSQL.5432")
    os.environ["DATABASE_URL"] = address.update_query_dict({"host": wire.folder}).render_as_string(hide_password=False)
    from wsgi import app  # noqa: PLC0415

    said: list[str] = []
    event.listen(Engine, "before_cursor_execute", lambda _c, _k, sql, _p, _x, _m: said.append(sql))
    client, port, found = app.test_client(), int(os.environ["PORT"]), dict[str, Any]()
    for at in range(WARM_CALLS + 1):
        for name, request in turns(port, known_number(300 + at)):
            said.clear()
            before = wire.trips
            head, _, body = request.partition(b"\r\n\r\n")
            lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
            answer = client.post(
                head.split()[1].decode(), data=body, content_type=lines["Content-Type"],
                headers={"X-Twilio-Signature": lines["X-Twilio-Signature"]},
            )  # fmt: skip
            assert answer.status_code in (200, 204), (name, answer.status_code, answer.text)
            if name:
                found[name] = {"statements": len(said), "round_trips": wire.trips - before, "sql": list(said)}
    sys.stdout.write(json.dumps({"turns": found, "rest_client_loaded": "twilio.rest" in sys.modules}))


if __name__ == "__main__":
    main()
