"""What whole years of invented companies showed: labels with tags, public accountants, due dates, claims, refunds."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.reconcile.books import debtors_of, item, lines, one

CHAIN = debtors_of(["Hôtels Campagnola Gap", "Hôtels Campagnola Quimper", "Commune de Nogent", "Hôtels Campagnola"])


@pytest.mark.parametrize(
    "label",
    [
        "VIR SEPA RECU /DE HOTELS CAMPAGNOLA FINANCES /MOTIF 26082005 /REF 20260824907177",
        "VIR SEPA INST RECU /DE HOTELS CAMPAGNOLA FINANCES /REF NOTPROVIDED /MOTIF FACT 26082005",
        "VIR RECU 5157299664S\nDE: HOTELS CAMPAGNOLA FINANCES\nMOTIF: FACT 26082005\nREF: 20260824907177",
    ],
)
def test_a_label_with_tags_says_who_paid_and_for_what(label: str) -> None:
    """The centre of a chain pays its shops' invoices: a name that is no debtor's contradicts no number."""
    items = [item("26082005", "D1", 118_80), item("26081990", "D0", 118_80)]
    decision = one(items, 118_80, label, None, debtors=CHAIN)
    assert ("auto", [(1, 118_80)]) == (decision.status, lines(decision))


def test_the_tags_of_a_label_that_was_cut_prove_nothing() -> None:
    """What the bank left of the purpose may be the beginning of a number: it is read as one text, as before."""
    cut = "VIR SEPA RECU /DE GAP SARL /MOTIF F"
    assert 35 == len(cut)
    debtors = debtors_of(["Gap SARL"])
    items = [item("F1", "D0", 118_83), item("F2", "D0", 118_83)]
    assert "auto" != one(items, 118_83, cut, None, debtors=debtors).status


@pytest.mark.parametrize("name", ["SGC NOGENT", "TRESORERIE DE NOGENT", "DRFIP NOGENT"])
def test_a_public_accountant_pays_for_others_than_its_town(name: str) -> None:
    """Its seat is another debtor's town; the number and the sum say whose invoice it pays."""
    items = [item("FACT-202601-00200", "D0", 515_45), item("FACT-202601-00201", "D2", 99_95)]
    decision = one(items, 515_45, "FACT-202601-00200 MANDAT 3310", name, debtors=CHAIN)
    assert ("auto", [(1, 515_45)]) == (decision.status, lines(decision))


def test_a_firm_of_the_towns_name_still_contradicts() -> None:
    """A debtor who quotes another one's number is asked about."""
    items = [item("FACT-202601-00200", "D0", 515_45), item("FACT-202601-00201", "D2", 99_95)]
    assert "auto" != one(items, 515_45, "FACT-202601-00200", "COMMUNE DE NOGENT", debtors=CHAIN).status
