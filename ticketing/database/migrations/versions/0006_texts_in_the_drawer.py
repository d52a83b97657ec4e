"""An index of the texts that nobody could be sure of, which the sweeper looks for every minute.

The release before this one puts none there and needs none.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_DOUBTED = sa.text("inbound AND status = 'doubted'")
_INDEX = ("ix_messages_doubted", "messages", ["created_at"])


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.create_index(*_INDEX, sqlite_where=_DOUBTED)
        return
    with op.get_context().autocommit_block():  # on a table in use, without keeping its writers out
        op.create_index(*_INDEX, postgresql_where=_DOUBTED, postgresql_concurrently=True, if_not_exists=True)


def downgrade() -> None:
    op.drop_index("ix_messages_doubted", table_name="messages")
