"""What is sent to SQL Server, to the letter. Write it anew with HUB_WRITE_GOLDEN=1, and read the differences."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql

from hub.plugins.sage100 import feeds, feeds_commercial, feeds_sums
from hub.plugins.sage100.feeds_lettrage import lettrage
from hub.plugins.sage100.schema import NEEDED, TABLES, WELCOME, Schema, catalogue

GOLDEN = Path(__file__).resolve().parents[3] / "golden" / "sage100"
UNTIL = "2025-01-01T00:00:00.000"


def whole(ledger: str) -> Schema:
    """A data base that has every column."""
    names = {table: f"{NEEDED[table]} {WELCOME[table]}".split() for table in TABLES[ledger]}
    return Schema([(table, column) for table, columns in names.items() for column in columns], ledger, "test")


def statements() -> dict[str, sa.Select[Any]]:
    """Every question of the connector."""
    books, shop = whole("accounting"), whole("commercial")
    accounts = ["411", "416"]
    asked = [
        feeds.debtors(books, accounts),
        feeds.sales(books, accounts, UNTIL, "EC_RefPiece"),
        feeds.others(books, accounts, UNTIL),
        lettrage(books, accounts, UNTIL),
        feeds_commercial.documents(shop),
        feeds_commercial.payments(shop),
        feeds_commercial.allocations(shop),
    ]
    found: dict[str, sa.Select[Any]] = {"catalogue": catalogue("mssql", "accounting"), "oldest": feeds.oldest(books)}
    for feed in asked:
        after = {1: ("FA1",), 3: ("FA1", 2026, 0)}[len(feed.keys)]
        found[f"{feed.name}_all"] = feed.units(None, None)
        found[f"{feed.name}_touched"] = feed.units("2026-11-01T08:00:00.003", after, ["C1"])
        found[f"{feed.name}_newest"] = feed.newest()
        found[f"{feed.name}_look_back"] = feed.look_back("2026-11-01T08:00:00.003")
        found[f"{feed.name}_existing"] = feed.existing()
    found["figures"] = feeds_sums.figures(books, accounts, 4_711)
    found["balances"] = feeds_sums.balances(books, accounts, UNTIL, "2026-11-01T00:00:00.000", 30)
    return found


@pytest.mark.parametrize("name", statements())
def test_statement(name: str) -> None:
    """One SELECT, in T-SQL, with nothing of another dialect in it."""
    text = str(statements()[name].compile(dialect=mssql.dialect())) + "\n"
    golden = GOLDEN / f"{name}.sql"
    if os.environ.get("HUB_WRITE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == text
    assert text.startswith("SELECT ")
    for foreign in (";", "NOLOCK", "TO_CHAR", "SUBSTR(", "||", "AS TIMESTAMP", "EXTRACT("):
        assert foreign not in text


def test_no_golden_statement_is_left_over() -> None:
    """A statement that is no longer sent has no file."""
    assert {f"{name}.sql" for name in statements()} == {path.name for path in GOLDEN.glob("*.sql")}


def test_the_rights_script_names_every_table() -> None:
    """What is read, and nothing else, can be granted with the script that ships."""
    import re

    script = Path(feeds.__file__).with_name("grant_read_only.sql").read_text(encoding="utf-8")
    granted = set(re.findall(r"GRANT SELECT ON dbo\.(\w+)", script))
    assert {table for tables in TABLES.values() for table in tables} == granted
    assert not re.findall(r"GRANT (?!SELECT)", script)
