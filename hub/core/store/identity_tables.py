"""Who is who: links between sightings of one sum, decisions on parties, and the rules the data base keeps on them.

All of it only grows but the suggestions, which each look replaces. An automatic party is computed from the accounts and
never stored; only what people decided is.
"""

from __future__ import annotations

import sqlalchemy as sa

from hub.core.store.record_tables import Id, Instant, metadata

sighting = sa.Table(
    "sighting",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, comment="links made together share it"),
    sa.Column("receipt_id", Id, sa.ForeignKey("receipt.id"), nullable=False, comment="gives this money up"),
    sa.Column("carrier_id", Id, sa.ForeignKey("receipt.id"), nullable=False, comment="counts it"),
    sa.Column("amount_minor", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False, comment="auto, or confirmed by a person"),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("confidence_ppm", sa.Integer, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False, comment="JSON: references, payer, days apart, rivals"),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.CheckConstraint("origin = 'auto' OR origin = 'confirmed'", name="origin"),
    sa.CheckConstraint("amount_minor > 0", name="amount"),
    sa.CheckConstraint("receipt_id <> carrier_id", name="two_receipts"),
    sa.CheckConstraint("length(currency) = 3", name="currency_iso"),
    sa.CheckConstraint("confidence_ppm BETWEEN 0 AND 1000000", name="confidence"),
    sa.Index("ix_sighting_receipt_id", "receipt_id"),
    sa.Index("ix_sighting_carrier_id", "carrier_id"),
)

