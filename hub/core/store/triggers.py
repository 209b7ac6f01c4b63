"""Rules that the data base itself keeps, whoever writes: append-only tables, and no euro allocated twice.

Written once per dialect; migrations create them. The allocation rule locks the receipt and the invoice first, so
that two people who allocate the same money at the same instant cannot both win.
"""

from __future__ import annotations

import sqlalchemy as sa

from hub.core.store import identity_tables, outgoing_tables

#: Append-only since revision 0001, and since 0005.
_FIRST = ("journal", "allocation", "allocation_reversal", "receipt_return")
_ACTS_OF_PEOPLE = ("receipt_mark", "receipt_mark_undone", "lesson_forgotten")
APPEND_ONLY = (*_FIRST, *_ACTS_OF_PEOPLE)

_SPENT = """(SELECT COALESCE(SUM({amount}), 0) FROM allocation a WHERE a.{column} = NEW.{column} {only}
    AND NOT EXISTS (SELECT 1 FROM allocation_reversal r WHERE r.allocation_id = a.id))"""
_RECEIPT_SPENT = _SPENT.format(amount="a.amount_minor", column="receipt_id", only="AND a.nature = 'money'")
_INVOICE_SPENT = _SPENT.format(amount="ABS(a.amount_minor)", column="invoice_id", only="")

_BEYOND_FIRST = f"""NEW.nature = 'money' AND {_RECEIPT_SPENT} + NEW.amount_minor
    > (SELECT amount_minor FROM receipt WHERE id = NEW.receipt_id)"""  # noqa: S608 -- constants of this module
_BEYOND_INVOICE = f"""{_INVOICE_SPENT} + ABS(NEW.amount_minor)
    > (SELECT total_minor FROM invoice WHERE id = NEW.invoice_id)"""  # noqa: S608 -- constants of this module
_OTHER_FIRST = """NEW.currency <> (SELECT currency FROM receipt WHERE id = NEW.receipt_id)
    OR NEW.currency <> (SELECT currency FROM invoice WHERE id = NEW.invoice_id)"""
#: Since revision 0016 a line is in its invoice's currency, and says what it uses of a receipt in another one.
_USED = _SPENT.format(
    amount="COALESCE(a.used_minor, a.amount_minor)", column="receipt_id", only="AND a.nature = 'money'"
)
_BEYOND_RECEIPT = f"""NEW.nature = 'money' AND {_USED} + COALESCE(NEW.used_minor, NEW.amount_minor)
    > (SELECT amount_minor FROM receipt WHERE id = NEW.receipt_id)"""  # noqa: S608 -- constants of this module
_OTHER_CURRENCY = """NEW.currency <> (SELECT currency FROM invoice WHERE id = NEW.invoice_id)
    OR (NEW.nature = 'money' AND (NEW.used_minor IS NULL)
        <> (NEW.currency = (SELECT currency FROM receipt WHERE id = NEW.receipt_id)))
    OR (NEW.nature <> 'money' AND NEW.used_minor IS NOT NULL)
    OR NEW.used_minor = 0 OR (NEW.used_minor > 0) <> (NEW.amount_minor > 0)"""

_TOO_MUCH = "the receipt has less than that left"
_TOO_LARGE = ("the invoice is smaller than what is allocated to it", _BEYOND_INVOICE)
_NOT_ONE = "receipt, invoice and allocation are not in one currency"
_FIRST_RULES = ((_TOO_MUCH, _BEYOND_FIRST), _TOO_LARGE, (_NOT_ONE, _OTHER_FIRST))
_RULES = ((_TOO_MUCH, _BEYOND_RECEIPT), _TOO_LARGE, (_NOT_ONE, _OTHER_CURRENCY))


_MARKED = """EXISTS (SELECT 1 FROM receipt_mark m WHERE m.receipt_id = NEW.receipt_id
    AND NOT EXISTS (SELECT 1 FROM receipt_mark_undone u WHERE u.mark_id = m.id))"""
