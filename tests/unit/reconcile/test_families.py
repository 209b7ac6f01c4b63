"""Debtors of nearly one name: what tells them apart, and what does not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.reconcile.payers.full_names import FullNames
from tests.unit.reconcile.books import debtors_of, decide, item, lines, one, receipt

BRUNETS = debtors_of(["Brunet SARL", "Brunet & Cie", "Brunet Frères"])
HOSPITALS = debtors_of([f"Centre Hospitalier de {town}" for town in ("Decize", "Saint-Lô", "Riom")])


def test_a_name_in_full_contradicts_its_namesake() -> None:
    """ "Brunet & Cie" quotes the invoice of "Brunet SARL", a debtor of the same seller: a person must look."""
    invoice = item("FA-2026-00101", "D0", 411_17)
    for name in ("BRUNET & CIE", "BRUNET FRERES"):
        assert "auto" != one([invoice], 411_17, "FA-2026-00101", name, debtors=BRUNETS).status
    assert "auto" == one([invoice], 411_17, "FA-2026-00101", "BRUNET SARL", debtors=BRUNETS).status


@pytest.mark.parametrize("name", ["Nguyen et Fils", "Fletcher & Co Textiles Ltd"])
def test_a_name_in_full_was_not_cut(name: str) -> None:
    """It is a debtor's; the one of Gap, whose name goes on, is another one, and its number another one's."""
    two = debtors_of([name, f"{name} Gap"])
    for payer, text in ((name.upper(), "FA-2026-00101"), (None, f"VIR {name.upper()} FA-2026-00101")):
        theirs = one([item("FA-2026-00101", "D1", 411_17)], 411_17, text, payer, debtors=two)
        assert "auto" != theirs.status
        assert "auto" == one([item("FA-2026-00101", "D0", 411_17)], 411_17, text, payer, debtors=two).status
    cut = one([item("FA-2026-00101", "D1", 411_17)], 411_17, "FA-2026-00101", f"{name} G".upper(), debtors=two)
    assert "auto" == cut.status


def test_a_name_without_its_form_contradicts_no_namesake() -> None:
    """The bank says "BRUNET": the number decides which."""
    invoice = item("FA-2026-00101", "D0", 411_17)
    assert "auto" == one([invoice], 411_17, "FA-2026-00101", "BRUNET", debtors=BRUNETS).status


def test_what_two_names_share_proves_neither() -> None:
    """The label has "BRUNET", and two of the family owe the sum."""
    items = [item("FA-2026-00101", "D0", 411_17), item("FA-2026-00102", "D2", 411_17)]
    decision = one(items, 411_17, "VIR BRUNET REGLEMENT", None, debtors=BRUNETS)
    assert ("suggested", 2) == (decision.status, len(decision.proposals))


def test_the_form_in_a_label_tells_who_paid() -> None:
    """ "VIR BRUNET SARL" is the first one, though both owe the sum."""
    items = [item("FA-2026-00101", "D0", 411_17), item("FA-2026-00102", "D1", 411_17)]
    decision = one(items, 411_17, "VIR SEPA BRUNET SARL VOTRE FACTURE", None, debtors=BRUNETS)
    assert ("auto", [(1, 411_17)]) == (decision.status, lines(decision))


def test_a_label_that_goes_on_as_another_debtor_contradicts() -> None:
    """What a cut leaves of Decize is no hospital of Saint-Lô."""
    other = item("2026000586", "D1", 105_91)
    assert "auto" != one([other], 105_91, "VIR CENTRE HOSPITALIER DE DE 2026000586", None, debtors=HOSPITALS).status
    own = item("2026000586", "D0", 105_91)
    assert "auto" == one([own], 105_91, "VIR CENTRE HOSPITALIER DE DE 2026000586", None, debtors=HOSPITALS).status


def test_a_cut_name_is_the_one_it_goes_on_like() -> None:
    """Small words count when a name was cut: "… BELLEVUE LA" is Laon's and not Évreux'."""
    serrureries = debtors_of(["Serrurerie Bellevue Laon", "Serrurerie Bellevue Évreux"])
    items = [item("FA-2026-00101", "D0", 411_17), item("FA-2026-00102", "D1", 411_17)]
    decision = one(items, 411_17, "RELEVE", "SERRURERIE BELLEVUE LA", debtors=serrureries)
    assert {"D0"} == {proposal.debtor[1] for proposal in decision.proposals if proposal.debtor}


def test_the_name_that_explains_more_of_a_label_is_meant() -> None:
    """ "M3 INDUSTRIE VANNES" is not its sister of Rodez, though most words are the same."""
    sisters = debtors_of(["M3 Industrie Vannes", "M3 Industrie Rodez", "M3 Industrie Gap"])
    items = [item(f"FA-2026-0010{n}", f"D{n}", 719_05) for n in range(3)]
    decision = one(items, 719_05, "VIR INST DE M3 INDUSTRIE VANNES S/FACT", None, debtors=sisters)
    assert ("auto", [(1, 719_05)]) == (decision.status, lines(decision))


def test_initials_and_figures_are_words_of_names() -> None:
    """ "J.P.R.", "2MB", "C&A" and "BTP 74" are found in a label."""
    names = ["J.P.R. Concept Gap", "2MB Concept Gap", "C&A Concept Gap", "BTP 74 Concept Gap"]
    debtors = debtors_of(names)
    items = [item(f"FA-2026-0010{n}", f"D{n}", 100_03 + n) for n in range(4)]
    rows = [receipt(100_03 + n, f"VIREMENT DE {name.upper()} REGLEMENT") for n, name in enumerate(names)]
    decisions = decide(items, rows, debtors=debtors)
    assert [[(n + 1, 100_03 + n)] for n in range(4)] == [lines(decision) for decision in decisions]


def test_wages_in_the_name_of_a_debtor_are_no_payment() -> None:
    """A label that speaks of expenses and has a name in it: whose name it is, nothing tells."""
    adam = debtors_of(["Adam SARL"])
    decision = one([item("FA-2026-00101", "D0", 160_30)], 160_30, "REMB NOTE DE FRAIS M ADAM", None, debtors=adam)
    assert "auto" != decision.status


_WORD = st.sampled_from("ETS GARAGE MARTIN MARTINET DU LAC LACAZE DE LA GARE LAON LANNION SARL SAS FILS".split())


@given(st.lists(st.lists(_WORD, min_size=1, max_size=5).map(" ".join), min_size=1, max_size=6, unique=True), st.data())
def test_a_cut_never_loses_whose_name_it_was(names: list[str], data: st.DataObject) -> None:
    """Wherever a bank cuts a name, the debtor it belongs to stays among those it may be."""
    full = FullNames({account: [account] for account in range(len(names))}, names)
    account = data.draw(st.integers(0, len(names) - 1))
    cut = data.draw(st.integers(1, len(names[account])))
    left = tuple(names[account][:cut].split())
    assert account in full.longest(list(range(len(names))), ("VIR", *left, "REF"))


def test_an_equal_month_is_told_by_its_name() -> None:
    """Subscriptions of one amount: the month the text names is paid, not the oldest."""
    debtors = debtors_of(["Garage du Lac"])
    items = [
        item(f"FA-2026-0010{n}", "D0", 49_00, issued_on=date(2026, n, 2), due_on=date(2026, n, 12)) for n in (1, 2, 3)
    ]
    decision = one(items, 49_00, "VIR GARAGE DU LAC LOYER FEVRIER", None, debtors=debtors)
    assert ("auto", [(2, 49_00)]) == (decision.status, lines(decision))
