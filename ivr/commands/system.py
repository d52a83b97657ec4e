"""Commands about the house itself: `flask explain`, `flask doctor`, `flask reconcile`, `flask rotate`,
`flask migrate`."""

import json
import sys
from datetime import timedelta

import click

from config import clock
from ivr.operations import explain
from ticketing.database import schema
from ticketing.database.roles import RoleError


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
    from ivr.operations import doctor  # noqa: PLC0415 - knows the carrier's client, which no web process needs

    found = doctor.examine()
    for finding in found:
        click.echo(f"{finding.mark:<5} {finding.what}: {finding.words}")
    if any(finding.mark == "FAIL" for finding in found):
        raise SystemExit(1)


@click.command("reconcile")
@click.option("--hours", type=click.IntRange(1, 720), help="Go so far back; without it, to the last complete run.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def reconcile_command(hours: int | None, as_json: bool) -> None:
    """Fetch what reached the carrier while we were down: calls, recordings, texts, receipts."""
    from workers import reconcile  # noqa: PLC0415 - knows the carrier's client

    since = clock.now() - timedelta(hours=hours) if hours else None
    try:
        found = reconcile.reconcile(since=since, seconds=600)
    except reconcile.CarrierAway as fault:
        raise click.ClickException(str(fault)) from None
    if as_json:
        click.echo(json.dumps(found))
        return
    click.echo("\n".join(f"{count:>5} {what}" for what, count in sorted(found.items())) or "nothing was missing")


@click.command("rotate")
def rotate_command() -> None:
    """Seal and hash anew what was with older keys of DATA_KEYS and LOOKUP_KEY; exit code 1 while something is left."""
    from ivr.operations import rotation  # noqa: PLC0415 - no web process needs it

    found = rotation.rotate()
    for what, count in sorted(found.anew.items()):
        click.echo(f"{what}: {count} anew")
    for what, count in sorted(found.left.items()):
        click.echo(f"{what}: {count} left, the log names them")
    if found.left:
        raise SystemExit(1)
    click.echo("nothing is left with an older key")


@click.command("migrate")
def migrate_command() -> None:
    """Bring the database to the newest migration."""
    try:
        schema.migrate()
    except RoleError as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(f"the database is at {schema.current()}")
