"""Statistics of calls (rule V33): how often each question is misunderstood, and how many callers get what they came
for, by day or by menu version. Numbers only; it refuses to name a caller, a call or a ticket.

A call belongs to the day of the city's calendar on which it began, and takes its turns, its survey and its callbacks
there with it. A share of nothing is None, and so is what needs turns that are forgotten.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from config import clock
from ticketing.calls import callbacks
from ticketing.models import Call, Callback, Survey, Ticket, Turn
from ticketing.models.calls import TURNS_LAST
from ticketing.statistics.counting import during, level, percentile, share
from ticketing.statistics.questions import nodes

By = Literal["day", "menu", "none"]

SHORT = timedelta(seconds=5)
EMERGENCY, REPORT, PERSON = "emergency", "report", "person"
BY_A_PERSON = (PERSON, "callback", "message")  # goals that a person met, or has yet to meet
WITHOUT_GOAL = ("at_person", "short", "open", "no_menu")  # besides "abandoned"
RUNG = ("talked", "unanswered", "missed")  # what the turn log says after a telephone was rung for the caller


def report(session: Session, first: date, last: date, *, by: By = "day") -> dict[str, Any]:
    """All figures of the calls that began from the first to the last of these days."""
    these = during(first, last)
    parts = _calls(session, these), _surveys(session, these), _promises(session, these)
    rows = []
    if by != "none":
        cut = _day if by == "day" else _menu
        grouped = [_grouped(part, cut) for part in parts]
        days = [(first + timedelta(days=nth)).isoformat() for nth in range((last - first).days + 1)]
        rows = [
            {by: name, **_figures(*(group.get(name, []) for group in grouped))}
            for name in (days if by == "day" else grouped[0])
        ]
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "by": by,
        "forgotten": any(call.forgotten for call in parts[0]),
        "nodes": nodes(session, first, last),
        "rows": rows,
        "total": _figures(*parts),
    }


# -- calls ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Call:
    """One call as it is counted; `became` is one of the words that `_became` explains."""

    started_at: datetime
    menu: str | None
    kind: str
    became: str
    goal: str | None
    seconds: int
    rung: bool
    forgotten: bool


def goal_of(goal: str | None, *, reported: bool) -> str | None:
    """What the caller came for and got; who was gone before a kept report had its number has reported all the same."""
    return goal or (REPORT if reported else None)


def _calls(session: Session, these: ColumnElement[bool]) -> list[_Call]:
    rung = func.max(case((Turn.key.in_(RUNG), 1), else_=0))
    turns = select(Turn.call_id, func.min(Turn.at).label("at"), rung.label("rung"))
    turns_of = turns.join(Call, Call.id == Turn.call_id).where(these).group_by(Turn.call_id).subquery()
    kept = select(Ticket.call_id, func.min(Ticket.created_at).label("at"))
    kept_of = kept.join(Call, Call.id == Ticket.call_id).where(these).group_by(Ticket.call_id).subquery()
    query = (
        select(
            *(Call.started_at, Call.ended_at, Call.menu, Call.caller_kind, Call.ghost, Call.prank, Call.goal),
            *(Call.goal_at, turns_of.c.at.label("first_at"), turns_of.c.rung, kept_of.c.at.label("kept_at")),
        )
        .outerjoin(turns_of, turns_of.c.call_id == Call.id)
        .outerjoin(kept_of, kept_of.c.call_id == Call.id)
        .where(these)
        .order_by(Call.started_at)
    )
    return [_counted(row) for row in session.execute(query)]


def _counted(row: Any) -> _Call:
    forgotten = row.started_at < clock.now() - TURNS_LAST
    began, met_at = row.first_at or row.started_at, row.goal_at or row.kept_at
    return _Call(
        started_at=row.started_at,
        menu=row.menu,
        kind=row.caller_kind,
        became=_became(row, began, forgotten),
        goal=goal_of(row.goal, reported=row.kept_at is not None),
        seconds=round((met_at - began).total_seconds()) if met_at else 0,
        rung=bool(row.rung),
        forgotten=forgotten,
    )


def _became(row: Any, began: datetime, forgotten: bool) -> str:
    """What became of a call: the first of these that fits, so that each call counts once.

    prank: somebody marked it. ghost: nothing was ever heard of the caller. emergency: key 1 at the root. no_menu: we
    answered no turn; the caller heard the fallback, or had left. goal: see goal_of. at_person: no goal, but a person's
    telephone was rung. open: its end is not known. short: it ended within five seconds of its first turn. abandoned: it
    ended later than that, without a goal; who hung up is not told apart.
    """
    fits = {
        "prank": row.prank,
        "ghost": row.ghost,
        EMERGENCY: row.goal == EMERGENCY,
        "no_menu": row.first_at is None and not forgotten,
        "goal": row.goal or row.kept_at,
        "at_person": row.rung,
        "open": row.ended_at is None,
        "short": row.ended_at and row.ended_at - began < SHORT,
    }
    return next((name for name, fit in fits.items() if fit), "abandoned")


def _figures(calls: Sequence[_Call], surveys: Sequence[Any], promises: Sequence[Any]) -> dict[str, Any]:
    """The figures of some calls. `goal`, `at_person` and `abandoned` together are those that used the menu.

    Time to goal: from a call's first turn, over the calls that became `goal`. Containment: of those that used the menu,
    the share with a goal that needed no person (not PERSON, callback or message, and nobody's telephone was rung).
    Abandonment: of those that used the menu, the share that was abandoned. Ghost and prank share: of all calls.
    """
    became = Counter(call.became for call in calls)
    met = [call for call in calls if call.became == "goal"]
    seconds = Counter(call.seconds for call in met)
    used = len(met) + became["at_person"] + became["abandoned"]
    alone = sum(call.goal not in BY_A_PERSON and not call.rung for call in met)
    of_turns = {
        "contained": alone,
        "containment": share(alone, used),
        "abandoned": became["abandoned"],
        "abandonment": share(became["abandoned"], used),
        **{name: became[name] for name in WITHOUT_GOAL},
    }
    if any(call.forgotten for call in calls):
        of_turns = dict.fromkeys(of_turns)
    return {
        "calls": len(calls),
        "with_goal": len(met),
        "goals": _sorted(call.goal for call in met),
        "goal_p50_s": percentile(seconds, 0.5),
        "goal_p90_s": percentile(seconds, 0.9),
        **of_turns,
        "level": level(of_turns["abandonment"]),
        "ghosts": became["ghost"],
        "ghost_share": share(became["ghost"], len(calls)),
        "pranks": became["prank"],
        "prank_share": share(became["prank"], len(calls)),
        "emergencies": became[EMERGENCY],
        "callers": _sorted(call.kind for call in calls),
        "survey": _survey(surveys),
        "callbacks": _kept(promises),
    }


# -- after the call ------------------------------------------------------------------------------------------------


def _surveys(session: Session, these: ColumnElement[bool]) -> Sequence[Any]:
    query = select(Call.started_at, Call.menu, Survey.score, Survey.solved).join(Call, Call.id == Survey.call_id)
    return session.execute(query.where(these, ~Call.prank)).all()


def _survey(rows: Sequence[Any]) -> dict[str, Any]:
    """How many callers answered, their mean score of 1 to 5, and the share of "solved" among those who said."""
    said = [row.solved for row in rows if row.solved is not None]
    mean = round(sum(row.score for row in rows) / len(rows), 2) if rows else None
    return {"answers": len(rows), "mean": mean, "solved": share(sum(said), len(said))}


def _promises(session: Session, these: ColumnElement[bool]) -> Sequence[Any]:
    query = (
        select(Call.started_at, Call.menu, Callback.state, Callback.closed_at, Callback.until_at)
        .join(Ticket, Ticket.id == Callback.ticket_id)
        .join(Call, Call.id == Ticket.call_id)
        .where(these, ~Call.prank, Callback.state != callbacks.CANCELLED)
    )
    return session.execute(query).all()


def _kept(rows: Sequence[Any]) -> dict[str, Any]:
    """Callbacks promised in these calls that ended, or whose window did; and how many reached the caller within it."""
    due = [row for row in rows if row.state != callbacks.OPEN or row.until_at < clock.now()]
    kept = sum(row.state == callbacks.REACHED and row.closed_at <= row.until_at for row in due)
    return {"due": len(due), "kept": kept, "share": share(kept, len(due))}


# -- grouping ------------------------------------------------------------------------------------------------------


def _day(row: Any) -> str:
    return clock.local(row.started_at).date().isoformat()


def _menu(row: Any) -> str | None:
    menu: str | None = row.menu
    return menu


def _grouped(rows: Iterable[Any], by: Callable[[Any], str | None]) -> dict[str | None, list[Any]]:
    groups: dict[str | None, list[Any]] = defaultdict(list)
    for row in rows:
        groups[by(row)].append(row)
    return groups


def _sorted(names: Iterable[str | None]) -> dict[str, int]:
    counts = Counter(str(name) for name in names)
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
