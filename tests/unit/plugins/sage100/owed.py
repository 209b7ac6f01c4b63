"""A small Sage ledger written line by line, what its records leave open, and the books' own balance."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from hub.sdk.records import CreditNote, Invoice, LedgerEntry, Receipt, Record, SettlementLine
from hub.sdk.testing import read_records
from tests.sage_company import SageBase
from tests.support.sage import source

YEARS = [
    {"D_DebutExo01": "2025-01-01", "D_FinExo01": "2025-12-31", "D_DebutExo02": "2026-01-01", "D_FinExo02": "2026-12-31"}
]
#: Journals with their kind and, of treasury, their account.
JOURNALS = {"VE": (1, ""), "BQ": (2, "51200000"), "LC": (2, "41300000"), "OD": (3, ""), "RAN": (3, ""), "SI": (4, "")}


#: Lines, and what they leave open by debtor and name, in euros.
Case = tuple[list[dict[str, Any]], dict[tuple[str, str], int]]


def line(
    number: int, journal: str, day: str, signed: int, ref: str = "", code: str = "", an: int = 0,
    account: str = "41100000", debtor: str = "C1", **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """A line in whole euros, debit positive; `code` matches it, `an` carries it forward."""
    return {
        "EC_No": number, "JO_Num": journal, "JM_Date": f"{day[:8]}01", "EC_Jour": int(day[8:]), "CG_Num": account,
        "CT_Num": debtor, "EC_Sens": 0 if signed > 0 else 1, "EC_Montant": f"{abs(signed)}.000000", "EC_RefPiece": ref,
        "EC_Piece": f"P{number}", "EC_ANType": an, "EC_Lettrage": code, "EC_Lettre": int(bool(code)), **more,
    }  # fmt: skip


def ledger(folder: Path, lines: Iterable[dict[str, Any]]) -> SageBase:
    """A company with these lines: customers C1 and C2, a supplier F1."""
    base = SageBase(f"sqlite:///{folder / 'sage.db'}")
    base.add("F_JOURNAUX", [{"JO_Num": n, "JO_Type": kind, "CG_Num": own} for n, (kind, own) in JOURNALS.items()])
    base.add("P_DOSSIER", YEARS)
    base.add("P_DEVISE", [{"cbIndice": 1, "D_CodeISO": "GBP"}])
    people = (("C1", 0), ("C2", 0), ("F1", 1), ("F2", 1))
    base.add("F_COMPTET", [{"CT_Num": code, "CT_Intitule": f"Maison {code}", "CT_Type": kind} for code, kind in people])
    base.add("F_ECRITUREC", list(lines))
    return base


def told(base: SageBase, folder: Path, **settings: object) -> list[Record]:
    """All records of the company; nothing of it may be held."""
    found = read_records(source(base, folder, **settings))
    assert [] == [one.rejected for one in found if one.rejected is not None]
    return [record for one in found for record in one.records]


def open_of(records: Sequence[Record]) -> dict[tuple[str, str], int]:
    """What is open, signed, in euros, by debtor and name: documents, receipts, named lines, less what settles them."""
    found: Counter[tuple[str, str]] = Counter()
    of: dict[tuple[str, str], tuple[str, int]] = {}
    for record in records:
        if isinstance(record, Invoice | CreditNote):
            sign, name, minor = 1 if isinstance(record, Invoice) else -1, record.number, record.total_minor
        elif isinstance(record, Receipt):
            sign, name, minor = -1, record.source_key, record.amount_minor
        elif isinstance(record, LedgerEntry):
            sign, name = (1 if record.effect_minor > 0 else -1), record.entry_id
            minor = abs(record.effect_minor)
        else:
            continue
        kind = "other" if isinstance(record, LedgerEntry) else record.kind
        assert (kind, name) not in of, f"{kind} {name} twice"
        of[kind, name] = str(record.debtor_id), sign
        found[str(record.debtor_id), name] += sign * minor
    for record in records:
        if isinstance(record, SettlementLine):
            debtor, sign = of[record.target, record.document_number]
            assert debtor == record.debtor_id
            found[debtor, record.document_number] -= sign * record.amount_minor
    assert not any(minor % 100 for minor in found.values())
    return {key: minor // 100 for key, minor in sorted(found.items()) if minor}


def balances(base: SageBase, folder: Path, **settings: object) -> dict[str, int]:
    """The books' own balances, in euros."""
    found = source(base, folder, **settings).control_totals(date(2099, 12, 31))
    return {one.debtor_id: one.balance_minor // 100 for one in found if one.balance_minor}


def sums(open_: dict[tuple[str, str], int]) -> dict[str, int]:
    """What is open of each debtor in all."""
    found: Counter[str] = Counter()
    for (debtor, _), minor in open_.items():
        found[debtor] += minor
    return {debtor: minor for debtor, minor in found.items() if minor}


def cases_read(folder: Path, cases: Mapping[str, Case]) -> dict[str, dict[tuple[str, str], int]]:
    """What each case leaves open, all of them read as one company: each has debtors, accounts, numbers and entries of
    its own, which are told as the case calls them. The books' own balances confirm them, debtor by debtor.
    """
    base = ledger(folder, [_apart(at, one) for at, (lines, _) in enumerate(cases.values()) for one in lines])
    found = open_of(told(base, folder))
    assert balances(base, folder) == sums(found)
    base.close()
    read: dict[str, dict[tuple[str, str], int]] = {name: {} for name in cases}
    names = list(cases)
    for (debtor, number), minor in found.items():
        whose, at = debtor.split("~")
        entry = re.sub(r"(EC|#)(\d+)$", lambda m: f"{m[1]}{int(m[2]) % 1_000}", number.removesuffix(f"~{at}"))
        read[names[int(at)]][whose, entry] = minor
    return read


def _apart(at: int, one: dict[str, Any]) -> dict[str, Any]:
    mine = {name: f"{one[name]}~{at}" for name in ("CT_Num", "EC_RefPiece") if one[name]}
    return (
        one | mine | {"EC_No": at * 1_000 + one["EC_No"], "CG_Num": one["CG_Num"] + ("" if one["CT_Num"] else f"~{at}")}
    )
