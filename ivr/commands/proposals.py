"""`flask proposals`: what residents propose; the title and the answer that callers hear."""

import json
from collections.abc import Callable

import click
from sqlalchemy.orm import Session

from config import stores
from ivr.commands.options import as_json, by
from ticketing.models import Ticket
from ticketing.tickets import proposals
from ticketing.tickets.register import TicketError
from ticketing.worklists.proposals import listed
from workers import transactions

number = click.argument("number")


@click.group("proposals", invoke_without_command=True)
@click.pass_context
@as_json
def proposals_group(ctx: click.Context, as_json: bool) -> None:
    """The proposals, most supported first. One without a title is not offered to callers."""
    if ctx.invoked_subcommand is not None:
        return
    with stores.reading() as session:
        rows = listed(session)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(
            f"{row['number']}  {row['voices']:>5} residents  {row['status']:<12} {row['area'] or '-':<20} "
            f"{row['title'] or '(no title yet)'}"
        )


@proposals_group.command("title")
@number
@click.argument("words")
@by
def title(number: str, words: str, by: str) -> None:
    """Give a proposal the title that callers hear: what is proposed, in a few words and without names."""
    _change(number, lambda session, ticket: proposals.entitle(session, ticket, words, by=by))


@proposals_group.command("answer")
@number
@click.argument("words")
@by
def answer(number: str, words: str, by: str) -> None:
    """Answer a proposal, in at most 25 seconds of speech; proposer and supporters are told where to hear it."""
    _change(number, lambda session, ticket: proposals.answer(session, ticket, words, by=by))


def _change(number: str, act: Callable[[Session, Ticket], None]) -> None:
    try:
        with transactions.transaction() as session:
            ticket = proposals.find(session, number, change=True)
            act(session, ticket)
            state = ticket.state
    except TicketError as fault:
        raise click.ClickException(str(fault)) from fault
    click.echo(state)
