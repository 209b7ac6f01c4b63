"""Reading a FEC in a test: records, what is held, and the identity that ties records to balances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from hub.core.ledger.facts import Allocations, Documents, Settlements
from hub.core.ledger.open_items import open_ledger
from hub.plugins.fec.config import FecConfig
from hub.plugins.fec.source import Fec
from hub.sdk import RecordRejected
from hub.sdk.records import CreditNote, Invoice, LedgerEntry, Receipt, Record, SettlementLine
from hub.sdk.testing import make_context

END = date(2027, 12, 31)


@dataclass
class Read:
    """What one reading of files gave."""

    source: Fec
    records: list[Record]
    held: list[RecordRejected]
    notes: list[str]

    def of(self, kind: type[Any]) -> list[Any]:
        return [record for record in self.records if isinstance(record, kind)]

    def totals(self, on: date = END) -> dict[str, int]:
        """Balances that are not zero; the one zero of books on which nobody owes anything is left out."""
        told = {total.debtor_id: total.balance_minor for total in self.source.control_totals(on)}
        return {debtor: minor for debtor, minor in told.items() if minor}

    def of_debtor(self, debtor: str) -> list[tuple[str, int]]:
        """What is said of one debtor in short: kind or category, and what is open of it, signed."""
        shown = [(name, minor) for who, name, minor in opened(self.records, END) if who == debtor]
        return sorted(shown)


def source(tmp_path: Path, files: Path | list[Path], **settings: Any) -> Fec:
    config = FecConfig.model_validate({"plugin": "fec", "files": files, **settings})
    return Fec(config, make_context(tmp_path))


def read(tmp_path: Path, files: Path | list[Path], **settings: Any) -> Read:
    one = source(tmp_path, files, **settings)
    records: list[Record] = []
    held: list[RecordRejected] = []
    notes: list[str] = []
    cursor, last = None, False
    while not last:
        page = one.fetch("ledger", cursor, 5_000)
        for unit in page.units:
            if unit.rejected is not None:
                held.append(unit.rejected)
            else:
                records += one.map("ledger", unit)
        notes += page.notes
        cursor, last = page.cursor, page.last
    return Read(one, records, held, notes)


def opened(records: Iterable[Record], on: date, *, held: bool = False) -> list[tuple[str, str, int]]:
    """Debtor, kind or category, and what is open of each fact on a day in the books' currency, signed.

    Invoices and credit notes by the hub's own ledger; receipts and named lines less the settlement lines on them.
    `held`: also what is held, which counts nowhere.
    """
    records = list(records)
    lines = [one for one in records if isinstance(one, SettlementLine) and one.settled_on <= on]
    documents = [one for one in records if isinstance(one, Invoice | CreditNote)]
    found: list[tuple[str, str, int]] = []
    ids = {(one.kind, one.number, one.issued_on): n for n, one in enumerate(documents)}
    settled = [one for one in lines if one.target in ("invoice", "credit_note")]
    ledger = open_ledger(
        Documents(
            *[list(column) for column in zip(*((n, one.seller, one.debtor_id, one.number, one.kind, one.issued_on, None,
              one.currency, one.total_minor) for n, one in enumerate(documents)), strict=True)] or [[]] * 9
        ),
        Settlements(
            [ids[one.target, one.document_number, one.document_issued_on] for one in settled],
            [one.settled_on for one in settled],
            [one.amount_minor for one in settled],
            currency=[one.currency for one in settled],
        ),
        Allocations(),
        as_of=on,
    )  # fmt: skip
    assert not [one for one in ledger.anomalies if one.kind != "unreadable_terms"], ledger.anomalies
    for item in ledger.items:
        document = documents[item.document_id]
        minor = item.open_minor
        if document.book_total_minor is not None:
            assert abs(minor) == document.total_minor, "a foreign document is open whole or not at all"
            minor = document.book_total_minor if minor > 0 else -document.book_total_minor
        found.append((item.debtor_id, item.kind, minor))
    on_other: Counter[tuple[str, str]] = Counter()
    for line in lines:
        if line.target not in ("invoice", "credit_note"):
            on_other[line.target, line.document_number] += line.amount_minor
    for one in records:
        if isinstance(one, Receipt) and one.received_on <= on:
            rest = one.amount_minor - on_other.pop(("receipt", one.source_key), 0)
            assert rest >= 0, one
            found.append((one.debtor_id or "", "receipt", -rest))
        elif isinstance(one, LedgerEntry) and one.booked_on <= on:
            done = on_other.pop(("write_off" if one.category == "write_off" else "other", one.entry_id), 0)
            assert done <= abs(one.effect_minor), one
            left = one.effect_minor - (done if one.effect_minor > 0 else -done)
            found += [(one.debtor_id, one.category, left)] if held or one.category != "held" else []
    assert not on_other, "settlement lines without the fact they settle"
    return [one for one in found if one[2]]


def explained(records: Iterable[Record], on: date = END) -> dict[str, int]:
    """The balance of each debtor as the records explain it; debtors at zero left out."""
    sums: Counter[str] = Counter()
    for debtor, _, minor in opened(records, on):
        sums[debtor] += minor
    return {debtor: minor for debtor, minor in sums.items() if minor}


def named(records: Iterable[Record], on: date = END) -> dict[str, int]:
    """The balance of each debtor as the records explain it, with what is held and names a gap."""
    sums: Counter[str] = Counter()
    for debtor, _, minor in opened(records, on, held=True):
        sums[debtor] += minor
    return {debtor: minor for debtor, minor in sums.items() if minor}
