"""What was paid with what: netting beside money, partial letterings, openings told net, codes of two debtors."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from hub.sdk.records import LedgerEntry, Receipt, SettlementLine
from tests.unit.plugins.fec.made import DIALECTS, Leg, Made
from tests.unit.plugins.fec.reading import Read, explained, read

TAB = DIALECTS[0]


def of(tmp_path: Path, *years: Made) -> Read:
    """The books of some years; they explain themselves at the end of each."""
    folder = tmp_path / "fec"
    folder.mkdir(exist_ok=True)
    for made in years:
        TAB.write(folder / f"{made.year}.txt", made.rows)
    found = read(tmp_path, folder)
    for made in years:
        assert found.totals(date(made.year, 12, 31)) == explained(found.records, date(made.year, 12, 31))
    return found


def settled(found: Read) -> dict[str, int]:
    """How much of each invoice is settled, by its number."""
    told: Counter[str] = Counter()
    for one in found.of(SettlementLine):
        if one.target == "invoice":
            told[one.document_number] += one.amount_minor
    return dict(told)


@pytest.mark.parametrize(
    ("other", "kind"), [("401000", "netting"), ("665000", "discount"), ("654000", "write_off"), ("471000", "suspense")]
)
@pytest.mark.parametrize("money", [30_000, 90_000])
def test_money_beside_something_else(other: str, kind: str, money: int, tmp_path: Path) -> None:
    """1200.00 are settled with 300.00 or 900.00 of money and a rest: the money alone is a receipt."""
    made = Made()
    made.sale(date(2026, 1, 5), "F1", "A", 120_000)
    legs = (("512000", "", money, ""), (other, "", 120_000 - money, ""), ("411000", "A", -120_000, ""))
    made.entry("BQ", date(2026, 2, 5), "V1", "Solde", *legs)
    found = of(tmp_path, made)
    assert [(money, "512000")] == [(one.amount_minor, one.account) for one in found.of(Receipt)]
    assert [(kind, money - 120_000)] == [(one.category, one.effect_minor) for one in found.of(LedgerEntry)]
    assert {} == found.totals()


@pytest.mark.parametrize(
    ("legs", "money", "kind"),
    [
        ([("512000", 117_600), ("665000", 2_000), ("445710", 400)], 117_600, "discount"),
        ([("512000", 117_600), ("665000", 2_000), ("445740", 20_000), ("445710", -19_600)], 117_600, "discount"),
        (
            [("512000", 117_000), ("627000", 500), ("445660", 100), ("665000", 2_000), ("445710", 400)],
            117_600,
            "discount",
        ),
        ([("512000", 60_000), ("654000", 50_000), ("445710", 10_000)], 60_000, "write_off"),
        ([("512000", 117_600), ("709000", 2_000), ("445710", 400)], 117_600, "discount"),
        ([("512000", 115_000), ("709000", 3_000), ("665000", 2_000)], 115_000, "discount"),
    ],
)
def test_money_beside_something_that_lowers_the_vat(
    legs: list[tuple[str, int]], money: int, kind: str, tmp_path: Path
) -> None:
    """A discount, a rebate or a bad debt takes its VAT with it: the receipt is what came to the bank (and its fee)."""
    made = Made()
    made.sale(date(2026, 1, 5), "F1", "A", 120_000)
    others = [(account, "", amount, "") for account, amount in legs]
    made.entry("BQ", date(2026, 2, 5), "V1", "Solde", *others, ("411000", "A", -120_000, ""))
    found = of(tmp_path, made)
    assert [money] == [one.amount_minor for one in found.of(Receipt)]
    assert [(kind, money - 120_000)] == [(one.category, one.effect_minor) for one in found.of(LedgerEntry)]


@pytest.mark.parametrize(
    ("other", "debtor", "kind"),
    [("419100", "A", "deposit"), ("413000", "A", "bill"), ("416000", "A", "doubtful"), ("411000", "B", "transfer")],
)
def test_money_beside_another_account_of_debtors(other: str, debtor: str, kind: str, tmp_path: Path) -> None:
    """900.00 come to the bank, 300.00 go to a bill, use up a deposit or move to another: the receipt is of 900.00."""
    made = Made()
    made.sale(date(2026, 1, 5), "F1", "A", 120_000, "AA")
    legs = (("512000", "", 90_000, ""), (other, debtor, 30_000, ""), ("411000", "A", -120_000, "AA"))
    made.entry("BQ", date(2026, 2, 5), "V1", "Solde", *legs)
    found = of(tmp_path, made)
    assert [90_000] == [one.amount_minor for one in found.of(Receipt)]
    assert [(kind, -30_000), (kind, 30_000)] == sorted(
        (one.category, one.effect_minor) for one in found.of(LedgerEntry)
    )
    assert {debtor: 30_000} == found.totals()


def test_money_and_netting_on_several_lines_of_a_debtor(tmp_path: Path) -> None:
    """Two invoices settled in one entry: the receipts come to the money, not to the lines."""
    made = Made()
    made.entry(
        "BQ", date(2026, 2, 5), "V1", "Solde", ("512000", "", 60_000, ""), ("401000", "", 40_000, ""),
        ("411000", "A", -70_000, ""), ("411000", "A", -30_000, ""),
    )  # fmt: skip
    made.rows[-1]["PieceRef"] = "F2"
    found = of(tmp_path, made)
    assert 60_000 == sum(one.amount_minor for one in found.of(Receipt))
    assert [("netting", -40_000)] == [(one.category, one.effect_minor) for one in found.of(LedgerEntry)]


@pytest.mark.parametrize(
    ("piece", "label", "number"),
    [
        ("F2", "VIR", "F2"),
        ("V1", "Règlement facture FA-2026-002", "FA-2026-002"),
        ("V1", "Règlement FA2026002 partiel", "FA-2026-002"),
        ("V1", "VIR 4711 CLIENT A", "00004711"),
    ],
)
def test_a_partial_lettering_pays_what_the_payment_names(piece: str, label: str, number: str, tmp_path: Path) -> None:
    """Three invoices and one payment under a code: the one that the payment names is settled, not the oldest."""
    made = Made()
    made.sale(date(2026, 1, 5), "F20", "A", 10_000, "AA")
    made.sale(date(2026, 1, 6), number, "A", 20_000, "AA")
    made.sale(date(2026, 1, 7), "F3", "A", 5_000, "AA")
    legs = (("512000", "", 25_000, ""), ("411000", "A", -25_000, "AA"))
    made.entry("BQ", date(2026, 2, 5), piece, label, *legs)
    assert {number: 20_000, "F20": 5_000} == settled(of(tmp_path, made))


def test_a_partial_lettering_without_a_name_pays_the_oldest(tmp_path: Path) -> None:
    """F2 is not named by F20, and a number needs more than two digits."""
    made = Made()
    made.sale(date(2026, 1, 5), "F1", "A", 10_000, "AA")
    made.sale(date(2026, 1, 6), "F2", "A", 10_000, "AA")
    made.sale(date(2026, 1, 7), "12", "A", 10_000, "AA")
    made.entry("BQ", date(2026, 2, 5), "V1", "VIR F20 12/02", ("512000", "", 9_000, ""), ("411000", "A", -9_000, "AA"))
    assert {"F1": 9_000} == settled(of(tmp_path, made))


def opening(made: Made, *legs: tuple[str, str, int]) -> None:
    for piece, debtor, minor in legs:
        told: Leg = ("411000", debtor, minor, "")
        made.entry("AN", date(made.year, 1, 1), piece, "A nouveaux", told, ("890000", "", -minor, ""))


@pytest.mark.parametrize("lettered", [True, False])
def test_an_opening_told_net_of_part_payments(lettered: bool, tmp_path: Path) -> None:
    """F2 was paid in part: the opening has F1 whole and the rest of F2, so F2 is settled in part, not F1."""
    old, new = Made(2025), Made(2026)
    old.sale(date(2025, 11, 1), "F1", "A", 30_000)
    old.sale(date(2025, 11, 2), "F2", "A", 50_000, "AA" if lettered else "")
    old.paid(date(2025, 12, 1), "V1", "A", 20_000, "AA" if lettered else "")
    opening(new, ("F1", "A", 30_000), ("F2", "A", 30_000))
    new.sale(date(2026, 1, 5), "F3", "A", 1_000)
    found = of(tmp_path, old, new)
    assert {"F2": 20_000} == settled(found)
    assert {"A": 61_000} == found.totals()
    assert [("invoice", 1_000), ("invoice", 30_000), ("invoice", 30_000)] == found.of_debtor("A")


def test_an_opening_told_net_of_several(tmp_path: Path) -> None:
    """Two invoices net, three payments: what names an invoice pays it, then what fits, then the oldest; a payment that
    the opening repeats stays."""
    old, new = Made(2025), Made(2026)
    for number, minor in (("F1", 30_000), ("F2", 50_000), ("F3", 10_000)):
        old.sale(date(2025, 11, 1), number, "A", minor)
    old.paid(date(2025, 12, 1), "V1", "A", 20_000)
    old.paid(date(2025, 12, 2), "F1", "A", 5_000)
    old.paid(date(2025, 12, 3), "V3", "A", 7_000)
    opening(new, ("F1", "A", 25_000), ("F2", "A", 30_000), ("F3", "A", 10_000), ("V3", "A", -7_000))
    new.sale(date(2026, 1, 5), "F4", "A", 1_000)
    found = of(tmp_path, old, new)
    assert {"F1": 5_000, "F2": 20_000} == settled(found)
    left = [("invoice", 1_000), ("invoice", 10_000), ("invoice", 25_000), ("invoice", 30_000), ("receipt", -7_000)]
    assert left == found.of_debtor("A")


def test_an_opening_that_says_less_than_was_paid(tmp_path: Path) -> None:
    """Nothing was paid on F1, and yet less is carried forward: that is a difference, and no payment."""
    old, new = Made(2025), Made(2026)
    old.sale(date(2025, 12, 1), "F1", "A", 30_000)
    opening(new, ("F1", "A", 25_000))
    new.sale(date(2026, 1, 5), "F2", "A", 1_000)
    found = of(tmp_path, old, new)
    assert {} == settled(found)
    assert [("opening_difference", -5_000)] == [(one.category, one.effect_minor) for one in found.of(LedgerEntry)]


@pytest.mark.parametrize("by_itself", [True, False])
def test_two_debtors_with_opposite_rests_under_one_code(by_itself: bool, tmp_path: Path) -> None:
    """Codes begin anew on each account: AA of A leaves 20.00 open, AA of B was overpaid by 20.00. Nobody paid for the
    other; nor where a third debtor's AA shows that codes are each account's own."""
    made = Made()
    made.sale(date(2026, 1, 5), "F1", "A", 12_000, "AA")
    made.sale(date(2026, 1, 6), "F2", "B", 5_000, "AA" if by_itself else "")
    made.sale(date(2026, 1, 6), "F3", "C", 700, "AA")
    made.paid(date(2026, 2, 5), "V1", "A", 10_000, "AA")
    made.paid(date(2026, 2, 6), "V2", "B", 7_000 if by_itself else 2_000, "AA")
    made.paid(date(2026, 2, 6), "V3", "C", 700, "AA")
    found = of(tmp_path, made)
    assert [("invoice", 2_000)] == found.of_debtor("A")
    assert "lettered_elsewhere" not in {one.category for one in found.of(LedgerEntry)}


def test_a_parent_pays_for_its_daughter(tmp_path: Path) -> None:
    """One code of the whole ledger: the daughter's invoice has nothing of its own to be matched with."""
    made = Made()
    made.sale(date(2026, 1, 5), "F1", "CHILD", 12_000, "ZZ")
    made.sale(date(2026, 1, 6), "F2", "PARENT", 5_000, "ZZ")
    made.paid(date(2026, 2, 5), "V1", "PARENT", 17_000, "ZZ")
    found = of(tmp_path, made)
    assert {"F1": 12_000, "F2": 5_000} == settled(found)
    assert {"lettered_elsewhere"} == {one.category for one in found.of(LedgerEntry)}


