"""`flask texts`: what leaves the house for residents, stopped and let go by hand; whom no text reaches, and why;
and the texts as they are registered at WhatsApp."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime

import click
from sqlalchemy.orm import Session

from config import clock, stores
from config.hotline import city
from config.settings import settings
from ivr.commands.options import as_json, by
from ticketing.contacts import contacts
from ticketing.messages import receipts, whatsapp
from ticketing.outgoing import spending
from ticketing.rules import numbers
from workers import transactions


@click.group("texts")
def texts_group() -> None:
    """Texts and automated calls to residents: the switch, what they cost, whom they do not reach."""


@texts_group.command("stop")
@by
@click.option("--reason", required=True, help="Why; shown to whoever looks.")
def stop(by: str, reason: str) -> None:
    """No text and no automated call leaves from now on. What comes in is still taken."""
    _switch(lambda session: spending.stop(session, by=by, reason=reason))
    click.echo("stopped")


@texts_group.command("go")
@by
def go(by: str) -> None:
    """They leave again, those that waited too."""
    _switch(lambda session: spending.go(session, by=by))
    click.echo("they go")


@texts_group.command("state")
@as_json
def state(as_json: bool) -> None:
    """Whether they go, and what today cost."""
    with stores.reading() as session:
        switch = spending.stopped(session)
        used = spending.used(session)
        found = {
            "stopped": {"by": switch.by, "reason": switch.reason, "at": _when(switch.at)} if switch else None,
            "today": {what: {"count": count, "ceiling": ceiling} for what, (count, ceiling) in used.items()},
        }
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    click.echo(f"stopped by {switch.by} at {_when(switch.at)}: {switch.reason}" if switch else "they go")
    for what, (count, ceiling) in used.items():
        click.echo(f"{what:<14} {count} of {ceiling}")


@texts_group.command("refused")
@as_json
def refused(as_json: bool) -> None:
    """Numbers that the carrier says no text will ever reach, newest first, and why."""
    with stores.reading() as session:
        found = [
            {"number": numbers.mask(one.phone), "channel": channel, "code": code, "reason": reason, "at": _when(at)}
            for one, at in contacts.refused(session)
            for channel, code, reason in receipts.refusals(one)
        ]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for one in found:
        click.echo(f"{one['at']}  {one['number']:<16} {one['channel']:<9} {one['code']:<6} {one['reason']}")
    if not found:
        click.echo("every number takes our texts")


@texts_group.command("whatsapp")
def whatsapp_command() -> None:
    """What to register at WhatsApp, each text in each language; the ids go into [whatsapp.contents] of hotline.toml."""
    for template in whatsapp.templates():
        for language in city().languages:
            click.echo("\n".join([*_to_register(template, language), ""]))


def _to_register(template: str, language: str) -> Iterator[str]:
    form = whatsapp.form(template, language)
    yield f"{template} {language}: {whatsapp.content(template, language) or 'not registered'}"
    yield form.text
    for at, name in enumerate(form.places, 1):
        button = f" (button: {settings().tracking_url}{{{{{at}}}}})" if name == whatsapp.LINK else ""
        yield f"  {{{{{at}}}}} = {name}{button}"


def _switch(act: Callable[[Session], object]) -> None:
    try:
        with transactions.transaction() as session:
            act(session)
    except spending.SwitchError as fault:
        raise click.ClickException(str(fault)) from fault


def _when(moment: datetime) -> str:
    return clock.local(moment).strftime("%Y-%m-%d %H:%M")
