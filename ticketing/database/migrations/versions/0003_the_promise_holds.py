"""Tables for watching and limits: tallies, how often a call rang somebody, and indexes for what is counted and
forgotten.

The release before this one neither writes nor misses any of it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_calls_started_at", "calls", ["started_at"]),
    ("ix_turns_at", "turns", ["at"]),
    ("ix_outbox_provider_ref", "outbox", ["provider_ref"]),
    ("ix_tickets_contact_id_created_at", "tickets", ["contact_id", "created_at"]),
)
_REPLACED = ("ix_tickets_contact_id", "tickets", ["contact_id"])
_PARTIAL = (
    ("ix_outbox_texts_finished", ["finished_at"], "kind = 'sms'"),
    ("ix_outbox_open", ["state", "kind"], "state IN ('pending', 'leased', 'unknown', 'dead')"),
)


def upgrade() -> None:
    op.create_table(
        "tallies",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_tallies")),
    )
    op.add_column("calls", sa.Column("transfers", sa.Integer(), server_default="0", nullable=False))
    op.add_column("outbox", sa.Column("faults", sa.Integer(), server_default="0", nullable=False))
    if op.get_bind().dialect.name == "sqlite":
        for name, table, columns in _INDEXES:
            op.create_index(name, table, columns)
        for name, columns, where in _PARTIAL:
            op.create_index(name, "outbox", columns, sqlite_where=sa.text(where))
        op.drop_index(*_REPLACED[:2])
        return
    with op.get_context().autocommit_block():  # on a table in use, without keeping its writers out
        for name, table, columns in _INDEXES:
            op.create_index(name, table, columns, postgresql_concurrently=True, if_not_exists=True)
        for name, columns, where in _PARTIAL:
            op.create_index(
                name,
                "outbox",
                columns,
                postgresql_where=sa.text(where),
                postgresql_concurrently=True,
                if_not_exists=True,
            )
        op.drop_index(*_REPLACED[:2], postgresql_concurrently=True, if_exists=True)


def downgrade() -> None:
    op.create_index(*_REPLACED)
    for name, _, _ in _PARTIAL:
        op.drop_index(name, "outbox")
    for name, table, _ in _INDEXES:
        op.drop_index(name, table)
    op.drop_column("outbox", "faults")
    op.drop_column("calls", "transfers")
    op.drop_table("tallies")
