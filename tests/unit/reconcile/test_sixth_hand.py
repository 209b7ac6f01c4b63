"""What a sixth hand's files showed: habits of payers, as patterns, and what must stay a question beside each."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.reconcile.outsiders import outsider_by_text
from tests.unit.reconcile.books import DURAND, debtors_of, decide, item, lines, one, receipt

RESIDENCE, VASSEUR = "D0", "D1"
HOUSES = debtors_of(["SDC Les Tilleuls 27 rue Silva", "Vasseur Conseil SARL"])


@pytest.mark.parametrize(
    ("amount", "status"), [(950_00, "auto"), (949_00, "suggested"), (970_00, "suggested"), (900_00, "suggested")]
)
def test_a_bare_number_less_the_retention_money(amount: int, status: str) -> None:
    """Builders keep 5 % for a year, to the cent: what they pay is a part, and the rest stays owed."""
    items = [item(f"25FC0{n}", DURAND, 1_000_00) for n in (4425, 4426)]
    decision = one(items, amount, "FACT FC04425 DEDUCTION RG", "DURAND ET FILS")
    assert status == decision.status
    assert (1, amount) == lines(decision)[0]


@pytest.mark.parametrize("label", [True, False])
@pytest.mark.parametrize("payer", ["CABINET VASSEUR SYNDIC", "HOLDING VASSEUR", "FINANCIERE VASSEUR"])
def test_who_pays_for_others_contradicts_no_number(payer: str, label: bool) -> None:
    """Though a debtor is called nearly so: a manager of houses, and a holding, pay what others owe."""
    items = [item("FA2505-0254", RESIDENCE, 120_00), item("FA2505-0255", VASSEUR, 130_00)]
    text, name = (f"VIR {payer} FACT FA2505-0254", None) if label else ("FACT FA2505-0254", payer)
    decision = one(items, 120_00, text, name, debtors=HOUSES)
    assert ("auto", [(1, 120_00)]) == (decision.status, lines(decision))
    other = text.replace(payer, "VASSEUR CONSEIL"), name and "VASSEUR CONSEIL"
    assert "auto" != one(items, 120_00, *other, debtors=HOUSES).status


def test_a_number_of_the_payer_s_own_says_nothing() -> None:
    """Letters that begin none of our numbers stand before the year: his voucher. "FA-2026-1846" would be ours."""
    items = [item("FA2602-0051", DURAND, 1_770_23), item("FA2602-0052", DURAND, 99_13)]
    assert "auto" == one(items, 1_770_23, "BAP-2026-1846", "DURAND ET FILS").status
    assert "auto" != one(items, 1_770_23, "FA-2026-1846", "DURAND ET FILS").status
    assert "auto" != one(items, 1_770_23, "FACT 2026-1846", "DURAND ET FILS").status


def test_a_builder_s_second_invoice_is_no_statement() -> None:
    """ "SITUATION 2" is one invoice; "SITUATION" and a month are all of it."""
    items = [item("FA2602-0051", DURAND, 1_770_23), item("FA2602-0052", DURAND, 99_13)]
    assert "auto" == one(items, 1_770_23, "SITUATION N°2", "DURAND ET FILS").status
    assert "auto" != one(items, 1_770_23, "SITUATION", "DURAND ET FILS").status
    assert "auto" != one(items, 1_770_23, "SITUATION 01/2026", "DURAND ET FILS").status


@pytest.mark.parametrize(
    ("cut", "auto"), [("FACT FA2603-", True), ("FACTU 26030", True), ("FACT FA2602-", False), ("NO FA2603-0199", False)]
)
def test_a_number_cut_by_the_bank_speaks_for_what_it_begins(cut: str, auto: bool) -> None:
    """The label ends at 31 characters as those of its bank do; the beginning is this invoice's, and the only number."""
    items = [item("FA2603-0156", DURAND, 131_27), item("FA2603-0157", DURAND, 99_13)]
    labels = ["VIR DURAND ET FILS".ljust(31 - len(cut)) + cut, *("VIR QUELQUE INCONNU".ljust(30, "X") + "X",) * 8]
    first, *_ = decide(
        items, [receipt(amount, text) for amount, text in zip((131_27, *range(1, 9)), labels, strict=True)]
    )
    assert auto is (first.status == "auto")
    assert [(1, 131_27)] == lines(first)


def test_the_public_treasury_is_not_our_own_treasury() -> None:
    """A transfer of the treasury of a town is a payment; one "de trésorerie" is between own accounts."""
    assert outsider_by_text("VIR TRESORERIE DE PLOUHINEC MANDAT 5575", None) is None
    assert outsider_by_text("VIR TRESORERIE MUNICIPALE", None) is None
    assert (kind := outsider_by_text("VIR DE TRESORERIE", None)) and "internal_transfer" == kind.code


def test_a_list_that_the_bank_cut_behind_its_tag() -> None:
    """The purpose fills 140 characters within a label that goes on: the list goes on as well."""
    numbers = [f"FAC/2026/{n:05d}" for n in range(629, 639)]
    items = [item(number, DURAND, 100_00 + n, issued_on=date(2026, 3, n + 1)) for n, number in enumerate(numbers)]
    purpose = ("REGLT FACT " + " + ".join(numbers))[:140]
    label = f"VIR SEPA RECU /DE DURAND ET FILS /MOTIF {purpose} /REF 491829470"
    for text in (label, "\n".join(label[n : n + 65] for n in range(0, len(label), 65))):
        assert "auto" != one(items, 1_300_00, text).status
