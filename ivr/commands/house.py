"""Commands about the house itself: `flask explain`, `flask doctor`, `flask migrate`."""

import sys

import click

from ivr import explain
from ticketing import schema


@click.command("explain")
@click.argument("kind", type=click.Choice(list(explain.KINDS)))
def explain_command(kind: str) -> None:
    """What the software makes of each JSON line on standard input, and why."""
    for text in sys.stdin:
        if text.strip():
            click.echo(explain.line(kind, text))


@click.command("doctor")
def doctor_command() -> None:
    """Check every setting and connection, one line each; exit code 1 when something must be mended."""
    from ivr import doctor  # noqa: PLC0415 - knows the carrier's client, which no web process needs

    found = doctor.examine()
    for finding in found:
        click.echo(f"{finding.mark:<5} {finding.what}: {finding.words}")
    if any(finding.mark == "FAIL" for finding in found):
        raise SystemExit(1)


@click.command("migrate")
def migrate_command() -> None:
    """Bring the database to the newest migration."""
    schema.migrate()
    click.echo(f"the database is at {schema.current()}")
