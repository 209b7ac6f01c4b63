"""Any ledger, written in any dialect that a French company may use, is read back equal, in pages of any size."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.sdk import RecordRejected
from hub.sdk.columns import records_from_columns
from hub.sdk.money import decimal_text
from hub.sdk.records import Record
from tests.unit.plugins.csv.tables import Result, run, source_of

# Letters that cp1252 has, quotes, separators, line breaks; no control characters, no formula, no outer blanks.
_LETTERS = st.sampled_from("abcXYZ019 éèÉçœ€'\"«»°-/.,;|&()_\n")
# Two letters that are one letter of UTF-8 when written in cp1252 ("É«"): nobody can tell which was meant.
_TWO_MEANINGS = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
TEXT = (
    st.text(_LETTERS, max_size=20)
    .map(str.strip)
    .filter(lambda text: not text.startswith("=") and not _TWO_MEANINGS.search(text.encode("cp1252")))
)
NUMBER = st.text(st.sampled_from("ABF0123456789-/"), min_size=1, max_size=12).filter(
    lambda text: not text.upper().startswith("TOTAL")
)
DAY = st.dates(date(2000, 1, 1), date(2069, 12, 31))
CENTS = st.integers(-(10**12), 10**12)

ROW = st.fixed_dictionaries(
    {
        "number": NUMBER,
        "debtor_id": st.sampled_from(["C1", "C2", "411DUPONT"]),
        "issued_on": DAY,
        "due_on": st.none() | DAY,
        "total": CENTS,
        "settled": st.none() | st.integers(0, 100),
        "order_ref": TEXT,
        "label": TEXT,
    }
)
FRENCH = {
    "number": "N° facture",
    "debtor_id": "Code client",
    "issued_on": "Date d'émission",
    "due_on": "Échéance",
    "total": "Total TTC",
    "open_amount": "Reste à payer",
    "order_ref": "Commande",
    "label": "Libellé",
}
DIALECT = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(";,\t|"),
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
        "decimal": st.sampled_from(",."),
        "group": st.sampled_from(["", " ", "\u00a0"]),
        "date": st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%Y%m%d", "%d/%m/%y"]),
        "newline": st.sampled_from(["\n", "\r\n"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        "headers": st.sampled_from([dict.fromkeys(FRENCH), FRENCH]),
        "title": st.sampled_from([[], ["Balance âgée"], ["ACME", "", "Éditée ce jour"]]),
        "footer": st.booleans(),
    }
)


def _amount(minor: int, dialect: dict[str, Any]) -> str:
    text = decimal_text(abs(minor), "EUR", dialect["decimal"])
    whole, cents = text[:-3], text[-3:]
    grouped = f"{int(whole):,}".replace(",", dialect["group"])
    return ("-" if minor < 0 else "") + grouped + cents


def write(rows: list[dict[str, Any]], dialect: dict[str, Any]) -> bytes:
    """The ledger as a file."""
    memory = io.StringIO()
    writer = csv.writer(
        memory, delimiter=dialect["delimiter"], lineterminator=dialect["newline"], quoting=dialect["quoting"]
    )
    for title in dialect["title"]:
        writer.writerow([title])
    names = list(FRENCH)
    writer.writerow([dialect["headers"][name] or name for name in names])
    for row in rows:
        cells = dict(row)
        cells["issued_on"] = row["issued_on"].strftime(dialect["date"])
        cells["due_on"] = row["due_on"].strftime(dialect["date"]) if row["due_on"] else ""
        cells["total"] = _amount(row["total"], dialect)
        cells["open_amount"] = "" if row["settled"] is None else _amount(_open(row), dialect)
        writer.writerow([cells[name] for name in names])
    if dialect["footer"]:
        writer.writerow(["Total", "", "", "", "12" + dialect["decimal"] + "50", "", "", ""])
    return memory.getvalue().encode(dialect["encoding"])


def _open(row: dict[str, Any]) -> int:
    sign = -1 if row["total"] < 0 else 1
    return sign * (abs(row["total"]) - abs(row["total"]) * row["settled"] // 100)


def _expected(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (
            "credit_note" if row["total"] < 0 else "invoice",
            row["number"],
            row["debtor_id"],
            row["issued_on"],
            None if row["total"] < 0 else row["due_on"],
            abs(row["total"]),
            row["order_ref"] or None,
            row["label"] or None,
            None if row["settled"] is None else abs(row["total"]) - abs(_open(row)),
        )
        for row in rows
    ]


def _found(result: Result) -> list[tuple[Any, ...]]:
    records: list[Any] = result.records
    found = []
    for record in records:
        found.append(
            (
                record.kind,
                record.number,
                record.debtor_id,
                record.issued_on,
                getattr(record, "due_on", None),
                record.total_minor,
                record.order_ref,
                record.label,
                record.settled_minor,
            )
        )
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ROW, max_size=12), DIALECT, st.integers(1, 13))
def test_written_in_any_dialect_and_read_back(rows: list[dict[str, Any]], dialect: dict[str, Any], limit: int) -> None:
    """Amounts, dates and texts come back exactly, whatever the dialect and the size of a page."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "invoices.csv"
        path.write_bytes(write(rows, dialect))
        whole = run(source_of(folder, invoices=path))
        assert not whole.rejected, [str(refusal) for refusal in whole.rejected]
        assert _expected(rows) == _found(whole)
        parts = run(source_of(folder, invoices=path), limit=limit)
        assert whole.units == parts.units
        resumed, cursor, last = [], None, False
        while not last:
            page = source_of(folder, invoices=path).fetch("invoices", cursor, limit)
            resumed += list(page.units)
            cursor, last = page.cursor, page.last
        assert whole.units == resumed


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["F1", "F2", "F3", "", "=1", "1E+9"]),
            st.sampled_from(["C1", "C2", ""]),
            st.sampled_from(["Dupont", "Durand", ""]),
            st.sampled_from(["13/01/2026", "x", ""]),
            st.sampled_from(["1,00", "-1,00", "12.34", ""]),
            st.sampled_from(["0,00", "0,50", "9,00", ""]),
            st.sampled_from(["FA", "AV", "?", ""]),
        ),
        max_size=15,
    )
)
def test_map_page_is_map(rows: list[tuple[str, ...]]) -> None:
    """In bulk: exactly what `map` gives unit by unit, stubs of debtors once where the page says the same again."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "invoices.csv"
        header = "number;debtor_id;debtor_name;issued_on;total;open_amount;type\n"
        path.write_text(header + "".join(";".join(row) + "\n" for row in rows))
        source = source_of(folder, invoices=path)
        page = source.fetch("invoices", None, 5_000)
        units = list(page.units)
        bulk = source.map_page("invoices", page.units)
        stored = source_of(folder, invoices=path).map_page("invoices", units)
        assert bulk.columns == stored.columns
        assert {i: str(r) for i, r in bulk.rejected.items()} == {i: str(r) for i, r in stored.rejected.items()}
        records: dict[int, list[Record]] = {}
        for columns in bulk.columns:
            for index, record in records_from_columns(columns):
                records.setdefault(index, []).append(record)
        stubs: set[Record] = set()
        for index, unit in enumerate(units):
            if index in bulk.rejected:
                with pytest.raises(RecordRejected, match=re.escape(str(bulk.rejected[index]))):
                    source.map("invoices", unit)
                continue
            one_by_one = list(source.map("invoices", unit))
            repeated = [record for record in one_by_one if record.kind == "debtor" and record in stubs]
            stubs.update(record for record in one_by_one if record.kind == "debtor")
            assert [record for record in one_by_one if record not in repeated] == records.get(index, [])
