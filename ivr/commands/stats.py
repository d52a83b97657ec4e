"""`flask stats`: what the calls teach, as two tables or as JSON. Numbers only, so that it can be passed on."""

import json
import textwrap
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import click

from config import clock, stores
from ivr.commands.options import as_json
from ticketing.statistics import calls, tickets

WIDTH = 100
A_WEEK, A_YEAR = timedelta(days=6), timedelta(days=365)  # from the first to the last day
DAY = click.DateTime(["%Y-%m-%d"])
FORGOTTEN = "Turns are kept for 30 days: what became of older calls without a goal is not known any more."
MARKS = {"ok": "", "mark": "!", "alarm": "ALARM"}


@click.command("stats")
@click.option("--from", "first", type=DAY, help="The first day, 2026-11-18; else six days before the last one.")
@click.option("--to", "last", type=DAY, help="The last day; else today.")
@click.option("--by", type=click.Choice(["day", "menu", "none"]), default="day", show_default=True)
@as_json
def stats_command(first: datetime | None, last: datetime | None, by: calls.By, as_json: bool) -> None:
    """How callers get along with each question, and how many get what they came for, by day or by menu version."""
    to = last.date() if last else clock.local(clock.now()).date()
    begin = first.date() if first else to - A_WEEK
    if begin > to:
        raise click.ClickException(f"the period ends on {to}, before it begins on {begin}")
    if to - begin > A_YEAR or not 2000 <= to.year < 3000:
        raise click.ClickException("a period has at most 366 days, in this millennium")
    with stores.reading() as session:
        found = {**calls.report(session, begin, to, by=by), "reports": tickets.report(session, begin, to)}
    click.echo(json.dumps(found, ensure_ascii=False, indent=1) if as_json else "\n".join(_tables(found, begin, to)))


def _tables(found: Mapping[str, Any], first: date, last: date) -> list[str]:
    head = f"{first} to {last}; shares in %; ! is over 5 %, ALARM is 10 % or more"
    tail = ["", FORGOTTEN] if found["forgotten"] else []
    return [
        head,
        "",
        *_questions(found["nodes"]),
        "",
        *_calls(found),
        "",
        *_details(found["total"], found["reports"]),
        *tail,
    ]


def _questions(nodes: list[dict[str, Any]]) -> list[str]:
    lines = [
        f"{'question':<32}{'turns':>7}{'wrong':>8}{'silent':>8}{'back':>7}{'lang':>7}{'officer':>9}{'p50 ms':>8}"
        f"{'p95 ms':>8}"
    ]
    for row in nodes:
        rates = (_percent(row[f"{kind}_rate"]) for kind in ("wrong_key", "silence", "back", "language", "officer"))
        wrong, silent, back, language, officer = rates
        lines.append(
            f"{row['node'][:31]:<32}{row['turns']:>7}{wrong:>8}{silent:>8}{back:>7}{language:>7}{officer:>9}"
            f"{row['p50_ms']:>8}{row['p95_ms']:>8} {MARKS[row['level']]}".rstrip()
        )
    return lines


def _calls(found: Mapping[str, Any]) -> list[str]:
    by = "" if found["by"] == "none" else found["by"]
    lines = [
        f"{by:<11}{'calls':>7}{'goal':>7}{'p50 s':>7}{'p90 s':>7}{'contained':>11}{'abandoned':>11}{'short':>7}"
        f"{'ghosts':>8}{'pranks':>8}{'emerg.':>8}"
    ]
    for name, row in [*((row[by] or "unknown", row) for row in found["rows"]), ("all", found["total"])]:
        lines.append(
            f"{name:<11}{row['calls']:>7}{row['with_goal']:>7}{_or_dash(row['goal_p50_s']):>7}"
            f"{_or_dash(row['goal_p90_s']):>7}{_percent(row['containment']):>11}{_percent(row['abandonment']):>11}"
            f"{_or_dash(row['short']):>7}{row['ghosts']:>8}{row['pranks']:>8}{row['emergencies']:>8} "
            f"{MARKS[row['level']]}".rstrip()
        )
    return lines


def _details(total: Mapping[str, Any], reports: Mapping[str, Any]) -> list[str]:
    """What the tables have no room for, over the whole period."""
    survey, callbacks, ratings = total["survey"], total["callbacks"], reports["ratings"]
    rest = {name.replace("_", " "): total[name] for name in ("abandoned", *calls.WITHOUT_GOAL)}
    told = {
        "goals": _counts(total["goals"]),
        "no goal": _counts(rest),
        "callers": _counts(total["callers"]),
        "noise": f"ghosts {_share(total['ghost_share'])}, pranks {_share(total['prank_share'])}",
        "survey": f"{survey['answers']} answers, mean {_or_dash(survey['mean'])}, solved {_share(survey['solved'])}",
        "callbacks": f"{callbacks['due']} due, kept in their window {callbacks['kept']} ({_share(callbacks['share'])})",
        "reports": f"{reports['resolved']} resolved, on time {reports['on_time']} "
        f"({_share(reports['on_time_share'])}), "
        f"opened again {reports['reopened']} ({_share(reports['reopened_share'])})",
        "confirmed": f"by residents {reports['confirmed_by_residents']}, by silence {reports['confirmed_by_silence']}, "
        f"by others {reports['confirmed_by_others']}",
        "ratings": f"{ratings['answered']} of {ratings['asked']} answered, mean {_or_dash(ratings['mean'])}, "
        f"4 or 5 {_share(ratings['content'])}, not solved {ratings['not_solved']}",
    }
    return [
        textwrap.fill(words, WIDTH, initial_indent=f"{name:<11}", subsequent_indent=" " * 11)
        for name, words in told.items()
    ]


def _counts(counts: Mapping[str, int | None]) -> str:
    return ", ".join(f"{name} {_or_dash(count)}" for name, count in counts.items()) or "-"


def _percent(rate: float | None) -> str:
    return "-" if rate is None else f"{100 * rate:.1f}"


def _share(rate: float | None) -> str:
    return "-" if rate is None else f"{_percent(rate)} %"


def _or_dash(value: object) -> str:
    return "-" if value is None else str(value)
