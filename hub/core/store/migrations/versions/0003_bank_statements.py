"""What each bank statement proves: a table of its own, so that a missing or doubled one shows."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", _ID, nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("seller", sa.Text(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opening_minor", sa.BigInteger(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("closing_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("statement_ref", sa.Text(), nullable=True),
        sa.Column("entry_count", sa.BigInteger(), nullable=False),
        sa.Column("sum_minor", sa.BigInteger(), nullable=False),
    ]


def upgrade() -> None:
    """Make the table and its superseded versions; the statements read before tell theirs when they are read again."""
    op.create_table(
        "bank_statement",
        *_columns(),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_bank_statement_currency_iso")),
        sa.ForeignKeyConstraint(["unit_id"], ["raw_unit.id"], name=op.f("fk_bank_statement_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint("connector_id", "source_key", name="uq_bank_statement_key"),
    )
    op.create_index("ix_bank_statement_unit_id", "bank_statement", ["unit_id"], unique=False)
    op.create_table(
        "bank_statement_history",
        *_columns(),
        sa.Column("superseded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["raw_unit.id"], name=op.f("fk_bank_statement_history_unit_id")),
    )
    op.create_index("ix_bank_statement_history_id", "bank_statement_history", ["id", "superseded_at"], unique=False)
