"""Goes through what time alone does to tickets (ticketing/tickets/time_limits.py): in batches, each ticket in a
transaction of its own, so that one that breaks stops no other. Two at once are harmless."""

import time

from sqlalchemy.exc import SQLAlchemyError

from config import stores
from config.logs import warn
from ticketing.tickets import time_limits
from workers import transactions

BATCH, RUN_SECONDS = 100, 8.0  # the sweeper has other work too; what is left waits a minute


def apply_due() -> int:
    """Do what is due now. Returns to how many tickets something was done."""
    until, done = time.monotonic() + RUN_SECONDS, 0
    for rule in time_limits.RULES:
        last = None
        while time.monotonic() < until:
            with stores.reading() as session:
                some = time_limits.due(session, rule, after=last, most=BATCH)
            for ticket_id in some:
                try:
                    with transactions.transaction() as session:
                        done += time_limits.apply(session, rule, ticket_id)
                except SQLAlchemyError:
                    raise  # the database is in trouble, not the ticket
                except Exception as fault:
                    warn(
                        "time limit broke",
                        rule=rule.name,
                        ticket=str(ticket_id),
                        why=type(fault).__name__,
                        exc_info=fault,
                    )
            if len(some) < BATCH:
                break
            last = some[-1]
    return done
