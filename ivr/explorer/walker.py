"""A machine that calls the hotline in every way there is, by really running each turn in a house of its own.

It explores breadth first from the greeting and keeps the database as it is at each question, so that every answer can
be tried from there. What it finds: the questions, what leads where, and problems, each with the way to hear it.
"""

import heapq
import re
from collections import deque
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.hotline import city
from ivr.channels import turns
from ivr.explorer import checks, sandbox, scenarios
from ivr.explorer.sandbox import Ear, House
from ivr.explorer.scenarios import Action, World
from ivr.prompts import Answer, Line, Prompt, Wants, offered
from ticketing.calls import call_log
from ticketing.calls.memory import Memory, remembered
from ticketing.contacts import contacts
from ticketing.models import Call, Outbox, Ticket
from ticketing.rules import numbers

MAX_TURNS = 20_000
OVER = -1  # where an edge leads when the caller hung up


@dataclass(frozen=True)
class State:
    """A question, or the last words of a call, with the way there. `error`: it was asked again because nothing was
    understood. `goal` is what the caller came for and got."""

    id: int
    node: str
    lines: tuple[Line, ...]
    wants: Wants | None
    language: str
    error: bool
    goal: str
    reply: str
    way: tuple[str, ...]


@dataclass(frozen=True)
class Edge:
    """What one action leads to."""

    source: int
    action: Action
    target: int


@dataclass
class Walk:
    """What was found. `unexplored` are the states from which it did not go on."""

    world: World
    language: str
    states: list[State] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    unexplored: set[int] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    turns: int = 0


def walk(
    world: World,
    language: str = "id",
    *,
    depth: int | None = None,
    everything: bool = True,
    most_turns: int = MAX_TURNS,
) -> Walk:
    """Call in `world` and go every way of at most `depth` answers (by default the world's), in `language`.

    With `everything`, every key is pressed in every state; after a change of the language only those that are named,
    because a walk in that language presses the others. Without, the caller listens: presses named keys only, and tells
    states apart by what was chosen, too.
    """
    with sandbox.standing(world.at, world.machine):
        walker = _Walker(Walk(world, language), everything, most_turns)
        walker.explore(world.depth if depth is None else depth)
        walker.look_for_exits()
    return walker.found


def presses_to_goals(found: Walk) -> dict[str, int]:
    """The fewest key presses to each goal, for a caller who answers every question: silence, * and what is not
    understood are no answers, but a recording may end by itself. Needs a walk without `everything`."""
    ways: dict[int, list[Edge]] = {}
    for edge in found.edges:
        if edge.action.answers and edge.target != OVER and not found.states[edge.target].error:
            ways.setdefault(edge.source, []).append(edge)
    best, goals, waiting = {0: 0}, dict[str, int](), [(0, 0)]
    while waiting:
        presses, at = heapq.heappop(waiting)
        if goal := found.states[at].goal:
            goals.setdefault(goal, presses)
            continue
        for edge in ways.get(at, []) if best[at] == presses else []:
            taken = presses + edge.action.presses
            if taken < best.get(edge.target, taken + 1):
                best[edge.target] = taken
                heapq.heappush(waiting, (taken, edge.target))
    return goals


