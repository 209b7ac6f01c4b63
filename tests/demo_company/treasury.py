"""Movements that have nothing to do with debtors: suppliers, wages, taxes, fees, and credits that pay no invoice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

from tests.demo_company.calendar_fr import TAKEOVER, TODAY, month_end, worked, working
from tests.demo_company.catalogue import ATELIER, SERVICES
from tests.demo_company.dice import Dice
from tests.demo_company.model import Movement

_MONTHS = [date(2026, month, 1) for month in (8, 9, 10, 11)]
_SUPPLIERS = {
    "ATM": (
        "BOIS ET PANNEAUX BERTAL",
        "QUINCAILLERIE DU FOREZ",
        "VERNIS LANOBRE",
        "TRANSPORTS OSTRAL",
        "VITRAGES MELUSIN",
    ),
    "MSV": ("FROID MATERIEL DISTRIBUTION", "PIECES ET FILTRES GUERNON", "CARBURANTS RIVALTA"),
}
# Every month: day, method, who, text, amount from and to in cents. Day 0 is the last working day.
_MONTHLY = {
    "ATM": (
        (1, "fee", "", "COMMISSION DE MOUVEMENT ET FRAIS", 38_40, 61_90),
        (5, "debit", "SCI DU HALLAGE", "LOYER ATELIER", 4_200_00, 4_200_00),
        (10, "debit", "CREDIT FICTIF DE FRANCE", "ECHEANCE PRET 00451", 2_150_33, 2_150_33),
        (12, "debit", "ELECTRICITE DEMO", "FACTURE ENERGIE", 610_00, 980_00),
        (15, "debit", "URSSAF RHONE ALPES", "COTISATIONS", 13_800_00, 14_900_00),
        (20, "tax", "DGFIP", "TVA", 5_400_00, 8_800_00),
        (0, "wages", "", "VIR SALAIRES", 29_800_00, 31_600_00),
    ),
    "MSV": (
        (1, "fee", "", "FRAIS DE TENUE DE COMPTE", 24_00, 24_00),
        (5, "debit", "SCI DU HALLAGE", "LOYER BUREAUX", 1_150_00, 1_150_00),
        (15, "debit", "URSSAF RHONE ALPES", "COTISATIONS", 3_900_00, 4_300_00),
        (20, "tax", "DGFIP", "TVA", 1_900_00, 3_100_00),
        (0, "wages", "", "VIR SALAIRES", 8_700_00, 9_200_00),
    ),
}
# Once: seller, day, method, who, text, cents, kind. What comes in must not be taken for a debtor's money.
_ONCE = (
    ("ATM", date(2026, 9, 18), "transfer", SERVICES.name, "VIREMENT INTERNE TRESORERIE", -15_000_00, "internal"),
    ("MSV", date(2026, 9, 18), "transfer", ATELIER.name, "VIREMENT INTERNE TRESORERIE", 15_000_00, "internal"),
    ("ATM", date(2026, 10, 14), "transfer", "DGFIP DRFIP ARA", "REMBOURSEMENT CREDIT TVA", 3_412_00, "tax"),
    ("ATM", date(2026, 10, 27), "transfer", "VITRAGES MELUSIN", "REMB AVOIR AV5512", 318_60, "supplier_refund"),
    ("ATM", date(2026, 11, 5), "transfer", "GALDRIC AFFACTURAGE SA", "FINANCEMENT BORD 0117", 18_500_00, "factor"),
    ("MSV", date(2026, 8, 26), "transfer", "ASSURANCES DU MONT", "INDEMNITE SINISTRE 2026 0447", 1_260_00, "insurance"),
    ("MSV", date(2026, 11, 17), "transfer", "CPAM DU RHONE", "IJ SUBROGEES 1025", 412_88, "social_refund"),
)  # fmt: skip


def movements(dice: Dice) -> list[Movement]:
    """All of them, of both sellers, by date; only days of the statements."""
    made = [
        Movement(seller, on, minor, method, who, text, kind) for seller, on, method, who, text, minor, kind in _ONCE
    ]
    for seller, rows in _MONTHLY.items():
        for month in _MONTHS:
            for day, method, who, text, low, high in rows:
                on = worked(month_end(month)) if day == 0 else working(month.replace(day=day))
                said = f"{text} {month:%m/%Y}"
                made.append(Movement(seller, on, -dice.between(low, high), method, who, said, "not_receivables"))
            made += _suppliers(seller, month, dice)
    made = [movement for movement in made if TAKEOVER < movement.on <= TODAY]
    return sorted(made, key=lambda movement: (movement.on, movement.seller))


def _suppliers(seller: str, month: date, dice: Dice) -> Iterator[Movement]:
    """Payments to suppliers, in two runs a month."""
    for day in (14, 30):
        for who in _SUPPLIERS[seller]:
            if dice.percent(70):
                high = 8_900_00 if seller == "ATM" else 2_300_00
                text = f"FACTURE {dice.pick(('F', 'FC', '2026-'))}{dice.digits(5)}"
                on = worked(month.replace(day=day))
                yield Movement(seller, on, -dice.between(240_00, high), "transfer", who, text, "not_receivables")


def deposited(payments: list[Movement]) -> list[Movement]:
    """Cheques reach the bank on the Thursday after, those of one Thursday as one deposit; by date."""
    cheques = [movement for movement in payments if movement.method == "cheque"]
    others = [movement for movement in payments if movement.method != "cheque"]
    for movement in cheques:
        movement.on = worked(movement.on + timedelta(days=(3 - movement.on.weekday()) % 7))
    made = []
    days = groupby(sorted(cheques, key=lambda cheque: (cheque.on, cheque.seller)), lambda m: (m.on, m.seller))
    for number, ((on, seller), group) in enumerate(days, start=4417):
        lines = [line for cheque in group for line in cheque.lines]
        text = f"REMISE CHEQUES BORD {number:07d} NBRE {len(lines)}"
        total = sum(amount for _, amount in lines)
        made.append(Movement(seller, on, total, "cheque", "", text, "cheque_deposit", lines=lines))
    made = [movement for movement in made if movement.on <= TODAY]
    return sorted([*others, *made], key=lambda movement: movement.on)
