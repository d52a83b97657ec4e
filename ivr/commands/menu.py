"""`flask menu`: the voice menu as callers hear it, found by calling it in every way."""

import json
import logging
from collections.abc import Sized
from pathlib import Path

import click

from config import logs
from config.hotline import CITY_LANGUAGE, city

PRESSES, REPORT_PRESSES = 3, 5  # to any goal; to a report with its topic, owner and place


@click.command("menu")
@click.option(
    "--language", default=CITY_LANGUAGE, show_default=True, help="The language of the call: a file of config/texts/."
)
@click.option("--svg", "path", type=click.Path(dir_okay=False, path_type=Path), help="Draw it into this file instead.")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of a drawing.")
@click.option("--check", is_flag=True, help="Only the figures: key presses to each goal; exit code 1 for a problem.")
def menu_command(language: str, path: Path | None, as_json: bool, check: bool) -> None:
    """Draw the voice menu as callers hear it: every question, what is said, and where each answer leads.

    It is found by calling the hotline in memory, in some worlds; no database is read. Takes a minute.
    """
    from ivr.explorer import as_svg, as_text, tree  # noqa: PLC0415 - what no web process needs

    if language not in city().languages:
        raise click.ClickException(f"there is no language {language}; there are {', '.join(city().languages)}")
    logs.set_up(logging.ERROR)  # a million calls leave no trace in the log
    found = tree.grow(language)
    if check:
        _check(found.nodes, found.presses, found.problems)
    elif path is not None:
        path.write_text(as_svg.svg(found))
        click.echo(f"{path}: {len(found.nodes)} questions and goodbyes")
    elif as_json:
        click.echo(json.dumps(as_text.fields(found), ensure_ascii=False, indent=1))
    else:
        click.echo(as_text.text(found), nl=False)
    for problem in found.problems:
        click.echo(f"problem: {problem}", err=True)


def _check(nodes: Sized, presses: dict[str, int], problems: list[str]) -> None:
    """No way without an exit (V11), and few keys to every goal (V12)."""
    click.echo(f"{len(nodes)} questions and goodbyes, every way has an exit: {'no' if problems else 'yes'}")
    far = []
    for goal, count in presses.items():
        most = REPORT_PRESSES if goal.startswith("report") else PRESSES
        click.echo(f"{goal:28} {count} of {most} key presses")
        far += [goal] if count > most else []
    for goal in far:
        click.echo(f"problem: {goal} is too many key presses away", err=True)
    if far or problems:
        raise SystemExit(1)
