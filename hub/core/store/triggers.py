"""Rules that the data base itself keeps, whoever writes: append-only tables, and no euro allocated twice.

Written once per dialect; migrations create them. The allocation rule locks the receipt and the invoice first, so
that two people who allocate the same money at the same instant cannot both win.
"""

from __future__ import annotations

APPEND_ONLY = ("journal", "allocation", "allocation_reversal", "receipt_return")

_SPENT = """(SELECT COALESCE(SUM({amount}), 0) FROM allocation a WHERE a.{column} = NEW.{column} {only}
    AND NOT EXISTS (SELECT 1 FROM allocation_reversal r WHERE r.allocation_id = a.id))"""
_RECEIPT_SPENT = _SPENT.format(amount="a.amount_minor", column="receipt_id", only="AND a.nature = 'money'")
_INVOICE_SPENT = _SPENT.format(amount="ABS(a.amount_minor)", column="invoice_id", only="")

_BEYOND_RECEIPT = f"""NEW.nature = 'money' AND {_RECEIPT_SPENT} + NEW.amount_minor
    > (SELECT amount_minor FROM receipt WHERE id = NEW.receipt_id)"""  # noqa: S608 -- constants of this module
_BEYOND_INVOICE = f"""{_INVOICE_SPENT} + ABS(NEW.amount_minor)
    > (SELECT total_minor FROM invoice WHERE id = NEW.invoice_id)"""  # noqa: S608 -- constants of this module
_OTHER_CURRENCY = """NEW.currency <> (SELECT currency FROM receipt WHERE id = NEW.receipt_id)
    OR NEW.currency <> (SELECT currency FROM invoice WHERE id = NEW.invoice_id)"""

_RULES = (
    ("the receipt has less than that left", _BEYOND_RECEIPT),
    ("the invoice is smaller than what is allocated to it", _BEYOND_INVOICE),
    ("receipt, invoice and allocation are not in one currency", _OTHER_CURRENCY),
)


def _sqlite() -> list[str]:
    statements = []
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            statements.append(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
            )
    for number, (words, condition) in enumerate(_RULES, start=1):
        # After the insert of a negative (credit note) line the receipt may hold more money: rows come in that order.
        statements.append(
            f"CREATE TRIGGER allocation_rule_{number} BEFORE INSERT ON allocation WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )
    return statements


def _postgresql() -> list[str]:
    checks = "\n".join(f"IF {condition} THEN RAISE EXCEPTION '{words}'; END IF;" for words, condition in _RULES)
    statements = [
        "CREATE FUNCTION hub_only_grows() RETURNS trigger AS $$ BEGIN "
        "RAISE EXCEPTION '% only grows', TG_TABLE_NAME; END $$ LANGUAGE plpgsql",
        f"""CREATE FUNCTION hub_allocation_rules() RETURNS trigger AS $$ BEGIN
            PERFORM 1 FROM receipt WHERE id = NEW.receipt_id FOR UPDATE;
            PERFORM 1 FROM invoice WHERE id = NEW.invoice_id FOR UPDATE;
            {checks}
            RETURN NEW; END $$ LANGUAGE plpgsql""",
        "CREATE TRIGGER allocation_rules BEFORE INSERT ON allocation "
        "FOR EACH ROW EXECUTE FUNCTION hub_allocation_rules()",
    ]
    for table in APPEND_ONLY:
        statements.append(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION hub_only_grows()"
        )
        statements.append(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} EXECUTE FUNCTION hub_only_grows()"
        )
    return statements


def statements(dialect: str) -> list[str]:
    """The DDL for `dialect` (``sqlite`` or ``postgresql``), in order of execution."""
    return _sqlite() if dialect == "sqlite" else _postgresql()


def raw_units_stay() -> list[str]:
    """The DDL by which PostgreSQL keeps raw units, to which records point there without a foreign key."""
    return [
        "CREATE FUNCTION hub_raw_units_stay() RETURNS trigger AS $$ BEGIN "
        "RAISE EXCEPTION 'records point to raw units' USING ERRCODE = 'foreign_key_violation'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER raw_unit_stays BEFORE DELETE ON raw_unit FOR EACH ROW EXECUTE FUNCTION hub_raw_units_stay()",
        "CREATE TRIGGER raw_unit_not_emptied BEFORE TRUNCATE ON raw_unit EXECUTE FUNCTION hub_raw_units_stay()",
    ]
