"""Receipts know the debtor on whose account the books put them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0001"


def upgrade() -> None:
    """A column that is empty for every receipt known so far."""
    for table in ("receipt", "receipt_history"):
        op.add_column(table, sa.Column("debtor_id", sa.Text(), nullable=True))
