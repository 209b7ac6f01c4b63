"""What the hub hands out about money: batches of entries for the books, and statuses « encaissée ». Nothing goes twice.

All of it only grows. A batch that was never imported is withdrawn by a row of its own; a posting is acknowledged by the
entries of the books that bear its reference. `ledger_look` alone is a reading aid: losing it costs time, no fact.
"""

from __future__ import annotations

import sqlalchemy as sa

from hub.core.store.record_tables import Id, Instant, metadata

ledger_batch = sa.Table(
    "ledger_batch",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("connector_id", sa.Integer, sa.ForeignKey("connector.id"), nullable=False),
    sa.Column("number", sa.BigInteger, nullable=False, comment="counts up by one for each connector"),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False, comment="SHA-256 of the body"),
    sa.Column("body", sa.LargeBinary, nullable=False, comment="the file, as the connector made it"),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.CheckConstraint("number >= 1", name="number"),
    sa.UniqueConstraint("connector_id", "number", name="uq_ledger_batch_number"),
)

ledger_posting = sa.Table(
    "ledger_posting",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("batch_id", Id, sa.ForeignKey("ledger_batch.id"), nullable=False),
    sa.Column("receipt_id", Id, sa.ForeignKey("receipt.id"), nullable=False),
    sa.Column("reference", sa.Text, nullable=False, comment="by which its entries are known again"),
    sa.Column("booked_on", sa.Date, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("amount_minor", sa.BigInteger, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.CheckConstraint("amount_minor > 0", name="amount"),
    sa.CheckConstraint("length(currency) = 3", name="currency_iso"),
    sa.UniqueConstraint("batch_id", "reference", name="uq_ledger_posting_reference"),
    sa.Index("ix_ledger_posting_receipt_id", "receipt_id"),
)

ledger_part = sa.Table(
    "ledger_part",
    metadata,
    sa.Column("posting_id", Id, sa.ForeignKey("ledger_posting.id"), primary_key=True, autoincrement=False),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seller", sa.Text, nullable=False),
    sa.Column("debtor_id", sa.Text, nullable=False),
    sa.Column("invoice_id", Id, sa.ForeignKey("invoice.id"), comment="empty: on account"),
    sa.Column("document_number", sa.Text),
    sa.Column("amount_minor", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.CheckConstraint("amount_minor > 0", name="amount"),
    sa.CheckConstraint("length(currency) = 3", name="currency_iso"),
    sa.CheckConstraint("(invoice_id IS NULL) = (document_number IS NULL)", name="document"),
)

ledger_batch_written = sa.Table(
    "ledger_batch_written",
    metadata,
    sa.Column("batch_id", Id, sa.ForeignKey("ledger_batch.id"), primary_key=True, autoincrement=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    comment="its file was put where a person takes it",
)

ledger_batch_withdrawn = sa.Table(
    "ledger_batch_withdrawn",
    metadata,
    sa.Column("batch_id", Id, sa.ForeignKey("ledger_batch.id"), primary_key=True, autoincrement=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    comment="a person said that it was never imported: its receipts may be handed over anew",
)

ledger_acknowledgement = sa.Table(
    "ledger_acknowledgement",
    metadata,
    sa.Column("posting_id", Id, sa.ForeignKey("ledger_posting.id"), primary_key=True, autoincrement=False),
    sa.Column("entry_id", Id, sa.ForeignKey("receipt.id"), primary_key=True, autoincrement=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Index("ix_ledger_acknowledgement_entry_id", "entry_id"),
    comment="this entry of the books bears the posting's reference",
)

ledger_look = sa.Table(
    "ledger_look",
    metadata,
    sa.Column("connector_id", sa.Integer, sa.ForeignKey("connector.id"), primary_key=True, autoincrement=False),
    sa.Column("through", Instant, nullable=False, comment="entries recorded until then were looked at"),
)

collected_status = sa.Table(
    "collected_status",
    metadata,
    sa.Column("allocation_id", Id, sa.ForeignKey("allocation.id"), primary_key=True, autoincrement=False),
    sa.Column("connector_id", sa.Integer, sa.ForeignKey("connector.id"), nullable=False, comment="who prepared it"),
    sa.Column("plain", sa.Text, nullable=False, comment="JSON: amounts by VAT rate, with their proof"),
    sa.Column("message", sa.LargeBinary, nullable=False, comment="XML, as the platform wants it"),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    comment="status 212 of one allocation, prepared once",
)

#: Tables that only grow; the data base refuses anything else.
APPEND_ONLY = (
    "ledger_batch", "ledger_posting", "ledger_part", "ledger_batch_written", "ledger_batch_withdrawn",
    "ledger_acknowledgement", "collected_status",
)  # fmt: skip

_NUMBER = "NEW.number <> 1 + COALESCE((SELECT MAX(number) FROM ledger_batch WHERE connector_id = NEW.connector_id), 0)"
_HANDED = """EXISTS (SELECT 1 FROM ledger_posting p WHERE p.receipt_id = NEW.receipt_id
    AND NOT EXISTS (SELECT 1 FROM ledger_batch_withdrawn w WHERE w.batch_id = p.batch_id))"""
_PARTIAL = """NEW.currency <> (SELECT currency FROM receipt WHERE id = NEW.receipt_id)
    OR NEW.amount_minor <> (SELECT amount_minor FROM receipt WHERE id = NEW.receipt_id)"""
_PARTS = """(SELECT COALESCE(SUM(amount_minor), 0) FROM ledger_part WHERE posting_id = NEW.posting_id)
    + NEW.amount_minor > (SELECT amount_minor FROM ledger_posting WHERE id = NEW.posting_id)
    OR NEW.currency <> (SELECT currency FROM ledger_posting WHERE id = NEW.posting_id)"""
_HAD = """EXISTS (SELECT 1 FROM ledger_acknowledgement a JOIN ledger_posting p ON p.id = a.posting_id
    WHERE p.batch_id = NEW.batch_id)"""
_REVERSED = "EXISTS (SELECT 1 FROM allocation_reversal r WHERE r.allocation_id = NEW.allocation_id)"

#: What to lock on PostgreSQL before looking, by table: of two people at one instant the later sees what the former did.
_LOCKS = {
    "ledger_batch": "connector WHERE id = NEW.connector_id",
    "ledger_posting": "receipt WHERE id = NEW.receipt_id",
    "ledger_part": "ledger_posting WHERE id = NEW.posting_id",
    "ledger_batch_withdrawn": "ledger_batch WHERE id = NEW.batch_id",
    "collected_status": "allocation WHERE id = NEW.allocation_id",
}
_RULES = (
    ("ledger_batch", "batches are numbered one after the other", _NUMBER),
    ("ledger_posting", "the money of this receipt was handed to the books already", _HANDED),
    ("ledger_posting", "a posting is its receipt, whole and in its currency", _PARTIAL),
    ("ledger_part", "the parts are more than their posting, or in another currency", _PARTS),
    ("ledger_batch_withdrawn", "the books have entries of this batch", _HAD),
    ("collected_status", "the allocation was reversed", _REVERSED),
)


def statements(dialect: str) -> list[str]:
    """The DDL of the rules for `dialect` (``sqlite`` or ``postgresql``), in order of execution."""
    return _sqlite() if dialect == "sqlite" else _postgresql()


def _sqlite() -> list[str]:
    grows = [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
        for table in APPEND_ONLY
        for verb in ("UPDATE", "DELETE")
    ]
    return grows + [
        f"CREATE TRIGGER {table}_rule_{number} BEFORE INSERT ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        for number, (table, words, condition) in enumerate(_RULES, start=1)
    ]


def _postgresql() -> list[str]:
    made = []
    for table in APPEND_ONLY:
        made += [
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION hub_only_grows()",
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} EXECUTE FUNCTION hub_only_grows()",
        ]
    for table, what in _LOCKS.items():
        checks = "\n".join(
            f"IF {condition} THEN RAISE EXCEPTION '{words}'; END IF;" for of, words, condition in _RULES if of == table
        )
        made += [
            f"""CREATE FUNCTION hub_{table}_rules() RETURNS trigger AS $$ BEGIN
            PERFORM 1 FROM {what} FOR UPDATE;
            {checks}
            RETURN NEW; END $$ LANGUAGE plpgsql""",
            f"CREATE TRIGGER {table}_rules BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION hub_{table}_rules()",
        ]
    return made
