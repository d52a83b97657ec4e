"""Tables for the whole voice menu: announcements, followers, callbacks, surveys, and marks on calls and tickets.

Every new column of an old table has a default, so that the release before this one can go on writing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_announcements_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_index(op.f("ix_announcements_ends_at"), "announcements", ["ends_at"])
    op.create_table(
        "followers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_followers_ticket_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_followers_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followers")),
    )
    op.create_index(op.f("ix_followers_contact_id"), "followers", ["contact_id"])
    op.create_index("uq_followers_ticket_id_contact_id", "followers", ["ticket_id", "contact_id"], unique=True)
    op.create_table(
        "wrong_tries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_wrong_tries_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_tries")),
    )
    op.create_index(op.f("ix_wrong_tries_ticket_id"), "wrong_tries", ["ticket_id"])
    op.create_table(
        "callbacks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_callbacks_contact_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_callbacks_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
        sa.UniqueConstraint("key", name=op.f("uq_callbacks_key")),
    )
    op.create_index(op.f("ix_callbacks_contact_id"), "callbacks", ["contact_id"])
    op.create_index(op.f("ix_callbacks_state"), "callbacks", ["state"])
    op.create_table(
        "surveys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("solved", sa.Boolean(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_surveys_call_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_surveys_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
        sa.UniqueConstraint("call_id", name=op.f("uq_surveys_call_id")),
    )
    op.create_index(op.f("ix_surveys_contact_id"), "surveys", ["contact_id"])
    op.add_column("calls", sa.Column("prank", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("calls", sa.Column("menu", sa.String(length=8), nullable=True))
    op.add_column("calls", sa.Column("goal", sa.String(length=20), nullable=True))
    op.add_column("calls", sa.Column("goal_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("calls", sa.Column("announcement_id", sa.Uuid(), nullable=True))
    op.create_index("ix_calls_contact_id_started_at", "calls", ["contact_id", "started_at"])
    op.add_column("tickets", sa.Column("flagged_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tickets", sa.Column("quiet", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column(
        "recordings", sa.Column("kind", sa.String(length=10), nullable=False, server_default=sa.text("'report'"))
    )


def downgrade() -> None:
    op.drop_column("recordings", "kind")
    op.drop_column("tickets", "quiet")
    op.drop_column("tickets", "flagged_at")
    op.drop_index("ix_calls_contact_id_started_at", "calls")
    for name in ("announcement_id", "goal_at", "goal", "menu", "prank"):
        op.drop_column("calls", name)
    for table in ("surveys", "callbacks", "wrong_tries", "followers", "announcements"):
        op.drop_table(table)