_APPLIED = """EXISTS (SELECT 1 FROM allocation a WHERE a.receipt_id = NEW.receipt_id
    AND NOT EXISTS (SELECT 1 FROM allocation_reversal r WHERE r.allocation_id = a.id))"""

#: (table, name, words, condition): a receipt is either applied or said to be none of a debtor's.
_MARK_RULES = (
    ("allocation", "allocation_unmarked", "the receipt is marked as not a receipt", _MARKED),
    ("receipt_mark", "receipt_mark_once", "the receipt is marked already", _MARKED),
    ("receipt_mark", "receipt_mark_unapplied", "the receipt is applied to invoices", _APPLIED),
)


Rules = tuple[tuple[str, str], ...]


def _sqlite_only_grows(tables: tuple[str, ...]) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
        for table in tables
        for verb in ("UPDATE", "DELETE")
    ]


def _postgresql_only_grows(tables: tuple[str, ...]) -> list[str]:
    statements = []
    for table in tables:
        statements.append(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION hub_only_grows()"
        )
        statements.append(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} EXECUTE FUNCTION hub_only_grows()"
        )
    return statements


def _sqlite() -> list[str]:
    return _sqlite_only_grows(_FIRST) + _sqlite_rules(_FIRST_RULES)


def _sqlite_rules(rules: Rules) -> list[str]:
    # After the insert of a negative (credit note) line the receipt may hold more money: rows come in that order.
    return [
        f"CREATE TRIGGER allocation_rule_{number} BEFORE INSERT ON allocation WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        for number, (words, condition) in enumerate(rules, start=1)
    ]


def _postgresql() -> list[str]:
    statements = [
        "CREATE FUNCTION hub_only_grows() RETURNS trigger AS $$ BEGIN "
        "RAISE EXCEPTION '% only grows', TG_TABLE_NAME; END $$ LANGUAGE plpgsql",
        *_postgresql_rules(_FIRST_RULES),
    ]
    statements += _postgresql_only_grows(_FIRST)
    return statements


def _postgresql_rules(rules: Rules) -> list[str]:
    checks = "\n".join(f"IF {condition} THEN RAISE EXCEPTION '{words}'; END IF;" for words, condition in rules)
    return [
        f"""CREATE FUNCTION hub_allocation_rules() RETURNS trigger AS $$ BEGIN
            PERFORM 1 FROM receipt WHERE id = NEW.receipt_id FOR UPDATE;
            PERFORM 1 FROM invoice WHERE id = NEW.invoice_id FOR UPDATE;
            {checks}
            RETURN NEW; END $$ LANGUAGE plpgsql""",
        "CREATE TRIGGER allocation_rules BEFORE INSERT ON allocation "
        "FOR EACH ROW EXECUTE FUNCTION hub_allocation_rules()",
    ]


def missing(connection: sa.Connection) -> list[str]:
    """Rules that the data base does not keep, or keeps in other words than ours: their names."""
    dialect = connection.dialect.name
    there = _on_sqlite(connection) if dialect == "sqlite" else _on_postgresql(connection)
    ours = [*statements(dialect), *mark_statements(dialect), *unit_statements(dialect)]
    ours += [*identity_tables.statements(dialect), *outgoing_tables.statements(dialect)]
    ours += exchange_statements(dialect)  # in the place of earlier ones of the same names
    wanted = {_name_of(statement): _core_of(statement) for statement in ours}
    return sorted(name for name, words in wanted.items() if there.get(name) != words)


