"""The daemon: leases, the state of connectors between runs, alarms, users and their tokens, the inbox of webhooks."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables; no row changes."""
    op.create_table(
        "alarm",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True, comment="day of the last message that named it"),
        sa.PrimaryKeyConstraint("kind", "subject", name=op.f("pk_alarm")),
        comment="what is silent or stuck now; a row goes when it is mended",
    )
    op.create_table(
        "hub_user",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "name", sa.Text(), nullable=False, comment="as it stands in the journal; never given to somebody else"
        ),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("sellers", sa.Text(), nullable=True, comment="JSON list; empty: every seller"),
        sa.Column("password", sa.Text(), nullable=True, comment="argon2 hash; empty: only tokens"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "role = 'reader' OR role = 'controller' OR role = 'approver' OR role = 'administrator'",
            name=op.f("ck_hub_user_role"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_user")),
        sa.UniqueConstraint("name", name="uq_hub_user_name"),
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("connector_key", sa.Text(), nullable=False),
        sa.Column(
            "event_id", sa.Text(), nullable=False, comment="the sender's own id: a second delivery is the same event"
        ),
        sa.Column("subject", sa.Text(), nullable=False, comment="what is to be read again"),
        sa.Column("headers", sa.Text(), nullable=False, comment="JSON; no signature, no secret"),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="as received"),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("deliveries", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("handled_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("connector_key", "event_id", name="uq_inbox_event"),
        comment="webhooks as received; with SQLite in a file of its own, so that a bulk load never makes a sender wait",
    )
    op.create_index("ix_inbox_handled_at", "inbox", ["handled_at", "connector_key"], unique=False)
    op.create_table(
        "run_lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False, comment="host, start of that machine, process and its start"),
        sa.Column(
            "token", sa.BigInteger(), nullable=False, comment="raised by each taking: an older holder is fenced off"
        ),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False, comment="microseconds of the lease clock, see leases.py"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_run_lease")),
        comment="who may run what now; a leader that slept past its lease cannot write",
    )
    op.create_table(
        "run_state",
        sa.Column("connector_key", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False, comment="in a row"),
        sa.Column("tried_at", sa.BigInteger(), nullable=True, comment="when the newest run was begun by a schedule"),
        sa.Column("retry_at", sa.BigInteger(), nullable=True, comment="not before, after a failure"),
        sa.Column("suspended_at", sa.BigInteger(), nullable=True),
        sa.Column("suspended_because", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=True, comment="somebody wants a run now"),
        sa.Column("asked_by", sa.Text(), nullable=True),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_run_state_failures")),
        sa.PrimaryKeyConstraint("connector_key", name=op.f("pk_run_state")),
        comment="what the daemon remembers of each connector between runs",
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column(
            "digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of the token; the token itself is not kept"
        ),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["hub_user.id"], name=op.f("fk_api_token_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("digest", name="uq_api_token_digest"),
    )
