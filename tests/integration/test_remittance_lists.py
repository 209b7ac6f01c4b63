"""Lists that debtors send of what they pay (avis de paiement), as text or spreadsheet: they outrank the text."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.app.bootstrap import Hub
from hub.core.services.allocations import explain
from hub.core.services.reconcile import Policy, reconcile_now
from tests.support.hubs import exported, make_hub, sync
from tests.support.scripts import invoice, receipt, section, unit, write_script

pytestmark = pytest.mark.usefixtures("in_process")

SECTION = """
[connector.books]
plugin = "csv"
debtors = "debtors.csv"
invoices = "invoices.csv"
receipts = "receipts.csv"
remittances = "lists/*"
"""
INVOICES = """number;seller;debtor_id;type;issued_on;due_on;currency;total
FA-26-101;ACME;C1;invoice;01/09/2026;01/10/2026;EUR;400,00
FA-26-102;ACME;C1;invoice;02/09/2026;01/10/2026;EUR;500,00
FA-26-103;ACME;C1;invoice;03/09/2026;01/10/2026;EUR;300,00
FA-26-104;ACME;C1;invoice;04/09/2026;01/10/2026;EUR;200,00
AV-26-7;ACME;C1;credit_note;05/09/2026;;EUR;100,00
FA-26-201;ACME;C2;invoice;01/09/2026;01/10/2026;EUR;600,00
"""
RECEIPTS = """receipt_id;received_on;amount;currency;payer_name;remittance
R1;05/10/2026;600,00;EUR;Menuiserie Durand;VIREMENT
"""
LIST = (
    ("N° avis", "Date de virement", "Votre facture", "Montant payé", "Code client"),
    ("AP-9", "06/10/2026", "FA 26/102", "500,00", "C1"),
    ("AP-9", "06/10/2026", "FA 26/104", "200,00", "C1"),
    ("AP-9", "06/10/2026", "AV-26-7", "-100,00", "C1"),
)


def company(folder: Path, url: str, form: str, rows: tuple[tuple[str, ...], ...]) -> Hub:
    (folder / "lists").mkdir()
    (folder / "debtors.csv").write_text("seller;debtor_id;name\nACME;C1;Menuiserie Durand\nACME;C2;Garage Martin\n")
    (folder / "invoices.csv").write_text(INVOICES)
    (folder / "receipts.csv").write_text(RECEIPTS)
    if form == "csv":
        (folder / "lists" / "avis.csv").write_text("".join(";".join(row) + "\n" for row in rows), encoding="utf-8")
    else:
        _spreadsheet(folder / "lists" / "avis.xlsx", rows)
    hub = make_hub(folder, url, SECTION)
    sync(hub, "books")
    reconcile_now(hub.desk, Policy())
    return hub


def _spreadsheet(path: Path, rows: tuple[tuple[str, ...], ...]) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    book.close()


def applied(hub: Hub) -> dict[str, int]:
    """What is applied to each document."""
    rows = [row for row in exported(hub, "allocations") if row["status"] == "auto"]
    assert {"remittance_exact"} >= {row["rule"] for row in rows}
    return {row["invoice_number"]: row["amount"] for row in rows}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_list_tells_what_silent_money_pays(tmp_path: Path, database_url: str, form: str) -> None:
    """Two sets of invoices make the sum; the list names one, less a credit note."""
    hub = company(tmp_path, database_url, form, LIST)
    assert {"FA-26-102": 50_000, "FA-26-104": 20_000, "AV-26-7": -10_000} == applied(hub)
    [found] = explain(hub.desk, "R1")
    assert {"name": "AP-9", "lines": 3} == found.evidence["remittance"]


def test_a_list_with_numbers_of_its_own_making(tmp_path: Path, database_url: str) -> None:
    """Letters and noughts are missing, a word stands in front: the sums and the debtor tell what is meant."""
    numbers = ("facture 26/102", "104", "AVOIR 7")
    rows = (LIST[0], *((*row[:2], number, *row[3:]) for row, number in zip(LIST[1:], numbers, strict=True)))
    hub = company(tmp_path, database_url, "csv", rows)
    assert {"FA-26-102": 50_000, "FA-26-104": 20_000, "AV-26-7": -10_000} == applied(hub)


@pytest.mark.long_on_postgres
def test_a_list_of_another_sum_is_offered(tmp_path: Path, database_url: str) -> None:
    """The debtor's list of that week says nothing of the credit note, which is what is missing."""
    hub = company(tmp_path, database_url, "csv", LIST[:3])
    offered = [row for row in exported(hub, "allocations") if row["rule"] == "named_less_credit_note"]
    assert {"FA-26-102", "FA-26-104", "AV-26-7"} == {row["invoice_number"] for row in offered}
    assert {"suggested"} == {row["status"] for row in offered}


@pytest.mark.parametrize(
    "rows",
    [
        LIST[:3],  # it makes another sum
        (LIST[0], *(("AP-9", "16/10/2026", *row[2:]) for row in LIST[1:])),  # it is of another week
        (LIST[0], *((*row[:4], "C2") for row in LIST[1:])),  # it is another debtor's
    ],
    ids=["sum", "week", "debtor"],
)
@pytest.mark.long_on_postgres
def test_a_list_that_is_not_this_receipts(tmp_path: Path, database_url: str, rows: tuple[tuple[str, ...], ...]) -> None:
    """Nothing is applied by it."""
    assert {} == applied(company(tmp_path, database_url, "csv", rows))


@pytest.mark.long_on_postgres
def test_a_list_that_comes_later_is_taken(tmp_path: Path, database_url: str) -> None:
    """The receipt waited; the next reconciliation knows."""
    hub = company(tmp_path, database_url, "csv", LIST[:1])
    assert {} == applied(hub)
    (tmp_path / "lists" / "late.csv").write_text("".join(";".join(row) + "\n" for row in LIST), encoding="utf-8")
    sync(hub, "books")
    reconcile_now(hub.desk, Policy())
    assert len(applied(hub)) == 3


@pytest.mark.long_on_postgres
def test_a_list_that_does_not_tell_all_amounts_is_nobodys(tmp_path: Path, database_url: str) -> None:
    """What it tells adds up to the receipt by accident; a list that names its receipt needs no amounts."""
    line = {"kind": "remittance_line", "remittance_id": "L1", "currency": "EUR", "dated_on": "2026-10-05"}
    told = [line | {"line": 1, "document_number": "FA1", "amount_minor": 30_007}]
    told.append(line | {"line": 2, "document_number": "ZZ9"})
    facts = [invoice("FA1", 30_007), invoice("FA2", 30_007), receipt("R1", 30_007)]
    write_script(tmp_path, [unit(f"u{at}", fact) for at, fact in enumerate([*facts, *told])])
    hub = make_hub(tmp_path, database_url, section())
    sync(hub, "guest")
    reconcile_now(hub.desk, Policy())
    assert not [row for row in exported(hub, "allocations") if row["rule"].startswith("remittance")]
