"""Texts both ways and a loop that the resident closes: chats, photos, ratings, what channels a number has, where a report
is; the register of privacy, failed look-ups, switches.

The release before this one neither writes nor misses any of it.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_UNDER_WAY = "state NOT IN ('resolved', 'confirmed', 'referred', 'merged', 'withdrawn')"
_ASKED = "state IN ('resolved', 'waiting')"
_UNREAD = "inbound AND status = 'received'"
_INDEXES = (
    ("ix_tickets_due", "tickets", ["due_at"], _UNDER_WAY),
    ("ix_tickets_answerable", "tickets", ["changed_at"], _ASKED),
    ("ix_tickets_closed_at", "tickets", ["closed_at"], None),
    ("ix_messages_contact_id_created_at", "messages", ["contact_id", "created_at"], None),
    ("ix_messages_unread", "messages", ["created_at"], _UNREAD),
)
_REPLACED = ("ix_messages_contact_id", "messages", ["contact_id"])


def _columns() -> tuple[tuple[str, sa.Column[Any]], ...]:
    return (
        ("contacts", sa.Column("channel", sa.String(length=10))),
        ("contacts", sa.Column("whatsapp_at", sa.DateTime(timezone=True))),
        ("contacts", sa.Column("sms_refused", sa.String(length=20))),
        ("contacts", sa.Column("whatsapp_refused", sa.String(length=20))),
        ("contacts", sa.Column("refused_at", sa.DateTime(timezone=True))),
        ("contacts", sa.Column("restricted_at", sa.DateTime(timezone=True))),
        ("contacts", sa.Column("erased_at", sa.DateTime(timezone=True))),
        ("calls", sa.Column("outbound", sa.Boolean(), server_default=sa.false(), nullable=False)),
        ("tickets", sa.Column("reopenings", sa.Integer(), server_default="0", nullable=False)),
        ("tickets", sa.Column("late_at", sa.DateTime(timezone=True))),
        ("tickets", sa.Column("warn_at", sa.DateTime(timezone=True))),
        ("tickets", sa.Column("latitude", sa.Double())),
        ("tickets", sa.Column("longitude", sa.Double())),
        ("messages", sa.Column("details", sa.LargeBinary())),
        ("messages", sa.Column("channel", sa.String(length=10), server_default="sms", nullable=False)),
        ("messages", sa.Column("reply_to_id", sa.Uuid())),
        ("messages", sa.Column("intent", sa.String(length=20))),
    )


def upgrade() -> None:
    for table, column in _columns():
        op.add_column(table, column)
    _tables()
    # What came before this release was never to be read: nobody is answered weeks later.
    op.execute("UPDATE messages SET status = 'stored' WHERE inbound AND status = 'received'")
    if op.get_bind().dialect.name == "sqlite":
        for name, table, columns, where in _INDEXES:
            op.create_index(name, table, columns, sqlite_where=sa.text(where) if where else None)
        op.drop_index(*_REPLACED[:2])
        return
    with op.get_context().autocommit_block():  # on a table in use, without keeping its writers out
        for name, table, columns, where in _INDEXES:
            op.create_index(
                name,
                table,
                columns,
                postgresql_where=sa.text(where) if where else None,
                postgresql_concurrently=True,
                if_not_exists=True,
            )
        op.drop_index(*_REPLACED[:2], postgresql_concurrently=True, if_exists=True)


def _tables() -> None:
    op.create_table(
        "chats",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("memory", sa.LargeBinary(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_chats_contact_id_contacts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chats")),
        sa.UniqueConstraint("contact_id", name=op.f("uq_chats_contact_id")),
    )
    op.create_table(
        "ratings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.LargeBinary(), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("solved", sa.Boolean(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_ratings_call_id_calls")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_ratings_contact_id_contacts")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ratings_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("call_id", name=op.f("uq_ratings_call_id")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_ratings_code_hash")),
    )
    op.create_index("ix_ratings_ticket_id", "ratings", ["ticket_id"])
    op.create_index("ix_ratings_contact_id_asked_at", "ratings", ["contact_id", "asked_at"])
    op.create_table(
        "photos",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("fingerprint", sa.String(length=16), nullable=True),
        sa.Column("unusable", sa.String(length=60), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_photos_message_id_messages")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_photos_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
        sa.UniqueConstraint("source", name=op.f("uq_photos_source")),
    )
    for column in ("ticket_id", "message_id", "fingerprint"):
        op.create_index(f"ix_photos_{column}", "photos", [column])
    op.create_table(
        "failed_lookups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_lookups")),
    )
    op.create_index("ix_failed_lookups_at", "failed_lookups", ["at"])
    op.create_index("ix_failed_lookups_source_at", "failed_lookups", ["source", "at"])
    op.create_table(
        "switches",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_switches")),
    )
    op.create_table(
        "privacy_register",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=True),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_register")),
    )
    op.create_index("ix_privacy_register_at", "privacy_register", ["at"])
    op.create_index("ix_privacy_register_subject", "privacy_register", ["subject"])


def downgrade() -> None:
    op.create_index(*_REPLACED)
    for name, table, _, _ in _INDEXES:
        op.drop_index(name, table)
    for table in ("privacy_register", "switches", "failed_lookups", "photos", "ratings", "chats"):
        op.drop_table(table)
    for table, column in reversed(_columns()):
        op.drop_column(table, column.name)