@pytest.mark.parametrize(("dollars", "euros"), [(100_000, 92_000), (33_335, 30_001), (10_001, 9_999)])
def test_a_foreign_invoice_in_two_parts(dollars: int, euros: int, tmp_path: Path) -> None:
    """5 % stay back on 4117 and are paid later: settled in two groups, nothing is left of it in its own currency."""
    made, kept = Made(), euros // 20 + 1
    legs = (("411000", "A", euros - kept, "AA"), ("411700", "A", kept, "AB"), ("706000", "", -euros, ""))
    made.entry("VE", date(2026, 1, 5), "F1", "Facture", *legs)
    share = dollars * kept // euros
    for row, minor in zip(made.rows, (dollars - share, share), strict=False):
        row |= {"Idevise": "USD", "Montantdevise": f"{minor // 100},{minor % 100:02d}"}
    made.paid(date(2026, 2, 5), "V1", "A", euros - kept, "AA")
    made.entry("BQ", date(2026, 8, 5), "V2", "VIR", ("512000", "", kept, ""), ("411700", "A", -kept, "AB"))
    found = of(tmp_path, made)
    assert {"F1": dollars} == settled(found)
    assert {} == found.totals()


def test_entries_that_get_other_numbers(tmp_path: Path) -> None:
    """A draft becomes final: entries are numbered anew and stand in another order. Each fact is still the same one,
    two equal payments of one day are still two."""
    made = Made()
    made.sale(date(2026, 1, 5), "F1", "A", 30_000, "AA")
    for n in (1, 2):
        made.paid(date(2026, 2, 5), "", "A", 15_000, "AA")
        made.entry("OD", date(2026, 2, 6), f"OD{n}", "Ecart", ("658000", "", n, ""), ("411000", "A", -n, ""))
    made.paid(date(2026, 2, 5), "", "A", 700)
    path = TAB.write(tmp_path / "fec.txt", made.rows)
    before = read(tmp_path, path)
    for row in made.rows:
        row["EcritureNum"] = f"{9_000 - int(row['EcritureNum'])}"
    TAB.write(path, sorted(made.rows, key=lambda row: row["EcritureNum"]))
    after = read(tmp_path, path)
    assert sorted(map(repr, before.records)) == sorted(map(repr, after.records))
    assert 3 == len({one.source_key for one in after.of(Receipt)})
