"""French account practice in Sage: what each case leaves open, line by line, and that it is Sage's balance."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.sdk.records import Debtor, Invoice, LedgerEntry, Receipt
from tests.unit.plugins.sage100.owed import Case, balances, cases_read, ledger, line, open_of, sums, told

DEPOSIT, BILL, DOUBTFUL, RETENTION = "41910000", "41300000", "41600000", "41170000"

CASES: dict[str, Case] = {
    # 4191: money before the invoice is a receipt on account.
    "deposit received": ([line(1, "BQ", "2026-01-05", -100, account=DEPOSIT)], {("C1", "EC1"): -100}),
    "deposit used in the invoice": (
        [line(1, "BQ", "2026-01-05", -100, code="A", account=DEPOSIT), line(2, "VE", "2026-02-05", 200, "FA1"),
         line(3, "VE", "2026-02-05", 100, "FA1", "A", account=DEPOSIT)],
        {("C1", "FA1"): 200},
    ),
    "deposit moved to 411 later": (
        [line(1, "BQ", "2026-01-05", -100, code="A", account=DEPOSIT), line(2, "VE", "2026-02-05", 300, "FA1", "B"),
         line(3, "OD", "2026-02-06", 100, code="A", account=DEPOSIT), line(4, "OD", "2026-02-06", -100, code="B")],
        {("C1", "FA1"): 200},
    ),
    "deposit asked for by an invoice": (
        [line(1, "VE", "2026-01-05", 120, "AC1", "A"), line(2, "VE", "2026-01-05", -100, "AC1", account=DEPOSIT),
         line(3, "BQ", "2026-01-09", -120, code="A")],
        {("C1", "EC2"): -100},
    ),
    "deposit without third party beside an invoice": (
        [line(1, "VE", "2026-02-05", 200, "FA1"), line(2, "VE", "2026-02-05", 100, "FA1", account=DEPOSIT, debtor="")],
        {("C1", "FA1"): 200, (DEPOSIT, "EC2"): 100},
    ),
    "deposit given back": (
        [line(1, "BQ", "2026-01-05", -100, code="A", account=DEPOSIT),
         line(2, "BQ", "2026-01-15", 100, code="A", account=DEPOSIT)],
        {},
    ),
    # 413: a bill stands for the invoice until the bank pays it.
    "bill accepted": (
        [line(1, "VE", "2026-01-05", 100, "FA1", "A"), line(2, "LC", "2026-02-05", -100, "FA1", "A"),
         line(3, "LC", "2026-02-05", 100, "FA1", account=BILL)],
        {("C1", "LC P3#3"): 100},
    ),
    "bill paid": (
        [line(1, "VE", "2026-01-05", 100, "FA1", "A"), line(2, "OD", "2026-02-05", -100, "FA1", "A"),
         line(3, "OD", "2026-02-05", 100, "FA1", "B", account=BILL),
         line(4, "BQ", "2026-03-31", -100, code="B", account=BILL)],
        {},
    ),
    "bill comes back unpaid": (
        [line(1, "VE", "2026-01-05", 100, "FA1", "A"), line(2, "OD", "2026-02-05", -100, "FA1", "A"),
         line(3, "OD", "2026-02-05", 100, "FA1", "B", account=BILL),
         line(4, "OD", "2026-03-31", -100, "FA1", "B", account=BILL), line(5, "OD", "2026-03-31", 100, "FA1")],
        {("C1", "OD P5#5"): 100},
    ),
    # 4117: part of the invoice, matched apart when it is paid after the guarantee.
    "retention": (
        [line(1, "VE", "2026-01-05", 95, "FA1", "A"), line(2, "VE", "2026-01-05", 5, "FA1", account=RETENTION),
         line(3, "BQ", "2026-02-05", -95, code="A")],
        {("C1", "FA1"): 5},
    ),
    "retention without third party": (
        [line(1, "VE", "2026-01-05", 95, "FA1"), line(2, "VE", "2026-01-05", 5, "FA1", account=RETENTION, debtor="")],
        {("C1", "FA1"): 95, (RETENTION, "VE P2#2"): 5},
    ),
    # 416: still owed, under the entry that moved it.
    "doubtful": (
        [line(1, "VE", "2026-01-05", 100, "FA1", "A"), line(2, "OD", "2026-06-30", -100, "FA1", "A"),
         line(3, "OD", "2026-06-30", 100, "FA1", account=DOUBTFUL)],
        {("C1", "OD P3#3"): 100},
    ),
    "written off": (
        [line(1, "VE", "2026-01-05", 100, "FA1", "A"), line(2, "OD", "2026-06-30", -100, "FA1", "A")], {},
    ),
    "netting with 401": (
        [line(1, "VE", "2026-01-05", 100, "FA1", "A"), line(2, "OD", "2026-02-05", -40, code="A"),
         line(3, "OD", "2026-02-05", 40, account="40100000", debtor="F1")],
        {("C1", "FA1"): 60},
    ),
    "rounding": (
        [line(1, "VE", "2026-01-05", 100, "FA1", "A"), line(2, "BQ", "2026-02-05", -99, code="A"),
         line(3, "OD", "2026-02-05", -1, code="A")],
        {},
    ),
    "exchange difference": (
        [line(1, "VE", "2026-01-05", 115, "FA1", "A", N_Devise=1, EC_Devise="100.000000"),
         line(2, "BQ", "2026-02-05", -113, code="A", N_Devise=1, EC_Devise="100.000000"),
         line(3, "OD", "2026-02-05", -2, code="A")],
        {},
    ),
    "opening balances of the first year": (
        [line(1, "RAN", "2025-01-01", 50, "FA0", an=1), line(2, "RAN", "2025-01-01", -20, an=2),
         line(3, "RAN", "2026-01-01", 50, "FA0", an=1), line(4, "RAN", "2026-01-01", -20, an=2)],
        {("C1", "RAN P1#1"): 50, ("C1", "RAN P2#2"): -20},
    ),
    # Lines that name nobody, or no customer.
    "an account without third parties": (
        [line(1, "VE", "2026-01-05", 100, "FA1", "A", account="411DUPONT", debtor=""),
         line(2, "BQ", "2026-02-05", -60, code="A", account="411DUPONT", debtor="")],
        {("411DUPONT", "FA1"): 40},
    ),
    "a customer who is a supplier": (
        [line(1, "VE", "2026-01-05", 100, "FA1", debtor="F1"), line(2, "OD", "2026-01-05", 7, account="40100000",
                                                                    debtor="F2")],
        {("F1", "FA1"): 100},
    ),
    "a third party that was deleted": ([line(1, "VE", "2026-01-05", 100, "FA1", debtor="X9")], {("X9", "FA1"): 100}),
    "a simulation": (
        [line(1, "SI", "2026-01-05", 100, "FA1"), line(2, "VE", "2026-01-06", 9, "F2")], {("C1", "F2"): 9},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[tuple[str, str], int]]:
    """What each case leaves open."""
    return cases_read(tmp_path_factory.mktemp("practice"), CASES)


@pytest.mark.parametrize("case", CASES)
def test_what_stays_open(case: str, read: dict[str, dict[tuple[str, str], int]]) -> None:
    """By name, and in all what Sage's own total of these accounts is."""
    lines, expected = CASES[case]
    assert expected == read[case]
    claims = [
        (1 if one["EC_Sens"] == 0 else -1) * int(one["EC_Montant"].partition(".")[0])
        for one in lines
        if one["CG_Num"].startswith(("411", "413", "416", "4191")) and one["JO_Num"] != "SI"
        and (not one["EC_ANType"] or one["JM_Date"] < "2026")
    ]  # fmt: skip
    assert sum(claims) == sum(expected.values())


