"""What waits, day by day, so that a backlog that grows can be told from one that stands."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"


def upgrade() -> None:
    """Make the table; no row changes."""
    op.create_table(
        "backlog",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", "day", name=op.f("pk_backlog")),
        comment="what waited on each of the last days, so that a growing backlog is told from a standing one",
    )
