"""How far a ticket has come, in the words of one language: what the tracking page shows and nothing else. It knows
no telephone number, no note, no recording and no name of a clerk, so none of them can slip onto the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal

from config import clock
from config.city import Referral
from config.hotline import city
from ticketing import knowing, lifecycle
from ticketing.models import Event, Ticket
from ticketing.references import written

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


class Progress:
    def __init__(self, language: str, ticket: Ticket, events: Sequence[Event], parent: Ticket | None) -> None:
        self._language, self._ticket, self._events, self._parent = language, ticket, events, parent

    @property
    def number(self) -> str:
        return written(self._ticket.number)

    @property
    def category(self) -> str:
        category = city().category(self._ticket.category)
        return (category.spoken if category.confidential else category.name)[self._language]

    @property
    def owner(self) -> str:
        """Who handles it: one of our departments, or whoever outside it was referred to."""
        referral = self._referral
        return referral.name[self._language] if referral else self._department(self._ticket.department)

    @property
    def contact(self) -> str | None:
        """How to reach the owner of what is not the city's, where that is known."""
        referral = self._referral
        return (referral.contact or None) if referral else None

    @property
    def area(self) -> str | None:
        return city().area_name(self._language, self._ticket.area) if self._ticket.area else None

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
    def merged_into(self) -> str | None:
        return written(self._parent.number) if self._parent and self.state == lifecycle.MERGED else None

    @property
    def received(self) -> str:
        return self._moment(self._ticket.created_at)

    @property
    def answer_by(self) -> str | None:
        return self._deadline(self._ticket.answer_due_at) if self._awaits_answer else None

    @property
    def due(self) -> str | None:
        """None when there is nothing left to wait for."""
        return None if self._ticket.state in lifecycle.OVER else self._deadline(self._ticket.due_at)

    @property
    def paused(self) -> bool:
        return self._ticket.state in lifecycle.PAUSED

    @property
    def late(self) -> Literal["overdue", "overdue_answer"] | None:
        """Which promise is broken, as the id of the sentence that says so. A clock that stands breaks none."""
        moment = self._ticket.paused_at or clock.now()
        if self._ticket.state in lifecycle.OVER:
            return None
        if moment > self._ticket.due_at:
            return "overdue"
        return "overdue_answer" if self._awaits_answer and moment > self._ticket.answer_due_at else None

    @property
    def updated(self) -> str:
        return self._moment(self._ticket.changed_at)

    @property
    def steps(self) -> list[Step]:
        happened = [event for event in self._events if event.after != event.before or event.action == "assigned"]
        past = [self._past(event, last=event is happened[-1]) for event in happened]
        return [*past, *(self._next(state) for state in self._ahead)]

    def _past(self, event: Event, *, last: bool) -> Step:
        passed_on = event.action == "assigned"
        words = self._state_words(lifecycle.REFUSED if passed_on else event.after or "")
        now = last and self._ticket.state not in lifecycle.OVER
        return Step("now" if now else "done", words, self._towards(event), self._moment(event.at))

    def _next(self, state: str) -> Step:
        return Step("next", self._state_words(state), None, self.due if state == lifecycle.RESOLVED else None)

    @property
    def _ahead(self) -> tuple[str, ...]:
        state = self._ticket.state
        if state in lifecycle.OVER:
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
    def _referral(self) -> Referral | None:
        if self._ticket.state != lifecycle.REFERRED:
            return None
        referred = [event for event in self._events if event.after == lifecycle.REFERRED and "to" in event.why]
        return city().referrals.get(referred[-1].why["to"]) if referred else None

    @property
    def _awaits_answer(self) -> bool:
        return all(event.after in _UNANSWERED for event in self._events)

    def _department(self, key: str) -> str:
        return city().department(knowing.owner_told(self._ticket, key)).name[self._language]

    def _state_words(self, state: str) -> str:
        words = city().text(self._language, "words", f"state_{state}")
        return words[:1].upper() + words[1:]

    def _deadline(self, due: datetime) -> str:
        """A day that ends at midnight is still that day."""
        there = clock.local(due)
        ends_the_day = (there.hour, there.minute) == (0, 0)
        return self._moment(due - timedelta(minutes=1) if ends_the_day else due)

    def _moment(self, moment: datetime) -> str:
        day = city().long_date(self._language, clock.local(moment).date())
        time = city().clock_time(self._language, moment)
        return city().text(self._language, "page", "moment").format(date=day, time=time)
