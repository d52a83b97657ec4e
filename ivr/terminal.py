"""make talk: call the hotline from a terminal. Prompts are printed, keys are typed.

When `make run` is up the call goes to that house; otherwise the app, the simulator and the mailbox stand up in this
process for the length of the call, on the same addresses and the same database.
"""

import json
import logging
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from config import logs
from config.settings import settings
from ivr.app import create_app
from ivr.simulator.app import create_app as create_simulator
from ivr.simulator.app import serving
from ivr.simulator.carrier import Carrier
from ivr.simulator.mailbox import listening
from ticketing.database import schema
from workers import jobs, outbox

CALLER = "+6281200001111"
HELP = """Type 0-9 * # to press keys, words to speak, Enter to stay silent, /hang to hang up.
While it records, type for how many seconds you talk and what ends it: 8 #   or   8 0   or   8 /hang
"""
ENDS = {"": "#", "/hang": "hangup"}


def main() -> None:
    """One call, from the greeting to the goodbye, and what came of it."""
    if not settings().simulated:
        sys.exit("make talk calls the simulated hotline: unset the TWILIO_ settings and HOTLINE_ENV.")
    number = sys.argv[1] if len(sys.argv) > 1 else CALLER
    with _house() as ours:
        sys.stdout.write(HELP + "\n")
        call = _ask("/calls", {"from": number})
        told = 0
        while True:
            told = _print_new(call, told)
            if call["state"] == "ended":
                break
            call = _act(call)
        _print_results(number, work=ours)


def _act(call: dict[str, Any]) -> dict[str, Any]:
    """What the person at the terminal does next, as one request to the simulator."""
    here = f"/calls/{call['sid']}"
    if call["state"] == "speaking":
        return _ask(f"{here}/listen", {})
    if call["state"] == "dialing":
        return _ask(*_officer(here))
    sys.stdout.write(f"[{call['state']}] > ")
    sys.stdout.flush()
    line = sys.stdin.readline()
    typed = line.strip()
    if not line or typed == "/hang":
        return _ask(f"{here}/hangup", {})
    if call["state"] == "recording":
        seconds, _, end = typed.partition(" ")
        length = float(seconds) if seconds.replace(".", "", 1).isdigit() else 8.0
        return _ask(f"{here}/record", {"seconds": length, "ended_by": ENDS.get(end, end)})
    if not typed:
        return _ask(f"{here}/silence", {})
    if set(typed) <= set("0123456789*#"):
        return _ask(f"{here}/press", {"keys": typed})
    return _ask(f"{here}/speak", {"text": typed})


def _officer(here: str) -> tuple[str, dict[str, Any]]:
    sys.stdout.write("[the officer's phone rings: y answers, Enter lets it ring] > ")
    sys.stdout.flush()
    if sys.stdin.readline().strip().lower() == "y":
        return f"{here}/officer-answers", {"keys": "1"}
    return f"{here}/officer-no-answer", {}


def _print_new(call: dict[str, Any], told: int) -> int:
    lines = call["lines"]
    for line in lines[told:]:
        if line["text"]:
            sys.stdout.write(f"  {line['text']}\n")
        elif line["url"]:
            sys.stdout.write("  (your recording is played)\n")
    for error in call["errors"]:
        sys.stdout.write(f"  ! {error}\n")
    return len(lines)


def _print_results(number: str, *, work: bool) -> None:
    sys.stdout.write("(the call is over)\n")
    if not work:
        sys.stdout.write("Texts and mail are on the simulator's page.\n")
        return
    for _ in range(3):
        for queue in outbox.QUEUES:
            jobs.drain(queue)
    state = _ask(f"/state?number={number.replace('+', '%2B')}")
    for text in state["texts"]:
        sys.stdout.write(f"SMS: {text['body']}\n")
    for mail in state["mails"][:1]:
        sys.stdout.write(f"Mail to {mail['to']}: {mail['subject']}\n")


@contextmanager
def _house() -> Iterator[bool]:
    """A hotline to call: the one that runs, or one for this call. Gives whether it is ours."""
    here = settings()
    try:
        _ask("/state")
    except urllib.error.URLError:
        schema.migrate()
    else:
        yield False
        return
    with ExitStack() as stack:
        app = create_app()
        logs.set_up(logging.ERROR)  # this terminal is for the conversation
        stack.enter_context(serving(app, here.port))
        carrier = Carrier.configured()
        stack.callback(carrier.close)
        stack.enter_context(serving(create_simulator(carrier), here.simulator_port))
        stack.callback(listening(carrier.ledger, "127.0.0.1", here.simulator_port + 1).stop)
        stack.callback(carrier.settle)
        yield True


def _ask(path: str, given: dict[str, Any] | None = None) -> dict[str, Any]:
    url = f"http://127.0.0.1:{settings().simulator_port}/simulator/api{path}"
    data = None if given is None else json.dumps(given).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as refused:
        sys.stdout.write(f"  ({json.load(refused).get('error', 'not now')})\n")
        return _ask(f"/state?call={path.split('/')[2]}")["call"] if path.startswith("/calls/") else {}
    return found


if __name__ == "__main__":
    main()
