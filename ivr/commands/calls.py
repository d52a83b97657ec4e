"""`flask calls`: the newest calls with their numbers masked, and the mark that says a call was a prank."""

import json
from datetime import datetime
from typing import Any

import click

from config import clock, stores
from ivr.commands.options import as_json, by
from ticketing.worklists import calls

MARKS = {"emergency": "EMERGENCY", "ghost": "ghost", "prank": "prank", "repeat": "third in a week"}


@click.group("calls")
def calls_group() -> None:
    """Look at calls, and mark pranks."""


@calls_group.command("list")
@as_json
@click.option("--most", type=click.IntRange(1, 1000), default=calls.MOST, show_default=True)
def list_command(as_json: bool, most: int) -> None:
    """The newest calls first, on the city's clock, with the question at which each ended."""
    with stores.reading() as session:
        rows = calls.listed(session, most=most)
    for line in [json.dumps(rows, ensure_ascii=False, indent=1)] if as_json else map(_line, rows):
        click.echo(line)


@calls_group.command("prank")
@click.argument("call_sid")
@by
@click.option("--undo", is_flag=True, help="It was none after all.")
def prank(call_sid: str, by: str, undo: bool) -> None:
    """Mark a call as a prank: it stays, but counts in no other figure. The caller is not blocked for it."""
    try:
        with stores.transaction() as session:
            calls.mark_prank(session, call_sid, by=by, prank=not undo)
    except calls.CallError as fault:
        raise click.ClickException(str(fault)) from fault
    click.echo(f"{call_sid} {'is no prank' if undo else 'is a prank'}")


def _line(row: dict[str, Any]) -> str:
    marks = ", ".join(word for name, word in MARKS.items() if row[name])
    at = clock.local(datetime.fromisoformat(row["at"])).strftime("%Y-%m-%d %H:%M")
    seconds = "-" if row["seconds"] is None else f"{row['seconds']} s"
    line = (
        f"{at}  {row['sid']}  {row['caller']:<15}  {row['kind']:<8}  {row['goal'] or '-':<11}  {seconds:>6}  "
        f"{row['node'] or '-':<20}  {marks}"
    )
    return line.rstrip()
