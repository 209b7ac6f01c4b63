"""Which column is the total."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.plugins.csv.tables import read

ROW = "F1;C1;31/01/2026"


@pytest.mark.parametrize(
    "headers",
    [
        "Montant;Montant total TTC",
        "Montant;Total général TTC",
        "Montant;Total facture TTC (€)",
        "Montant facture;TTC facture",
        "Amount;Total amount incl. VAT",
        "Prix;Montant total TTC",
    ],
)
def test_the_column_with_tax_is_the_total(headers: str, tmp_path: Path) -> None:
    """A bare `Montant` beside a column that says TTC is not the total; in either order."""
    head = "N° facture;Code client;Date facture"
    left, right = headers.split(";")
    for text in (f"{head};{left};{right}\n{ROW};100,00;120,00\n", f"{head};{right};{left}\n{ROW};120,00;100,00\n"):
        assert [12000] == [one.total_minor for one in read(tmp_path, text).of("invoice")]


@pytest.mark.parametrize("other", ["Reste à payer TTC", "Montant réglé TTC", "Remise TTC", "Acompte TTC", "TTC devise"])
def test_other_columns_with_tax_are_no_total(other: str, tmp_path: Path) -> None:
    """What is open, paid or taken off says TTC, too; nor is a total in another currency meant."""
    text = f"N° facture;Code client;Date facture;Montant;{other}\n{ROW};100,00;20,00\n"
    assert [10000] == [one.total_minor for one in read(tmp_path, text).of("invoice")]


def test_a_told_total_stays(tmp_path: Path) -> None:
    """The configuration goes before every rule."""
    text = f"N° facture;Code client;Date facture;Montant;Montant total TTC\n{ROW};100,00;120,00\n"
    result = read(tmp_path, text, columns={"invoices": {"total": "Montant"}})
    assert [10000] == [one.total_minor for one in result.of("invoice")]