@dataclass
class _Walker:
    """One walk under way."""

    found: Walk
    everything: bool
    most_turns: int
    ear: Ear = field(default_factory=Ear)
    house: House = field(default_factory=House)
    known: dict[str, int] = field(default_factory=dict)  # what a state is told apart by, and the state
    waiting: deque[tuple[int, bytes]] = field(default_factory=deque)
    read_back: set[str] = field(default_factory=set)  # where a number that was just keyed is read back

    def explore(self, depth: int) -> None:
        self._dial()
        depth += len(self.found.states[0].way) if self.found.states else 0
        while self.waiting:
            at, kept = self.waiting.popleft()
            if len(self.found.states[at].way) >= depth:
                self.found.unexplored.add(at)
                continue
            for action in self._actions(at, kept):
                if self.found.turns >= self.most_turns:
                    self.found.unexplored |= {at, *(state for state, _ in self.waiting)}
                    self._problem(f"the walk was cut off after {self.most_turns} turns", ())
                    return
                self._try(at, kept, action)

    def look_for_exits(self) -> None:
        """From everywhere a call must come to its end or to a person, and not only by hanging up."""
        back: dict[int, set[int]] = {}
        for edge in self.found.edges:
            said = edge.action.answer.words if edge.action.answer else ""
            if said not in (scenarios.DANGER, scenarios.NONSENSE):  # nobody must cry fire or babble to get out
                back.setdefault(edge.target, set()).add(edge.source)
        open_ = [state.id for state in self.found.states if state.wants is None or state.wants.kind == "transfer"]
        open_ += self.found.unexplored
        reached = set(open_)
        while open_:
            new = back.get(open_.pop(), set()) - reached
            reached |= new
            open_ += new
        for state in self.found.states:
            if state.id not in reached:
                self._problem(f"{state.node} has no way out: neither a goodbye nor a person can be reached", state.way)

    # -- one turn --------------------------------------------------------------------------------------------------

    def _dial(self) -> None:
        world, language = self.found.world, self.found.language
        with self.house.at(self.house.empty) as session:
            number = world.fill(session)
            self.form = {"CallSid": scenarios.SID, "From": number, "CallStatus": "in-progress"}
            caller = numbers.read(number)
            self.private = (*world.private, *filter(None, [caller.e164]))
            contact = contacts.known(session, caller)
            if contact is not None:
                contacts.choose_language(contact, language)
            try:
                self._begin(session)
            except Exception as fault:
                self._problem(f"the greeting breaks with {type(fault).__name__}: {fault}", ())

    def _begin(self, session: Session) -> None:
        """The greeting, in the language of the walk: a caller whom we do not know chooses it with 8."""
        reply, way = self._reply(session, 0, Answer()), tuple[str, ...]()
        if self.ear.prompt.language != self.found.language:
            reply, way = self._reply(session, 1, Answer(keys="8")), ("press 8",)
        self._arrive(session, reply, way)

    def _actions(self, at: int, kept: bytes) -> list[Action]:
        state = self.found.states[at]
        assert state.wants is not None
        with self.house.at(kept) as session:
            if not self.everything and state.error:  # how it goes on for a caller who says nothing at all
                return [Action(scenarios.SILENCE, Answer(), answers=False)]
            if self.everything and state.language == self.found.language:
                return scenarios.every_action(state.wants, state.lines, session)
            ends = scenarios.hanging_up(state.wants) if self.everything else []
            return [*scenarios.meaningful_actions(state.wants, state.lines, session), *ends]

    def _try(self, at: int, kept: bytes, action: Action) -> None:
        state = self.found.states[at]
        way = (*state.way, action.name)
        self.found.turns += 1
        with self.house.at(kept) as session:
            try:
                target = self._turn(session, state, action, way)
            except Exception as fault:
                self._problem(f"{state.node} breaks with {type(fault).__name__}: {fault}", way)
            else:
                self.found.edges.append(Edge(at, action, target))

    def _turn(self, session: Session, state: State, action: Action, way: tuple[str, ...]) -> int:
        """The carrier's next request, or its report that the call is over."""
        answer = action.answer
        reply = self._reply(session, len(way), answer) if answer is not None else ""
        if answer is None or answer.hung_up:
            self._hang_up(session, way)
            return OVER
        prompt = self.ear.prompt
        if answer.keys == scenarios.MOBILE_KEYED and prompt.wants and prompt.wants.kind == "key":
            self.read_back.add(prompt.node)
        if prompt.error and answer.keys and answer.keys in scenarios.named_keys(state.lines):
            self._problem(f"{state.node} names key {answer.keys} and does not take it", way)
        if prompt.error and answer.words in offered(state.lines).values():
            self._problem(f"{state.node} offers {answer.words!r} and does not take it when it is said", way)
        if answer.words == scenarios.DANGER and not prompt.node.startswith("emergency."):
            self._problem(f"{state.node} does not hear danger", way)
        return self._arrive(session, reply, way)

    def _reply(self, session: Session, number: int, answer: Answer) -> str:
        return turns.answer_turn(
            session, self.form, number, answer, render=self.ear.render, conversations=self.ear.conversations
        )

    def _arrive(self, session: Session, reply: str, way: tuple[str, ...]) -> int:
        """Judge what was said, and find out which state this is."""
        memory, prompt = remembered(_call(session)) or Memory(), self.ear.prompt
        self._check(prompt, memory, reply, way)
        mark = _mark(memory, prompt, self.everything)
        if mark in self.known:
            return self.known[mark]
        id_ = self.known[mark] = len(self.found.states)
        goal = _goal(memory)
        self.found.states.append(
            State(id_, prompt.node, prompt.lines, prompt.wants, prompt.language, prompt.error, goal, reply, way)
        )
        if prompt.wants is None:
            self._hang_up(session, way)
        elif self.everything or prompt.language == self.found.language:
            self.waiting.append((id_, self.house.kept(session)))
        else:
            self.found.unexplored.add(id_)
        return id_

    def _hang_up(self, session: Session, way: tuple[str, ...]) -> None:
        """The call is over: nothing may still be held back for it."""
        call = _call(session)
        call_log.ended(session, call, "completed")
        session.flush()
        held = select(Outbox.kind).join(Ticket, Ticket.id == Outbox.ticket_id)
        held = held.where(Ticket.call_id == call.id, Outbox.held, Outbox.state == "pending")
        for kind in session.scalars(held):
            self._problem(f"a promise of kind {kind} is still held after the call", way)

    # -- judging ---------------------------------------------------------------------------------------------------

    def _check(self, prompt: Prompt, memory: Memory, reply: str, way: tuple[str, ...]) -> None:
        keyed = () if prompt.node in self.read_back else (scenarios.MOBILE_KEYED,)
        for finding in checks.findings(prompt.lines, prompt.language, reply, (*self.private, *keyed)):
            self._problem(f"{prompt.node} {finding}", way)
        if prompt.wants is not None:
            if not prompt.lines and prompt.wants.kind != "transfer":
                self._problem(f"{prompt.node} waits for an answer without a word", way)
        elif self.ear.stopped:
            self._problem(f"{prompt.node} is a dead end: {self.ear.stopped} stops without a goodbye", way)
        elif not memory.over or not prompt.lines:
            self._problem(f"{prompt.node} is a dead end: it wants nothing and is no goodbye", way)
        elif keys := scenarios.named_keys(prompt.lines):
            self._problem(f"{prompt.node} is a dead end: it names key {keys[0]} and hangs up", way)

    def _problem(self, what: str, way: tuple[str, ...]) -> None:
        """Each problem once, with the shortest way to it."""
        if not any(known.startswith(f"{what} [") for known in self.found.problems):
            steps = ", ".join(("dial", *way))
            self.found.problems.append(f"{what} [{self.found.world.name}, {self.found.language}: {steps}]")


