"""`flask announce`: what callers hear before the menu, and declared incidents."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from config import clock, stores
from config.hotline import city
from ivr.commands.options import as_json, by
from ticketing.contacts import followers
from ticketing.messages import announcements
from ticketing.messages.announcements import AnnouncementError
from ticketing.models import Announcement, Ticket
from ticketing.tickets import register
from ticketing.tickets.register import TicketError
from workers import transactions


class _Until(click.ParamType[datetime]):
    """21:30 today (or tomorrow, when that is over), or a date and time; on the city's clock."""

    name = "HH:MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        now = clock.local(clock.now())
        try:
            if len(str(value)) > 5:
                given = datetime.fromisoformat(str(value))
                return given if given.tzinfo else given.replace(tzinfo=clock.CITY_ZONE)
            hour, minute = (int(part) for part in str(value).replace(".", ":").split(":"))
            there = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        except ValueError:
            self.fail(f"{value} is no time; write 21:30 or 2026-11-24T21:30", param, ctx)
        return there if there > now else there + timedelta(days=1)


until = click.option("--until", required=True, type=_Until(), help="When it ends: 21:30; at most six hours ahead.")
words_id = click.option("--id", "id_", required=True, help="The words in Indonesian.")
words_en = click.option("--en", required=True, help="The words in English.")
areas = click.option("--area", "areas", multiple=True, help="Only for callers of this kelurahan or kecamatan; repeat.")


@click.group("announce", invoke_without_command=True)
@click.pass_context
@as_json
def announce_group(ctx: click.Context, as_json: bool) -> None:
    """What callers are told now. Begin one with notice, flood or incident; end it with end."""
    if ctx.invoked_subcommand is None:
        with stores.reading() as session:
            _print([_shown(session, one) for one in announcements.active(session)], as_json)


@announce_group.command("notice")
@words_id
@words_en
@until
@areas
@by
def notice(id_: str, en: str, until: datetime, areas: tuple[str, ...], by: str) -> None:
    """Said before the menu: "Info pukul 20.10: <words>." """
    _begin(kind="notice", words={"id": id_, "en": en}, until=until, areas=areas, by=by)


@announce_group.command("flood")
@words_id
@words_en
@click.option("--details-id", required=True, help="What key 4 tells and texts, in Indonesian: levels, shelters.")
@click.option("--details-en", required=True, help="The same in English.")
@until
@areas
@by
def flood(
    id_: str, en: str, details_id: str, details_en: str, until: datetime, areas: tuple[str, ...], by: str
) -> None:
    """Said before the menu, with key 1 for evacuation and key 6 to report a flood; key 4 has the details."""
    details = {"id": details_id, "en": details_en}
    _begin(kind="flood", words={"id": id_, "en": en}, details=details, until=until, areas=areas, by=by)


@announce_group.command("incident")
@click.argument("number")
@words_id
@words_en
@until
@areas
@by
def incident(number: str, id_: str, en: str, until: datetime, areas: tuple[str, ...], by: str) -> None:
    """Callers who report the same as ticket NUMBER may follow it with one key. The words say where it is."""
    _begin(kind="incident", words={"id": id_, "en": en}, number=number, until=until, areas=areas, by=by)


@announce_group.command("alert")
@click.option("--level", required=True, type=click.IntRange(1, 4), help="The river's alert level (Siaga).")
@click.option("--cm", required=True, type=click.IntRange(1, 9999), help="How high the water stands.")
@click.option("--area", "areas", multiple=True, required=True, help="A kelurahan or kecamatan to be warned; repeat.")
@by
@click.option("--second", required=True, help="The other person who decides it.")
def alert(level: int, cm: int, areas: tuple[str, ...], by: str, second: str) -> None:
    """Warn by text everybody whose last report was there. Two people decide."""
    try:
        with transactions.transaction() as session:
            made = announcements.alert(session, level=level, cm=cm, areas=areas, by=by, second=second)
            shown = _shown(session, made)
    except AnnouncementError as fault:
        raise click.ClickException(str(fault)) from fault
    _print([shown], as_json=False)


@announce_group.command("end")
@click.argument("id_", metavar="ID", type=click.UUID)
def end(id_: UUID) -> None:
    """End one now; its ID is in the list."""
    try:
        with transactions.transaction() as session:
            announcements.end(session, id_)
    except AnnouncementError as fault:
        raise click.ClickException(str(fault)) from fault
    click.echo("ended")


def _begin(*, number: str | None = None, **given: Any) -> None:
    try:
        with transactions.transaction() as session:
            ticket: Ticket | None = register.find(session, number, change=True) if number else None
            made = announcements.announce(session, ticket=ticket, **given)
            shown = _shown(session, made)
    except (AnnouncementError, TicketError) as fault:
        raise click.ClickException(str(fault)) from fault
    _print([shown], as_json=False)


def _shown(session: Session, one: Announcement) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "kind": one.kind,
        "until": clock.local(one.ends_at).strftime("%Y-%m-%d %H:%M"),
        "areas": [city().area(key).spoken for key in one.areas],
        "words": one.words,
        "details": one.details,
        "ticket": one.ticket.number if one.ticket else None,
        "voices": followers.voices(session, one.ticket) if one.ticket else None,
        "by": one.by,
    }


def _print(shown: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
        return
    for one in shown:
        where = ", ".join(one["areas"]) or "everywhere"
        about = f"  ticket {one['ticket']}, {one['voices']} residents" if one["ticket"] else ""
        click.echo(f"{one['id']}  {one['kind']:<8} until {one['until']}  {where}{about}  by {one['by']}")
        for language, text in one["words"].items():
            details = one["details"].get(language)
            click.echo(f"  {language}: {text}" + (f" / {details}" if details else ""))
    if not shown:
        click.echo("nothing is announced")