def test_a_deposit_is_no_claim(tmp_path: Path) -> None:
    """What 4191 holds beside receipts and invoices is a named line: nobody is reminded of it, nothing is set off."""
    base = ledger(tmp_path, CASES["deposit asked for by an invoice"][0])
    [entry] = [record for record in told(base, tmp_path) if isinstance(record, LedgerEntry)]
    base.close()
    assert ("deposit", -10_000, "EUR") == (entry.category, entry.effect_minor, entry.currency)
    assert (DEPOSIT, "VE P2#2") == (entry.account, entry.document_number)


def test_a_bill_is_no_money(tmp_path: Path) -> None:
    """A journal of bills is one of treasury in Sage; the money comes when the bank pays: one receipt, not two."""
    base = ledger(tmp_path, [*CASES["bill accepted"][0], line(4, "BQ", "2026-03-31", -100, account=BILL)])
    receipts = [record for record in told(base, tmp_path) if isinstance(record, Receipt)]
    base.close()
    assert ["EC4"] == [receipt.source_key for receipt in receipts]


def test_an_account_is_a_debtor(tmp_path: Path) -> None:
    """It has a name, and so has a supplier who owes; a supplier who does not is nobody here."""
    base = ledger(
        tmp_path, CASES["an account without third parties"][0] + [
            line(3, "VE", "2026-01-05", 100, "FA2", debtor="F1"), line(4, "VE", "2026-01-05", 7, "FA3", debtor="F2",
                                                                       account="40100000"),
        ],
    )  # fmt: skip
    found = {one.debtor_id: (one.name, one.stub) for one in told(base, tmp_path) if isinstance(one, Debtor)}
    base.close()
    assert {
        "411DUPONT": ("Account 411DUPONT", True), "C1": ("Maison C1", False), "C2": ("Maison C2", False),
        "F1": ("Maison F1", False),
    } == found  # fmt: skip


def test_deposits_can_be_left_out(tmp_path: Path) -> None:
    """`accounts` decides, for records and balances alike."""
    base = ledger(tmp_path, CASES["deposit used in the invoice"][0])
    found = open_of(told(base, tmp_path, accounts=["411"]))
    assert {("C1", "FA1"): 200} == found
    assert sums(found) == balances(base, tmp_path, accounts=["411"])
    [invoice] = [one for one in told(base, tmp_path) if isinstance(one, Invoice)]
    assert 30_000 == invoice.total_minor, "with them the invoice is the whole sum"
    base.close()
