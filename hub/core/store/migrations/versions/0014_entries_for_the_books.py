"""Batches of entries for the books, and statuses « encaissée »."""

import sqlalchemy as sa
from alembic import op

from hub.core.store import outgoing_tables

revision = "0014"
down_revision = "0013"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables with their rules; no row changes."""
    op.create_table(
        "ledger_batch",
        sa.Column("id", _ID, nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False, comment="counts up by one for each connector"),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of the body"),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="the file, as the connector made it"),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_ledger_batch_number")),
        sa.ForeignKeyConstraint(["connector_id"], ["connector.id"], name=op.f("fk_ledger_batch_connector_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_batch")),
        sa.UniqueConstraint("connector_id", "number", name="uq_ledger_batch_number"),
    )
    op.create_table(
        "ledger_look",
        sa.Column("connector_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("through", sa.BigInteger(), nullable=False, comment="entries recorded until then were looked at"),
        sa.ForeignKeyConstraint(["connector_id"], ["connector.id"], name=op.f("fk_ledger_look_connector_id")),
        sa.PrimaryKeyConstraint("connector_id", name=op.f("pk_ledger_look")),
    )
    op.create_table(
        "ledger_batch_withdrawn",
        sa.Column("batch_id", _ID, autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["ledger_batch.id"], name=op.f("fk_ledger_batch_withdrawn_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_ledger_batch_withdrawn")),
        comment="a person said that it was never imported: its receipts may be handed over anew",
    )
    op.create_table(
        "ledger_batch_written",
        sa.Column("batch_id", _ID, autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["ledger_batch.id"], name=op.f("fk_ledger_batch_written_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_ledger_batch_written")),
        comment="its file was put where a person takes it",
    )
    op.create_table(
        "ledger_posting",
        sa.Column("id", _ID, nullable=False),
        sa.Column("batch_id", _ID, nullable=False),
        sa.Column("receipt_id", _ID, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False, comment="by which its entries are known again"),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_ledger_posting_amount")),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_ledger_posting_currency_iso")),
        sa.ForeignKeyConstraint(["batch_id"], ["ledger_batch.id"], name=op.f("fk_ledger_posting_batch_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_ledger_posting_receipt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_posting")),
        sa.UniqueConstraint("batch_id", "reference", name="uq_ledger_posting_reference"),
    )
    op.create_index("ix_ledger_posting_receipt_id", "ledger_posting", ["receipt_id"], unique=False)
    op.create_table(
        "collected_status",
        sa.Column("allocation_id", _ID, autoincrement=False, nullable=False),
        sa.Column("connector_id", sa.Integer(), nullable=False, comment="who prepared it"),
        sa.Column("plain", sa.Text(), nullable=False, comment="JSON: amounts by VAT rate, with their proof"),
        sa.Column("message", sa.LargeBinary(), nullable=False, comment="XML, as the platform wants it"),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["allocation_id"], ["allocation.id"], name=op.f("fk_collected_status_allocation_id")),
        sa.ForeignKeyConstraint(["connector_id"], ["connector.id"], name=op.f("fk_collected_status_connector_id")),
        sa.PrimaryKeyConstraint("allocation_id", name=op.f("pk_collected_status")),
        comment="status 212 of one allocation, prepared once",
    )
    op.create_table(
        "ledger_acknowledgement",
        sa.Column("posting_id", _ID, autoincrement=False, nullable=False),
        sa.Column("entry_id", _ID, autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["receipt.id"], name=op.f("fk_ledger_acknowledgement_entry_id")),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["ledger_posting.id"], name=op.f("fk_ledger_acknowledgement_posting_id")
        ),
        sa.PrimaryKeyConstraint("posting_id", "entry_id", name=op.f("pk_ledger_acknowledgement")),
        comment="this entry of the books bears the posting's reference",
    )
    op.create_index("ix_ledger_acknowledgement_entry_id", "ledger_acknowledgement", ["entry_id"], unique=False)
    op.create_table(
        "ledger_part",
        sa.Column("posting_id", _ID, autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seller", sa.Text(), nullable=False),
        sa.Column("debtor_id", sa.Text(), nullable=False),
        sa.Column("invoice_id", _ID, nullable=True, comment="empty: on account"),
        sa.Column("document_number", sa.Text(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_ledger_part_currency_iso")),
        sa.CheckConstraint("(invoice_id IS NULL) = (document_number IS NULL)", name=op.f("ck_ledger_part_document")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_ledger_part_amount")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_ledger_part_invoice_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["ledger_posting.id"], name=op.f("fk_ledger_part_posting_id")),
        sa.PrimaryKeyConstraint("posting_id", "part", name=op.f("pk_ledger_part")),
    )
    for statement in outgoing_tables.statements(op.get_bind().dialect.name):
        op.execute(sa.text(statement.replace(":", "\\:")))
