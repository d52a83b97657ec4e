"""`make run` on a machine of its own: a call, kills in the middle of the work, Ctrl-C, and a second start."""

import contextlib
import os
import signal
import subprocess

import depth
import pytest
from factories import until
from standing import Standing
from telling import only


def everything_arrives_once(house: Standing, number: str) -> str:
    """The text with the ticket's number and the department's mail; gives the ticket's number."""
    text = only(until(lambda: house.texts(number), f"the text to {number}"), "text")
    ticket = only([one for one in house.tickets() if one["number"] in text], "ticket")
    until(lambda: [mail for mail in house.mails() if mail["number"] == ticket["number"]], "the mail")
    return str(ticket["number"])


def nothing_came_twice(house: Standing, callers: list[str], tickets: list[str]) -> None:
    assert [len(house.texts(number)) for number in callers] == [1] * len(callers)
    assert sorted(mail["number"] for mail in house.mails()) == sorted(tickets)
    assert sorted(ticket["number"] for ticket in house.tickets()) == sorted(tickets)


def kill(house: Standing, who: str) -> None:
    """One process of this kind ends without a word; its replacement is waited for where one is needed."""
    pids = {
        "worker": lambda: house.named("workers texts"),
        "web": lambda: house.children("gunicorn"),
        "sweeper": lambda: house.named("ivr.sweeper"),
        "valkey": lambda: house.named("valkey-server"),
        "supervisord": lambda: house.named("supervisord"),
    }[who]
    victim = until(pids, who)[0]
    before = house.processes().keys() - {*house.named("ivr.start"), *house.named("valkey-server")}
    os.kill(victim, signal.SIGKILL)
    until(lambda: victim not in pids() and pids(), f"another {who}")
    if who == "supervisord":
        until(lambda: not before & house.processes().keys(), "the end of all whom it had started")
        until(house.answers, "an answer")


def kill_a_work_horse(house: Standing, number: str) -> None:
    """The carrier has taken the text and is slow to say so; the worker's child ends meanwhile."""
    house.ask("/faults", {"rest_hang": 1, "hang_seconds": 60.0})
    house.call(number)
    (horse, *_) = until(lambda: house.children("workers texts"), "a work-horse")
    os.kill(horse, signal.SIGKILL)
    until(lambda: horse not in house.processes(), "its end")
    house.ask("/faults", {})


def test_a_house_that_is_hurt_goes_on_and_everything_arrives_once(standing: Standing) -> None:
    said = standing.start()
    assert f"http://127.0.0.1:{standing.port}/simulator" in said
    callers, tickets = ["+6281200000001"], []
    standing.call(callers[0])
    tickets.append(everything_arrives_once(standing, callers[0]))
    kills = ("supervisord", "worker", "web", "valkey", "sweeper", "supervisord") if depth.KILLS else ()
    for nth, who in enumerate(kills, start=2):
        kill(standing, who)
        callers.append(f"+628120000000{nth}")
        standing.call(callers[-1])
        tickets.append(everything_arrives_once(standing, callers[-1]))
    if depth.KILLS:
        callers.append("+6281200000009")
        kill_a_work_horse(standing, callers[-1])
        tickets.append(everything_arrives_once(standing, callers[-1]))
    nothing_came_twice(standing, callers, tickets)

    assert standing.stop() == 0
    assert standing.processes() == {}
    standing.start()
    nothing_came_twice(standing, callers, tickets)
    standing.call("+6281200000010")
    tickets.append(everything_arrives_once(standing, "+6281200000010"))
    assert standing.flask("outbox", "--json")["dead"] == []
    assert standing.stop(signal.SIGTERM) == 0


def test_when_the_starter_is_killed_nothing_stays_behind(standing: Standing) -> None:
    """Not even a worker that is sending, which a stop would wait for."""
    standing.start()
    assert standing.process is not None
    standing.ask("/faults", {"rest_hang": 1, "hang_seconds": 60.0})
    standing.call("+6281200000001")
    until(lambda: standing.children("workers texts"), "a work-horse")
    standing.process.kill()
    until(lambda: not standing.processes(), "the end of everybody", seconds=20)
    standing.start()
    standing.call("+6281200000001")
    until(standing.tickets, "the report")
    assert standing.stop() == 0


def test_a_house_whose_disk_was_full_answers_again_by_itself(standing: Standing) -> None:
    """supervisord ends when it cannot write its logs; there is no place to note anything, until there is."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=48m", "hotline-test", str(standing.var)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a disk of its own needs root: {mounted.stderr.decode().strip()}")
    try:
        standing.start()
        (first,) = standing.named("supervisord")
        filler = standing.var / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))

        def ends() -> bool:
            standing.knock()  # each request is a line of a log
            return first not in standing.named("supervisord")

        until(ends, "the end of supervisord")
        old = standing.processes().keys() - {*standing.named("ivr.start"), *standing.named("valkey-server")}
        filler.unlink()
        until(lambda: standing.named("supervisord") and not old & standing.processes().keys(), "a new one")
        until(standing.answers, "an answer")
        standing.call("+6281200000001")
        everything_arrives_once(standing, "+6281200000001")
        assert standing.stop() == 0
    finally:
        standing.end()
        subprocess.run(["umount", "-l", str(standing.var)], check=True)
