"""`flask backup` and `flask restore`: the house in one file, and back."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ticketing.database.dumps import DumpError

if TYPE_CHECKING:
    from ivr.operations.backup import Manifest


@click.command("backup")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path))
def backup_command(folder: Path) -> None:
    """Write database, recordings and photos into one file in FOLDER, while the hotline works."""
    from ivr.operations import backup  # noqa: PLC0415 - no web process needs it

    began = time.monotonic()
    try:
        path, manifest = backup.make(folder)
    except (DumpError, OSError) as fault:
        raise click.ClickException(str(fault)) from fault
    size = path.stat().st_size / 1e6
    click.echo(f"{path}: {_holds(manifest)}, {size:.1f} MB, in {time.monotonic() - began:.1f} s")
    click.echo("The keys are not in it: keep DATA_KEYS, LOOKUP_KEY and SECRET_KEY elsewhere.", err=True)


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Give up what the database holds now.")
@click.option(
    "--identity",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file with the age key of an encrypted backup.",
)
def restore_command(file: Path, replace: bool, identity: Path | None) -> None:
    """Make this house what it was when the backup FILE was made. Stop the hotline first."""
    from ivr.operations import backup  # noqa: PLC0415 - no web process needs it

    began = time.monotonic()
    try:
        manifest = backup.restore(file, replace=replace, identity=identity)
    except (DumpError, OSError) as fault:
        raise click.ClickException(str(fault)) from fault
    click.echo(f"restored what was made at {manifest.made_at}: {_holds(manifest)}, in {time.monotonic() - began:.1f} s")
    click.echo("Next: flask migrate, start the hotline, flask reconcile.", err=True)


def _holds(manifest: "Manifest") -> str:
    return (
        f"migration {manifest.migration}, {manifest.counts.get('tickets', 0)} tickets, {manifest.recordings} recordings"
    )
