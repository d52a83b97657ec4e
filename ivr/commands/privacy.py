"""`flask privacy`: what a person asks about their own data, done and written into a register. It prints no number;
a copy is for the person alone, so it goes into a file that only its maker can read."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.orm import Session

from config import stores
from ivr.commands.options import as_json, by
from ticketing.media import photos, recordings
from ticketing.privacy import erasure, export, requests
from ticketing.privacy.export import Dossier
from ticketing.privacy.requests import PrivacyError
from ticketing.rules.numbers import Number
from ticketing.tickets.register import TicketError
from workers import transactions

phone = click.option("--phone", required=True, metavar="NUMBER", help="The person's number, in any spelling.")


@click.group("privacy")
def privacy_group() -> None:
    """What people ask about their own data. Each request is answered within 72 hours."""


@privacy_group.command("open")
@phone
@click.option("--kind", required=True, type=click.Choice(requests.KINDS))
@by
def open_command(phone: str, kind: str, by: str) -> None:
    """Note a request that is not done yet; doing it closes it."""
    with _changing() as session:
        entry = requests.request(session, requests.number(phone), kind, by=by)
        due = requests.shown(entry)["due_at"]
    click.echo(f"{kind}: to be done by {due}")


@privacy_group.command("register")
@click.option("--phone", default="", metavar="NUMBER", help="Only what this person asked for.")
@as_json
def register_command(phone: str, as_json: bool) -> None:
    """What was asked and what was forgotten; what waits comes first."""
    try:
        whose = requests.number(phone) if phone else None
    except PrivacyError as fault:
        raise click.ClickException(str(fault)) from fault
    with stores.reading() as session:
        rows = requests.register(session, whose)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        due = f", due {row['due_at']}" if row["due_at"] else ""  # a run of the retention has no time to be done by
        state = f"done {row['done_at']}" if row["done_at"] else f"{'LATE' if row['late'] else 'open'}{due}"
        counts = ", ".join(f"{name} {count}" for name, count in row["counts"].items())
        click.echo(f"{row['at']}  {row['kind']:<10} {row['subject'] or '-':<12}  {row['by']:<16} {state}  {counts}")


@privacy_group.command("export")
@phone
@by
@click.option("--to", "to", type=click.Path(path_type=Path), help="A file; or a folder, with recordings and photos.")
def export_command(phone: str, by: str, to: Path | None) -> None:
    """Everything that is held about the person, as JSON."""
    with _changing() as session:
        whose = requests.number(phone)
        contact = requests.person(session, whose)
        found = export.compile_for(session, contact, by=by) if contact else Dossier({})
        requests.done(session, whose, requests.EXPORT, by=by, counts=found.counts)
        text = json.dumps(found.content, ensure_ascii=False, indent=1)
        if to is not None and to.is_dir():
            _put_down(to, found, text)
        elif to is not None:
            _write(to, text.encode())
    click.echo(text if to is None else f"{to}: {_counted(found.counts)}")


@privacy_group.command("correct")
@phone
@by
@click.option("--new-phone", default="", metavar="NUMBER", help="Everything belongs to this number.")
@click.option("--language", default="", help="The language to speak and write in.")
@click.option("--ticket", "ticket", default="", metavar="NUMBER", help="The report whose place is wrong; with --place.")
@click.option("--place", default="", metavar="KELURAHAN", help="Where it is.")
def correct_command(phone: str, by: str, new_phone: str, language: str, ticket: str, place: str) -> None:
    """Put right what is wrong."""
    if not (new_phone or language or place) or bool(ticket) != bool(place):
        raise click.UsageError("name what is right: --new-phone, --language, or --ticket with --place")
    with _changing() as session:
        whose = requests.number(phone)
        if place:
            requests.correct_place(session, whose, ticket, place, by=by)
        if language:
            requests.correct_language(session, whose, language, by=by)
        if new_phone:
            requests.correct_number(session, whose, requests.number(new_phone), by=by)
    click.echo("corrected")


@privacy_group.command("restrict")
@phone
@by
@click.option("--lift", is_flag=True, help="The data may be used again.")
def restrict_command(phone: str, by: str, lift: bool) -> None:
    """Let the data rest: it is kept, what is under way is finished, and nothing else is done with it."""
    _act(phone, lambda session, whose: requests.restrict(session, whose, by=by, lift=lift))
    click.echo("lifted" if lift else "restricted")


@privacy_group.command("erase")
@phone
@by
@click.option("--even-open", is_flag=True, help="Also when a report is under way: it goes on without its reporter.")
def erase_command(phone: str, by: str, even_open: bool) -> None:
    """Erase the person from everything; counts stay."""
    with _changing() as session:
        gone = requests.erase(session, requests.number(phone), by=by, even_open=even_open)
    erasure.remove_files(gone.files)
    click.echo(f"erased: {_counted(dict(gone.counts))}")


def _act(phone: str, act: Callable[[Session, Number], object]) -> None:
    with _changing() as session:
        act(session, requests.number(phone))


@contextmanager
def _changing() -> Iterator[Session]:
    """One transaction, or one sentence why it could not be done."""
    try:
        with transactions.transaction() as session:
            yield session
    except (PrivacyError, TicketError, OSError) as fault:
        raise click.ClickException(str(fault)) from fault


def _put_down(folder: Path, found: Dossier, text: str) -> None:
    _write(folder / "data.json", text.encode())
    for name, recording_id in found.recordings.items():
        _write(folder / name, recordings.audio(recording_id) or b"")
    for name, photo in found.photos.items():
        _write(folder / name, photos.picture(photo) or b"")


def _write(path: Path, content: bytes) -> None:
    """A new file that only its maker can read."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - born 0600
        file.write(content)


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "nothing was held"
