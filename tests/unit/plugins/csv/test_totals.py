"""Which column is the total, and what is said of a date that is none."""

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


@pytest.mark.parametrize("text", ["00/00/0000", "0000-00-00", "-"])
def test_a_required_date_that_says_no_date(text: str, tmp_path: Path) -> None:
    """The cell is not empty, and the message does not say so; a due date may be left out like this."""
    head = "number;debtor_id;issued_on;due_on;total\n"
    result = read(tmp_path, f"{head}F1;C;{text};31/01/2026;1,00\nF2;C;31/01/2026;{text};1,00\n")
    (held,) = result.rejected
    assert ("HUB-CSV-014", "invoices.csv:2:issued_on") == (held.code, held.where)
    assert f"{text!r} is no date" in held.what
    assert "empty" not in held.what
    assert [None] == [one.due_on for one in result.of("invoice")]
