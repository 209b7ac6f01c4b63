"""A made-up ledger of any size: invoices, instalments, credit notes, payments, matching whole and partial, oddities.

Deterministic: the same size gives the same company. Names and numbers are invented.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from tests.sage_company.base import SageBase

_FIRST = date(2024, 1, 1)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BATCH = 20_000


def code(number: int) -> str:
    """The matching code number `number`: AAA, AAB, …"""
    return "".join(_LETTERS[number // 26**place % 26] for place in (2, 1, 0))


def euros(cents: int) -> str:
    """Cents as Sage stores them."""
    return f"{cents // 100}.{cents % 100:02d}0000"


@dataclass
class Writer:
    """Makes the lines, one after the other."""

    random: random.Random
    debtors: int
    entry: int = 0
    invoice: int = 0
    codes: dict[tuple[int, int], int] = field(default_factory=dict)
    receipts: list[tuple[date, int, str, int]] = field(default_factory=list)

    def line(self, journal: str, day: date, debtor: int, cents: int, **more: Any) -> dict[str, Any]:
        """One line on 411; `cents` positive: debit."""
        self.entry += 1
        return {
            "EC_No": self.entry, "JO_Num": journal, "JM_Date": day.replace(day=1), "EC_Jour": day.day, "EC_Date": day,
            "EC_Piece": f"{journal}{day:%y%m}{self.entry % 1000:03d}", "CG_Num": "41100000",
            "CT_Num": f"C{debtor:05d}", "EC_Sens": 0 if cents >= 0 else 1, "EC_Montant": euros(abs(cents)), **more,
        }  # fmt: skip

    def matching(self, debtor: int, day: date) -> dict[str, Any]:
        """A fresh code of this debtor and year."""
        number = self.codes[debtor, day.year] = self.codes.get((debtor, day.year), -1) + 1
        return {"EC_Lettre": 1, "EC_Lettrage": code(number)}

    def business(self) -> Iterator[dict[str, Any]]:
        """Lines without end, one sale after the other with what became of it."""
        while True:
            yield from self.sale()

    def sale(self) -> Iterator[dict[str, Any]]:
        dice = self.random
        self.invoice += 1
        day = _FIRST + timedelta(days=dice.randrange(1_030))
        debtor, cents = dice.randrange(1, self.debtors + 1), dice.randrange(1_000, 2_000_000)
        number = f"FA{day:%y}{self.invoice:07d}"
        due = day + timedelta(days=dice.choice((30, 45, 60)))
        paid = min(due + timedelta(days=dice.randrange(-5, 25)), date(2026, 11, 20))
        paid = max(paid, day) if paid.year == day.year else paid
        fate = dice.random()
        said = {"EC_RefPiece": number, "EC_Intitule": f"Facture {number}", "N_Reglement": 1}
        if fate < 0.03:  # two due dates
            first = cents // 2
            group = self.matching(debtor, day)
            yield self.line("VE", day, debtor, first, EC_Echeance=due, **said, **group)
            yield self.line("VE", day, debtor, cents - first, EC_Echeance=due + timedelta(days=30), **said)
            yield self.paid(day, paid, debtor, first, number, group)
        elif fate < 0.06:  # a credit note settles a part
            group = self.matching(debtor, day)
            credit = {"EC_RefPiece": f"AV{day:%y}{self.invoice:07d}", "EC_Intitule": f"Avoir sur {number}"}
            yield self.line("VE", day, debtor, cents, EC_Echeance=due, **said, **group)
            yield self.line("VE", day, debtor, -(cents // 4), **credit, **group)
            yield self.paid(day, paid, debtor, cents - cents // 4, number, group)
        elif fate < 0.09:  # a cent is written off
            group = self.matching(debtor, day)
            yield self.line("VE", day, debtor, cents, EC_Echeance=due, **said, **group)
            yield self.paid(day, paid, debtor, cents - 1, number, group)
            yield self.line("OD", max(paid, day), debtor, -1, EC_Intitule="Ecart de reglement", **group)
        elif fate < 0.11:  # matched for a part only: the group does not balance
            group = self.matching(debtor, day)
            yield self.line("VE", day, debtor, cents, EC_Echeance=due, **said, **group)
            yield self.paid(day, paid, debtor, cents * 3 // 5, number, group)
        elif fate < 0.14:  # paid, not matched yet
            yield self.line("VE", day, debtor, cents, EC_Echeance=due, **said)
            yield self.paid(day, paid, debtor, cents, number, {})
        elif fate < 0.15:  # a payment came back unpaid
            yield self.line("VE", day, debtor, cents, EC_Echeance=due, **said, **(group := self.matching(debtor, day)))
            yield self.paid(day, paid, debtor, cents, number, group)
            yield self.line("BQ", max(paid, day), debtor, cents, EC_Intitule=f"Impaye {number}")
        elif fate < 0.16:  # an entry that is no sale, not matched
            yield self.line("OD", day, debtor, -(cents // 100), EC_Intitule="Remise de fin d'annee")
        elif fate < 0.80:  # paid and matched
            yield self.line("VE", day, debtor, cents, EC_Echeance=due, **said, **(group := self.matching(debtor, day)))
            yield self.paid(day, paid, debtor, cents, number, group)
        else:  # open
            yield self.line("VE", day, debtor, cents, EC_Echeance=due, **said)

    def paid(self, day: date, on: date, debtor: int, cents: int, number: str, group: dict[str, Any]) -> dict[str, Any]:
        """The payment of an invoice; every second one also stands on a bank statement."""
        on = max(on, day)
        line = self.line("BQ", on, debtor, -cents, EC_Intitule=f"VIR {number}", EC_RefPiece=number, N_Reglement=2)
        if len(self.receipts) < self.entry // 4:
            self.receipts.append((on, cents, f"C{debtor:05d} {number}", self.entry))
        return line | group


def fill(base: SageBase, entries: int, *, spread: timedelta = timedelta(days=700)) -> Writer:
    """A company with `entries` customers' lines; their stamps are spread over `spread` before the server's now."""
    debtors = max(5, min(entries // 50, 5_000))
    base.add("F_JOURNAUX", [
        {"JO_Num": name, "JO_Intitule": title, "JO_Type": kind}
        for name, title, kind in (
            ("AC", "Achats", 0), ("VE", "Ventes", 1), ("BQ", "Banque", 2), ("OD", "Operations diverses", 3),
            ("AN", "A nouveaux", 3), ("SI", "Situation", 4),
        )
    ])  # fmt: skip
    base.add("P_DOSSIER", [{
        "D_RaisonSoc": "ATELIER FICTIF", "D_DebutExo01": "2025-01-01", "D_FinExo01": "2025-12-31",
        "D_DebutExo02": "2026-01-01",
    }])  # fmt: skip
    base.add("P_DEVISE", [{"cbIndice": 1, "D_Intitule": "Dollar", "D_CodeISO": "USD"}, {"cbIndice": 2}])
    base.add("P_REGLEMENT", [{"cbIndice": 1, "R_Intitule": "LCR"}, {"cbIndice": 2, "R_Intitule": "Virement"}])
    base.add("F_COMPTET", [
        {"CT_Num": f"C{n:05d}", "CT_Intitule": f"SOCIETE FICTIVE {n}", "CG_NumPrinc": "41100000",
         "CT_NumPayeur": f"C{n:05d}", "CT_Ville": "LYON", "CT_Pays": "France"}
        for n in range(1, debtors + 1)
    ])  # fmt: skip
    base.add("F_COMPTET", [{"CT_Num": "F0001", "CT_Intitule": "FOURNISSEUR FICTIF", "CT_Type": 1}])
    writer = Writer(random.Random(11), debtors)
    lines = writer.business()
    left, done, first = entries, 0, base.now - spread
    while left > 0:
        rows = list(islice(lines, min(left, _BATCH)))
        for row in rows:
            row["cbModification"] = first + spread * (done / entries)
            done += 1
        base.add("F_ECRITUREC", rows)
        left -= len(rows)
    base.add("F_ECRITUREC", _strangers(writer))
    return writer


def _strangers(writer: Writer) -> list[dict[str, Any]]:
    """Lines that are no claim: another account, a supplier, a simulation."""
    day = date(2026, 3, 10)
    return [
        writer.line("VE", day, 1, -50_000, CG_Num="70700000"),
        writer.line("BQ", day, 1, 50_000, CG_Num="51200000", CT_Num=""),
        writer.line("AC", day, 1, -77_000, CG_Num="40100000", CT_Num="F0001"),
        writer.line("SI", day, 1, 99_000, EC_RefPiece="SIMULATION"),
    ]


def write_statement(path: Path, writer: Writer) -> int:
    """The receipts that the bank saw too, as a French spreadsheet of receipts; returns how many."""
    rows = [f"B{entry};{on:%d/%m/%Y};{cents // 100},{cents % 100:02d};{text}" for on, cents, text, entry in
            writer.receipts]  # fmt: skip
    path.write_text("receipt_id;received_on;amount;remittance\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return len(rows)
