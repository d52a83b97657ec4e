"""`flask fallback`: the documents that speak when this machine is gone: make them, check them, and rehearse it."""

import contextlib
import json
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import click

from ivr.commands.options import as_json
from ivr.operations import fallback

folder = click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=fallback.FOLDER)


def _away(_context: click.Context, _option: click.Parameter, value: str) -> str:
    address = urlsplit(value)
    if value != fallback.SAVED and not (address.scheme == "https" and address.netloc):
        raise click.BadParameter("an address that begins with https:// is needed")
    return value


saved_url = click.option(
    "--saved-url",
    default=fallback.SAVED,
    callback=_away,
    help="Address of the second document, where it does not lie beside the first (TwiML Bins).",
)


@click.group("fallback")
def fallback_group() -> None:
    """The documents that speak when this machine is gone."""


@fallback_group.command("write")
@folder
@saved_url
def write_command(folder: Path, saved_url: str) -> None:
    """Make both documents from the texts, in FOLDER (config/fallback), and check them."""
    for path in fallback.write(folder, saved_url):
        click.echo(path)
    _refuse_if(fallback.examine(folder, saved_url))


@fallback_group.command("check")
@folder
@saved_url
def check_command(folder: Path, saved_url: str) -> None:
    """Exit code 1, and a line for each finding, when the documents in FOLDER (config/fallback) cannot do their work."""
    _refuse_if(fallback.examine(folder, saved_url))


@fallback_group.command("drill")
@as_json
def drill_command(as_json: bool) -> None:
    """On this machine alone: kill and freeze a hotline of its own, and measure until a caller hears the fallback."""
    from ivr.operations import drill  # noqa: PLC0415 - knows the simulated carrier, which no web process needs

    steps = []
    try:
        with contextlib.closing(drill.run()) as running:
            for step in running:
                steps.append(step)
                if not as_json:
                    click.echo(step.line())
    except (RuntimeError, subprocess.TimeoutExpired) as fault:
        raise click.ClickException(str(fault)) from fault
    if as_json:
        click.echo(json.dumps([step.as_dict() for step in steps], ensure_ascii=False, indent=1))
    if not all(step.ok for step in steps):
        raise SystemExit(1)


def _refuse_if(findings: list[str]) -> None:
    for finding in findings:
        click.echo(finding, err=True)
    if findings:
        raise SystemExit(1)
