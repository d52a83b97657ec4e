"""`flask outbox`: what waits to leave the house, and the dead letters."""

import json
from uuid import UUID

import click

from config import stores
from ivr.commands.options import as_json
from ticketing.calls import outbound
from ticketing.models import Message
from ticketing.outgoing import promises
from ticketing.worklists.outbox import overview
from workers import transactions


@click.command("outbox")
@as_json
@click.option("--replay", "row_id", type=click.UUID, help="Try a dead row again; its id is in the list.")
def outbox_command(as_json: bool, row_id: UUID | None) -> None:
    """What waits to leave the house: counts by kind and state, age of the oldest due row, dead rows with reasons."""
    if row_id is not None:
        with transactions.transaction() as session:
            row = promises.replay(session, row_id)
            if row is None:
                raise click.ClickException("there is no dead row with this id")
            if row.kind in ("sms", "call") and (message := session.get(Message, row.subject_id)):
                outbound.begin_anew(message)
    with stores.reading() as session:
        found = overview(session)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for kind, states in found["counts"].items():
        click.echo(f"{kind:<10} " + "  ".join(f"{state} {count}" for state, count in sorted(states.items())))
    click.echo(f"oldest due: {found['oldest_due_seconds'] or 0} s")
    for row in found["dead"]:
        click.echo(f"dead: {row['id']} ticket {row['number']} {row['kind']} to {row['destination']}: {row['reason']}")
