"""`flask prompts`: the script that a voice talent records, and the check of the recordings."""

import csv
import json
import sys
from pathlib import Path
from typing import Any

import click

from config.hotline import city
from ivr.channels import twiml
from ivr.operations import clips
from ivr.operations.clips import Sentence

HEADER = ("id", "language", "seconds", "file", "text (| is half a second of silence)")
UNRECORDED = "spoken by the synthesiser"


@click.group("prompts")
def prompts_group() -> None:
    """The sentences that can be recorded, and the recordings."""


@prompts_group.command("export")
@click.option("--language", help="Only what this language's voice says.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option("--all", "everything", is_flag=True, help="Also what has variables, which is never recorded.")
def export(language: str | None, form: str, everything: bool) -> None:
    """The recording script. A | in a text is half a second of silence."""
    if language is not None and language not in city().languages:
        raise click.ClickException(f"there is no language {language}; there are {', '.join(city().languages)}")
    sentences = [
        sentence
        for sentence in clips.catalogue(city())
        if (everything or sentence.fixed) and language in (None, sentence.language)
    ]
    {"table": _print_table, "csv": _print_csv, "json": _print_json}[form](sentences)


@prompts_group.command("check")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
def check(folder: Path | None) -> None:
    """Compare the clips in DIR (config/clips) with the catalogue and measure them; exit code 1 with a finding."""
    folder = folder or twiml.CLIPS
    if not any(path.is_file() for path in folder.rglob("*")):
        click.echo(f"no clips are recorded in {folder}: the synthesiser speaks every sentence")
        raise SystemExit(1 if folder.exists() else 0)
    found = clips.examine(folder, clips.catalogue(city()))
    for finding in found.findings:
        click.echo(finding)
    if found.findings:
        raise SystemExit(1)
    speech = sum(sound.spoken for sound in found.sounds.values())
    click.echo(f"{len(found.sounds)} clips are fit: {speech:.0f} s of speech at {found.median:.1f} dBFS")


def _row(sentence: Sentence) -> dict[str, Any]:
    return {
        "id": sentence.id,
        "language": sentence.language,
        "seconds": round(sentence.seconds, 1) if sentence.fixed else None,
        "file": sentence.file if sentence.fixed else None,
        "text": sentence.text,
    }


def _cells(sentence: Sentence) -> list[str]:
    id_, language, seconds, file, text = _row(sentence).values()
    return [id_, language, str(seconds or ""), file or UNRECORDED, text]


def _print_table(sentences: list[Sentence]) -> None:
    rows = [list(HEADER), *map(_cells, sentences)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    fixed = [sentence.seconds for sentence in sentences if sentence.fixed]
    click.echo(f"{len(fixed)} sentences to record, about {sum(fixed):.0f} s")


def _print_csv(sentences: list[Sentence]) -> None:
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(HEADER)
    table.writerows(map(_cells, sentences))


def _print_json(sentences: list[Sentence]) -> None:
    click.echo(json.dumps([_row(sentence) for sentence in sentences], ensure_ascii=False, indent=1))
