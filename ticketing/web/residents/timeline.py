"""The timeline of a ticket: what happened to it so far, who has it, and what comes next, in the words of one language.
Knows the ticket and its events, and nothing that anybody wrote or said."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from config.city import Referral
from config.hotline import city
from ticketing.contacts import disclosure
from ticketing.models import Event, Ticket
from ticketing.rules import lifecycle
from ticketing.rules.references import written
from ticketing.web.residents import dates

# The shape and the tone of each state; the word beside them says the same.
_LOOKS = {
    lifecycle.RECEIVED: ("inbox", "blue"),
    lifecycle.FORWARDED: ("send", "blue"),
    lifecycle.ACCEPTED: ("person", "blue"),
    lifecycle.IN_PROGRESS: ("half", "blue"),
    lifecycle.WAITING: ("question", "amber"),
    lifecycle.SCHEDULED: ("calendar", "blue"),
    lifecycle.RESOLVED: ("check", "green"),
    lifecycle.CONFIRMED: ("checks", "green"),
    lifecycle.REOPENED: ("again", "amber"),
    lifecycle.REFUSED: ("swap", "amber"),
    lifecycle.REFERRED: ("outside", "grey"),
    lifecycle.MERGED: ("merge", "grey"),
    lifecycle.WITHDRAWN: ("stop", "grey"),
}
_AHEAD = (lifecycle.FORWARDED, lifecycle.IN_PROGRESS, lifecycle.RESOLVED)
# Nobody at a department has said anything yet.
_UNANSWERED = {None, lifecycle.RECEIVED, lifecycle.FORWARDED, lifecycle.REFUSED}


@dataclass(frozen=True)
class Step:
    """A line of the history: what happened, where it went, when; or what comes next and by when."""

    mark: Literal["done", "now", "next"]
    words: str
    towards: str | None
    when: str | None


class Story:
    def __init__(self, language: str, ticket: Ticket, events: Sequence[Event]) -> None:
        self._language, self._ticket, self._events = language, ticket, events

    @property
    def number(self) -> str:
        return written(self._ticket.number)

    @property
    def owner(self) -> str:
        """Who handles it: one of our departments, or whoever outside it was referred to."""
        referral = self.referral
        return referral.name[self._language] if referral else self._department(self._ticket.department)

    @property
    def state(self) -> str:
        return self._ticket.state

    @property
    def state_words(self) -> str:
        return self._state_words(self._ticket.state)

    @property
    def icon(self) -> str:
        return _LOOKS[self._ticket.state][0]

    @property
    def tone(self) -> str:
        return _LOOKS[self._ticket.state][1]

    @property
    def due(self) -> str | None:
        """None when there is nothing left to wait for."""
        return None if self.over else dates.deadline(self._language, self._ticket.due_at)

    @property
    def over(self) -> bool:
        return self._ticket.state in lifecycle.OVER

    @property
    def steps(self) -> list[Step]:
        happened = [event for event in self._events if event.after != event.before or event.action == "assigned"]
        past = [self._past(event, last=event is happened[-1]) for event in happened]
        return [*past, *(self._next(state) for state in self._ahead)]

    def _past(self, event: Event, *, last: bool) -> Step:
        passed_on = event.action == "assigned"
        words = self._state_words(lifecycle.REFUSED if passed_on else event.after or "")
        now = last and not self.over
        return Step("now" if now else "done", words, self._towards(event), dates.moment(self._language, event.at))

    def _next(self, state: str) -> Step:
        return Step("next", self._state_words(state), None, self.due if state == lifecycle.RESOLVED else None)

    @property
    def _ahead(self) -> tuple[str, ...]:
        state = self._ticket.state
        if self.over:
            return ()
        if state in lifecycle.ON_ITS_WAY:
            return _AHEAD
        return _AHEAD[2:] if state == lifecycle.IN_PROGRESS else _AHEAD[1:]

    def _towards(self, event: Event) -> str | None:
        """Where this step sent the report: a department, an owner outside, or another report."""
        if "into" in event.why:
            return written(event.why["into"])
        to = event.why.get("to")
        if to in city().referrals:
            return city().referrals[to].name[self._language]
        return self._department(to) if to in city().departments else None

    @cached_property
    def referral(self) -> Referral | None:
        if self._ticket.state != lifecycle.REFERRED:
            return None
        referred = [event for event in self._events if event.after == lifecycle.REFERRED and "to" in event.why]
        return city().referrals.get(referred[-1].why["to"]) if referred else None

    @property
    def awaits_answer(self) -> bool:
        return all(event.after in _UNANSWERED for event in self._events)

    def _department(self, key: str) -> str:
        return city().department(disclosure.owner_told(self._ticket, key)).name[self._language]

    def _state_words(self, state: str) -> str:
        words = city().text(self._language, "words", f"state_{state}")
        return words[:1].upper() + words[1:]
