"""What a year of Sage carries forward, and what of it is matched there: the balance stays that of the books."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hub.sdk.records import CreditNote, Invoice, Receipt, SettlementLine
from hub.sdk.testing import read_records
from tests.sage_company import SageBase
from tests.support.sage import source

YEARS = [
    {"D_DebutExo01": "2025-01-01", "D_FinExo01": "2025-12-31", "D_DebutExo02": "2026-01-01", "D_FinExo02": "2026-12-31"}
]


def line(
    number: int, journal: str, day: str, signed: int, ref: str = "", code: str = "", an: int = 0
) -> dict[str, Any]:
    """A line of C1 on 411."""
    return {
        "EC_No": number, "JO_Num": journal, "JM_Date": f"{day[:8]}01", "EC_Jour": int(day[8:]), "CG_Num": "41100000",
        "CT_Num": "C1", "EC_Sens": 0 if signed > 0 else 1, "EC_Montant": f"{abs(signed)}.000000", "EC_RefPiece": ref,
        "EC_Piece": f"P{number}", "EC_ANType": an, "EC_Lettrage": code, "EC_Lettre": int(bool(code)),
    }  # fmt: skip


def owed(folder: Path, *lines: dict[str, Any]) -> tuple[dict[str, int], int]:
    """What is open of each document and receipt, signed, in euros; and the books' own balance."""
    base = SageBase(f"sqlite:///{folder / 'sage.db'}")
    journals = {"VE": 1, "BQ": 2, "OD": 3, "RAN": 3}
    base.add("F_JOURNAUX", [{"JO_Num": name, "JO_Type": kind} for name, kind in journals.items()])
    base.add("P_DOSSIER", YEARS)
    base.add("F_COMPTET", [{"CT_Num": "C1", "CT_Intitule": "Durand"}])
    base.add("F_ECRITUREC", list(lines))
    sage = source(base, folder)
    found: Counter[str] = Counter()
    signs: dict[tuple[str, str], int] = {}
    records = [record for one in read_records(sage) for record in one.records]
    for record in records:
        if isinstance(record, Invoice | CreditNote | Receipt):
            name = record.source_key if isinstance(record, Receipt) else record.number
            minor = record.amount_minor if isinstance(record, Receipt) else record.total_minor
            signs[record.kind, name] = 1 if isinstance(record, Invoice) else -1
            found[name] += signs[record.kind, name] * minor // 100
    for record in records:
        if isinstance(record, SettlementLine):
            found[record.document_number] -= signs[record.target, record.document_number] * record.amount_minor // 100
    [balance] = [one.balance_minor // 100 for one in sage.control_totals(date(2026, 12, 31))] or [0]
    base.close()
    return {name: minor for name, minor in found.items() if minor}, balance


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # An invoice carried forward and paid there: it is settled.
        ([line(1, "VE", "2025-11-03", 100, "FA1"), line(2, "RAN", "2026-01-01", 100, "FA1", "AAA", 1),
          line(3, "BQ", "2026-02-03", -100, "FA1", "AAA")], {}),
        # Paid, returned unpaid, carried forward, and paid again: the return is the claim; both sides stay.
        ([line(1, "VE", "2025-11-03", 100, "FA1", "AAA"), line(2, "BQ", "2025-12-03", -100, "FA1", "AAA"),
          line(3, "BQ", "2025-12-20", 100, "FA1"), line(4, "RAN", "2026-01-01", 100, "FA1", "AAB", 1),
          line(5, "BQ", "2026-02-03", -100, "FA1", "AAB")], {"BQ P3#3": 100, "EC5": -100}),
        # A payment on account, carried forward and used for an invoice of the new year.
        ([line(1, "BQ", "2025-12-03", -70, "AC1"), line(2, "RAN", "2026-01-01", -70, "AC1", "AAA", 1),
          line(3, "VE", "2026-02-03", 70, "FA9", "AAA")], {"EC1": -70, "FA9": 70}),
    ],
    ids=["sale", "unpaid", "on account"],
)  # fmt: skip
def test_what_is_carried_forward_keeps_the_balance(
    lines: list[dict[str, Any]], expected: dict[str, int], tmp_path: Path
) -> None:
    """Only a sale is known by its number; nothing is settled on one side alone, and nothing names what is not there."""
    assert (expected, sum(expected.values())) == owed(tmp_path, *lines)
