"""The flask commands: for operators, for tests, and for the simulator's mailbox. A command is its module and its line
here. Each says what it did in JSON, or in one clear line on standard error with exit code 1."""

import click

from ivr.commands import (
    announce,
    backup,
    callbacks,
    calls,
    fallback,
    menu,
    outbox,
    privacy,
    prompts,
    proposals,
    stats,
    system,
    texts,
    tickets,
)

COMMANDS: tuple[click.Command, ...] = (
    tickets.tickets_group,
    announce.announce_group,
    callbacks.callbacks_group,
    proposals.proposals_group,
    calls.calls_group,
    privacy.privacy_group,
    stats.stats_command,
    outbox.outbox_command,
    texts.texts_group,
    fallback.fallback_group,
    prompts.prompts_group,
    menu.menu_command,
    system.explain_command,
    system.doctor_command,
    system.reconcile_command,
    system.rotate_command,
    system.migrate_command,
    backup.backup_command,
    backup.restore_command,
)
