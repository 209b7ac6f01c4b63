"""Who is who: links between sightings of one sum, decisions on parties, and the account that the books credit."""

import sqlalchemy as sa
from alembic import op

from hub.core.store import identity_tables

revision = "0008"
down_revision = "0005"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """A column on receipts, without copying the table; new tables with their rules."""
    for table in ("receipt", "receipt_history"):
        op.add_column(table, sa.Column("debtor_id", sa.Text(), nullable=True))
    op.create_table(
        "sighting",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="links made together share it"),
        sa.Column("receipt_id", _ID, nullable=False, comment="gives this money up"),
        sa.Column("carrier_id", _ID, nullable=False, comment="counts it"),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False, comment="auto, or confirmed by a person"),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("confidence_ppm", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False, comment="JSON: references, payer, days apart, rivals"),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.CheckConstraint("origin = 'auto' OR origin = 'confirmed'", name=op.f("ck_sighting_origin")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_sighting_amount")),
        sa.CheckConstraint("receipt_id <> carrier_id", name=op.f("ck_sighting_two_receipts")),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_sighting_currency_iso")),
        sa.CheckConstraint("confidence_ppm BETWEEN 0 AND 1000000", name=op.f("ck_sighting_confidence")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_sighting_receipt_id")),
        sa.ForeignKeyConstraint(["carrier_id"], ["receipt.id"], name=op.f("fk_sighting_carrier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting")),
    )
    op.create_index("ix_sighting_receipt_id", "sighting", ["receipt_id"], unique=False)
    op.create_index("ix_sighting_carrier_id", "sighting", ["carrier_id"], unique=False)
    _reversal("sighting_reversal", "sighting_id", "sighting")
    op.create_table(
        "sighting_apart",
        sa.Column("id", _ID, nullable=False),
        sa.Column("receipt_id", _ID, nullable=False),
        sa.Column("other_id", _ID, nullable=False),
        *_said(),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_sighting_apart_receipt_id")),
        sa.ForeignKeyConstraint(["other_id"], ["receipt.id"], name=op.f("fk_sighting_apart_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting_apart")),
        comment="a person said that these are two sums: never linked or suggested again by itself",
    )
    op.create_table(
        "sighting_proposal",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("receipt_id", _ID, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("confidence_ppm", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False, comment="JSON: [[receipt id, amount], …]"),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_sighting_proposal_receipt_id")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sighting_proposal")),
        comment="links that a person should look at; replaced by the next look",
    )
    op.create_index("ix_sighting_proposal_receipt_id", "sighting_proposal", ["receipt_id"], unique=False)
    op.create_table(
        "party_decision",
        sa.Column("id", _ID, nullable=False),
        sa.Column(
            "act",
            sa.Text(),
            nullable=False,
            comment="same or different: two accounts; alone: this one is a party of its own",
        ),
        sa.Column("seller", sa.Text(), nullable=False),
        sa.Column("debtor_id", sa.Text(), nullable=False),
        sa.Column("other_seller", sa.Text(), nullable=True),
        sa.Column("other_debtor_id", sa.Text(), nullable=True),
        *_said(),
        sa.CheckConstraint("act = 'same' OR act = 'different' OR act = 'alone'", name=op.f("ck_party_decision_act")),
        sa.CheckConstraint("(act = 'alone') = (other_debtor_id IS NULL)", name=op.f("ck_party_decision_other")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_decision")),
    )
    _reversal("party_decision_reversal", "decision_id", "party_decision")
    op.create_table(
        "party_proposal",
        sa.Column("seller", sa.Text(), nullable=False),
        sa.Column("debtor_id", sa.Text(), nullable=False),
        sa.Column("other_seller", sa.Text(), nullable=False),
        sa.Column("other_debtor_id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("shared", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "seller", "debtor_id", "other_seller", "other_debtor_id", name=op.f("pk_party_proposal")
        ),
        comment="accounts that a person should look at: they may be one party; replaced by the next look",
    )
    for statement in identity_tables.statements(op.get_bind().dialect.name):
        op.execute(sa.text(statement.replace(":", "\\:")))


def _said() -> tuple[sa.Column[str] | sa.Column[int], ...]:
    """Why, when and by whom."""
    return (
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
    )


def _reversal(name: str, column: str, of: str) -> None:
    op.create_table(
        name,
        sa.Column(column, _ID, autoincrement=False, nullable=False),
        *_said(),
        sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{name}_{column}")),
        sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{name}")),
    )
