"""What speaks against an explanation, and in which order the others are offered."""

from __future__ import annotations

from datetime import date

from tests.unit.reconcile.books import DURAND, MARTIN, debtors_of, decide, item, lines, one, receipt

EQUAL = [
    item("FA-2026-05221", DURAND, 168_72, due_on=date(2026, 3, 1)),
    item("FA-2026-13221", DURAND, 168_72, due_on=date(2026, 3, 15)),
    item("FA-2026-09990", DURAND, 44_10),
]


def test_misprint_between_two_equal_invoices() -> None:
    """15221 is one slip from 05221 and from 13221, of the same amount: both offered, none applied."""
    decision = one(EQUAL, 168_72, "VIR FA-2026-15221", "DURAND ET FILS")
    assert "suggested" == decision.status
    assert {((1, 168_72),), ((2, 168_72),)} == {p.lines for p in decision.proposals[:2]}


def test_four_amounts_are_a_rival_of_one_when_chance_rarely_makes_them() -> None:
    """Four invoices that happen to make up a fifth to the cent: a person looks at it."""
    amounts = (288_43, 310_21, 662_31, 186_54)
    ledger = [item(f"FA-2026-{n:05d}", DURAND, amount) for n, amount in enumerate((*amounts, sum(amounts)), 101)]
    decision = one(ledger, sum(amounts), "VIREMENT", "DURAND ET FILS")
    assert ("suggested", [(5, sum(amounts))]) == (decision.status, lines(decision))


def test_equal_receipts_are_not_offered_the_same_invoice_first() -> None:
    """Who of two namesakes pays is open; two receipts are offered two invoices first."""
    ledger = [
        item("FA-2026-00201", DURAND, 75_50, due_on=date(2026, 3, 1)),
        item("FA-2026-00202", DURAND, 75_50, due_on=date(2026, 4, 1)),
        item("FA-2026-00203", MARTIN, 75_50, due_on=date(2026, 5, 1)),
    ]
    early, late = decide(
        ledger,
        [
            receipt(75_50, "VIREMENT", "DURAND MARTIN MENUISERIE ET FILS", received_on=date(2026, 4, 2)),
            receipt(75_50, "VIREMENT", "DURAND MARTIN MENUISERIE ET FILS", received_on=date(2026, 4, 9)),
        ],
    )
    assert ("suggested", "suggested") == (early.status, late.status)
    assert early.proposals[0].lines != late.proposals[0].lines


def test_all_but_what_another_receipt_waits_for() -> None:
    """A balance less one invoice is offered, never applied by itself."""
    amounts = (112_13, 245_77, 391_09, 58_41, 733_35, 420_87)
    ledger = [item(f"FA-2026-{n:05d}", DURAND, amount) for n, amount in enumerate(amounts, 301)]
    decision = one([*ledger, item("FA-2026-00401", MARTIN, 1_00)], sum(amounts) - 58_41, "SOLDE", "DURAND ET FILS")
    assert 5 == len(decision.proposals[0].lines)


def test_list_of_counters_of_a_known_payer() -> None:
    """Three counters, one like a year, and a sum: what they are of this payer adds up exactly."""
    ledger = [item(f"FA-2026-{n:05d}", DURAND, amount) for n, amount in ((1447, 99_01), (2021, 12_40), (1475, 31_07))]
    decision = one(ledger, 142_48, "FACT 1447 + 2021 + 1475 MERCI", "DURAND ET FILS")
    assert ("auto", [(1, 99_01), (2, 12_40), (3, 31_07)]) == (decision.status, sorted(lines(decision)))


def test_number_shared_by_two_sellers_goes_to_the_payer_who_has_it() -> None:
    """Two sellers use one series: the payer tells which of the two invoices is meant."""
    ledger = [item("FA-2026-00501", DURAND, 80_00), item("FA-2026-00501", MARTIN, 80_00, seller="BOREAL")]
    decision = one(ledger, 80_00, "FA 2026 00501", "DURAND ET FILS")
    assert ("auto", [(1, 80_00)]) == (decision.status, lines(decision))


def test_one_invoice_of_a_namesake_is_a_rival_of_two_that_add_up() -> None:
    """The account is one debtor's, the words are two debtors': whose one invoice is the sum may be meant."""
    iban = "FR7630006000011234567890189"
    debtors = debtors_of(["L.T.B. Menuiserie SARL (Vichy)", "L.T.B. Menuiserie"], ibans=[(iban,), ()])
    ledger = [item("5101", "D0", 118_80), item("5233", "D0", 118_80, due_on=date(2026, 4, 5))]
    paid = receipt(237_60, "VIREMENT", "SARL L.T.B. MENUISERIE", payer_iban=iban)
    (alone,) = decide(ledger, [paid], debtors=debtors)
    assert ("auto", 2) == (alone.status, len(alone.proposals[0].lines))
    (beside,) = decide([*ledger, item("5187", "D1", 237_60)], [paid], debtors=debtors)
    assert ("suggested", {1, 2}) == (beside.status, {len(p.lines) for p in beside.proposals})