def _on_sqlite(connection: sa.Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {row[0]: _core_of(row[1]) for row in rows}


def _on_postgresql(connection: sa.Connection) -> dict[str, str]:
    """Functions by their text; triggers, if they are switched on, by what they fire on and call."""
    functions = connection.exec_driver_sql(
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
    )
    found = {row[0]: _folded(row[1]) for row in functions}
    triggers = connection.exec_driver_sql(
        "SELECT t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND c.relnamespace = current_schema()::regnamespace"
    )
    return found | {row[0]: _core_of(row[1]) for row in triggers}


def _name_of(statement: str) -> str:
    return statement.split(maxsplit=3)[2].removesuffix("()")


def _core_of(statement: str) -> str:
    """What a rule says, without the differences in how the data base tells it back."""
    if "$$" in statement:
        return _folded(statement.split("$$")[1])
    text = _folded(statement).replace(" on public.", " on ").replace(" for each statement", "")
    verbs, _, rest = text.partition(" on ")
    head, _, events = verbs.partition(" before ")
    return f"{head} before {' or '.join(sorted(events.split(' or ')))} on {rest}"


def _folded(text: str) -> str:
    return " ".join(text.split()).lower()


def statements(dialect: str) -> list[str]:
    """The DDL for `dialect` (``sqlite`` or ``postgresql``), in order of execution."""
    return _sqlite() if dialect == "sqlite" else _postgresql()


def exchange_statements(dialect: str) -> list[str]:
    """The DDL of revision 0016: the rules of allocations again, now that one may be in another currency than its
    receipt. Those of the same names are dropped before, see `dropped_for_exchange`."""
    own = _sqlite_rules(_RULES) if dialect == "sqlite" else _postgresql_rules(_RULES)
    return own + identity_tables.exchange_statements(dialect)


def dropped_for_exchange(dialect: str) -> list[str]:
    """What makes room for `exchange_statements`."""
    if dialect == "sqlite":
        names = [f"allocation_rule_{number}" for number, _ in enumerate(_RULES, start=1)]
        return [f"DROP TRIGGER {name}" for name in (*names, *identity_tables.EXCHANGE_TRIGGERS)]
    tables = {"allocation_rules": "allocation", "allocation_sum_rules": "allocation", "sighting_sum_rules": "sighting"}
    return [
        statement
        for name, table in tables.items()
        for statement in (f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION hub_{name}()")
    ]


def mark_statements(dialect: str) -> list[str]:
    """The DDL of revision 0005: marks and forgotten lessons only grow; a marked receipt is applied to nothing.

    On PostgreSQL the receipt is locked before it is looked at, so that of two people at one instant the later sees
    what the earlier did.
    """
    if dialect == "sqlite":
        return _sqlite_only_grows(_ACTS_OF_PEOPLE) + [
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{words}'); END"
            for table, name, words, condition in _MARK_RULES
        ]
    found = _postgresql_only_grows(_ACTS_OF_PEOPLE)
    for table, name, words, condition in _MARK_RULES:
        found.append(
            f"""CREATE FUNCTION hub_{name}() RETURNS trigger AS $$ BEGIN
            PERFORM 1 FROM receipt WHERE id = NEW.receipt_id FOR UPDATE;
            IF {condition} THEN RAISE EXCEPTION '{words}'; END IF;
            RETURN NEW; END $$ LANGUAGE plpgsql"""
        )
        found.append(f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION hub_{name}()")
    return found


def unit_statements(dialect: str) -> list[str]:
    """The DDL of revision 0010: PostgreSQL keeps raw units, to which records point there without a foreign key."""
    if dialect == "sqlite":
        return []
    return [
        "CREATE FUNCTION hub_raw_units_stay() RETURNS trigger AS $$ BEGIN "
        "RAISE EXCEPTION 'records point to raw units' USING ERRCODE = 'foreign_key_violation'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER raw_unit_stays BEFORE DELETE ON raw_unit FOR EACH ROW EXECUTE FUNCTION hub_raw_units_stay()",
        "CREATE TRIGGER raw_unit_not_emptied BEFORE TRUNCATE ON raw_unit EXECUTE FUNCTION hub_raw_units_stay()",
    ]
