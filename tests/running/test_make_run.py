"""`make run` on a machine of its own: a call, kills in the middle of the work, Ctrl-C, and a second start."""

import os
import signal

import depth
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
    }[who]
    victim = until(pids, who)[0]
    os.kill(victim, signal.SIGKILL)
    until(lambda: victim not in pids() and pids(), f"another {who}")


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
    for nth, who in enumerate(("worker", "web", "valkey", "sweeper") if depth.KILLS else (), start=2):
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
    standing.start()
    assert standing.process is not None
    standing.process.kill()
    until(lambda: not standing.processes(), "the end of everybody")
    standing.start()
    standing.call("+6281200000001")
    everything_arrives_once(standing, "+6281200000001")
    assert standing.stop() == 0
