"""`flask tickets`: look at tickets and move them."""

import json
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from config import stores
from ivr.commands.options import as_json, by
from ticketing.database import heads
from ticketing.media import photos
from ticketing.models import Ticket
from ticketing.rules import lifecycle, references
from ticketing.tickets import additions, confidential, history, moves, register
from ticketing.tickets.register import TicketError
from ticketing.worklists import tickets
from workers import transactions

number = click.argument("number")
note_option = click.option("--note", "note_text", help="Why, in words.")


@click.group("tickets")
def tickets_group() -> None:
    """Look at tickets and move them."""


@tickets_group.command("list")
@as_json
@click.option("--state", type=click.Choice(lifecycle.STATES))
@click.option("--department")
@click.option("--most", default=tickets.MOST, show_default=True)
def list_command(as_json: bool, state: str | None, department: str | None, most: int) -> None:
    """The newest tickets first."""
    with stores.reading() as session:
        rows = tickets.listed(session, state=state, department=department, most=most)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        words = (row["number"], row["status"], row["priority"], row["department"], row["category"], row["area"] or "-")
        click.echo(f"{words[0]}  {words[1]:<12} {words[2]}  {words[3]:<16} {words[4]:<16} {words[5]}")


def _changes(command: Callable[..., None]) -> Callable[..., None]:
    """Run a command on one locked ticket in one transaction; print the ticket as it is afterwards."""

    @wraps(command)
    def run(number: str, as_json: bool, **given: Any) -> None:
        try:
            with transactions.transaction() as session:
                ticket = register.find(session, number, change=True)
                command(session, ticket, **given)
                session.flush()
                session.refresh(ticket)
                after = tickets.shown(session, ticket)
        except TicketError as fault:
            raise click.ClickException(str(fault)) from fault
        _print_ticket(after, as_json)

    return run


@tickets_group.command("show")
@number
@click.option("--by", "reader", help="Who looks: a confidential report opens to its named readers only.")
@as_json
def show(number: str, reader: str | None, as_json: bool) -> None:
    """One ticket with its history."""
    try:
        with transactions.transaction() if reader else stores.reading() as session:
            ticket = register.find(session, number, change=reader is not None)
            if reader:
                confidential.read(session, ticket, by=reader)
            found = tickets.shown(session, ticket, reader=reader)
    except TicketError as fault:
        raise click.ClickException(str(fault)) from fault
    _print_ticket(found, as_json)


@tickets_group.command("move")
@number
@click.argument("state")
@by
@note_option
@click.option("--to", "owner", help="refused: the department whose it is. referred: who outside the city.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="scheduled: the day of the work.")
@click.option("--into", help="merged: the number of the other ticket.")
@as_json
@_changes
def move(
    session: Session,
    ticket: Ticket,
    state: str,
    by: str,
    note_text: str | None,
    owner: str | None,
    day: datetime | None,
    into: str | None,
) -> None:
    """Bring a ticket into another state: accepted, in_progress, waiting, scheduled, resolved, refused, referred ..."""
    on: date | None = day.date() if day else None
    moves.move(session, ticket, state.replace("-", "_"), by=by, note_text=note_text, owner=owner, on=on, into=into)


@tickets_group.command("assign")
@number
@click.argument("department")
@by
@note_option
@as_json
@_changes
def assign(session: Session, ticket: Ticket, department: str, by: str, note_text: str | None) -> None:
    """Give a ticket to another department."""
    moves.assign(session, ticket, department, by=by, note_text=note_text)


@tickets_group.command("note")
@number
@click.argument("text")
@click.option("--public", is_flag=True, help="For the resident: the page shows it as the latest word.")
@by
@as_json
@_changes
def note(session: Session, ticket: Ticket, text: str, public: bool, by: str) -> None:
    """Add words to a ticket."""
    history.note(session, ticket, text, by=by, kind=history.PUBLIC if public else "remark")


@tickets_group.command("delay")
@number
@click.option("--reason", required=True, help="At most 20 characters, as the text says it: menunggu material.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="The new day; the resident is told at once.")
@by
@as_json
@_changes
def delay(session: Session, ticket: Ticket, reason: str, day: datetime | None, by: str) -> None:
    """Say why a ticket takes longer, and until when. Without a day the reason is told once the date has passed."""
    moves.delay(session, ticket, reason, by=by, on=day.date() if day else None)


@tickets_group.command("photo")
@number
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@by
@as_json
@_changes
def photo(session: Session, ticket: Ticket, file: Path, by: str) -> None:
    """Add the department's proof: a picture of what was done (JPEG, PNG or WebP)."""
    try:
        additions.keep_upload(session, ticket, file.read_bytes(), by=by, kind=photos.PROOF)
    except photos.NotAPicture as fault:
        raise click.ClickException(f"{file.name} cannot be kept as a photo: {fault.reason}") from fault


@tickets_group.command("reveal")
@number
@click.option("--reason", required=True, help="Why it is needed; kept with the ticket.")
@click.option("--audio", is_flag=True, help="Links to the recordings instead of the number.")
@by
def reveal(number: str, reason: str, audio: bool, by: str) -> None:
    """Print the reporter's telephone number, or links to the recordings. The history says who asked, and when."""
    try:
        with transactions.transaction() as session:
            ticket = register.find(session, number, change=True)
            if audio:
                found = confidential.reveal_audio(session, ticket, by=by, reason=reason)
            else:
                found = [confidential.reveal_number(session, ticket, by=by, reason=reason)]
    except TicketError as fault:
        raise click.ClickException(str(fault)) from fault
    click.echo("\n".join(found))


@tickets_group.command("verify")
@click.argument("number", required=False)
@click.option(
    "--heads",
    "against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The history.heads of a backup, instead of that of this house.",
)
def verify(number: str | None, against: Path | None) -> None:
    """Whether the history of every ticket, or of one, is still what was written; exit code 1 when it is not."""
    clean = references.clean(number) if number else None
    try:
        found = heads.verify(clean or number, against=against)
    except heads.HeadsError as fault:
        raise click.ClickException(str(fault)) from fault
    if number and not found.tickets:
        raise click.ClickException(f"there is no ticket {number}")
    for fault_found in found.faults:
        click.echo(fault_found)
    click.echo(f"{found.tickets} tickets, {found.events} events, {len(found.faults)} faults")
    if found.faults:
        raise SystemExit(1)


def _print_ticket(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    click.echo(
        f"{found['number']}  {found['status']}  {found['category']} -> {found['department']}  due {found['due_at']}"
    )
    if found["missed"]:
        click.echo(f"  late: missed {found['missed']}")
    if found["reopenings"]:
        click.echo(f"  opened again: {found['reopenings']}")
    for rating in found["ratings"]:
        solved = {True: ", solved", False: ", not solved", None: ""}[rating["solved"]]
        click.echo(f"  rated {rating['score'] or '-'} of 5{solved} ({rating['answered_at'] or 'no answer yet'})")
    for event in found["history"]:
        click.echo(f"  {event['at']}  {event['by']}: {event['action']} {event['to'] or ''}")
    for words in found["notes"]:
        click.echo(f"  {words['at']}  {words['by']}: {words['text']}")
