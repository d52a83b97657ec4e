"""A column that chains the events of a ticket, and one that counts wrong digits in one row for each ticket.

Nothing that happened is written anew: the first new event of a ticket takes what it has so far into its chain. The
release before this one writes events without it, and counts wrong digits by rows of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("chain", sa.String(length=64), nullable=True))
    op.add_column("wrong_tries", sa.Column("tries", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    op.drop_column("wrong_tries", "tries")
    op.drop_column("events", "chain")
