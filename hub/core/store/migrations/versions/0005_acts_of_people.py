"""Acts of people: marks on receipts, lessons forgotten, suggestions gone moot; the policy of each allocation."""

import sqlalchemy as sa
from alembic import op

from hub.core.store import triggers

revision = "0005"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Columns and an index on what is there, without copying a table; new tables with their rules."""
    op.add_column(
        "allocation",
        sa.Column(
            "policy",
            sa.Text(),
            nullable=True,
            comment="version of the rules it was decided under; empty for older rows",
        ),
    )
    op.create_index("uq_allocation_line", "allocation", ["proposal", "receipt_id", "invoice_id", "nature"], unique=True)
    op.add_column(
        "proposal",
        sa.Column(
            "moot_by",
            sa.Text(),
            nullable=True,
            comment="decision made since about its receipt: it is no choice any more",
        ),
    )
    op.create_table(
        "receipt_mark",
        sa.Column("id", _ID, nullable=False),
        sa.Column("receipt_id", _ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_mark_receipt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_mark")),
        comment="a person said that the money is no debtor's payment: nothing of it may be applied",
    )
    op.create_index("ix_receipt_mark_receipt_id", "receipt_mark", ["receipt_id"], unique=False)
    op.create_table(
        "receipt_mark_undone",
        sa.Column("mark_id", _ID, autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mark_id"], ["receipt_mark.id"], name=op.f("fk_receipt_mark_undone_mark_id")),
        sa.PrimaryKeyConstraint("mark_id", name=op.f("pk_receipt_mark_undone")),
    )
    op.create_table(
        "lesson_forgotten",
        sa.Column(
            "lesson", sa.Text(), nullable=False, comment="name of the lesson: salted, so it tells nobody's account"
        ),
        sa.Column(
            "through_allocation_id", _ID, autoincrement=False, nullable=False, comment="later ones teach it anew"
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("lesson", "through_allocation_id", name=op.f("pk_lesson_forgotten")),
    )
    for statement in triggers.mark_statements(op.get_bind().dialect.name):
        op.execute(sa.text(statement.replace(":", "\\:")))
