"""Columns that count the attempts during which a worker died, apart from all others, and that say since when a recording
is lost; and an index by which the row of a text is found.

The release before this one counts no deaths, loses no recording, and needs no index.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_INDEX = ("ix_outbox_subject_id", "outbox", ["subject_id"])


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.create_index(*_INDEX)
    else:
        with op.get_context().autocommit_block():  # on a table in use, without keeping its writers out
            op.create_index(*_INDEX, postgresql_concurrently=True, if_not_exists=True)
    op.add_column("outbox", sa.Column("deaths", sa.Integer(), server_default="0", nullable=False))
    op.add_column("recordings", sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("recordings", "lost_at")
    op.drop_index("ix_outbox_subject_id", table_name="outbox")
    op.drop_column("outbox", "deaths")