def _call(session: Session) -> Call:
    """The call under way: the turn has read it, mostly."""
    rows = (row for row in session.identity_map.values() if isinstance(row, Call))
    known = next((row for row in rows if row.sid == scenarios.SID), None)
    return known or session.scalars(select(Call).where(Call.sid == scenarios.SID)).one()


# -- what tells two states apart -----------------------------------------------------------------------------------


def _mark(memory: Memory, prompt: Prompt, everything: bool) -> str:
    """What is asked and said, in which try and language, what was done before; and what else decides where an answer
    leads. The count of a question is left out, so that one that is asked again and again is one state."""
    wants = prompt.wants.kind if prompt.wants else "goodbye"
    done = {_plain(key) for kind, key, _ in memory.journal if kind == "once"}
    asked = [_plain(prompt.node), wants, memory.misses, memory.language, sorted(done)]
    heard = [] if prompt.error else sorted({line.id for line in prompt.lines})
    if everything:
        return repr((asked, heard, memory.touched, memory.met, sorted(set(memory.visits))))
    return repr((asked, heard, [] if prompt.error else _chosen(memory)))


def _plain(key: str) -> str:
    return re.sub(r"\d+", "", key)


def _chosen(memory: Memory) -> list[str]:
    """What was chosen in menus of the city, or else the newest answer of this conversation."""
    answers = [str(value) for kind, _, value in memory.journal if kind == "answer" and not isinstance(value, dict)]
    return _choices(memory) or [answer for answer in answers if not re.search(r"\d{3}", answer)][-1:]


def _choices(memory: Memory) -> list[str]:
    """The entries that were chosen in menus of the city, as ids of their names."""
    chosen = [(key, str(value)) for kind, key, value in memory.journal if kind == "answer" and key in city().menus]
    return [entry.text for key, digit in chosen for entry in city().menu(key) if str(entry.digit) == digit]


def _goal(memory: Memory) -> str:
    """The conversation whose goal is met, and the last choice that led there: "report roads_damage"."""
    goal = memory.goal
    choice = [choice.removeprefix(f"{goal}_") for choice in _choices(memory)[-1:]] if goal == memory.name else []
    return " ".join([goal, *choice])
