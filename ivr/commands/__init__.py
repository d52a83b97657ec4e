"""The flask commands: for operators, for tests, and for the simulator's mailbox. A command is its module and its line
here. Each says what it did in JSON, or in one clear line on standard error with exit code 1."""

import click

from ivr.commands import house, outbox, tickets

COMMANDS: tuple[click.Command, ...] = (
    tickets.tickets_group,
    outbox.outbox_command,
    house.explain_command,
    house.doctor_command,
    house.migrate_command,
)
