"""Money that is a part of something, or of which the text tells a little: what a person is offered first."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.unit.reconcile.books import DURAND, debtors_of, decide, item, lines, one, receipt

PAYER = "DURAND ET FILS"


def due(number: str, amount: int, day: date, **more: object) -> dict[str, object]:
    """Durand's invoice, issued thirty days before it falls due."""
    return item(number, DURAND, amount, issued_on=day - timedelta(days=30), due_on=day, **more)


def first_of(items: list[dict[str, object]], amount: int, text: str | None, **more: object) -> list[tuple[int, int]]:
    """The lines of what is suggested first."""
    decision = one(items, amount, text, PAYER, **more)
    assert "suggested" == decision.status
    return lines(decision)


def rents() -> list[dict[str, object]]:
    """One that nobody paid last autumn, and those of this spring."""
    days = [date(2025, 10, 5), *(date(2026, month, 5) for month in (3, 4, 5))]
    return [due(f"LO-{n:04}", 585_04, day) for n, day in enumerate(days, 1)]


def test_a_part_of_the_rent_is_that_of_the_month() -> None:
    """The rent of October has waited for half a year; who pays something in April pays for April."""
    assert [(3, 170_00)] == first_of(rents(), 170_00, "LOYER", received_on=date(2026, 4, 7))


def test_a_part_is_of_the_oldest_while_it_is_not_old() -> None:
    """Nothing is overdue for long: the oldest is paid first."""
    assert [(1, 170_00)] == first_of(rents()[1:], 170_00, "LOYER", received_on=date(2026, 4, 7))


def test_two_receipts_that_make_up_a_rent() -> None:
    """The second came when the next rent was nearer."""
    parts = [receipt(170_00, "LOYER", PAYER, received_on=date(2026, 3, 6))]
    parts.append(receipt(415_04, "LOYER", PAYER, received_on=date(2026, 3, 30)))
    assert [[(2, 170_00)], [(2, 415_04)]] == [lines(decision) for decision in decide(rents(), parts)]


@pytest.mark.parametrize("text", ["F:F26-76 OP. DES ACACIAS RG 5%", "F:F26-76 RESIDENCE LA BUTTE DEDUCTION RG"])
def test_a_share_of_the_invoice_the_text_nearly_spells(text: str) -> None:
    """All but the retention money of 0076; the 26 is no counter."""
    items = [due(f"F26-00{n}", amount, date(2026, 4, 1)) for n, amount in ((26, 4_241_76), (45, 9_131_70))]
    items.append(due("F26-0076", 45_050_20, date(2026, 4, 1)))
    assert [(3, 42_797_69)] == first_of(items, 42_797_69, text)


@pytest.mark.parametrize("text", ["LIBERATION RETENUE DE GARANTIE", "LEVEE RG RESIDENCE LA BUTTE"])
def test_retention_money_of_some_invoices_given_free(text: str) -> None:
    """5 % of three invoices of one site; another one lies between them."""
    totals = (66_106_62, 71_585_73, 15_464_64, 76_624_32, 13_136_01)
    items = [due(f"F25-00{n}", amount, date(2026, 1, n)) for n, amount in enumerate(totals, 11)]
    shares = [3_305_33, 3_579_29, 3_831_22]
    assert [(1, shares[0]), (2, shares[1]), (4, shares[2])] == first_of(items, sum(shares), text)


def test_no_retention_money_where_nobody_speaks_of_it() -> None:
    """Then 5 % of some invoices are an accident."""
    items = [due(f"F25-00{n}", amount, date(2026, 1, n)) for n, amount in ((11, 66_106_62), (12, 71_585_73))]
    decision = one(items, 6_884_62, "VIREMENT", PAYER)
    assert all(len(proposal.lines) == 1 for proposal in decision.proposals)


def test_rounded_and_the_end_of_its_number() -> None:
    """ "6019" is the end of FI25/S32-6019, of which twenty cents are too much."""
    items = [due("FI25/S32-6019", 1_213_80, date(2026, 3, 20)), due("FI25/S36-6265", 2_566_32, date(2026, 4, 9))]
    assert [(1, 1_213_80)] == first_of(items, 1_214_00, "VOS FACTURES 6019 RESTE A VOIR")


def test_a_list_of_orders_that_the_bank_cut() -> None:
    """Three orders and the beginning of a fourth; one invoice more makes the sum."""
    orders = [("CDE82393", 159_14), ("CDE68363", 37_28), ("CDE48474", 121_78), ("CDE91367", 236_35), (None, 88_01)]
    items = [
        due(f"10486{n}0", amount, date(2026, 3, n), order_ref=order) for n, (order, amount) in enumerate(orders, 1)
    ]
    text = "BC CDE82393 CDE68363 CDE48474 CDE913"
    assert [1, 2, 3, 4] == [id_ for id_, _ in first_of(items, 159_14 + 37_28 + 121_78 + 236_35, text)]


def test_companies_of_the_payers_family() -> None:
    """Bativalor has no debt, Bativalor Services has four of one sum."""
    family = debtors_of(["Bativalor SARL", "Bativalor Services SAS", "Martin SA"])
    items = [item("F1", "D2", 10_00)]
    items += [item(f"F2{n}", "D1", 954_78, due_on=date(2026, 4, n)) for n in range(1, 6)]
    decision = one(items, 2 * 954_78, "FOURNISSEURS", "BATIVALOR SARL", debtors=family)
    assert ("suggested", {("ACME", "D1")}) == (decision.status, {p.debtor for p in decision.proposals})


@pytest.mark.parametrize("text", ["ACOMPTE DEVIS 4512", "REMBOURSEMENT TROP PERCU", "CAUTION", "ACOMPTE SUR COMMANDE"])
def test_no_debt_is_offered_for_what_is_no_payment(text: str) -> None:
    """A deposit for what is not billed yet, money given back: no debt of the sum, so none will do."""
    decision = one(rents(), 170_00, text, PAYER, received_on=date(2026, 4, 7))
    assert () == decision.proposals


def test_several_numbers_and_their_sum_before_a_number_of_less() -> None:
    """A company nobody connects with the debtor quotes three of its invoices, to the cent."""
    names = ["Ceramo Industrie", "Solufroid Groupe", "Maison Garcia", "Albalog"]
    amounts = {"26050109": 9_647_34, "26050243": 8_646_40, "26060130": 6_150_01}
    items = [item(number, "D0", amount) for number, amount in amounts.items()]
    items += [item("ABO-2606-0130", "D2", 23_40), item("ABO-2605-0109", "D3", 552_40)]
    text = f"VOS FACTURES {' '.join(amounts)}"
    decision = one(items, sum(amounts.values()), text, "SOLUFROID GROUPE", debtors=debtors_of(names))
    assert list(zip((1, 2, 3), amounts.values(), strict=True)) == lines(decision)


def test_a_bill_of_exchange_is_of_the_invoice_due_about_its_day() -> None:
    """Drawn for the 10th, it pays what falls due on the 31st of the month before rather than the oldest."""
    items = [due(f"FN-{n:04}", 178_80, day) for n, day in enumerate((date(2026, 2, 28), date(2026, 3, 31)), 1)]
    decision = one(items, 178_80, "BOR ECH 100426 CAUTION", PAYER, received_on=date(2026, 4, 10))
    assert [(2, 178_80)] == lines(decision)
