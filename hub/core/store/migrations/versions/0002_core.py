"""Which day it was when something was recorded; how far documents were compared; where a connector read."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Nothing is known of earlier days: they stay those of UTC. Documents read before are not compared."""
    op.create_table(
        "recorded_day",
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("at", name=op.f("pk_recorded_day")),
        comment="the hub's day at an instant of recording, where it is not that of UTC: time zone, [hub] today",
    )
    op.add_column(
        "connector",
        sa.Column(
            "places",
            sa.Text(),
            nullable=True,
            comment="JSON list of the paths it read last: a renamed section is noticed by them",
        ),
    )
    op.add_column(
        "stream",
        sa.Column(
            "compared_document",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="documents up to this id were compared with others of their number",
        ),
    )
