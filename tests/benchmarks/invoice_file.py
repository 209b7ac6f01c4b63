"""The file that loads are measured with: a French invoice export, the same for the same figures."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

HEADER = (
    "N° facture;Type;Société;Code client;Nom client;SIREN;Date facture;Échéance;Devise;"
    "Montant HT;TVA;Total TTC;Reste à payer;Statut;Libellé"
).split(";")


def euros(cents: int) -> str:
    """Cents as a French spreadsheet writes them."""
    return f"{cents // 100},{cents % 100:02d}"


def write_invoices(path: Path, rows: int, *, extra: int = 0, later: int = 0) -> None:
    """A French invoice export of `rows` rows, and `extra` ones behind them; 1.1 % of all are due `later` days later."""
    random_ = random.Random(7)
    start = date(2024, 1, 1)
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER)
        for number in range(rows + extra):
            issued = start + timedelta(days=random_.randrange(900))
            due = issued + timedelta(days=random_.choice((30, 45, 60)))
            net = random_.randrange(1_000, 2_000_000)
            tax = net // 5
            if random_.random() < 0.011:
                due += timedelta(days=later)
            client = random_.randrange(1, max(2, rows // 20))
            total = net + tax
            writer.writerow(
                (
                    f"FA-{issued.year}-{number:07d}", "Facture", "ACME", f"C{client:05d}", f"Société n° {client}",
                    f"{100_000_000 + client}", issued.strftime("%d/%m/%Y"), due.strftime("%d/%m/%Y"), "EUR", euros(net),
                    euros(tax), euros(total), euros(total if number % 3 else 0), "Validée",
                    f"Prestation de conseil, dossier {number % 997:04d}",
                )
            )  # fmt: skip
