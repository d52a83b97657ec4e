"""A claimed row as a sender gets it, and the ways in which an attempt can end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID


@dataclass(frozen=True)
class Work:
    """A claimed row, as its holder knows it."""

    id: UUID
    kind: str
    destination: str
    subject: UUID
    contents: dict[str, str] | None
    token: UUID
    attempt: int
    created_at: datetime
    repeatable: bool
    unknown_for: timedelta | None
    declined: bool
    faults: int


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended: sent, later (try again), unknown (ask before sending again), or dead (never try again).
    `its_own`: who failed is the destination, and not who carries for all of its kind. `reached`: of several addresses
    those that have it, whatever became of the others; nobody sends it to them again."""

    state: str
    reason: str = ""
    provider_ref: str | None = None
    wait: timedelta | None = None
    blame_destination: bool = False
    free: bool = False
    declined: bool = False
    fault: bool = False
    its_own: bool = False
    reached: tuple[str, ...] = ()


def sent(provider_ref: str | None = None) -> Outcome:
    return Outcome("sent", provider_ref=provider_ref)


def done_for_now(reason: str, *, provider_ref: str, wait: timedelta) -> Outcome:
    """It went well, and is done again after `wait` unless it turns out meanwhile that once was enough."""
    return Outcome("sent", reason, provider_ref=provider_ref, wait=wait)


def later(
    reason: str,
    *,
    wait: timedelta | None = None,
    blame: bool = True,
    its_own: bool = False,
    reached: tuple[str, ...] = (),
) -> Outcome:
    """Try again after `wait`, or after the usual back-off. `blame`: the other side failed, count it."""
    return Outcome("later", reason, wait=wait, blame_destination=blame, its_own=its_own, reached=reached)


def not_yet(reason: str, wait: timedelta) -> Outcome:
    """The row is not ready to go; nothing was tried, so the attempt does not count."""
    return Outcome("later", reason, wait=wait, free=True)


def our_fault(reason: str) -> Outcome:
    """Our own code broke on this row: such attempts are counted apart, and nobody else is blamed."""
    return Outcome("later", reason, fault=True)


def unknown(reason: str, *, declined: bool = False, wait: timedelta | None = None) -> Outcome:
    """It may have happened. `declined`: the other side answered that it failed, so it may be tried again once asked."""
    return Outcome("unknown", reason, wait=wait, blame_destination=True, declined=declined)


def dead(reason: str, *, reached: tuple[str, ...] = ()) -> Outcome:
    return Outcome("dead", reason, reached=reached)
