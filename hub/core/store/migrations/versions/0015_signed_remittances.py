"""A line of a debtor's own list may be negative: a credit note that it uses up."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Drop the rule that forbade it; no row changes."""
    with op.batch_alter_table("remittance_line") as batch:
        batch.drop_constraint(op.f("ck_remittance_line_amount_minor_positive"), type_="check")
