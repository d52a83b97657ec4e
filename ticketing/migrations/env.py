"""How Alembic reaches our database: through the engine of config/stores.py, one transaction for a step."""

from alembic import context

from config import stores
from ticketing import models  # noqa: F401 - knows every table

with stores.engine().connect() as connection:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET lock_timeout = '1s'")
        connection.exec_driver_sql("SET statement_timeout = '60s'")
        connection.exec_driver_sql("SELECT pg_advisory_lock(1500444)")  # two deploys at once: one waits
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=stores.Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
