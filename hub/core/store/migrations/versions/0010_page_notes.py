"""Pages are recognised by marks of their rows; on PostgreSQL records point to their raw unit without a foreign key."""

import sqlalchemy as sa
from alembic import op

from hub.core.store import triggers

revision = "0010"
down_revision = "0009"

_RECORDS = (
    "bank_statement contact_event control_total debtor disbursement dispute document instalment invoice ledger_entry "
    "payment_plan_step payout_line promise receipt remittance_line seller settlement_line"
).split()


def upgrade() -> None:
    """The notes of pages are kept but not believed (no sum is 0): each page is read once more when its file changes."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    with op.batch_alter_table("page") as batch:
        batch.add_column(
            sa.Column(
                "marks",
                sa.LargeBinary(),
                nullable=False,
                server_default=sa.text("''" if postgresql else "x''"),
                comment="a digest of 8 bytes per raw unit; empty when unknown",
            )
        )
        batch.add_column(
            sa.Column(
                "evidence_sum",
                sa.BigInteger(),
                nullable=False,
                server_default="0",
                comment="of its units, to see that they still stand",
            )
        )
        batch.drop_column("digest")
    with op.batch_alter_table("page") as batch:
        batch.alter_column("marks", server_default=None)
        batch.alter_column("evidence_sum", server_default=None)
    if postgresql:  # on SQLite the key costs little, and cannot be dropped
        for name in _RECORDS:
            op.drop_constraint(f"fk_{name}_unit_id", name, type_="foreignkey")
        for statement in triggers.unit_statements("postgresql"):
            op.execute(statement)