sighting_reversal = sa.Table(
    "sighting_reversal",
    metadata,
    sa.Column("sighting_id", Id, sa.ForeignKey("sighting.id"), primary_key=True, autoincrement=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
)

sighting_apart = sa.Table(
    "sighting_apart",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("receipt_id", Id, sa.ForeignKey("receipt.id"), nullable=False),
    sa.Column("other_id", Id, sa.ForeignKey("receipt.id"), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    comment="a person said that these are two sums: never linked or suggested again by itself",
)

sighting_proposal = sa.Table(
    "sighting_proposal",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("receipt_id", Id, sa.ForeignKey("receipt.id"), nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("confidence_ppm", sa.Integer, nullable=False),
    sa.Column("parts", sa.Text, nullable=False, comment="JSON: [[receipt id, amount], …]"),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Index("ix_sighting_proposal_receipt_id", "receipt_id"),
    comment="links that a person should look at; replaced by the next look",
)

party_decision = sa.Table(
    "party_decision",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column(
        "act", sa.Text, nullable=False, comment="same or different: two accounts; alone: this one is a party of its own"
    ),
    sa.Column("seller", sa.Text, nullable=False),
    sa.Column("debtor_id", sa.Text, nullable=False),
    sa.Column("other_seller", sa.Text),
    sa.Column("other_debtor_id", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.CheckConstraint("act = 'same' OR act = 'different' OR act = 'alone'", name="act"),
    sa.CheckConstraint("(act = 'alone') = (other_debtor_id IS NULL)", name="other"),
)

party_decision_reversal = sa.Table(
    "party_decision_reversal",
    metadata,
    sa.Column("decision_id", Id, sa.ForeignKey("party_decision.id"), primary_key=True, autoincrement=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
)

party_proposal = sa.Table(
    "party_proposal",
    metadata,
    sa.Column("seller", sa.Text, primary_key=True),
    sa.Column("debtor_id", sa.Text, primary_key=True),
    sa.Column("other_seller", sa.Text, primary_key=True),
    sa.Column("other_debtor_id", sa.Text, primary_key=True),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("shared", sa.Text, nullable=False),
    comment="accounts that a person should look at: they may be one party; replaced by the next look",
)

#: Tables that only grow; the data base refuses anything else.
APPEND_ONLY = ("sighting", "sighting_reversal", "sighting_apart", "party_decision", "party_decision_reversal")

_SPENT = """(SELECT COALESCE(SUM(a.amount_minor), 0) FROM allocation a WHERE a.receipt_id = NEW.receipt_id
    AND a.nature = 'money' AND NOT EXISTS (SELECT 1 FROM allocation_reversal r WHERE r.allocation_id = a.id))"""
_CARRIED = """(SELECT COALESCE(SUM(s.amount_minor), 0) FROM sighting s WHERE s.receipt_id = NEW.receipt_id
    AND NOT EXISTS (SELECT 1 FROM sighting_reversal r WHERE r.sighting_id = s.id))"""
_AMOUNT = "(SELECT amount_minor FROM receipt WHERE id = NEW.receipt_id)"
#: What is counted elsewhere and what is allocated never exceed the receipt together, in whatever order they come.
_CARRIES = "NEW.nature = 'money' AND EXISTS (SELECT 1 FROM sighting s WHERE s.receipt_id = NEW.receipt_id)"
_FIRST_BEYOND = f"""{_CARRIES}
    AND {_CARRIED} + {_SPENT} + NEW.amount_minor > {_AMOUNT}"""
_FIRST_SIGHTING = f"{_CARRIED} + {_SPENT} + NEW.amount_minor > {_AMOUNT}"
#: Since revision 0016 an allocation may be in another currency than its receipt.
_USED = _SPENT.replace("SUM(a.amount_minor)", "SUM(COALESCE(a.used_minor, a.amount_minor))")
BEYOND_ALLOCATION = f"""{_CARRIES}
    AND {_CARRIED} + {_USED} + COALESCE(NEW.used_minor, NEW.amount_minor) > {_AMOUNT}"""
BEYOND_SIGHTING = f"{_CARRIED} + {_USED} + NEW.amount_minor > {_AMOUNT}"
OTHER_CURRENCY = """NEW.currency <> (SELECT currency FROM receipt WHERE id = NEW.receipt_id)
    OR NEW.currency <> (SELECT currency FROM receipt WHERE id = NEW.carrier_id)"""
ELSEWHERE = "the money of this receipt is counted as another receipt"

_TOO_MUCH, _NOT_ONE = "the receipt has less than that left to be counted elsewhere", "a sum has one currency"
_FIRST_RULES = (
    ("sighting", 1, _TOO_MUCH, _FIRST_SIGHTING),
    ("sighting", 2, _NOT_ONE, OTHER_CURRENCY),
    ("allocation", 1, ELSEWHERE, _FIRST_BEYOND),
)
_RULES = (
    ("sighting", 1, _TOO_MUCH, BEYOND_SIGHTING),
    ("sighting", 2, _NOT_ONE, OTHER_CURRENCY),
    ("allocation", 1, ELSEWHERE, BEYOND_ALLOCATION),
)
EXCHANGE_TRIGGERS = tuple(f"{table}_sum_rule_{number}" for table, number, _, _ in _RULES)


def statements(dialect: str) -> list[str]:
    """The DDL of the rules for `dialect` (``sqlite`` or ``postgresql``), in order of execution."""
    return _sqlite() if dialect == "sqlite" else _postgresql()


def exchange_statements(dialect: str) -> list[str]:
    """The DDL of revision 0016 for the rules that count what allocations use of receipts, in the place of the first."""
    return _sqlite_rules(_RULES) if dialect == "sqlite" else _postgresql_rules(_RULES)


Rules = tuple[tuple[str, int, str, str], ...]


def _sqlite() -> list[str]:
    grows = [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
        for table in APPEND_ONLY
        for verb in ("UPDATE", "DELETE")
    ]
    return grows + _sqlite_rules(_FIRST_RULES)


def _sqlite_rules(rules: Rules) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_sum_rule_{number} BEFORE INSERT ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        for table, number, words, condition in rules
    ]


def _postgresql() -> list[str]:
    made = []
    for table in APPEND_ONLY:
        made += [
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION hub_only_grows()",
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} EXECUTE FUNCTION hub_only_grows()",
        ]
    return made + _postgresql_rules(_FIRST_RULES)


def _postgresql_rules(rules: Rules) -> list[str]:
    made = []
    for table in ("sighting", "allocation"):
        checks = "\n".join(
            f"IF {condition} THEN RAISE EXCEPTION '{words}'; END IF;"
            for of, _, words, condition in rules
            if of == table
        )
        made += [
            f"""CREATE FUNCTION hub_{table}_sum_rules() RETURNS trigger AS $$ BEGIN
            PERFORM 1 FROM receipt WHERE id = NEW.receipt_id FOR UPDATE;
            {checks}
            RETURN NEW; END $$ LANGUAGE plpgsql""",
            f"CREATE TRIGGER {table}_sum_rules BEFORE INSERT ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION hub_{table}_sum_rules()",
        ]
    return made
