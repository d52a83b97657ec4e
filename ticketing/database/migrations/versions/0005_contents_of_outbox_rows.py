"""A column for what a row of the outbox says beyond its subject.

The release before this one leaves it empty and reads the destination, which says the same.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("contents", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "contents")
