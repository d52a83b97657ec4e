"""`flask callbacks`: who is waiting to be called, and what became of each try. Numbers stay masked; `flask tickets
reveal` shows one, and writes down who asked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from config import clock, stores
from config.hotline import CITY_LANGUAGE, city
from ivr.commands.options import as_json, by
from ticketing.calls import callbacks
from ticketing.calls.callbacks import CallbackError
from ticketing.models import Callback
from ticketing.rules import numbers
from workers import transactions

id_argument = click.argument("id_", metavar="ID", type=click.UUID)


@click.group("callbacks", invoke_without_command=True)
@click.pass_context
@as_json
def callbacks_group(ctx: click.Context, as_json: bool) -> None:
    """Who is to be called, most pressing first, with the window that was promised."""
    if ctx.invoked_subcommand is not None:
        return
    with stores.reading() as session:
        rows = [_shown(one) for one in callbacks.waiting(session)]
        kept = callbacks.kept(session, clock.now() - timedelta(days=7))
    if as_json:
        click.echo(json.dumps({"waiting": rows, "last seven days": kept}, ensure_ascii=False, indent=1))
        return
    for row in rows:
        late = "LATE" if row["late"] else ""
        click.echo(
            f"{row['id']}  {row['window']}  try {row['attempts'] + 1} at {row['next']}  {row['reporter']:<16} "
            f"{row['department']:<12} ticket {row['ticket']}  {row['language']} {late}"
        )
    click.echo(f"{len(rows)} waiting; in the last seven days {kept['kept']} of {kept['ended']} kept in their window")


@callbacks_group.command("tried")
@id_argument
@click.option("--reached/--missed", required=True, help="Whether the resident was reached.")
@by
def tried(id_: UUID, reached: bool, by: str) -> None:
    """Write down a try. Who was missed is texted when we try again; after the last try, that we stopped."""
    with _changing(id_) as (session, callback):
        callbacks.attempted(session, callback, reached=reached, by=by)


@callbacks_group.command("cancel")
@id_argument
@by
def cancel(id_: UUID, by: str) -> None:
    """Nobody needs to call any more."""
    with _changing(id_) as (session, callback):
        callbacks.cancel(session, callback, by=by)


@contextmanager
def _changing(id_: UUID) -> Iterator[tuple[Session, Callback]]:
    """One locked callback in one transaction; prints what it has become, or says why it could not be done."""
    try:
        with transactions.transaction() as session:
            callback = callbacks.find(session, id_)
            yield session, callback
            state = callback.state
    except CallbackError as fault:
        raise click.ClickException(str(fault)) from fault
    click.echo(state)


def _shown(one: Callback) -> dict[str, Any]:
    start, end = (clock.local(moment) for moment in (one.from_at, one.until_at))
    return {
        "id": str(one.id),
        "window": f"{start:%d %b %H:%M}-{end:%H:%M}",
        "next": clock.local(one.next_at).strftime("%d %b %H:%M"),
        "late": clock.now() > one.until_at,
        "attempts": one.attempts,
        "reporter": numbers.mask(one.contact.phone),
        "ticket": one.ticket.number if one.ticket else None,
        "department": one.department,
        "topic": city().category(one.topic).name[CITY_LANGUAGE] if one.topic else None,
        "language": one.language,
        "urgent": one.urgent,
    }
