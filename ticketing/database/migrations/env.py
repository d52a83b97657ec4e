"""Alembic's way to our database: through the engine of config/stores.py, one transaction for a step."""

from alembic import context
from sqlalchemy import Connection

from config import stores
from ticketing import models  # noqa: F401 - knows every table

DEPLOYS = 1500444
STEP_SECONDS = 1800


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=stores.Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def migrate_alone(connection: Connection) -> None:
    """Two deploys at once: one waits. A step that cannot have its table within a second fails instead of waiting; one
    that has it may take its time, as an index of a large table does."""
    connection.connection.driver_connection.statement_seconds = STEP_SECONDS  # type: ignore[union-attr]
    for statement in (
        f"SET statement_timeout = '{STEP_SECONDS}s'",
        "SET lock_timeout = '60s'",
        f"SELECT pg_advisory_lock({DEPLOYS})",
        "SET lock_timeout = '1s'",
    ):
        connection.exec_driver_sql(statement)
    connection.commit()
    try:
        migrate(connection)
    finally:
        connection.rollback()
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({DEPLOYS})")
        connection.commit()


with stores.owner_engine().connect() as opened:
    if opened.dialect.name == "postgresql":
        migrate_alone(opened)
    else:
        migrate(opened)
