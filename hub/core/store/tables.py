"""The tables around the records: where facts came from, what was held, what was allocated, and the journal.

Truth lives here and in `record_tables`; open amounts, ages and indicators are computed from them and never stored.
`run`, `run_stream`, `run_lease`, `run_state`, `alarm`, `backlog` and `page` are the run log and reading aids: losing
them costs time, no fact.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from hub.core.store.identity_tables import party_decision as party_decision
from hub.core.store.identity_tables import party_decision_reversal as party_decision_reversal
from hub.core.store.identity_tables import party_proposal as party_proposal
from hub.core.store.identity_tables import sighting as sighting
from hub.core.store.identity_tables import sighting_apart as sighting_apart
from hub.core.store.identity_tables import sighting_proposal as sighting_proposal
from hub.core.store.identity_tables import sighting_reversal as sighting_reversal
from hub.core.store.outgoing_tables import collected_status as collected_status
from hub.core.store.outgoing_tables import ledger_acknowledgement as ledger_acknowledgement
from hub.core.store.outgoing_tables import ledger_batch as ledger_batch
from hub.core.store.outgoing_tables import ledger_batch_withdrawn as ledger_batch_withdrawn
from hub.core.store.outgoing_tables import ledger_batch_written as ledger_batch_written
from hub.core.store.outgoing_tables import ledger_look as ledger_look
from hub.core.store.outgoing_tables import ledger_part as ledger_part
from hub.core.store.outgoing_tables import ledger_posting as ledger_posting
from hub.core.store.record_tables import RECORD_TABLES, Id, Instant, metadata

invoice = RECORD_TABLES["invoice"].current
receipt = RECORD_TABLES["receipt"].current


def _one_of(column: str, *values: str) -> str:
    """The condition of a CHECK. Not IN: SQLite builds the list anew for every row of a bulk insert, 6 µs each."""
    return " OR ".join(f"{column} = '{value}'" for value in values)


meta = sa.Table(
    "meta",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    comment="facts about this data base itself: its salt, when it was made",
)

connector = sa.Table(
    "connector",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, comment="stable id; survives a renamed section"),
    sa.Column("plugin", sa.Text, nullable=False),
    sa.Column("places", sa.Text, comment="JSON list of the paths it read last: a renamed section is noticed by them"),
    sa.UniqueConstraint("key", name="uq_connector_key"),
)

mapping = sa.Table(
    "mapping",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("connector_id", sa.Integer, sa.ForeignKey("connector.id"), nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False, comment="mapping version and the settings that map depends on"),
    sa.UniqueConstraint("connector_id", "fingerprint", name="uq_mapping_fingerprint"),
)

stream = sa.Table(
    "stream",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("connector_id", sa.Integer, sa.ForeignKey("connector.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("cursor", sa.Text),
    sa.Column("origin", sa.Text, comment="object of the last page committed"),
    sa.Column("ordinal", sa.Integer, nullable=False, comment="pages of that object committed so far"),
    sa.Column("mapping_id", sa.Integer, sa.ForeignKey("mapping.id"), comment="all units of the stream are mapped so"),
    sa.Column("version", sa.BigInteger, nullable=False, comment="raised by each page: two runs at once are noticed"),
    sa.Column("compared_document", Id, comment="documents up to this id were compared with others of their number"),
    sa.UniqueConstraint("connector_id", "name", name="uq_stream_name"),
)

recorded_day = sa.Table(
    "recorded_day",
    metadata,
    sa.Column("at", Instant, primary_key=True, autoincrement=False),
    sa.Column("day", sa.Date, nullable=False),
    comment="the hub's day at an instant of recording, where it is not that of UTC: time zone, [hub] today",
)

run = sa.Table(
    "run",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("connector_id", sa.Integer, sa.ForeignKey("connector.id"), nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("full", sa.Boolean, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("error", sa.Text, comment="JSON of the error that ended the run"),
    sa.CheckConstraint("state IN ('running', 'complete', 'incomplete', 'failed')", name="state"),
    sa.Index("ix_run_connector_id", "connector_id", "id"),
)

run_stream = sa.Table(
    "run_stream",
    metadata,
    sa.Column("run_id", Id, sa.ForeignKey("run.id"), primary_key=True),
    sa.Column("stream_id", sa.Integer, sa.ForeignKey("stream.id"), primary_key=True),
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("read", sa.BigInteger, nullable=False),
    sa.Column("new", sa.BigInteger, nullable=False),
    sa.Column("changed", sa.BigInteger, nullable=False),
    sa.Column("same", sa.BigInteger, nullable=False),
    sa.Column("held", sa.BigInteger, nullable=False),
    sa.Column("missing", sa.BigInteger, nullable=False, comment="gone from a complete snapshot; counted apart"),
    sa.Column("skipped", sa.Text, nullable=False, comment="JSON list of objects left alone, unchanged"),
    sa.CheckConstraint("read = new + changed + same + held", name="counts_add_up"),
)

evidence = sa.Table(
    "evidence",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("digest", sa.LargeBinary, nullable=False, comment="SHA-256 of the stored body"),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("unit_count", sa.Integer, nullable=False),
    sa.Column("body", sa.LargeBinary, comment="compressed units as read; empty once deleted by policy"),
    sa.Column("recorded_at", Instant, nullable=False),
)

raw_unit = sa.Table(
    "raw_unit",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("stream_id", sa.Integer, nullable=False),
    sa.Column("ref", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False, comment="BLAKE2b-128 of ref, layout and body"),
    sa.Column("evidence_id", Id, nullable=False),
    sa.Column("position", sa.Integer, nullable=False, comment="which unit of the evidence"),
    sa.Column("mapping_id", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.UniqueConstraint("stream_id", "ref", name="uq_raw_unit_ref"),
    sa.CheckConstraint(_one_of("state", "mapped", "held", "discarded", "withdrawn", "settled"), name="state"),
)

raw_unit_history = sa.Table(
    "raw_unit_history",
    metadata,
    sa.Column("unit_id", Id, sa.ForeignKey("raw_unit.id"), nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("evidence_id", Id, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("mapping_id", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("superseded_at", Instant, nullable=False),
    sa.Index("ix_raw_unit_history_unit_id", "unit_id"),
)

page = sa.Table(
    "page",
    metadata,
    sa.Column("stream_id", sa.Integer, sa.ForeignKey("stream.id"), primary_key=True),
    sa.Column("origin", sa.Text, primary_key=True),
    sa.Column("ordinal", sa.Integer, primary_key=True),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False, comment="of the raw bytes; empty when unknown"),
    sa.Column("units", sa.Text, nullable=False, comment="unit ids in order, as ranges: 1-5000,7001-7002"),
    sa.Column("marks", sa.LargeBinary, nullable=False, comment="a digest of 8 bytes per raw unit; empty when unknown"),
    sa.Column("evidence_sum", sa.BigInteger, nullable=False, comment="of its units, to see that they still stand"),
    comment="how each object was last read, so that an unchanged page is recognised without being parsed",
)

held = sa.Table(
    "held",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("unit_id", Id, sa.ForeignKey("raw_unit.id"), nullable=False),
    sa.Column("stream_id", sa.Integer, sa.ForeignKey("stream.id"), nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("mend", sa.Text, nullable=False),
    sa.Column("excerpt", sa.Text, nullable=False),
    sa.Column("lines", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    sa.Column("closed_by", sa.Text),
    sa.Column("closed_because", sa.Text),
    sa.CheckConstraint("state IN ('open', 'mended', 'discarded')", name="state"),
    sa.CheckConstraint("lines >= 1", name="lines"),
    sa.Index("ix_held_unit_id", "unit_id"),
)


def whole_metadata() -> sa.MetaData:
    """Every table and index, for migrations and their tests: also what is made only when needed.

    A partial index loads SQLAlchemy's PostgreSQL dialect, and tables of the past are as many as the others: together
    they would cost every command a tenth of a second.
    """
    for table in RECORD_TABLES.values():
        _ = table.history
    if all(index.name != "uq_held_open_unit" for index in held.indexes):
        only_open = sa.text("state = 'open'")
        sa.Index("uq_held_open_unit", held.c.unit_id, unique=True, sqlite_where=only_open, postgresql_where=only_open)
    return metadata


allocation = sa.Table(
    "allocation",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("proposal", sa.Text, nullable=False, comment="lines decided together share it"),
    sa.Column("receipt_id", Id, sa.ForeignKey("receipt.id"), nullable=False),
    sa.Column("invoice_id", Id, sa.ForeignKey("invoice.id"), nullable=False),
    sa.Column("nature", sa.Text, nullable=False, comment="money, or a deduction that closes the rest"),
    sa.Column("amount_minor", sa.BigInteger, nullable=False, comment="negative: a credit note used up"),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False, comment="auto or confirmed"),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("confidence_ppm", sa.Integer, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False, comment="JSON: tokens found, amounts, rivals refused"),
    sa.Column("books_settled_minor", sa.BigInteger, nullable=False, comment="what the books had settled by then"),
    sa.Column("effective_on", sa.Date, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("policy", sa.Text, comment="version of the rules it was decided under; empty for older rows"),
    sa.Column("used_minor", sa.BigInteger, comment="of the receipt, in its currency, where that is another one"),
    sa.CheckConstraint(
        _one_of("nature", "money", "discount", "bank_fee", "rounding", "write_off", "exchange"), name="nature"
    ),
    sa.CheckConstraint("origin IN ('auto', 'confirmed')", name="origin"),
    sa.CheckConstraint("amount_minor <> 0", name="amount"),
    sa.CheckConstraint("length(currency) = 3", name="currency_iso"),
    sa.CheckConstraint("confidence_ppm BETWEEN 0 AND 1000000", name="confidence"),
    # Two people who confirm one suggestion at the same instant write the same line: one of them is refused.
    sa.Index("uq_allocation_line", "proposal", "receipt_id", "invoice_id", "nature", unique=True),
    sa.Index("ix_allocation_receipt_id", "receipt_id"),
    sa.Index("ix_allocation_invoice_id", "invoice_id"),
)

allocation_reversal = sa.Table(
    "allocation_reversal",
    metadata,
    sa.Column("allocation_id", Id, sa.ForeignKey("allocation.id"), primary_key=True, autoincrement=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
)

proposal = sa.Table(
    "proposal",
    metadata,
    sa.Column("receipt_id", Id, sa.ForeignKey("receipt.id"), primary_key=True, autoincrement=False),
    sa.Column("rank", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("proposal", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("confidence_ppm", sa.Integer, nullable=False),
    sa.Column("lines", sa.Text, nullable=False, comment="JSON: [[invoice id, nature, amount], …]"),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("moot_by", sa.Text, comment="decision made since about its receipt: it is no choice any more"),
    sa.Index("ix_proposal_proposal", "proposal"),
    comment="suggestions of the last reconciliation, for a person; replaced by the next",
)

receipt_return = sa.Table(
    "receipt_return",
    metadata,
    sa.Column("receipt_id", Id, sa.ForeignKey("receipt.id"), primary_key=True, autoincrement=False),
    sa.Column("disbursement_id", Id, sa.ForeignKey("disbursement.id"), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    comment="money that the bank took back: the receipt is no longer there to be applied",
)

receipt_mark = sa.Table(
    "receipt_mark",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("receipt_id", Id, sa.ForeignKey("receipt.id"), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("offered", sa.Text, comment="JSON: the suggestion that stood first; empty when there was none"),
    sa.Index("ix_receipt_mark_receipt_id", "receipt_id"),
    comment="a person said that the money is no debtor's payment: nothing of it may be applied",
)

receipt_mark_undone = sa.Table(
    "receipt_mark_undone",
    metadata,
    sa.Column("mark_id", Id, sa.ForeignKey("receipt_mark.id"), primary_key=True, autoincrement=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
)

lesson_forgotten = sa.Table(
    "lesson_forgotten",
    metadata,
    sa.Column("lesson", sa.Text, primary_key=True, comment="name of the lesson: salted, so it tells nobody's account"),
    sa.Column("through_allocation_id", Id, primary_key=True, autoincrement=False, comment="later ones teach it anew"),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
)

receipt_verdict = sa.Table(
    "receipt_verdict",
    metadata,
    sa.Column("receipt_id", Id, sa.ForeignKey("receipt.id"), primary_key=True, autoincrement=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.CheckConstraint("verdict IN ('unapplied', 'not_a_receipt', 'return')", name="verdict"),
    comment="why the last reconciliation left a receipt alone",
)

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("chain", sa.Text, nullable=False, comment="connector key, 'acts', or 'all' for the hourly join"),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False, comment="JSON of ids, counts and salted digests; no personal data"),
    sa.Column("previous", sa.LargeBinary, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("chain", "sequence", name="uq_journal_chain"),
)


run_lease = sa.Table(
    "run_lease",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False, comment="host, start of that machine, process and its start"),
    sa.Column("token", sa.BigInteger, nullable=False, comment="raised by each taking: an older holder is fenced off"),
    sa.Column("taken_at", Instant, nullable=False),
    sa.Column("until", sa.BigInteger, nullable=False, comment="microseconds of the lease clock, see leases.py"),
    comment="who may run what now; a leader that slept past its lease cannot write",
)

run_state = sa.Table(
    "run_state",
    metadata,
    sa.Column("connector_key", sa.Text, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False, comment="in a row"),
    sa.Column("tried_at", Instant, comment="when the newest run was begun by a schedule"),
    sa.Column("retry_at", Instant, comment="not before, after a failure"),
    sa.Column("suspended_at", Instant),
    sa.Column("suspended_because", sa.Text),
    sa.Column("asked_at", Instant, comment="somebody wants a run now"),
    sa.Column("asked_by", sa.Text),
    sa.CheckConstraint("failures >= 0", name="failures"),
    comment="what the daemon remembers of each connector between runs",
)


hub_user = sa.Table(
    "hub_user",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, comment="as it stands in the journal; never given to somebody else"),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("sellers", sa.Text, comment="JSON list; empty: every seller"),
    sa.Column("password", sa.Text, comment="argon2 hash; empty: only tokens"),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("disabled_at", Instant),
    sa.UniqueConstraint("name", name="uq_hub_user_name"),
    sa.CheckConstraint(_one_of("role", "reader", "controller", "approver", "administrator"), name="role"),
)

api_token = sa.Table(
    "api_token",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("user_id", Id, sa.ForeignKey("hub_user.id"), nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False, comment="SHA-256 of the token; the token itself is not kept"),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
    sa.UniqueConstraint("digest", name="uq_api_token_digest"),
)

alarm = sa.Table(
    "alarm",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("told_on", sa.Date, comment="day of the last message that named it"),
    comment="what is silent or stuck now; a row goes when it is mended",
)

backlog = sa.Table(
    "backlog",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),
    comment="what waited on each of the last days, so that a growing backlog is told from a standing one",
)

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("connector_key", sa.Text, nullable=False),
    sa.Column("event_id", sa.Text, nullable=False, comment="the sender's own id: a second delivery is the same event"),
    sa.Column("subject", sa.Text, nullable=False, comment="what is to be read again"),
    sa.Column("headers", sa.Text, nullable=False, comment="JSON; no signature, no secret"),
    sa.Column("body", sa.LargeBinary, nullable=False, comment="as received"),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("deliveries", sa.Integer, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("handled_at", Instant),
    sa.Column("error", sa.Text),
    sa.UniqueConstraint("connector_key", "event_id", name="uq_inbox_event"),
    sa.Index("ix_inbox_handled_at", "handled_at", "connector_key"),
    comment="webhooks as received; with SQLite in a file of its own, so that a bulk load never makes a sender wait",
)


def bulk_references() -> list[tuple[sa.Column[Any], sa.Column[Any]]]:
    """References of bulk tables that `hub verify` checks instead of a foreign key.

    Each is written by one function, with what it points to; PostgreSQL would run a query per row for each, which
    doubled the cost of a bulk load.
    """
    return [
        (raw_unit.c.stream_id, stream.c.id),
        (raw_unit.c.evidence_id, evidence.c.id),
        (raw_unit.c.mapping_id, mapping.c.id),
        *((table.current.c.connector_id, connector.c.id) for table in RECORD_TABLES.values()),
        *((table.current.c.unit_id, raw_unit.c.id) for table in RECORD_TABLES.values()),
    ]
