"""Receipts know the debtor on whose account the books put them.

Revision ID: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("receipt", "receipt_history"):
        op.add_column(table, sa.Column("debtor_id", sa.Text(), nullable=True))
