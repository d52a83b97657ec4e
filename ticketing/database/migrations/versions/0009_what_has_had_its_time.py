"""Indexes of the texts that retention still has to forget, so that it looks at those alone and not at all there ever were.

The release before this one needs none of them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_messages_worded", "messages", "created_at", "body IS NOT NULL OR details IS NOT NULL"),
    ("ix_messages_known", "messages", "created_at", "contact_id IS NOT NULL"),
)


def upgrade() -> None:
    for name, table, column, which in _INDEXES:
        only = sa.text(which)
        if op.get_bind().dialect.name == "sqlite":
            op.create_index(name, table, [column], sqlite_where=only)
            continue
        with op.get_context().autocommit_block():  # on a table in use, without keeping its writers out
            op.create_index(
                name, table, [column], postgresql_where=only, postgresql_concurrently=True, if_not_exists=True
            )


def downgrade() -> None:
    for name, table, *_ in _INDEXES:
        op.drop_index(name, table_name=table)
