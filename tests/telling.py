"""More to read under a failed test: every call with all that was said, texts, mails, and the logs of other processes.

What this process logged meanwhile pytest shows by itself, as captured stderr. Numbers in tests are invented.
"""

import contextlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, TypeVar

import pytest

from ivr.simulator.carrier import Carrier

Sections = Iterable[tuple[str, str]]
One = TypeVar("One")

_tellers: list[Callable[[], Sections]] = []


@contextlib.contextmanager
def if_it_fails(tell: Callable[[], Sections]) -> Iterator[None]:
    """A test that fails while the block runs shows these sections, each a title and its lines."""
    _tellers.append(tell)
    try:
        yield
    finally:
        _tellers.remove(tell)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        for tell in _tellers:
            try:
                report.sections.extend(tell())
            except Exception as fault:  # the failure itself must be shown whatever this one is
                report.sections.append(("Nothing more can be told", repr(fault)))
    return report


def of_carrier(carrier: Carrier) -> Iterator[tuple[str, str]]:
    """Everything that went over the wire between the hotline and its residents, officers and departments."""
    for entry in reversed(carrier.ledger.listed("calls")):
        if call := carrier.live(entry.sid):
            yield f"Call {entry.from_} -> {entry.to}, {call.state}", call.transcript()
    oldest_first = carrier.ledger.listed("messages")[::-1]
    for number, shown in groupby(sorted(oldest_first, key=_resident), _resident):
        lines = (f"{'>' if one.direction == 'inbound' else '<'} {one.body}  [{one.status}]" for one in shown)
        yield f"Texts of {number}", "\n".join(lines)
    if mails := carrier.ledger.listed("mails"):
        yield "Mails", "\n".join(f"{mail.to}: {mail.subject}" for mail in reversed(mails))
    if carrier.errors:
        yield "What the carrier complains of", "\n".join(map(str, carrier.errors))


def _resident(text: Any) -> str:
    return str(text.from_ if text.direction == "inbound" else text.to)


def only(found: Sequence[One], what: str) -> One:
    """The only one there is; says which there are when there is none or more."""
    assert len(found) == 1, "\n".join([f"not one {what} but {len(found)}", *map(str, found)])
    return found[0]
