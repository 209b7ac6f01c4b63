"""Named lines of a debtor's account (ledger_entry)."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """One new kind of record; nothing that is stored changes."""
    op.create_table(
        "ledger_entry",
        sa.Column("id", _ID, nullable=False),
        *_columns(),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_ledger_entry_currency_iso")),
        sa.ForeignKeyConstraint(["unit_id"], ["raw_unit.id"], name=op.f("fk_ledger_entry_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("connector_id", "seller", "entry_id", name="uq_ledger_entry_key"),
    )
    op.create_index("ix_ledger_entry_unit_id", "ledger_entry", ["unit_id"], unique=False)
    op.create_table(
        "ledger_entry_history",
        sa.Column("id", _ID, nullable=False),
        *_columns(),
        sa.Column("superseded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["raw_unit.id"], name=op.f("fk_ledger_entry_history_unit_id")),
    )
    op.create_index("ix_ledger_entry_history_id", "ledger_entry_history", ["id", "superseded_at"], unique=False)


def _columns() -> list[sa.Column[object]]:
    return [
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("seller", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("debtor_id", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("effect_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("document_number", sa.Text(), nullable=True),
        sa.Column("document_key", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
    ]
